"""Waivers: a moderator allowed in spite of a bar, by the corporate director (M2, S6)."""

from datetime import datetime
from uuid import UUID

from qa_app import history
from qa_app.accounts.queries import people_with
from qa_app.audits import services as audits
from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Role
from qa_app.moderation.models import ModerationWaiver
from qa_app.moderation.queries.giving import Candidate, candidates, in_hand_of
from qa_app.moderation.queries.independence import DID_IT
from qa_app.notify import services as notify

WAIVERS = "/moderation/waivers"


class OwnWaiver(DomainError):
    """Nobody waives a bar of their own."""


class NothingToWaive(DomainError):
    """Nothing bars this person, or a waiver stands already, or none could lift what does."""


class WaiverNeedsReason(DomainError):
    """A waiver without its reason."""


class NoModeratorNeeded(DomainError):
    """The audit waits for no moderator now."""


def waive(
    audit: Audit, moderator_id: UUID, *, reason: str, by: UUID, at: datetime
) -> ModerationWaiver:
    """Let somebody moderate an audit in spite of the bars of M2 and S6. The QA leads are told.

    That whoever grants it is the corporate director is asked by the permission. Raises OwnWaiver,
    WaiverNeedsReason, NoModeratorNeeded and NothingToWaive.
    """
    if by == moderator_id:
        raise OwnWaiver(
            "Ask somebody else to decide this: nobody waives a conflict of their own", "moderator"
        )
    if not reason.strip():
        raise WaiverNeedsReason("Enter the reason for the waiver", "reason")
    audit = audits.locked(audit)
    row = in_hand_of(audit)
    if not row.waits:
        raise NoModeratorNeeded(
            f"Audit {audit.reference} waits for no moderator now. {row.why_not_waiting} Nothing "
            "has been changed."
        )
    chosen = _to_waive(candidates(row, london_date(at)), moderator_id)
    waiver = ModerationWaiver(
        audit=audit,
        moderator=chosen.person,
        bars=[bar.reason for bar in chosen.conflicts],
        reason=reason.strip(),
        granted_by=by,
        granted_at=at,
    )
    db.session.add(waiver)
    db.session.flush()
    history.record(
        "moderation_waived", audit, by=by, at=at, audit_id=audit.id, moderator=moderator_id
    )
    _tell_leads(waiver, by, at)
    return waiver


def _to_waive(found: list[Candidate], moderator_id: UUID) -> Candidate:
    """The moderator as regards the audit, with the bars that the waiver lifts."""
    chosen = next((each for each in found if each.person.id == moderator_id), None)
    if chosen is None:
        raise NothingToWaive("Select somebody who is a moderator", "moderator")
    name = chosen.person.name
    if DID_IT in {bar.reason for bar in chosen.conflicts}:
        raise NothingToWaive(
            f"{name} did this audit. No waiver lifts that: nobody moderates their own", "moderator"
        )
    if chosen.waived:
        raise NothingToWaive(f"A waiver for {name} stands already", "moderator")
    if not chosen.conflicts:
        raise NothingToWaive(
            f"No conflict keeps {name} from this audit: no waiver is needed", "moderator"
        )
    return chosen


def end_waiver(waiver: ModerationWaiver, *, by: UUID, at: datetime) -> None:
    """End a waiver: it allows nothing from now on. A second time changes nothing."""
    db.session.refresh(waiver, with_for_update={"of": ModerationWaiver})
    if waiver.ended_at is not None:
        return
    waiver.ended_at = at
    db.session.flush()
    history.record(
        "moderation_waiver_ended", waiver.audit, by=by, at=at, audit_id=waiver.audit_id,
        moderator=waiver.moderator_id,
    )  # fmt: skip


def _tell_leads(waiver: ModerationWaiver, by: UUID, at: datetime) -> None:
    notify.queue_many(
        [
            notify.Message(
                lead.id,
                lead.email,
                f"A conflict was waived for the moderation of audit {waiver.audit.reference}",
                f"{waiver.moderator.name} may moderate it. The waiver is listed with its reason.",
                WAIVERS,
                f"moderation-waiver:{waiver.id}:{lead.id}",
            )
            for lead in people_with(Role.QA_LEAD, london_date(at))
            if lead.id != by
        ],
        at,
    )
