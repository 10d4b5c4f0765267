"""No action is ever owned by nobody: what is passed on and covered, and who is told (E3, E6)."""

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask

from qa_app import history
from qa_app.accounts.models import Account, Person, PostHolding, PostKind
from qa_app.cli import SCHEDULED
from qa_app.database import db, saving
from qa_app.domain.actions import ActionKind
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Party
from qa_app.history import Event
from qa_app.notify.models import Notice
from qa_app.notify.scheduled import run_all
from qa_app.tracker import services
from qa_app.tracker.models import Action, ActionParty, ActionStep
from qa_app.tracker.queries.living import without_living_owner
from qa_app.tracker.queries.story import story
from qa_app.tracker.services.living import see_that_all_are_owned
from tests.council import Council, find
from tests.queries import count_queries
from tests.tracker.ladder import after, at_noon, away
from tests.tracker.owning import (
    CLEO,
    DORA,
    DUE,
    HETTY,
    MANNY,
    NOTHING,
    PRIORITY,
    QUINN,
    TODAY,
    WENDY,
    YESTERDAY,
    S,
    account_ends,
    another_post,
    close,
    end_post,
    implicate,
    leave,
    look_round,
    no_account,
    one,
    told,
    vacate_first,
)
from tests.tracker.test_importing import _row


@pytest.mark.parametrize(
    ("go", "reason"),
    [
        # E3: each way in which an owner goes
        (leave, "its owner has left"),
        (close, "its owner cannot sign in any more"),
        (account_ends, "its owner cannot sign in any more"),
        (no_account, "its owner cannot sign in any more"),
        (end_post, "its owner does not hold the post any more"),
    ],
)
def test_an_owner_who_goes(
    context: Flask, council: Council, go: Callable[[Council, str], None], reason: str
) -> None:
    action = one(council)
    assert look_round() == {}
    go(council, "worker")
    assert without_living_owner(TODAY) == 1
    assert look_round() == {"passed on": 1}
    assert (action.owner_name, action.owner_post) == (MANNY, "Team Manager")
    assert action.owner_id == council.people["manager"]
    held = find(PostHolding, person_id=council.people["manager"])
    assert action.owner_post_id == held.post_id
    # E6: the history and the step say from whom to whom, and why; nobody did it but the system.
    assert story(action)[0].sentence == f"Went to another owner: {reason}"
    assert story(action)[0].note == f"From {WENDY} to {MANNY}: {reason}."
    step = action.steps[-1]
    assert (step.by, step.from_status, step.to_status, step.on) == (None, S.OPEN, S.OPEN, TODAY)
    # Once is enough.
    assert look_round(hour=1) == {}
    assert action.due_on == action.original_due_on == DUE


# E3: the last day of a post, an account or a person is a day like any other.
@pytest.mark.parametrize("go", [leave, end_post, account_ends])
def test_the_last_day_is_still_theirs(
    context: Flask, council: Council, go: Callable[[Council, str], None]
) -> None:
    one(council)
    go(council, "worker")
    assert look_round(YESTERDAY) == {}
    assert look_round(TODAY) == {"passed on": 1}


@pytest.mark.parametrize(
    ("gone", "absent", "kept", "owner"),
    [
        # E6: up the line, past whoever has gone, is away without a deputy, or is kept from it
        (["worker", "manager"], {}, None, HETTY),
        (["worker"], {"manager": None}, None, HETTY),
        (["worker"], {"manager": "chair"}, None, MANNY),
        (["worker"], {}, (Party.BLIND_MODERATOR, "manager"), HETTY),
        (["worker"], {}, (Party.IMPLICATED, "manager"), HETTY),
        (["worker"], {"manager": "chair"}, (Party.IMPLICATED, "chair"), HETTY),
        (["worker", "manager", "head"], {}, None, DORA),
        # nobody is left in the line: a QA lead
        (["worker", "manager", "head", "director"], {}, None, QUINN),
        # no QA lead either: the head of another service, by name
        (["worker", "manager", "head", "director", "qa_lead"], {}, None, "Hugh Head"),
    ],
)
def test_who_has_it_then(
    context: Flask, council: Council, gone: list[str], absent: dict[str, str | None],
    kept: tuple[Party, str] | None, owner: str,
) -> None:  # fmt: skip
    action = one(council)
    if kept is not None:
        party, key = kept
        action.parties.append(ActionParty(party=party, person_id=council.people[key]))
    for key, deputy in absent.items():
        away(council, key, deputy, TODAY, DUE)
    leave(council, *gone)
    assert look_round()["passed on"] == 1
    assert action.owner_name == owner
    assert look_round(hour=1) == {}


# E1: whom a concern on its audit is about does not keep it, learns nothing, and nobody reads why.
def test_an_owner_whom_a_concern_is_about(context: Flask, council: Council) -> None:
    action = one(council, kind=PRIORITY, audit=after(council, Grade.GOOD))
    implicate(action, council, "worker")
    assert look_round() == {"passed on": 1}
    assert action.owner_name == MANNY
    assert set(told()) == {MANNY}
    assert story(action)[0].sentence == "Went to another owner: it could not stay with its owner"


# E6: where the action has no team, it goes up the line of the owner's former one.
@pytest.mark.parametrize("pinned", [True, False])
def test_an_action_without_a_team(context: Flask, council: Council, pinned: bool) -> None:
    action = one(council, owner="other_auditor")
    action.team_id = None
    action.owner_post_id = action.owner_post_id if pinned else None
    end_post(council, "other_auditor")
    assert look_round() == {"passed on": 1}
    assert action.owner_name == "Hugh Head"


# E3: an action that was given for no post is passed on once its owner holds none at all.
def test_an_action_given_for_no_post(context: Flask, council: Council) -> None:
    action = one(council)
    action.owner_post_id = None
    another_post(council, "worker", "CARE1", PostKind.SOCIAL_WORKER, 10)
    vacate_first(council, "worker")
    assert look_round() == {}
    db.session.query(PostHolding).filter_by(person_id=council.people["worker"]).update(
        {"ended_on": TODAY}
    )
    assert look_round(TODAY + timedelta(days=1)) == {"passed on": 1}


# E3: whoever is promoted to manage the team keeps what was theirs, for the new post.
def test_an_owner_who_becomes_the_manager(context: Flask, council: Council) -> None:
    action = one(council)
    leave(council, "manager")
    another_post(council, "worker", "SAFE1", PostKind.TEAM_MANAGER, 40)
    vacate_first(council, "worker")
    assert look_round() == {}
    assert (action.owner_name, action.owner_post) == (WENDY, "Team Manager")
    assert story(action)[0].sentence == "Its owner has another post now, and keeps the action"
    assert (told(), look_round(hour=1)) == ({}, {})


# E6: a QA lead who holds no post is where it ends, and it stays with them.
def test_a_qa_lead_without_a_post(context: Flask, council: Council) -> None:
    action = one(council)
    end_post(council, "qa_lead")
    leave(council, "worker", "manager", "head", "director")
    assert look_round() == {"passed on": 1}
    assert (action.owner_name, action.owner_post_id) == (QUINN, None)
    assert look_round(hour=1) == {}
    assert told() == {QUINN: f"Action {action.reference} is yours: nobody is left in the line"}


# E3: nobody works here any more who may have it: it is counted, and passed on once somebody does.
def test_where_nobody_is_left_at_all_it_is_counted(context: Flask, council: Council) -> None:
    action = one(council)
    close(council, *council.people)
    assert look_round() == {"without a living owner": 1}
    assert action.owner_name == WENDY
    find(Account, person_id=council.people["director"]).closed_at = None
    db.session.flush()
    assert look_round(hour=1) == {"passed on": 1}
    assert action.owner_name == DORA


# E5: no clock runs on what was imported, and what is settled is nobody's to do.
def test_what_needs_no_owner(context: Flask, council: Council) -> None:
    services.import_actions([_row("A1")])
    imported = find(Action, source="imported")
    assert imported.status is S.OPEN
    imported.owner_id, imported.owner_name = council.people["worker"], WENDY
    for status in (S.VERIFIED, S.WITHDRAWN):
        one(council, status)
    leave(council, "worker")
    assert look_round() == {}
    assert imported.owner_name == WENDY


# E4: what is done goes on too: whoever owns it now never verifies it, and the next one up is told.
def test_what_is_done_is_passed_on_and_verified_by_the_next_one_up(
    context: Flask, council: Council
) -> None:
    action = one(council, S.DONE)
    before = [step.note for step in action.steps]
    leave(council, "worker")
    assert look_round() == {"passed on": 1}
    assert (action.owner_name, action.status) == (MANNY, S.DONE)
    assert told() == {
        MANNY: f"Action {action.reference} is yours from now on",
        HETTY: f"Action {action.reference} is for you to verify",
    }
    with pytest.raises(services.NotAllowed, match="Manny Manager owns this action"):
        services.verify(action, by=council.people["manager"], at=at_noon(TODAY))
    # The evidence is what it was.
    from_story = [each.note for each in story(action)]
    assert before[-1] == "On the file."
    assert from_story[1] == "On the file."
    services.verify(action, by=council.people["head"], at=at_noon(TODAY))
    assert action.status is S.VERIFIED


# E4: nor does whoever marked it done, though it is somebody else's now.
def test_whoever_did_it_does_not_verify_it_in_another_post(
    context: Flask, council: Council
) -> None:
    action = one(council, S.DONE, owner="auditor")
    another_post(council, "auditor", "SAFE", PostKind.HEAD_OF_SERVICE, 61)
    vacate_first(council, "auditor")
    leave(council, "head")
    away(council, "auditor", None, TODAY, TODAY)
    assert look_round() == {"passed on": 1}
    assert action.owner_name == DORA
    assert set(told()) == {DORA, "Ada Auditor"}
    action.owner = db.session.get_one(Person, council.people["iro"])
    db.session.flush()
    with pytest.raises(services.NotAllowed, match="Ada Auditor marked this action as done, so"):
        services.verify(action, by=council.people["auditor"], at=at_noon(TODAY))


# E6: one message to each person whatever it lists, urgent where a priority action is among it.
def test_one_message_to_each_person(context: Flask, council: Council) -> None:
    actions = [one(council) for _ in range(30)] + [one(council, S.DONE)]
    away(council, "auditor", "manager", TODAY, DUE)
    covered = one(council, owner="auditor", kind=PRIORITY)
    leave(council, "worker")
    assert look_round() == {"passed on": 31, "covered": 1}
    (notice,) = db.session.query(Notice).filter(
        Notice.key.startswith("action-owners:"), Notice.person_id == council.people["manager"]
    )
    assert notice.subject == "32 actions changed hands, 1 of them priority"
    assert (notice.path, notice.urgent) == ("/tracker/", True)
    assert f"{actions[0].reference} (due 30 June 2026)" in notice.body
    assert "Yours from now on: " in notice.body
    assert "and 25 more." in notice.body
    assert f"Yours while somebody is away: {covered.reference} (priority, due" in notice.body
    assert "chronology" not in notice.body
    (verifier,) = db.session.query(Notice).filter(
        Notice.key.startswith("action-owners:"), Notice.person_id == council.people["head"]
    )
    assert verifier.urgent is False
    assert "Done, and for you to verify" in verifier.body


# E6: owners come before the ladder in each round of the clock.
def test_it_is_one_of_the_jobs_that_run_by_the_clock(app: Flask, council: Council) -> None:
    with app.app_context(), saving():
        one(council, due_on=TODAY)
        leave(council, "worker")
    with app.app_context():
        names = [job.name for job in SCHEDULED]
        assert names.index("owners") < names.index("late actions")
        for passed, steps in ((1, 1), (0, 0)):
            done = {each.name: each for each in run_all(SCHEDULED, at_noon(TODAY))}
            assert done["owners"].error == ""
            assert done["owners"].counts == NOTHING | {"passed on": passed}
            assert done["late actions"].counts["steps"] == steps


# The look costs as many queries whatever there is, when nothing is to be done and when much is.
def test_a_look_costs_the_same_whatever_there_is(app: Flask, council: Council) -> None:
    costs = []
    for number in (1, 30):
        with app.app_context():
            with saving():
                for n in range(number):
                    one(council, owner="auditor" if n % 3 else "worker")
            with count_queries(app) as still:
                look_round()
        costs.append(len(still))
    assert costs[0] == costs[1] <= 12, still


@pytest.mark.parametrize("number", [2, 40])
def test_passing_on_reads_as_much_whatever_there_is(
    app: Flask, council: Council, number: int
) -> None:
    with app.app_context():
        with saving():
            for _ in range(number):
                one(council)
            leave(council, "worker")
        with count_queries(app) as asked:
            look_round()
        reads = [each for each in asked if each.lstrip().upper().startswith("SELECT")]
        assert len(reads) <= 22, asked


AT_ONCE = 8


# E3, E6: of many machines that look at the same moment, one passes each on and tells of it.
def test_eight_at_once_pass_each_on_once(app: Flask, council: Council) -> None:
    with app.app_context(), saving():
        for number in range(12):
            one(council, kind=PRIORITY if number % 3 == 0 else ActionKind.IMPROVEMENT)
        for _ in range(5):
            one(council, owner="auditor")
        leave(council, "worker")
        away(council, "auditor", "chair", TODAY, DUE)
    together, outcomes, errors = Barrier(AT_ONCE), [], []

    def run() -> None:
        with app.app_context():
            together.wait()
            try:
                with saving():
                    outcomes.append(see_that_all_are_owned(at_noon(TODAY)))
            except Exception as error:  # shown below, whatever it was
                errors.append(error)
            db.session.remove()

    threads = [Thread(target=run) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert errors == []
        assert sorted(each["passed on"] for each in outcomes) == [0] * (AT_ONCE - 1) + [12]
        assert sorted(each["covered"] for each in outcomes) == [0] * (AT_ONCE - 1) + [5]
        verbs = [event.verb for event in db.session.query(Event)]
        assert (verbs.count("action_passed_on"), verbs.count("action_covered")) == (12, 5)
        assert db.session.query(ActionStep).filter_by(by=None).count() == 12
        assert set(told()) == {MANNY, CLEO}
        assert history.verify().intact
        assert without_living_owner(TODAY) == 0
