"""A re-audit's own page, both audits side by side, and what an audit's page says of them (E8)."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, AuditParty, ReAuditAnswer
from qa_app.audits.services import Change
from qa_app.audits.services.reaudits import call_off
from qa_app.database import db, saving
from qa_app.domain.actions import Impact
from qa_app.domain.answers import VoiceOf
from qa_app.domain.permissions import Party
from qa_app.history import Event
from qa_app.tracker.models import ActionParty
from tests.audits.again import DUE, LATER, an_action_of, done_again, first_audit, given_again, write
from tests.audits.making import given
from tests.queries import count_queries

SECRET = "Said that nobody came"


@pytest.fixture
def pair(app, council):
    """(first audit's id, re-audit's id); the re-audit is begun."""
    with app.app_context(), saving():
        first = first_audit(council)
        return first.id, given_again(council, first).id


@pytest.fixture
def done(app, council):
    """(first audit's id, re-audit's id), both final."""
    with app.app_context(), saving():
        first = first_audit(council)
        return first.id, done_again(council, first).id


# E8: what the first audit found, what was done about it, and the question.
def test_the_page_shows_what_was_found_and_asks_what_became_of_it(app, council, client_for, pair):
    first_id, again_id = pair
    with app.app_context(), saving():
        an_action_of(council, db.session.get_one(Audit, first_id), Impact.SOME)
    page = client_for(council.people["auditor"]).get(f"/audits/{again_id}/since").text
    assert "A development" in page
    assert "What became of “Risk and safety”?" in page
    assert "Can no longer be put right" in page
    assert "Impact: some children" in page
    assert "completed on 18 November 2026" in page
    with app.app_context():
        read = select(Event.subject_id).where(Event.verb == "audit_viewed")
        assert {first_id, again_id} <= set(db.session.scalars(read))


# E8: it is a page of the way, with its gaps, and answers are saved like any box (A8).
def test_the_page_is_answered_like_any_other(app, council, client_for, pair):
    _, again_id = pair
    me = client_for(council.people["auditor"])
    tasks = me.get(f"/audits/{again_id}").text
    assert "Since the first audit" in tasks
    assert "look at practice from 19 November 2026 on" in tasks
    review = me.get(f"/audits/{again_id}/review").text
    assert "Say what became of “Risk and safety” since the first audit" in review
    assert f"/audits/{again_id}/since#since.risk.answer" in review
    sent = {"since.risk.answer": "cannot_be", "since.risk.note": "The visit was due in May"}
    path = f"/audits/{again_id}/since"
    page = me.get(path).text
    versions = {f"version:{name}": "0" for name in sent}
    answer = me.send(path, sent | versions | {"save": "1"}, token=me.token_in(page))
    assert answer.location.endswith("/findings")
    stale = me.send(
        path, sent | versions | {"since.risk.note": "Other words", "save": "1"},
        token=me.token_in(page),
    )  # fmt: skip
    assert stale.status_code == 409
    with app.app_context():
        assert [each.answer for each in db.session.scalars(select(ReAuditAnswer))] == ["cannot_be"]
        draft = Draft(db.session.get_one(Audit, again_id))
        assert draft.text("since.risk.note") == "The visit was due in May"


# A8: a note is saved while its page is open, too.
def test_a_note_is_saved_as_it_is_typed(app, council, client_for, pair):
    _, again_id = pair
    me = client_for(council.people["auditor"])
    token = me.token_in(me.get(f"/audits/{again_id}/since").text)
    for version, text in enumerate(("The visit", "The visit was made", "The visit was made twice")):
        answer = me.post(
            f"/audits/{again_id}/text",
            json={"field": "since.risk.note", "text": text, "version": version},
            headers={"X-CSRFToken": token},
        )
        assert answer.json["version"] == version + 1


# A5: what was said in confidence to the first auditor stays with them.
def test_what_was_said_in_confidence_stays_out(app, council, client_for, pair):
    first_id, again_id = pair
    with app.app_context(), saving():
        draft = Draft(db.session.get_one(Audit, first_id))
        draft.voices[VoiceOf.CHILD].said = SECRET
        draft.voices[VoiceOf.CHILD].in_confidence = True
    me = client_for(council.people["auditor"])
    assert SECRET not in me.get(f"/audits/{again_id}/since").text
    assert me.get(f"/audits/{first_id}").status_code == 404


# E1, M3: the re-auditor whom a concern is about, or who moderates the first blind, reads nothing of
# what it found.
@pytest.mark.parametrize("party", [Party.IMPLICATED, Party.BLIND_MODERATOR])
def test_what_is_kept_from_the_re_auditor_is_not_in_the_page(app, council, client_for, pair, party):
    first_id, again_id = pair
    me = council.people["auditor"]
    with app.app_context(), saving():
        db.session.add(AuditParty(audit_id=first_id, party=party, person_id=me, name="Ada"))
        action = an_action_of(council, db.session.get_one(Audit, first_id))
        db.session.add(ActionParty(action_id=action.id, party=party, person_id=me))
    page = client_for(me).get(f"/audits/{again_id}/since").text
    assert "is not shown to you" in page
    assert "A development" not in page
    assert "Actions of the first audit" not in page


# E8: only those who write the re-audit answer; an audit that is none has no such page.
@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("auditor", 200), ("qa_lead", 403), ("head", 404), ("other_auditor", 404),
        ("worker", 404), ("director", 404), ("viewer", 404), ("administrator", 404),
    ],
)  # fmt: skip
def test_only_its_auditor_answers(app, council, client_for, pair, key, status):
    _, again_id = pair
    me = client_for(council.people[key])
    assert me.get(f"/audits/{again_id}/since").status_code == status
    typed = {"since.risk.answer": "partly", "version:since.risk.answer": "0", "save": "1"}
    sent = me.send(f"/audits/{again_id}/since", typed)
    assert sent.status_code == (302 if key == "auditor" else status)
    with app.app_context():
        assert len(list(db.session.scalars(select(ReAuditAnswer)))) == (key == "auditor")


def test_other_audits_have_no_such_page(app, council, client_for):
    with app.app_context(), saving():
        audit_id = given(council).id
    me = client_for(council.people["other_auditor"])
    assert me.get(f"/audits/{audit_id}/since").status_code == 404
    assert me.get(f"/audits/{audit_id}/side-by-side").status_code == 404


# E8: grades shown side by side, with which way each moved, and what became of what was found.
def test_both_are_shown_side_by_side(app, council, client_for, done):
    first_id, again_id = done
    with app.app_context(), saving():
        an_action_of(council, db.session.get_one(Audit, first_id))
    me = client_for(council.people["qa_lead"])
    pages = [me.get(f"/audits/{each}/side-by-side").text for each in done]
    for page in pages:
        for words in ("Better", "Put right", "Inadequate", "Good", "Impact: not rated yet"):
            assert words in page
    for audit_id in done:
        assert f"/audits/{again_id}/side-by-side" in me.get(f"/audits/{audit_id}").text


# E8: for whoever reads both audits; the first auditor reads the first alone.
@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("qa_lead", 200), ("head", 200), ("director", 200), ("worker", 200),
        ("auditor", 404), ("other_auditor", 404), ("other_head", 404), ("viewer", 404),
        ("administrator", 404),
    ],
)  # fmt: skip
def test_side_by_side_is_for_those_who_read_both(council, client_for, done, key, status):
    me = client_for(council.people[key])
    for audit_id in done:
        found = me.get(f"/audits/{audit_id}/side-by-side").status_code
        assert found == status or (status == 404 and found == 403)


# E8: the draft of a re-audit shows no grades beside the first one's.
def test_a_draft_shows_no_grades_yet(app, council, client_for, pair):
    first_id, again_id = pair
    with app.app_context(), saving():
        write(db.session.get_one(Audit, again_id), "auditor", council, "outstanding")
    page = client_for(council.people["qa_lead"]).get(f"/audits/{first_id}/side-by-side").text
    assert "has not been submitted yet" in page
    assert "Outstanding" not in page


# E2: the first audit's page says until when, or why not.
def test_the_first_audit_says_what_is_owed(app, council, client_for):
    with app.app_context(), saving():
        first_id = first_audit(council).id
    lead = client_for(council.people["qa_lead"])
    page = lead.get(f"/audits/{first_id}").text
    assert f"to be audited again by {DUE.day} February 2027" in page
    assert "Give the re-audit" in page
    assert (
        "Give the re-audit"
        not in client_for(council.people["head"]).get(f"/audits/{first_id}").text
    )
    with app.app_context(), saving():
        first = db.session.get_one(Audit, first_id)
        call_off(first, "The case moved away", by=council.people["qa_lead"], at=LATER)
    assert "not audited again: The case moved away" in lead.get(f"/audits/{first_id}").text


# The pages cost no more with twenty actions than with one.
def test_no_page_costs_more_with_more_actions(app, council, client_for, done):
    first_id, again_id = done
    me = client_for(council.people["qa_lead"])
    counts = []
    for number in (1, 20):
        with app.app_context(), saving():
            for _ in range(number):
                an_action_of(council, db.session.get_one(Audit, first_id))
        with count_queries(app) as asked:
            me.get(f"/audits/{again_id}/side-by-side")
        counts.append(len(asked))
    assert counts[0] == counts[1]


# A8, A11: a note has its earlier versions, and is gone through for what may identify a child.
def test_a_note_has_versions_and_is_gone_through(app, council, client_for, pair):
    _, again_id = pair
    by = council.people["auditor"]
    texts = ("Seen on Monday, and the plan was changed on the same day", "Ring 020 7946 0018")
    for version, text in enumerate(texts):
        with app.app_context(), saving():
            audit = db.session.get_one(Audit, again_id)
            at = LATER + timedelta(days=version)
            services.save_fields(audit, [Change("since.risk.note", text, version)], by, at)
    me = client_for(by)
    page = me.get(f"/audits/{again_id}/since").text
    [earlier] = re.findall(r'href="([^"]*versions[^"]*)"', page)
    assert "Risk and safety: what became of it" in me.get(earlier).text
    gone_through = me.get(f"/audits/{again_id}/identifying").text
    assert "Risk and safety: what became of it" in gone_through
    assert f"/audits/{again_id}/since" in gone_through
