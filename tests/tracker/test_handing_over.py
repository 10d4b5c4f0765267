"""Handing over what somebody owns: several actions at once, all of them or none (E3)."""

import re
from collections.abc import Iterable
from datetime import date
from threading import Barrier, Thread
from uuid import UUID

import pytest
from flask import Flask

from qa_app.accounts.models import Person
from qa_app.accounts.queries import actor
from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Party
from qa_app.history import Event
from qa_app.notify.models import Notice
from qa_app.tracker import services
from qa_app.tracker.models import Action, ActionParty
from qa_app.tracker.queries.handing_over import owned_by, owners_to_hand_over
from qa_app.tracker.queries.story import story
from qa_app.tracker.services.changing import CannotBeChanged
from qa_app.tracker.services.handing_over import Seen, hand_over
from qa_app.tracker.services.stepping import WordsNeeded
from tests.council import Council
from tests.queries import count_queries
from tests.tracker.factory import an_action, pinned_to_a_case
from tests.tracker.ladder import after, away
from tests.tracker.owning import WENDY, implicate, look_round

S = ActionStatus
PAGE = "/tracker/hand-over"
WHY = "She is away for half a year."


def some(council: Council, number: int = 3, **more) -> list[Action]:
    """Actions of Wendy Worker's, of which the first is a priority action."""
    kinds = [ActionKind.PRIORITY] + [ActionKind.IMPROVEMENT] * (number - 1)
    return [an_action(council, kind=kind, **{"owner": "worker"} | more) for kind in kinds]


def seen(actions: Iterable[Action]) -> list[Seen]:
    return [Seen(action.id, action.version) for action in actions]


def give(
    council: Council, ticked: list[Seen], *, to: str = "iro", by: str = "head"
) -> list[Action]:
    with saving():
        return hand_over(
            ticked, owner=db.session.get_one(Person, council.people[to]), reason=WHY,
            by=council.people[by], at=now(),
        )  # fmt: skip


def owners(council: Council, key: str) -> dict[str, int]:
    today = london_date(now())
    found = owners_to_hand_over(actor(council.people[key], today), today)
    return {row.name: row.number for row in found.rows}


@pytest.mark.parametrize(
    ("reader", "found"),
    [
        # E3: whoever is senior to the owner, and answers for the team or the service
        ("manager", {WENDY: 2}),
        ("head", {WENDY: 2, "Ada Auditor": 1}),
        ("director", {WENDY: 2, "Ada Auditor": 1, "Otto Auditor": 1, "Hetty Head": 1}),
        ("qa_lead", {WENDY: 2, "Ada Auditor": 1, "Otto Auditor": 1}),
        # of another service, of another team, or not senior: nothing
        ("other_head", {"Otto Auditor": 1}),
        ("auditor", {}),
        ("worker", {}),
        ("review_head", {}),
    ],
)
def test_whose_actions_somebody_may_hand_over(
    context: Flask, council: Council, reader: str, found: dict[str, int]
) -> None:
    some(council, 2)
    for owner in ("auditor", "other_auditor", "head"):
        an_action(council, owner=owner)
    for status in (S.DONE, S.VERIFIED, S.WITHDRAWN):
        an_action(council, status, owner="worker")
    assert owners(council, reader) == found
    # What the list says is what the rule says of each.
    today = london_date(now())
    for action in db.session.query(Action):
        owns = owned_by(actor(council.people[reader], today), action.owner_id, today)
        movable = action in owns.movable if owns else False
        assert movable == (action.owner_name in found and action.status is S.OPEN)


# E3: the cover counts as the owner, and hands on nothing that they cover.
def test_whoever_covers_hands_on_nothing_that_they_cover(context: Flask, council: Council) -> None:
    actions = some(council, 1)
    away(council, "worker", None, london_date(now()), date(2099, 1, 1))
    look_round(london_date(now()))
    assert actions[0].cover.name == "Manny Manager"
    assert owners(council, "manager") == {}
    with pytest.raises(services.NotAllowed, match="covers for the owner of this action, so cannot"):
        give(council, seen(actions), by="manager")


def test_all_of_them_go_with_one_message(context: Flask, council: Council) -> None:
    # E3: the due dates stay, the reason is kept with each, and the new owner is told once
    actions = some(council)
    before = {action.id: (action.due_on, action.original_due_on) for action in actions}
    for action in actions:
        action.cover = db.session.get_one(Person, council.people["chair"])
    db.session.flush()
    assert give(council, seen(actions)) == sorted(actions, key=lambda each: each.id)
    for action in actions:
        assert (action.owner_name, action.owner_post) == (
            "Iris Reviewer",
            "Independent Reviewing Officer",
        )
        assert action.covered_by is None
        assert (action.due_on, action.original_due_on) == before[action.id]
        assert story(action)[0].sentence == "Given to another owner"
        assert story(action)[0].note == f"From {WENDY} to Iris Reviewer. {WHY}"
    (notice,) = db.session.query(Notice).filter_by(person_id=council.people["iro"])
    assert notice.subject == "3 actions changed hands, 1 of them priority"
    assert notice.urgent
    assert all(action.reference in notice.body for action in actions)
    assert WHY not in notice.body


def _started(action: Action, council: Council) -> None:
    services.start(action, by=council.people["worker"], at=now())


def _finished(action: Action, council: Council) -> None:
    _started(action, council)
    today = london_date(now())
    services.finish(action, evidence="Seen.", done_on=today, by=council.people["worker"], at=now())


def _moved(action: Action, council: Council) -> None:
    owner = db.session.get_one(Person, council.people["auditor"])
    services.reassign(action, owner=owner, reason="Ill.", by=council.people["head"], at=now())


@pytest.mark.parametrize("change", [_started, _finished, _moved])
def test_one_that_was_changed_meanwhile_stops_them_all(
    context: Flask, council: Council, change
) -> None:
    # CO-1: decided on what is not so any more: nothing is moved, and it is said which it was
    actions = some(council)
    ticked = seen(actions)
    change(actions[1], council)
    db.session.commit()
    owner = actions[1].owner_name
    with pytest.raises(services.ChangedMeanwhile, match=actions[1].reference):
        give(council, ticked)
    assert [action.owner_name for action in actions] == [WENDY, owner, WENDY]
    assert db.session.query(Notice).filter_by(person_id=council.people["iro"]).count() == 0


@pytest.mark.parametrize(
    ("by", "to", "ticks", "reason", "error", "message"),
    [
        # E3: not whoever is not senior to the owner
        (
            "qa_lead",
            "iro",
            "head's",
            WHY,
            services.NotAllowed,
            "is not senior to the action's owner",
        ),
        # one that they may not touch, or that is not there at all
        ("other_head", "iro", "all", WHY, services.ChangedMeanwhile, "one of these actions"),
        ("worker", "iro", "all", WHY, services.ChangedMeanwhile, "one of these actions"),
        ("head", "iro", "none known", WHY, services.ChangedMeanwhile, "one of these actions"),
        # nothing ticked, no reason, to whom they belong already
        ("head", "iro", "none", WHY, CannotBeChanged, "Select at least one action"),
        ("head", "iro", "all", " ", WordsNeeded, "Enter why they go to somebody else"),
        ("head", "worker", "all", WHY, CannotBeChanged, "Wendy Worker owns this action already"),
    ],
)
def test_what_is_refused(
    context: Flask, council: Council, by: str, to: str, ticks: str, reason: str,
    error: type[DomainError], message: str,
) -> None:  # fmt: skip
    actions = some(council)
    ticked = {
        "all": seen(actions), "none": [], "none known": [Seen(UUID(int=1), 1)],
        "head's": seen([an_action(council, owner="head")]),
    }[ticks]  # fmt: skip
    db.session.commit()
    person = db.session.get_one(Person, council.people[to])
    with pytest.raises(error, match=message), saving():
        hand_over(ticked, owner=person, reason=reason, by=council.people[by], at=now())
    assert {action.owner_name for action in actions} == {WENDY}


# E1: nothing goes to whom a concern on its audit is about, and not why.
def test_an_action_goes_to_nobody_from_whom_it_is_kept(context: Flask, council: Council) -> None:
    actions = some(council, audit=after(council, Grade.GOOD))
    implicate(actions[0], council, "iro")
    db.session.commit()
    words = f"^Action {actions[0].reference} cannot go to Iris Reviewer. Choose somebody else$"
    with pytest.raises(CannotBeChanged, match=words):
        give(council, seen(actions))
    owner = db.session.get_one(Person, council.people["iro"])
    with pytest.raises(CannotBeChanged, match=words):
        services.reassign(actions[0], owner=owner, reason=WHY, by=council.people["head"], at=now())


# M3: what is kept from whoever moderates its audit blind is neither listed nor moved.
def test_a_blind_moderator_moves_nothing_of_the_audit(context: Flask, council: Council) -> None:
    actions = some(council, 1, audit=after(council, Grade.GOOD))
    actions[0].parties.append(
        ActionParty(party=Party.BLIND_MODERATOR, person_id=council.people["head"])
    )
    db.session.commit()
    assert owners(council, "head") == {}
    with pytest.raises(services.ChangedMeanwhile, match="one of these actions"):
        give(council, seen(actions))


def boxes(text: str) -> dict[str, bool]:
    """The boxes of the page: value → whether it is ticked."""
    found = re.findall(r'<input[^>]*name="actions"[^>]*>', text)
    return {re.search(r'value="([^"]+)"', each)[1]: "checked" in each for each in found}


def test_the_way_from_the_list_to_the_new_owner(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        actions = some(council, audit=pinned_to_a_case(council))
        references = [action.reference for action in actions]
        done = an_action(council, S.DONE, owner="worker").reference
    client = client_for(council.people["head"])
    assert 'href="/tracker/hand-over"' in client.get("/tracker/").text
    listed = client.get(PAGE)
    path = f"{PAGE}/{council.people['worker']}"
    assert f'href="{path}"' in listed.text
    page = client.get(path).text
    ticks = boxes(page)
    assert list(ticks.values()) == [True] * 3
    assert all(reference in page for reference in references)
    assert "It is done, and waits to be verified" in page
    assert done in page
    # One is taken out; who it is for is misspelt at first, and what was ticked stays so.
    chosen = list(ticks)[:2]
    data = {"actions": chosen, "owner": "Nobody Known", "reason": WHY}
    again = client.submit(path, data)
    assert "Nobody with an account matches" in again.text
    assert list(boxes(again.text).values()) == [True, True, False]
    answer = client.submit(path, data | {"owner": "Iris"}, follow_redirects=True)
    assert "2 actions went to Iris Reviewer, who has been told." in answer.text
    with app.app_context():
        names = [action.owner_name for action in db.session.query(Action)]
        assert names.count("Iris Reviewer") == 2


def test_what_was_typed_is_kept_where_one_was_changed(
    app: Flask, council: Council, client_for
) -> None:
    # CO-1: 409 with all that was chosen and written; sent again it is decided on what is so now
    with app.app_context(), saving():
        some(council)
    client = client_for(council.people["head"])
    path = f"{PAGE}/{council.people['worker']}"
    ticks = list(boxes(client.get(path).text))
    with app.app_context(), saving():
        action = db.session.get_one(Action, UUID(ticks[1].partition(":")[0]))
        _started(action, council)
        reference = action.reference
    data = {"actions": ticks[:2], "owner": "Iris", "reason": WHY}
    answer = client.submit(path, data)
    assert answer.status_code == 409
    assert f"Somebody else changed {reference} while this page was open" in answer.text
    assert WHY in answer.text
    now_ticked = boxes(answer.text)
    assert list(now_ticked.values()) == [True, True, False]
    assert ticks[1] not in now_ticked
    again = {"actions": [value for value, on in now_ticked.items() if on]}
    assert client.submit(path, data | again).status_code == 302


# What is not a box of the page is refused with words, and never a fault of ours (IN-5).
@pytest.mark.parametrize("value", ["x", "1:1", f"{UUID(int=1)}", f"{UUID(int=1)}:x", "\x00", "²:²"])
def test_boxes_that_the_page_has_not(app: Flask, council: Council, client_for, value: str) -> None:
    with app.app_context(), saving():
        some(council)
    client = client_for(council.people["head"])
    path = f"{PAGE}/{council.people['worker']}"
    answer = client.submit(path, {"actions": [value], "owner": "Iris", "reason": WHY})
    assert "Which actions: select one of the answers shown" in answer.text


def test_pages_with_nothing_to_hand_over(app: Flask, council: Council, client_for) -> None:
    client = client_for(council.people["manager"])
    assert "There is nothing that you can hand over." in client.get(PAGE).text
    path = f"{PAGE}/{council.people['worker']}"
    assert client.get(path).status_code == 404
    with app.app_context(), saving():
        an_action(council, S.DONE, owner="worker")
        an_action(council, owner="manager")
    assert "None of these actions can go to somebody else now." in client.get(path).text
    own = client.get(f"{PAGE}/{council.people['manager']}")
    assert "Manny Manager owns this action and is not senior" in own.text
    assert client_for(council.people["viewer"]).get(PAGE).status_code == 403


# Nothing grows with the rows, and what is long says that there is more.
def test_the_pages_ask_as_much_whatever_there_is(app: Flask, council: Council, client_for) -> None:
    client = client_for(council.people["head"])
    path = f"{PAGE}/{council.people['worker']}"
    asked = {}
    for number in (1, 110):
        with app.app_context(), saving():
            some(council, number)
        for address in (PAGE, path):
            with count_queries(app) as counted:
                page = client.get(address).text
            assert len(counted) == asked.setdefault(address, len(counted)), counted
    assert len(boxes(page)) == 100
    assert "These are the first 100 by due date." in page


AT_ONCE = 6


# CO-3: of several people at once one wins, and the others are told that it was changed.
def test_at_once_they_go_to_one_person(app: Flask, council: Council) -> None:
    with app.app_context(), saving():
        ticked = seen(some(council, 5))
    together, moved, refused = Barrier(AT_ONCE), [], []

    def run(to: str) -> None:
        with app.app_context():
            together.wait()
            try:
                moved.append(give(council, ticked, to=to)[0].owner_name)
            except services.ChangedMeanwhile:
                refused.append(to)
            db.session.remove()

    keys = ["iro", "chair", "auditor", "manager", "other_auditor", "viewer"]
    threads = [Thread(target=run, args=(key,)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert (len(moved), len(refused)) == (1, AT_ONCE - 1)
        assert {action.owner_name for action in db.session.query(Action)} == set(moved)
        assert db.session.query(Event).filter_by(verb="action_reassigned").count() == 5


# E3: sent when nothing may move any more, the page says so and nothing is changed.
def test_what_is_sent_too_late_says_that_nothing_moves(
    app: Flask, council: Council, client_for
) -> None:
    with app.app_context(), saving():
        an_action(council, owner="head")
    client = client_for(council.people["head"])
    answer = client.send(f"{PAGE}/{council.people['head']}", {"owner": "Wendy Worker"})
    assert answer.status_code == 200
    assert "None of these actions can go to somebody else now" in answer.text
    assert "owns this action" in answer.text
