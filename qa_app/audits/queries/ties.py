"""Who was what to a case, and to its brothers and sisters: the facts that S6 and A1 need.

Read for one case or for hundreds in the same few queries; `independence` puts them together.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select

from qa_app.accounts.models import Person, Post, PostHolding, Team
from qa_app.accounts.queries import names
from qa_app.cases.models import Case, Involvement, InvolvementRole
from qa_app.database import db
from qa_app.domain.independence import CaseTie, Period, TieRole

_ROLES = {
    InvolvementRole.SOCIAL_WORKER: TieRole.SOCIAL_WORKER,
    InvolvementRole.IRO: TieRole.IRO,
    InvolvementRole.CHAIR: TieRole.CHAIR,
    InvolvementRole.DECISION_MAKER: TieRole.DECISION_MAKER,
}


class File(NamedTuple):
    """What a case says of itself today."""

    id: UUID
    family: str | None
    team_id: UUID | None
    worker_id: UUID | None
    iro_id: UUID | None
    chair_id: UUID | None
    opened_on: date | None
    closed_on: date | None

    @property
    def present(self) -> Iterator[tuple[UUID, TieRole]]:
        """Those whom the case names today."""
        roles = (TieRole.SOCIAL_WORKER, TieRole.IRO, TieRole.CHAIR)
        people = (self.worker_id, self.iro_id, self.chair_id)
        return ((each, role) for each, role in zip(people, roles, strict=True) if each is not None)


class _Involved(NamedTuple):
    """Somebody's part in a case."""

    case_id: UUID
    person_id: UUID
    name: str
    team_id: UUID | None
    role: InvolvementRole
    started_on: date
    ended_on: date | None


class _Held(NamedTuple):
    """A post in a unit, as somebody held it."""

    person_id: UUID
    name: str
    team_id: UUID
    line: bool
    started_on: date
    ended_on: date | None


class _Span(NamedTuple):
    """A team had the child, from when until when (None: not known, and still)."""

    team_id: UUID
    started_on: date | None
    ended_on: date | None


@dataclass
class Gathered:
    """What was read for many cases at once, by the case or unit that it is about."""

    period: Period
    files: Mapping[UUID, File]
    involved: dict[UUID, list[_Involved]] = field(default_factory=lambda: defaultdict(list))
    names: dict[UUID, str] = field(default_factory=dict)
    spans: dict[UUID, list[_Span]] = field(default_factory=dict)
    above: dict[UUID, list[UUID]] = field(default_factory=dict)
    held: dict[UUID, list[_Held]] = field(default_factory=lambda: defaultdict(list))


def family_of(case: Case) -> list[Case]:
    """The case itself and, where a family is known, its brothers' and sisters' cases."""
    if not case.family_reference:
        return [case]
    query = (
        select(Case).where(Case.family_reference == case.family_reference).order_by(Case.reference)
    )
    return list(db.session.scalars(query))


def families(cases: Collection[Case]) -> dict[UUID, list[File]]:
    """case id → its file and, where a family is known, those of brothers and sisters."""
    known = {case.family_reference for case in cases} - {None, ""}
    query = (
        select(
            Case.id, Case.family_reference, Case.team_id, Case.worker_id, Case.iro_id,
            Case.chair_id, Case.opened_on, Case.closed_on,
        )
        .where(or_(Case.id.in_({case.id for case in cases}), Case.family_reference.in_(known)))
        .order_by(Case.reference)
    )  # fmt: skip
    files = [File(*row) for row in db.session.execute(query)]
    by_family: dict[str, list[File]] = defaultdict(list)
    own: dict[UUID, list[File]] = {}
    for file in files:
        family = by_family[file.family] if file.family else []
        family.append(file)
        own[file.id] = family
    return {case.id: own[case.id] for case in cases}


def gather(files: Mapping[UUID, File], period: Period) -> Gathered:
    """Read everybody's part in these cases: three queries, and two more where data has gaps."""
    found = Gathered(period, files)
    for each in _involvements(files, period):
        found.involved[each.case_id].append(each)
        found.names[each.person_id] = each.name
    present = {person for file in files.values() for person, _ in file.present}
    found.names |= names(present - set(found.names))
    teams = {file.team_id for file in files.values()} - {None}
    paths = db.session.execute(select(Team.id, Team.path).where(Team.id.in_(teams)))
    found.above = {row.id: _units(row.path) or [row.id] for row in paths}
    homes = _teams_of_workers(found)
    found.spans = {file.id: _spans(file, found.involved[file.id], homes) for file in files.values()}
    units = {unit for above in found.above.values() for unit in above}
    units |= {span.team_id for spans in found.spans.values() for span in spans}
    for held in _holdings(Post.team_id.in_(units), period):
        found.held[held.team_id].append(held)
    return found


def _units(path: str) -> list[UUID]:
    return [UUID(part) for part in path.strip("/").split("/") if part]


def _involvements(case_ids: Iterable[UUID], period: Period) -> Iterator[_Involved]:
    first, last = period
    query = (
        select(
            Involvement.case_id, Involvement.person_id, Person.name, Involvement.team_id,
            Involvement.role, Involvement.started_on, Involvement.ended_on,
        )
        .join(Person, Person.id == Involvement.person_id)
        .where(
            Involvement.case_id.in_(set(case_ids)),
            Involvement.started_on <= last,
            or_(Involvement.ended_on.is_(None), Involvement.ended_on >= first),
        )
        .order_by(Involvement.started_on, Involvement.id)
    )  # fmt: skip
    return (_Involved(*row) for row in db.session.execute(query))


def _teams_of_workers(gathered: Gathered) -> Mapping[UUID, list[_Held]]:
    """Where the social workers of whom no team was recorded held a post in the period."""
    people = {
        each.person_id
        for involved in gathered.involved.values()
        for each in involved
        if each.role is InvolvementRole.SOCIAL_WORKER and each.team_id is None
    }
    found: dict[UUID, list[_Held]] = defaultdict(list)
    if people:
        for held in _holdings(PostHolding.person_id.in_(people), gathered.period):
            found[held.person_id].append(held)
    return found


def _spans(
    file: File, involved: Sequence[_Involved], homes: Mapping[UUID, list[_Held]]
) -> list[_Span]:
    spans = []
    for each in involved:
        if each.role is not InvolvementRole.SOCIAL_WORKER:
            continue
        team_ids = [held.team_id for held in homes.get(each.person_id, ())]
        team_ids = [each.team_id] if each.team_id is not None else team_ids
        spans += [_Span(team_id, each.started_on, each.ended_on) for team_id in team_ids]
    if file.team_id is not None and file.team_id not in {span.team_id for span in spans}:
        spans.append(_Span(file.team_id, file.opened_on, file.closed_on))
    return spans


def _holdings(which: ColumnElement[bool], period: Period) -> Iterator[_Held]:
    query = (
        select(
            Person.id, Person.name, Post.team_id, Post.line,
            PostHolding.started_on, PostHolding.ended_on,
        )
        .join(Post, Post.id == PostHolding.post_id)
        .join(Person, Person.id == PostHolding.person_id)
        .where(which, _held_in(period))
        .order_by(PostHolding.started_on, PostHolding.id)
    )  # fmt: skip
    return (_Held(*row) for row in db.session.execute(query))


def _held_in(period: Period) -> ColumnElement[bool]:
    first, last = period
    ended = or_(PostHolding.ended_on.is_(None), PostHolding.ended_on >= first)
    return and_(PostHolding.started_on <= last, ended)


def of_the_team(team_id: UUID | None, gathered: Gathered) -> Iterator[UUID]:
    """Everybody who in the period held a post in the team, or a line post above it (S6)."""
    for unit in gathered.above.get(team_id, ()) if team_id is not None else ():
        yield from (held.person_id for held in gathered.held[unit] if held.line or unit == team_id)


def ties_to_case(case_id: UUID, family: Iterable[File], gathered: Gathered) -> list[CaseTie]:
    """Everybody's part in the case and its brothers' and sisters' that touches the period."""
    found = (tie for file in family for tie in _ties_to(file, file.id != case_id, gathered))
    unique = dict.fromkeys(tie for tie in found if tie.overlaps(gathered.period))
    return sorted(unique, key=lambda tie: (tie.sibling, tie.role, tie.started_on or date.min))


def _ties_to(file: File, sibling: bool, gathered: Gathered) -> Iterator[CaseTie]:
    there: set[tuple[UUID, TieRole]] = set()
    for each in gathered.involved[file.id]:
        role = _ROLES[each.role]
        yield CaseTie(each.person_id, each.name, role, each.started_on, each.ended_on, sibling)
        if each.ended_on is None:
            there.add((each.person_id, role))
    # Those whom the case names today without an involvement of their own.
    for person, role in file.present:
        if (person, role) not in there:
            yield CaseTie(person, gathered.names[person], role, None, None, sibling)
    for span in gathered.spans[file.id]:
        yield from _managers(span, sibling, gathered.held[span.team_id])


def _managers(span: _Span, sibling: bool, held: Iterable[_Held]) -> Iterator[CaseTie]:
    for each in held:
        if not each.line or not _met(span, each):
            continue
        yield CaseTie(
            person_id=each.person_id,
            name=each.name,
            role=TieRole.TEAM_MANAGER,
            started_on=max(span.started_on or each.started_on, each.started_on),
            ended_on=min(filter(None, (span.ended_on, each.ended_on)), default=None),
            sibling=sibling,
        )


def _met(span: _Span, held: _Held) -> bool:
    """Whether the post was held on a day on which the team had the child."""
    begun = span.ended_on is None or held.started_on <= span.ended_on
    return begun and (
        held.ended_on is None or span.started_on is None or held.ended_on >= span.started_on
    )
