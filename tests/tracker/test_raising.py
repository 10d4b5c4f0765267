"""Raising an action: once for each source, with its pins, its due date and its notice (E1-E3)."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.notify.models import Notice
from qa_app.tracker.models import Action, ActionSource
from qa_app.tracker.services import raise_action
from qa_app.tracker.services.raising import DueBeforeRaised
from tests.council import Council
from tests.tracker.factory import an_action, pinned_to_a_case

FRIDAY = datetime(2023, 3, 31, 16, 0, tzinfo=UTC)


def _raise(council: Council, key: str = "one", **more: object) -> Action:
    given = {
        "kind": ActionKind.PRIORITY,
        "what": "See the child today.",
        "owner": db.session.get_one(Person, council.people["manager"]),
        "source": ActionSource.CONCERN,
        "source_key": key,
        "by": council.people["auditor"],
        "at": FRIDAY,
    }
    return raise_action(**(given | more))


@pytest.mark.parametrize(
    ("kind", "due"),
    [
        # E1: a priority action is due on the next working day
        (ActionKind.PRIORITY, date(2023, 4, 3)),
        # E2: others in 20 working days; Good Friday, Easter Monday and 1 May are none
        (ActionKind.IMPROVEMENT, date(2023, 5, 3)),
        (ActionKind.LEARNING, date(2023, 5, 3)),
        (ActionKind.SERVICE, date(2023, 5, 3)),
    ],
)
def test_an_action_is_due_when_its_kind_says(
    context: Flask, council: Council, kind: ActionKind, due: date
) -> None:
    action = _raise(council, kind=kind)
    assert (action.due_on, action.original_due_on, action.raised_on) == (due, due, FRIDAY.date())


def test_a_due_date_that_was_chosen_stands(context: Flask, council: Council) -> None:
    assert _raise(council, due_on=date(2023, 4, 5)).due_on == date(2023, 4, 5)


def test_a_due_date_before_today_is_refused(context: Flask, council: Council) -> None:
    with pytest.raises(DueBeforeRaised):
        _raise(council, due_on=date(2023, 3, 30))


def test_references_count_within_their_kind_and_month(context: Flask, council: Council) -> None:
    april = FRIDAY + timedelta(days=3)
    references = [
        _raise(council, "1").reference,
        _raise(council, "2").reference,
        _raise(council, "3", kind=ActionKind.LEARNING).reference,
        _raise(council, "4", at=april).reference,
    ]
    assert references == ["P-2023-03-001", "P-2023-03-002", "I-2023-03-001", "P-2023-04-001"]


def test_the_same_source_raises_one_action_and_tells_its_owner_once(
    context: Flask, council: Council
) -> None:
    with saving():
        first = _raise(council)
        again = _raise(council, what="Something else.")
        assert again is first
    assert db.session.scalar(select(func.count()).select_from(Action)) == 1
    notice = db.session.scalars(select(Notice)).one()
    assert notice.person_id == council.people["manager"]
    assert notice.subject == "Priority action P-2023-03-001 is yours, due 3 April 2023"
    assert "See the child" not in notice.body


def test_the_owners_post_and_the_audits_facts_are_pinned(context: Flask, council: Council) -> None:
    pins = pinned_to_a_case(council)
    action = an_action(council, kind=ActionKind.PRIORITY, audit=pins)
    assert (action.owner_name, action.owner_post) == ("Manny Manager", "Team Manager")
    assert action.audit_reference == pins.audit_reference
    assert action.case_reference == "100001"
    assert {(each.party, each.person_id) for each in action.parties} == set(pins.parties)
    assert [step.to_status for step in action.steps] == [ActionStatus.OPEN]


def test_raising_is_an_event_with_its_sentence(context: Flask, council: Council) -> None:
    with saving():
        action = _raise(council)
    event = history.timeline(subject_id=action.id)[0]
    assert event.sentence == "Raised a priority action, due 3 April 2023"
    assert event.actor_id == council.people["auditor"]


# CO-4: two requests that raise from one source at the same moment make one action.
def test_two_connections_raise_one_action(app: Flask, council: Council) -> None:
    together, references = threading.Barrier(2), []

    def raise_it() -> None:
        with app.app_context():
            together.wait()
            with saving():
                # Something of the same transaction must outlive the refused insert.
                history.record("action_viewed", None, by=council.people["auditor"], at=now())
                references.append(_raise(council).reference)
            db.session.remove()

    threads = [threading.Thread(target=raise_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert references == ["P-2023-03-001"] * 2
        assert db.session.scalar(select(func.count()).select_from(Action)) == 1
        assert db.session.scalar(select(func.count()).select_from(Notice)) == 1
        verbs = list(db.session.scalars(select(history.Event.verb)))
        assert (verbs.count("action_raised"), verbs.count("action_viewed")) == (1, 2)
        assert history.verify().intact


def test_a_savepoint_that_is_undone_takes_only_its_own_events(
    context: Flask, council: Council
) -> None:
    by = council.people["auditor"]
    with saving():
        history.record("action_viewed", None, by=by, at=now())
        savepoint = db.session.begin_nested()
        history.record("action_done", None, by=by, at=now())
        savepoint.rollback()
        history.record("action_started", None, by=by, at=now())
    verbs = list(db.session.scalars(select(history.Event.verb)))
    assert verbs[-2:] == ["action_viewed", "action_started"]
