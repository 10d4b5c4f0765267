"""What a concern needs beyond the child's team: whom it is kept from, and who else is told (E1)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import select, update

from qa_app import history
from qa_app.accounts import settings
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, AuditParty, Concern, ConcernReferral, ReferralTo
from qa_app.audits.queries.safety import implicated_in, people_called
from qa_app.database import db
from qa_app.domain.calendar import date_words, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.escalation import Clock, due_on
from qa_app.domain.permissions import Party
from qa_app.notify.models import Notice
from qa_app.tracker.models import Action, ActionParty

MOST_IMPLICATED: Final = 3


class NotFound(DomainError):
    """A name, e-mail address or staff id that nobody here has, or more than one person."""


class NotFromYourself(DomainError):
    """Whoever raises a concern cannot be the one whom it is kept from."""


@dataclass(frozen=True)
class Beyond:
    """What else is part of the worry.

    `about_adult`: an adult who works with children. `implicated`: people of this council whom it is
    about. `authority`: the other authority in which the child lives, "" where it is this one.
    """

    about_adult: bool = False
    implicated: Collection[UUID] = ()
    authority: str = ""


def people_named(texts: Iterable[str], today: date) -> list[UUID]:
    """The people whom these names, e-mail addresses or staff ids mean.

    Raises NotFound where one of them means nobody or more than one person, or they are too many.
    """
    found: dict[UUID, None] = {}
    for text in texts:
        people = people_called(text, today)
        if not people:
            raise NotFound(
                f"Nobody here is called “{text}”. Enter their e-mail address or staff id, or leave "
                "it empty and name them on the telephone",
                "implicated",
            )
        if len(people) > 1:
            raise NotFound(
                f"More than one person here is called “{text}”. Enter their e-mail address or "
                "staff id",
                "implicated",
            )
        found[people[0].id] = None
    if len(found) > MOST_IMPLICATED:
        raise NotFound(f"Name {MOST_IMPLICATED} people or fewer", "implicated")
    return list(found)


def keep_from(concern: Concern, audit: Audit, people: Collection[UUID], at: datetime) -> None:
    """Pin those whom the concern is about, so that nothing of the audit is theirs to see (E1).

    That holds for its actions too, and stays when the concern is withdrawn. Messages about it that
    they have not opened are marked as read: they lead nowhere any more.
    """
    new = {*people} - implicated_in(audit)
    if not new:
        return
    found = db.session.scalars(select(Person).where(Person.id.in_(new)).order_by(Person.id)).all()
    actions = db.session.scalars(select(Action).where(Action.audit_id == audit.id)).all()
    for person in found:
        audit.parties.append(
            AuditParty(party=Party.IMPLICATED, person_id=person.id, name=person.name)
        )
        for action in actions:
            action.parties.append(ActionParty(party=Party.IMPLICATED, person_id=person.id))
        history.record(
            "concern_kept_from", concern, by=concern.raised_by, at=at, audit_id=audit.id,
            people=[person.id],
        )  # fmt: skip
    paths = [f"/audits/{audit.id}%", *(f"/tracker/{action.id}%" for action in actions)]
    for path in paths:
        db.session.execute(
            update(Notice)
            .where(Notice.person_id.in_(new), Notice.read_at.is_(None), Notice.path.like(path))
            .values(read_at=at)
        )
    db.session.flush()


def add_referrals(concern: Concern, audit: Audit, beyond: Beyond, at: datetime) -> None:
    """Note who outside is to be told, and by when (E1).

    The designated officer within the setting's working days, where an adult works with children;
    the front door of the authority in which the child lives, and MASH where the case is closed or
    not known here, on the same day.
    """
    today = london_date(at)
    number = partial(settings.number, on=today)
    needed: dict[ReferralTo, date] = {}
    if beyond.about_adult:
        calendar = settings.calendar()
        needed[ReferralTo.DESIGNATED_OFFICER] = due_on(
            Clock.DESIGNATED_OFFICER, today, calendar, number
        )
    if beyond.authority:
        needed[ReferralTo.OTHER_AUTHORITY] = today
    if closed_or_unknown(audit, today):
        needed[ReferralTo.MASH] = today
    for kind, due in needed.items():
        authority = beyond.authority if kind is ReferralTo.OTHER_AUTHORITY else ""
        db.session.add(
            ConcernReferral(concern_id=concern.id, kind=kind, authority=authority, due_on=due)
        )
        history.record(
            "concern_referral_needed", concern, by=concern.raised_by, at=at, audit_id=audit.id,
            to=kind.words, due=date_words(due),
        )  # fmt: skip
    db.session.flush()


def closed_or_unknown(audit: Audit, today: date) -> bool:
    """Whether nobody here works with the child: the case is closed, or the case system has none."""
    case = audit.case
    return case is None or (case.closed_on is not None and case.closed_on <= today)
