"""AC-1, AC-3: every page of the audits and concerns rooms, by axe, wide and at 320 px: as each
person who may open it, in each state of an audit, and sent with faults.

The pages of moderation are in test_every_moderation_page.py. What a page says while it is
offline or signed out is in test_nothing_is_lost.py and test_session_ends.py; the pages of the core
tool are in test_section_page.py.
"""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import expect

from qa_app.audits.models import Audit
from qa_app.database import db, now, saving
from tests.audits.making import Writer
from tests.browser.audit_states import (
    AUDITOR,
    LONG,
    MODERATOR,
    PARTNER,
    SECOND,
    STATES,
    Rooms,
    audits_of_every_state,
)
from tests.browser.journey import Make
from tests.browser.looking import (
    Path,
    faults_of,
    open_every_page,
    path_of,
    rules_of,
    send_every_fault,
)
from tests.browser.writing import Writer as Somebody
from tests.council import Council

pytestmark = pytest.mark.one_database
ROOMS = ("audits.", "concerns.")
# Files; and what follows an Inadequate audit is in test_every_following_page.py.
NO_PAGES = {
    "audits.document", "audits.conversation_file", "audits.guests_file", "audits.plan",
    "audits.agree_plan", "audits.close_plan", "audits.since", "audits.beside",
}  # fmt: skip
# Each page, and the states in which it is another page.
PAGES: dict[str, tuple[str, ...]] = {
    "audits.index": ("",),
    "audits.interests": ("",),
    "audits.what_to_expect": ("",),
    "audits.show": STATES,
    "audits.section": ("empty", "half", "joint", "returned"),
    "audits.findings": ("empty", "half", "joint"),
    "audits.finding": ("half",),
    "audits.voices": ("empty", "half", "joint"),
    "audits.overall": ("empty", "half", "joint"),
    "audits.review": ("empty", "half", "joint", "returned"),
    "audits.identifying": ("empty", "half"),
    "audits.versions": ("half",),
    "audits.version": ("half",),
    "audits.conversation": ("empty", "half", "waiting"),
    "audits.contribution": ("empty", "half", "waiting"),
    "audits.facts": ("waiting", "final"),
    "audits.points": ("waiting", "returned"),
    "audits.comments": ("half", "returned", "final"),
    "audits.amend": (
        "half",
        "final",
        "final?what=grade.overall",
        "final?what=plan_type",
        "final?what=text.plan.evidence",
    ),
    "audits.reply": ("waiting", "final"),
    "audits.record": ("waiting", "final"),
    "audits.thanks": ("empty", "half"),
    "audits.unstart": ("empty", "half", "joint"),
    "audits.withdraw": ("half", "final"),
    "audits.co_auditor": ("empty", "half", "joint", "final"),
    "audits.declare_interest": ("empty",),
    "audits.concern": ("empty", "joint"),
    "concerns.worried": ("",),
    "concerns.show": ("",),
    # What follows are forms on the page of the concern, which is shown where they are opened.
    "concerns.call": ("",),
    "concerns.decide": ("",),
    "concerns.refer": ("",),
    "concerns.withdraw": ("",),
}


@pytest.fixture
def rooms(app: Flask, with_passwords: Council) -> Rooms:
    """An audit in each state."""
    with app.app_context(), saving():
        return audits_of_every_state(with_passwords)


@pytest.fixture
def path(app: Flask, rooms: Rooms) -> Path:
    """path("audits.show", "half") → an address."""

    def known(state: str) -> dict[str, object]:
        return {
            "audit_id": rooms.audits.get(state),
            "code": "plan",
            "field": "plan.evidence",
            "finding_id": rooms.finding_id,
            "version_id": rooms.version_id,
            "concern_id": rooms.concern_id,
        }

    return path_of(app, known)


def test_no_page_of_these_rooms_is_left_out(app: Flask) -> None:
    assert {rule.endpoint for rule in rules_of(app, ROOMS)} - NO_PAGES == PAGES.keys()


@pytest.mark.parametrize(
    ("key", "least"),
    [
        (AUDITOR, 54),
        (SECOND, 16),
        (PARTNER, 8),
        ("worker", 18),
        ("manager", 20),
        (MODERATOR, 8),
        ("qa_lead", 35),
    ],
)
def test_every_page_that_somebody_may_open_is_fit_for_everybody(
    walker: Make,
    path: Path,
    key: str,
    least: int,
    record_property: Callable[[str, object], None],
) -> None:
    person = walker()
    person.sign_in(key)
    opened, faults = open_every_page(person, PAGES, path)
    assert not faults, "\n".join(faults)
    assert len(opened) >= least, opened
    record_property(
        "counted",
        f"{key}: {len(opened)} pages at two widths, {person.nodes} nodes, 0 violations",
    )


# A button on a form that was left empty, but for what its page filled in.
FAULTS = (
    # who, page, state of the audit, the button
    (AUDITOR, "audits.finding", "half", "Save the change"),
    (AUDITOR, "audits.conversation", "empty", "Invite them"),
    (AUDITOR, "audits.thanks", "half", "Send it"),
    ("qa_lead", "audits.interests", "", "Declare an interest"),
    (AUDITOR, "audits.concern", "empty", "Raise the concern and tell these people"),
    (AUDITOR, "audits.points", "waiting", "Send this answer"),
    (AUDITOR, "audits.unstart", "joint", "Put it back to not started"),
    (AUDITOR, "audits.record", "final", "Save"),
    (AUDITOR, "concerns.show", "", "Record the call"),
    (AUDITOR, "audits.comments", "returned", "Save this answer"),
    ("worker", "audits.contribution", "empty", "Sign and send"),
    ("worker", "audits.reply", "waiting", "Sign and send"),
    ("manager", "audits.facts", "waiting", "Send my answer"),
    ("qa_lead", "audits.withdraw", "half", "Withdraw this audit"),
    ("qa_lead", "audits.co_auditor", "empty", "Add this colleague"),
    ("qa_lead", "audits.co_auditor", "empty", "Invite this partner"),
    ("qa_lead", "audits.co_auditor", "joint", "Take them off"),
    ("qa_lead", "audits.amend", "final?what=grade.overall", "Amend it"),
    ("qa_lead", "audits.amend", "final?what=plan_type", "Amend it"),
    ("qa_lead", "audits.amend", "final?what=text.plan.evidence", "Amend it"),
    ("manager", "concerns.show", "", "Record the safety decision"),
)


# AC-5: the title says it, the summary leads to the control, and the page is as fit as without it.
def test_every_form_with_a_fault_is_fit_for_everybody(
    walker: Make, path: Path, record_property: Callable[[str, object], None]
) -> None:
    faults, nodes = send_every_fault(walker, FAULTS, path)
    assert not faults, "\n".join(faults)
    record_property("counted", f"{len(FAULTS)} forms at two widths, {nodes} nodes, 0 violations")


@pytest.fixture
def saved_by_two(app: Flask, rooms: Rooms, with_passwords: Council) -> Callable[[], None]:
    """Call it to have the second auditor save what the first has open in a page."""

    def save() -> None:
        with app.app_context(), saving():
            audit = db.session.get_one(Audit, rooms.audits["half"])
            write = Writer(audit, with_passwords.people[SECOND], now())
            write({"plan.evidence": LONG, "plan.impact": LONG, "plan.grade": "inadequate"})

    return save


# CO-1, AC-9: what a page without scripts is answered, where two wrote in several boxes.
def test_the_choice_between_two_versions_is_fit_for_everybody(
    walker: Make, path: Path, saved_by_two: Callable[[], None]
) -> None:
    person = walker()
    person.sign_in(AUDITOR)
    person.go(path("audits.section", "half"))
    saved_by_two()
    page = person.page
    for name in ("plan.evidence", "plan.impact"):
        page.locator(f'[name="{name}"]').fill("Mine. " + LONG)
    page.locator('[name="plan.grade"][value="outstanding"]').check()
    with page.expect_navigation():
        # As a browser without scripts sends it: nothing of ours hears of it.
        page.locator("form[data-autosave-url]").evaluate("form => form.submit()")
    assert "Choose which version to keep" in page.title()
    assert page.get_by_role("heading", level=2).count() == 3
    assert not list(faults_of(person))


# CO-1, AC-1: with scripts, in the page, several choices at once.
def test_several_choices_in_a_page_are_fit_for_everybody(
    walker: Make, path: Path, saved_by_two: Callable[[], None]
) -> None:
    me = Somebody(walker(), path("audits.section", "half"))
    saved_by_two()
    me.type("Mine.")
    me.page.locator('[name="plan.impact"]').fill("Mine. " + LONG)
    me.page.locator('[name="plan.grade"][value="outstanding"]').check()
    me.wait()
    expect(me.conflict).to_have_count(3)
    names = me.conflict.evaluate_all("nodes => nodes.map((node) => node.ariaLabel)")
    assert names[0] == "Two versions: What is the evidence?"
    assert not list(faults_of(me.walker))


# Which corners and middles of the control with the focus, of those in the window, lie under what
# stays in sight while the page scrolls.
COVERED = """() => {
    const node = document.activeElement
    const box = (node.labels?.[0] && node.matches("[type=radio]") ? node.labels[0] : node)
        .getBoundingClientRect()
    const across = [box.left + 2, (box.left + box.right) / 2, box.right - 2]
    const down = [box.top + 2, (box.top + box.bottom) / 2, box.bottom - 2]
    const points = down.flatMap((y) => across.map((x) => [x, y]))
        .filter(([x, y]) => x >= 0 && y >= 0 && x < innerWidth && y < innerHeight)
    const over = points.map(([x, y]) => document.elementFromPoint(x, y)
        ?.closest(".app-worry, [data-notice], .app-autosave__status"))
        .filter((each) => each && !each.contains(node))
    // In a long text the browser shows the line that one writes in: an edge of its box may be
    // covered.
    const long = node.scrollTop > 0 && over.length <= 3
    return [points.length, long ? 0 : over.length]
}"""


# AC-3: 1280 px at 400 % is a window of 320 by 256; a taller one has room for what stays in sight,
# which covers no control that has the focus (2.4.11).
@pytest.mark.parametrize("height", [256, 320])
@pytest.mark.parametrize("warned", [False, True], ids=["calm", "offline"])
def test_at_400_percent_nothing_lies_over_the_box_that_one_is_in(
    walker: Make,
    path: Path,
    warned: bool,
    height: int,
    record_property: Callable[[str, object], None],
) -> None:
    me = Somebody(walker(width=320), path("audits.section", "half"))
    page = me.page
    page.set_viewport_size({"width": 320, "height": height})
    if warned:
        me.offline()
        me.type(" More.")
        me.wait()
        expect(me.notice).to_contain_text("No connection to the service")
    page.locator("#main-content").evaluate("node => (node.tabIndex = -1, node.focus())")
    seen: list[str] = []
    # Forwards to the button, and back to the top, where what stays in sight is.
    for key, last in (("Tab", "[name=save]"), ("Shift+Tab", ".app-worry a")):
        for _ in range(80):
            page.keyboard.press(key)
            where = page.evaluate("document.activeElement.outerHTML.slice(0, 100)")
            there, over = page.evaluate(COVERED)
            assert there, f"out of sight: {where}"
            assert not over, f"{over} of {there} points lie under something: {where}"
            seen.append(page.evaluate("document.activeElement.dataset.field ?? ''"))
            if page.evaluate("selector => document.activeElement.matches(selector)", last):
                break
    boxes = ("question.plan.else", "plan.evidence", "plan.impact", "plan.grade")
    assert [seen.count(each) for each in boxes] == [2, 2, 2, 2]
    record_property("counted", f"{len(seen)} steps at 320 by {height}, none covered")
