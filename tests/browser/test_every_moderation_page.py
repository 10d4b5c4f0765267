"""AC-1, AC-3: every page of moderation, of calibration and about absences, by axe, wide and at
320 px: as each person who may open it, at each step that makes it another page, and sent with
faults. The pages of an audit itself are in test_every_audit_page.py.
"""

from collections.abc import Callable

import pytest
from flask import Flask

from qa_app.database import saving
from tests.browser.journey import Make
from tests.browser.looking import Path, open_every_page, path_of, rules_of, send_every_fault
from tests.browser.moderation_states import (
    AUDITOR,
    AWAY,
    MODERATOR,
    SECOND,
    moderations_of_every_state,
)
from tests.council import Council

pytestmark = pytest.mark.one_database
ABSENCES = (
    "accounts.my_absences", "accounts.absences", "accounts.end_my_absence", "accounts.end_absence",
)  # fmt: skip
ROOMS = ("moderation.", "calibration.", *ABSENCES)
# Files.
NO_PAGES = {"moderation.meeting_file"}
# Each page, and the states in which it is another page.
PAGES: dict[str, tuple[str, ...]] = {
    "moderation.queue": ("",),
    "moderation.in_hand": ("",),
    "moderation.late": ("",),
    "moderation.choices": ("",),
    "moderation.waivers": ("",),
    "moderation.waive": ("given", "late", "decided"),
    "moderation.give_to": (
        "given",
        "to_be_blind",
        "moderating",
        "covered",
        "disputed",
        "nobody_senior",
        "decided",
    ),
    "moderation.make_sighted": ("to_be_blind", "decided"),
    "moderation.first_grades": ("blind",),
    "moderation.show": ("moderating", "revealed", "own_service"),
    "moderation.send_back": ("moderating",),
    "moderation.answer": ("discussed",),
    "moderation.decide": ("second",),
    "moderation.show_result": (
        "given",
        "moderating",
        "returned",
        "discussed",
        "disputed",
        "second",
        "decided",
    ),
    "moderation.talk": ("moderating", "discussed", "decided"),
    "moderation.meeting": ("moderating", "discussed"),
    "moderation.talked": ("discussed",),
    "moderation.raise_after_audit": ("decided",),
    "moderation.my_audits": ("",),
    "moderation.my_moderations": ("",),
    "moderation.good": ("",),
    "moderation.agreement": ("",),
    "moderation.agreement_audits": ("",),
    "moderation.my_agreement": ("",),
    "moderation.my_agreement_audits": ("",),
    "calibration.index": ("",),
    "calibration.mine": ("",),
    "calibration.new": ("",),
    "calibration.show": ("draft", "open", "closed", "gold"),
    "calibration.details": ("draft",),
    "calibration.section": ("draft",),
    "calibration.invite": ("draft", "open"),
    "calibration.open_session": ("draft",),
    "calibration.discard": ("draft",),
    "calibration.grade": ("open", "gold"),
    "calibration.commit": ("open", "gold"),
    "calibration.close": ("open",),
    "calibration.agreed": ("closed", "gold"),
    "calibration.results": ("closed", "gold"),
    "calibration.compare": ("gold",),
    "accounts.my_absences": ("",),
    "accounts.absences": ("absent",),
    "accounts.end_my_absence": ("absent",),
    "accounts.end_absence": ("absent_moderator",),
}


@pytest.fixture
def path(app: Flask, with_passwords: Council) -> Path:
    """path("moderation.answer", "discussed") → an address."""
    with app.app_context(), saving():
        known = moderations_of_every_state(with_passwords)
    return path_of(app, lambda state: known[state])


def test_no_page_of_these_rooms_is_left_out(app: Flask) -> None:
    found = {rule.endpoint for rule in rules_of(app, ROOMS)}
    assert found - NO_PAGES == PAGES.keys()
    assert {each for each in found if each.startswith("accounts.")} == set(ABSENCES)


@pytest.mark.parametrize(
    ("key", "least"),
    [
        (AUDITOR, 31),
        (MODERATOR, 31),
        (SECOND, 27),
        (AWAY, 13),
        ("head", 26),
        ("qa_lead", 48),
        ("worker", 12),
        ("manager", 16),
        ("chair", 10),
        ("administrator", 3),
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
    # who, page, state, the button
    (AUDITOR, "moderation.answer", "discussed", "Send my answer"),
    (AUDITOR, "moderation.talk", "discussed", "Send it"),
    (AUDITOR, "moderation.meeting", "moderating", "Arrange it"),
    (AUDITOR, "moderation.talked", "discussed", "Save"),
    (AUDITOR, "accounts.my_absences", "", "Save"),
    (AUDITOR, "accounts.end_my_absence", "absent", "Save"),
    (AUDITOR, "moderation.raise_after_audit", "decided", "Raise this action"),
    (MODERATOR, "moderation.first_grades", "blind", "Keep these grades and show me the auditor’s"),
    (MODERATOR, "moderation.show", "moderating", "Finish this moderation"),
    (MODERATOR, "moderation.send_back", "moderating", "Return it to the auditor"),
    (SECOND, "moderation.decide", "second", "Decide"),
    (SECOND, "moderation.waive", "late", "Grant this waiver"),
    ("qa_lead", "moderation.give_to", "to_be_blind", "Give it to them"),
    ("qa_lead", "moderation.give_to", "nobody_senior", "Name them"),
    ("qa_lead", "moderation.give_to", "covered", "Move it"),
    ("qa_lead", "moderation.make_sighted", "to_be_blind", "Make it sighted"),
    ("qa_lead", "calibration.new", "", "Make the session"),
    ("qa_lead", "calibration.agreed", "closed", "Save the agreed answer"),
    ("qa_lead", "accounts.absences", "absent", "Save"),
)


# AC-5: the title says it, the summary leads to the control, and the page is as fit as without it.
def test_every_form_with_a_fault_is_fit_for_everybody(
    walker: Make, path: Path, record_property: Callable[[str, object], None]
) -> None:
    faults, nodes = send_every_fault(walker, FAULTS, path)
    assert not faults, "\n".join(faults)
    record_property("counted", f"{len(FAULTS)} forms at two widths, {nodes} nodes, 0 violations")
