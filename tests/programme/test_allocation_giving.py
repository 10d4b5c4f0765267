"""Giving with a tool, and into a batch (S5, P7), by hand and from the page."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.audits.services import CaseClosed, ToolNotForPlan
from qa_app.cases.models import Case
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.grades import PlanType, Selection
from qa_app.programme import services
from qa_app.programme.models import BatchAudit, BatchAuditor, BatchKind, Expectation
from qa_app.programme.queries import tools_for
from qa_app.standards.models import FrameKind, ToolVersion, ToolVersionState
from qa_app.standards.queries import current_version
from tests.audits.making import AT
from tests.programme.drawing import MONTH, a_batch, this_month

TODAY = london_date(AT)


def give(council, *, case="100003", who="other_auditor", month=MONTH, **options):
    return services.give_audit(
        db.session.get_one(Case, council.cases[case]),
        db.session.get_one(Person, council.people[who]),
        month, Selection.RANDOM, "", council.people["qa_lead"], AT, **options,
    )  # fmt: skip


@pytest.fixture
def batch(context, council):
    """A look-back in which Iris is asked for one."""
    return a_batch(council, {"iro": 1}, kind=BatchKind.LOOK_BACK)


def test_an_audit_keeps_its_tool_and_whether_that_is_graded(context, council):
    # P7: the tool says for itself whether it is graded
    tool = current_version("core")
    ungraded = current_version("delegated-authority")
    assert give(council, tool=tool).graded is True
    assert ungraded.graded is False
    audit = give(council, case="100004", who="auditor", tool=ungraded)

    assert (audit.graded, audit.tool_version) == (False, ungraded)


def test_a_tool_that_is_not_for_the_plan_is_refused_in_plain_words(context, council):
    db.session.get_one(Case, council.cases["100003"]).plan_type = PlanType.EARLY_HELP
    words = "is not for a case on the plan “Early help (EH)”. Choose another audit tool"
    with pytest.raises(ToolNotForPlan, match=re.escape(words)):
        give(council)


def test_a_closed_case_is_given_only_with_a_tool_for_recently_closed_cases(context, council):
    # S1
    db.session.get_one(Case, council.cases["100003"]).closed_on = TODAY - timedelta(days=9)
    with pytest.raises(CaseClosed):
        give(council, tool=current_version("core"))
    tool = ToolVersion(
        code="closing", name="Closing a case", number=1, state=ToolVersionState.PUBLISHED,
        published_at=AT, graded=True, voices=False, gates=False, moderated=True,
        counts_in_mtm=False, frame=FrameKind.RECENTLY_CLOSED,
    )  # fmt: skip
    db.session.add(tool)
    db.session.flush()

    assert give(council, tool=tool).case_reference == "100003"


def test_in_a_batch_it_counts_in_no_month(council, batch):
    # P7: batches run outside cycles, with their own people and dates
    audit = give(council, who="iro", month=None, batch=batch)

    assert (audit.cycle_month, audit.due_on) == (None, date(2026, 12, 2))
    # the reference counts in the month in which it is due
    assert audit.reference == "A-2026-12-001"
    assert db.session.scalars(select(BatchAudit.audit_id)).all() == [audit.id]
    assert db.session.scalars(select(Expectation)).all() == []


def test_whoever_is_given_more_in_a_batch_is_asked_for_as_many(council, batch):
    give(council, case="100001", who="iro", month=None, batch=batch)
    give(council, case="100003", who="iro", month=None, batch=batch)
    give(council, case="100004", who="auditor", month=None, batch=batch)

    asked = {each.person_id: each.number for each in db.session.scalars(select(BatchAuditor))}
    assert asked == {council.people["iro"]: 2, council.people["auditor"]: 1}


def test_nothing_is_given_in_a_batch_that_is_over_or_closed(council, batch):
    batch.starts_on = batch.ends_on = TODAY - timedelta(days=1)
    with pytest.raises(services.BatchOver, match="ended on 17 November 2026"):
        give(council, batch=batch)
    batch.closed_at = AT
    with pytest.raises(services.BatchClosed):
        give(council, batch=batch)


def test_without_a_month_or_a_batch_the_month_is_asked_for(context, council):
    with pytest.raises(services.CycleOver, match="Choose this month"):
        give(council, month=None)


def test_an_audit_that_mtm_does_not_count_is_not_expected(context, council):
    # P7, P4: what cannot be counted as done is not due
    give(council, case="100004", who="auditor", tool=current_version("delegated-authority"))

    assert db.session.scalars(select(Expectation)).all() == []


def test_the_core_tool_is_offered_first_and_only_tools_for_the_plan(context, council):
    case = db.session.get_one(Case, council.cases["100003"])
    tools = tools_for(case)

    assert tools[0].code == "core"
    assert all(tool.is_for(case.plan_type) for tool in tools)
    case.plan_type = PlanType.EARLY_HELP
    assert "core" not in {tool.code for tool in tools_for(case)}


def _choice(page, name):
    return re.search(rf'<option[^>]*value="([^"]+)"[^>]*>{re.escape(name)}', page)[1]


def test_the_page_gives_with_a_tool_into_a_batch(app, council, client_for):
    with app.app_context(), saving():
        a_batch(council, {"iro": 1}, kind=BatchKind.DIP_SAMPLE, at=now())
    lead = client_for(council.people["qa_lead"])
    page = lead.get("/programme/give?case=100004").text
    answer = lead.submit("/programme/give?case=100004", {
        "auditor": _choice(page, "Ada Auditor"), "selection": "random", "give": "1",
        "tool": _choice(page, "Delegated authority"), "batch": _choice(page, "Neglect, autumn"),
    }, follow_redirects=True)  # fmt: skip

    assert "given to Ada Auditor, who has been told. It is due on" in answer.text
    with app.app_context():
        audit = db.session.scalars(select(Audit)).one()
        assert (audit.cycle_month, audit.graded) == (None, False)
        assert audit.due_on == now().date() + timedelta(days=14)


def test_the_page_asks_for_the_month_where_no_batch_is_chosen(council, client_for):
    lead = client_for(council.people["qa_lead"])
    page = lead.get("/programme/give?case=100004").text
    assert "Thematic audit or batch" not in page
    answer = lead.submit("/programme/give?case=100004", {
        "auditor": _choice(page, "Ada Auditor"), "selection": "random", "give": "1",
    })  # fmt: skip
    assert "Select the month" in answer.text
    answer = lead.submit("/programme/give?case=100004", {
        "auditor": _choice(page, "Ada Auditor"), "selection": "random", "give": "1",
        "month": this_month(london_date(now())).isoformat(),
    }, follow_redirects=True)  # fmt: skip
    assert "given to Ada Auditor" in answer.text
