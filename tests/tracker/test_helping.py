"""Several people through one lead, and the partner agency that takes part (E3, E4)."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app.accounts.queries import actor
from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Party, Permission, allowed
from qa_app.history import Event
from qa_app.notify.models import Notice
from qa_app.tracker import queries, services
from qa_app.tracker.models import Action, ActionParty
from qa_app.tracker.queries.helping import helpers_of
from qa_app.tracker.queries.story import story
from qa_app.tracker.services.helping import CannotHelp, remove_helper, set_partner
from tests.council import Council
from tests.queries import count_queries
from tests.tracker.doing import as_read, help_with, person
from tests.tracker.factory import an_action, move_to, pinned_to_a_case

S = ActionStatus
TODAY = london_date(now())


def names_of(action: Action) -> list[str]:
    return [each.name for each in helpers_of(action)]


# E3: a helper is told, sees the action and can note how it goes; the owner leads it.
def test_a_helper_sees_the_action_and_does_not_lead_it(context: Flask, council: Council) -> None:
    with saving():
        action = an_action(council, audit=pinned_to_a_case(council))
        help_with(council, action, "iro")
    assert names_of(action) == ["Iris Reviewer"]
    iro = actor(council.people["iro"], TODAY)
    may = {each for each in Permission if allowed(each, iro, action.permission_subject())}
    assert {Permission.ACTION_READ, Permission.ACTION_NOTE} <= may
    doing = {Permission.ACTION_WORK, Permission.ACTION_SHARE, Permission.ACTION_RATE}
    assert not doing & may
    with pytest.raises(services.NotAllowed):
        services.start(action, by=iro.person_id, at=now())
    (notice,) = db.session.query(Notice).filter_by(person_id=iro.person_id)
    assert notice.subject == f"You were asked to help with action {action.reference}"
    event = db.session.query(Event).filter_by(verb="action_helper_added").one()
    assert event.details == {"people": [str(iro.person_id)]}
    newest = story(action)[0]
    assert (newest.sentence, newest.note) == ("Added somebody who helps", "Iris Reviewer")


@pytest.mark.parametrize(
    ("who", "because"),
    [
        # E3: the owner leads, and is no helper; nor is whoever covers for them
        ("manager", "Manny Manager owns this action: enter somebody else"),
        ("auditor", "Ada Auditor covers for the owner of this action: enter somebody else"),
        ("chair", "Cleo Chair helps with this action already"),
        # E4: nobody verifies what they helped to do
        ("head", "Hetty Head is asked to verify this action once it is done, and nobody verifies"),
        # M3, E1: somebody kept from the action, without a word on why
        ("review_head", "Rhona Head cannot help with this action: enter somebody else"),
        ("iro", "Iris Reviewer cannot help with this action: enter somebody else"),
    ],
)
def test_who_cannot_help(context: Flask, council: Council, who: str, because: str) -> None:
    action = an_action(council)
    action.covered_by = council.people["auditor"]
    for key, party in (("review_head", Party.BLIND_MODERATOR), ("iro", Party.IMPLICATED)):
        action.parties.append(ActionParty(party=party, person_id=council.people[key]))
    db.session.flush()
    help_with(council, action, "chair")
    with pytest.raises(CannotHelp) as refused:
        help_with(council, action, who)
    assert refused.value.message.startswith(because)
    assert refused.value.field == "owner"
    assert names_of(action) == ["Cleo Chair"]


# E4: a priority action is verified by heads outside the service: none of them helps with it.
def test_those_who_are_to_verify_a_priority_action_cannot_help(
    context: Flask, council: Council
) -> None:
    action = an_action(council, kind=ActionKind.PRIORITY)
    with pytest.raises(CannotHelp):
        help_with(council, action, "other_head")
    help_with(council, action, "head")
    assert names_of(action) == ["Hetty Head"]


# E4: somebody who helped never verifies it, though they could verify any other.
def test_a_helper_never_verifies(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        action = an_action(council)
        action_id = action.id
        help_with(council, action, "director")
        move_to(council, action, S.DONE, now())
        director = actor(council.people["director"], TODAY)
        assert queries.waiting_for_verification_by(director, TODAY) == []
        with pytest.raises(services.NotAllowed):
            services.verify(action, by=council.people["director"], at=now())
    client = client_for(council.people["director"])
    sentence = "Dora Director does this action with its owner, so cannot verify it."
    shown = client.get(f"/tracker/{action_id}").text
    assert sentence in shown
    token = client.token_in(client.get("/account").text)
    answer = client.send(f"/tracker/{action_id}/verify", {"decision": "verified"}, token=token)
    assert answer.status_code == 409
    assert sentence in answer.text
    with app.app_context():
        assert db.session.get_one(Action, action_id).status is S.DONE
        # E4: that they tried is kept.
        assert db.session.query(Event).filter_by(verb="refused").count() == 1


@pytest.mark.parametrize("status", [S.DONE, S.VERIFIED, S.WITHDRAWN])
def test_who_helped_is_fixed_once_it_is_done(
    context: Flask, council: Council, status: ActionStatus
) -> None:
    action = an_action(council)
    help_with(council, action, "chair")
    move_to(council, action, status, now())
    chair, by = council.people["chair"], council.people["manager"]
    with pytest.raises(CannotHelp):
        help_with(council, action, "iro")
    with pytest.raises(CannotHelp):
        remove_helper(action, person_id=chair, by=by, at=now())
    with pytest.raises(CannotHelp):
        set_partner(action, partner="A school", by=by, at=now())


def test_taking_somebody_off(context: Flask, council: Council) -> None:
    chair, by = council.people["chair"], council.people["manager"]
    action = an_action(council)
    help_with(council, action, "chair")
    assert remove_helper(action, person_id=chair, by=by, at=now())
    assert names_of(action) == []
    assert not allowed(Permission.ACTION_READ, actor(chair, TODAY), action.permission_subject())
    assert not remove_helper(action, person_id=chair, by=by, at=now())
    subjects = [row.subject for row in db.session.query(Notice).filter_by(person_id=chair)]
    assert f"You no longer help with action {action.reference}" in subjects
    # They can be asked again.
    help_with(council, action, "chair")
    assert names_of(action) == ["Cleo Chair"]


# E3: whoever comes to own it is no helper of their own.
def test_a_helper_who_comes_to_own_it(context: Flask, council: Council) -> None:
    action = an_action(council)
    help_with(council, action, "chair")
    help_with(council, action, "iro")
    services.reassign(
        action, owner=person(council, "chair"), reason="Left.",
        by=council.people["director"], at=now(),
    )  # fmt: skip
    assert names_of(action) == ["Iris Reviewer"]


# Two at once: the table has one row of them, and the second is told.
def test_the_same_helper_at_once(context: Flask, council: Council) -> None:
    action = an_action(council)
    db.session.flush()
    assert action.parties == []
    chair = council.people["chair"]
    db.session.execute(
        ActionParty.__table__.insert().values(
            id=chair, action_id=action.id, party=Party.HELPER, person_id=chair
        )
    )
    with pytest.raises(CannotHelp):
        help_with(council, action, "chair")
    rows = db.session.scalars(select(ActionParty.person_id).filter_by(action_id=action.id)).all()
    assert rows == [chair]


def test_the_partner_agency(context: Flask, council: Council) -> None:
    by = council.people["manager"]
    with saving():
        action = an_action(council)
        set_partner(action, partner=" A school ", by=by, at=now())
    assert action.partner_agency == "A school"
    with pytest.raises(CannotHelp):
        set_partner(action, partner="A school", by=by, at=now())
    with saving():
        set_partner(action, partner="", by=by, at=now())
    notes = [each.note for each in story(action) if "partner" in each.sentence]
    assert notes == ["From A school to Nobody.", "From Nobody to A school."]


def test_the_pages(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        action_id = an_action(council).id
    client = client_for(council.people["manager"])
    page = f"/tracker/{action_id}/helpers"
    assert "Nobody helps yet." in client.get(page).text
    answer = client.submit(page, {"owner": "nobody of this name"})
    assert "Nobody with an account matches" in answer.text
    assert "Select which person you mean" in client.submit(page, {"owner": "auditor"}).text
    which = str(council.people["auditor"])
    answer = client.submit(page, {"owner": "auditor", "which": which}, follow_redirects=True)
    assert "Ada Auditor helps with this action now, and has been told." in answer.text
    answer = client.submit(page, {"owner": "Manny"})
    assert answer.status_code == 400
    assert "Manny Manager owns this action: enter somebody else" in answer.text
    shown = as_read(client.get(f"/tracker/{action_id}").text)
    assert "Who helps Ada Auditor" in shown
    assert "More that you can do" in shown
    answer = client.submit(f"/tracker/{action_id}/partner", {"partner": "A school"})
    assert answer.status_code == 302
    assert "Partner agency A school" in as_read(client.get(f"/tracker/{action_id}").text)
    assert "A school takes part." in as_read(client.get(page).text)
    assert 'value="A school"' in client.get(f"/tracker/{action_id}/partner").text
    stop = f"{page}/{which}/stop"
    answer = client.send(stop, follow_redirects=True)
    assert "Taken off this action. They have been told." in answer.text
    answer = client.send(stop, follow_redirects=True)
    assert "They do not help with this action any more." in answer.text


def test_a_helper_finds_it_among_their_own(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        action = an_action(council, due_on=date(2099, 1, 5))
        help_with(council, action, "iro")
        path = f"/tracker/{action.id}"
    client = client_for(council.people["iro"])
    assert path in client.get("/tracker/?mine=y").text
    assert "Add a progress note" in client.get(path).text
    assert client.get(f"{path}/helpers").status_code == 403


# What waits for somebody's verification costs the same for one action and for many.
def test_what_waits_to_be_verified_costs_the_same(app: Flask, council: Council) -> None:
    counts = []
    for rows in (1, 9):
        with app.app_context(), saving():
            for _ in range(rows):
                action = an_action(council)
                help_with(council, action, "chair")
                move_to(council, action, S.DONE, now())
        with app.app_context():
            director = actor(council.people["director"], TODAY)
            with count_queries(app) as asked:
                queries.waiting_for_verification_by(director, TODAY)
        counts.append(len(asked))
    assert counts[0] == counts[1]
