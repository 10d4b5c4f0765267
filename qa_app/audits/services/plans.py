"""Agreeing, changing and closing the improvement plan after an Inadequate audit (E2, E9)."""

import hashlib
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from qa_app import history
from qa_app.accounts.line import Line
from qa_app.accounts.models import Person
from qa_app.accounts.queries import people_with
from qa_app.audits.models import Audit, ImprovementPlan, TextVersion
from qa_app.audits.queries.inadequate import inadequate_since
from qa_app.audits.queries.plans import AIMS, due_of, earlier_aims, plan_of
from qa_app.audits.queries.reading import actions_of
from qa_app.audits.services.clearing import check_identify_nobody
from qa_app.audits.services.inadequates import kept_from, plan_page
from qa_app.audits.services.state import locked
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Role
from qa_app.domain.plans import PlanAction, live_actions, missing_before_closing
from qa_app.notify import services as notify


class NoPlanAsked(DomainError):
    """A plan for an audit that does not stand as Inadequate, or was not made here."""


class PlanChanged(DomainError):
    """The plan is not any more what the page showed: agreed, changed or closed by somebody."""


class PlanRefused(DomainError):
    """Nothing entered, or no action to agree on."""


class PlanNotDone(DomainError):
    """A plan that still lacks something before it can be closed; `missing` says what (E9)."""

    def __init__(self, missing: list[str]) -> None:
        self.missing = missing
        super().__init__(f"This plan cannot be closed yet. {missing[0]}")


def mark_of(text: str) -> str:
    """What tells whether a plan's aims still are as a page showed them."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def agree_plan(
    audit: Audit, aims: str, *, harmless: str = "", by: UUID, at: datetime
) -> ImprovementPlan:
    """Agree the plan: what is to be better for the child, by the audit's actions (E2).

    Moderation may still go on. The auditor, the child's team manager and the QA leads are told.
    Raises NoPlanAsked, PlanChanged where there is one already, PlanRefused (field “aims”) without
    words or without an action that was not withdrawn, and MayIdentify (A11).
    """
    audit = locked(audit)
    since = inadequate_since([audit.id]).get(audit.id)
    if since is None:
        raise NoPlanAsked(
            f"Audit {audit.reference} asks for no improvement plan: it does not stand as "
            "Inadequate. Nothing has been changed."
        )
    if plan_of(audit.id) is not None:
        raise PlanChanged(
            "Somebody agreed this plan while you looked at it. Read it, and change it where it is "
            "not right. Nothing has been changed."
        )
    aims = _checked(audit, "aims", aims, harmless, by, at)
    if not live_actions(_asked(audit)):
        raise PlanRefused(
            "Raise at least one action of this audit first: a plan is what is to be done, by whom "
            "and by when",
            "aims",
        )
    plan = ImprovementPlan(
        audit_id=audit.id, due_on=due_of(since), aims=aims, agreed_at=at, agreed_by=by
    )
    db.session.add(plan)
    db.session.flush()
    history.record("plan_agreed", plan, by=by, at=at, audit_id=audit.id)
    _tell(
        audit, plan, "agreed",
        f"The improvement plan after audit {audit.reference} is agreed",
        "What the audit found has become a plan with actions, owners and dates. Thank you for your "
        "part in it. Open it to read it.",
        by, at,
    )  # fmt: skip
    return plan


def change_plan(
    audit: Audit, aims: str, *, shown: str, harmless: str = "", by: UUID, at: datetime
) -> ImprovementPlan:
    """Change what the plan is to achieve; what it was is kept (I1).

    `shown` is `mark_of` the aims that the page showed. The same words again change nothing. Raises
    PlanChanged where there is no plan, it was changed since or is closed, NoPlanAsked where the
    audit is Inadequate no more, PlanRefused and MayIdentify (A11).
    """
    audit = locked(audit)
    plan = _open_plan(audit)
    if mark_of(plan.aims) != shown:
        raise PlanChanged(
            "Somebody changed this plan while you wrote. Copy what you wrote, read the plan as it "
            "stands, and change it again. Nothing has been changed."
        )
    aims = _checked(audit, "aims", aims, harmless, by, at)
    if aims == plan.aims:
        return plan
    before = earlier_aims(audit.id)
    db.session.add(
        TextVersion(
            audit_id=audit.id,
            field=AIMS,
            text=plan.aims,
            version=len(before) + 1,
            written_at=before[0].replaced_at if before else plan.agreed_at,
            written_by=before[0].replaced_by if before else plan.agreed_by,
            replaced_at=at,
            replaced_by=by,
        )
    )
    plan.aims = aims
    db.session.flush()
    history.record("plan_changed", plan, by=by, at=at, audit_id=audit.id)
    return plan


def close_plan(
    audit: Audit, outcome: str, *, harmless: str = "", by: UUID, at: datetime
) -> ImprovementPlan:
    """Close the plan with what changed for the child, once its actions have ended and the impact of
    each is rated (E9); the same people are told as when it was agreed.

    Raises PlanChanged where there is no plan or it is closed, NoPlanAsked where the audit is
    Inadequate no more, PlanNotDone, PlanRefused (field “outcome”) and MayIdentify (A11).
    """
    audit = locked(audit)
    plan = _open_plan(audit)
    missing = missing_before_closing(_asked(audit))
    if missing:
        raise PlanNotDone(missing)
    plan.outcome = _checked(audit, "outcome", outcome, harmless, by, at)
    plan.closed_at, plan.closed_by = at, by
    db.session.flush()
    history.record("plan_closed", plan, by=by, at=at, audit_id=audit.id)
    _tell(
        audit, plan, "closed",
        f"The improvement plan after audit {audit.reference} is closed",
        "Its actions have ended, and how far they helped has been rated. Open it to read what "
        "changed.",
        by, at,
    )  # fmt: skip
    return plan


def _open_plan(audit: Audit) -> ImprovementPlan:
    plan = plan_of(audit.id)
    if plan is None:
        raise PlanChanged("No plan has been agreed for this audit yet. Nothing has been changed.")
    if plan.closed_at is not None:
        raise PlanChanged("This plan has been closed already. Nothing has been changed.")
    if audit.id not in inadequate_since([audit.id]):
        raise NoPlanAsked(
            f"Audit {audit.reference} is Inadequate no more, so its plan is neither changed nor "
            "closed. Nothing has been changed."
        )
    return plan


def _asked(audit: Audit) -> list[PlanAction]:
    return [PlanAction(each.reference, each.status, each.impact) for each in actions_of(audit)]


_NEEDED = {
    "aims": "Enter what is to be better for the child",
    "outcome": "Enter what has changed for the child",
}


def _checked(audit: Audit, field: str, words: str, harmless: str, by: UUID, at: datetime) -> str:
    """The words without blanks around them: some, and nobody's name among them (A11)."""
    words = words.strip()
    if not words:
        raise PlanRefused(_NEEDED[field], field)
    check_identify_nobody(audit, {field: words}, harmless, "The improvement plan", by=by, at=at)
    return words


def _tell(
    audit: Audit, plan: ImprovementPlan, what: str, subject: str, body: str, by: UUID, at: datetime
) -> None:
    """Tell the auditor, the child's team manager or the next one up, and the QA leads: each once,
    and nobody what they do themselves or are kept from (M3, E1)."""
    today = london_date(at)
    kept = kept_from(audit)
    line = Line(today).people_above(audit.team_id, kept)
    wanted = {each.person_id for each in line[:1]} | {
        each.id for each in people_with(Role.QA_LEAD, today)
    }
    if audit.auditor_id is not None:
        wanted.add(audit.auditor_id)
    query = select(Person).where(Person.id.in_(wanted - kept - {by})).order_by(Person.id)
    notify.queue_many(
        [
            notify.Message(
                person.id,
                person.email,
                subject,
                body,
                plan_page(audit, person.id, at),
                f"plan-{what}:{plan.id}:{person.id}",
            )
            for person in db.session.scalars(query)
        ],
        at,
    )
