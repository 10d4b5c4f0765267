"""Makers of rows for the figures: audits, their grades over time, actions, what was due."""

import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts.models import Person, PostKind
from qa_app.audits.models import Audit, AuditSource, GradeRow, GradeSource
from qa_app.database import db, new_id
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.calendar import Month, england
from qa_app.domain.grades import Grade, Selection
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import Moderation, ModerationMode, ModerationState
from qa_app.programme.models import Cycle, CycleState, Expectation
from qa_app.standards.models import ToolVersion
from qa_app.tracker.models import Action, ActionSource

PUBLISHED = Path(__file__).parents[1] / "data" / "published-grades.csv"
FIRST, LAST = Month(2022, 11), Month(2023, 4)

IN, RI, GOOD, OUT = (
    Grade.INADEQUATE,
    Grade.REQUIRES_IMPROVEMENT,
    Grade.GOOD,
    Grade.OUTSTANDING,
)


def noon(day: date) -> datetime:
    """Midday of a day, in UTC."""
    return datetime.combine(day, time(12), UTC)


def an_audit(completed_on: date, auditor: Grade | None, final: Grade | None, **more) -> Audit:
    """An imported audit with grade rows at its completion; `final_at` moves the final one."""
    final_at = more.pop("final_at", noon(completed_on)) if final else None
    values = {
        "reference": f"R-{new_id()}",
        "state": AuditState.FINAL if final else AuditState.AWAITING_MODERATION,
        "source": AuditSource.IMPORTED,
        "selection": Selection.NOT_RECORDED,
        "case_reference": "100001",
        "auditor_post": PostKind.TEAM_MANAGER,
        "submitted_at": noon(completed_on),
        "completed_on": completed_on,
        "completed_month": completed_on.replace(day=1),
        "auditor_grade": auditor,
        "final_grade": final,
        "final_at": final_at,
    }
    audit = Audit(**values | more)
    db.session.add(audit)
    db.session.flush()
    if auditor:
        add_grade(audit, GradeSource.AUDITOR, auditor, noon(completed_on))
    if final:
        add_grade(audit, GradeSource.FINAL, final, final_at)
    return audit


def add_grade(audit: Audit, source: GradeSource, grade: Grade, at: datetime) -> None:
    """One overall grade row."""
    db.session.add(GradeRow(audit_id=audit.id, source=source, grade=grade, at=at))
    db.session.flush()


def an_action(audit: Audit, raised_on: date, settled_on: date | None = None, **more) -> Action:
    """An imported action of an audit, a priority one unless said."""
    values = {
        "reference": f"X-{new_id()}",
        "kind": ActionKind.PRIORITY,
        "status": ActionStatus.CLOSED if settled_on else ActionStatus.OPEN,
        "source": ActionSource.IMPORTED,
        "source_key": str(new_id()),
        "what": "See the child",
        "audit_id": audit.id,
        "audit_reference": audit.reference,
        "case_reference": audit.case_reference,
        "team_id": audit.team_id,
        "owner_name": "Wendy Worker",
        "raised_at": noon(raised_on),
        "raised_on": raised_on,
        "due_on": raised_on + timedelta(days=1),
        "settled_on": settled_on,
    }
    action = Action(**values | more)
    db.session.add(action)
    db.session.flush()
    return action


def the_published_audits(**more) -> list[Audit]:
    """The 115 audits behind the published table, by its counts."""
    headings = {"Inadequate": IN, "Requires Improvement": RI, "Good": GOOD, "Outstanding": OUT}
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        an_audit(date.fromisoformat(f"{row['month']}-03"), grade, grade, **more)
        for row in rows
        for heading, grade in headings.items()
        for _ in range(int(row[heading]))
    ]


def a_cycle(month: Month) -> Cycle:
    """A month of the programme, due on its last working day."""
    cycle = Cycle(
        month=month.first, due_on=england().last_working_day_of(month.first), state=CycleState.OPEN
    )
    db.session.add(cycle)
    db.session.flush()
    return cycle


def expect(cycle: Cycle, person_id: UUID, kind: PostKind, number: int = 1) -> Expectation:
    """A number of audits expected of a person."""
    found = Expectation(cycle_id=cycle.id, person_id=person_id, post_kind=kind, number=number)
    db.session.add(found)
    db.session.flush()
    return found


def an_audit_done_here(
    cycle: Cycle, person: UUID, case: UUID, on: date, final: Grade | None = GOOD, **more
) -> Audit:
    """An audit that its auditor submitted in a cycle."""
    tool = db.session.scalars(select(ToolVersion)).first()
    person_row = db.session.get(Person, person)
    return an_audit(
        on,
        more.pop("auditor", final or GOOD),
        final,
        source=AuditSource.MADE,
        selection=Selection.RANDOM,
        tool_version_id=tool.id,
        case_id=case,
        auditor_id=person,
        auditor_name=person_row.name,
        cycle_month=cycle.month,
        due_on=cycle.due_on,
        **more,
    )


def moderated(audit: Audit, at: datetime, state: ModerationState = ModerationState.COMMITTED):
    """A moderation of an audit, committed unless said."""
    db.session.add(
        Moderation(
            audit_id=audit.id,
            moderator_name="Hetty Head",
            mode=ModerationMode.SIGHTED,
            state=state,
            started_at=at,
            committed_at=at if state is ModerationState.COMMITTED else None,
        )
    )
    db.session.flush()
