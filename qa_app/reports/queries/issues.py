"""Reading the issues log: the findings of finished audits by theme (T2)."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select

from qa_app.accounts.models import Team
from qa_app.audits.models import Audit, AuditSource, Finding, FindingTheme
from qa_app.audits.queries.filing import main_theme
from qa_app.database import db
from qa_app.domain.calendar import Month
from qa_app.domain.grades import PlanType
from qa_app.domain.workflow import AuditState
from qa_app.reports.figures.themes import NO_PLAN, NO_SERVICE
from qa_app.reports.learning.issues import Audited, Found, IssuesAsked, IssuesLog, Span
from qa_app.standards.models import Section, ToolVersion
from qa_app.standards.queries.themes import all_themes, merged_into

NO_SECTION: Final = "No section recorded"
NO_TEAM: Final = "No team recorded"


def issues_log(asked: IssuesAsked) -> IssuesLog:
    """The log of a month: of finished audits of tools that count (P7), in five queries.

    An audit's findings are counted as they are filed today; reports count them as at their cut.
    An imported audit counts once every finding of it was filed.
    """
    themes, into = all_themes(), merged_into()
    audits = _audits(asked)
    filed, chosen = main_theme()
    query = (
        select(
            Finding.id, Finding.audit_id, chosen, Finding.kind, Finding.about,
            func.coalesce(Section.title, NO_SECTION),
        )
        .select_from(Finding)
        .outerjoin(filed, filed.c.finding_id == Finding.id)
        .outerjoin(Section, Section.id == Finding.section_id)
        .join(Audit, Audit.id == Finding.audit_id)
        .where(*conditions(asked))
    )  # fmt: skip
    rows: list[Any] = list(db.session.execute(query))
    others: dict[UUID, set[UUID]] = {}
    beside = (
        select(FindingTheme.finding_id, FindingTheme.theme_id)
        .join(Finding, Finding.id == FindingTheme.finding_id)
        .join(Audit, Audit.id == Finding.audit_id)
        .where(*conditions(asked))
    )
    for finding_id, theme_id in db.session.execute(beside):
        others.setdefault(finding_id, set()).add(theme_id)
    unfiled = {row[1] for row in rows if row[2] is None} | _without(audits, rows)
    found = [
        Found(audit_id, theme_id, kind, about, section)
        for finding_id, audit_id, main_id, kind, about, section in rows
        if audit_id not in unfiled and asked.section in ("", section)
        for theme_id in {into.get(each, each) for each in {main_id, *others.get(finding_id, ())}}
    ]
    known = [each for each, _ in audits if each.id not in unfiled]
    sections = sorted({str(row[5]) for row in rows})
    return IssuesLog(asked, themes, known, found, len(unfiled), sections)


def _without(audits: Sequence[tuple[Audited, bool]], rows: Sequence[Any]) -> set[UUID]:
    """Imported audits in which nothing was written down: nobody knows what was found."""
    written = {row[1] for row in rows}
    return {each.id for each, imported in audits if imported and each.id not in written}


def _audits(asked: IssuesAsked) -> list[tuple[Audited, bool]]:
    query = (
        select(
            Audit.id,
            Audit.completed_month,
            Team.name,
            Audit.plan_type,
            Audit.team_name,
            Audit.source,
        )
        .outerjoin(Team, Team.id == Audit.service_id)
        .where(*conditions(asked))
        .order_by(Audit.id)
    )
    found: list[Any] = list(db.session.execute(query))
    return [
        (_audited(audit_id, month, service, plan, team), source is AuditSource.IMPORTED)
        for audit_id, month, service, plan, team, source in found
    ]


def _audited(
    audit_id: UUID, month: date, service: str | None, plan: PlanType | None, team: str
) -> Audited:
    words = plan.words if plan else NO_PLAN
    return Audited(audit_id, Month.of(month), service or NO_SERVICE, words, team or NO_TEAM)


def conditions(
    asked: IssuesAsked, months: Sequence[Month] | None = None
) -> list[ColumnElement[bool]]:
    """Finished audits of tools that count (P7), of these months, as the log is narrowed; without
    months, of the year to date and the month before the log's."""
    if months is None:
        months = [*asked.months(Span.BEFORE), *asked.months(Span.YEAR)]
    counting = select(ToolVersion.id).where(ToolVersion.counts_in_mtm)
    conditions = [
        Audit.state == AuditState.FINAL,
        Audit.completed_month.in_([month.first for month in months]),
        or_(Audit.tool_version_id.is_(None), Audit.tool_version_id.in_(counting)),
    ]
    if asked.service_id is not None:
        conditions.append(Audit.service_id == asked.service_id)
    if asked.plan_type is not None:
        conditions.append(Audit.plan_type == asked.plan_type)
    return conditions
