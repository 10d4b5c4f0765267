"""Figures with audits of tools that are not graded, or not moderated (P7, M7)."""

from datetime import date
from urllib.parse import urlsplit

import pytest

from qa_app.database import saving
from qa_app.domain.grades import GRADES
from qa_app.domain.workflow import AuditState
from tests.audits.with_tools import small_tool
from tests.reports.rows import GOOD, an_audit, noon
from tests.reports.test_pages import links_of, table

APRIL = date(2023, 4, 3)
ADDRESS = "/reports/measures?from=2023-04&to=2023-04"


def _finished(**tool) -> None:
    """An audit of a tool without grades, which is final without one."""
    an_audit(
        APRIL, None, None, graded=False, state=AuditState.FINAL, final_at=noon(APRIL),
        tool_version_id=small_tool(**tool).id, reference="CHECK",
    )  # fmt: skip


@pytest.fixture
def lead(council, client_for):
    return client_for(council.people["qa_lead"])


# P7: even a tool that says of itself that it counts has no grade to wait for.
@pytest.mark.parametrize("counts", [True, False])
def test_an_audit_without_a_grade_waits_for_none(app, lead, counts: bool) -> None:
    with app.app_context(), saving():
        _finished(counts_in_mtm=counts)
        an_audit(APRIL, GOOD, None, reference="WAITS")
        an_audit(APRIL, GOOD, GOOD, reference="GRADED")

    page = lead.get(ADDRESS).text
    ((text, href),) = links_of(page, "mtm-1-beside")
    assert text == "1"
    assert [row[0] for row in table(lead.get(href).text, "behind")[1:]] == ["WAITS"]
    total = next(
        href for text, href in links_of(page, "mtm-1") if "category=total" in urlsplit(href).query
    )
    assert [row[0] for row in table(lead.get(total).text, "behind")[1:]] == ["GRADED"]


# M7: a graded audit that nobody moderates counts with its auditor's grade, which is its final one.
def test_an_audit_that_is_not_moderated_counts_with_its_auditors_grade(app, lead) -> None:
    with app.app_context(), saving():
        tool = small_tool(graded=True, counts_in_mtm=True)
        for grade in GRADES:
            an_audit(APRIL, grade, grade, tool_version_id=tool.id)

    page = lead.get(ADDRESS).text
    assert "mtm-1-beside" not in page
    assert [text for text, _ in links_of(page, "mtm-1")] == ["1 (25%)"] * 4 + ["4"]
