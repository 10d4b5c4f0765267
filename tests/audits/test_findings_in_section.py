"""Findings picked up while a section is written, and changed afterwards (A4, A8)."""

import re
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, Finding
from qa_app.audits.services import FindingChanged, FindingWords
from qa_app.database import db, saving
from qa_app.domain.answers import FindingAbout, FindingKind
from qa_app.history import Event
from qa_app.standards.models import Theme
from tests.audits import making
from tests.audits.making import AT, submitted, the_audit
from tests.audits.with_tools import given_with, small_tool


@pytest.fixture
def path(app, council):
    """The risk section of an audit that was given and not begun."""
    with app.app_context(), saving():
        return f"/audits/{making.given(council).id}/sections/risk"


@pytest.fixture
def me(council, client_for):
    """The auditor's browser."""
    return client_for(council.people["other_auditor"])


@pytest.fixture
def theme(app) -> str:
    """The id of the theme about visits."""
    with app.app_context():
        return str(db.session.query(Theme).filter_by(code="visits").one().id)


def _send(me, path, page=None, **fields: str):
    """Send the page as a browser would: with the versions that it was shown."""
    page = page or me.get(path).text
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))
    sent = {name.replace("__", "."): value for name, value in fields.items()}
    return me.post(path, data=hidden | sent)


def _found(app) -> list[tuple[str, str, str, str]]:
    with app.app_context():
        audit = the_audit()
        titles = {each.id: each.code for each in audit.tool_version.sections}
        return [
            (each.kind.value, each.text, titles[each.section_id], each.about.value)
            for each in Draft(audit).findings
        ]


# A4: from any section, as a strength or as an area for development.
@pytest.mark.parametrize("kind", ["strength", "development"])
def test_a_finding_is_added_where_it_is_seen(app, me, path, theme, kind) -> None:
    answer = _send(me, path, text="Seen alone", theme=theme, about="practice", kind=kind, add="1")

    assert answer.location.endswith("/sections/risk#findings-here")
    assert _found(app) == [(kind, "Seen alone", "risk", "practice")]
    page = me.get(path).text
    assert "Seen alone" in page
    assert f"{FindingKind(kind).words} added." in page
    assert "Visits in time and with purpose · Practice" in page


# A8: what else is on the page is saved with it, in one transaction.
def test_what_is_in_the_other_boxes_is_saved_with_it(app, me, path, theme) -> None:
    _send(me, path, text="Seen alone", theme=theme, about="recording", kind="strength", add="1",
          risk__evidence="Visits of May", risk__grade="good")  # fmt: skip

    assert len(_found(app)) == 1
    with app.app_context():
        draft = Draft(the_audit())
        assert draft.text("risk.evidence") == "Visits of May"
        assert services.box(draft, "risk.grade").value == "good"
        saved = ("audit_text_saved", "audit_answered", "finding_added")
        rows = db.session.query(Event).filter(Event.verb.in_(saved)).all()
        assert {row.verb for row in rows} == set(saved)
        assert len({row.at for row in rows}) == 1


# A8: both or neither.
def test_where_the_finding_is_refused_nothing_is_saved_and_nothing_is_lost(app, me, path) -> None:
    answer = _send(
        me, path, text="Seen alone", kind="strength", add="1", risk__evidence="Visits of May"
    )

    assert answer.status_code == 400
    for said in ("Select a theme", "Select whether it is about practice or recording only"):
        assert said in answer.text
    assert "Seen alone</textarea>" in answer.text
    assert "Visits of May</textarea>" in answer.text
    assert re.search(r"<details[^>]*data-picking open>", answer.text)
    assert _found(app) == []
    with app.app_context():
        assert Draft(the_audit()).text("risk.evidence") == ""


# T1: the themes that the words suggest come first.
def test_an_error_page_suggests_themes(me, path) -> None:
    words = "Three statutory visits were late and she was not seen alone."
    answer = _send(me, path, text=words, about="practice", kind="strength", add="1")
    options = re.findall(r"<option[^>]*>([^<]+)<", answer.text)

    assert options[1] == "Suggested: Visits in time and with purpose"
    assert sum(each.startswith("Suggested") for each in options) <= 3
    assert len(options) == len(set(options)) == 29


def test_themes_can_be_asked_for_without_scripts(app, me, path) -> None:
    words = "His father was never spoken to."
    answer = _send(me, path, text=words, suggest="1", risk__evidence="Visits of May")

    assert answer.status_code == 200
    assert "Suggested: Fathers and male carers" in answer.text
    assert "Visits of May</textarea>" in answer.text
    assert "There is a problem" not in answer.text
    assert _found(app) == []


# A8: a finding that was typed is not lost by another button: half of one is asked about.
@pytest.mark.parametrize("button", ["save", "later"])
def test_half_a_finding_is_asked_about(app, me, path, button) -> None:
    answer = _send(me, path, text="Seen alone", risk__evidence="Visits of May", **{button: "1"})

    assert answer.status_code == 400
    assert "Select whether this is a strength or an area for development" in answer.text
    assert "Seen alone</textarea>" in answer.text
    assert _send(me, path, text="", **{button: "1"}).status_code == 302


# A8: and a whole one is added, whichever button saves the page.
@pytest.mark.parametrize(
    ("button", "leads_to"),
    [
        ("save=1", "/sections/voice"),
        ("later=1", ""),
        ("remove_finding=01a21d3f-d368-7056-a1a3-dd8401f0771b", "#findings-here"),
    ],
)
def test_a_whole_finding_is_added_by_every_button(app, me, path, theme, button, leads_to) -> None:
    pressed = dict([button.split("=")])
    answer = _send(me, path, text="Seen alone", theme=theme, about="practice", kind="strength",
                   **pressed)  # fmt: skip

    assert answer.location.endswith(leads_to or path.partition("/sections")[0])
    assert [text for _, text, *_ in _found(app)] == ["Seen alone"]


# CO-3: a double press is one finding.
def test_pressed_twice_it_is_one_finding(app, me, path, theme) -> None:
    page = me.get(path).text
    for _ in range(2):
        _send(
            me,
            path,
            page,
            text="Seen alone",
            theme=theme,
            about="practice",
            kind="strength",
            add="1",
        )
    assert len(_found(app)) == 1


# A8: a box that somebody else saved meanwhile is shown with both texts; the finding is added.
def test_a_conflict_in_a_box_does_not_lose_the_finding(app, me, path, theme) -> None:
    stale = me.get(path).text
    _send(me, path, risk__evidence="From the first tab", save="1")
    answer = _send(me, path, stale, text="Seen alone", theme=theme, about="practice",
                   kind="strength", add="1",
                   risk__evidence="From the second tab")  # fmt: skip

    assert answer.status_code == 409
    assert "From the first tab" in answer.text
    assert "From the second tab" in answer.text
    assert len(_found(app)) == 1


def _id(app) -> str:
    with app.app_context():
        return str(db.session.query(Finding).one().id)


def test_a_finding_is_removed_with_its_page_saved(app, me, path, theme) -> None:
    _send(me, path, text="Seen alone", theme=theme, about="practice", kind="strength", add="1")
    answer = _send(me, path, remove_finding=_id(app), risk__impact="Safer")

    assert answer.location.endswith("/sections/risk#findings-here")
    assert _found(app) == []
    with app.app_context():
        assert Draft(the_audit()).text("risk.impact") == "Safer"


@pytest.mark.parametrize("nonsense", ["x", "", "01a21d3f-d368-7056-a1a3-dd8401f0771a"])
def test_removing_what_is_not_there_harms_nothing(app, me, path, nonsense) -> None:
    assert _send(me, path, remove_finding=nonsense).status_code == 302


# A8: "Change" saves the page before it goes to the finding, and comes back to the section.
def test_a_finding_is_changed_and_leads_back_to_its_section(app, me, path, theme) -> None:
    _send(me, path, text="Seen alone", theme=theme, about="practice", kind="strength", add="1")
    answer = _send(me, path, change_finding=_id(app), risk__impact="Safer")
    form = answer.location
    page = me.get(form).text
    assert "Seen alone</textarea>" in page
    chosen = dict(re.findall(r'<option selected value="([^"]+)">([^<]+)', page))
    assert set(chosen.values()) == {"Visits in time and with purpose", "Risk and safety"}

    sent = _parts(page) | {"text": "Seen alone, twice", "about": "recording"}
    back = me.post(form, data=sent)
    assert back.location.endswith("/sections/risk#findings-here")
    assert _found(app) == [("strength", "Seen alone, twice", "risk", "recording")]
    with app.app_context():
        assert Draft(the_audit()).text("risk.impact") == "Safer"
        assert db.session.query(Event).filter_by(verb="finding_changed").count() == 1


def _parts(page: str) -> dict[str, str]:
    """The form of a finding as the page shows it."""
    main = page[page.index('method="post" novalidate') :]
    hidden = dict(re.findall(r'name="(csrf_token)" value="([^"]*)"', main))
    hidden["version"] = re.search(r'name="version"[^>]*value="(\d+)"', main)[1]
    for name in ("kind", "about"):
        hidden[name] = re.search(rf'<input checked[^>]*name="{name}"[^>]*value="(\w+)"', main)[1]
    chosen = re.findall(r'<option selected value="([^"]+)"', main)
    hidden["theme"], hidden["section"] = chosen
    return hidden | {"text": re.search(r">\n([^<]*)</textarea>", main)[1]}


@pytest.fixture
def twice(app, me, path, theme):
    """The address of a finding, and its page as two tabs opened it."""
    _send(me, path, text="Seen alone", theme=theme, about="practice", kind="strength", add="1")
    address = f"{path.partition('/sections')[0]}/findings/{_id(app)}"
    return address, me.get(address).text


# A8: no save covers a newer one without showing both; then it is the writer's choice.
def test_a_change_over_a_newer_one_shows_both(app, me, twice) -> None:
    address, page = twice
    me.post(address, data=_parts(page) | {"text": "From the first tab"})
    answer = me.post(address, data=_parts(page) | {"text": "From the second tab"})

    assert answer.status_code == 409
    assert "From the first tab" in answer.text
    assert "From the second tab</textarea>" in answer.text
    assert [text for _, text, *_ in _found(app)] == ["From the first tab"]
    assert me.post(address, data=_parts(answer.text)).status_code == 302
    assert [text for _, text, *_ in _found(app)] == ["From the second tab"]


# A8: the same for one that somebody removed: it is asked for, and can be kept.
def test_a_change_of_a_finding_that_was_removed_can_be_kept(app, me, twice) -> None:
    address, page = twice
    me.send(f"{address}/remove", token=me.token_in(page))
    answer = me.post(address, data=_parts(page) | {"text": "Kept all the same"})

    assert answer.status_code == 409
    assert "removed somewhere else" in answer.text
    assert me.post(address, data=_parts(answer.text)).status_code == 302
    assert [text for _, text, *_ in _found(app)] == ["Kept all the same"]


def test_a_change_that_lacks_something_says_what(me, twice) -> None:
    address, page = twice
    answer = me.post(address, data=_parts(page) | {"text": "", "theme": ""})
    assert answer.status_code == 400
    for said in ("Enter what you found", "Select a theme"):
        assert said in answer.text
    assert me.post(address, data=_parts(page) | {"suggest": "1"}).status_code == 200


def test_a_finding_of_another_audit_is_not_found(app, council, me, twice) -> None:
    address, _ = twice
    with app.app_context(), saving():
        other = making.given(council, case="100003").id
    assert me.get(f"/audits/{other}/findings/{address.rpartition('/')[2]}").status_code == 404


# CO-5: once it was sent, it can be changed no more.
def test_a_late_change_is_refused(app, council, me) -> None:
    with app.app_context(), saving():
        audit = submitted(council)
        address = f"/audits/{audit.id}/findings/{Draft(audit).findings[0].id}"
        path = f"/audits/{audit.id}/sections/risk"
        theme, section = Draft(audit).findings[0].theme_id, Draft(audit).findings[0].section_id
    assert me.get(address).location.endswith(address.partition("/findings")[0])
    token = me.token_in(me.get("/my-account").text)
    words = {"csrf_token": token, "kind": "strength", "text": "Late", "theme": str(theme),
             "section": str(section), "about": "practice", "version": "0"}  # fmt: skip
    assert me.post(address, data=words).status_code == 409
    assert me.post(path, data=words | {"strength": "1"}).status_code == 409
    assert "Late" not in {text for _, text, *_ in _found(app)}


# P7: a tool without gates and grades asks for no findings.
def test_a_check_without_findings_does_not_offer_them(app, council, me) -> None:
    with app.app_context(), saving():
        path = f"/audits/{given_with(council, small_tool()).id}"
    assert "findings-here" not in me.get(f"{path}/sections/plan").text
    address = f"{path}/findings/01a21d3f-d368-7056-a1a3-dd8401f0771a"
    assert me.get(address).status_code == 404


# A8: of two who change one finding, whatever they saw, no words go unless their reader saw them.
@settings(
    deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=st.lists(st.tuples(st.sampled_from(["see", "save"]), st.booleans()), max_size=12))
def test_no_change_covers_words_that_its_writer_did_not_see(context, council, steps) -> None:
    with db.session.begin_nested() as savepoint:
        by, audit = council.people["other_auditor"], _an_audit(council)
        theme, section = db.session.query(Theme).first().id, Draft(audit).sections[0].id

        def words(text):
            return FindingWords(FindingKind.STRENGTH, text, theme, section, FindingAbout.PRACTICE)

        finding = services.add_finding(
            audit, kind=FindingKind.STRENGTH, text="0", theme_id=theme, section_id=section,
            about=FindingAbout.PRACTICE, by=by, at=AT,
        )  # fmt: skip
        seen = dict.fromkeys([True, False], "0")
        for number, (step, who) in enumerate(steps, 1):
            standing = finding.text
            if step == "see":
                seen[who] = standing
                continue
            wanted = words(f"{number}")
            version = words(seen[who]).version
            change = partial(services.change_finding, audit, finding.id, wanted, version=version)
            if seen[who] == standing:
                change(by=by, at=AT)
                seen[who] = wanted.text
                continue
            with pytest.raises(FindingChanged) as refused:
                change(by=by, at=AT)
            # Both are shown, and the next save is made knowing it.
            seen[who] = refused.value.theirs.text
            assert seen[who] == standing == finding.text
        savepoint.rollback()


def _an_audit(council) -> Audit:
    found = db.session.query(Audit).first()
    return found or making.given(council)
