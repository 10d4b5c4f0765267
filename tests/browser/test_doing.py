"""AC-1, AC-3, E3, E4, E9: the daily work on an action by axe, wide and at 320 px; the same without
scripts and by keyboard; and the board, whose columns stand below each other on a telephone."""

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import pytest
from flask import Flask

from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.tracker.models import OtherLadderKind
from qa_app.tracker.services.linking import note_ladder
from qa_app.tracker.services.noting import add_note
from tests.browser.journey import Make
from tests.browser.looking import faults_of
from tests.council import Council
from tests.tracker.doing import a_population, help_with, move_to
from tests.tracker.factory import an_action, pinned_to_a_case

pytestmark = pytest.mark.one_database
LONG = "Ask the school who saw her on the day and whether anybody has asked her since. " * 12
UNBROKEN = "https://case.example/" + "w" * 300
TOPS = """() => [...document.querySelectorAll(".app-board__column")]
    .map(each => Math.round(each.getBoundingClientRect().top))
"""


class Made(NamedTuple):
    """An action that is worked on, and one that is done."""

    working: str
    done: str


@pytest.fixture
def made(app: Flask, with_passwords: Council) -> Made:
    """Actions with all that can stand beside one, and with much to read."""
    council = with_passwords
    with app.app_context(), saving():
        a_population(council)
        ids = []
        for status, what in ((ActionStatus.IN_PROGRESS, LONG), (ActionStatus.DONE, UNBROKEN)):
            action = an_action(
                council, kind=ActionKind.LEARNING, what=what, audit=pinned_to_a_case(council),
                at=now() - timedelta(days=40),
            )  # fmt: skip
            for helper in ("iro", "chair"):
                help_with(council, action, helper)
            action.partner_agency = "W" * 200
            for number, kind in enumerate(OtherLadderKind):
                note_ladder(
                    action, kind=kind, reference="R" * 50 + str(number), rung=9,
                    by=council.people["chair"], at=now(),
                )  # fmt: skip
            add_note(action, note=UNBROKEN, by=council.people["head"], at=now())
            move_to(council, action, status, now())
            db.session.flush()
            ids.append(f"/tracker/{action.id}")
        return Made(*ids)


def test_every_page_of_the_work_is_fit_for_everybody(
    walker: Make, made: Made, record_property: Callable[[str, object], None]
) -> None:
    person = walker()
    person.sign_in("head")
    forms = ("", "/note", "/helpers", "/partner", "/other-ladders")
    paths = [made.working + each for each in forms] + [made.done, f"{made.done}/impact"]
    lists = ("", "?failed=y", "?mine=y", "board", "board?group=owner", "board?group=due&failed=y")
    paths += [f"/tracker/{each}" for each in lists]
    faults = []
    for path in paths:
        assert person.page.goto(person.address + path).status == 200, path
        faults += faults_of(person)
    # Forms that were left empty say what is missing.
    for path, button in (
        (f"{made.working}/note", "Add this note"),
        (f"{made.working}/helpers", "Add this person"),
        (f"{made.working}/other-ladders", "Note it"),
        (f"{made.done}/impact", "Save the rating"),
    ):
        person.go(path)
        person.press(button)
        assert person.page.locator(".govuk-error-summary").count() == 1, path
        faults += faults_of(person)
    assert not faults, "\n".join(faults)
    record_property("pages", len(paths))


# Columns beside each other where there is room, and one below the other with its heading at 320 px.
def test_the_columns_of_the_board_stack(walker: Make, made: Made) -> None:
    person = walker()
    person.sign_in("head")
    person.go("/tracker/board")
    assert len(set(person.page.evaluate(TOPS))) == 1
    person.page.set_viewport_size({"width": 320, "height": 640})
    tops = person.page.evaluate(TOPS)
    assert tops == sorted(set(tops))
    assert len(tops) == 4


def test_the_work_without_scripts_and_by_keyboard(walker: Make, made: Made) -> None:
    person = walker(scripts=False, width=320)
    person.sign_in("head")
    person.go("/tracker/board?group=team")
    card = person.page.locator(".app-board__card a").first
    card.focus()
    with person.page.expect_navigation():
        person.page.keyboard.press("Enter")
    assert person.page.locator("h1").inner_text().startswith("Action ")
    person.go(made.working)
    person.follow("Add a progress note")
    person.page.get_by_label("How does it go?").fill("Spoke with the school.")
    person.press("Add this note")
    person.follow("Change who helps")
    person.page.get_by_label("Who is to help?").fill("Wendy")
    person.press("Add this person")
    assert "Wendy Worker helps with this action now" in person.page.locator("main").inner_text()
    person.go(made.done)
    person.follow("Rate the impact on children")
    person.page.get_by_label("Some children").check()
    person.press("Save the rating")
    shown = person.page.locator("main").inner_text()
    assert "Impact: some children" in shown
    assert "Rated the impact: some children" in shown
