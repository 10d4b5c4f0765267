"""Late actions: each step of the ladder once, to the right people (E4, E6, E9)."""

from datetime import UTC, date, datetime
from threading import Barrier, Thread

import pytest
from flask import Flask

from qa_app import history
from qa_app.accounts.models import Account, Person
from qa_app.audits.queries.inadequate import stand_inadequate
from qa_app.cli import SCHEDULED
from qa_app.database import db, saving
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState
from qa_app.history import Event
from qa_app.notify.scheduled import run_all
from qa_app.tracker import services
from qa_app.tracker.models import Action, ActionParty, ActionSource, LadderTaken
from tests.council import Council, find, hold
from tests.moderation.factory import a_submitted_audit
from tests.tracker.factory import an_action, move_to
from tests.tracker.ladder import (
    DORA,
    HETTY,
    HUGH,
    MANNY,
    QUINN,
    SIDNEY,
    add_service_director,
    after,
    at_noon,
    away,
    climb,
    look,
    notices,
    run_job,
    vacate,
)
from tests.tracker.test_importing import _row

S = ActionStatus
PRIORITY, IMPROVEMENT = ActionKind.PRIORITY, ActionKind.IMPROVEMENT
RAISED = at_noon(date(2026, 5, 1))  # a Friday; Monday 4 May is a bank holiday
DUE = date(2026, 5, 12)  # a Tuesday; the next bank holiday is 25 May
FIRST, LAST = date(2026, 5, 1), date(2026, 7, 31)


def late_one(council: Council, kind: ActionKind = IMPROVEMENT, **more) -> Action:
    action = an_action(council, kind=kind, **{"at": RAISED, "due_on": DUE, **more})
    db.session.flush()
    return action


# E6: others: at due, owner; +5, team manager; +10, head of service; and there it ends.
def test_the_ladder_of_an_action(context: Flask, council: Council) -> None:
    late_one(council, owner="worker")
    assert climb(FIRST, LAST) == {
        date(2026, 5, 12): {"due": {"Wendy Worker"}},
        date(2026, 5, 19): {"team_manager": {MANNY}},
        date(2026, 5, 27): {"head_of_service": {HETTY}},
    }


# E6: priority: at due, owner, team manager, head of service and service director; +1 working day,
# corporate director.
def test_the_ladder_of_a_priority_action(context: Flask, council: Council) -> None:
    add_service_director(council)
    late_one(council, PRIORITY, owner="worker")
    assert climb(FIRST, LAST) == {
        date(2026, 5, 12): {"priority_due": {"Wendy Worker", MANNY, HETTY, SIDNEY}},
        date(2026, 5, 13): {"priority_corporate_director": {DORA}},
    }


# E6: after an Inadequate: +15, service director; +20, corporate director. The final grade stands,
# whatever the auditor's was.
@pytest.mark.parametrize(
    ("final", "auditors", "more"),
    [
        (Grade.INADEQUATE, Grade.INADEQUATE, True),
        (Grade.INADEQUATE, Grade.GOOD, True),
        (Grade.REQUIRES_IMPROVEMENT, Grade.INADEQUATE, False),
        (Grade.GOOD, Grade.GOOD, False),
    ],
)
def test_the_ladder_after_an_inadequate(
    context: Flask, council: Council, final: Grade, auditors: Grade, more: bool
) -> None:
    add_service_director(council)
    late_one(council, owner="worker", audit=after(council, final, auditors))
    steps = climb(date(2026, 5, 28), LAST)
    assert steps.pop(date(2026, 5, 28)).keys() == {"due", "team_manager", "head_of_service"}
    wanted = {
        date(2026, 6, 3): {"service_director": {SIDNEY}},
        date(2026, 6, 10): {"corporate_director": {DORA}},
    }
    assert steps == (wanted if more else {})


# E6: until there is a final grade the auditor's stands; a withdrawn audit does not stand at all.
def test_which_audits_stand_as_inadequate(context: Flask, council: Council) -> None:
    waits = a_submitted_audit(council, grade=Grade.INADEQUATE, at=RAISED)
    withdrawn = a_submitted_audit(council, grade=Grade.INADEQUATE, at=RAISED)
    withdrawn.state = AuditState.WITHDRAWN
    good = a_submitted_audit(council, grade=Grade.GOOD, at=RAISED)
    db.session.flush()
    assert stand_inadequate({waits.id, withdrawn.id, good.id}) == {waits.id}
    assert stand_inadequate(set()) == set()


# E6: the owner is the team's manager: each step goes up to somebody else, and nobody is told twice.
def test_nobody_is_told_twice_for_one_step(context: Flask, council: Council) -> None:
    late_one(council, PRIORITY, owner="manager")
    assert climb(FIRST, LAST) == {
        date(2026, 5, 12): {"priority_due": {MANNY, HETTY, DORA}},
        date(2026, 5, 13): {"priority_corporate_director": {DORA}},
    }
    (step,) = db.session.query(LadderTaken).filter_by(step="priority_due")
    assert len(step.told) == len(set(step.told)) == 3
    assert len(notices()) == 4


# E6: the line is that of the action's team, whoever owns it; without a team it is the owner's.
def test_the_line_is_that_of_the_actions_team(context: Flask, council: Council) -> None:
    late_one(council, owner="other_auditor", audit=after(council, Grade.GOOD))
    assert look(date(2026, 5, 19)) == {"due": {"Otto Auditor"}, "team_manager": {MANNY}}
    late_one(council, owner="other_auditor").team_id = None
    db.session.flush()
    assert look(date(2026, 5, 27))["team_manager"] == {HUGH}


@pytest.mark.parametrize(
    ("who", "deputy", "told"),
    [
        # E6: somebody absent: their deputy, or the next one up
        ("worker", "chair", {"due": {"Cleo Chair"}, "team_manager": {MANNY}}),
        ("worker", None, {"due": {MANNY}, "team_manager": {MANNY}}),
        ("manager", "chair", {"due": {"Wendy Worker"}, "team_manager": {"Cleo Chair"}}),
        ("manager", None, {"due": {"Wendy Worker"}, "team_manager": {HETTY}}),
        # the owner stands in for nobody about their own action
        ("manager", "worker", {"due": {"Wendy Worker"}, "team_manager": {HETTY}}),
    ],
)
def test_somebody_absent_has_a_deputy_or_the_next_one_up(
    context: Flask, council: Council, who: str, deputy: str | None, told: dict[str, set[str]]
) -> None:
    late_one(council, owner="worker")
    away(council, who, deputy, FIRST, LAST)
    assert look(date(2026, 5, 19)) == told


@pytest.mark.parametrize(
    ("vacant", "told"),
    [
        # E6: a vacant post: the next one up
        (["manager"], {HETTY}),
        (["manager", "head"], {DORA}),
        # nobody is left in the line: the QA lead, so that somebody is
        (["manager", "head", "director"], {QUINN}),
    ],
)
def test_a_vacant_post_goes_to_the_next_one_up(
    context: Flask, council: Council, vacant: list[str], told: set[str]
) -> None:
    late_one(council, owner="worker")
    vacate(council, vacant, date(2026, 5, 15))
    assert look(date(2026, 5, 19))["team_manager"] == told


# E6: the QA lead who is away has a deputy too.
@pytest.mark.parametrize(("deputy", "told"), [("iro", {"Iris Reviewer"}), (None, {QUINN})])
def test_where_nobody_is_left_the_qa_leads_deputy_is_told(
    context: Flask, council: Council, deputy: str | None, told: set[str]
) -> None:
    late_one(council, owner="worker")
    vacate(council, ["manager", "head", "director"], date(2026, 5, 15))
    away(council, "qa_lead", deputy, FIRST, LAST)
    assert look(date(2026, 5, 19))["team_manager"] == told


# E6: whoever left or cannot sign in any more is taken for absent.
@pytest.mark.parametrize("how", ["left", "closed", "ended"])
def test_an_owner_who_is_gone(context: Flask, council: Council, how: str) -> None:
    late_one(council, owner="worker")
    if how == "left":
        db.session.get_one(Person, council.people["worker"]).left_on = date(2026, 5, 5)
    account = find(Account, person_id=council.people["worker"])
    account.closed_at = RAISED if how == "closed" else None
    account.ends_on = date(2026, 5, 5) if how == "ended" else None
    db.session.flush()
    assert look(DUE) == {"due": {MANNY}}


# M3, E1: whoever is kept from the action is passed over: a notice would tell them of it.
@pytest.mark.parametrize("party", [Party.BLIND_MODERATOR, Party.IMPLICATED])
def test_whoever_is_kept_from_an_action_is_not_told(
    context: Flask, council: Council, party: Party
) -> None:
    action = late_one(council, PRIORITY, owner="worker", audit=after(council, Grade.GOOD))
    action.parties.append(ActionParty(party=party, person_id=council.people["head"]))
    away(council, "manager", "head", FIRST, LAST)
    db.session.flush()
    assert look(DUE) == {"priority_due": {"Wendy Worker", DORA}}


# E9: done pauses the ladder, and sent back it goes on where it was.
def test_done_pauses_the_ladder(context: Flask, council: Council) -> None:
    action = late_one(council, owner="worker")
    assert look(DUE) == {"due": {"Wendy Worker"}}
    move_to(council, action, S.DONE, at_noon(date(2026, 5, 18)))
    assert climb(date(2026, 5, 18), date(2026, 5, 26)) == {}
    services.send_back(
        action, missing="Who?", by=council.people["director"], at=at_noon(date(2026, 5, 26))
    )
    assert climb(date(2026, 5, 26), LAST) == {
        date(2026, 5, 26): {"team_manager": {MANNY}},
        date(2026, 5, 27): {"head_of_service": {HETTY}},
    }


# E9, E4: not verified within 5 working days: the verifier's head of service is told once. The
# owner's manager verifies, so that is the head above the manager.
def test_verification_that_is_late(context: Flask, council: Council) -> None:
    action = late_one(council, owner="worker", due_on=date(2026, 6, 30))
    move_to(council, action, S.DONE, at_noon(date(2026, 5, 18)))
    assert climb(FIRST, LAST) == {date(2026, 5, 27): {"verify_late": {HETTY}}}
    (step,) = db.session.query(LadderTaken)
    assert step.due_on == date(2026, 5, 26)  # the last day in time: Monday 25 May is a bank holiday


# E9, E4: a priority action within 1 working day: the director above the heads who could verify it,
# and the corporate director a working day later.
def test_verification_of_a_priority_action_that_is_late(context: Flask, council: Council) -> None:
    add_service_director(council, "CARE")
    action = late_one(council, PRIORITY, owner="worker", due_on=date(2026, 6, 30))
    move_to(council, action, S.DONE, at_noon(date(2026, 5, 15)))
    assert climb(FIRST, LAST) == {
        # Hugh's director is Sidney; above Rhona there is only Dora
        date(2026, 5, 19): {"verify_late": {SIDNEY, DORA}},
        date(2026, 5, 20): {"verify_late_corporate_director": {DORA}},
    }


# E9: nobody who could verify it is found: the head above the action's team, or whoever is left.
def test_late_verification_without_a_verifier(context: Flask, council: Council) -> None:
    action = late_one(council, owner="manager", due_on=date(2026, 6, 30))
    move_to(council, action, S.DONE, at_noon(date(2026, 5, 15)))
    vacate(council, ["head", "director"], date(2026, 5, 16))
    assert climb(FIRST, LAST) == {date(2026, 5, 26): {"verify_late": {QUINN}}}


# E4: done again after it was returned, it has new days to be verified in; verified, it is over.
def test_each_time_it_is_done_verification_begins_anew(context: Flask, council: Council) -> None:
    action = late_one(council, owner="worker", due_on=date(2026, 6, 30))
    move_to(council, action, S.DONE, at_noon(date(2026, 5, 11)))
    assert set(look(date(2026, 5, 19))) == {"verify_late"}
    director, at = council.people["director"], at_noon(date(2026, 5, 20))
    services.send_back(action, missing="Who?", by=director, at=at)
    services.finish(
        action, evidence="Wendy.", done_on=at.date(), by=council.people["worker"], at=at
    )
    assert climb(date(2026, 5, 20), date(2026, 5, 28)) == {}
    assert set(look(date(2026, 5, 29))) == {"verify_late"}
    services.verify(action, by=director, at=at_noon(date(2026, 5, 29)))
    assert climb(date(2026, 5, 29), LAST) == {}


# E3, E6: a due date that is moved begins the ladder anew.
def test_a_moved_due_date_begins_anew(context: Flask, council: Council) -> None:
    action = late_one(council, owner="worker")
    assert look(date(2026, 5, 19)).keys() == {"due", "team_manager"}
    services.change_due_date(
        action, due_on=date(2026, 6, 1), reason="The school is closed.",
        by=council.people["head"], at=at_noon(date(2026, 5, 20)),
    )  # fmt: skip
    assert climb(date(2026, 5, 20), date(2026, 6, 8)) == {
        date(2026, 6, 1): {"due": {"Wendy Worker"}},
        date(2026, 6, 8): {"team_manager": {MANNY}},
    }


# measures.md: no clock runs on what was imported; E5: nor on what is settled.
def test_what_has_no_ladder(context: Flask, council: Council) -> None:
    services.import_actions([_row("A1"), _row("A2", due_on=None)])
    imported = late_one(council, owner="worker")
    imported.source = ActionSource.IMPORTED
    move_to(council, late_one(council), S.VERIFIED, RAISED)
    move_to(council, late_one(council), S.WITHDRAWN, RAISED)
    db.session.flush()
    assert climb(date(2026, 9, 1), date(2026, 9, 2)) == {}


# E6: how steep it is, is a setting, as it stands on the day.
def test_the_ladder_is_made_of_settings(context: Flask, council: Council) -> None:
    hold("ladder_team_manager", 1)
    hold("ladder_priority_corporate_director", 2)
    late_one(council, owner="worker")
    late_one(council, PRIORITY, owner="worker")
    steps = climb(FIRST, date(2026, 5, 14))
    assert steps[date(2026, 5, 13)] == {"team_manager": {MANNY}}
    assert steps[date(2026, 5, 14)] == {"priority_corporate_director": {DORA}}


# E6: the days are London's: 00:30 on Tuesday in London is Monday in UTC.
def test_the_day_turns_over_in_london(context: Flask, council: Council) -> None:
    late_one(council)
    assert run_job(datetime(2026, 5, 11, 22, 59, tzinfo=UTC))["steps"] == 0
    assert run_job(datetime(2026, 5, 11, 23, 1, tzinfo=UTC))["steps"] == 1


# E6: references only; urgent for a priority action; the key names person, day and content.
def test_what_a_notice_says(context: Flask, council: Council) -> None:
    action = late_one(council, PRIORITY, owner="worker", what="Ask the aunt in Leeds.")
    look(DUE)
    told = {each.person_id: each for each in notices()}
    own, head = told[council.people["worker"]], told[council.people["head"]]
    assert own.subject == f"Priority action {action.reference}: due today"
    assert own.body == f"Yours to do: {action.reference} (priority, due today, 12 May 2026)."
    assert head.body.startswith("With somebody else, and you can see that it is done: ")
    assert {each.path for each in told.values()} == {f"/tracker/{action.id}"}
    assert all(each.urgent for each in told.values())
    assert own.key.startswith(f"action-late:{own.person_id}:2026-05-12:")
    assert "Leeds" not in "".join(each.subject + each.body for each in told.values())


def test_a_notice_about_verifying(context: Flask, council: Council) -> None:
    action = late_one(council, owner="worker", due_on=date(2026, 6, 30))
    move_to(council, action, S.DONE, at_noon(date(2026, 5, 11)))
    look(date(2026, 5, 19))
    (notice,) = notices()
    assert notice.subject == f"Action {action.reference}: verification 1 day late"
    assert notice.body.startswith("Done, and you can see that somebody verifies it: ")
    assert not notice.urgent


# E6: the job's day after an outage of a week: every step that was missed, one message a person.
def test_the_day_after_an_outage_everybody_gets_one_message(
    context: Flask, council: Council
) -> None:
    for number in range(40):
        late_one(council, PRIORITY if number < 3 else IMPROVEMENT, owner="worker")
    look(DUE)
    before = len(notices())
    assert set(look(date(2026, 5, 19))) == {"priority_corporate_director", "team_manager"}
    new = {each.person_id: each for each in notices()[before:]}
    assert len(notices()) - before == len(new) == 2  # Manny and Dora
    manny = new[council.people["manager"]]
    assert manny.subject == "37 actions due or late"
    assert "; and " in manny.body
    assert (manny.path, manny.urgent) == ("/tracker/", False)
    dora = new[council.people["director"]]
    assert dora.subject == "3 actions due or late, 3 of them priority"
    assert dora.urgent
    assert max(len(each.body) for each in notices()) <= 2_000
    assert look(date(2026, 5, 19)) == {}


# I1: each step is in the action's history, with the step in words and who was told.
def test_each_step_is_in_the_history(context: Flask, council: Council) -> None:
    action = late_one(council, owner="worker")
    look(date(2026, 5, 27))
    events = [e for e in history.timeline(subject_id=action.id) if e.verb == "action_late"]
    # The newest first, in the order in which the ladder is climbed.
    assert [event.sentence for event in events] == [
        "Told that the action is late: head of service, 10 working days late",
        "Told that the action is late: team manager, 5 working days late",
        "Told that the action is late: owner, on the due date",
    ]
    assert {event.actor_id for event in events} == {None}
    assert history.verify().intact


def test_it_is_one_of_the_jobs_that_run_by_the_clock(app: Flask, council: Council) -> None:
    with app.app_context(), saving():
        late_one(council, owner="worker")
    with app.app_context():
        for counts in ({"steps": 1, "people": 1}, {"steps": 0, "people": 0}):
            (outcome,) = [
                each for each in run_all(SCHEDULED, at_noon(DUE)) if each.name == "late actions"
            ]
            assert (outcome.error, outcome.counts) == ("", counts)


AT_ONCE = 8


# E6: of many machines that look at the same moment, each step is taken by exactly one.
def test_eight_at_once_take_each_step_once(app: Flask, council: Council) -> None:
    with app.app_context(), saving():
        for number in range(12):
            late_one(council, PRIORITY if number % 3 == 0 else IMPROVEMENT, owner="worker")
    together, outcomes = Barrier(AT_ONCE), []

    def run() -> None:
        with app.app_context():
            together.wait()
            outcomes.append(run_job(at_noon(date(2026, 5, 27))))
            db.session.remove()

    threads = [Thread(target=run) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        steps = db.session.query(LadderTaken).count()
        # Four priority actions climb two steps, eight others three.
        assert steps == 4 * 2 + 8 * 3
        assert sorted(each["steps"] for each in outcomes) == [0] * (AT_ONCE - 1) + [steps]
        assert db.session.query(Event).filter_by(verb="action_late").count() == steps
        told = [notice.person_id for notice in notices()]
        assert len(told) == len(set(told)) == 4  # Wendy, Manny, Hetty, Dora
        assert history.verify().intact
