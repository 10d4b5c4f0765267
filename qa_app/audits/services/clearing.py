"""Confirming that words in an audit identify no child or family (A11)."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from qa_app import history
from qa_app.audits.draft import Draft
from qa_app.audits.identifying import Identifying, same_words
from qa_app.audits.models import Audit, IdentifierCleared
from qa_app.audits.services.fields import box
from qa_app.audits.services.state import locked
from qa_app.database import db
from qa_app.domain.errors import DomainError
from qa_app.domain.workflow import AuditMove, advance


class ReasonNeeded(DomainError):
    """A confirmation without why the words identify nobody."""


def confirm_identify_nobody(
    audit: Audit, reasons: Mapping[str, str], *, by: UUID, at: datetime
) -> None:
    """Note of these words, each with its reason (up to 400 characters), that they identify nobody.

    They are then asked about nowhere in this audit, whatever their case and spacing. Words that are
    gone, or were confirmed already, are no error. Raises ReasonNeeded, and MoveNotAllowed once the
    audit was submitted.
    """
    audit = locked(audit)
    advance(audit.state, AuditMove.WRITE)
    if not all(reason.strip() for reason in reasons.values()):
        raise ReasonNeeded("Enter why these words identify no child or family", "reason")
    wanted = {same_words(words): reason.strip() for words, reason in reasons.items()}
    draft = Draft(audit).read_everything()
    for each in draft.identifying:
        if each.key in wanted:
            label = box_label(draft, each.fields[0])
            _confirm(audit, each, label, wanted[each.key], by, at)


class MayIdentify(DomainError):
    """Words that may identify a child or family, without why they do not (A11).

    `found` are the words, with the names of the texts that they stand in.
    """

    def __init__(self, found: list[Identifying]) -> None:
        self.found = found
        super().__init__(self.sentence(found[0]), found[0].fields[0])

    @staticmethod
    def sentence(each: Identifying) -> str:
        """What to do about one of them."""
        return (
            f"This may be {each.kind.words}: “{each.words}”. Remove it, or enter below why it "
            "identifies no child or family"
        )


def check_identify_nobody(
    audit: Audit, texts: Mapping[str, str], reason: str, label: str, *, by: UUID, at: datetime
) -> None:
    """Refuse texts outside the draft's boxes, by their fields' names, with words that may identify
    somebody and that nobody has confirmed not to; with a reason they are confirmed (A11).

    `label` is what the texts are called in the history. Raises MayIdentify.
    """
    found = Draft(audit).unconfirmed(texts)
    if found and not reason.strip():
        raise MayIdentify(found)
    for each in found:
        _confirm(audit, each, label, reason.strip(), by, at)


def _confirm(
    audit: Audit, each: Identifying, label: str, reason: str, by: UUID, at: datetime
) -> None:
    salt = secrets.token_hex(16)
    row = IdentifierCleared(
        audit_id=audit.id,
        field=each.fields[0],
        kind=each.kind.value,
        salt=salt,
        digest=history.fingerprint(each.key, salt),
        reason=reason,
        cleared_by=by,
        cleared_at=at,
    )
    db.session.add(row)
    db.session.flush()
    history.record(
        "identifier_cleared", audit, by=by, at=at, audit_id=audit.id, field=label,
        kind=each.kind.words,
    )  # fmt: skip


def box_label(draft: Draft, name: str) -> str:
    """What a box with text is called; a finding has no box of its own."""
    if name.startswith("finding."):
        return "Strengths and areas for development"
    return box(draft, name).label
