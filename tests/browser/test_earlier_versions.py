"""Looking at an earlier text and restoring it (A8): by axe, at 320 px, and without scripts."""

import pytest
from flask import Flask

from qa_app.database import now, saving
from tests.audits.making import Writer, given
from tests.browser.conftest import Walker
from tests.browser.journey import Make
from tests.council import Council

LONG = " ".join(
    f"On day {day} she was seen at home, and said that she liked it." for day in range(9)
)
SHORT = LONG.replace("On day 4 she was seen at home, and said that she liked it.", "Nobody went.")


@pytest.fixture
def path(app: Flask, with_passwords: Council) -> str:
    """An audit whose evidence was changed once."""
    with app.app_context(), saving():
        audit = given(with_passwords, at=now())
        write = Writer(audit, with_passwords.people["other_auditor"], now())
        write({"risk.evidence": LONG})
        write({"risk.evidence": SHORT})
        return f"/audits/{audit.id}"


def fits(walker: Walker) -> None:
    """Nothing runs out at the side."""
    widths = walker.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert widths[0] <= widths[1], f"{walker.page.url}: {widths[0]} pixels wide"


# AC-1, AC-3: 320 px is also 1280 px enlarged to 400 %. AC-9: and without scripts.
@pytest.mark.one_database
@pytest.mark.parametrize(("scripts", "width"), [(True, 1200), (True, 320), (False, 320)])
def test_an_earlier_text_is_found_compared_and_restored(
    walker: Make, path: str, scripts: bool, width: int
) -> None:
    auditor = walker(scripts=scripts, width=width)
    auditor.sign_in("other_auditor")
    auditor.go(f"{path}/sections/risk")
    auditor.follow("Earlier versions of “What is the evidence?”")
    fits(auditor)
    auditor.page.get_by_role("table").get_by_role("link").first.press("Enter")
    auditor.page.wait_for_url("**/versions/risk.evidence/*")
    auditor.check()
    fits(auditor)
    # Told by words too, for those who do not see the line through them.
    gone, new = (auditor.page.locator(each).last.text_content() for each in ("del", "ins"))
    assert gone == "(taken out: On day 4 she was seen at home, and said that she liked it.)"
    assert new == "(written since: Nobody went.)"

    auditor.press("Restore this text")
    assert auditor.page.get_by_label("What is the evidence?").input_value() == LONG
    assert auditor.page.get_by_text("is kept among its earlier versions").is_visible()
