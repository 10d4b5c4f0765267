"""Other ladders that a matter is on: noted with their reference, counted apart, never added."""

import pytest
from flask import Flask
from sqlalchemy import true

from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionStatus
from qa_app.history import Event
from qa_app.notify.models import Notice
from qa_app.tracker.models import Action, OtherLadder, OtherLadderKind
from qa_app.tracker.queries.otherladders import counted, ladder_of, noted_on
from qa_app.tracker.services.linking import NotALadder, end_ladder, note_ladder
from qa_app.tracker.services.noting import NoLongerNoted
from tests.council import Council
from tests.queries import count_queries
from tests.tracker.doing import as_read
from tests.tracker.factory import an_action

S = ActionStatus
DISPUTE, PARTNERSHIP = OtherLadderKind.IRO_DISPUTE, OtherLadderKind.PARTNERSHIP


def note(council: Council, action: Action, reference: str, rung: int, kind=DISPUTE) -> OtherLadder:
    return note_ladder(
        action, kind=kind, reference=reference, rung=rung, by=council.people["chair"], at=now()
    )


def standing(action: Action) -> list[tuple[str, str, bool]]:
    return [(each.row.reference, each.step, each.stands) for each in noted_on(action.id)]


# A further stage is another row; the newest stands, until it has ended.
def test_the_newest_step_stands_until_it_ends(context: Flask, council: Council) -> None:
    action = an_action(council)
    note(council, action, "D-2023-1", 1)
    newest = note(council, action, "D-2023-1", 3)
    note(council, action, "ESC/9", 2, PARTNERSHIP)
    assert standing(action) == [("ESC/9", "Level 2", True), ("D-2023-1", "Stage 3", True)]
    assert db.session.query(OtherLadder).count() == 3
    for rung in (1, 2, 3):
        with pytest.raises(NotALadder):
            note(council, action, "D-2023-1", rung)
    end_ladder(action, row=newest, by=council.people["chair"], at=now())
    assert standing(action) == [("ESC/9", "Level 2", True), ("D-2023-1", "Stage 3", False)]
    with pytest.raises(NotALadder):
        end_ladder(action, row=newest, by=council.people["chair"], at=now())
    # Taken up again at a stage at which it never was; at one where it was, that is said.
    with pytest.raises(NotALadder):
        note(council, action, "D-2023-1", 3)
    note(council, action, "D-2023-1", 4)
    assert standing(action)[0] == ("D-2023-1", "Stage 4", True)


def test_the_history_and_the_owner_are_told(context: Flask, council: Council) -> None:
    action = an_action(council)
    row = note(council, action, "D-2023-1", 2)
    end_ladder(action, row=row, by=council.people["chair"], at=now())
    db.session.commit()
    sentences = [
        event.sentence
        for event in db.session.query(Event).filter(Event.verb.startswith("other_ladder"))
    ]
    assert sentences == [
        "Noted a dispute raised by the independent reviewing officer, stage 2",
        "The dispute raised by the independent reviewing officer has ended",
    ]
    owner = council.people["manager"]
    subjects = [each.subject for each in db.session.query(Notice).filter_by(person_id=owner)]
    assert f"Action {action.reference} is on another ladder too" in subjects


# A reference has a figure in it, and nothing that may identify a child or a family (A11).
@pytest.mark.parametrize(
    "reference",
    ["Kayden Smith", "KaydenSmith", "", "Smith 3", "943-476-5919", "a@b1.example", "x" * 60 + "1"],
)
def test_what_is_no_reference(context: Flask, council: Council, reference: str) -> None:
    action = an_action(council)
    with pytest.raises(NotALadder) as refused:
        note(council, action, reference, 1)
    assert refused.value.field == "reference"


@pytest.mark.parametrize("rung", [-1, 0, 10])
def test_what_is_no_step(context: Flask, council: Council, rung: int) -> None:
    with pytest.raises(NotALadder) as refused:
        note(council, an_action(council), "D-1", rung)
    assert refused.value.field == "rung"


@pytest.mark.parametrize("status", [S.VERIFIED, S.WITHDRAWN])
def test_nothing_more_is_noted_on_what_is_settled(
    context: Flask, council: Council, status: ActionStatus
) -> None:
    with pytest.raises(NoLongerNoted):
        note(council, an_action(council, status), "D-1", 1)


# Counted apart: each reference once, at the highest step that is noted of it, by kind and step.
def test_the_count_of_other_ladders(context: Flask, council: Council) -> None:
    first, second = an_action(council), an_action(council, owner="worker")
    assert counted(true()) == []
    note(council, first, "D-1", 1)
    note(council, second, "D-1", 2)
    note(council, first, "D-2", 2)
    note(council, first, "D-1", 2, PARTNERSHIP)
    ended = note(council, second, "D-3", 1)
    end_ladder(second, row=ended, by=council.people["chair"], at=now())
    assert counted(true()) == [(DISPUTE, 2, 2), (PARTNERSHIP, 2, 1)]
    # Of what the reader sees.
    assert counted(Action.owner_id == council.people["worker"]) == [(DISPUTE, 2, 1)]


def test_a_row_of_another_action_is_none_of_this(context: Flask, council: Council) -> None:
    first, second = an_action(council), an_action(council)
    row = note(council, first, "D-1", 1)
    assert ladder_of(first.id, row.id) is row
    assert ladder_of(second.id, row.id) is None


def test_the_pages(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        action_id = an_action(council).id
        other_id = an_action(council).id
    client = client_for(council.people["head"])
    page = f"/tracker/{action_id}/other-ladders"
    for message in (
        "Select which other ladder it is on",
        "Enter the reference that the other ladder uses",
        "Enter which stage or level it has reached",
    ):
        assert message in client.submit(page, {}).text
    data = {"kind": "iro_dispute", "reference": "Kayden", "rung": "2"}
    answer = client.submit(page, data)
    assert answer.status_code == 400
    assert "It must not identify a child or family" in answer.text
    assert 'value="Kayden"' in answer.text
    answer = client.submit(page, data | {"reference": "D-2023-14"}, follow_redirects=True)
    assert "Noted: D-2023-14, stage 2." in answer.text
    assert "must be a whole number" in client.submit(page, data | {"rung": "two"}).text
    shown = as_read(client.get(f"/tracker/{action_id}").text)
    assert "On other ladders too" in shown
    assert "Dispute raised by the independent reviewing officer, D-2023-14: stage 2." in shown
    with app.app_context():
        row_id = db.session.query(OtherLadder).one().id
    assert client.send(f"/tracker/{other_id}/other-ladders/{row_id}/end").status_code == 404
    answer = client.send(f"{page}/{row_id}/end", follow_redirects=True)
    assert "Noted: D-2023-14 has ended." in answer.text
    assert "D-2023-14: ended on" in as_read(answer.text)
    assert client.send(f"{page}/{row_id}/end").status_code == 409


# The assurance page has them apart, and adds them to nothing.
def test_the_assurance_page_counts_them_apart(app: Flask, council: Council, client_for) -> None:
    client = client_for(council.people["director"])
    assert "no partnership escalation is noted" in client.get("/tracker/assurance").text
    with app.app_context(), saving():
        action = an_action(council)
        note(council, action, "D-1", 2)
        note(council, action, "ESC-1", 1, PARTNERSHIP)
    shown = as_read(client.get("/tracker/assurance").text)
    assert "Dispute raised by the independent reviewing officer, stage 2 1" in shown
    assert "Partnership escalation, level 1 1" in shown
    assert "0 outstanding priority actions and 1 action outstanding in all" in shown


# An action's page costs the same with one ladder and with several.
def test_the_action_page_costs_the_same(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        action_id = an_action(council).id
    client = client_for(council.people["head"])
    counts = []
    for numbers in (range(1), range(1, 9)):
        with app.app_context(), saving():
            for number in numbers:
                note(council, db.session.get_one(Action, action_id), f"D-{number}", 1)
        with count_queries(app) as asked:
            client.get(f"/tracker/{action_id}")
        counts.append(len(asked))
    assert counts[0] == counts[1]
