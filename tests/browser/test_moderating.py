"""A moderator at a keyboard, on a telephone, without scripts, offline: the moderator's own page.

A8, M3, M4, AC-1 to AC-9.
"""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from playwright.sync_api import Locator, expect

from qa_app.audits.models import Audit
from qa_app.database import db, now, saving
from qa_app.domain.grades import Grade
from qa_app.moderation import services
from qa_app.moderation.models import Moderation, ModerationState
from tests.browser.conftest import Walker
from tests.browser.journey import Make
from tests.browser.keyboard import Keyboard
from tests.browser.writing import PAUSE, Writer, idle
from tests.council import Council
from tests.moderation.blind_world import MODERATOR, first_grades, taken, taken_blind
from tests.moderation.factory import a_submitted_audit

pytestmark = pytest.mark.one_database
TEXT = "On 3 May she was seen at home & said “I am safe” – twice.\nThen: \U0001f9f8 <b>n</b>"
PRESSED = 1_100  # milliseconds: a second press sooner than that is taken for a double click


class Moderator(Writer):
    """The page of a moderation, its last box, and what the page says about saving."""

    def __init__(self, walker: Walker, path: str) -> None:
        if walker.scripts:
            walker.page.clock.install()
        walker.sign_in(MODERATOR)
        walker.go(path)
        self.walker, self.page, self.path = walker, walker.page, path

    @property
    def box(self) -> Locator:
        return self.page.get_by_label("What was done well in this audit")

    @property
    def button(self) -> Locator:
        return self.page.locator("button[name=save]")

    def glance(self, code: str) -> Locator:
        """The moderator's own grade of a section, at a glance."""
        return self.page.locator(f"tr[data-graded={code}] [data-mine]")

    def section(self, code: str) -> Locator:
        """What is asked where one sees a section differently."""
        return self.page.locator(f"[data-differently={code}]")

    def named(self, name: str, value: str = "") -> Locator:
        """A control by its name, or one of its answers."""
        wanted = f'[value="{value}"]' if value else ""
        return self.page.locator(f'[name="{name}"]{wanted}')


@pytest.fixture
def path(app: Flask, with_passwords: Council) -> str:
    """The address of a moderation that has just begun."""
    with app.app_context(), saving():
        moderation = taken(with_passwords, a_submitted_audit(with_passwords))
        db.session.flush()
        return f"/moderation/{moderation.id}"


@pytest.fixture
def at(walker: Make) -> Iterator[Callable[..., Moderator]]:
    """at(path) → the moderator on the page there, on a machine of their own."""
    sat_down: list[Moderator] = []

    def sit_down(path: str, **options: object) -> Moderator:
        sat_down.append(Moderator(walker(**options), path))
        return sat_down[-1]

    yield sit_down
    for each in sat_down:
        # What a page saves as it is closed would reach the database of the next test.
        each.offline()


@pytest.fixture
def moderator(at: Callable[..., Moderator], path: str) -> Callable[..., Moderator]:
    """moderator() → the page of a sighted moderation."""
    return lambda **options: at(path, **options)


@pytest.fixture
def revealed(app: Flask, with_passwords: Council) -> str:
    """A blind moderation whose first grades were all Requires improvement beside a Good."""
    _, moderation_id = taken_blind(app, with_passwords)
    with app.app_context(), saving():
        moderation = db.session.get_one(Moderation, moderation_id)
        services.commit_first(
            moderation, first_grades(moderation, Grade.REQUIRES_IMPROVEMENT),
            by=moderation.moderator_id, at=now(),
        )  # fmt: skip
    return f"/moderation/{moderation_id}"


def _draft(app: Flask) -> dict[str, str]:
    with app.app_context():
        return dict(db.session.query(Moderation).one().draft)


# AC-2: a sound audit, agreed with by keyboard alone; and nothing on the page is out of reach.
def test_a_sound_audit_by_keyboard_alone(app: Flask, walker: Make, path: str) -> None:
    keys = Keyboard(walker())
    keys.sign_in(MODERATOR)
    keys.walker.go(path)
    keys.tour()
    keys.choose("agreement", "all")
    keys.choose("overall_view", "agree")
    keys.to("[name=feedback]")
    keys.type("Clear and kind.")
    keys.go("button[name=save]")
    assert "is final." in keys.page.inner_text("main")
    with app.app_context():
        assert db.session.query(Moderation).one().feedback == "Clear and kind."
        assert db.session.query(Audit).one().final_grade is Grade.GOOD


# AC-1, AC-3: with everything open, at 1200 and at 320 pixels.
def test_the_page_with_everything_open_is_fit_for_everybody(
    moderator: Callable[..., Moderator], at: Callable[..., Moderator], revealed: str
) -> None:
    me = moderator()
    me.named("agreement", "except").check()
    for code in ("risk", "plan"):
        me.named("except_for", code).check()
    me.named("overall_view", "differ").check()
    me.page.evaluate("document.querySelectorAll('details').forEach((node) => (node.open = true))")
    me.fits()
    at(revealed).fits()


# What is selected above opens below, and what is graded below is selected above; the glance and the
# button say what follows. Taking it back leaves no grade behind, and every word.
def test_above_and_below_are_one(app: Flask, moderator: Callable[..., Moderator]) -> None:
    me = moderator()
    expect(me.glance("risk")).to_have_text("Not yet")
    expect(me.section("risk")).not_to_have_attribute("open", "")
    me.named("agreement", "except").check()
    me.named("except_for", "risk").check()
    expect(me.section("risk")).to_have_attribute("open", "")
    expect(me.glance("risk")).to_have_text("Not yet")
    expect(me.glance("plan")).to_have_text("Good")
    me.named("risk_grade").select_option("inadequate")
    expect(me.glance("risk")).to_have_text("Inadequate Differs")

    me.section("plan").locator("summary").click()
    me.named("plan_grade").select_option("outstanding")
    expect(me.named("except_for", "plan")).to_be_checked()
    me.named("plan_words").fill("Warm.")
    me.named("except_for", "plan").uncheck()
    expect(me.named("plan_grade")).to_have_value("")
    expect(me.named("plan_words")).to_have_value("Warm.")
    expect(me.section("plan")).to_have_attribute("open", "")
    expect(me.glance("plan")).to_have_text("Good")

    expect(me.button).to_have_text("Finish this moderation")
    me.named("overall_view", "differ").check()
    me.named("overall_grade").select_option("inadequate")
    expect(me.button).to_have_text("Finish and send to the auditor")
    expect(me.page.locator("[data-follows=other]")).to_contain_text("Ada Auditor, who answers by")
    expect(me.page.locator("[data-follows=same]")).to_be_hidden()
    me.named("overall_view", "agree").check()
    expect(me.button).to_have_text("Finish this moderation")
    expect(me.page.locator("[data-follows=other]")).to_be_hidden()

    me.walker.press("Save for later")
    draft = _draft(app)
    assert (draft["except_for"], draft["plan_words"]) == ("risk", "Warm.")
    assert draft.get("plan_grade", "") == ""


# M4: choosing a grade in a section is enough to say that one does not agree with every one.
def test_a_grade_in_a_section_answers_the_question_above(
    moderator: Callable[..., Moderator],
) -> None:
    me = moderator()
    me.named("agreement", "all").check()
    me.section("plan").locator("summary").click()
    me.named("plan_grade").select_option("outstanding")
    expect(me.named("agreement", "except")).to_be_checked()
    expect(me.named("except_for", "plan")).to_be_checked()


# M3: why one's view changed is asked where it did, and no longer than that.
def test_why_ones_view_changed_is_asked_when_it_has(
    at: Callable[..., Moderator], revealed: str
) -> None:
    me = at(revealed)
    why = me.named("overall_changed")
    expect(me.glance("overall")).to_have_text("Requires improvement Differs")
    expect(why).to_be_hidden()
    me.named("overall_view", "agree").check()
    expect(why).to_be_visible()
    me.named("overall_view", "differ").check()
    expect(why).to_be_hidden()
    me.named("overall_grade").select_option("outstanding")
    expect(why).to_be_visible()
    why.fill("Read again.")
    me.named("overall_grade").select_option("requires_improvement")
    expect(why).to_be_visible()  # what was written stays in sight


# A8: saved as one goes, and there when the page is opened again.
def test_it_is_saved_as_one_goes(app: Flask, moderator: Callable[..., Moderator]) -> None:
    me = moderator()
    expect(me.status).to_have_attribute("aria-live", "polite")
    me.type(TEXT)
    me.saves()
    expect(me.box).to_be_focused()
    with me.page.expect_response("**/draft"):
        me.named("agreement", "all").check()
    assert _draft(app) == {"feedback": TEXT, "agreement": "all"}
    me.walker.go(me.path)
    assert me.box.input_value() == TEXT
    expect(me.named("agreement", "all")).to_be_checked()
    expect(me.glance("plan")).to_have_text("Good")


# A8, AU-4: the line drops, the session ends, and one signs in again in another tab.
def test_offline_and_then_signed_out(app: Flask, moderator: Callable[..., Moderator]) -> None:
    me = moderator()
    me.offline()
    me.type(TEXT[:20])
    me.wait()
    expect(me.notice).to_contain_text("No connection to the service since")
    me.offline(False)
    me.tries_again()
    assert _draft(app) == {"feedback": TEXT[:20]}
    idle(app, 31)
    me.type(TEXT[20:])
    me.wait()
    expect(me.notice).to_contain_text("You were signed out by")
    me.button.click()
    expect(me.notice).to_contain_text("You were signed out by")
    assert me.box.input_value() == TEXT
    me.keeps_nothing()
    tab = me.sign_in_in_a_new_tab(MODERATOR)
    expect(tab.get_by_role("heading", level=1)).to_have_text("You are signed in again")
    me.is_saved()
    assert _draft(app) == {"feedback": TEXT}


# CO-1: two machines, one box: both texts, and a choice.
def test_two_machines_in_one_box(app: Flask, moderator: Callable[..., Moderator]) -> None:
    here, there = moderator(), moderator()
    there.type("Theirs")
    there.saves()
    here.type("Mine")
    here.wait()
    expect(here.conflict).to_be_visible()
    here.fits()
    here.button.click()
    expect(here.conflict).to_be_focused()
    here.conflict.get_by_role("button", name="Keep both, mine below").click()
    here.saves()
    assert _draft(app) == {"feedback": "Theirs\n\nMine"}


# CO-5: finished on another machine: what is typed late is given back.
def test_after_it_was_finished_elsewhere_the_text_is_given_back(
    app: Flask, moderator: Callable[..., Moderator]
) -> None:
    here, there = moderator(), moderator()
    there.named("agreement", "all").check()
    there.named("overall_view", "agree").check()
    there.box.fill("Clear.")
    there.walker.press("Finish this moderation")
    here.type(TEXT)
    here.wait()
    panel = here.page.get_by_role("region", name="Not saved")
    expect(panel).to_contain_text("not open to you any more")
    expect(panel.get_by_label("Your text, to copy")).to_have_value(TEXT)
    here.fits()


# AU-4: a page that is left alone saves nothing.
def test_a_page_left_alone_sends_nothing(moderator: Callable[..., Moderator]) -> None:
    me, asked = moderator(), list[str]()
    me.type("Clear.")
    me.saves()
    me.page.on("request", lambda request: asked.append(request.method))
    for _ in range(5):
        me.wait(PAUSE)
    assert "POST" not in asked


# A8: a link that is followed waits for what is saved by itself.
def test_a_link_saves_first(app: Flask, moderator: Callable[..., Moderator]) -> None:
    me = moderator()
    me.type(TEXT)
    me.walker.follow("Return it for correction")
    assert _draft(app) == {"feedback": TEXT}


# AC-9: all of it without scripts, on a telephone: later, then the rest, with a section excepted.
def test_without_scripts(app: Flask, moderator: Callable[..., Moderator]) -> None:
    me = moderator(scripts=False, width=320)
    me.box.fill("Clear and kind.")
    me.walker.press("Save for later")
    assert "Only you can read it." in me.page.inner_text("main")
    me.walker.follow("Continue")
    assert me.box.input_value() == "Clear and kind."
    me.named("agreement", "except").check()
    me.named("except_for", "plan").check()
    me.named("overall_view", "agree").check()
    me.walker.press("Finish this moderation")
    assert re.match("Error: ", me.page.title())
    expect(me.section("plan")).to_have_attribute("open", "")
    me.named("plan_grade").select_option("outstanding")
    me.named("plan_reason").select_option("threshold")
    me.named("plan_words").fill(TEXT)
    me.walker.press("Finish this moderation")
    assert "is final." in me.page.inner_text("main")
    with app.app_context():
        moderation = db.session.query(Moderation).one()
        assert moderation.state is ModerationState.COMMITTED
        assert moderation.draft == {}


# A8, AU-4: signed out meanwhile, without scripts: the form goes through the sign-in page.
def test_without_scripts_the_form_goes_through_the_sign_in_page(
    app: Flask, moderator: Callable[..., Moderator]
) -> None:
    me = moderator(scripts=False)
    me.box.fill(TEXT)
    idle(app, 31)
    me.walker.press("Save for later")
    me.page.get_by_label("E-mail").fill(f"{MODERATOR}@example.test".replace("_", "."))
    me.page.get_by_label("Password", exact=True).fill("seven grey herons waiting")
    me.walker.press("Sign in")
    assert "Clear" not in _draft(app)
    me.page.get_by_role("button", name=re.compile("Send|Save")).first.click()
    assert _draft(app)["feedback"] == TEXT
