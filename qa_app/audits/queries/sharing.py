"""An audit that two people do: who the second one is, who could be, and who is writing just now."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from qa_app.accounts import settings
from qa_app.accounts.access import longest_last_day
from qa_app.accounts.models import Account, Person, PersonSource, Post
from qa_app.accounts.queries import holders, names, people_with
from qa_app.audits.models import Audit, AuditParty
from qa_app.audits.queries.independence import independence_of
from qa_app.database import db
from qa_app.domain.permissions import Party, Role
from qa_app.history import Event

JUST_NOW: Final = timedelta(minutes=10)
_WRITING: Final = (
    "audit_text_saved", "audit_answered", "finding_added", "finding_removed", "text_restored",
)  # fmt: skip


def second_auditor(audit: Audit) -> AuditParty | None:
    """The second auditor; their name is as it was pinned, a partner's with their organisation."""
    return next((party for party in audit.parties if party.party is Party.CO_AUDITOR), None)


def second_person(audit: Audit) -> Person | None:
    """Whoever is the second auditor; None without one, and for a partner who reads it no more."""
    party = second_auditor(audit)
    if party is None or party.person_id is None:
        return None
    return db.session.get(Person, party.person_id)


def auditors_words(audit: Audit) -> str:
    """“Ada Auditor with Per Partner, Cityshire Police”, or the auditor alone."""
    second = second_auditor(audit)
    alone = audit.auditor_name or "Not recorded"
    return alone if second is None else f"{alone} with {second.name}"


@dataclass(frozen=True)
class Colleague:
    """Somebody who audits, with the reasons that keep them from the case (S6)."""

    id: UUID
    name: str
    post: str
    conflicts: tuple[str, ...]

    @property
    def words(self) -> str:
        """How the list names them."""
        return f"{self.name}, {self.post}" if self.post else self.name


@dataclass(frozen=True)
class Colleagues:
    """Who may be the second auditor, and who may not and why, by name."""

    free: list[Colleague]
    barred: list[Colleague]


def colleagues_for(audit: Audit, today: date) -> Colleagues:
    """Everybody who audits but the auditor and whoever moderates it, as S6 sorts them."""
    taken = {
        party.person_id
        for party in audit.parties
        if party.party in (Party.AUDITOR, Party.CO_AUDITOR, Party.MODERATOR)
    }
    people = [each for each in people_with(Role.AUDITOR, today) if each.id not in taken]
    facts = independence_of(audit.case, today) if audit.case is not None else None
    posts = _posts_of({person.id for person in people}, today)
    found = [
        Colleague(
            person.id,
            person.name,
            posts.get(person.id, ""),
            tuple(bar.reason for bar in facts.bars(person.id)) if facts is not None else (),
        )
        for person in people
    ]
    return Colleagues(
        [each for each in found if not each.conflicts], [each for each in found if each.conflicts]
    )


def _posts_of(person_ids: set[UUID], today: date) -> dict[UUID, str]:
    query = holders(today).where(Person.id.in_(person_ids)).order_by(Post.rank)
    rows = db.session.execute(query.options(joinedload(Post.team)))
    return {person.id: f"{post.title}, {post.team.name}" for person, post in rows}


@dataclass(frozen=True)
class WritingToo:
    """Somebody else who saved something in the audit a few minutes ago."""

    name: str
    at: datetime


def writing_too(audit: Audit, person_id: UUID, at: datetime) -> list[WritingToo]:
    """Who else wrote in a shared audit in the last ten minutes, the latest first.

    No query for an audit that one person does.
    """
    if second_auditor(audit) is None:
        return []
    last = func.max(Event.at).label("last")
    query = (
        select(Event.actor_id, last)
        .where(
            Event.audit_id == audit.id,
            Event.verb.in_(_WRITING),
            Event.at > at - JUST_NOW,
            Event.actor_id != person_id,
        )
        .group_by(Event.actor_id)
        .order_by(last.desc())
    )
    rows = db.session.execute(query).all()
    who = names({row.actor_id for row in rows})
    return [WritingToo(who[row.actor_id], row.last) for row in rows if row.actor_id in who]


def last_day_for_partner(audit: Audit, today: date) -> date:
    """The last day that a partner's account has unless said: some days after the audit is due."""
    days = timedelta(days=settings.number("partner_account_after_due", today))
    return min(max(audit.due_on or today, today) + days, longest_last_day(today))


def partner_of(audit: Audit) -> Account | None:
    """The account of a second auditor from outside; None for a colleague."""
    second = second_auditor(audit)
    if second is None or second.person_id is None:
        return None
    query = (
        select(Account)
        .join(Person, Person.id == Account.person_id)
        .where(Person.id == second.person_id, Person.source == PersonSource.PARTNER)
    )
    return db.session.scalars(query).one_or_none()
