"""Who was told that an action is late, on its page: when, by what means, and was it sent (E6)."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete

from qa_app.database import db, saving
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.notify.models import Notice
from qa_app.tracker import services
from qa_app.tracker.models import Action
from qa_app.tracker.queries.story import story
from qa_app.tracker.queries.told import steps_of
from tests.council import Council, hold
from tests.pages import Page, words
from tests.queries import count_queries
from tests.tracker.factory import an_action, move_to
from tests.tracker.ladder import at_noon, look, run_job, vacate

DUE = date(2026, 5, 12)
RAISED = at_noon(date(2026, 5, 1))
SENT = at_noon(DUE) + timedelta(minutes=5)


def late_action(council: Council, **more) -> Action:
    action = an_action(council, **{"owner": "worker", "due_on": DUE, "at": RAISED, **more})
    db.session.flush()
    return action


@pytest.mark.parametrize(
    ("changes", "means"),
    [
        # the outbox holds it
        ({}, "in the app; the e-mail waits to be sent."),
        # the mail server took it
        (
            {"sent_at": SENT},
            "in the app and by e-mail; the mail server took it on 12 May 2026, 12:05.",
        ),
        # it did not, and is asked again
        (
            {"error": "The mail server did not answer", "next_attempt_at": SENT},
            "in the app; the e-mail could not be sent yet, and is tried again.",
        ),
        # it refused it for good
        (
            {"error": "The mail server refused the address (550)", "attempts": 3},
            "in the app; the mail server did not take the e-mail.",
        ),
        # and somebody else was told instead
        (
            {"error": "The mail server refused the address (550)", "passed_on_at": SENT},
            "in the app; the e-mail could not be sent, so somebody else was told instead.",
        ),
        ({"email": None}, "in the app; no e-mail address is known."),
        (
            {"email": None, "read_at": SENT},
            "in the app; no e-mail address is known. Opened in the app on 12 May 2026, 12:05.",
        ),
    ],
)
def test_by_what_means_and_whether_it_was_sent(
    context: Flask, council: Council, changes: dict, means: str
) -> None:
    action = late_action(council)
    look(DUE)
    notice = db.session.query(Notice).filter(Notice.key.startswith("action-late:")).one()
    for name, value in changes.items():
        setattr(notice, name, value)
    db.session.flush()
    (step,) = steps_of(action.id)
    assert (step.words, step.due_on, step.at) == ("Owner, on the due date", DUE, at_noon(DUE))
    assert [tuple(each) for each in step.told] == [("Wendy Worker", means)]


def test_a_notice_that_is_gone_is_said_so(context: Flask, council: Council) -> None:
    action = late_action(council)
    look(DUE)
    db.session.execute(delete(Notice))
    ((told,),) = [step.told for step in steps_of(action.id)]
    assert told.means == "in the app; the notice is not kept any more."


def test_an_action_that_is_not_late_has_no_step(context: Flask, council: Council) -> None:
    assert steps_of(late_action(council).id) == []


# E6: a step keeps the number of days that stood in the settings when it was taken.
def test_a_step_keeps_its_days(context: Flask, council: Council) -> None:
    action = late_action(council)
    hold("ladder_team_manager", 3)
    look(date(2026, 5, 15))
    assert steps_of(action.id)[0].words == "Team manager, 3 working days late"


# I1: the timeline has each step, with the names of those who were told.
def test_the_timeline_has_the_steps(context: Flask, council: Council) -> None:
    action = late_action(council, kind=ActionKind.PRIORITY)
    look(date(2026, 5, 13))
    found = [(each.sentence, each.note) for each in story(action)]
    assert (
        "Told that the action is late: corporate director, 1 working day late",
        "Told: Dora Director",
    ) in found
    first = (
        "Told that the action is late: owner, team manager, head of service and service director, "
        "on the due date"
    )
    assert (first, "Told: Wendy Worker, Manny Manager, Hetty Head, Dora Director") in found


# A step that was taken at the moment of a move does not take the move's words.
def test_a_step_takes_no_words_of_another(context: Flask, council: Council) -> None:
    action = late_action(council)
    move_to(council, action, ActionStatus.IN_PROGRESS, at_noon(date(2026, 5, 11)))
    run_job(at_noon(DUE))
    worker, at = council.people["worker"], at_noon(DUE)
    with saving():
        services.finish(action, evidence="On the file.", done_on=DUE, by=worker, at=at)
    notes = {each.sentence: each.note for each in story(action)}
    assert notes["Marked the action done, with evidence"] == "On the file."
    assert notes["Told that the action is late: owner, on the due date"] == "Told: Wendy Worker"


def test_the_page_shows_it(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        action = late_action(council)
        run_job(at_noon(date(2026, 5, 20)))
        vacate(council, ["manager", "head", "director"], date(2026, 5, 21))
        move_to(council, action, ActionStatus.DONE, at_noon(date(2026, 5, 21)))
        action_id = action.id
        run_job(at_noon(date(2026, 6, 1)))
    page = client_for(council.people["qa_lead"]).get(f"/tracker/{action_id}").text
    headings = [words(each) for each in Page(page, 200).root.iter("h3")]
    assert headings == [
        "The verifier’s head of service or director, not verified in time",
        "Team manager, 5 working days late",
        "Owner, on the due date",
    ]
    assert "Manny Manager: in the app; the e-mail waits to be sent." in page
    assert "To be verified by 29 May 2026." in page
    assert "Due 12 May 2026." in page


def test_the_page_asks_as_much_for_one_step_as_for_many(
    app: Flask, council: Council, client_for
) -> None:
    with app.app_context(), saving():
        action_id = late_action(council).id
    counts = []
    for day in (date(2026, 5, 19), date(2026, 6, 30)):
        with app.app_context():
            run_job(at_noon(day))
        client = client_for(council.people["qa_lead"])
        with count_queries(app) as asked:
            client.get(f"/tracker/{action_id}")
        counts.append(len(asked))
    assert counts[0] == counts[1], asked
