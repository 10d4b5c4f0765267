"""Actions of the old workbook: history, without clocks and notices (measures.md, E5)."""

from datetime import UTC, date, datetime

from flask import Flask
from sqlalchemy import func, select

from qa_app.database import db, saving
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.escalation import Brag
from qa_app.notify.models import Notice
from qa_app.tracker import queries
from qa_app.tracker.models import Action, ActionSource
from qa_app.tracker.services import ImportedAction, import_actions
from tests.council import Council, find
from tests.factories import an_imported_audit

RAISED = datetime(2023, 4, 3, 11, 0, tzinfo=UTC)


def _row(reference: str, **more: object) -> ImportedAction:
    audit = an_imported_audit(reference)
    row: dict = {
        "reference": f"{reference}/1",
        "source_key": f"workbook:{reference}",
        "kind": ActionKind.PRIORITY,
        "what": "See the child.",
        "audit_id": audit.id,
        "audit_reference": reference,
        "case_reference": "100001",
        "team_id": None,
        "auditor_id": None,
        "owner_id": None,
        "owner_name": "",
        "owner_post": "",
        "raised_at": RAISED,
        "raised_on": RAISED.date(),
        "due_on": date(2023, 4, 20),
        "done_on": None,
    }
    return row | more  # type: ignore[return-value]


def test_a_dated_completion_is_closed_and_not_verified(context: Flask, council: Council) -> None:
    with saving():
        import_actions([_row("A1", done_on=date(2023, 4, 19)), _row("A2"), _row("A3", due_on=None)])
    closed, open_one = find(Action, reference="A1/1"), find(Action, reference="A2/1")
    assert (closed.status, closed.settled_on) == (ActionStatus.CLOSED, date(2023, 4, 19))
    assert closed.verified_by is None
    assert [step.to_status for step in closed.steps] == [ActionStatus.OPEN, ActionStatus.CLOSED]
    assert closed.steps[1].on == date(2023, 4, 19)
    assert (open_one.status, open_one.source) == (ActionStatus.OPEN, ActionSource.IMPORTED)
    assert open_one.original_due_on == date(2023, 4, 20)


def test_nobody_is_told_of_imported_actions(context: Flask, council: Council) -> None:
    with saving():
        import_actions([_row("A1"), _row("A2", done_on=date(2023, 4, 4))])
    assert db.session.scalar(select(func.count()).select_from(Notice)) == 0


def test_an_imported_action_has_its_word(context: Flask, council: Council) -> None:
    with saving():
        import_actions([_row("A1"), _row("A2", due_on=None), _row("A3", done_on=date(2023, 4, 4))])
    words = {
        action.reference: queries.brag_of(action, date(2023, 5, 1))
        for action in db.session.scalars(select(Action))
    }
    assert words == {"A1/1": Brag.OVERDUE, "A2/1": Brag.NOT_DUE, "A3/1": Brag.COMPLETE}


def test_importing_nothing_changes_nothing(context: Flask) -> None:
    import_actions([])
    assert db.session.scalar(select(func.count()).select_from(Action)) == 0
