"""Audits that stand as Inadequate, and their plans, as tests make them."""

from datetime import date, datetime, timedelta

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, GradeRow, GradeSource, ImprovementPlan
from qa_app.audits.services.plans import agree_plan, close_plan
from qa_app.database import db
from qa_app.domain.actions import ActionStatus, Impact
from qa_app.domain.calendar import LONDON
from qa_app.domain.grades import GRADES, Grade
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState
from qa_app.notify.models import Notice
from qa_app.tracker.models import Action
from qa_app.tracker.services import Pinned
from tests.council import Council
from tests.moderation.factory import a_submitted_audit
from tests.tracker.factory import an_action

OUT, GOOD, RI, BAD = GRADES
S = ActionStatus
AIMS = "Visits every ten days, and a plan that says what they are for."
OUTCOME = "Seen every ten days since June, and says so."
SENT = datetime(2026, 5, 1, 12, tzinfo=LONDON)  # a Friday; Monday 4 May is a bank holiday
DUE = date(2026, 5, 11)


def at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=LONDON)


def inadequate(council: Council, *, at: datetime = SENT, grade: Grade = BAD, **more) -> Audit:
    """An audit of a child of SAFE1 that its auditor graded Inadequate, waiting for moderation."""
    return a_submitted_audit(council, grade=grade, at=at, **more)


def finally_graded(audit: Audit, grade: Grade, at: datetime) -> Audit:
    """The audit with this final grade, as moderation leaves it."""
    audit.state, audit.final_grade, audit.final_at = AuditState.FINAL, grade, at
    row = GradeRow(audit_id=audit.id, source=GradeSource.FINAL, grade=grade, at=at)
    db.session.add(row)
    db.session.flush()
    return audit


def action_of(
    council: Council,
    audit: Audit,
    status: ActionStatus = S.OPEN,
    impact: Impact | None = None,
    at: datetime = SENT,
) -> Action:
    """An action of this audit, owned by the child's team manager."""
    people = council.people
    pinned = Pinned(
        audit.id, audit.reference, audit.case_reference, audit.team_id, audit.auditor_id,
        ((Party.SOCIAL_WORKER, people["worker"]), (Party.TEAM_MANAGER, people["manager"])),
    )  # fmt: skip
    action = an_action(council, status, audit=pinned, at=at)
    action.impact = impact
    db.session.flush()
    return action


def agreed(
    council: Council,
    audit: Audit,
    status: ActionStatus = S.OPEN,
    impact: Impact | None = None,
    at: datetime = SENT,
) -> ImprovementPlan:
    """The audit's plan, with one action, agreed by the head of the service a day later."""
    action_of(council, audit, status, impact, at)
    later = at + timedelta(days=1)
    return agree_plan(audit, AIMS, by=council.people["head"], at=later)


def closed(council: Council, audit: Audit, at: datetime = SENT) -> ImprovementPlan:
    """The same, with its action verified and its impact rated, closed ten days later."""
    agreed(council, audit, S.VERIFIED, Impact.MOST, at)
    later = at + timedelta(days=10)
    return close_plan(audit, OUTCOME, by=council.people["head"], at=later)


def notices(beginning: str) -> dict[str, Notice]:
    """Who was told something whose key begins so: by name."""
    rows = db.session.query(Notice).filter(Notice.key.startswith(beginning))
    return {db.session.get_one(Person, each.person_id).name: each for each in rows}
