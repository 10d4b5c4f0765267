"""Migration 0003 with data in the tables: what older tables cannot hold finds a place in them."""

from datetime import date

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import inspect, text
from sqlalchemy.exc import DatabaseError, IntegrityError

from qa_app.database import db, now, saving
from qa_app.domain.workflow import AuditState
from qa_app.programme.models import Cycle, CycleState
from tests.audits.making import given
from tests.council import Council

TABLES = ("audit", "cycle", "tool_version")


def _checks() -> dict[str, set[str]]:
    return {
        table: {str(each["name"]) for each in inspect(db.engine).get_check_constraints(table)}
        for table in TABLES
    }


def _move(revision: str) -> None:
    db.session.remove()
    if revision == "head":
        flask_migrate.upgrade()
    else:
        flask_migrate.downgrade(revision=revision)


def _audit_row() -> tuple[object, ...]:
    return tuple(
        db.session.execute(text("SELECT state, cycle_month, final_grade FROM audit")).one()
    )


@pytest.fixture
def outside_the_cycles(app: Flask, council: Council) -> None:
    """An ungraded audit of a batch that is finished, and a closed cycle."""
    with app.app_context(), saving():
        audit = given(council)
        audit.graded, audit.cycle_month, audit.due_on = False, None, date(2026, 11, 12)
        audit.state, audit.final_at = AuditState.FINAL, now()
        audit.completed_on, audit.completed_month = date(2026, 11, 10), date(2026, 11, 1)
        old = db.session.query(Cycle).first()
        if old is None:
            old = Cycle(month=date(2026, 9, 1), due_on=date(2026, 9, 30), state=CycleState.OPEN)
            db.session.add(old)
        old.state, old.closed_at = CycleState.CLOSED, now()


def test_going_back_and_forth_loses_no_constraint(app: Flask, outside_the_cycles: None) -> None:
    with app.app_context():
        before = _checks()
        _move("0002")
        older = _checks()
        _move("head")
        assert _checks() == before
    # What 0003 added, and nothing else, is not there in the older tables.
    assert before["audit"] == older["audit"]
    assert before["cycle"] - older["cycle"] == {"ck_cycle_closed_has_its_time"}
    assert before["tool_version"] - older["tool_version"] == {
        "ck_tool_version_frame_known", "ck_tool_version_retired_has_its_time",
    }  # fmt: skip


# P7: an ungraded audit of a batch has no month and no grade; older tables ask for both.
def test_an_audit_of_a_batch_gets_the_month_it_was_due_in(
    app: Flask, outside_the_cycles: None
) -> None:
    with app.app_context():
        _move("0002")
        state, month, grade = _audit_row()
        assert (state, str(month)[:10], grade) == ("awaiting_moderation", "2026-11-01", None)
        _move("head")
        # P1: a cycle that was closed before closing had a time was closed when its month ended.
        assert all(
            cycle.closed_at is not None and cycle.closed_at.date() > cycle.month
            for cycle in db.session.query(Cycle).filter_by(state=CycleState.CLOSED)
        )


@pytest.mark.parametrize(
    "statement",
    [
        # A1: an audit made here has its case, auditor and due date
        "UPDATE audit SET due_on = NULL",
        # M7: a graded audit is not final without a grade
        "UPDATE audit SET graded = true",
        # P1: a closed cycle says when it was closed
        "UPDATE cycle SET closed_at = NULL",
    ],
)
def test_the_database_refuses_what_cannot_be(
    app: Flask, outside_the_cycles: None, statement: str
) -> None:
    with app.app_context():
        _move("0002")
        _move("head")
        db.session.execute(text("UPDATE audit SET state = 'final', graded = false"))
        with pytest.raises((IntegrityError, DatabaseError)):
            db.session.execute(text(statement))
        db.session.rollback()
