"""The frame of a tool: the cases to draw from at a date, and what went before (S1, S3).

Cases are read as the latest import of the case system left them. Every question costs the same few
queries, whatever the number of cases.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, String, and_, func, or_, select, true, type_coerce
from sqlalchemy.orm import aliased

from qa_app.accounts.models import Person, Team
from qa_app.cases.models import Case
from qa_app.database import db
from qa_app.domain.calendar import add_months
from qa_app.domain.sampling import FrameCase
from qa_app.standards.models import FrameKind, ToolVersion, ToolVersionState


@dataclass(frozen=True)
class Listed:
    """The frame of a tool at a date: its cases, and what is not in it although the tool is for it.

    `known_on` is the date of the import that the cases were read from.
    """

    as_at: date
    known_on: date
    cases: tuple[FrameCase, ...]
    closed: frozenset[str]
    not_in_list: frozenset[str]


def latest_import() -> date | None:
    """The date of the newest list of cases that the case system gave; None where there is none."""
    return db.session.scalar(select(func.max(Case.as_at)))


def tools_to_draw() -> list[ToolVersion]:
    """The newest published version of each tool, by name."""
    query = (
        select(ToolVersion)
        .where(ToolVersion.state == ToolVersionState.PUBLISHED)
        .order_by(ToolVersion.number)
    )
    newest = {version.code: version for version in db.session.scalars(query)}
    return sorted(newest.values(), key=lambda version: version.name)


def frame_sizes(tools: Collection[ToolVersion], as_at: date) -> dict[UUID, int]:
    """How many cases the list of each tool holds at the import's own date (one query)."""
    if not tools:
        return {}
    counts = [
        func.count().filter(_for(tool), Case.as_at >= as_at, _in_frame(tool, as_at))
        for tool in tools
    ]
    row = db.session.execute(select(*counts).select_from(Case)).one()
    return {tool.id: count for tool, count in zip(tools, row, strict=True)}


def stratum_names() -> dict[str, list[str]]:
    """The names that strata of open cases have, by team and by service (one query)."""
    service = aliased(Team)
    query = (
        select(Team.name, service.name)
        .outerjoin(service, service.id == Team.service_id)
        .where(Team.id.in_(select(Case.team_id).where(Case.closed_on.is_(None))))
    )
    rows = list(db.session.execute(query))
    return {
        "team": sorted({team for team, _ in rows}),
        "service": sorted({name for _, name in rows if name}),
    }


def list_cases(tool: ToolVersion, as_at: date, known_on: date) -> Listed:
    """The frame of a tool at a date, from the import of `known_on` (two queries).

    A case that the newest import did not name, by mistake or because the case system no longer
    holds it, is not known to be open: it is left out, and counted.
    """
    team, service, worker = aliased(Team), aliased(Team), aliased(Person)
    query = (
        select(
            Case.reference,
            # As its text: a hundred thousand rows need no members of a list.
            type_coerce(Case.plan_type, String),
            func.coalesce(Case.family_reference, ""),
            func.coalesce(team.name, ""),
            func.coalesce(service.name, ""),
            worker.external_id,
            worker.staff_id,
            worker.name_key,
            Case.as_at < as_at,
        )
        .outerjoin(team, team.id == Case.team_id)
        .outerjoin(service, service.id == team.service_id)
        .outerjoin(worker, worker.id == Case.worker_id)
        .where(_for(tool), _in_frame(tool, as_at))
    )
    cases, unlisted = [], set()
    for reference, plan, family, of, under, number, payroll, name, old in db.session.execute(query):
        if old:
            unlisted.add(reference)
        else:
            who = worker_key(number, payroll, name)
            cases.append(FrameCase(reference, plan, family, of, under, who))
    # Sorted here, because databases sort text each in their own way.
    return Listed(as_at, known_on, tuple(sorted(cases)), _closed(tool, as_at), frozenset(unlisted))


def worker_key(external_id: str | None, staff_id: str | None, name_key: str | None) -> str:
    """How a frame names a social worker: the case system's number, else the payroll's, else the
    name as it is matched; "" where none is known."""
    return external_id or staff_id or name_key or ""


def worker_of(person: Person | None) -> str:
    """The same of a person's row."""
    return (
        "" if person is None else worker_key(person.external_id, person.staff_id, person.name_key)
    )


def _for(tool: ToolVersion) -> ColumnElement[bool]:
    return Case.plan_type.in_(tool.plan_types) if tool.plan_types else true()


def _open_at(as_at: date) -> ColumnElement[bool]:
    opened = or_(Case.opened_on.is_(None), Case.opened_on <= as_at)
    return and_(opened, or_(Case.closed_on.is_(None), Case.closed_on > as_at))


def _in_frame(tool: ToolVersion, as_at: date) -> ColumnElement[bool]:
    since = add_months(as_at, -tool.frame_months)
    if tool.frame is FrameKind.RECENTLY_CLOSED:
        return and_(Case.closed_on > since, Case.closed_on <= as_at)
    if tool.frame is FrameKind.RECENTLY_OPENED:
        return and_(Case.opened_on > since, _open_at(as_at))
    return _open_at(as_at)


def _closed(tool: ToolVersion, as_at: date) -> frozenset[str]:
    """The cases that would be in the list, were they not closed (S3)."""
    if tool.frame is FrameKind.RECENTLY_CLOSED:
        return frozenset()
    which = and_(_for(tool), Case.closed_on <= as_at)
    if tool.frame is FrameKind.RECENTLY_OPENED:
        which &= Case.opened_on > add_months(as_at, -tool.frame_months)
    return frozenset(db.session.scalars(select(Case.reference).where(which)))


def case_ids(references: Iterable[str]) -> dict[str, UUID]:
    """The rows of these cases, by reference (one query)."""
    query = select(Case.reference, Case.id).where(Case.reference.in_(set(references)))
    return {row.reference: row.id for row in db.session.execute(query)}
