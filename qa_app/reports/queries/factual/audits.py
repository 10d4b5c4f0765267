"""Facts of audits: what was counted, graded, answered and found, as it stood at the cut."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from uuid import UUID

from qa_app.audits.models import AuditSource, GradeSource
from qa_app.domain.actions import ActionKind
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.grades import Grade, PlanType, Selection
from qa_app.moderation.models import ModerationStage
from qa_app.programme.queries.giving import CORE
from qa_app.reports.facts import AuditFact, AuditMark, ModerationFact
from qa_app.reports.queries.factual.grades import GradesGiven
from qa_app.reports.queries.factual.inside import Inside
from qa_app.reports.queries.factual.onestatement import Rows
from qa_app.reports.queries.factual.span import Span
from qa_app.reports.queries.factual.themes import Themes
from qa_app.reports.queries.factual.tools import Tool
from qa_app.reports.queries.factual.units import Units
from qa_app.tracker.models import ActionSource


class Audits:
    """The audits of a cut."""

    def __init__(
        self,
        rows: Rows,
        span: Span,
        units: Units,
        themes: Themes,
        grades: GradesGiven,
        tools: Mapping[UUID, Tool],
    ) -> None:
        self._rows = sorted(rows["audit"], key=lambda row: row.id)
        self._span, self._units, self._tools, self._grades = span, units, tools, grades
        self._plans = Plans(rows, span)
        self._inside = Inside(rows, themes, grades, tools, self._plans)
        self._moderations = _moderations(rows["moderation"])
        self._worried = set(_worried(rows, span))
        self._again = {row.audit_id for row in rows["again"]}

    def facts(self) -> tuple[AuditFact, ...]:
        """The audits completed in the months, by month and id."""
        found = [self._fact(row) for row in self._rows if self._is_of_months(row)]
        return tuple(sorted(found, key=lambda audit: (audit.month, audit.id)))

    def marks(self) -> tuple[AuditMark, ...]:
        """The other audits that an action, a concern or a re-audit is about, by id."""
        return tuple(self._mark(row) for row in self._rows if not self._is_of_months(row))

    def _is_of_months(self, row: Any) -> bool:
        month = row.completed_month
        within = month is not None and self._span.begins <= month <= self._span.last.first
        return within and bool(row.completed)

    def counts(self) -> set[UUID]:
        """The audits of tools that count in MTM (P7)."""
        return {row.id for row in self._rows if self._tool_counts(row)}

    def _tool_counts(self, row: Any) -> bool:
        return row.tool_version_id is None or self._tools[row.tool_version_id].counts

    def _code(self, row: Any) -> str:
        return CORE if row.tool_version_id is None else self._tools[row.tool_version_id].code

    def finals(self) -> dict[UUID, tuple[Any, Grade]]:
        """When each audit got its final grade, and which it was at the cut."""
        return {
            row.id: (row.final_at, row.final)
            for row in self._rows
            if row.final is not None and row.final_at is not None
        }

    def _mark(self, row: Any) -> AuditMark:
        return AuditMark(
            id=row.id,
            counts=self._tool_counts(row),
            tool=self._code(row),
            selection=row.selection,
            plan_type=self._plans.at_cut(row),
            team=self._units.name(row.team_id) or row.team_name,
            service=self._units.name(row.service_id),
        )

    def _fact(self, row: Any) -> AuditFact:
        final = row.final_at is not None and row.final_at <= self._span.at
        return AuditFact(
            id=row.id,
            reference=row.reference,
            month=Month.of(row.completed_month),
            completed_on=row.completed_on,
            imported=row.source is AuditSource.IMPORTED,
            counts=self._tool_counts(row),
            graded=row.graded,
            tool=self._code(row),
            selection=row.selection,
            plan_type=self._plans.at_cut(row),
            age_band=row.age_band,
            team_id=row.team_id,
            team=self._units.name(row.team_id) or row.team_name,
            service_id=row.service_id,
            service=self._units.name(row.service_id),
            auditor_post=row.auditor_post,
            auditor=self._auditors(row),
            final=row.final,
            final_on=london_date(row.final_at) if final else None,
            concern=row.id in self._worried,
            re_audit=row.selection is Selection.RE_AUDIT or row.id in self._again,
            moderation=self._moderations.get(row.id),
            **(self._inside.of(row) if final else {}),
        )

    def _auditors(self, row: Any) -> Grade | None:
        """As it stood: what was submitted anew since the cut counts as it was."""
        if row.submitted_at is None or row.submitted_at <= self._span.at:
            standing: Grade | None = row.auditor_grade
            return standing
        return self._grades.overall(row.id, GradeSource.AUDITOR, self._span.at)


class Plans:
    """Plan types: as they stood at the cut (M8), and as audits were asked by them."""

    def __init__(self, rows: Rows, span: Span) -> None:
        self._at = span.at
        self._amended: dict[UUID, list[Any]] = defaultdict(list)
        for row in sorted(rows["plan"], key=lambda row: (row.at, row.id)):
            self._amended[row.audit_id].append(row)

    def at_cut(self, audit: Any) -> PlanType | None:
        """The plan type at the cut: what the first amendment since replaced."""
        since = [row for row in self._amended.get(audit.id, ()) if row.at > self._at]
        return _before(since, audit.plan_type)

    def asked_by(self, audit: Any) -> PlanType | None:
        """The plan type that was pinned: what is amended later asks for nothing else."""
        return _before(self._amended.get(audit.id, []), audit.plan_type)


def _before(amendments: list[Any], standing: PlanType | None) -> PlanType | None:
    if not amendments:
        return standing
    return PlanType(amendments[0].old) if amendments[0].old else None


def _moderations(rows: Iterable[Any]) -> dict[UUID, ModerationFact]:
    """Each audit's first moderation, with whether a second one decided; finished when the last
    was."""
    of_audit: dict[UUID, list[Any]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.committed_at, row.id)):
        of_audit[row.audit_id].append(row)
    return {
        audit: ModerationFact(
            mode=those[0].mode.value,
            second=any(row.stage is ModerationStage.SECOND for row in those),
            committed_on=london_date(those[-1].committed_at),
        )
        for audit, those in of_audit.items()
    }


def _worried(rows: Rows, span: Span) -> Iterator[UUID]:
    """Audits with a concern that stood at the cut; an imported one's is its priority action."""
    for concern in rows["concern"]:
        if concern.withdrawn_at is None or concern.withdrawn_at > span.at:
            yield concern.audit_id
    for action in rows["action"]:
        imported = action.source is ActionSource.IMPORTED
        if imported and action.kind is ActionKind.PRIORITY and action.audit_id is not None:
            yield action.audit_id
