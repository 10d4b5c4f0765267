"""A year as it is planned, and time as it is asked for and granted (P1 to P4, P7)."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app.database import db, now, saving
from qa_app.domain.calendar import Month, london_date
from qa_app.programme import services
from qa_app.programme.models import Batch
from tests.council import Council
from tests.programme.asking import an_audit

WIDE, NARROW = 1200, 320
THIS = Month.of(london_date(now()))


def _an_audit_of_this_month(app: Flask, council: Council) -> str:
    with app.app_context(), saving():
        cycle = services.ensure_cycle(THIS.first, None, now())
        audit = an_audit(council, "auditor")
        audit.cycle_month, audit.due_on = cycle.month, cycle.due_on
        return audit.reference


def _fits(walker: object) -> bool:
    wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
    return not walker.page.evaluate(wider)  # type: ignore[attr-defined]


@pytest.mark.one_database
@pytest.mark.parametrize(("width", "scripts"), [(WIDE, True), (NARROW, True), (WIDE, False)])
def test_a_year_is_planned_and_time_is_granted(
    app: Flask,
    walker: Callable,
    with_passwords: Council,
    width: int,
    scripts: bool,
    record_property: Callable[[str, object], None],
) -> None:
    lead = walker(width=width, scripts=scripts)
    lead.sign_in("qa_lead")
    lead.go(f"/programme/plan?first={THIS}")
    lead.press("Plan these months")
    assert lead.page.get_by_text("Planned 12 months").is_visible()
    reference = _an_audit_of_this_month(app, with_passwords)
    for path in (
        f"/programme/{THIS}", f"/programme/{THIS}/expectations",
        f"/programme/{THIS}/expectations/beside", f"/programme/{THIS}/close",
    ):  # fmt: skip
        lead.go(path)
        assert _fits(lead), path
    lead.go(f"/programme/{THIS}")
    lead.follow("Number of")
    lead.press("Change what is expected")
    assert lead.page.get_by_role("link", name="Select why the number changes").is_visible()
    auditor = walker(width=width, scripts=scripts)
    auditor.sign_in("auditor")
    auditor.go("/programme/requests")
    auditor.follow(f"ask for more time for audit {reference}")
    auditor.page.get_by_label("How many more working days?").fill("3")
    auditor.page.get_by_label("Leave").check()
    auditor.press("Ask for more time")
    assert auditor.page.get_by_text("has been told, and decides").is_visible()
    auditor.follow(f"3 more working days for audit {reference}")
    head = walker(width=width, scripts=scripts)
    head.sign_in("head")
    head.go("/programme/requests")
    head.follow(f"3 more working days for audit {reference}")
    head.page.get_by_label("Grant it").check()
    head.press("Save decision")
    head.go("/programme/exemptions")
    head.follow("Exempt Ada Auditor")
    head.page.get_by_label("How many audits?").fill("1")
    head.page.get_by_label("Leave").check()
    head.press("Grant the exemption")
    head.follow(f"Give {reference} more time")
    lead.go(f"/programme/{THIS}")
    assert lead.page.get_by_role("cell", name="Hetty Head").count() == 2
    lead.go("/programme/requests")
    _a_thematic_audit(app, lead)
    walkers = (lead, auditor, head)
    assert all(_fits(each) for each in walkers)
    pages, nodes = sum(w.checked for w in walkers), sum(w.nodes for w in walkers)
    record_property("counted", f"{pages} pages checked; {nodes} nodes by axe, 0 violations")


def _a_thematic_audit(app: Flask, lead: object) -> None:
    go, page = lead.go, lead.page  # type: ignore[attr-defined]
    go("/programme/batches/plan")
    page.get_by_label("Dip sample").check()
    page.get_by_label("Name").fill("Contacts")
    page.get_by_label("Audit tool").select_option(index=1)
    page.get_by_label("How many audits?").fill("150")
    for number in range(2):
        for part, text in (("Day", "1"), ("Month", str(number + 1)), ("Year", "2027")):
            page.get_by_label(part, exact=True).nth(number).fill(text)
    lead.press("Save the plan")  # type: ignore[attr-defined]
    page.get_by_label("Ada Auditor").fill("150")
    lead.press("Save the numbers")  # type: ignore[attr-defined]
    with app.app_context():
        batch_id = db.session.scalars(select(Batch.id)).one()
    for end in ("/change", "/close"):
        go(f"/programme/batches/{batch_id}{end}")
    go("/programme/batches")
    go("/programme")
