"""Flat rows for other programs: the columns that the read API and the reporting schema share.

No narrative, no case reference and no person's name is among them. An audit that is not final shows
no grade at all, and what is kept from a blind moderator is in no row (M3).
"""

from collections.abc import Callable
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    case,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import aliased

from qa_app.accounts.models import Team
from qa_app.audits.models import (
    Audit,
    Finding,
    FindingFiling,
    FindingTheme,
    GradeRow,
    GradeSource,
    ReAudit,
)
from qa_app.audits.queries.blind import judgement_hidden
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import Moderation, ModerationState
from qa_app.standards.models import Section, Theme, ToolVersion
from qa_app.tracker.models import Action, ActionSource

DayOf = Callable[[Any], ColumnElement[Any]]
"""Makes the London day of a moment; the API does that itself, a view in the database."""

FINAL: Final = Audit.state == AuditState.FINAL
_UNIT, _SERVICE = aliased(Team), aliased(Team)


def as_it_is(moment: Any) -> ColumnElement[Any]:
    """The moment, for whoever turns it into a day in Python."""
    return moment  # type: ignore[no-any-return]


def completed() -> list[ColumnElement[bool]]:
    """The audits that other programs are told of: completed ones that were not withdrawn."""
    return [Audit.completed_on.is_not(None), Audit.state != AuditState.WITHDRAWN]


def _place_of_audit() -> dict[str, Any]:
    """Its team and service by the names they have now; an imported audit's team as written."""
    team = func.nullif(func.coalesce(_UNIT.name, Audit.team_name), "")
    return {"team": team, "service": _SERVICE.name}


def _placed(query: Select[Any], team_id: Any, service_id: Any = None) -> Select[Any]:
    service: Any = _UNIT.service_id
    if service_id is not None:
        service = func.coalesce(service_id, service)
    query = query.outerjoin(_UNIT, _UNIT.id == team_id)
    return query.outerjoin(_SERVICE, _SERVICE.id == service)


def service_of() -> ColumnElement[Any]:
    """The name of a row's service, in a statement that `with_place` joined."""
    return _SERVICE.name  # type: ignore[return-value]


def with_place(query: Select[Any]) -> Select[Any]:
    """A statement that reads Audit, with its team and service beside it."""
    return _placed(query, Audit.team_id, Audit.service_id)


def _labelled(columns: dict[str, Any]) -> list[ColumnElement[Any]]:
    return [column.label(name) for name, column in columns.items()]


def audit_rows(day_of: DayOf = as_it_is) -> Select[Any]:
    """One row for each completed audit."""
    moderated = exists().where(
        Moderation.audit_id == Audit.id, Moderation.state == ModerationState.COMMITTED
    )
    columns = {
        "reference": Audit.reference,
        "month": Audit.completed_month,
        "completed_on": Audit.completed_on,
        "source": Audit.source,
        "tool": ToolVersion.code,
        "tool_name": ToolVersion.name,
        "counts": or_(Audit.tool_version_id.is_(None), ToolVersion.counts_in_mtm),
        "selection": Audit.selection,
        "plan_type": Audit.plan_type,
        "age_band": func.nullif(Audit.age_band, ""),
        **_place_of_audit(),
        "auditor_post": Audit.auditor_post,
        "re_audit": exists().where(ReAudit.audit_id == Audit.id),
        "graded": Audit.graded,
        "final": FINAL,
        "moderated": and_(FINAL, moderated),
        # M3: before it is final, an audit's grade is its auditor's and its moderator's alone.
        "auditor_grade": case((FINAL, Audit.auditor_grade), else_=null()),
        "final_grade": case((FINAL, Audit.final_grade), else_=null()),
        "final_on": day_of(case((FINAL, Audit.final_at), else_=null())),
    }
    query = select(*_labelled(columns)).outerjoin(
        ToolVersion, ToolVersion.id == Audit.tool_version_id
    )
    return with_place(query).where(*completed())


def action_rows(day_of: DayOf = as_it_is) -> Select[Any]:
    """One row for each action, but for those that would tell a blind moderator something (M3)."""
    hidden = exists().where(Audit.id == Action.audit_id, judgement_hidden())
    columns = {
        "reference": Action.reference,
        "audit_reference": func.nullif(Action.audit_reference, ""),
        "kind": Action.kind,
        "status": Action.status,
        "imported": Action.source == ActionSource.IMPORTED,
        "outstanding": Action.settled_on.is_(None),
        "raised_on": Action.raised_on,
        "original_due_on": Action.original_due_on,
        "due_on": Action.due_on,
        "done_on": day_of(Action.done_at),
        "settled_on": Action.settled_on,
        "impact": Action.impact,
        "theme": Theme.code,
        "theme_name": Theme.name,
        "team": _UNIT.name,
        "service": _SERVICE.name,
    }
    query = select(*_labelled(columns)).outerjoin(Theme, Theme.id == Action.theme_id)
    return _placed(query, Action.team_id).where(~hidden)


def section_rows() -> Select[Any]:
    """One row for each section that counts in a final audit: its final grade (M7)."""
    newest = (
        select(GradeRow.id)
        .where(
            GradeRow.audit_id == Audit.id,
            GradeRow.section_id == Section.id,
            GradeRow.source == GradeSource.FINAL,
        )
        .order_by(GradeRow.at.desc(), GradeRow.id.desc())
        .limit(1)
        .correlate(Audit, Section)
        .scalar_subquery()
    )
    columns = {
        "audit_reference": Audit.reference,
        "month": Audit.completed_month,
        "tool": ToolVersion.code,
        "section": Section.code,
        "section_title": Section.title,
        "grade": GradeRow.grade,
        "selection": Audit.selection,
        "plan_type": Audit.plan_type,
        **_place_of_audit(),
    }
    query = (
        select(*_labelled(columns))
        .select_from(Audit)
        .join(ToolVersion, ToolVersion.id == Audit.tool_version_id)
        .join(Section, Section.version_id == ToolVersion.id)
        .join(GradeRow, GradeRow.id == newest)
    )
    placed = with_place(query)
    return placed.where(FINAL, GradeRow.grade.is_not(None), *completed())


def filings() -> Any:
    """Under which themes each finding is filed: (finding, theme, main), the main one as a person
    filed it last (T1). Merged themes are not followed here."""
    newest = (
        select(FindingFiling.id)
        .where(FindingFiling.finding_id == Finding.id)
        .order_by(FindingFiling.at.desc(), FindingFiling.id.desc())
        .limit(1)
        .correlate(Finding)
        .scalar_subquery()
    )
    chosen = case((FindingFiling.id.is_not(None), FindingFiling.theme_id), else_=Finding.theme_id)
    main = select(
        Finding.id.label("finding_id"), chosen.label("theme_id"), literal(True).label("main")
    ).outerjoin(FindingFiling, FindingFiling.id == newest)
    others = select(FindingTheme.finding_id, FindingTheme.theme_id, literal(False))
    return union_all(main, others).subquery("filing")


def theme_counts(read_as: Any = None) -> Select[Any]:
    """How often each theme was found in final audits: findings and audits, by month, kind, what it
    is about, section, selection, plan type and service.

    `read_as` is a table of (theme_id, into_id): as which theme one that was merged is read (T1).
    """
    filing = filings()
    theme_id = filing.c.theme_id
    if read_as is not None:
        theme_id = func.coalesce(read_as.c.into_id, theme_id)
    shown: dict[str, Any] = {
        "month": Audit.completed_month,
        "theme": Theme.code,
        "theme_name": Theme.name,
        "main": filing.c.main,
        "kind": Finding.kind,
        "about": Finding.about,
        "section": Section.code,
        "selection": Audit.selection,
        "plan_type": Audit.plan_type,
        "service": _SERVICE.name,
    }
    query = select(*_labelled(shown)).select_from(filing)
    query = query.join(Finding, Finding.id == filing.c.finding_id)
    if read_as is not None:
        query = query.outerjoin(read_as, read_as.c.theme_id == filing.c.theme_id)
    query = (
        query.join(Audit, Audit.id == Finding.audit_id)
        .join(Theme, Theme.id == theme_id)
        .outerjoin(Section, Section.id == Finding.section_id)
    )
    query = with_place(query).where(FINAL, *completed())
    counts = (
        func.count(Finding.id.distinct()).label("findings"),
        func.count(Audit.id.distinct()).label("audits"),
    )
    return query.add_columns(*counts).group_by(*shown.values())
