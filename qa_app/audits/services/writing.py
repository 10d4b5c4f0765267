"""Saving what the auditor writes: every change as it is made, none over a newer one (A8)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from qa_app import history
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, AuditText
from qa_app.audits.services.fields import Box, box, fingerprint_version
from qa_app.audits.services.state import locked
from qa_app.database import db
from qa_app.domain.workflow import AuditMove, AuditState, advance


class Change(NamedTuple):
    """A box's new value, and the version of the value that the writer was shown."""

    field: str
    value: str
    version: int


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
        _save(draft, change, outcome, by, at)
    if outcome.changed and following is not audit.state:
        _start(audit, following, by, at)
    db.session.flush()
    return outcome


def save_section(audit: Audit, changes: Iterable[Change], by: UUID, at: datetime) -> Saved:
    """Save the boxes of a section's page; see `save_fields`."""
    return save_fields(audit, changes, by, at)


def save_text(audit: Audit, change: Change, by: UUID, at: datetime) -> Saved:
    """Save one box while its page is open; see `save_fields`."""
    return save_fields(audit, [change], by, at)


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


def _save(draft: Draft, change: Change, outcome: Saved, by: UUID, at: datetime) -> None:
    kept = box(draft, change.field)
    if change.value == kept.value:
        outcome.versions[change.field] = kept.version
        return
    if change.version != kept.version:
        outcome.conflicts.append(
            Conflict(change.field, kept.label, change.value, kept.value, kept.version)
        )
        return
    text = kept.write(change.value, by, at)
    outcome.changed = True
    outcome.versions[change.field] = (
        text.version if text is not None else fingerprint_version(change.value)
    )
    _record(draft.audit, kept, text, by, at)


def _record(audit: Audit, kept: Box, text: AuditText | None, by: UUID, at: datetime) -> None:
    if text is None:
        history.record("audit_answered", audit, by=by, at=at, audit_id=audit.id, field=kept.label)
        return
    history.record(
        "audit_text_saved",
        audit,
        by=by,
        at=at,
        audit_id=audit.id,
        field=kept.label,
        version=text.version,
        hash=history.fingerprint(text.text, text.salt),
    )
