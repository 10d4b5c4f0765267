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
            _confirm(draft, each, wanted[each.key], by, at)


def _confirm(draft: Draft, each: Identifying, reason: str, by: UUID, at: datetime) -> None:
    salt = secrets.token_hex(16)
    row = IdentifierCleared(
        audit_id=draft.audit.id,
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
        "identifier_cleared", draft.audit, by=by, at=at, audit_id=draft.audit.id,
        field=box_label(draft, each.fields[0]), kind=each.kind.words,
    )  # fmt: skip


def box_label(draft: Draft, name: str) -> str:
    """What a box with text is called; a finding has no box of its own."""
    if name.startswith("finding."):
        return "Strengths and areas for development"
    return box(draft, name).label
