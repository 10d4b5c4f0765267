"""The main job as four people do it, with or without JavaScript."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from tests.browser.conftest import Walker

Make = Callable[..., Walker]
CASE = "100001"
SECTIONS = 12
WORRY = "The bruise was explained in two ways and nobody has asked again."
EVIDENCE = "Visits of 3 and 17 October, the supervision note of the 20th, and the plan."


@dataclass
class Journey:
    """What four people did; `walkers` so that the pages they checked can be counted."""

    make: Make
    scripts: bool
    walkers: list[Walker]
    action_path: str = ""

    def person(self, key: str) -> Walker:
        """Somebody who has just signed in."""
        walker = self.make(scripts=self.scripts)
        walker.sign_in(key)
        self.walkers.append(walker)
        return walker


def give(journey: Journey) -> None:
    """The QA lead gives an audit of a case to the manager of another service."""
    lead = journey.person("qa_lead")
    lead.go("/programme/give")
    lead.page.get_by_label("Case reference", exact=True).fill(CASE)
    lead.press("Find the case")
    assert "Manny Manager" in lead.page.inner_text("main"), "who may not, and why, is shown"
    lead.page.locator("select[name=auditor]").select_option(label=_option(lead, "Otto Auditor"))
    lead.page.get_by_label(re.compile(f"^{date.today():%B} {date.today().year}")).first.check()
    lead.page.get_by_label("At random").check()
    lead.press("Give the audit")


def _option(walker: Walker, begins: str) -> str:
    options = walker.page.locator("select[name=auditor] option").all_inner_texts()
    return next(text for text in options if text.startswith(begins))


def do(journey: Journey) -> Walker:
    """The manager does it as Inadequate, raising a concern on the way."""
    auditor = journey.person("other_auditor")
    auditor.follow("A-")
    _raise_concern(auditor)
    auditor.follow("A-")
    auditor.follow("Begin")
    for _ in range(SECTIONS):
        _write_section(auditor)
    _add_finding(auditor, "strength")
    _add_finding(auditor, "development")
    auditor.press("Save and continue")
    _say_who_was_heard(auditor)
    _judge_the_whole(auditor)
    _send(auditor)
    return auditor


def _raise_concern(auditor: Walker) -> None:
    auditor.follow("Raise a concern now")
    page = auditor.page
    assert "Telephone now" in page.inner_text("main")
    page.get_by_label("Yes, somebody answered").check()
    page.get_by_label("Who answered?").fill("Manny Manager, team manager")
    today = date.today()
    day = page.get_by_role("group", name="On what day?")
    for part, value in (("Day", today.day), ("Month", today.month), ("Year", today.year)):
        day.get_by_label(part).fill(str(value))
    page.get_by_label("At what time?").fill("00:00")
    page.get_by_label("What are you worried about?").fill(WORRY)
    auditor.press("Raise the concern and tell these people")


def _choose(auditor: Walker, name: str, value: str) -> None:
    auditor.page.locator(f'input[type=radio][name="{name}"][value="{value}"]').check()


def _write_section(auditor: Walker) -> None:
    """Answer what the page asks: yes to compliance, Inadequate to the rest."""
    page = auditor.page
    names = page.eval_on_selector_all(
        "input[type=radio]", "nodes => [...new Set(nodes.map(node => node.name))]"
    ) if auditor.scripts else sorted(
        set(re.findall(r'type="radio"[^>]*name="([^"]+)"|name="([^"]+)"[^>]*type="radio"',
                       page.content()))
    )  # fmt: skip
    for name in [each if isinstance(each, str) else each[0] or each[1] for each in names]:
        if not page.locator(f'input[name="{name}"][data-field]').count():
            continue  # of a finding that could be added here
        compliance = page.locator(f'input[name="{name}"][value="not_applicable"]')
        is_grade = page.locator(f'input[name="{name}"][value="inadequate"]').count() > 0
        _choose(auditor, name, "inadequate" if is_grade else "yes")
        assert is_grade or compliance.count() > 0
    page.get_by_label("What is the evidence?").fill(EVIDENCE)
    page.get_by_label("What difference did this make for the child?").fill("It left her unsafe.")
    auditor.press("Save and continue")


def _add_finding(auditor: Walker, kind: str) -> None:
    page = auditor.page
    _choose(auditor, "kind", kind)
    page.locator("textarea[name=text]").fill(f"A {kind} seen in the visits.")
    page.get_by_label("Theme").select_option(index=1)
    page.get_by_label("Section").select_option(index=1)
    _choose(auditor, "about", "practice")
    auditor.press("Add this finding")


def _say_who_was_heard(auditor: Walker) -> None:
    for who in ("social_worker", "team_manager", "child", "parents"):
        _choose(auditor, f"voice.{who}.obtained", "no")
        box = auditor.page.locator(f'[name="voice.{who}.why_not"]')
        box.fill("A strategy discussion was under way: a call could have put her at risk.")
    auditor.press("Save and continue")


def _judge_the_whole(auditor: Walker) -> None:
    page = auditor.page
    _choose(auditor, "safe.now", "cannot_tell")
    _choose(auditor, "overall.grade", "inadequate")
    page.locator('[name="overall.rationale"]').fill("Risk was seen and not acted on.")
    page.locator('[name="overall.why_not_above"]').fill("The plan did not protect her.")
    why_not_below = page.locator('[name="overall.why_not_below"]')
    if why_not_below.is_visible():
        why_not_below.fill("There is no grade below.")
    auditor.press("Save and continue")


def _send(auditor: Walker) -> None:
    if "/review" not in auditor.page.url:
        auditor.follow("Check the audit as its reader will see it")
    auditor.press("Send for moderation")
    assert "moderation" in auditor.page.inner_text("main").lower()


def moderate(journey: Journey) -> None:
    """A head of another service agrees with the grades."""
    head = journey.person("review_head")
    head.go("/moderation/")
    head.follow("Moderate audit")
    head.page.get_by_label("I agree with every grade").check()
    head.page.get_by_label("I agree: Inadequate").check()
    head.page.get_by_label("I opened the child’s record").check()
    head.page.get_by_label("What was done well in this audit").fill("The evidence is exact.")
    head.press("Finish this moderation")


def close_action(journey: Journey) -> None:
    """The owner does the priority action; a head of service outside their service verifies it."""
    owner = journey.person("manager")
    owner.go("/tracker/")
    owner.follow("P-")
    journey.action_path = owner.page.url.removeprefix(owner.address)
    owner.press("Start work")
    owner.follow("Mark as done")
    owner.page.get_by_label("What shows that it has been done?").fill("Seen today, safe with aunt.")
    today = date.today()
    for part, value in (("Day", today.day), ("Month", today.month), ("Year", today.year)):
        owner.page.get_by_label(part).fill(str(value))
    owner.press("Mark as done")
    verifier = journey.person("other_head")
    verifier.go(journey.action_path)
    verifier.follow("Look at the evidence and decide")
    verifier.page.get_by_label("Yes, verify it").check()
    verifier.press("Save decision")


def figures(journey: Journey) -> dict[str, str]:
    """MTM-1 (Inadequate) to MTM-4 of this month, as the QA lead's page prints them."""
    lead = journey.person("qa_lead")
    month = f"{date.today():%Y-%m}"
    lead.go(f"/reports/measures?from={month}&to={month}")
    tables = lead.page.locator("table").all()
    printed: dict[str, str] = {}
    for table in tables:
        for row in table.locator("tbody tr, tfoot tr").all():
            cells = [cell.inner_text().strip() for cell in row.locator("th, td").all()]
            printed[cells[0]] = cells[-1]
    return json.loads(json.dumps(printed))
