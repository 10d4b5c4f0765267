"""Themes suggested while a finding is written (T1): what is asked, by whom, and what comes out."""

import pytest

from qa_app.audits.draft import Draft
from qa_app.audits.models import Finding
from qa_app.audits.queries.suggesting import EXAMPLES, themes_suggested
from qa_app.database import db, saving
from qa_app.domain.answers import FindingAbout, FindingKind
from qa_app.history import Event
from qa_app.standards.models import Theme
from tests.audits.making import AT, given, submitted, written
from tests.queries import count_queries

WORDS = "Three statutory visits were late and she was not seen alone."


def _filed(audit, theme: str, text: str) -> Finding:
    finding = Finding(
        audit_id=audit.id,
        kind=FindingKind.DEVELOPMENT,
        about=FindingAbout.PRACTICE,
        text=text,
        theme_id=db.session.query(Theme).filter_by(code=theme).one().id,
        section_id=Draft(audit).sections[0].id,
        added_at=AT,
    )
    db.session.add(finding)
    db.session.flush()
    return finding


# T1: from the themes' own words before anybody has filed anything.
def test_the_shipped_themes_suggest_by_their_words(context, council) -> None:
    assert [each.code for each in themes_suggested(WORDS)][:1] == ["visits"]
    assert themes_suggested("") == []


# T1: and from what people filed, once it was sent: a draft's findings are not confirmed.
@pytest.mark.parametrize(("make", "is_learnt"), [(submitted, True), (written, False)])
def test_findings_teach_once_they_were_sent(context, council, make, is_learnt) -> None:
    text = "Head lice were left untreated for a whole term"
    assert "neglect" not in [each.code for each in themes_suggested(text)]
    _filed(make(council), "neglect", "Untreated head lice through the term")
    assert ("neglect" in [each.code for each in themes_suggested(text)]) is is_learnt


# The newest are read, and no more than that, in two statements.
def test_what_is_read_does_not_grow_with_the_years(app, council) -> None:
    with app.app_context(), saving():
        audit = submitted(council)
        theme = db.session.query(Theme).filter_by(code="neglect").one().id
        section = Draft(audit).sections[0].id
        for number in range(EXAMPLES + 50):
            db.session.add(
                Finding(
                    audit_id=audit.id, kind=FindingKind.STRENGTH, about=FindingAbout.PRACTICE,
                    text=f"Finding {number}", theme_id=theme, section_id=section, added_at=AT,
                )
            )  # fmt: skip
    with count_queries(app) as asked, app.app_context():
        themes_suggested(WORDS)
    assert len(asked) == 2, asked
    assert "LIMIT" in asked[1]


@pytest.fixture
def path(app, council) -> str:
    """The address that is asked, of an audit that was given."""
    with app.app_context(), saving():
        return f"/audits/{given(council).id}/theme-suggestions"


def _ask(client, path, content, token=None):
    token = client.token_in(client.get("/my-account").text) if token is None else token
    return client.post(path, json=content, headers={"X-CSRFToken": token})


# T1: three at most, by name; the words are sent in the body, where no log has them.
def test_the_auditor_is_given_three_names(council, client_for, path) -> None:
    answer = _ask(client_for(council.people["other_auditor"]), path, {"text": WORDS})

    assert answer.status_code == 200
    assert answer.json["themes"][0]["name"] == "Visits in time and with purpose"
    assert 1 <= len(answer.json["themes"]) <= 3
    assert all(set(each) == {"id", "name"} for each in answer.json["themes"])


# T1: a suggestion changes nothing.
def test_asking_saves_nothing(app, council, client_for, path) -> None:
    me = client_for(council.people["other_auditor"])
    token = me.token_in(me.get("/my-account").text)
    with app.app_context():
        before = db.session.query(Event).count()
    with count_queries(app) as asked:
        _ask(me, path, {"text": WORDS}, token)
    assert not [each for each in asked if not each.lstrip().upper().startswith("SELECT")], asked
    with app.app_context():
        assert db.session.query(Event).count() == before


@pytest.mark.parametrize("content", [[], "x", 7, {}, {"text": 7}, {"text": None},
                                     {"text": "x" * 4_001}])  # fmt: skip
def test_what_makes_no_sense_is_refused(council, client_for, path, content) -> None:
    assert _ask(client_for(council.people["other_auditor"]), path, content).status_code == 400


@pytest.mark.parametrize(("key", "status"), [("qa_lead", 403), ("worker", 404), ("head", 404),
                                             ("viewer", 404), ("auditor", 404)])  # fmt: skip
def test_nobody_else_may_ask(council, client_for, path, key, status) -> None:
    assert _ask(client_for(council.people[key]), path, {"text": WORDS}).status_code == status


def test_without_the_token_nothing_is_told(council, client_for, path) -> None:
    answer = _ask(client_for(council.people["other_auditor"]), path, {"text": WORDS}, token="x")
    assert answer.status_code == 400
    assert "themes" not in answer.json


# IN-5
@pytest.mark.parametrize("text", ["\x00", "\ud800", "\u202e", "'; DROP TABLE theme; --", "𝒜" * 99])
def test_any_characters_are_answered(council, client_for, path, text) -> None:
    assert (
        _ask(client_for(council.people["other_auditor"]), path, {"text": text}).status_code == 200
    )
