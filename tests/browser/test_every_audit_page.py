"""AC-1, AC-3: every page of the audits, concerns and moderation rooms, by axe, wide and at 320 px:
as each person who may open it, in each state of an audit, and sent with faults.

What a page says while it is offline or signed out is in test_nothing_is_lost.py and
test_session_ends.py; the pages of the core tool are in test_section_page.py.
"""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from flask import Flask
from playwright.sync_api import Page

from qa_app.database import now, saving
from tests.audits.making import Writer, given
from tests.browser.audit_states import AUDITOR, MODERATOR, PARTNER, SECOND, STATES
from tests.browser.audit_states import Rooms, audits_of_every_state
from tests.browser.conftest import Walker
from tests.browser.journey import Make
from tests.council import Council

pytestmark = pytest.mark.one_database
WIDE, NARROW = {"width": 1200, "height": 900}, {"width": 320, "height": 640}
ROOMS = ("audits.", "concerns.", "moderation.")
# Files.
NO_PAGES = {"audits.document", "audits.conversation_file", "audits.guests_file"}
# Each page, and the states in which it is another page.
PAGES: dict[str, tuple[str, ...]] = {
    "audits.index": ("",),
    "audits.interests": ("",),
    "audits.what_to_expect": ("",),
    "audits.show": STATES,
    "audits.section": ("empty", "half", "joint", "returned"),
    "audits.findings": ("empty", "half"),
    "audits.finding": ("half",),
    "audits.voices": ("empty", "half"),
    "audits.overall": ("empty", "half"),
    "audits.review": ("empty", "half", "joint", "returned"),
    "audits.identifying": ("empty", "half"),
    "audits.versions": ("half",),
    "audits.version": ("half",),
    "audits.conversation": ("empty", "half", "waiting"),
    "audits.contribution": ("empty", "half", "waiting"),
    "audits.facts": ("waiting", "final"),
    "audits.points": ("waiting", "returned"),
    "audits.reply": ("waiting", "final"),
    "audits.record": ("waiting", "final"),
    "audits.thanks": ("empty", "half"),
    "audits.unstart": ("empty", "half", "joint"),
    "audits.withdraw": ("half", "final"),
    "audits.co_auditor": ("empty", "half", "joint", "final"),
    "audits.declare_interest": ("empty",),
    "audits.concern": ("empty", "joint"),
    "concerns.show": ("",),
    # What follows are forms on the page of the concern, which is shown where they are opened.
    "concerns.call": ("",),
    "concerns.decide": ("",),
    "concerns.withdraw": ("",),
    "moderation.queue": ("",),
    "moderation.show": ("",),
    "moderation.send_back": ("",),
    "moderation.show_result": ("final",),
    "moderation.raise_after_audit": ("final",),
}


@pytest.fixture
def rooms(app: Flask, with_passwords: Council) -> Rooms:
    """An audit in each state."""
    with app.app_context(), saving():
        return audits_of_every_state(with_passwords)


@pytest.fixture
def path(app: Flask, rooms: Rooms) -> Callable[..., str]:
    """path("audits.show", "half") → an address."""

    def make(endpoint: str, state: str = "") -> str:
        known: dict[str, Any] = {
            "audit_id": rooms.audits.get(state),
            "code": "plan",
            "field": "plan.evidence",
            "finding_id": rooms.finding_id,
            "version_id": rooms.version_id,
            "concern_id": rooms.concern_id,
            "moderation_id": rooms.moderation_id,
        }
        rule = next(each for each in _rules(app) if each.endpoint == endpoint)
        values = {name: known[name] for name in rule.arguments}
        with app.test_request_context():
            return str(rule.build(values, append_unknown=False)[1])

    return make


def _rules(app: Flask) -> Iterator[Any]:
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith(ROOMS) and "GET" in (rule.methods or ()):
            yield rule


def _faults(person: Walker) -> Iterator[str]:
    """What axe finds at both widths, and what there is to scroll sideways to."""
    for size in (NARROW, WIDE):
        person.page.set_viewport_size(size)
        try:
            person.check()
        except AssertionError as error:
            yield f"at {size['width']} px {error}"
        widths = person.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        if widths[0] > widths[1]:
            yield f"{person.page.url} is {widths[0]} wide at {widths[1]} px"


def test_no_page_of_these_rooms_is_left_out(app: Flask) -> None:
    assert {rule.endpoint for rule in _rules(app)} - NO_PAGES == PAGES.keys()


@pytest.mark.parametrize(
    ("key", "least"),
    [
        (AUDITOR, 40),
        (SECOND, 10),
        (PARTNER, 6),
        ("worker", 8),
        ("manager", 8),
        (MODERATOR, 6),
        ("qa_lead", 20),
    ],
)
def test_every_page_that_somebody_may_open_is_fit_for_everybody(
    walker: Make,
    path: Callable[..., str],
    key: str,
    least: int,
    record_property: Callable[[str, object], None],
) -> None:
    person = walker()
    person.sign_in(key)
    opened, faults = [], list[str]()
    for endpoint, states in PAGES.items():
        for state in states:
            address = path(endpoint, state)
            answer = person.page.goto(person.address + address)
            if answer.status != 200:
                assert answer.status in (403, 404, 409), f"{address}: {answer.status}"
                continue
            faults += _faults(person)
            opened.append(f"{endpoint} {state}")
    assert not faults, "\n".join(faults)
    assert len(opened) >= least, opened
    record_property(
        "counted",
        f"{key}: {len(opened)} pages at two widths, {person.nodes} nodes, 0 violations",
    )
