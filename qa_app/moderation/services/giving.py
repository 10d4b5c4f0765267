"""Giving an audit to a moderator, taking it off again, and covering for an absence (M2, M5).

Everything here takes the audit's row for itself first, so that giving and taking come one after the
other. People are told once, by reference only.
"""

from datetime import datetime
from typing import NoReturn
from uuid import UUID

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.audits import services as audits
from qa_app.audits.models import Audit
from qa_app.audits.services.discussing import release_second
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.moderation.models import (
    Moderation,
    ModerationStage,
    ModerationState,
    ModeratorGiven,
)
from qa_app.moderation.queries.given import is_away
from qa_app.moderation.queries.giving import Candidate, candidates, in_hand_of
from qa_app.notify import services as notify

QUEUE = "/moderation/"


class NotWaiting(DomainError):
    """The audit waits for no moderator now, or was not chosen for moderation."""


class CannotBeGiven(DomainError):
    """Something keeps this person from moderating the audit (M2, M3, M5, S6)."""


class SayWhy(DomainError):
    """An outsider was named without a reason."""


class SomebodySenior(DomainError):
    """An outsider was named although somebody is senior to the first moderator (M5)."""


class NotGiven(DomainError):
    """The audit is given to nobody."""


class NotAway(DomainError):
    """Whoever moderates the audit is not away, or does not moderate it any more."""


def give(
    audit: Audit,
    person_id: UUID,
    *,
    outsider: bool = False,
    reason: str = "",
    by: UUID,
    at: datetime,
) -> ModeratorGiven:
    """Give an audit that waits to a moderator, who is told; whoever had been given it before too.

    Where it waits for a second moderator and nobody is senior to the first, an `outsider` can be
    named with a reason (M5). To give it to the same person again changes nothing. Raises
    NotWaiting, CannotBeGiven, SayWhy and SomebodySenior.
    """
    audit = audits.locked(audit)
    row = in_hand_of(audit)
    if not row.waits:
        raise NotWaiting(
            f"Audit {audit.reference} waits for no moderator now. {row.why_not_waiting} Nothing "
            "has been changed."
        )
    found = candidates(row, london_date(at))
    chosen = next((each for each in found if each.person.id == person_id), None)
    if outsider:
        _refuse_outsider(row.stage, found, reason)
    _refuse_barred(chosen, outsider)
    standing = row.given
    if standing is not None and standing.person_id == person_id and standing.outsider == outsider:
        return standing
    if standing is not None:
        _end(standing, by, at)
    given = ModeratorGiven(
        audit_id=audit.id,
        stage=row.stage,
        person_id=person_id,
        outsider=outsider,
        reason=reason.strip(),
        given_by=by,
        given_at=at,
    )
    db.session.add(given)
    db.session.flush()
    history.record("moderator_given", audit, by=by, at=at, audit_id=audit.id, moderator=person_id)
    _tell(
        given.person,
        f"Audit {audit.reference} was given to you to moderate",
        "The QA lead gave it to you. You find it first in your moderation queue. If you cannot do "
        "it, tell the QA lead.",
        f"moderator-given:{given.id}",
        at,
    )
    return given


def _refuse_outsider(stage: ModerationStage, found: list[Candidate], reason: str) -> None:
    if stage is not ModerationStage.SECOND:
        raise CannotBeGiven("Only a second moderator can be named from outside", "person")
    senior = next((each for each in found if each.free), None)
    if senior is not None:
        raise SomebodySenior(
            f"{senior.person.name} is senior to the first moderator. Give the audit to them, or to "
            "somebody else who is",
            "person",
        )
    if not reason.strip():
        raise SayWhy("Enter why this person is named", "reason")


def _refuse_barred(chosen: Candidate | None, outsider: bool) -> None:
    if chosen is None:
        raise CannotBeGiven("Select somebody who is a moderator", "person")
    if not (chosen.free_from_outside if outsider else chosen.free):
        raise CannotBeGiven(
            f"{chosen.person.name} {chosen.reasons}. Select somebody else", "person"
        )


def take_off(audit: Audit, *, by: UUID, at: datetime) -> None:
    """Give an audit that waits back to the queue; whoever it was given to is told.

    Raises NotGiven.
    """
    audit = audits.locked(audit)
    given = in_hand_of(audit).given
    if given is None:
        _not_given(audit)
    _end(given, by, at)


def _not_given(audit: Audit) -> NoReturn:
    raise NotGiven(f"Audit {audit.reference} is given to nobody now. Nothing has been changed.")


def _end(given: ModeratorGiven, by: UUID, at: datetime) -> None:
    given.ended_at = at
    db.session.flush()
    audit = given.audit
    history.record(
        "moderator_taken_off", audit, by=by, at=at, audit_id=audit.id, moderator=given.person_id
    )
    _tell(
        given.person,
        f"Audit {audit.reference} is no longer given to you",
        "The QA lead gave it to somebody else, or back to the queue. You need do nothing.",
        f"moderator-taken-off:{given.id}",
        at,
    )


def cover(
    moderation: Moderation, *, to: UUID | None = None, by: UUID, at: datetime
) -> ModeratorGiven | None:
    """Take an open moderation from somebody who is away: back to the queue, or `to` a deputy.

    Whoever had it is told. What they had typed and not finished goes, as when they give it back
    themselves. Raises NotAway, CannotBeGiven and what `give` does.
    """
    # In the order in which whoever moderates it takes them: the moderation, then its audit.
    db.session.refresh(moderation, with_for_update={"of": Moderation})
    audit = audits.locked(moderation.audit)
    holder = moderation.moderator
    if holder is None or moderation.state is not ModerationState.OPEN:
        raise NotAway("This moderation is not going on any more. Nothing has been changed.")
    if not is_away(holder.id, london_date(at)):
        raise NotAway(
            f"{holder.name} is not noted as away today. Note the absence first, or ask "
            f"{holder.name} to give the audit back. Nothing has been changed."
        )
    moderation.state = ModerationState.RELEASED
    db.session.flush()
    if moderation.stage is ModerationStage.SECOND:
        release_second(audit, holder, by=by, at=at)
    else:
        audits.release_from_moderation(audit, holder, by, at)
    _tell(
        holder,
        f"Audit {audit.reference} is moderated by somebody else",
        "You are away, so the QA lead put it back. You need do nothing.",
        f"moderation-covered:{moderation.id}",
        at,
    )
    return give(audit, to, by=by, at=at) if to is not None else None


def _tell(person: Person, subject: str, body: str, key: str, at: datetime) -> None:
    notify.queue(person.id, person.email, subject, body, QUEUE, key, at)
