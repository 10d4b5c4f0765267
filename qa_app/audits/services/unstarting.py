"""Putting an audit back to not started: what was written is kept, and a later word starts it."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.accounts.queries import people_with
from qa_app.audits.models import Audit, Contribution
from qa_app.audits.queries.conversations import standing_conversation
from qa_app.audits.queries.sharing import second_person
from qa_app.audits.services.concerns import open_concern
from qa_app.audits.services.state import locked
from qa_app.database import db
from qa_app.domain.auditreasons import UnstartReason, in_words
from qa_app.domain.calendar import date_words, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import listed
from qa_app.domain.permissions import Role
from qa_app.domain.workflow import AuditMove, advance
from qa_app.notify import services as notify

_CONCERN: Final = (
    "A significant-harm concern is open on this child, and people are acting on it. Have somebody "
    "else cover the audit, or have it withdrawn: the concern goes on either way."
)


class StaysStarted(DomainError):
    """Other people have acted on this audit, so that it is not as if it had never begun."""


def reasons_against(audit: Audit, at: datetime) -> list[str]:
    """What keeps an audit started, each with what to do instead; empty where nothing does."""
    found = [_CONCERN] if open_concern(audit) is not None else []
    signed = _signed(audit)
    if signed:
        has = "has" if len(signed) == 1 else "have"
        found.append(
            f"{listed(signed)} {has} signed a contribution to this audit. Have somebody else cover "
            "it: what was signed then goes on with it."
        )
    found += _arranged(audit, at)
    return found


def _signed(audit: Audit) -> list[str]:
    query = (
        select(Contribution)
        .where(Contribution.audit_id == audit.id, Contribution.signed_at.is_not(None))
        .options(joinedload(Contribution.person))
        .order_by(Contribution.signed_at)
    )
    return list(dict.fromkeys(each.person.name for each in db.session.scalars(query)))


def _arranged(audit: Audit, at: datetime) -> list[str]:
    standing = standing_conversation(audit)
    if standing is None:
        return []
    day = date_words(london_date(standing.starts_at))
    if standing.starts_at > at:
        return [f"People are invited to talk this audit through on {day}. Call that off first."]
    over = f"This audit was talked through on {day}. Have somebody else cover it, so that nobody "
    return [over + "has to say the same again."]


def unstart(
    audit: Audit, reason: UnstartReason, words: str = "", *, by: UUID, at: datetime
) -> Audit:
    """Put an audit that is in progress back to not started, with the reason.

    Everything that was written stays in its boxes, and the next word that is saved starts it again
    (A8). Whoever else has to know is told. Raises WordsNeeded, MoveNotAllowed and StaysStarted.
    """
    audit = locked(audit)
    said = in_words(reason, words)
    following = advance(audit.state, AuditMove.UNSTART)
    against = reasons_against(audit, at)
    if against:
        raise StaysStarted(" ".join(against))
    audit.state, audit.started_at = following, None
    db.session.flush()
    history.record("audit_unstarted", audit, by=by, at=at, audit_id=audit.id, reason=said)
    _tell(audit, by, at)
    return audit


def _tell(audit: Audit, by: UUID, at: datetime) -> None:
    people = {person.id: person for person in _concerned(audit, by, at)}
    people.pop(by, None)
    notify.queue_many(
        [
            notify.Message(
                person.id,
                person.email,
                f"Audit {audit.reference} was put back to not started",
                "Nothing that was written is lost: it is in its boxes, and the next change starts "
                "the audit again. Open it to read why.",
                f"/audits/{audit.id}",
                # The version tells this from an earlier time.
                f"unstarted:{audit.id}:{audit.version}:{person.id}",
            )
            for person in people.values()
        ],
        at,
    )


def _concerned(audit: Audit, by: UUID, at: datetime) -> list[Person]:
    """The auditors; the QA leads, where it was not one of them who did it."""
    found = [audit.auditor, second_person(audit)]
    leads = people_with(Role.QA_LEAD, london_date(at))
    if by not in {lead.id for lead in leads}:
        found += leads
    return [person for person in found if person is not None]
