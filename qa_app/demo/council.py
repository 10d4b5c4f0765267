"""The council in memory: its units, its people and their posts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from qa_app.accounts.models import PostKind
from qa_app.demo.structure import RANKS, TeamPlan


@dataclass(eq=False, slots=True)
class Unit:
    """A unit of the department tree."""

    id: UUID
    code: str
    name: str
    parent: "Unit | None"
    plan: TeamPlan | None = None

    @property
    def line(self) -> "list[Unit]":
        """The unit and those above it, nearest first."""
        return [self, *(self.parent.line if self.parent else [])]

    @property
    def service(self) -> "Unit | None":
        """The unit directly beneath the root to which this one belongs."""
        line = self.line
        return line[-2] if len(line) > 1 else None


@dataclass(eq=False, slots=True)
class Member:
    """Somebody with a post, from `started` to `ended` (None while they hold it)."""

    id: UUID
    name: str
    email: str
    kind: PostKind
    title: str
    unit: Unit
    post_id: UUID
    started: date
    ended: date | None = None
    given_manager: "Member | None" = None

    @property
    def rank(self) -> int:
        """How senior the post is."""
        return RANKS[self.kind].rank

    @property
    def line(self) -> bool:
        """Whether the post manages the people of its unit."""
        return RANKS[self.kind].line

    @property
    def service(self) -> Unit | None:
        """The service of the post's unit; None above the services."""
        return self.unit.service

    def held(self, first: date, last: date) -> bool:
        """Whether they held the post on any day from the first to the last."""
        return self.started <= last and (self.ended is None or self.ended >= first)


@dataclass
class Council:
    """The council as made: units by code, everybody, and the demonstration's logins by key."""

    units: dict[str, Unit] = field(default_factory=dict)
    members: list[Member] = field(default_factory=list)
    logins: dict[str, Member] = field(default_factory=dict)
    vacant_since: date | None = None

    @property
    def here(self) -> list[Member]:
        """Everybody who holds a post today."""
        return [member for member in self.members if member.ended is None]

    def of_kind(self, *kinds: PostKind) -> list[Member]:
        """Those here whose post is of one of these kinds."""
        return [member for member in self.here if member.kind in kinds]

    @property
    def qa_lead(self) -> Member:
        """Who runs the programme."""
        return self.of_kind(PostKind.QA_LEAD)[0]

    def workers(self, unit: Unit) -> list[Member]:
        """Those of a team who hold cases, see children, or chair."""
        return [each for each in self.here if each.unit is unit and not each.line]

    def managers_above(self, unit: Unit, rank: int = 0, on: date | None = None) -> Iterator[Member]:
        """Holders of line posts from the unit upwards, nearest first, above a rank.

        Those who held them on a day, or who hold them today.
        """
        there = self.here if on is None else [each for each in self.members if each.held(on, on)]
        for each in unit.line:
            found = [m for m in there if m.unit is each and m.line and m.rank > rank]
            yield from sorted(found, key=lambda member: (member.rank, member.name))

    def manager_of(self, member: Member) -> Member | None:
        """The line manager: the one given, else the next filled line post up the tree."""
        if member.given_manager is not None:
            return member.given_manager
        above = self.managers_above(member.unit, member.rank)
        return next((each for each in above if each is not member), None)

    def head_of(self, unit: Unit) -> Member:
        """The head of the unit's service."""
        heads = self.of_kind(PostKind.HEAD_OF_SERVICE)
        return next(head for head in heads if head.unit is unit.service)
