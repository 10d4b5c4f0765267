"""What a moderator types is kept as they go (A8), is theirs alone, and ends with the moderation."""

import json
from collections.abc import Callable
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import inspect, select

from qa_app import history
from qa_app.accounts.models import SignInSession
from qa_app.audits.models import Audit
from qa_app.database import db, now, saving
from qa_app.history import Event
from qa_app.moderation import services
from qa_app.moderation.models import Moderation, ModerationStage, ModerationState
from tests.council import Council
from tests.moderation.blind_world import MODERATOR, first_grades, taken, taken_blind
from tests.moderation.factory import AGREE_WITH_ALL, a_submitted_audit, agreeing
from tests.moderation.tabs import Tab, asked_about
from tests.queries import count_queries

CANARY = "zebrafinch"
TEXT = f"On 3 May: “{CANARY}” & <b>twice</b>\n\n\U0001f9f8 Später."
BOXES = ("feedback", "overall_words", "plan_words", "limit_reason")


@pytest.fixture
def address(app: Flask, council: Council) -> str:
    """The address of a moderation that has just begun."""
    with app.app_context(), saving():
        moderation = taken(council, a_submitted_audit(council))
        db.session.flush()
        return f"/moderation/{moderation.id}"


@pytest.fixture
def tab(council: Council, client_for, address: str) -> Callable[..., Tab]:
    """tab() → the moderator's page, opened once more."""
    return lambda key=MODERATOR: Tab(client_for(council.people[key]), address)


def _moderation() -> Moderation:
    return db.session.query(Moderation).one()


def _stored(app: Flask) -> dict[str, str]:
    with app.app_context():
        return dict(_moderation().draft)


# --- As it is typed


# A8: each box by itself, and the page is filled from it when it is opened again.
def test_a_box_is_saved_and_is_there_when_the_page_is_opened_again(app: Flask, tab) -> None:
    me = tab()
    for name in ("feedback", "overall_words", "plan_words"):
        me[name].text = f"{TEXT} {name}"
        assert me.autosave(name).status_code == 200
    me["agreement"].text, me["except_for"].text = "except", "risk,plan"
    me["plan_grade"].text, me["opened_record"].text = "inadequate", "y"
    for name in ("agreement", "except_for", "plan_grade", "opened_record"):
        answer = me.autosave(name)
        assert answer.json.keys() == {"version", "saved_at"}
    again = tab()
    for name in me.boxes:
        assert again[name].text == me[name].text, name
    with app.app_context():
        moderation = _moderation()
        assert moderation.draft_version == 7
        assert moderation.draft_saved_at is not None


# A8, CO-1: a box that was saved somewhere else is refused with both texts; other boxes are not.
def test_a_stale_save_gets_both_texts(app: Flask, tab) -> None:
    one, other = tab(), tab()
    one["feedback"].text = "Theirs"
    one.autosave("feedback")
    other["plan_words"].text = "Another box"
    assert other.autosave("plan_words").status_code == 200
    other["feedback"].text = "Mine"
    answer = other.autosave("feedback")
    assert answer.status_code == 409
    assert (answer.json["theirs"], answer.json["yours"]) == ("Theirs", "Mine")
    assert _stored(app)["feedback"] == "Theirs"
    other.choose("feedback", "both")
    assert other.autosave("feedback").status_code == 200
    assert _stored(app)["feedback"] == "Theirs\n\nMine"


# A8: an answer that never came is no conflict, and what is saved twice is saved once.
def test_saving_the_same_again_is_no_conflict(app: Flask, tab) -> None:
    me = tab()
    me["feedback"].text = TEXT
    version = me["feedback"].version
    me.autosave("feedback")
    me["feedback"].version = version
    assert me.autosave("feedback").status_code == 200
    with app.app_context():
        assert _moderation().draft_version == 1


# A8: a box that is sent as it came learns nothing of what was saved in it meanwhile, so that what
# is typed next in it is not taken for written over that.
def test_a_box_sent_as_it_came_covers_nothing_later(app: Flask, tab) -> None:
    one, other = tab(), tab()
    one["feedback"].text = "Theirs"
    one.autosave("feedback")
    assert other.autosave("feedback").status_code == 200
    assert _stored(app)["feedback"] == "Theirs"
    assert other.press_later().status_code == 302
    other["feedback"].text = "Mine"
    assert other.autosave("feedback").status_code == 409
    assert _stored(app)["feedback"] == "Theirs"


NO_SAVE = {
    "a word": ("feedback", 400),
    "a list": ([1], 400),
    "no text": ({"field": "feedback", "version": 0}, 400),
    "a text that is none": ({"field": "feedback", "text": 1, "version": 0}, 400),
    "a version that is none": ({"field": "feedback", "text": "x", "version": "0"}, 400),
    "a version that is true": ({"field": "feedback", "text": "x", "version": True}, 400),
    # AZ-5: what is no box of the form, by name or beside it
    "a column": ({"field": "state", "text": "committed", "version": 0}, 400),
    "an inner name": ({"field": "__class__", "text": "x", "version": 0}, 400),
    "a section there is not": ({"field": "none_words", "text": "x", "version": 0}, 400),
    "something beside": (
        {"field": "feedback", "text": "x", "version": 0, "state": "committed"}, 400,
    ),
    "the whole draft": ({"version": 0, "fields": {"feedback": "x"}, "draft": {}}, 400),
    # IN-5
    "too long": ({"field": "feedback", "text": "x" * 20_001, "version": 0}, 413),
}  # fmt: skip


@pytest.mark.parametrize("what", NO_SAVE)
def test_what_is_no_box_is_refused(app: Flask, tab, what: str) -> None:
    content, status = NO_SAVE[what]
    with app.app_context():
        before = _row()
    answer = tab().post(content)
    assert answer.status_code == status
    assert answer.is_json
    with app.app_context():
        assert _row() == before


def _row() -> dict[str, object]:
    moderation = _moderation()
    return {each.key: getattr(moderation, each.key) for each in inspect(Moderation).column_attrs}


def test_garbage_is_refused(app: Flask, tab) -> None:
    me = tab()
    headers = {"X-CSRFToken": me.token, "Content-Type": "application/json"}
    for body in (b"", b"{", b"\xff\x00", b'{"field": "feedback", "field": []}'):
        answer = me.client.post(f"{me.address}/draft", data=body, headers=headers)
        assert answer.status_code == 400, body
    assert _stored(app) == {}


# IN-5: what no database can hold is left out, line breaks are the same on every system.
def test_odd_characters_are_cleaned_and_the_rest_is_kept(app: Flask, tab) -> None:
    me = tab()
    me["feedback"].text = " a\x00b\r\nc\ud800d  \u202eא "
    assert me.autosave("feedback").status_code == 200
    assert _stored(app)["feedback"] == "ab\ncd  \u202eא"


# A draft may be longer than what is taken in the end, and is told so then.
def test_a_long_draft_is_kept_and_refused_at_the_end(app: Flask, tab) -> None:
    me = tab()
    me["feedback"].text = "x" * 4_001
    assert me.autosave("feedback").status_code == 200
    answer = me.press_finish()
    assert "must be 4,000 characters or fewer; it has 4,001" in answer.text
    assert len(tab()["feedback"].text) == 4_001


# --- Whose it is


@pytest.mark.parametrize(
    ("key", "status"),
    [
        # I2: who may read the audit, and did not take it
        ("auditor", 403), ("qa_lead", 403), ("head", 403),
        # AZ-3: who may not even see it
        ("review_head", 404), ("viewer", 404), ("administrator", 404),
    ],
)  # fmt: skip
def test_nobody_else_saves_or_sees_it(
    app: Flask, council: Council, client_for, tab, address: str, key: str, status: int
) -> None:
    me = tab()
    me["feedback"].text = TEXT
    me.autosave("feedback")
    client = client_for(council.people[key])
    assert client.get(address).status_code == status
    token = client.token_in(client.get("/account").text)
    headers = {"X-CSRFToken": token}
    content = {"field": "feedback", "text": "Mine now", "version": 0}
    answer = client.post(f"{address}/draft", json=content, headers=headers)
    assert answer.status_code == status
    assert CANARY not in answer.text
    assert client.send(f"{address}/draft", {"feedback": "x"}, token=token).status_code == status
    assert _stored(app) == {"feedback": TEXT}


# M5: the first moderator is a party to the audit still, and none to the second moderation.
def test_the_first_moderator_sees_nothing_of_the_seconds_draft(
    app: Flask, council: Council, client_for, address: str
) -> None:
    with app.app_context(), saving():
        moderation = _moderation()
        moderation.stage = ModerationStage.SECOND
        moderation.moderator_id = council.people["director"]
        moderation.draft = {"feedback": TEXT}
    client = client_for(council.people[MODERATOR])
    answer = client.get(address)
    assert answer.status_code == 302
    token = client.token_in(client.get("/account").text)
    headers = {"X-CSRFToken": token}
    content = {"field": "feedback", "text": "x", "version": 0}
    assert client.post(f"{address}/draft", json=content, headers=headers).status_code == 409
    assert _stored(app) == {"feedback": TEXT}


# IN-7: a draft is case content.
def test_a_draft_is_in_no_log_event_or_notice(
    app: Flask, council: Council, client_for, tab, caplog
) -> None:
    me = tab()
    for name in BOXES[:3]:
        me[name].text = TEXT
        me.autosave(name)
    me.press_later()
    me.post({"field": CANARY, "text": CANARY, "version": 0})
    assert CANARY not in caplog.text
    with app.app_context():
        details = [json.dumps(each) for each in db.session.scalars(select(Event.details))]
        assert CANARY not in " ".join(details)
        sentences = [each.sentence for each in history.timeline(audit_id=_moderation().audit_id)]
        assert not any("draft" in each.lower() for each in sentences)
    for key in ("auditor", "qa_lead", "head"):
        client = client_for(council.people[key])
        with app.app_context():
            audit_id = _moderation().audit_id
        for path in (f"/audits/{audit_id}", f"/moderation/audits/{audit_id}", "/", "/notices"):
            assert CANARY not in client.get(path).text, (key, path)


# --- How it ends


def _finish(moderation: Moderation) -> None:
    services.commit(
        moderation, agreeing(moderation.audit), opened_record=True, feedback="Clear.",
        by=moderation.moderator_id, at=now(),
    )  # fmt: skip


ENDS = {
    "finished": _finish,
    "given back": lambda each: services.release(each, by=each.moderator_id, at=now()),
    "returned": lambda each: setattr(each, "state", ModerationState.RETURNED),
}


@pytest.mark.parametrize("how", ENDS)
def test_the_draft_ends_with_the_moderation(app: Flask, tab, how: str) -> None:
    me = tab()
    me["feedback"].text = TEXT
    me.autosave("feedback")
    with app.app_context(), saving():
        ENDS[how](_moderation())
    assert _stored(app) == {}
    # CO-5: what is typed late changes nothing, and is given back.
    me["feedback"].text = f"{TEXT} late"
    status = 404 if how == "given back" else 409
    assert me.autosave("feedback").status_code == status
    for answer in (me.press_later(), me.press_finish()):
        assert answer.status_code == status
        assert how == "given back" or "late" in answer.text
    assert _stored(app) == {}


# M3: what was typed before the auditor's grades were shown was for other boxes.
def test_revealing_ends_what_was_typed_before(app: Flask, council: Council) -> None:
    _, moderation_id = taken_blind(app, council)
    with app.app_context(), saving():
        moderation = db.session.get_one(Moderation, moderation_id)
        moderation.draft = {"plan_grade": "good"}
        db.session.flush()
        services.commit_first(
            moderation, first_grades(moderation), by=moderation.moderator_id, at=now()
        )
        assert moderation.draft == {}


# --- Without scripts


# AC-9: nothing is checked, nothing is lost, and one goes on later.
def test_save_for_later(app: Flask, tab) -> None:
    me = tab()
    me["agreement"].text, me["except_for"].text = "except", "plan"
    me["plan_words"].text = TEXT
    answer = me.press_later()
    assert answer.status_code == 302
    assert answer.location == "/moderation/"
    assert "Only you can read it." in me.client.get("/moderation/").text
    again = tab()
    assert again["plan_words"].text == TEXT
    assert (again["agreement"].text, again["except_for"].text) == ("except", "plan")
    assert _stored(app).keys() == {"agreement", "except_for", "plan_words"}
    again["except_for"].text = ""
    again.press_later()
    assert tab()["except_for"].text == ""


# A8, CO-1: two tabs without scripts: what was not touched asks nothing, what clashes is shown.
def test_two_tabs_without_scripts(app: Flask, tab) -> None:
    one, other = tab(), tab()
    one["feedback"].text, one["plan_words"].text = "Theirs", "Only theirs"
    one["overall_view"].text = "differ"
    one.press_later()
    other["feedback"].text, other["overall_view"].text = "Mine", "agree"
    answer = other.press_later()
    asked = asked_about(answer)
    assert {name: each[1:] for name, each in asked.items()} == {
        "feedback": ("Mine", "Theirs"),
        "overall_view": ("agree", "I see it differently"),
    }
    assert answer.text.count("Both, mine below") == 1
    assert _stored(app)["plan_words"] == "Only theirs"
    data = {f"version:{name}": version for name, (version, _, _) in asked.items()}
    data |= {name: mine for name, (_, mine, _) in asked.items()}
    keep = {"keep:feedback": "both", "keep:overall_view": "theirs"}
    answer = other.client.send(
        f"{other.address}/draft", data | keep, token=other.token, follow_redirects=True
    )
    assert "Your choice is saved." in answer.text
    assert _stored(app) == {
        "feedback": "Theirs\n\nMine", "plan_words": "Only theirs", "overall_view": "differ",
    }  # fmt: skip


# A8: finishing uses the draft up, so whatever another tab saved meanwhile is asked about first.
@pytest.mark.parametrize("typed", ["Mine", ""], ids=["typed in both", "typed in the other only"])
def test_finishing_in_a_stale_tab_asks_first(app: Flask, tab, typed: str) -> None:
    one, other = tab(), tab()
    differing = {"agreement": "except", "plan_grade": "outstanding", "plan_reason": "threshold"}
    for name, value in (AGREE_WITH_ALL | (differing if typed else {})).items():
        other[name].text = value
    other["plan_words"].text = typed
    one["plan_words"].text = "Theirs"
    one.autosave("plan_words")
    asked = asked_about(other.press_finish())
    assert asked["plan_words"][1:] == (typed, "Theirs")
    with app.app_context():
        assert _moderation().state is ModerationState.OPEN
        assert _moderation().draft["feedback"] == AGREE_WITH_ALL["feedback"]


# --- What it costs


# performance.md: one transaction, few statements, whatever the number of sections.
def test_one_save_is_few_statements(app: Flask, tab, record_property) -> None:
    me = tab()
    me["feedback"].text = TEXT
    with count_queries(app) as asked:
        assert me.autosave("feedback").status_code == 200
    record_property("counted", f"{len(asked)} statements for one save")
    assert len(asked) <= 8, asked


# AU-4: looking at the page saves nothing, so it keeps no session alive; a save is somebody typing.
def test_a_page_left_alone_sends_nothing(app: Flask, tab, address: str) -> None:
    tab()
    with app.app_context():
        assert _moderation().draft_version == 0
        assert len(list(db.session.scalars(select(SignInSession.seen_at)))) == 1
        audit: UUID = _moderation().audit_id
        assert db.session.get_one(Audit, audit).state == "in_moderation"
