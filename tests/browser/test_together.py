"""An audit done with people, by those people: invited, a view signed, words in confidence, thanks,
and the summary on the child's record (A5)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from qa_app.audits import services
from qa_app.database import now, saving
from qa_app.domain.calendar import LONDON, london_date
from qa_app.domain.grades import Grade
from tests.audits.making import given, nothing_to_correct, written
from tests.council import Council

WIDE, NARROW = 1200, 320
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
VIEW = "We agreed on fewer visits together."


def _answer(person, name: str, value: str) -> None:
    person.page.locator(f'input[name="{name}"][value="{value}"]').check()


def _fill_day(person, name: str, day) -> None:
    for part in ("day", "month", "year"):
        box = person.page.locator(f'[name="{name}-{part}"]')
        box.fill(str(getattr(day, part)))


@pytest.mark.one_database
@pytest.mark.parametrize(("width", "scripts"), [(WIDE, True), (NARROW, True), (WIDE, False)])
def test_the_conversation_the_view_and_what_a_child_said(
    app: Flask, walker: Callable, with_passwords: Council, width: int, scripts: bool
) -> None:
    council = with_passwords
    with app.app_context(), saving():
        path = f"/audits/{given(council).id}"
    auditor = walker(width=width, scripts=scripts)
    worker = walker(width=width, scripts=scripts)

    def fits(person) -> None:
        assert not scripts or not person.page.evaluate(WIDER), person.page.url

    auditor.sign_in("other_auditor")
    auditor.go(path)
    auditor.follow("Talk it through with the social worker")
    fits(auditor)
    _fill_day(auditor, "day", london_date(now()) + timedelta(days=2))
    auditor.page.get_by_label("Where?").fill("Room 4")
    auditor.press("Invite them")
    assert auditor.page.get_by_label("Start").get_attribute("aria-describedby")
    assert auditor.page.get_by_text("Enter when it starts").first.is_visible()
    auditor.page.get_by_label("Start").fill("14:30")
    auditor.press("Invite them")
    assert auditor.page.get_by_text("are invited for").is_visible()
    fits(auditor)

    worker.sign_in("worker")
    worker.follow("100001")
    assert worker.page.get_by_text("45 minutes: Room 4").is_visible()
    fits(worker)
    worker.page.get_by_label("Your view").fill(VIEW)
    worker.press("Save and come back later")
    worker.press("Sign and send")
    assert worker.page.get_by_text("Signed by you on").is_visible()
    fits(worker)

    auditor.go(f"{path}/voices")
    assert auditor.page.get_by_text(VIEW).is_visible()
    fits(auditor)
    _answer(auditor, "voice.child.safe_to_contact", "yes")
    _answer(auditor, "voice.child.obtained", "yes")
    _fill_day(auditor, "voice.child.on", now().astimezone(LONDON).date())
    auditor.page.locator('[name="voice.child.said"]').fill("My mum shouts at me")
    auditor.press("Save and continue")
    assert auditor.page.get_by_text("Look again at what the child or family said").is_visible()
    auditor.go(f"{path}/voices")
    note = auditor.page.get_by_text("These words may show who said them.")
    assert note.first.is_visible()
    fits(auditor)
    _answer(auditor, "voice.child.in_confidence", "yes")
    auditor.press("Save and continue")
    auditor.go(f"{path}/review")
    assert auditor.page.get_by_text("They gave their view in confidence").is_visible()
    assert not auditor.page.get_by_text("These words may show who said them.").count()
    fits(auditor)


@pytest.mark.one_database
@pytest.mark.parametrize(("width", "scripts"), [(WIDE, True), (NARROW, True), (WIDE, False)])
def test_thanks_and_the_summary_on_the_childs_record(
    app: Flask, walker: Callable, with_passwords: Council, width: int, scripts: bool
) -> None:
    council = with_passwords
    by = council.people["other_auditor"]
    with app.app_context(), saving():
        audit = services.submit(written(council), by=by, at=now())
        nothing_to_correct(audit, now())
        head = council.people["other_head"]
        services.finalise(audit, {None: Grade.GOOD}, "the moderator's", by=head, at=now())
        path = f"/audits/{audit.id}"
    auditor = walker(width=width, scripts=scripts)
    auditor.sign_in("other_auditor")
    auditor.follow("A-")
    assert not scripts or not auditor.page.evaluate(WIDER)
    summary = auditor.page.get_by_label("Summary")
    assert "Overall grade: Good" in summary.input_value()
    copy = auditor.page.get_by_role("button", name="Copy the summary")
    assert copy.is_visible() == scripts
    if scripts:
        auditor.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        copy.click()
        auditor.page.get_by_text("Copied. Paste it into the child’s record.").wait_for()
        taken = auditor.page.evaluate("navigator.clipboard.readText()")
        assert taken == summary.input_value()
        auditor.check()
    auditor.page.get_by_label("It is on the child’s record").check()
    auditor.press("Save")
    assert auditor.page.get_by_text("On the child’s record since").first.is_visible()

    auditor.follow("Thank somebody for good work")
    assert not scripts or not auditor.page.evaluate(WIDER)
    auditor.page.get_by_label("Wendy Worker, social worker").check()
    auditor.page.get_by_label("Your thank-you").fill("You asked three times, and it shows.")
    auditor.press("Send it")
    assert auditor.page.get_by_text("Wendy Worker has been told").is_visible()
    worker = walker(width=width, scripts=scripts)
    worker.sign_in("worker")
    worker.go(f"{path}/contribution")
    assert worker.page.get_by_text("You asked three times, and it shows.").is_visible()
    assert not scripts or not worker.page.evaluate(WIDER)
