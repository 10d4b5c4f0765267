"""Facts of a data cut: read at one moment, and the same figures as the measures page (R1, R4)."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_app.accounts.models import PostHolding, PostKind
from qa_app.audits.models import Concern
from qa_app.database import db, now
from qa_app.domain.actions import ActionKind
from qa_app.domain.calendar import Month
from qa_app.domain.grades import PlanType, Selection
from qa_app.domain.workflow import AuditState
from qa_app.programme.models import Exemption, ExemptionReason
from qa_app.reports.figures.grades import published
from qa_app.reports.queries.factual import read_facts
from qa_app.standards.models import ToolVersion
from tests.council import build_council
from tests.queries import count_queries
from tests.reports.asked import asked_for, hold_against_answer
from tests.reports.rows import (
    GOOD,
    IN,
    OUT,
    RI,
    a_cycle,
    an_action,
    an_audit,
    an_audit_done_here,
    expect,
    moderated,
    noon,
    the_published_audits,
)

JANUARY, FEBRUARY, MARCH, APRIL = (Month(2023, month) for month in (1, 2, 3, 4))
GRADES = st.sampled_from([IN, RI, GOOD, OUT])


def a_concern(audit, by, raised_at: datetime, **more) -> Concern:
    concern = Concern(
        audit_id=audit.id, case_reference=audit.case_reference, raised_at=raised_at, raised_by=by,
        worry="What worries", **more,
    )  # fmt: skip
    db.session.add(concern)
    db.session.flush()
    return concern


@pytest.fixture
def world(context, council):
    """Two months of a programme: due, exempt in time and too late, done, late, by others; audits
    with concerns, actions, plans and services of all kinds."""
    safe, care = council.teams["SAFE"], council.teams["CARE"]
    for month in (MARCH, APRIL):
        cycle = a_cycle(month)
        rows = [
            expect(cycle, council.people[key], kind, number)
            for key, kind, number in (
                ("manager", PostKind.TEAM_MANAGER, 2),
                ("other_auditor", PostKind.TEAM_MANAGER, 1),
                ("iro", PostKind.IRO, 2),
                ("qa_lead", PostKind.QA_LEAD, 1),
            )
        ]
        for row in rows:
            holding = db.session.query(PostHolding).filter_by(person_id=row.person_id).one()
            row.post_id = holding.post_id
        for row, day in ((rows[0], month.first), (rows[2], month.next().last)):
            db.session.add(
                Exemption(
                    expectation_id=row.id, number=1, reason=ExemptionReason.LEAVE,
                    granted_on=day, granted_by=council.people["head"], granted_at=noon(day),
                )
            )  # fmt: skip
        for key, post, day, final, plan, team, service in (
            ("manager", PostKind.TEAM_MANAGER, 9, GOOD, PlanType.CHILD_IN_CARE, "CARE1", care),
            ("manager", PostKind.TEAM_MANAGER, 9, RI, PlanType.CHILD_IN_CARE, "CARE1", care),
            ("iro", PostKind.IRO, 10, IN, PlanType.CHILD_IN_NEED, "SAFE1", safe),
            ("iro", PostKind.IRO, 28, None, None, "SAFE2", safe),
            ("qa_lead", PostKind.QA_LEAD, 3, OUT, PlanType.CHILD_PROTECTION, "SAFE1", safe),
        ):
            audit = an_audit_done_here(
                cycle, council.people[key], council.cases["100001"], date(2023, month.month, day),
                final, auditor=final or IN, auditor_post=post, plan_type=plan,
                team_id=council.teams[team], service_id=service,
            )  # fmt: skip
            an_action(audit, audit.completed_on, date(2023, 4, 20) if day == 10 else None)
            if day in (9, 28):
                moderated(audit, noon(date(2023, 5, 2)))
        late = an_audit_done_here(
            cycle, council.people["other_auditor"], council.cases["100003"],
            month.next().first, IN, team_id=council.teams["SAFE2"], service_id=safe,
        )  # fmt: skip
        a_concern(late, council.people["iro"], noon(month.next().first))
    db.session.flush()
    return council


def test_facts_say_what_the_measures_page_says(world, record_property) -> None:
    # R1: two ways of counting the same rows, held against each other scope by scope.
    compared = hold_against_answer(read_facts(MARCH, Month(2023, 5), now()), now())
    record_property("counted", f"{compared} figures held against the measures page")


# P4, MTM-2: what is due from each post stands under its kind, its unit and its service.
def test_a_cycle_is_told_by_post_and_unit(world, council) -> None:
    facts = read_facts(MARCH, MARCH, now())
    assert {(each.post, each.due, len(each.done), each.late) for each in facts.cycles} == {
        (PostKind.TEAM_MANAGER, 1, 1, 0),
        (PostKind.TEAM_MANAGER, 1, 0, 1),
        (PostKind.IRO, 2, 2, 0),
        (PostKind.QA_LEAD, 1, 1, 0),
    }
    assert {(each.post, each.counted) for each in facts.cycles if not each.counted} == {
        (PostKind.QA_LEAD, False)
    }
    assert {(each.service, each.unit) for each in facts.cycles} == {
        ("Safeguarding", "Safeguarding Team 1"),
        ("Corporate Parenting", "Children in Care Team"),
        ("Safeguarding and Review", "Safeguarding and Review"),
        ("", "Children and Young People"),
    }
    (reviewers,) = [each for each in facts.cycles if each.post is PostKind.IRO]
    assert (reviewers.expected, reviewers.exempted, reviewers.exempted_late) == (2, 0, 1)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    made=st.lists(
        st.tuples(
            GRADES | st.none(),
            GRADES | st.none(),
            st.integers(1, 3),
            st.sampled_from(Selection),
            st.sampled_from([None, *PlanType]),
            st.sampled_from(["SAFE", "CARE", None]),
            st.sampled_from(["core", "dip", None]),
            st.none() | st.tuples(st.sampled_from(ActionKind), st.none() | st.integers(2, 90)),
        ),
        max_size=12,
    )
)
def test_any_audits_give_the_figures_of_the_measures_page(context, made) -> None:
    db.session.rollback()
    council, tools = _with_tools()
    for auditor, final, month, selection, plan, service, tool, action in made:
        audit = an_audit(
            date(2023, month, 2), auditor, final, selection=selection, plan_type=plan,
            service_id=council.teams.get(service), team_id=council.teams.get(service),
            tool_version_id=tools.get(tool), graded=True,
        )  # fmt: skip
        if action:
            kind, days = action
            settled = (
                None if days is None else date.fromordinal(date(2023, month, 2).toordinal() + days)
            )
            an_action(audit, date(2023, month, 2), settled, kind=kind)
    hold_against_answer(read_facts(JANUARY, MARCH, now()), now())


def _with_tools():
    council = build_council()
    dip = ToolVersion(
        code="dip", name="Dip sample", number=1, state="published", graded=True, voices=False,
        gates=False, moderated=False, counts_in_mtm=False, published_at=now(),
    )  # fmt: skip
    db.session.add(dip)
    db.session.flush()
    core = db.session.query(ToolVersion).filter_by(code="core").first()
    return council, {"core": core.id, "dip": dip.id}


def test_a_cut_costs_as_many_statements_for_many_audits_as_for_few(app, context) -> None:
    an_audit(date(2023, 3, 2), IN, IN, tool_version_id=_core())
    with count_queries(app) as few:
        read_facts(MARCH, APRIL, now())
    for _ in range(30):
        audit = an_audit(date(2023, 3, 2), IN, IN, tool_version_id=_core())
        an_action(audit, date(2023, 3, 2))
    with count_queries(app) as many:
        facts = read_facts(MARCH, APRIL, now())
    assert len(facts.audits) == 31
    assert len(facts.actions) == 30
    # CO-6: one statement, which sees one moment, and three for the tools, which never change.
    assert len(few) == len(many) == 4, many


def _core():
    return db.session.query(ToolVersion.id).filter_by(code="core").first()[0]


def test_withdrawn_audits_are_left_out(context) -> None:
    an_audit(date(2023, 3, 2), IN, None, state=AuditState.WITHDRAWN)
    kept = an_audit(date(2023, 3, 2), IN, None)
    assert [audit.id for audit in read_facts(MARCH, MARCH, now()).audits] == [kept.id]


def test_audits_of_other_months_are_known_by_their_marks(context) -> None:
    # MTM-4 is a stock: an action may be on an audit of long ago, whose plan a report asks for.
    old = an_audit(date(2022, 6, 2), IN, IN, plan_type=PlanType.CHILD_IN_CARE)
    an_action(old, date(2022, 6, 2))
    facts = read_facts(MARCH, MARCH, now())
    assert [mark.id for mark in facts.marks] == [old.id]
    for plan, number in ((PlanType.CHILD_IN_CARE, 1), (PlanType.CHILD_IN_NEED, 0)):
        *_, stock = published(facts, asked_for("2023-03", plan_types=(plan,)), [MARCH])
        assert (stock.key.measure, stock.numerator) == ("MTM-4", number)


def test_each_figure_opens_onto_as_many_audits_as_it_says(world) -> None:
    # R2
    facts = read_facts(MARCH, APRIL, now())
    for figure in published(facts, asked_for("2023-03"), facts.months):
        assert len(figure.audits) == figure.numerator, figure


def test_a_concern_is_told_in_days_and_stops_at_the_cut(context, council) -> None:
    # E1
    audit = an_audit(date(2023, 3, 2), IN, None)
    late = datetime(2023, 3, 2, 23, 30, tzinfo=UTC)
    a_concern(audit, council.people["iro"], late, acknowledged_at=noon(date(2023, 3, 20)),
              acknowledged_by=council.people["head"])  # fmt: skip
    (concern,) = read_facts(MARCH, MARCH, noon(date(2023, 3, 10))).concerns
    assert (concern.raised_on, concern.acknowledged_on) == (date(2023, 3, 2), None)
    (concern,) = read_facts(MARCH, MARCH, now()).concerns
    assert concern.acknowledged_on == date(2023, 3, 20)


def test_the_published_audits_are_facts_of_their_months(context) -> None:
    the_published_audits()
    facts = read_facts(Month(2022, 11), APRIL, now())
    numbers = [sum(audit.month == month for audit in facts.audits) for month in facts.months]
    assert numbers == [10, 33, 31, 15, 12, 14]
