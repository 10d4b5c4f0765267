"""`make screens`: walk the demonstration council as each role and photograph its main pages.

Expects the demonstration served at the address given (http://127.0.0.1:8000 unless said) and
QA_DEMO_PASSWORD set. Writes PNG files to docs/screens/, at the width of a laptop.
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import CHROMIUM, FLAGS

SCREENS = Path(__file__).resolve().parent.parent / "docs" / "screens"
WIDTH, HEIGHT = 1200, 900
# The end of the number of the auditor's unfinished audit that a partner shares.
JOINT = "-027"
# who → [(name of the file, path, texts of links to follow from it, one after the other)]; a text
# with “ @ ” says in which row of a table the link stands
WALKS = {
    "": [("sign-in", "/sign-in", "")],
    "qa.lead": [
        ("home-qa-lead", "/", ""),
        ("programme", "/programme", ""),
        ("give", "/programme/give", ""),
        ("year-plan", "/programme/plan", ""),
        ("draw", "/programme/draws", "D-0002"),
        ("allocation", "/programme/draws", "D-0002 > Who audits what"),
        ("who-has-what", "/programme/following", ""),
        ("reminders", "/programme/reminders", ""),
        ("practice-standards", "/practice-standards?chapter=Child+protection+plans", ""),
        ("audit-tools", "/tools", ""),
        ("audit-tool-draft", "/tools/core/draft", ""),
        ("measures", "/reports/measures", ""),
        ("audits", "/audits", ""),
        ("imports", "/cases/imports/", ""),
        ("moderation-choices", "/moderation/choices", ""),
        ("moderation-late", "/moderation/late", ""),
        ("moderation-in-hand", "/moderation/in-hand", ""),
        ("moderation-give", "/moderation/in-hand", "Give it to somebody : audit"),
        ("moderation-waivers", "/moderation/waivers", ""),
        ("agreement-by-month", "/moderation/agreement?by=month", ""),
        ("audit-amend", "/moderation/good", "A-20 > Amend this audit"),
        ("calibration-sessions", "/calibration/", ""),
        ("calibration-session", "/calibration/", "A young person in care"),
        ("re-audits", "/programme/re-audits", ""),
        ("re-audit-side-by-side", "/programme/re-audits?show=done", "Side by side"),
        ("re-audit-movement", "/reports/measures/re-audits", ""),
        ("reports", "/reports/", ""),
        ("report-highlight", "/reports/?kind=highlight", "QA highlight report @ Version"),
        ("report-in-work", "/", "QA highlight report"),
        ("report-write", "/", "QA highlight report > What the month tells us"),
        ("report-checks", "/", "QA highlight report > Checks"),
        ("report-hidden-in-public", "/", "QA compliance report > What is hidden in public"),
        ("report-new", "/reports/new", ""),
        ("issues-log", "/reports/issues", ""),
        ("themes", "/themes", ""),
        ("theme", "/themes", "Supervision"),
        ("learning", "/learning", ""),
        ("board-packs", "/reports/boards", ""),
        ("keys", "/reports/keys", ""),
        ("audits-for-inspectors", "/reports/inspection", ""),
    ],
    "auditor": [
        ("home-auditor", "/", ""),
        ("audit-tasks", "/audits", JOINT),
        ("audit-section", "/audits", f"{JOINT} > Risk and safety"),
        ("audit-findings", "/audits", f"{JOINT} > Strengths and areas for development"),
        ("audit-voices", "/audits", f"{JOINT} > Who was heard"),
        ("audit-overall", "/audits", f"{JOINT} > Is the child safe now"),
        ("audit-review", "/audits", f"{JOINT} > Check the audit"),
        ("audit-conversation", "/audits", f"{JOINT} > Talk it through"),
        ("audit-concern", "/audits", f"{JOINT} > Raise a concern now"),
        ("moderation-answer", "/", "A-20 @ Due"),
        ("moderation-talk", "/", "A-20 @ Due > write a message or arrange to talk"),
        ("audit-comments", "/", "A-20 @ Returned for correction > Answer what is asked"),
        ("moderation-of-mine", "/moderation/mine", ""),
        ("good-practice", "/moderation/good", ""),
        ("calibration", "/calibration/", ""),
        ("calibration-grade", "/calibration/", "A young person in care"),
        ("calibration-compare", "/calibration/", "A child on a plan > Yours beside the agreed"),
    ],
    "head.of.service": [
        ("home-moderator", "/", ""),
        ("moderation-queue", "/moderation/", ""),
        ("moderation-first-grades", "/moderation/", "Continue @ Blind"),
        ("moderation-moderate", "/moderation/", "Continue @ Good"),
        ("moderation-second-result", "/moderation/mine/decided-again", "A-20"),
        ("calibration-results", "/calibration/", "A child on a plan"),
        ("absences", "/account/absences", ""),
        ("tracker", "/tracker/", ""),
        ("tracker-board", "/tracker/board", ""),
        ("tracker-needs-somebody", "/tracker/?failed=y", ""),
        ("tracker-to-verify", "/tracker/to-verify", ""),
        ("tracker-action", "/tracker/to-verify", "P-20"),
        ("improvement-plans", "/plans", ""),
        ("improvement-plan", "/plans", "A-20"),
        ("requests", "/programme/requests", ""),
    ],
    "director": [
        ("home-director", "/", ""),
        ("moderation-decide", "/moderation/", "Continue @ auditor’s answer"),
        ("worried-today", "/concerns/", ""),
        ("assurance", "/tracker/assurance", ""),
    ],
    "social.worker": [
        ("home-practitioner", "/", ""),
        ("audit-what-to-expect", "/", "What to expect"),
    ],
    "partner": [("home-partner", "/", "")],
    "team.manager": [("home-team-manager", "/", "")],
    "viewer": [
        ("home-viewer", "/", ""),
        ("report-public", "/reports/?kind=compliance", "QA compliance report"),
    ],
    "administrator": [("home-administrator", "/", ""), ("people", "/people", "")],
}


def _sign_in(page: Page, address: str, who: str) -> None:
    page.goto(f"{address}/sign-in")
    page.get_by_label("E-mail").fill(f"{who}@demo.example")
    page.get_by_label("Password", exact=True).fill(os.environ["QA_DEMO_PASSWORD"])
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_load_state()


def _follow(page: Page, text: str) -> None:
    name, _, row = text.partition(" @ ")
    place = page.get_by_role("row").filter(has_text=row) if row else page.locator("body")
    place.get_by_role("link", name=name).or_(place.get_by_role("button", name=name)).first.click()
    page.wait_for_load_state()


def main(address: str, only: str = "", folder: Path = SCREENS, width: int = WIDTH) -> None:
    """Photograph every page of every walk (or only those of one person)."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        for who, pages in WALKS.items():
            if only and who != only:
                continue
            context = chromium.new_context(
                viewport={"width": width, "height": HEIGHT}, locale="en-GB"
            )
            page = context.new_page()
            if who:
                _sign_in(page, address, who)
            for name, path, link in pages:
                page.goto(address + path)
                for text in filter(None, link.split(" > ")):
                    _follow(page, text)
                page.screenshot(path=folder / f"{name}.png", full_page=True)
            context.close()
        chromium.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
