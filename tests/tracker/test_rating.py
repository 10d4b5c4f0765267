"""The impact rating beside an action's word (E9)."""

import pytest
from flask import Flask

from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionStatus, Impact
from qa_app.history import Event
from qa_app.tracker import services
from qa_app.tracker.models import Action
from qa_app.tracker.queries.story import evidence, story
from qa_app.tracker.services.rating import CannotBeRated, rate
from tests.council import Council
from tests.pages import Page
from tests.tracker.doing import as_read, help_with
from tests.tracker.factory import an_action, move_to

S = ActionStatus


# E9: rated once it was done, verified or not; never what was withdrawn.
@pytest.mark.parametrize("impact", list(Impact))
@pytest.mark.parametrize("status", [each for each in S if each is not S.CLOSED])
def test_when_it_is_rated(
    context: Flask, council: Council, status: ActionStatus, impact: Impact
) -> None:
    with saving():
        action = an_action(council, status)
    shown = evidence(action)
    if status not in (S.DONE, S.VERIFIED):
        with pytest.raises(CannotBeRated):
            rate(action, impact=impact, by=council.people["head"], at=now())
        return
    with saving():
        rate(
            action, impact=impact, note="A dip sample of ten.", by=council.people["head"], at=now()
        )
    db.session.refresh(action)
    assert (action.impact, action.status, evidence(action)) == (impact, status, shown)
    event = db.session.query(Event).filter_by(verb="action_impact_rated").one()
    assert event.details == {"impact": impact.words.lower()}
    newest = story(action)[0]
    assert newest.sentence == f"Rated the impact: {impact.words.lower()}"
    assert newest.note == "A dip sample of ten."


# E9: it can be changed, and the story keeps what it was.
def test_a_rating_can_be_changed(context: Flask, council: Council) -> None:
    head = council.people["head"]
    with saving():
        action = an_action(council, S.DONE)
        rate(action, impact=Impact.UNTESTED, by=head, at=now())
    with pytest.raises(CannotBeRated):
        rate(action, impact=Impact.UNTESTED, by=head, at=now())
    with saving():
        rate(action, impact=Impact.MOST, by=council.people["qa_lead"], at=now())
    sentences = [each.sentence for each in story(action)]
    assert sentences.index("Rated the impact: most children") < sentences.index(
        "Rated the impact: untested"
    )


# E9: never by those who did it: its owner, whoever covers for them, and those who helped.
@pytest.mark.parametrize("who", ["manager", "auditor", "chair"])
def test_those_who_did_it_do_not_rate_it(context: Flask, council: Council, who: str) -> None:
    action = an_action(council)
    action.covered_by = council.people["auditor"]
    help_with(council, action, "chair")
    move_to(council, action, S.DONE, now())
    with pytest.raises(services.NotAllowed):
        rate(action, impact=Impact.MOST, by=council.people[who], at=now())


# E9: nor by whoever marked it done, though somebody else has it now.
def test_whoever_marked_it_done_does_not_rate_it(context: Flask, council: Council) -> None:
    action = an_action(council, S.DONE, owner="head")
    action.owner_id = council.people["manager"]
    db.session.flush()
    with pytest.raises(services.NotAllowed):
        rate(action, impact=Impact.MOST, by=council.people["head"], at=now())
    rate(action, impact=Impact.MOST, by=council.people["director"], at=now())


def test_the_page(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        action_id = an_action(council, S.DONE).id
    client = client_for(council.people["head"])
    page = f"/tracker/{action_id}/impact"
    shown = as_read(client.get(page).text)
    for each in Impact:
        assert each.words in shown
    assert "Nobody has looked yet whether children are better off." in shown
    answer = client.submit(page, {"impact": ""})
    assert "Select for how many children it has made a difference" in answer.text
    answer = client.submit(page, {"impact": "some", "note": "Asked them."}, follow_redirects=True)
    assert "Impact rated: some children." in answer.text
    assert "Impact: some children</p>" in answer.text
    assert "Asked them." in answer.text
    assert ". Impact: some children" in as_read(client.get("/tracker/").text)
    # What it has already is chosen; choosing it again says so beside the question.
    inputs = Page(client.get(page).text, 200).root.iter("input")
    assert [each.get("value") for each in inputs if each.get("checked") is not None] == ["some"]
    answer = client.submit(page, {"impact": "some"})
    assert answer.status_code == 400
    assert "Select another rating: it has this one already" in answer.text
    with app.app_context():
        assert db.session.get_one(Action, action_id).impact is Impact.SOME
