"""Who is told of a concern about significant harm (E1)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select

from qa_app.accounts.absences import deputies
from qa_app.accounts.line import CORPORATE_DIRECTORS, HEADS, SERVICE_DIRECTORS, Line, Member
from qa_app.accounts.models import Person, PostKind, Team, name_key
from qa_app.accounts.queries import people_with
from qa_app.audits.models import Audit, Concern, ToldAs
from qa_app.database import db
from qa_app.domain.actions import HEAD_OF_SERVICE_RANK
from qa_app.domain.permissions import Party, Role
from qa_app.domain.safety import Whom, in_their_place

_KINDS: Final[dict[Whom, frozenset[PostKind]]] = {
    Whom.HEAD_OF_SERVICE: frozenset(HEADS),
    Whom.SERVICE_DIRECTOR: frozenset(SERVICE_DIRECTORS),
    Whom.CORPORATE_DIRECTOR: frozenset(CORPORATE_DIRECTORS),
}
_LONGEST_POST: Final = 200


@dataclass(frozen=True)
class ToTell:
    """One who is to be told, and as what; `person` is None where nobody is there to be told."""

    person: Person | None
    told_as: ToldAs
    post: str


class Staff:
    """The line above some teams, the QA leads, and who stands in for whom, on a day.

    `besides` are others who may be asked about. A fixed number of queries, whatever is asked after.
    """

    def __init__(
        self, today: date, team_ids: Iterable[UUID | None], besides: Iterable[UUID | None] = ()
    ) -> None:
        self.line = Line(today)
        self.leads = [person.id for person in people_with(Role.QA_LEAD, today)]
        top = select(Team.id).where(Team.parent_id.is_(None)).order_by(Team.path).limit(1)
        self._top = db.session.scalars(top).first()
        ids = {*self.leads, *(each for each in besides if each is not None)}
        for team_id in {*team_ids, self._top}:
            ids |= {member.person_id for member in self.line.people_above(team_id)}
        for person_id in tuple(ids):
            ids |= set(self.line.managers_above(person_id))
        self.away = deputies(ids, today)
        ids |= {each for each in self.away.values() if each is not None}
        found = db.session.scalars(select(Person).where(Person.id.in_(ids)))
        self.people = {person.id: person for person in found}
        gone = [p.id for p in self.people.values() if p.left_on is not None and p.left_on <= today]
        self.away |= dict.fromkeys(gone)

    def reach(self, person_id: UUID | None, never: Collection[UUID]) -> UUID | None:
        """Whoever can be told for this person's post: see `domain.safety.in_their_place`."""
        return in_their_place(person_id, self.away, never)

    def manager_of(self, person_id: UUID, never: Collection[UUID]) -> UUID | None:
        """The nearest manager above somebody who can be told."""
        above = (self.reach(each, never) for each in self.line.managers_above(person_id))
        return next((each for each in above if each is not None), None)

    def holding(self, whom: Whom, team_id: UUID | None, never: Collection[UUID]) -> list[UUID]:
        """Who can be told for a post of the line above a team, or is next up; the QA leads are
        several. A child of no team is the whole council's."""
        if whom is Whom.QA_LEAD:
            return self.leads_to_tell(never)
        above = (
            self.reach(member.person_id, never)
            for member in self.line.people_above(team_id or self._top)
            if member.kind in _KINDS[whom]
        )
        return [each for each in above if each is not None][:1]

    def leads_to_tell(self, never: Collection[UUID]) -> list[UUID]:
        """The QA leads who can be told, or else the next one up."""
        found = [self.reach(each, never) for each in self.leads]
        there = found if any(found) else [self.manager_of(each, never) for each in self.leads]
        return [each for each in there if each is not None]

    def words_for(self, told: UUID, holder: UUID, post: str) -> str:
        """A post as a page says it, with whom somebody stands in for."""
        if told != holder and holder in self.people:
            post = f"{post}, standing in for {self.people[holder].name}"
        return post[:_LONGEST_POST]


class _Told:
    """The list as it grows: nobody twice, and the next one up for everybody who is not there."""

    def __init__(self, staff: Staff, audit: Audit, raiser: UUID, implicated: set[UUID]) -> None:
        self.staff = staff
        self.line = staff.line.people_above(audit.team_id)
        self.raiser = raiser
        self.implicated = implicated
        self.never = {raiser, *implicated}
        self.entries: list[ToTell] = []
        self.known: set[UUID] = set()

    def add(self, holder: UUID | None, told_as: ToldAs, post: str = "") -> bool:
        """Add whoever can be told for this post; False, and why, where nobody can."""
        post = post or told_as.words
        found = self.staff.reach(holder, self.never)
        if found is None or holder is None:
            self.entries.append(ToTell(None, told_as, f"{post}: {self._why(holder)}"))
            return False
        if found not in self.known:
            self.known.add(found)
            words = self.staff.words_for(found, holder, post)
            self.entries.append(ToTell(self.staff.people[found], told_as, words))
        return True

    def _why(self, holder: UUID | None) -> str:
        if holder is not None and holder in self.implicated:
            return "not told, because it is about them"
        if holder is not None and holder == self.raiser:
            return "raised it"
        if holder is not None and holder in self.staff.away:
            return "away or gone, and nobody stands in"
        return "nobody to tell"

    def add_or_next_up(self, holder: UUID | None, told_as: ToldAs, rank: int) -> None:
        """Add the holder, or else the nearest manager above this rank who is not told yet."""
        if not self.add(holder, told_as):
            self._add_next((each.person_id, each.title) for each in self.line if each.rank > rank)

    def add_or_manager(self, holder: UUID | None, told_as: ToldAs) -> None:
        """Add somebody outside the team's line, or else the nearest manager above them."""
        if holder is not None and not self.add(holder, told_as):
            above = self.staff.line.managers_above(holder)
            self._add_next((each, "Their manager") for each in above)

    def _add_next(self, above: Iterable[tuple[UUID, str]]) -> None:
        for person_id, post in above:
            found = self.staff.reach(person_id, self.never)
            if found is not None and found not in self.known:
                self.add(person_id, ToldAs.NEXT_UP, post)
                return

    def add_leads(self) -> None:
        """Add every QA lead, or else the next one up."""
        if not self.staff.leads:
            self.add(None, ToldAs.QA_LEAD)
        there = [self.add(lead, ToldAs.QA_LEAD) for lead in self.staff.leads]
        if self.staff.leads and not any(there):
            above = self.staff.line.managers_above(self.staff.leads[0])
            self._add_next((each, "Their manager") for each in above)


def people_to_tell(
    audit: Audit, raiser_id: UUID, today: date, implicated: Collection[UUID] = ()
) -> list[ToTell]:
    """Everybody to be told of a concern on this audit's child, in the order of E1.

    For somebody who is away their deputy is told. Where there is none, the post is vacant, the
    concern is about its holder (`implicated`, who are never told), or they raise it themselves, the
    next one up is.
    """
    case = audit.case
    reviewers = [] if case is None else [case.iro_id, case.chair_id]
    worker = case.worker_id if case is not None else None
    staff = Staff(today, [audit.team_id], [worker, *reviewers])
    told = _Told(staff, audit, raiser_id, {*implicated})
    told.add_or_next_up(worker, ToldAs.SOCIAL_WORKER, 0)
    own = next((each for each in told.line if each.team_id == audit.team_id), None)
    _add_manager(told, own, ToldAs.TEAM_MANAGER, 0)
    head = next((each for each in told.line if each.rank >= HEAD_OF_SERVICE_RANK), None)
    _add_manager(told, head, ToldAs.HEAD_OF_SERVICE, HEAD_OF_SERVICE_RANK)
    if case is not None:
        told.add_or_manager(case.iro_id, ToldAs.IRO)
        told.add_or_manager(case.chair_id, ToldAs.CHAIR)
    told.add_leads()
    return told.entries


def _add_manager(told: _Told, member: Member | None, told_as: ToldAs, rank: int) -> None:
    if member is None:
        told.add_or_next_up(None, told_as, rank)
    elif member.person_id not in told.known:
        told.add_or_next_up(member.person_id, told_as, member.rank)


def owner_of_safety(
    audit: Audit, raiser_id: UUID, today: date, implicated: Collection[UUID] = ()
) -> Person | None:
    """Who owns the priority action: the child's team manager or who stands in for them, else the
    next one up; a QA lead where there is nobody in the line. Never whom the concern is about, nor
    whoever raises it (E1)."""
    staff, never = Staff(today, [audit.team_id]), {raiser_id, *implicated}
    line = [member.person_id for member in staff.line.people_above(audit.team_id)]
    able = (staff.reach(each, never) for each in (*line, *staff.leads))
    found = next((each for each in able if each is not None), None)
    return None if found is None else staff.people[found]


def implicated_in(audit: Audit) -> set[UUID]:
    """Those whom a concern on this audit is about: they see and are told nothing of it (E1)."""
    return {
        each.person_id
        for each in audit.parties
        if each.party is Party.IMPLICATED and each.person_id is not None
    }


def director_to_telephone(concern: Concern, today: date) -> str:
    """The name of the service director, or of whoever is next up, where nobody has acknowledged a
    concern; "" where there is nobody (E1)."""
    staff = Staff(today, [concern.team_id])
    never = {concern.raised_by, *implicated_in(concern.audit)}
    found = staff.holding(Whom.SERVICE_DIRECTOR, concern.team_id, never)
    return staff.people[found[0]].name if found else ""


def people_called(text: str, today: date) -> list[Person]:
    """Who works here and has this name, e-mail address or staff id, up to two (one query)."""
    query = (
        select(Person)
        .where(
            or_(Person.left_on.is_(None), Person.left_on >= today),
            or_(
                Person.email == text.strip().lower(),
                Person.staff_id == text.strip(),
                Person.name_key == name_key(text),
            ),
        )
        .order_by(Person.name, Person.id)
        .limit(2)
    )
    return list(db.session.scalars(query))
