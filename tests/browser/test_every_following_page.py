"""AC-1, AC-3: every page of the tracker, of improvement plans and of re-audits, by axe, wide and at
320 px: as each person who may open it, and sent with faults."""

from collections.abc import Callable

import pytest
from flask import Flask

from qa_app.database import now, saving
from qa_app.domain.actions import ActionKind, ActionStatus
from tests.browser.audit_states import LONG
from tests.browser.journey import Make
from tests.browser.looking import Path, open_every_page, path_of, rules_of, send_every_fault
from tests.council import Council
from tests.tracker.factory import an_action, pinned_to_a_case
from tests.web.after_world import after_of

pytestmark = pytest.mark.one_database
ROOMS = (
    "tracker.", "plans.", "audits.plan", "audits.agree_plan", "audits.close_plan", "audits.since",
    "audits.beside", "programme.re_audits", "programme.give_re_audit",
    "programme.call_off_re_audit", "reports.re_audits", "reports.pairs",
)  # fmt: skip
# Each page, and the states in which it is another page.
PAGES: dict[str, tuple[str, ...]] = {
    "tracker.index": ("", "?failed=y", "?mine=y", "?status=all", "?partner=Nobody"),
    "tracker.show_board": ("", "?group=team", "?group=due"),
    "tracker.show": ("open", "long", "priority", "asked", "done", "helped", "verified"),
    "tracker.done": ("long",),
    "tracker.verify": ("done", "priority"),
    "tracker.due_date": ("open",),
    "tracker.owner": ("open",),
    "tracker.note": ("open", "long"),
    "tracker.helpers": ("open", "helped"),
    "tracker.partner": ("open",),
    "tracker.impact": ("done", "verified"),
    "tracker.other_ladders": ("open", "helped"),
    "tracker.ask_withdrawal": ("open",),
    "tracker.say": ("asked",),
    "tracker.keep": ("asked",),
    "tracker.withdraw": ("asked", "open"),
    "tracker.withdrawals": ("",),
    "tracker.to_verify": ("",),
    "tracker.hand_over": ("",),
    "tracker.hand_over_of": ("",),
    "tracker.raise_alone": ("",),
    "tracker.show_assurance": ("",),
    "tracker.assurance_list": ("", "?figure=waiting", "?figure=verified"),
    "tracker.on_time_list": ("",),
    "plans.index": ("", "?standing=agreed"),
    "audits.plan": ("owed", "planned"),
    "audits.agree_plan": ("owed",),
    "audits.close_plan": ("planned",),
    "audits.since": ("again",),
    "audits.beside": ("again",),
    "programme.re_audits": ("", "?show=given"),
    "programme.give_re_audit": ("owed",),
    "programme.call_off_re_audit": ("owed",),
    "reports.re_audits": ("",),
    "reports.pairs": ("?quarter=2026/27-Q3",),
}


@pytest.fixture
def path(app: Flask, with_passwords: Council) -> Path:
    """path("tracker.show", "asked") → an address."""
    council = with_passwords
    with app.app_context(), saving():
        made = after_of(council).by_endpoint
        pins = pinned_to_a_case(council)
        actions = {
            "asked": made["tracker.say"]["action_id"],
            "done": made["tracker.impact"]["action_id"],
            "helped": made["tracker.helpers"]["action_id"],
            "open": an_action(council, audit=pins).id,
            "long": an_action(council, ActionStatus.IN_PROGRESS, what=LONG, at=now()).id,
            "verified": an_action(council, ActionStatus.VERIFIED, audit=pins).id,
            "priority": an_action(
                council, ActionStatus.DONE, kind=ActionKind.PRIORITY, audit=pins
            ).id,
        }
        audits = {
            "owed": made["audits.agree_plan"]["audit_id"],
            "planned": made["audits.plan"]["audit_id"],
            "again": made["audits.since"]["audit_id"],
        }

    def known(state: str) -> dict[str, object]:
        return {
            "action_id": actions.get(state, actions["open"]),
            "audit_id": audits.get(state),
            "person_id": council.people["manager"],
        }

    return path_of(app, known)


def test_no_page_of_these_rooms_is_left_out(app: Flask) -> None:
    assert {rule.endpoint for rule in rules_of(app, ROOMS)} == PAGES.keys()


@pytest.mark.parametrize(
    ("key", "least"),
    [
        ("auditor", 12),
        ("manager", 16),
        ("head", 30),
        ("other_head", 15),
        ("director", 30),
        ("qa_lead", 34),
        ("worker", 8),
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
    counted = f"{key}: {len(opened)} pages at two widths, {person.nodes} nodes, 0 violations"
    record_property("counted", counted)


# AC-5: a form sent empty says what is missing, where it is.
FAULTY = (
    ("manager", "tracker.note", "open", "Add this note"),
    ("manager", "tracker.done", "long", "Mark as done"),
    ("manager", "tracker.ask_withdrawal", "open", "Ask for it to be withdrawn"),
    ("head", "tracker.impact", "done", "Save the rating"),
    ("head", "tracker.due_date", "open", "Change the due date"),
    ("head", "tracker.owner", "open", "Give it to this person"),
    ("head", "tracker.raise_alone", "", "Raise this action"),
    ("head", "audits.agree_plan", "owed", "Agree the plan"),
    ("director", "tracker.withdraw", "asked", "Withdraw this action"),
    ("director", "tracker.keep", "asked", "Decide that it stays"),
    ("qa_lead", "programme.call_off_re_audit", "owed", "Call the re-audit off"),
)


def test_every_form_says_what_it_misses(
    walker: Make, path: Path, record_property: Callable[[str, object], None]
) -> None:
    faults, nodes = send_every_fault(walker, FAULTY, path)
    assert not faults, "\n".join(faults)
    record_property("counted", f"{len(FAULTY)} faulty forms, {nodes} nodes, 0 violations")
