"""Saving what the auditor writes: every change as it is made, none over a newer one (A8)."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from qa_app import history
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.audits.queries.held import HeldAudit, Stored
from qa_app.audits.services.fields import Box, box, fingerprint_version
from qa_app.audits.services.state import locked
from qa_app.audits.services.texts import Overtaken, remember, typed_box
from qa_app.audits.services.versions import keep_replaced
from qa_app.database import db
from qa_app.domain.workflow import AuditMove, AuditState, advance


class Change(NamedTuple):
    """A box's new value, and the version of the value that the writer was shown; whether it is an
    earlier text that is restored."""

    field: str
    value: str
    version: int
    restored: bool = False


@dataclass(frozen=True)
class Conflict:
    """Somebody saved the box meanwhile: both values, and the version that stands."""

    field: str
    label: str
    mine: str
    theirs: str
    version: int


@dataclass
class Saved:
    """The version of each box that was saved or already held the value, and what was not saved."""

    versions: dict[str, int] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    changed: bool = False


def save_fields(audit: Audit, changes: Iterable[Change], by: UUID, at: datetime) -> Saved:
    """Save each box that is still as its writer was shown it; the others come back as conflicts.

    The first change starts the audit. Raises MoveNotAllowed once the audit was submitted,
    UnknownField and UnknownAnswer.
    """
    audit = locked(audit)
    following = advance(audit.state, AuditMove.WRITE)
    draft = Draft(audit)
    outcome = Saved()
    for change in changes:
        kept = box(draft, change.field)
        if _save(audit.id, kept, change, outcome, by, at):
            remember(audit, kept)
    if outcome.changed and following is not audit.state:
        _start(audit, following, by, at)
    db.session.flush()
    return outcome


def save_text(audit: Audit | HeldAudit, change: Change, by: UUID, at: datetime) -> Saved:
    """Save one box while its page is open; see `save_fields`."""
    if isinstance(audit, Audit):
        return save_fields(audit, [change], by, at)
    kept = typed_box(audit, change.field, change.version)
    if kept is not None and change.value != kept.value:
        outcome = Saved()
        with suppress(Overtaken):
            _save(audit.id, kept, change, outcome, by, at)
            return outcome
    return save_fields(db.session.get_one(Audit, audit.id), [change], by, at)


def start(audit: Audit, by: UUID, at: datetime) -> Audit:
    """Note that the auditor has begun; harmless on an audit that is in progress."""
    audit = locked(audit)
    following = advance(audit.state, AuditMove.WRITE)
    if following is not audit.state:
        _start(audit, following, by, at)
    return audit


def _start(audit: Audit, following: AuditState, by: UUID, at: datetime) -> None:
    audit.state, audit.started_at = following, at
    history.record("audit_started", audit, by=by, at=at, audit_id=audit.id)


def _save(
    audit_id: UUID, kept: Box, change: Change, outcome: Saved, by: UUID, at: datetime
) -> Stored | None:
    """Save one box, or say why not; gives the text where a text was written."""
    if change.value == kept.value:
        outcome.versions[change.field] = kept.version
        return None
    if change.version != kept.version:
        outcome.conflicts.append(
            Conflict(change.field, kept.label, change.value, kept.value, kept.version)
        )
        return None
    text = kept.write(change.value, by, at)
    keep_replaced(audit_id, kept, change.value, by, at, always=change.restored)
    outcome.changed = True
    outcome.versions[change.field] = (
        text.version if text is not None else fingerprint_version(change.value)
    )
    _record(audit_id, kept, text, by, at)
    return text


def _record(audit_id: UUID, kept: Box, text: Stored | None, by: UUID, at: datetime) -> None:
    audit = history.Reference("audit", audit_id)
    if text is None:
        history.record("audit_answered", audit, by=by, at=at, audit_id=audit_id, field=kept.label)
        return
    history.record(
        "audit_text_saved",
        audit,
        by=by,
        at=at,
        audit_id=audit_id,
        field=kept.label,
        version=text.version,
        hash=history.fingerprint(text.text, text.salt),
    )
