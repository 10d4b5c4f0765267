"""An audit tool as the QA lead writes it in pages: drafted, changed, compared, published (P7)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from qa_app.standards.toolfile import write_tool
from tests.tools import a_tool

WIDE, NARROW = 1200, 320
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.mark.one_database
@pytest.mark.parametrize(("width", "scripts"), [(WIDE, True), (NARROW, True), (WIDE, False)])
def test_a_tool_from_its_draft_to_the_page_that_an_auditor_reads(
    walker: Callable,
    width: int,
    scripts: bool,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    lead = walker(width=width, scripts=scripts)
    page = lead.page
    lead.sign_in("qa_lead")

    def narrow_enough() -> None:
        assert not scripts or not page.evaluate(WIDER), page.url

    for path in ("/tools", "/tools/core", "/tools/core/versions/2",
                 "/tools/core/versions/2/preview", "/tools/new"):  # fmt: skip
        lead.go(path)
        narrow_enough()

    file = tmp_path / "supervision.yaml"
    file.write_text(write_tool(a_tool(purpose="")), "utf-8")
    lead.go("/tools/import")
    page.get_by_label("The tool’s file").set_input_files(file)
    lead.press("Read the file")
    assert page.get_by_text("Enter what the tool is for").is_visible()
    narrow_enough()
    file.write_text(write_tool(a_tool()), "utf-8")
    page.get_by_label("The tool’s file").set_input_files(file)
    lead.press("Read the file")
    narrow_enough()

    lead.follow("The plan")
    narrow_enough()
    lead.follow("Add a question")
    page.get_by_label("Question", exact=True).fill("Was it shared with the family?")
    page.get_by_label("Code").fill("shared")
    page.get_by_label("Compliance:").check()
    lead.press("Save")
    assert page.get_by_role("link", name="Was it shared with the family?").is_visible()
    lead.follow("Was it shared with the family?")
    narrow_enough()
    lead.go("/tools/dip/draft")
    lead.press("Down section “The plan”")
    assert page.get_by_text("Name an earlier question").first.is_visible()
    lead.press("Up section “The plan”")
    lead.follow("Take out section “The plan”")
    assert page.get_by_text("Risk and safety").is_visible()
    narrow_enough()
    lead.go("/tools/dip/draft/facts")
    narrow_enough()
    lead.go("/tools/dip/draft")
    lead.follow("Publish it")
    narrow_enough()
    lead.press("Publish version 1")
    assert page.get_by_text("is published. New audits are made with it").is_visible()

    lead.go("/tools/dip")
    lead.press("Begin version 2")
    lead.follow("Change what the tool says of itself")
    page.get_by_label("Name of the tool").fill("A closer look")
    lead.press("Save")
    lead.follow("Compare with version 1")
    assert page.get_by_text("A closer look").first.is_visible()
    narrow_enough()
    lead.go("/tools/dip/draft")
    lead.follow("Throw the draft away")
    narrow_enough()
    lead.go("/tools/dip/versions/1/retire")
    record_property("counted", f"{lead.checked} pages checked; {lead.nodes} nodes by axe")
