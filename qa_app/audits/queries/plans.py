"""Improvement plans: which are owed and by when, one of them with its actions, and the list (E2).

That a plan is owed is computed from its audit; a row says what was done about it. Whoever cannot
read the audit sees nothing of its plan: no blind moderator (M3), nobody whom a concern on it is
about (E1).
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, select, true

from qa_app.accounts import settings
from qa_app.accounts.queries import names
from qa_app.audits.models import (
    Audit,
    AuditSource,
    GradeRow,
    GradeSource,
    ImprovementPlan,
    PlanStep,
    TextVersion,
)
from qa_app.audits.queries.inadequate import (
    day_of,
    has_clocks,
    inadequate_since,
    since_columns,
)
from qa_app.audits.queries.lists import may_read
from qa_app.audits.queries.reading import actions_of
from qa_app.database import db
from qa_app.domain.escalation import Brag, Clock, due_on
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Actor, Role
from qa_app.domain.plans import (
    STEPS,
    PlanAction,
    PlanStanding,
    live_actions,
    missing_before_closing,
    standing_of,
    step_words,
)
from qa_app.domain.workflow import SUBMITTED, AuditState
from qa_app.tracker.models import Action
from qa_app.tracker.queries import brag_of

AIMS: Final = "plan.aims"
"""What a replaced text of a plan is kept under, among the audit's earlier texts."""

_LADDER: Final = list(STEPS)


def due_of(since: date) -> date:
    """The last day on which agreeing a plan is in time, for an audit that came to stand as
    Inadequate on this day (E2), with the setting as it stood then."""
    number = partial(settings.number, on=since)
    return due_on(Clock.INADEQUATE_PLAN, since, settings.calendar(), number)


class OwedPlan(NamedTuple):
    """A plan that nobody has agreed: its audit, since when it is asked for, and by when."""

    audit_id: UUID
    reference: str
    case_reference: str
    team: str
    team_id: UUID | None
    since: date
    due_on: date

    def late(self, today: date) -> bool:
        """Whether its last day has passed."""
        return today > self.due_on


def owed_plans(*conditions: ColumnElement[bool]) -> list[OwedPlan]:
    """Every plan that is owed and not agreed, the first due first (one query)."""
    query = select(
        Audit.id, Audit.reference, Audit.case_reference, Audit.team_name, Audit.team_id,
        *since_columns(),
    )  # fmt: skip
    found, due = [], dict[date, date]()
    for row in db.session.execute(query.where(is_owed(), *conditions)):
        day = day_of(row)
        if day not in due:
            due[day] = due_of(day)
        found.append(
            OwedPlan(
                row.id, row.reference, row.case_reference, row.team_name, row.team_id, day, due[day]
            )
        )
    return sorted(found, key=lambda each: (each.due_on, each.reference))


def is_owed() -> ColumnElement[bool]:
    """The condition on Audit that a plan is asked for and nobody has agreed one."""
    return and_(has_clocks(), ~exists().where(ImprovementPlan.audit_id == Audit.id))


def agreed_by(actor: Actor) -> ColumnElement[bool]:
    """The condition on Audit that equals `allowed(PLAN_AGREE, actor, audit)`: a head of the child's
    service, or above, who can read it."""
    readable = Audit.state.in_([*SUBMITTED, AuditState.RETURNED])
    return and_(may_read(actor), readable, _of_moderated_teams(actor))


def _of_moderated_teams(actor: Actor) -> ColumnElement[bool]:
    reaches = [reach.teams for reach in actor.reaches if reach.role is Role.MODERATOR]
    if None in reaches:
        return true()
    teams = {team for each in reaches for team in each or ()}
    return Audit.team_id.in_(teams) if teams else false()


def plan_of(audit_id: UUID) -> ImprovementPlan | None:
    """The plan that was agreed for an audit, as it stands now."""
    query = select(ImprovementPlan).where(ImprovementPlan.audit_id == audit_id)
    return db.session.scalars(query.execution_options(populate_existing=True)).one_or_none()


class PlanActionRead(NamedTuple):
    """One action of a plan with its word today."""

    action: Action
    word: Brag


class StepRead(NamedTuple):
    """A step that was taken because the plan was late: which, who was told, and when."""

    words: str
    told: str
    at: datetime


class EarlierAims(NamedTuple):
    """What a plan was to achieve before that was changed."""

    text: str
    by: str
    at: datetime


@dataclass(frozen=True)
class PlanReading:
    """A plan as its page shows it. `standing` is None where the audit never asked for one;
    `missing` is what it lacks before it can be closed, in words, and `live` how many of its actions
    were not withdrawn."""

    standing: PlanStanding | None
    imported: bool
    since: date | None
    due_on: date | None
    plan: ImprovementPlan | None
    agreed_by: str
    closed_by: str
    actions: list[PlanActionRead]
    live: int
    missing: list[str]
    steps: list[StepRead]
    earlier: list[EarlierAims]

    @property
    def asked(self) -> bool:
        """Whether it is still to be agreed."""
        return self.standing in (PlanStanding.OWED, PlanStanding.LATE)


def reading_of_plan(audit: Audit, today: date) -> PlanReading:
    """Everything about an audit's plan, in a fixed number of queries."""
    plan, since = plan_of(audit.id), inadequate_since([audit.id]).get(audit.id)
    by_when = plan.due_on if plan is not None else due_of(since) if since is not None else None
    actions = actions_of(audit)
    asked = [PlanAction(each.reference, each.status, each.impact) for each in actions]
    steps, earlier = steps_of([audit.id]), earlier_aims(audit.id) if plan is not None else []
    did = {plan.agreed_by, plan.closed_by} if plan is not None else set()
    known = names(
        did
        | {UUID(person) for step in steps for person in step.told}
        | {each.written_by for each in earlier}
    )
    return PlanReading(
        standing=_standing(audit, plan, since, by_when, today),
        imported=audit.source is AuditSource.IMPORTED,
        since=since,
        due_on=by_when,
        plan=plan,
        agreed_by=_name(known, plan.agreed_by if plan is not None else None),
        closed_by=_name(known, plan.closed_by if plan is not None else None),
        actions=[PlanActionRead(each, brag_of(each, today)) for each in actions],
        live=live_actions(asked),
        missing=missing_before_closing(asked),
        steps=[_step(step, known, since) for step in reversed(steps)],
        earlier=[
            EarlierAims(each.text, _name(known, each.written_by), each.written_at)
            for each in earlier
        ],
    )


def _name(known: dict[UUID, str], person_id: UUID | None) -> str:
    return known.get(person_id, "") if person_id is not None else ""


def _standing(
    audit: Audit,
    plan: ImprovementPlan | None,
    since: date | None,
    by_when: date | None,
    today: date,
) -> PlanStanding | None:
    if plan is None and since is None and not _was_inadequate(audit):
        return None
    return standing_of(
        stands=since is not None,
        due_on=by_when,
        agreed=plan is not None,
        closed=plan is not None and plan.closed_at is not None,
        today=today,
    )


def _was_inadequate(audit: Audit) -> bool:
    """Whether an audit made here was ever graded Inadequate as a whole, and so asked for a plan."""
    asked = exists().where(
        GradeRow.audit_id == audit.id,
        GradeRow.section_id.is_(None),
        GradeRow.source.in_((GradeSource.AUDITOR, GradeSource.FINAL)),
        GradeRow.grade == Grade.INADEQUATE,
    )
    return audit.source is AuditSource.MADE and bool(db.session.scalar(select(asked)))


def steps_of(audit_ids: Collection[UUID]) -> list[PlanStep]:
    """The steps taken because plans of these audits were late, in the order in which they were."""
    found = db.session.scalars(select(PlanStep).where(PlanStep.audit_id.in_(audit_ids)))
    return sorted(found, key=lambda step: (step.at, _LADDER.index(step.step)))


def _step(step: PlanStep, known: dict[UUID, str], since: date | None) -> StepRead:
    words = step_words(step.step, partial(settings.number, on=since or step.due_on))
    told = [known[UUID(person)] for person in step.told if UUID(person) in known]
    return StepRead(words[0].upper() + words[1:], ", ".join(told) or "nobody", step.at)


def earlier_aims(audit_id: UUID) -> list[TextVersion]:
    """What a plan was to achieve before each change, the newest first."""
    query = select(TextVersion).where(TextVersion.audit_id == audit_id, TextVersion.field == AIMS)
    return list(db.session.scalars(query.order_by(TextVersion.id.desc())))
