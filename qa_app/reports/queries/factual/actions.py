"""Facts of actions and concerns as they stood at the cut, and the stocks at the end of months."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from qa_app.audits.models import GradeSource
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.grades import Grade
from qa_app.reports.asked import AsAt
from qa_app.reports.facts import ActionFact, StockFact, TimeFact
from qa_app.reports.queries.factual.grades import GradesGiven
from qa_app.reports.queries.factual.onestatement import Rows
from qa_app.reports.queries.factual.span import Span
from qa_app.reports.queries.factual.themes import Themes
from qa_app.reports.queries.factual.units import Units
from qa_app.tracker.models import ActionSource

_BACK_TO_WORK: Final = (ActionStatus.OPEN, ActionStatus.IN_PROGRESS)
_SETTLED: Final = (ActionStatus.VERIFIED, ActionStatus.WITHDRAWN, ActionStatus.CLOSED)


class Actions:
    """The actions and concerns of a cut."""

    def __init__(self, rows: Rows, span: Span, units: Units, themes: Themes) -> None:
        self._span, self._units, self._themes = span, units, themes
        self._actions = sorted(rows["action"], key=lambda row: row.id)
        self._concerns = sorted(rows["concern"], key=lambda row: row.id)
        self._steps: dict[UUID, list[Any]] = defaultdict(list)
        for row in sorted(rows["step"], key=lambda row: (row.at, row.id)):
            self._steps[row.action_id].append(row)
        self._due: dict[UUID, date] = {}
        for row in sorted(rows["moved"], key=lambda row: (row.at, row.id), reverse=True):
            self._due[row.action_id] = row.old_due_on
        self.facts = tuple(self._as_it_stood(row) for row in self._actions)

    def _as_it_stood(self, row: Any) -> ActionFact:
        fact = self._as_it_stands(row)
        steps = self._steps.get(row.id)
        return fact if steps is None else _after(fact, steps)

    def _as_it_stands(self, row: Any) -> ActionFact:
        verified = row.status is ActionStatus.VERIFIED
        return ActionFact(
            id=row.id,
            reference=row.reference,
            audit_id=row.audit_id,
            priority=row.kind is ActionKind.PRIORITY,
            imported=row.source is ActionSource.IMPORTED,
            status=row.status.value,
            raised_on=row.raised_on,
            first_due=row.original_due_on,
            due_on=self._due.get(row.id, row.due_on),
            done_on=None if row.done_at is None else london_date(row.done_at),
            verified_on=row.settled_on if verified else None,
            settled_on=row.settled_on,
            withdrawn=row.status is ActionStatus.WITHDRAWN,
            impact=row.impact.value if row.impact else "",
            theme=self._themes.code_of(row.theme_id),
            team=self._units.name(row.team_id),
            service=self._units.service(row.team_id),
        )

    def concerns(self) -> tuple[TimeFact, ...]:
        """The concerns raised in the months, or still open in one, by id."""
        begins = AsAt.end_of(self._span.first.previous(), self._span.at).at
        return tuple(
            self._time(row)
            for row in self._concerns
            if london_date(row.raised_at) <= self._span.ends
            and (row.raised_at > begins or _open(row, begins))
        )

    def _time(self, row: Any) -> TimeFact:
        def day(moment: datetime | None) -> date | None:
            return None if moment is None or moment > self._span.at else london_date(moment)

        return TimeFact(
            id=row.id,
            audit_id=row.audit_id,
            raised_on=london_date(row.raised_at),
            acknowledged_on=day(row.acknowledged_at),
            decided_on=day(row.decided_at),
            withdrawn_on=day(row.withdrawn_at),
            service=self._units.service(row.team_id),
        )

    def stocks(self, counts: Collection[UUID], grades: GradesGiven) -> tuple[StockFact, ...]:
        """MTM-4 and what stands beside it for each month that has begun, of these audits alone."""
        months = Month.range(self._span.first, self._span.last)
        return tuple(
            self._stock(AsAt.end_of(month, self._span.at), counts, grades)
            for month in months
            if month.first <= self._span.today
        )

    def _stock(self, end: AsAt, counts: Collection[UUID], grades: GradesGiven) -> StockFact:
        priority = [each for each in self.facts if each.priority and each.audit_id in counts]
        left = [each for each in priority if _outstanding(each, end.day)]
        return StockFact(
            month=end.month,
            outstanding=tuple(
                each.id
                for each in left
                if _of(each.audit_id, lambda audit: grades.standing(audit, end.at))
                is Grade.INADEQUATE
            ),
            other_concerns=sum(
                row.audit_id in counts
                and _open(row, end.at)
                and grades.standing(row.audit_id, end.at) is not Grade.INADEQUATE
                for row in self._concerns
            ),
            graded_upward=len(_upward((each.audit_id for each in left), end.at, grades)),
            closed_unverified=sum(
                each.status == ActionStatus.CLOSED
                and each.settled_on is not None
                and each.settled_on <= end.day
                for each in priority
            ),
        )


def _after(action: ActionFact, steps: Iterable[Any]) -> ActionFact:
    """The action after these steps, the oldest first, and no other."""
    for step in steps:
        done, settled = action.done_on, None
        if step.to_status is ActionStatus.DONE:
            done = london_date(step.at)
        elif step.to_status in _BACK_TO_WORK:
            done = None
        elif step.to_status in _SETTLED:
            settled = step.on
        action = replace(
            action,
            status=step.to_status.value,
            done_on=done,
            settled_on=settled,
            verified_on=settled if step.to_status is ActionStatus.VERIFIED else None,
            withdrawn=step.to_status is ActionStatus.WITHDRAWN,
        )
    return action


def _outstanding(action: ActionFact, day: date) -> bool:
    return action.raised_on <= day and (action.settled_on is None or action.settled_on > day)


def _open(concern: Any, at: datetime) -> bool:
    return concern.raised_at <= at and not any(
        ended is not None and ended <= at for ended in (concern.withdrawn_at, concern.recorded_at)
    )


def _of(audit: UUID | None, grade: Callable[[UUID], Grade | None]) -> Grade | None:
    return None if audit is None else grade(audit)


def _upward(audits: Iterable[UUID | None], at: datetime, grades: GradesGiven) -> set[UUID]:
    """Those that their auditor graded Inadequate, and that ended better."""
    found = set()
    for audit in audits:
        if audit is None:
            continue
        auditors = grades.overall(audit, GradeSource.AUDITOR, at)
        final = grades.overall(audit, GradeSource.FINAL, at)
        if auditors is Grade.INADEQUATE and final not in (None, Grade.INADEQUATE):
            found.add(audit)
    return found
