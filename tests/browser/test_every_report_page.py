"""AC-1, AC-3, AC-8: every page of reports, the issues log, themes, learning and keys, by axe, wide
and at 320 px: as each person who may open it, and sent with faults."""

from collections.abc import Callable

import pytest
from flask import Flask

from qa_app.database import now, saving
from qa_app.domain.publishing import ReportState
from tests.browser.journey import Make
from tests.browser.looking import Path, open_every_page, path_of, rules_of, send_every_fault
from tests.council import Council
from tests.web.reporting_world import reporting_of, version_in

pytestmark = pytest.mark.one_database
ROOMS = (
    "reports.", "learning.", "standards.theme", "standards.add_theme", "standards.change_th",
    "standards.merge_", "standards.split_", "standards.end_theme", "standards.reopen_theme",
)  # fmt: skip
# Files and pictures, and pages that other walks open.
NO_PAGES = {
    "reports.chart", "reports.agreement_chart", "reports.assurance_chart", "reports.download",
    "reports.download_version", "reports.download_pack", "reports.issues_file",
    "reports.inspection_csv", "reports.inspection_xlsx", "learning.chart",
    "learning.learning_feed_file",
    "reports.list_of_actions_csv", "reports.list_of_actions_xlsx",
    "reports.list_of_audits_csv", "reports.list_of_audits_xlsx",
    "reports.list_of_moderations_csv", "reports.list_of_moderations_xlsx",
    "reports.list_of_places_csv", "reports.list_of_places_xlsx",
    "reports.re_audits", "reports.pairs",
}  # fmt: skip
MONTHS = "?from=2022-11&to=2023-04"
GRADED = "measure=MTM-1&period=2023-01&category=Inadequate&scope=authority"
# Each page, and the states in which it is another page.
PAGES: dict[str, tuple[str, ...]] = {
    "reports.library": ("", "?kind=quarterly"),
    "reports.new_report": ("",),
    "reports.new_of_kind": ("highlight", "briefing", "quarterly", "annual"),
    "reports.workspace": ("draft", "checked", "approved", "quarterly"),
    "reports.write_part": ("draft",),
    "reports.other_figures": ("draft",),
    "reports.checks": ("draft",),
    "reports.explain": ("draft",),
    "reports.suppressed": ("checked",),
    "reports.approve": ("checked",),
    "reports.publish": ("approved", "at_work"),
    "reports.move": ("at_work",),
    "reports.take_back": ("checked",),
    "reports.discard_report": ("draft",),
    "reports.version": ("draft", "published", "published?form=public", "quarterly"),
    "reports.erratum": ("published",),
    "reports.readers": ("published",),
    "reports.figure": (f"published?{GRADED}",),
    "reports.new_version": ("published",),
    "reports.withdraw": ("published",),
    "reports.measures": ("", MONTHS),
    "reports.audits_behind": (f"{MONTHS}&month=2023-02&measure=MTM-1",),
    "reports.actions_behind": (f"{MONTHS}&month=2023-02&measure=MTM-4",),
    "reports.boards": ("",),
    "reports.add_meeting": ("",),
    "reports.board_pack": ("",),
    "reports.remove_meeting": ("",),
    "reports.keys": ("",),
    "reports.new_key": ("",),
    "reports.end_key": ("",),
    "reports.inspection_list": ("", "?as_at=2023-04-30"),
    "reports.issues": ("", "?month=2023-03", "?month=2023-03&by=section"),
    "reports.issue_findings": ("?month=2023-03&theme=voice",),
    "reports.filing": ("", "?theme=voice"),
    "learning.index": ("",),
    "learning.plan": ("", "?theme=voice"),
    "learning.show": ("",),
    "learning.change": ("",),
    "learning.done": ("",),
    "learning.conclude": ("",),
    "learning.give_up": ("",),
    "learning.learning_feed": ("",),
    "learning.examples": ("",),
    "learning.example": ("",),
    "learning.mark_example": ("",),
    "learning.change_example": ("",),
    "learning.refuse_example": ("",),
    "standards.theme_list": ("",),
    "standards.theme": ("",),
    "standards.add_theme": ("",),
    "standards.change_theme": ("",),
    "standards.merge_theme": ("",),
    "standards.split_theme": ("",),
    "standards.end_theme": ("",),
    "standards.reopen_theme": ("",),
}


@pytest.fixture
def path(app: Flask, with_passwords: Council) -> Path:
    """path("reports.version", "published") → an address."""
    council = with_passwords
    with app.app_context(), saving():
        made = reporting_of(council)
        quarterly = version_in(council, "2022/23-Q4", ReportState.DRAFT, now(), kind="quarterly")
        of = made.by_endpoint
        versions = {
            "draft": of["reports.workspace"]["version_id"],
            "checked": of["reports.approve"]["version_id"],
            "approved": of["reports.publish"]["version_id"],
            "at_work": of["reports.move"]["version_id"],
            "published": of["reports.version"]["version_id"],
            "quarterly": quarterly.id,
        }
        values = made.arguments | of["reports.explain"] | of["learning.mark_example"]
        values |= of["reports.move"]

    def known(state: str) -> dict[str, object]:
        kind = {} if state in versions or not state else {"kind": state}
        return values | {"version_id": versions.get(state)} | kind

    return path_of(app, known)


def test_no_page_of_these_rooms_is_left_out(app: Flask) -> None:
    assert {rule.endpoint for rule in rules_of(app, ROOMS)} - NO_PAGES == PAGES.keys()


@pytest.mark.parametrize(
    ("key", "least"),
    [("worker", 8), ("head", 24), ("director", 24), ("qa_lead", 60), ("viewer", 8)],
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
    ("qa_lead", "reports.other_figures", "draft", "Add the figure"),
    ("qa_lead", "reports.publish", "approved", "Publish it"),
    ("qa_lead", "reports.new_version", "published", "Begin the new version"),
    ("qa_lead", "reports.withdraw", "published", "Withdraw it"),
    ("qa_lead", "reports.new_of_kind", "quarterly", "Begin the report"),
    ("qa_lead", "reports.add_meeting", "", "Add the meeting"),
    ("qa_lead", "reports.new_key", "", "Make the key"),
    ("qa_lead", "learning.plan", "", "Save this response"),
    ("qa_lead", "learning.mark_example", "", "Save and ask the team"),
    ("qa_lead", "standards.add_theme", "", "Save this theme"),
    ("qa_lead", "standards.split_theme", "", "Split this theme"),
    ("head", "reports.approve", "checked", "Approve it"),
    ("head", "learning.refuse_example", "", "Do not agree"),
)


def test_every_form_says_what_it_misses(
    walker: Make, path: Path, record_property: Callable[[str, object], None]
) -> None:
    faults, nodes = send_every_fault(walker, FAULTY, path)
    assert not faults, "\n".join(faults)
    record_property("counted", f"{len(FAULTY)} faulty forms, {nodes} nodes, 0 violations")
