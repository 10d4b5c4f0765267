"""Who is told of a concern about significant harm (E1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from qa_app.accounts.models import Person, Post
from qa_app.accounts.queries import manager_of, people_with
from qa_app.audits.models import Audit, ToldAs
from qa_app.audits.queries.line import line_above
from qa_app.domain.actions import HEAD_OF_SERVICE_RANK
from qa_app.domain.permissions import Role


@dataclass(frozen=True)
class ToTell:
    """One who is to be told, and as what; `person` is None where nobody is there to be told."""

    person: Person | None
    told_as: ToldAs
    post: str


class _Told:
    """The list as it grows: nobody twice, and the next one up for everybody who is not there."""

    def __init__(self, line: list[tuple[Person, Post]], raiser_id: UUID, today: date) -> None:
        self.line = line
        self.raiser_id = raiser_id
        self.today = today
        self.entries: list[ToTell] = []
        self.known: set[UUID] = set()

    def there(self, person: Person | None) -> bool:
        """Whether somebody can be told: not the one who raises it, and not gone."""
        return (
            person is not None
            and person.id != self.raiser_id
            and (person.left_on is None or person.left_on > self.today)
        )

    def add(self, person: Person | None, told_as: ToldAs, post: str) -> None:
        """Add somebody, or say that nobody is there."""
        if person is None or not self.there(person):
            self.entries.append(ToTell(None, told_as, f"{post}: nobody to tell"))
        elif person.id not in self.known:
            self.known.add(person.id)
            self.entries.append(ToTell(person, told_as, post))

    def add_or_next_up(self, person: Person | None, told_as: ToldAs, rank: int) -> None:
        """Add the holder, or else the nearest manager above this rank who is not told yet."""
        self.add(person, told_as, told_as.words)
        if self.there(person):
            return
        for above, post in self.line:
            if post.rank > rank and self.there(above) and above.id not in self.known:
                self.add(above, ToldAs.NEXT_UP, post.title)
                return

    def managers(self, least_rank: int = 0) -> Iterator[tuple[Person, Post]]:
        """Managers of the line who can be told, from a rank upwards, the nearest first."""
        for person, post in self.line:
            if post.rank >= least_rank and self.there(person):
                yield person, post


def people_to_tell(audit: Audit, raiser_id: UUID, today: date) -> list[ToTell]:
    """Everybody to be told of a concern on this audit's child, in the order of E1.

    Whoever raises it is not told by themselves: the next one up is.
    """
    case = audit.case
    told = _Told(line_above(audit.team, today), raiser_id, today)
    told.add_or_next_up(case.worker if case else None, ToldAs.SOCIAL_WORKER, 0)
    own = [(person, post) for person, post in told.line if post.team_id == audit.team_id]
    manager, rank = (own[0][0], own[0][1].rank) if own else (None, 0)
    if manager is None or manager.id not in told.known:
        told.add_or_next_up(manager, ToldAs.TEAM_MANAGER, rank)
    head = next((row for row in told.line if row[1].rank >= HEAD_OF_SERVICE_RANK), None)
    if head is None or head[0].id not in told.known:
        told.add_or_next_up(
            head[0] if head else None,
            ToldAs.HEAD_OF_SERVICE,
            head[1].rank if head else HEAD_OF_SERVICE_RANK,
        )
    if case is not None:
        _add_reviewer(told, case.iro, ToldAs.IRO)
        _add_reviewer(told, case.chair, ToldAs.CHAIR)
    leads: list[Person | None] = [*people_with(Role.QA_LEAD, today)]
    for lead in leads or [None]:
        told.add(lead, ToldAs.QA_LEAD, ToldAs.QA_LEAD.words)
    return told.entries


def _add_reviewer(told: _Told, person: Person | None, told_as: ToldAs) -> None:
    if person is None:
        return
    told.add(person, told_as, told_as.words)
    if not told.there(person):
        told.add(manager_of(person.id, told.today), ToldAs.NEXT_UP, "Their manager")


def owner_of_safety(audit: Audit, raiser_id: UUID, today: date) -> Person | None:
    """Who owns the priority action: the child's team manager, or the next one up (E1)."""
    told = _Told(line_above(audit.team, today), raiser_id, today)
    found = next(told.managers(), None)
    if found is not None:
        return found[0]
    leads = [person for person in people_with(Role.QA_LEAD, today) if told.there(person)]
    return leads[0] if leads else None
