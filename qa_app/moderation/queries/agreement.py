"""Pairs of an auditor's grade and the final one, counted by the database (M9)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Row, Select, and_, func, or_, select

from qa_app.accounts import settings
from qa_app.accounts.models import Person, Team
from qa_app.audits.models import Audit, GradeRow, GradeSource
from qa_app.audits.queries.amending import final_grade_at
from qa_app.database import db
from qa_app.domain.agreement import Agreement, agreement_of, confusion
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import GRADES, Grade
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import Moderation, ModerationMode, ModerationState
from qa_app.standards.models import Section, ToolVersion

Counts = list[list[int]]
"""Auditor's grade × final grade, each best to worst."""


class By(StrEnum):
    """What agreement can be split by."""

    SERVICE = "service"
    SECTION = "section"
    AUDITOR = "auditor"
    MODERATOR = "moderator"
    MODE = "mode"
    MONTH = "month"


class SectionOf(NamedTuple):
    """A section of a tool, whatever the tool's version: both by their codes."""

    tool: str
    code: str

    def __str__(self) -> str:
        return f"{self.tool}/{self.code}"


@dataclass(frozen=True)
class PairsAsked:
    """Which pairs: audits completed from month to month, both included, and of whom or what.

    `section` asks for that section's grades instead of the overall ones. `services` keeps to the
    services that the reader answers for, None being no limit. `at` is the data cut. DomainError
    where the months make no sense.
    """

    first: Month
    last: Month
    at: datetime
    service_id: UUID | None = None
    section: SectionOf | None = None
    auditor_id: UUID | None = None
    moderator_id: UUID | None = None
    mode: ModerationMode | None = None
    services: frozenset[UUID] | None = None

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise DomainError(
                f"The first month, {self.first}, is after the last, {self.last}. "
                "Enter the earlier month first",
                "from",
            )
        if self.last > Month.of(london_date(self.at)):
            raise DomainError(
                f"The month {self.last} has not begun, so nothing can be counted in it. "
                "Choose an earlier last month",
                "to",
            )


@dataclass(frozen=True)
class Group:
    """The pairs of one service, section, auditor, moderator, mode or month of completion.

    `key` is its id (a section's tool and code, a mode's word, a month as 2023-05), or the name as
    an import wrote it; empty where the audits say nothing of it.
    """

    key: str
    name: str
    counts: Counts

    def agreement(self, at: datetime) -> Agreement:
        """How far the grades of this group agree."""
        return agreement_from(self.counts, at)


def agreement_from(counts: Counts, at: datetime) -> Agreement:
    """How far grades agree; hidden below the number that the settings say on that day (M9)."""
    return agreement_of(counts, settings.number("agreement_shown_from", london_date(at)))


def pairs_counted(asked: PairsAsked) -> Counts:
    """The table of counts of all the pairs asked for (one query)."""
    return _counts(db.session.execute(_grouped(asked, None)))


def pairs_counted_by(asked: PairsAsked, by: By) -> list[Group]:
    """The same for each service, section, auditor, moderator or mode by name; months in order.

    Groups without a pair are left out; audits that say nothing of it come last. By section the
    grades are those of the section, by anything else the overall ones (or those of the section
    asked for). One query, and for the sections' titles a second.
    """
    groups: dict[tuple[str, str], list[Row[Any]]] = {}
    for row in db.session.execute(_grouped(asked, by)):
        groups.setdefault((str(row.key or ""), row.name or ""), []).append(row)
    titles = _titles() if by is By.SECTION else {}
    found = [_group(key, name, by, titles, rows) for (key, name), rows in groups.items()]
    named = by is not By.MONTH
    return sorted(
        found, key=lambda each: (not each.key, each.name.casefold() if named else "", each.key)
    )


def pair_ids(asked: PairsAsked, auditor: Grade | None, final: Grade | None) -> Select[Any]:
    """The ids of the audits in one cell of the table; None asks for a whole row or column."""
    audits = _moderated(asked).cte("moderated")
    query, *columns = _overall_pairs(asked, audits)
    query = query.where(*_are_pairs(asked, audits, *columns))
    for column, grade in zip(columns, (auditor, final), strict=True):
        if grade is not None:
            query = query.where(column == grade)
    return query.with_only_columns(audits.c.id)


def _group(
    key: str, name: str, by: By, titles: Mapping[SectionOf, str], rows: Iterable[Row[Any]]
) -> Group:
    if by is By.SECTION:
        section = SectionOf(key, name)
        return Group(str(section), titles[section], _counts(rows))
    if by is By.MODE:
        return Group(key, key.capitalize(), _counts(rows))
    if by is By.MONTH:
        month = Month.of(date.fromisoformat(key))
        return Group(str(month), month.words, _counts(rows))
    # An import may name somebody who has no row here.
    return Group(key or name, name or f"No {by} recorded", _counts(rows))


def _counts(rows: Iterable[Row[Any]]) -> Counts:
    table = confusion(())
    for row in rows:
        table[GRADES.index(row.auditor)][GRADES.index(row.final)] += row.number
    return table


def _titles() -> dict[SectionOf, str]:
    """Each section's title in the newest version of its tool that was published."""
    rows = db.session.execute(
        select(ToolVersion.code, Section.code, Section.title)
        .join(Section, Section.version_id == ToolVersion.id)
        .where(ToolVersion.published_at.is_not(None))
        .order_by(ToolVersion.number)
    )
    return {SectionOf(tool, code): title for tool, code, title in rows}


def _grouped(asked: PairsAsked, by: By | None) -> Select[Any]:
    """Pairs counted by the auditor's grade, the final one, and the key and name of their group."""
    audits = _moderated(asked).cte("moderated")
    by_section = by is By.SECTION or asked.section is not None
    query, auditor, final = (_section_pairs if by_section else _overall_pairs)(asked, audits)
    query = query.where(*_are_pairs(asked, audits, auditor, final))
    columns = [auditor.label("auditor"), final.label("final")]
    if by is not None:
        query, key, name = _split(query, by, audits)
        columns += [key.label("key"), name.label("name")]
    return query.with_only_columns(*columns, func.count().label("number")).group_by(
        *(column.element for column in columns)
    )


def _are_pairs(asked: PairsAsked, audits: CTE, auditor: Any, final: Any) -> list[Any]:
    """The conditions on a pair: one for each audit, both grades given, of whom was asked for."""
    conditions = [
        audits.c[name] == value
        for name in ("service_id", "auditor_id", "moderator_id", "mode")
        if (value := getattr(asked, name)) is not None
    ]
    if asked.services is not None:
        conditions.append(audits.c.service_id.in_(asked.services))
    return [audits.c.turn == 1, auditor.is_not(None), final.is_not(None), *conditions]


def _moderated(asked: PairsAsked) -> Select[Any]:
    """The audits that count, once for each committed moderation, the first one's turn being 1.

    Audits that M1 passed by have none, and no pair: their final grade is the auditor's own. A
    second moderator's (M5) makes no pair of its own.
    """
    turn = func.row_number().over(
        partition_by=Moderation.audit_id, order_by=(Moderation.committed_at, Moderation.id)
    )
    columns: list[Any] = [
        Audit.id, Audit.service_id, Audit.auditor_id, Audit.auditor_name, Audit.auditor_grade,
        Audit.completed_month, Moderation.mode, Moderation.moderator_id, Moderation.moderator_name,
        final_grade_at(asked.at).label("final_grade"),
    ]  # fmt: skip
    return (
        select(*columns, turn.label("turn"))
        .join(Moderation, Moderation.audit_id == Audit.id)
        .where(
            Audit.state == AuditState.FINAL,
            Audit.completed_month.between(asked.first.first, asked.last.first),
            Moderation.state == ModerationState.COMMITTED,
            _tool_counts(),
        )
    )


def _tool_counts() -> ColumnElement[bool]:
    # P7, as reports count: an imported audit has no tool here; it is the core one of its day.
    counting = select(ToolVersion.id).where(ToolVersion.counts_in_mtm)
    return or_(Audit.tool_version_id.is_(None), Audit.tool_version_id.in_(counting))


def _overall_pairs(asked: PairsAsked, audits: CTE) -> tuple[Select[Any], Any, Any]:
    return select(audits).select_from(audits), audits.c.auditor_grade, audits.c.final_grade


def _section_pairs(asked: PairsAsked, audits: CTE) -> tuple[Select[Any], Any, Any]:
    """The standing grades of sections, the newest of each source (M7)."""
    turn = func.row_number().over(
        partition_by=(GradeRow.audit_id, GradeRow.source, GradeRow.section_id),
        order_by=(GradeRow.at.desc(), GradeRow.id.desc()),
    )
    rows = (
        select(GradeRow.audit_id, GradeRow.source, GradeRow.section_id, GradeRow.grade)
        .add_columns(turn.label("turn"))
        .join(audits, and_(audits.c.id == GradeRow.audit_id, audits.c.turn == 1))
        .where(
            GradeRow.section_id.is_not(None),
            GradeRow.source.in_([GradeSource.AUDITOR, GradeSource.FINAL]),
            GradeRow.at <= asked.at,
        )
        .cte("section_grade")
    )
    auditor, final = rows.alias("auditors"), rows.alias("finals")
    query = (
        select(audits)
        .select_from(audits)
        .join(auditor, and_(*_newest(auditor, GradeSource.AUDITOR), _same(auditor, audits)))
        .join(
            final,
            and_(
                *_newest(final, GradeSource.FINAL),
                _same(final, audits),
                final.c.section_id == auditor.c.section_id,
            ),
        )
        .join(Section, Section.id == auditor.c.section_id)
        .join(ToolVersion, ToolVersion.id == Section.version_id)
    )
    if asked.section is not None:
        query = query.where(
            ToolVersion.code == asked.section.tool, Section.code == asked.section.code
        )
    return query, auditor.c.grade, final.c.grade


def _newest(rows: Any, source: GradeSource) -> tuple[Any, Any]:
    return rows.c.source == source, rows.c.turn == 1


def _same(rows: Any, audits: CTE) -> Any:
    return rows.c.audit_id == audits.c.id


def _split(query: Select[Any], by: By, audits: CTE) -> tuple[Select[Any], Any, Any]:
    """The query joined with what its groups need, their key and their name."""
    match by:
        case By.SERVICE:
            return query.outerjoin(Team, Team.id == audits.c.service_id), Team.id, Team.name
        case By.SECTION:
            return query, ToolVersion.code, Section.code
        case By.MODE:
            return query, audits.c.mode, audits.c.mode
        case By.MONTH:
            return query, audits.c.completed_month, audits.c.completed_month
        case By.AUDITOR | By.MODERATOR:
            person, written = audits.c[f"{by}_id"], audits.c[f"{by}_name"]
            query = query.outerjoin(Person, Person.id == person)
            return query, person, func.coalesce(Person.name, written)
