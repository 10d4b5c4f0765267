"""A page that was opened a while ago is saved by its button: what was touched is saved or asked
about, the rest is left alone, and nothing that was typed goes without a word (A8, CO-1)."""

import html
import re

import pytest
from sqlalchemy import select

from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import TextVersion
from qa_app.database import db, now, saving
from qa_app.domain.answers import FindingAbout, FindingKind
from qa_app.standards.models import Theme
from tests.audits.making import AT, Writer, given, the_audit
from tests.audits.with_tools import given_with, small_tool
from tests.web.filling import form_of, send

RISK = "/sections/risk"


@pytest.fixture
def me(council):
    """The auditor."""
    return council.people["other_auditor"]


@pytest.fixture
def audit(app, council, me, client_for):
    """The address of an audit with a few boxes filled in."""
    with app.app_context(), saving():
        audit = given(council)
        filled = {"risk.evidence": "First", "risk.grade": "inadequate", "overall.grade": "good",
                  "voice.child.obtained": "yes", "voice.child.on": "2026-11-02"}  # fmt: skip
        Writer(audit, me)(filled)
        return f"/audits/{audit.id}"


@pytest.fixture
def browser(client_for, me):
    """The auditor's browser."""
    return client_for(me)


def write(app, me, **values):
    """Another tab, or another person, saves these boxes meanwhile."""
    with app.app_context(), saving():
        Writer(the_audit(), me, now())(
            {name.replace("__", "."): text for name, text in values.items()}
        )


def stands(app, *names):
    with app.app_context():
        draft = Draft(the_audit())
        return tuple(services.box(draft, name).value for name in names)


def page_of(browser, path):
    """The form of a page with what a browser would send of it, touched or not."""
    form = form_of(browser, path, "save")
    page = html.unescape(browser.get(path).text)
    texts = dict(re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', page, re.S))
    tags = re.findall(r"<input[^>]*>", page)
    values = {}
    for tag in tags:
        name, value = (re.search(rf' {part}="([^"]*)"', tag) for part in ("name", "value"))
        if name and name[1] in form.names and ("radio" not in tag or " checked" in tag):
            values[name[1]] = value[1] if value else ""
    return form, form.hidden | texts | values


# A8: different boxes merge, from pages without scripts too.
@pytest.mark.parametrize(
    ("page", "meanwhile", "typed"),
    [
        (RISK, {"risk__evidence": "Newer"}, {"risk.impact": "Mine"}),
        (RISK, {"risk__grade": "good"}, {"risk.impact": "Mine"}),
        (RISK, {"risk__grade": "not_applicable"}, {"risk.evidence": "Mine"}),
        ("/voices", {"voice__child__on": "2026-11-09"}, {"voice.child.said": "Mine"}),
        ("/voices", {"voice__child__obtained": "no"}, {"voice.child.said": "Mine"}),
        ("/overall", {"overall__rationale": "Newer"}, {"safe.how_known": "Mine"}),
    ],
)
def test_a_box_that_was_not_touched_is_left_as_it_stands(
    app, browser, audit, me, page, meanwhile, typed
):
    form, sent = page_of(browser, audit + page)
    write(app, me, **meanwhile)
    answer = send(browser, form, sent | typed | {"save": "1"})

    assert answer.status_code == 302
    names = [name.replace("__", ".") for name in meanwhile]
    assert stands(app, *names, *typed) == (*meanwhile.values(), *typed.values())


def test_a_box_that_was_touched_is_asked_about(app, browser, audit, me):
    form, sent = page_of(browser, audit + RISK)
    write(app, me, risk__evidence="Newer", risk__grade="good")
    typed = {"risk.evidence": "First and mine", "risk.grade": "outstanding"}
    answer = send(browser, form, sent | typed | {"save": "1"})

    assert answer.status_code == 409
    assert answer.text.count("Which do you want to keep?") == 2
    assert stands(app, "risk.evidence", "risk.grade") == ("Newer", "good")


def test_a_box_that_a_script_saved_may_be_put_back_as_it_came(app, browser, audit, me):
    # A8: its version is another one by then, so that it is a change like any other
    form, sent = page_of(browser, audit + RISK)
    write(app, me, risk__evidence="First and more")
    answer = send(browser, form, sent | {"version:risk.evidence": "2", "save": "1"})

    assert answer.status_code == 302
    assert stands(app, "risk.evidence") == ("First",)


def test_a_page_sent_back_for_a_correction_still_tells_what_was_touched(app, browser, audit, me):
    form, sent = page_of(browser, audit + "/voices")
    wrong = sent | {"voice.child.on-day": "41", "save": "1"}
    answer = send(browser, form, wrong)
    assert answer.status_code == 400
    again = dict(re.findall(r'name="((?:shown|version):[^"]+)" value="([^"]*)"', answer.text))
    write(app, me, voice__child__obtained="no")

    assert send(browser, form, sent | again | {"save": "1"}).status_code == 302
    assert stands(app, "voice.child.obtained") == ("no",)


# What the page asked for when it was opened is saved, though it is not asked for any more.


def test_the_reason_for_a_limit_that_fell_away_is_saved(app, browser, audit, me):
    # A7, A8
    form, sent = page_of(browser, audit + "/overall")
    write(app, me, risk__grade="good")
    answer = send(browser, form, sent | {"override.a": "Because", "save": "1"})

    assert answer.status_code == 302
    assert stands(app, "override.a") == ("Because",)


def test_a_conflict_about_a_box_that_fell_away_is_shown(app, browser, audit, me):
    form, sent = page_of(browser, audit + "/overall")
    write(app, me, risk__grade="good", override__a="Theirs")
    answer = send(browser, form, sent | {"override.a": "Mine", "save": "1"})

    assert answer.status_code == 409
    assert "Theirs" in answer.text


def test_why_nothing_was_found_is_saved_though_something_was(app, browser, audit, me):
    # A4, A8
    form, sent = page_of(browser, audit + "/findings")
    with app.app_context(), saving():
        found = the_audit()
        services.add_finding(
            found, kind=FindingKind.STRENGTH, text="Seen alone",
            theme_id=db.session.query(Theme).first().id,
            section_id=Draft(found).sections[0].id, about=FindingAbout.PRACTICE, by=me, at=AT,
        )  # fmt: skip
    send(browser, form, sent | {"none_found.strength": "Nothing", "save": "1"})

    assert stands(app, "none_found.strength") == ("Nothing",)


@pytest.fixture
def check(app, council):
    """The address of an audit with questions and a section that hang on an answer."""
    with app.app_context(), saving():
        return f"/audits/{given_with(council, small_tool()).id}"


def test_the_answer_to_a_question_that_fell_away_is_saved(app, browser, check, me):
    # A2, A8: it hangs on a question of the page before
    write(app, me, question__plan__written="yes", question__plan__shared="no")
    form, sent = page_of(browser, f"{check}/sections/plan")
    write(app, me, question__plan__written="no")
    typed = {"question.plan.not-shared": "Not with her aunt"}
    assert send(browser, form, sent | typed | {"save": "1"}).status_code == 302

    assert stands(app, "question.plan.not-shared") == ("Not with her aunt",)


def test_a_section_that_fell_away_is_saved(app, browser, check, me):
    # A3, A8
    write(app, me, question__plan__written="yes")
    form, sent = page_of(browser, f"{check}/sections/used")
    write(app, me, question__plan__written="no")
    typed = {"used.evidence": "Used each day"}
    assert send(browser, form, sent | typed | {"save": "1"}).status_code == 302

    assert stands(app, "used.evidence") == ("Used each day",)
    assert browser.get(f"{check}/sections/used").status_code == 404


def test_a_section_that_fell_away_gives_back_what_cannot_be_saved(app, browser, check, me):
    write(app, me, question__plan__written="yes")
    form, sent = page_of(browser, f"{check}/sections/used")
    write(app, me, question__plan__written="no")
    answer = send(browser, form, sent | {"used.evidence": "long " * 5_000, "save": "1"})

    assert answer.status_code == 404
    assert "long long" in answer.text


# The page with both versions.


def asked(browser, app, audit, me):
    """A conflict about the evidence, as the page shows it: its form and what it would send."""
    form, sent = page_of(browser, audit + RISK)
    write(app, me, risk__evidence="Theirs")
    answer = send(browser, form, sent | {"risk.evidence": "Mine", "save": "1"})
    version = re.search(r'name="version:risk.evidence" value="(\d+)"', answer.text)[1]
    return form, {"version:risk.evidence": version, "risk.evidence": "Mine"}


def test_both_means_the_text_that_was_shown(app, browser, audit, me):
    # A8: it was saved again meanwhile, so the choice is put anew, with each text once
    form, choice = asked(browser, app, audit, me)
    write(app, me, risk__evidence="Theirs, changed")
    again = send(browser, form, choice | {"keep:risk.evidence": "both"})

    assert again.status_code == 409
    assert re.findall(r'<p class="app-prose">(.*?)</p>', again.text) == ["Mine", "Theirs, changed"]
    assert stands(app, "risk.evidence") == ("Theirs, changed",)


@pytest.mark.parametrize(
    ("keep", "standing", "kept"),
    [
        ("mine", "Mine", ["First", "Theirs"]),
        ("theirs", "Theirs", ["First"]),
        ("both", "Theirs\n\nMine", ["First"]),
    ],
)
def test_what_a_choice_does_away_with_is_kept(app, browser, audit, me, keep, standing, kept):
    # A8
    form, choice = asked(browser, app, audit, me)
    assert send(browser, form, choice | {"keep:risk.evidence": keep}).status_code == 302

    assert stands(app, "risk.evidence") == (standing,)
    with app.app_context():
        texts = select(TextVersion.text).order_by(TextVersion.id)
        assert list(db.session.scalars(texts)) == kept


def test_both_with_an_empty_box_is_the_saved_text(app, browser, audit, me):
    form, choice = asked(browser, app, audit, me)
    send(browser, form, choice | {"risk.evidence": "", "keep:risk.evidence": "both"})

    assert stands(app, "risk.evidence") == ("Theirs",)
