"""Which cases a tool's list holds at a date, and what went before a draw from it (S1, S3)."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from qa_app.audits import services as audits
from qa_app.audits.models import Audit
from qa_app.cases.models import Case
from qa_app.database import db, now
from qa_app.domain.calendar import Month, add_months
from qa_app.domain.grades import PlanType, Selection
from qa_app.domain.sampling import DrawFacts, FrameCase
from qa_app.domain.workflow import AuditState
from qa_app.programme import queries
from qa_app.programme.models import Batch, BatchAudit, BatchKind
from qa_app.programme.queries import earlier, frames
from qa_app.standards.models import FrameKind
from qa_app.standards.queries import current_version
from tests.audits.making import given
from tests.programme.draw_making import (
    AT,
    a_draw,
    add_cases,
    audited,
    core,
    load_extract,
    rows_of,
)
from tests.queries import count_queries

TODAY = now().date()


def _listed(as_at: date = TODAY, tool=None) -> list[str]:
    found = frames.list_cases(tool or core(), as_at, TODAY)
    return [case.reference for case in found.cases]


def _tool(**more):
    """The core tool as it would be with these answers; nothing of it is stored."""
    tool = core()
    db.session.expunge(tool)
    for name, value in more.items():
        setattr(tool, name, value)
    return tool


def test_the_list_names_plan_family_team_service_and_worker(context, council) -> None:
    # S1
    found = frames.list_cases(core(), TODAY, TODAY)
    assert found.cases[0] == FrameCase(
        "100001", "child_protection", "F1", "Safeguarding Team 1", "Safeguarding", "W-worker"
    )
    assert found.cases[3].worker == ""
    assert len(found.cases) == 4


@pytest.mark.parametrize(
    ("gone", "key"),
    [
        # the case system's number, else the payroll's, else the name as it is matched
        ([], "W-worker"),
        (["external_id"], "S-worker"),
        (["external_id", "staff_id"], "wendy worker"),
    ],
)
def test_a_social_worker_is_named_by_the_first_number_there_is(context, council, gone, key) -> None:
    case = db.session.get_one(Case, council.cases["100001"])
    for name in gone:
        setattr(case.worker, name, None)
    db.session.flush()
    assert frames.list_cases(core(), TODAY, TODAY).cases[0].worker == key
    assert frames.worker_of(case.worker) == key
    assert frames.worker_of(None) == ""


@pytest.mark.parametrize(
    ("values", "there"),
    [
        # S1: opened on the date or before, and not closed by then
        ({}, True),
        ({"opened_on": TODAY}, True),
        ({"opened_on": TODAY + timedelta(days=1)}, False),
        ({"closed_on": TODAY}, False),
        ({"closed_on": TODAY + timedelta(days=1)}, True),
        ({"opened_on": None}, True),
        # S1: only what the tool is for
        ({"plan_type": PlanType.EARLY_HELP}, False),
        # S1: a case that the newest list of the case system no longer names is not known to be open
        ({"as_at": TODAY - timedelta(days=1)}, False),
    ],
)
def test_which_cases_are_in_the_list(context, council, values, there) -> None:
    add_cases(council, 1, **values)
    assert ("200001" in _listed()) is there


def test_closed_cases_and_those_no_longer_named_are_counted(context, council) -> None:
    # S3, S1: counted as left out, though they are in no list
    add_cases(council, 2, closed_on=TODAY)
    add_cases(council, 1, first=300_001, as_at=TODAY - timedelta(days=1))
    add_cases(council, 1, first=400_001, closed_on=TODAY, plan_type=PlanType.EARLY_HELP)
    found = frames.list_cases(core(), TODAY, TODAY)
    assert found.closed == {"200001", "200002"}
    assert found.not_in_list == {"300001"}


def test_an_earlier_date_looks_at_the_cases_as_they_are_known_now(context, council) -> None:
    # S1
    add_cases(council, 1, opened_on=date(2022, 1, 10), closed_on=TODAY - timedelta(days=3))
    assert "200001" in _listed(TODAY - timedelta(days=4))
    assert "200001" not in _listed()


@pytest.mark.parametrize(
    ("kind", "values", "there"),
    [
        # S1: recently opened: within the months before the date, and still open
        (FrameKind.RECENTLY_OPENED, {"opened_on": add_months(TODAY, -3)}, False),
        (FrameKind.RECENTLY_OPENED, {"opened_on": add_months(TODAY, -2)}, True),
        (
            FrameKind.RECENTLY_OPENED,
            {"opened_on": add_months(TODAY, -2), "closed_on": TODAY},
            False,
        ),
        # S1: recently closed: within the months before the date; that it is closed is no bar here
        (FrameKind.RECENTLY_CLOSED, {}, False),
        (FrameKind.RECENTLY_CLOSED, {"closed_on": TODAY}, True),
        (FrameKind.RECENTLY_CLOSED, {"closed_on": add_months(TODAY, -3)}, False),
    ],
)
def test_recent_lists_look_back_as_far_as_the_tool_says(
    context, council, kind, values, there
) -> None:
    add_cases(council, 1, **values)
    tool = _tool(frame=kind, frame_months=3)
    found = frames.list_cases(tool, TODAY, TODAY)
    assert ("200001" in [case.reference for case in found.cases]) is there
    closed_lately = kind is FrameKind.RECENTLY_OPENED and "closed_on" in values
    assert ("200001" in found.closed) is closed_lately
    assert frames.frame_sizes([tool], TODAY)[tool.id] == len(found.cases)


def _lately(as_at: date = TODAY, tool=None, **more) -> set[str]:
    return earlier.audited_lately(tool or core(), as_at, 12, **more)


@pytest.mark.parametrize(
    ("completed_on", "lately"),
    [
        # S3: in the last 12 months: from the same day a year ago
        (add_months(TODAY, -12), True),
        (add_months(TODAY, -12) - timedelta(days=1), False),
        (TODAY, True),
    ],
)
def test_an_audit_of_the_last_twelve_months_counts(context, council, completed_on, lately) -> None:
    audited(db.session.get_one(Case, council.cases["100003"]), completed_on)
    assert ("100003" in _lately()) is lately


@pytest.mark.parametrize(
    ("code", "drawn_with", "lately"),
    [
        # S3: the same tool, in whatever version
        ("core", "core", True),
        ("delegated-authority", "delegated-authority", True),
        # S3: a re-audit reads the whole file and asks the family, as the core audit does
        ("re-audit", "core", True),
        # S3: a compliance check shields nobody from a full audit, nor the other way about
        ("delegated-authority", "core", False),
        ("core", "delegated-authority", False),
    ],
)
def test_which_tools_count_for_one_another(context, council, code, drawn_with, lately) -> None:
    audit = audited(db.session.get_one(Case, council.cases["100003"]), TODAY)
    audit.source, audit.tool_version_id = "made", current_version(code).id
    audit.auditor_id, audit.due_on = council.people["auditor"], TODAY
    db.session.flush()
    assert ("100003" in _lately(tool=current_version(drawn_with))) is lately


def test_an_audit_under_way_counts_and_a_withdrawn_one_does_not(context, council) -> None:
    # S3
    audit = given(council, case="100003")
    assert _lately() == {"100003"}
    audits.withdraw(audit, "Another case was taken", council.people["qa_lead"], AT)
    assert audit.state is AuditState.WITHDRAWN
    assert _lately() == set()
    assert _lately(references=["100001"]) == set()


def test_what_is_in_the_cycle_is_known_from_audits_and_from_other_draws(context, council) -> None:
    # S3: families, and how many cases each social worker has, each case once
    audit = given(council, case="100001")
    november = Month.of(audit.cycle_month)
    add_cases(council, 1, worker="worker")
    other = a_draw(council, month=november, tool=current_version("supervision"), size=5)
    drawn = {row.case_reference for row in rows_of(other)}
    assert {"200001", "100003"} <= drawn
    cycle = earlier.in_cycle(earlier.Going(month=november.first))
    assert set(cycle.families) == {"100001"} | drawn
    assert cycle.workers["W-worker"] == 3
    assert cycle.holds(db.session.get_one(Case, council.cases["100002"]))
    assert earlier.in_cycle(earlier.Going(month=november.next().first)).families == {}
    without = earlier.in_cycle(earlier.Going(month=november.first), besides="200001")
    assert without.workers["W-worker"] == 2


def test_a_batch_has_a_cycle_of_its_own(context, council) -> None:
    # P7, S3
    audit = given(council, case="100001")
    batch = Batch(
        kind=BatchKind.LOOK_BACK, name="Look-back", tool_code="core", number=3,
        starts_on=TODAY, ends_on=TODAY, made_at=AT,
    )  # fmt: skip
    db.session.add(batch)
    db.session.flush()
    assert earlier.in_cycle(earlier.Going(batch_id=batch.id)).families == {}
    db.session.add(BatchAudit(audit_id=audit.id, batch_id=batch.id))
    db.session.flush()
    assert earlier.in_cycle(earlier.Going(batch_id=batch.id)).families == {"100001": "F1"}


def test_facts_are_about_the_lists_own_cases_only(context, council) -> None:
    # S2: what is stored with a draw is enough to prove it, and no more
    audit = given(council, case="100001")
    audited(db.session.get_one(Case, council.cases["100004"]), TODAY)
    audited(add_cases(council, 1, closed_on=TODAY)[0], TODAY)
    listed = frames.list_cases(core(), TODAY, TODAY)
    facts = earlier.facts_for(listed, core(), earlier.Going(audit.cycle_month), months=12)
    assert facts == DrawFacts(
        closed=frozenset({"200001"}),
        audited_lately=frozenset({"100001", "100004"}),
        cases_in_cycle=frozenset({"100001"}),
        families_in_cycle=frozenset({"F1"}),
        workers_in_cycle={"W-worker": 1},
    )


def test_the_newest_list_is_that_of_the_newest_import(context) -> None:
    assert queries.latest_import() is None
    load_extract()
    assert queries.latest_import() == date(2023, 4, 30)
    sizes = frames.frame_sizes(queries.tools_to_draw(), date(2023, 4, 30))
    assert sizes[core().id] == 1128
    assert frames.frame_sizes([], TODAY) == {}
    assert "CIN Team North" in queries.stratum_names()["team"]
    assert "Corporate Parenting" in queries.stratum_names()["service"]


def test_a_list_costs_the_same_few_queries_however_many_cases(app, council) -> None:
    costs = []
    for count in (1, 40):
        with app.app_context():
            add_cases(council, count)
            tool = core()
            with count_queries(app) as asked:
                listed = frames.list_cases(tool, TODAY, TODAY)
                earlier.facts_for(listed, tool, earlier.Going(Month.of(TODAY).first), months=12)
            db.session.rollback()
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 5


def test_tools_are_offered_in_their_newest_published_version(context) -> None:
    tools = queries.tools_to_draw()
    assert [tool.code for tool in tools].count("core") == 1
    assert {"core", "supervision", "mash-decision"} <= {tool.code for tool in tools}
    assert [tool.name for tool in tools] == sorted(tool.name for tool in tools)


def test_imported_audits_of_unknown_cases_are_left_where_they_are(context, council) -> None:
    audit = audited(db.session.get_one(Case, council.cases["100003"]), TODAY)
    audit.case_id = None
    db.session.flush()
    assert _lately() == {"100003"}
    assert db.session.scalars(select(Audit.selection)).one() is Selection.NOT_RECORDED
