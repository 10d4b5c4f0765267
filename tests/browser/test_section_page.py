"""Writing a draft at a keyboard, enlarged, with scripts: the panel, findings, limits (A3 to A9)."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.database import db, now, saving
from tests.audits.making import Writer, given, whole_answers
from tests.browser.conftest import Walker
from tests.browser.journey import Make
from tests.council import Council

pytestmark = pytest.mark.one_database
Path = Callable[..., str]


@pytest.fixture
def path(app: Flask, with_passwords: Council) -> Path:
    """path(values) → the address of an audit with these boxes written."""

    def make(values: Callable[[Audit], dict[str, str]] = lambda audit: {}) -> str:
        with app.app_context(), saving():
            audit = given(with_passwords, at=now())
            Writer(audit, with_passwords.people["other_auditor"], now())(values(audit))
            return f"/audits/{audit.id}"

    return make


@pytest.fixture
def auditor(walker: Make) -> Iterator[Callable[..., Walker]]:
    """auditor(width=…) → the auditor, signed in."""
    signed_in: list[Walker] = []

    def sign_in(**options: object) -> Walker:
        each = walker(**options)
        each.sign_in("other_auditor")
        signed_in.append(each)
        return each

    yield sign_in
    for each in signed_in:
        # What a page saves as it is closed would reach the database of the next test.
        each.page.context.set_offline(True)


def _texts(app: Flask) -> dict[str, str]:
    with app.app_context():
        audit = db.session.query(Audit).one()
        draft = Draft(audit)
        names = [*draft.texts, "risk.grade", "overall.grade"]
        return {name: services.box(draft, name).value for name in names}


def _press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def _tab_to(page: Page, selector: str, most: int = 80) -> None:
    for _ in range(most):
        if page.evaluate("s => document.activeElement.matches(s)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by Tab")


def _covered(page: Page) -> bool:
    """Whether something lies over the middle of the control that has the focus (WCAG 2.4.11)."""
    return page.evaluate(
        """() => {
            const focused = document.activeElement
            const box = (focused.labels?.[0] ?? focused).getBoundingClientRect()
            const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)
            return there?.closest(".app-worry, [data-notice]") != null
        }"""
    )


# A3, A4: a section by keyboard alone, in the order of the page, with a finding on the way.
def test_a_section_by_keyboard_alone(app, path, auditor) -> None:
    me = auditor()
    me.go(f"{path()}/sections/risk")
    page = me.page
    page.locator("#main-content").focus()
    places: list[float] = []
    names = page.eval_on_selector_all(
        "form[data-autosave-url] :is(input[type=radio], textarea)[data-field]",
        "nodes => [...new Set(nodes.map(node => node.dataset.field))]",
    )
    for name in names:
        if not page.locator(f'[data-field="{name}"]').first.is_visible():
            continue
        _tab_to(page, f'[data-field="{name}"]')
        assert not _covered(page), name
        places.append(page.evaluate("document.activeElement.getBoundingClientRect().top + scrollY"))
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            page.keyboard.type(f"Typed in {name}")
        else:
            _press(page, "Space")
    assert places == sorted(places)

    _tab_to(page, "[data-picking] summary")
    _press(page, "Enter")
    _tab_to(page, "input[name=kind]")
    _press(page, "ArrowDown")
    _tab_to(page, "[data-finding-text]")
    page.keyboard.type("Three statutory visits were late and she was not seen alone.")
    expect(page.get_by_role("button", name="Visits in time and with purpose")).to_be_visible()
    _tab_to(page, ".app-suggest__theme")
    _press(page, "Enter")
    _tab_to(page, "input[name=about]")
    _press(page, "Space")
    _tab_to(page, "button[name=add]")
    _press(page, "Enter")
    expect(page.locator(".app-finding__text")).to_have_text(re.compile("Three statutory visits"))
    expect(page.locator("[data-picking] summary").first).to_be_focused()
    me.check()

    _tab_to(page, "button[name=save]")
    with page.expect_navigation():
        _press(page, "Enter")
    me.check()
    assert page.url.endswith("/sections/voice")
    texts = _texts(app)
    assert texts["risk.evidence"] == "Typed in risk.evidence"
    assert texts["risk.grade"] == "outstanding"


# A3: the panel is true while one types, before anything is loaded again.
def test_the_panel_follows_what_is_typed(path, auditor) -> None:
    me = auditor()
    me.go(f"{path()}/sections/risk")
    page = me.page
    panel = page.locator(".app-writing__beside .app-panel")
    before = int(panel.locator("[data-panel-left]").get_attribute("data-panel-left") or 0)
    impact = panel.locator('[data-missing="risk.impact"]')
    page.locator('[id="risk.impact"]').fill("Safer")
    expect(impact).to_have_class(re.compile("answered"))
    expect(impact).to_contain_text("Done: ")
    expect(panel.locator("[data-panel-left]")).to_have_text(f"{before - 1} things left")
    page.locator('[id="risk.impact"]').fill("")
    expect(impact).not_to_have_class(re.compile("answered"))

    impact.get_by_role("link").click()
    expect(page.locator('[id="risk.impact"]')).to_be_in_viewport()

    # A section that does not apply asks for its reason, and for nothing else.
    page.get_by_label("Not applicable to this child").check()
    open_here = panel.locator("[data-missing]:not([class*=answered])")
    expect(open_here).to_have_count(1)
    expect(open_here).to_contain_text("Why does this section not apply to this child?")
    reason = page.get_by_label("Why does this section not apply to this child?")
    with page.expect_response(lambda answer: "No risk arose" in (answer.request.post_data or "")):
        reason.fill("No risk arose")
        reason.blur()
    expect(open_here).to_have_count(0)
    expect(panel.locator("[data-panel-status]")).to_have_text("Done")
    me.check()
    page.reload()
    expect(panel.locator("[data-panel-status]")).to_have_text("Done")


# A2: what an answer asks for is listed as soon as it is asked.
def test_the_panel_lists_a_question_that_an_answer_asks_for(path, auditor) -> None:
    me = auditor()
    me.go(f"{path()}/sections/risk")
    page = me.page
    listed = page.locator(".app-writing__beside [data-missing]")
    before = listed.count()
    missing = page.get_by_role("group", name="Did the child go missing at any time in the period?")
    missing.get_by_label("Yes", exact=True).check()
    asked = page.locator("[data-asked-by]:visible").count()
    expect(listed).to_have_count(before + asked)
    missing.get_by_label("No", exact=True).check()
    expect(
        page.locator(".app-writing__beside [data-missing]:not([class*=answered])")
    ).to_have_count(before - 1)


# A4, A8: adding a finding leaves what is being typed elsewhere where it is, and saves no page.
def test_a_finding_is_added_and_removed_in_place(app, path, auditor) -> None:
    me = auditor()
    me.go(f"{path()}/sections/risk")
    page = me.page
    page.locator('[id="risk.evidence"]').fill("Half a sen")
    page.locator("[data-picking] summary").first.click()
    page.locator("[data-finding-text]").fill("He was seen alone")
    page.get_by_role("button", name="Add this finding").click()
    expect(
        page.get_by_text("Select whether it is about practice or recording only")
    ).to_be_visible()
    assert page.locator('[id="risk.evidence"]').input_value() == "Half a sen"
    assert page.locator("[data-finding-text]").input_value() == "He was seen alone"

    page.locator("[data-picking] select").select_option(label="Direct work and relationships")
    page.get_by_label("Practice: what was done with or for the child").check()
    page.locator("[data-picking]").get_by_label("Strength", exact=True).check()
    page.get_by_role("button", name="Add this finding").click()
    expect(page.locator(".app-finding")).to_have_count(1)
    expect(page.locator("[data-picked-status]")).to_have_text("Finding added")
    assert page.locator("[data-finding-text]").input_value() == ""
    assert page.locator('[id="risk.evidence"]').input_value() == "Half a sen"
    me.check()

    page.locator("[data-picking] summary").first.press("Enter")
    page.locator("[data-finding-text]").fill("Another one, half typed")
    page.get_by_role("button", name=re.compile("^Remove")).click()
    expect(page.locator(".app-finding")).to_have_count(0)
    assert page.locator("[data-finding-text]").input_value() == "Another one, half typed"


# A8: a finding that was typed and not added is warned about.
def test_leaving_with_a_finding_half_typed_warns(path, auditor) -> None:
    me = auditor()
    me.go(f"{path()}/sections/risk")
    page = me.page
    page.locator("[data-picking] summary").first.click()
    page.locator("[data-finding-text]").press_sequentially("He was seen")
    warned: list[str] = []
    page.on("dialog", lambda dialog: (warned.append(dialog.type), dialog.accept()))
    page.get_by_role("link", name="Recording", exact=True).first.click()
    page.wait_for_url("**/sections/recording")
    assert warned == ["beforeunload"]


# A4, A8: without scripts "Add" saves the whole page, and comes back to the place.
def test_without_scripts_a_finding_saves_the_page(app, path, auditor) -> None:
    me = auditor(scripts=False, width=320)
    me.go(f"{path()}/sections/risk")
    page = me.page
    page.locator('[id="risk.evidence"]').fill("Visits of May")
    page.locator("[data-picking] summary").first.click()
    page.locator("[data-finding-text]").fill("His father was never spoken to")
    me.press("Suggest themes")
    assert page.locator('[id="risk.evidence"]').input_value() == "Visits of May"
    page.locator("[data-picking] select").select_option(label="Suggested: Fathers and male carers")
    page.get_by_label("Practice: what was done with or for the child").check()
    page.get_by_label("Area for development", exact=True).check()
    me.press("Add this finding")
    assert page.url.endswith("/sections/risk#findings-here")
    expect(page.locator(".app-finding__text")).to_have_text("His father was never spoken to")
    assert _texts(app)["risk.evidence"] == "Visits of May"


def _limited(audit: Audit) -> dict[str, str]:
    """One practice section Inadequate, the others Good."""
    grades = {name: each for name, each in whole_answers(audit).items() if name.endswith(".grade")}
    return grades | {"plan.grade": "inadequate", "overall.grade": ""}


# A7: what the sections mean for the grade that one is about to choose, at once.
def test_a_limiting_rule_is_explained_as_the_grade_is_chosen(app, path, auditor) -> None:
    me = auditor()
    me.go(f"{path(_limited)}/overall")
    page = me.page
    reason = page.locator('[id="override.b"]')
    assert not reason.is_visible()
    grades = page.get_by_role("group", name="Overall grade")
    grades.get_by_label("Good", exact=True).check()
    expect(reason).to_be_visible()
    expect(page.locator("[data-limit]:visible")).to_have_count(1)
    expect(page.locator("[data-limit]:visible")).to_contain_text("no better than Requires")
    reason.fill("The plan was put right in June.")
    me.check()
    grades.get_by_label("Outstanding").check()
    expect(page.locator("[data-limit]:visible")).to_have_count(2)
    grades.get_by_label("Requires improvement").check()
    expect(page.locator("[data-limit]:visible")).to_have_count(0)
    # A8: the reason stays in its box, should the grade be chosen again.
    grades.get_by_label("Good", exact=True).check()
    assert reason.input_value() == "The plan was put right in June."


# A6: the grades above and below by their names, and neither where there is none.
def test_the_questions_name_the_grades_above_and_below(path, auditor) -> None:
    me = auditor()
    me.go(f"{path()}/overall")
    page = me.page
    grades = page.get_by_role("group", name="Overall grade")
    expect(page.get_by_label("Why not the grade above?")).to_be_visible()
    for grade, above, below in (
        ("Requires improvement", "Why not Good?", "Why not Inadequate?"),
        ("Outstanding", None, "Why not Good?"),
        ("Inadequate", "Why not Requires improvement?", None),
    ):
        grades.get_by_label(grade).check()
        asked = page.locator("[data-why-not]:visible label").all_inner_texts()
        assert asked == [each for each in (above, below) if each]
    me.check()


# A6: a thin rationale is said kindly, once one has left the box, and is never refused.
def test_a_thin_rationale_is_marked_kindly(path, auditor) -> None:
    me = auditor()
    me.go(f"{path()}/overall")
    page = me.page
    thin = page.get_by_text("Nobody has to reach a number of words.")
    box = page.locator('[id="overall.rationale"]')
    box.press_sequentially("Good work")
    expect(thin).to_be_hidden()
    box.blur()
    expect(thin).to_be_visible()
    me.check()
    box.fill(" ".join(f"word{number}" for number in range(30)))
    expect(thin).to_be_hidden()


# A9: always in reach: in sight wherever one is on a long page.
@pytest.mark.parametrize(("width", "height"), [(1200, 900), (768, 1024), (320, 640)])
def test_raising_a_concern_stays_in_reach(path, auditor, width, height) -> None:
    me = auditor(width=width)
    me.page.set_viewport_size({"width": width, "height": height})
    me.go(f"{path()}/sections/risk")
    control = me.page.get_by_role("link", name="Raise a concern now")
    for part in ("risk.impact", "save", "findings-here"):
        me.page.locator(f'[id="{part}"]').evaluate("node => node.scrollIntoView()")
        expect(control).to_be_in_viewport()
    box = me.page.locator(".app-worry").bounding_box()
    assert box is not None
    assert box["height"] <= height / 7


def _sideways(page: Page) -> int:
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def _half_done(audit: Audit) -> dict[str, str]:
    values = whole_answers(audit)
    half = {name: each for number, (name, each) in enumerate(values.items()) if number % 2}
    return half | {"risk.evidence": "A word without an end: " + "m" * 300}


PAGES = ("", "/sections/risk", "/findings", "/voices", "/overall", "/review")


# 320 px is also 1280 px enlarged to 400 % (WCAG 1.4.10). No page scrolls sideways; axe is content.
@pytest.mark.parametrize("half", [False, True], ids=["empty", "half done"])
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_no_page_scrolls_sideways(path, auditor, half, width) -> None:
    me = auditor(width=width)
    address = path(_half_done) if half else path()
    for part in PAGES:
        me.go(address + part)
        assert _sideways(me.page) == 0, part


def test_enlarged_to_400_percent_everything_is_there(path, auditor) -> None:
    me = auditor(width=320)
    me.page.set_viewport_size({"width": 320, "height": 256})
    me.go(f"{path()}/sections/risk")
    page = me.page
    page.locator("#main-content").focus()
    for selector in ('[data-field="risk.evidence"]', "[data-picking] summary", "button[name=save]"):
        _tab_to(page, selector, 160)
        assert not _covered(page), selector
        expect(page.locator(":focus")).to_be_in_viewport()
    page.locator(".app-panel-above summary").click()
    expect(page.locator(".app-panel-above").get_by_role("link", name="Recording")).to_be_visible()
    assert _sideways(page) == 0


# The state with errors, at each width.
@pytest.mark.parametrize("width", [320, 1200])
def test_a_page_with_errors_is_clean_too(path, auditor, width) -> None:
    me = auditor(width=width)
    me.go(f"{path()}/findings")
    me.page.locator("[data-finding-text]").fill("He was seen alone")
    me.press("Add this finding")
    assert me.page.title().startswith("Error: ")
    assert _sideways(me.page) == 0
    me.page.locator("[data-finding-text]").fill("")
    address = me.page.url.removesuffix("findings") + "sections/risk"
    me.page.goto(address)
    me.page.locator('[id="risk.evidence"]').evaluate("node => (node.value = 'x'.repeat(20001))")
    me.press("Save and continue")
    assert "must be 20,000 characters or fewer" in me.page.inner_text("main")
    assert _sideways(me.page) == 0
