"""Withdrawing an action: asked for, the auditor heard, decided by an outsider (E5, E7)."""

import threading
from collections.abc import Iterator
from itertools import product
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm.exc import StaleDataError

from qa_app.accounts.queries import actor
from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionKind, ActionStatus, withdrawal_bars
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Party, Role
from qa_app.history import Event
from qa_app.notify.models import Notice
from qa_app.tracker.models import Action, ActionParty
from qa_app.tracker.queries import parties_to
from qa_app.tracker.queries.withdrawing import (
    auditor_to_hear,
    count_to_decide,
    deciders_of,
    waiting_to_be_decided,
)
from qa_app.tracker.services import verify, withdrawing
from tests.council import Council
from tests.queries import count_queries
from tests.tracker.factory import an_action, move_to, pinned_to_a_case

S = ActionStatus
OUTSTANDING = (S.OPEN, S.IN_PROGRESS, S.DONE)
STATUSES = (*OUTSTANDING, S.VERIFIED, S.WITHDRAWN)
OUTSIDE = {"other_head", "review_head", "director"}
WHY, SAID, STAYS = "Planted why zq1.", "Planted said zq2.", "Planted stays zq3."

MOVES = {
    "ask-withdrawal": {"why": WHY},
    "say": {"words": SAID},
    "withdraw": {"reason": "Planted reason zq4.", "heard": "y"},
    "keep": {"why": STAYS},
}


def _who_may(move: str, asked: bool, status: S, kind: ActionKind) -> set[str]:
    """The action is Manny Manager's, of Safeguarding; Ada audited; Manny asked, where asked."""
    if status not in OUTSTANDING:
        return set()
    waits = asked or (kind is ActionKind.PRIORITY and status is S.DONE)
    return {
        # E5: whoever works on it or answers for it asks, once.
        "ask-withdrawal": set() if asked else {"manager", "qa_lead", "head", "director"},
        # E5: the auditor is heard, and nobody else.
        "say": {"auditor"} if asked else set(),
        # E5: a head outside the owner's service who sees it: all of them once it waits for one, a
        # director at any time.
        "withdraw": OUTSIDE if waits else {"director"},
        # E5: whoever could withdraw it decides that it stays.
        "keep": OUTSIDE if asked else set(),
    }[move]


def _make(council: Council, status: S, asked: bool, kind: ActionKind) -> Action:
    """An action in a status; a request stood before it was settled."""
    settled = status not in OUTSTANDING
    begin = S.DONE if status is S.VERIFIED else S.OPEN if settled else status
    action = an_action(council, begin, kind=kind, audit=pinned_to_a_case(council))
    if asked:
        withdrawing.ask(action, why="Raised twice.", by=council.people["manager"], at=now())
    if status is S.VERIFIED:
        verify(action, by=council.people["director"], at=now())
    elif settled:
        move_to(council, action, status, now())
    db.session.flush()
    return action


def _cells(kind: ActionKind) -> Iterator[tuple[str, bool, S, set[str]]]:
    for move, asked, status in product(MOVES, (False, True), STATUSES):
        yield move, asked, status, _who_may(move, asked, status, kind)


def _state(app: Flask, action_id: UUID) -> tuple[object, ...]:
    with app.app_context():
        action = db.session.get_one(Action, action_id)
        return action.status, action.withdrawal_asked_by, action.auditor_said, action.version


def _refusals(app: Flask) -> int:
    with app.app_context():
        query = select(func.count()).select_from(Event).where(Event.verb == "refused")
        return db.session.scalar(query) or 0


@pytest.mark.parametrize("kind", [ActionKind.IMPROVEMENT, ActionKind.PRIORITY])
def test_every_move_of_a_withdrawal_by_every_person(
    app: Flask, council: Council, client_for, kind: ActionKind
) -> None:
    with app.app_context(), saving():
        made: dict[tuple[object, ...], UUID] = {}
        for move, asked, status, people in _cells(kind):
            made |= {(move, asked, status, p): _make(council, status, asked, kind).id
                     for p in sorted(people)}  # fmt: skip
            made.setdefault((asked, status), _make(council, status, asked, kind).id)
    accepted, refused, noted, wrong = 0, 0, 0, []
    for person, person_id in council.people.items():
        client = client_for(person_id)
        token = client.token_in(client.get("/account").text)
        for move, asked, status, people in _cells(kind):
            legal = person in people
            action_id = made[(move, asked, status, person) if legal else (asked, status)]
            before, logged = _state(app, action_id), _refusals(app)
            answer = client.send(f"/tracker/{action_id}/{move}", MOVES[move], token=token)
            after = _state(app, action_id)
            accepted, refused = accepted + legal, refused + (not legal)
            noted += _refusals(app) - logged
            fine = answer.status_code == 302 and after != before
            kept = answer.status_code in (403, 404, 409) and after[:3] == before[:3]
            if not (fine if legal else kept):
                wrong.append((person, move, asked, status, answer.status_code, after))
    print(f"{kind}: {accepted} accepted, {refused} refused ({noted} noted), {len(wrong)} wrong")  # noqa: T201
    assert not wrong
    # E5: whoever sees the action and is barred from deciding leaves a note in its history.
    assert noted >= 2 * len(STATUSES) * len({"manager", "head", "qa_lead"})


# E5: the asker never decides their own request, whatever their rank.
@pytest.mark.parametrize("move", ["withdraw", "keep"])
def test_a_director_does_not_decide_what_they_asked_for(
    app: Flask, council: Council, client_for, move: str
) -> None:
    with app.app_context(), saving():
        action = an_action(council, audit=pinned_to_a_case(council))
        withdrawing.ask(action, why=WHY, by=council.people["director"], at=now())
        action_id = action.id
    client = client_for(council.people["director"])
    token = client.token_in(client.get("/").text)
    answer = client.send(f"/tracker/{action_id}/{move}", MOVES[move], token=token)
    assert answer.status_code == 409
    assert "Dora Director asked for it to be withdrawn, so cannot" in answer.text
    assert (
        "asked for it to be withdrawn (E5), so cannot" in client.get(f"/tracker/{action_id}").text
    )
    assert _state(app, action_id)[0] is S.OPEN


@pytest.fixture
def asked(app: Flask, council: Council) -> UUID:
    """An action of Manny's from an audit of Ada's, whose withdrawal Manny asked for."""
    with app.app_context(), saving():
        action = an_action(council, audit=pinned_to_a_case(council))
        withdrawing.ask(action, why=WHY, by=council.people["manager"], at=now())
        return action.id


def _told(app: Flask, council: Council, start: str) -> set[str]:
    keys = {person_id: key for key, person_id in council.people.items()}
    with app.app_context():
        notices = list(db.session.scalars(select(Notice)))
        return {keys[each.person_id] for each in notices if each.subject.startswith(start)}


# E5: the auditor is asked, and the lowest-ranking of those who may decide are told.
def test_a_request_asks_the_auditor_and_tells_those_who_decide(app, council, asked) -> None:
    assert _told(app, council, "What do you think?") == {"auditor"}
    assert _told(app, council, "Decide whether") == {"other_head", "review_head"}


# E5: what the auditor says goes to those who decide; the decision to whoever asked and owns it.
def test_hearing_and_deciding_tell_whom_they_concern(app, council, asked) -> None:
    with app.app_context(), saving():
        action = db.session.get_one(Action, asked)
        withdrawing.say(action, words=SAID, by=council.people["auditor"], at=now())
    assert _told(app, council, "The auditor has been heard") == {"other_head", "review_head"}
    with app.app_context(), saving():
        action = db.session.get_one(Action, asked)
        withdrawing.refuse(action, why=STAYS, by=council.people["other_head"], at=now())
        reference = action.reference
    assert _told(app, council, f"Action {reference} stays") == {"manager", "auditor"}


# M3, E1: from whom the action is kept, they are neither asked nor told, whatever their part.
@pytest.mark.parametrize("party", [Party.BLIND_MODERATOR, Party.IMPLICATED])
def test_nobody_from_whom_it_is_kept_is_asked_or_decides(context, council, party) -> None:
    action = an_action(council, audit=pinned_to_a_case(council))
    for key in ("auditor", "other_head"):
        person_id = council.people[key]
        action.parties.append(ActionParty(party=party, person_id=person_id))
    db.session.flush()
    assert auditor_to_hear(action) is None
    assert {each.name for each in deciders_of(action, now().date())} == {"Rhona Head"}
    withdrawing.ask(action, why=WHY, by=council.people["manager"], at=now())
    people = set(db.session.scalars(select(Notice.person_id)))
    assert not people & {council.people["auditor"], council.people["other_head"]}


# E5: a request that was refused is over; its words stay in the story, and another may be made.
def test_a_refused_request_is_over_and_its_words_stay(app, council, asked, client_for) -> None:
    auditor, head = (client_for(council.people[key]) for key in ("auditor", "other_head"))
    page = f"/tracker/{asked}"
    assert "has been asked what they think" not in auditor.get(f"{page}/say").text
    answer = auditor.submit(f"{page}/say", MOVES["say"], follow_redirects=True)
    assert "Thank you. Whoever decides reads what you think first." in answer.text
    answer = head.submit(f"{page}/keep", MOVES["keep"], follow_redirects=True)
    # Hugh Head saw the action because it waited for him: it leaves his list with his decision.
    assert "Decided: the action stays." in answer.text
    assert head.get(page).status_code == 404
    story = auditor.get(page).text
    for words in (WHY, SAID, STAYS, "Decided that the action stays"):
        assert words in story
    with app.app_context(), saving():
        action = db.session.get_one(Action, asked)
        assert (action.withdrawal_asked_at, action.withdrawal_asked_by) == (None, None)
        assert (action.withdrawal_why, action.auditor_said) == ("", "")
        withdrawing.ask(action, why="The child moved.", by=council.people["manager"], at=now())


# E5: the page of whoever decides shows who asked, why, and what the auditor said; a box to tick
# says that the auditor was heard, unless they have said it here.
def test_the_box_is_ticked_only_where_the_auditor_said_nothing(app, council, asked, client_for):
    head, box = client_for(council.people["other_head"]), "I have spoken with whoever audited"
    page = f"/tracker/{asked}/withdraw"
    shown = head.get(page).text
    for words in (box, "Manny Manager asked on", WHY, "has not said it here yet"):
        assert words in shown
    answer = head.submit(page, {"reason": "Twice."})
    assert "Confirm that you have heard the auditor" in answer.text
    client_for(council.people["auditor"]).submit(f"/tracker/{asked}/say", MOVES["say"])
    shown = head.get(page).text
    assert box not in shown
    assert "Ada Auditor, who audited the case, says:" in shown
    assert SAID in shown
    assert head.submit(page, {"reason": "Twice."}).status_code == 302
    assert _state(app, asked)[0] is S.WITHDRAWN


# E5: a withdrawal is listed with who asked and what the auditor said.
def test_the_assurance_page_lists_who_asked_and_what_the_auditor_said(
    app, council, asked, client_for
) -> None:
    with app.app_context(), saving():
        action = db.session.get_one(Action, asked)
        withdrawing.say(action, words=SAID, by=council.people["auditor"], at=now())
        withdrawing.withdraw(action, reason="Twice.", by=council.people["other_head"], at=now())
    page = client_for(council.people["director"]).get("/tracker/assurance").text
    for words in ("Twice.", "Manny Manager", WHY, SAID):
        assert words in page


# E5, E7: an action that came from a concern says that its withdrawal ends no concern.
def test_withdrawing_an_action_of_a_concern_says_that_the_concern_goes_on(
    app, council, asked, client_for
) -> None:
    with app.app_context(), saving():
        db.session.get_one(Action, asked).source = "concern"
    page = client_for(council.people["other_head"]).get(f"/tracker/{asked}/withdraw").text
    assert "Withdrawing the action does not end the concern" in page


def test_what_is_asked_stands_on_home_and_on_a_page_of_its_own(council, asked, client_for) -> None:
    head, auditor = (client_for(council.people[key]) for key in ("other_head", "auditor"))
    assert "1 withdrawal</strong> to decide" in head.get("/").text
    assert "Waiting for your decision" in head.get("/tracker/withdrawals").text
    assert "Say what you think" in auditor.get("/").text
    assert "Waiting for what you think" in auditor.get("/tracker/withdrawals").text
    for key in ("head", "manager", "director"):
        page = client_for(council.people[key]).get("/tracker/withdrawals").text
        assert ("Waiting for your decision" in page) is (key == "director"), key
    auditor.submit(f"/tracker/{asked}/say", MOVES["say"])
    assert "Nothing waits for you." in auditor.get("/tracker/withdrawals").text
    assert "Say what you think" not in auditor.get("/").text


# E5: what Home counts is what the page lists, whoever owns the action and in whichever service.
@pytest.mark.parametrize("owner", ["worker", "manager", "head", "other_head", "iro", "qa_lead"])
def test_as_many_wait_as_are_listed(context: Flask, council: Council, owner: str) -> None:
    action = an_action(council, owner=owner, by="auditor", audit=pinned_to_a_case(council))
    withdrawing.ask(action, why=WHY, by=council.people["auditor"], at=now())
    db.session.flush()
    today = now().date()
    for key, person_id in council.people.items():
        who = actor(person_id, today)
        listed = waiting_to_be_decided(who, today)
        assert db.session.scalar(select(count_to_decide(who))) == len(listed), key
        parties = parties_to(action, person_id, today)
        may = who.holds(Role.MODERATOR) and not withdrawal_bars(parties) and key != owner
        assert bool(listed) is may, key


def test_the_page_of_requests_costs_the_same_for_one_and_for_twenty(
    app: Flask, council: Council, client_for
) -> None:
    client, counts = client_for(council.people["director"]), []
    for rows in (1, 19):
        with app.app_context(), saving():
            for number in range(rows):
                owner = ("manager", "worker")[number % 2]
                action = an_action(council, owner=owner, audit=pinned_to_a_case(council))
                withdrawing.ask(action, why=WHY, by=council.people["qa_lead"], at=now())
        with count_queries(app) as asked:
            assert client.get("/tracker/withdrawals").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8, counts


# A8: a request written on a page that is not the newest any more is kept, and changes nothing.
def test_a_request_from_a_stale_page_keeps_its_words(app, council, asked, client_for) -> None:
    client = client_for(council.people["head"])
    token = client.token_in(client.get("/").text)
    stale = MOVES["ask-withdrawal"] | {"version": "1"}
    with app.app_context(), saving():
        action_id = an_action(council, S.IN_PROGRESS).id
    answer = client.send(f"/tracker/{action_id}/ask-withdrawal", stale, token=token)
    assert answer.status_code == 409
    assert f"{WHY}</textarea>" in answer.text
    assert _state(app, action_id)[1] is None
    # Somebody who asks again is told that it waits, and who asked.
    page = client.get(f"/tracker/{asked}/ask-withdrawal").text
    assert "You need not ask again." in page
    assert "Manny Manager asked on" in page


# CO-4: sent by twenty at once, a request stands once, and tells each person once.
def test_twenty_requests_at_once_make_one(app: Flask, council: Council) -> None:
    with app.app_context(), saving():
        action_id = an_action(council, audit=pinned_to_a_case(council)).id
    together, outcomes = threading.Barrier(20), []

    def ask_it() -> None:
        with app.app_context():
            together.wait()
            try:
                with saving():
                    action = db.session.get_one(Action, action_id)
                    withdrawing.ask(action, why=WHY, by=council.people["manager"], at=now())
                outcomes.append("asked")
            except (DomainError, StaleDataError):
                outcomes.append("refused")
            db.session.remove()

    threads = [threading.Thread(target=ask_it) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["asked"] + ["refused"] * 19
    with app.app_context():
        verbs = list(db.session.scalars(select(Event.verb)))
        assert verbs.count("action_withdrawal_asked") == 1
        subjects = list(db.session.scalars(select(Notice.subject)))
        assert sum(each.startswith("Decide whether") for each in subjects) == 2


# I1: what was asked and said is in no message, address, event or log.
def test_no_words_of_a_request_leave_the_tracker(app, council, client_for, caplog) -> None:
    with app.app_context(), saving():
        action_id = an_action(council, audit=pinned_to_a_case(council)).id
    for key, move in (
        ("manager", "ask-withdrawal"),
        ("auditor", "say"),
        ("other_head", "withdraw"),
    ):
        answer = client_for(council.people[key]).submit(f"/tracker/{action_id}/{move}", MOVES[move])
        assert answer.status_code == 302
        assert "zq" not in answer.headers["Location"]
    with app.app_context():
        told = [
            f"{n.subject} {n.body} {n.path} {n.key}" for n in db.session.scalars(select(Notice))
        ]
        noted = [f"{e.details}" for e in db.session.scalars(select(Event))]
    assert told
    assert noted
    assert not [text for text in [*told, *noted, caplog.text] if "zq" in text]
