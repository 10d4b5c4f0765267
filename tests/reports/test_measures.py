"""MTM-1 to MTM-4 counted from rows, against the authority's published figures."""

import re
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_app.accounts.models import PostHolding, PostKind
from qa_app.audits.models import Audit, GradeSource
from qa_app.database import db, now
from qa_app.domain.actions import ActionKind
from qa_app.domain.calendar import Month
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import PlanType, Selection
from qa_app.domain.measures import Figure
from qa_app.moderation.models import ModerationState
from qa_app.reports.asked import Part, PartKind
from qa_app.reports.services import find_part, measures
from qa_app.reports.text import as_text
from qa_app.standards.models import ToolVersion
from tests.reports.rows import (
    FIRST,
    GOOD,
    IN,
    LAST,
    OUT,
    RI,
    a_cycle,
    add_grade,
    an_action,
    an_audit,
    an_audit_done_here,
    expect,
    moderated,
    noon,
    the_published_audits,
)

GOLDEN = """\
| November 2022 | December 2022 | January 2023 | February 2023 | March 2023 | April 2023
Inadequate | 4 (40%) | 16 (48.48%) | 16 (51.61%) | 6 (40%) | 6 (50%) | 3 (21.43%)
Requires improvement | 2 (20%) | 14 (42.42%) | 10 (32.26%) | 6 (40%) | 4 (33.33%) | 8 (57.14%)
Good | 4 (40%) | 3 (9.09%) | 5 (16.13%) | 3 (20%) | 2 (16.67%) | 3 (21.43%)
Outstanding | 0 | 0 | 0 | 0 | 0 | 0
Total audits | 10 | 33 | 31 | 15 | 12 | 14
"""
MARCH, APRIL, MAY = Month(2023, 3), Month(2023, 4), Month(2023, 5)


def one(found, measure: str, month: Month, category: str | None = None) -> Figure:
    figures = [figure for figure in found.of(measure) if figure.period == str(month)]
    return next(figure for figure in figures if category in (None, figure.category))


def stock(month: Month, *, at: datetime | None = None, **asked) -> int:
    return one(measures(month, month, at=at or now(), **asked), "MTM-4", month).numerator


def barred(text: str) -> str:
    """An aligned table with a bar wherever two or more spaces part its columns."""
    return re.sub(" {2,}", " | ", text).replace("\n | ", "\n| ")


def test_the_published_table_is_printed_to_the_character(context) -> None:
    the_published_audits()
    assert GOLDEN in barred(as_text(measures(FIRST, LAST, at=now())))


def test_each_published_cell_stands_under_its_month(context) -> None:
    the_published_audits()
    lines = as_text(measures(FIRST, LAST, at=now())).splitlines()
    heading = next(line for line in lines if "December 2022" in line and "April 2023" in line)
    row = next(line for line in lines if line.startswith("Inadequate"))
    for month, cell in (("November 2022", "4 (40%)"), ("January 2023", "16 (51.61%)")):
        assert row[heading.index(month) :].startswith(cell)


def test_every_month_has_four_grades_and_a_total_even_without_audits(context) -> None:
    the_published_audits()
    found = measures(Month(2022, 9), LAST, at=now())
    september = [figure for figure in found.of("MTM-1") if figure.period == "2022-09"]
    assert [figure.text for figure in september] == ["0", "0", "0", "0", "0"]
    assert [figure.denominator for figure in september] == [0, 0, 0, 0, None]
    assert len(found.of("MTM-1")) == 8 * 5


def test_imported_months_print_no_share_of_what_was_due(context) -> None:
    the_published_audits()
    found = measures(FIRST, LAST, at=now())
    assert {figure.text for figure in found.of("MTM-2") + found.of("MTM-3")} == {"–"}


def test_audits_without_a_final_grade_are_counted_beside_and_never_inside(context) -> None:
    the_published_audits()
    for _ in range(3):
        an_audit(date(2023, 4, 20), IN, None)
    found = measures(FIRST, LAST, at=now())
    assert one(found, "MTM-1", APRIL, "Total audits").text == "14"
    assert found.awaiting[APRIL] == 3
    assert found.provisional
    assert "Provisional: 3 audits await a final grade" in found.basis("MTM-1")
    assert "(Awaiting a final grade)" in as_text(found)


def test_the_auditors_grades_count_on_request_and_need_no_final_one(context) -> None:
    an_audit(date(2023, 4, 3), IN, RI)
    an_audit(date(2023, 4, 3), GOOD, None)
    an_audit(date(2023, 4, 3), None, GOOD)
    found = measures(APRIL, APRIL, grades="auditor", at=now())
    assert [figure.text for figure in found.of("MTM-1")] == ["1 (50%)", "0", "1 (50%)", "0", "2"]
    assert "Counted by auditor’s grade" in found.basis("MTM-1")


def test_random_selection_leaves_out_every_other_way_of_choosing(context) -> None:
    for selection in Selection:
        an_audit(date(2023, 4, 3), GOOD, GOOD, selection=selection)
    everything = measures(APRIL, APRIL, at=now())
    chosen = measures(APRIL, APRIL, selection="random", at=now())
    assert one(everything, "MTM-1", APRIL, "Total audits").text == str(len(Selection))
    assert one(chosen, "MTM-1", APRIL, "Total audits").text == "1"


def test_only_tools_that_count_are_counted(context) -> None:
    # P7: a compliance check says of itself that it does not count.
    core = db.session.query(ToolVersion).first()
    dip = ToolVersion(
        code="dip", name="Dip sample", number=1, state="published", graded=True, voices=False,
        gates=False, moderated=False, counts_in_mtm=False, published_at=now(),
    )  # fmt: skip
    db.session.add(dip)
    db.session.flush()
    for tool_id in (core.id, dip.id, None):
        audit = an_audit(date(2023, 4, 3), IN, IN, tool_version_id=tool_id)
        an_action(audit, date(2023, 4, 3))
    found = measures(APRIL, APRIL, at=now())
    assert one(found, "MTM-1", APRIL, "Inadequate").text == "2 (100%)"
    assert one(found, "MTM-4", APRIL).numerator == 2


@pytest.mark.parametrize("cut", ["final", "auditor"])
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    grades=st.lists(
        st.tuples(
            st.sampled_from([IN, RI, GOOD, OUT]),
            st.sampled_from([IN, RI, GOOD, OUT, None]),
            st.integers(min_value=1, max_value=6),
        ),
        max_size=25,
    )
)
def test_the_grades_of_a_month_add_to_its_total(context, cut, grades) -> None:
    db.session.rollback()
    for auditor, final, month in grades:
        an_audit(date(2023, month, 2), auditor, final)
    found = measures(Month(2023, 1), Month(2023, 6), grades=cut, at=now())
    for month in found.asked.months:
        *parts, total = [figure for figure in found.of("MTM-1") if figure.period == str(month)]
        assert sum(figure.numerator for figure in parts) == total.numerator
        assert {figure.denominator for figure in parts} == {total.numerator}
    with_final = sum(1 for _, final, _ in grades if final)
    totals = [figure for figure in found.of("MTM-1") if figure.category == "Total audits"]
    counted = sum(figure.numerator for figure in totals)
    assert counted == (with_final if cut == "final" else len(grades))
    assert sum(found.awaiting.values()) == len(grades) - with_final


def the_published_month(council) -> list[Audit]:
    """37 audits due and 15 done in time, as the paper has it; two late, one by a QA officer."""
    cycle = a_cycle(MAY)
    people = [
        council.people[key] for key in ("manager", "auditor", "other_auditor", "iro", "chair")
    ]
    case = council.cases["100003"]
    for person, number in zip(people, (8, 8, 7, 7, 7), strict=True):
        expect(cycle, person, PostKind.TEAM_MANAGER, number)
    expect(cycle, council.people["qa_lead"], PostKind.QA_OFFICER)
    done = [
        an_audit_done_here(cycle, person, case, date(2023, 5, day))
        for person in people
        for day in (9, 16, 31)
    ]
    for person in people[:2]:
        an_audit_done_here(cycle, person, case, date(2023, 6, 1))
    an_audit_done_here(
        cycle, council.people["qa_lead"], case, date(2023, 5, 9),
        auditor_post=PostKind.QA_OFFICER,
    )  # fmt: skip
    return done


def test_completed_and_moderated_print_as_published(context, council) -> None:
    for audit in the_published_month(council):
        moderated(audit, noon(date(2023, 6, 5)))
    found = measures(MAY, MAY, at=now())
    assert one(found, "MTM-2", MAY).text == "15 / 37 (41%)"
    assert one(found, "MTM-3", MAY).text == "15 / 15 (100%)"
    beside = {each.words: each.numbers[MAY] for each in found.beside_of("MTM-2")}
    assert beside == {
        "Expected": 37,
        "Completed after the month": 2,
        "Due from other auditors": 1,
        "Completed by other auditors": 1,
    }


def test_only_a_moderation_committed_by_the_data_cut_counts(context, council) -> None:
    first, second, third, *_ = the_published_month(council)
    moderated(first, noon(date(2023, 6, 5)))
    moderated(second, noon(date(2023, 6, 5)), ModerationState.OPEN)
    moderated(third, noon(date(2023, 6, 20)))
    cut = datetime(2023, 6, 10, tzinfo=UTC)
    assert one(measures(MAY, MAY, at=cut), "MTM-3", MAY).text == "1 / 15 (7%)"


def test_where_nothing_was_completed_there_is_nothing_to_moderate(context, council) -> None:
    cycle = a_cycle(MAY)
    expect(cycle, council.people["manager"], PostKind.TEAM_MANAGER, 3)
    found = measures(MAY, MAY, at=now())
    assert one(found, "MTM-2", MAY).text == "0 / 3 (0%)"
    assert one(found, "MTM-3", MAY).text == "–"


def test_the_published_six_priority_actions_are_outstanding(context) -> None:
    for _ in range(6):
        an_action(an_audit(date(2022, 12, 3), RI, IN), date(2022, 12, 3))
    an_action(an_audit(date(2022, 12, 3), IN, IN), date(2022, 12, 3), date(2023, 1, 9))
    an_action(an_audit(date(2022, 12, 3), IN, RI), date(2022, 12, 3))
    found = measures(FIRST, LAST, at=now())
    assert [figure.text for figure in found.of("MTM-4")] == ["0", "7", "6", "6", "6", "6"]
    assert {figure.denominator for figure in found.of("MTM-4")} == {None}
    beside = {each.words: each.numbers for each in found.beside_of("MTM-4")}
    assert beside["Audits graded upward with a priority action open"][APRIL] == 1
    assert beside["Imported actions closed without verification"][APRIL] == 1


# Rule MTM-4: an action counts from the end of the day it was raised until the day it was settled.
@pytest.mark.parametrize(
    ("raised", "settled", "counted"),
    [
        # raised on the month's last day: outstanding at its end
        (date(2023, 4, 30), None, 1),
        # raised the day after
        (date(2023, 5, 1), None, 0),
        # settled on the month's last day
        (date(2023, 4, 3), date(2023, 4, 30), 0),
        # settled the day after
        (date(2023, 4, 3), date(2023, 5, 1), 1),
    ],
)
def test_a_stock_is_taken_at_the_end_of_the_last_day(context, raised, settled, counted) -> None:
    an_action(an_audit(date(2023, 4, 3), IN, IN), raised, settled)
    assert stock(APRIL) == counted


def test_the_grade_that_stood_on_the_day_decides(context) -> None:
    # Inadequate by its auditor in March; made Requires improvement in April, late on the 30th in
    # London; a second final row in May makes it Inadequate again.
    audit = an_audit(date(2023, 3, 6), IN, RI, final_at=datetime(2023, 4, 30, 22, 59, tzinfo=UTC))
    add_grade(audit, GradeSource.FINAL, IN, datetime(2023, 5, 2, 9, tzinfo=UTC))
    an_action(audit, date(2023, 3, 6))
    found = measures(Month(2023, 2), MAY, at=now())
    assert [figure.numerator for figure in found.of("MTM-4")] == [0, 1, 0, 1]


def test_midnight_is_londons(context) -> None:
    # 23:30 UTC on 30 April is half past midnight on 1 May in London: April's grade was not final.
    an_action(
        an_audit(date(2023, 4, 6), IN, RI, final_at=datetime(2023, 4, 30, 23, 30, tzinfo=UTC)),
        date(2023, 4, 6),
    )
    assert stock(APRIL) == 1


def test_an_audit_still_awaiting_a_grade_stands_by_its_auditors(context) -> None:
    an_action(an_audit(date(2023, 4, 6), IN, None), date(2023, 4, 6))
    an_action(an_audit(date(2023, 4, 6), GOOD, None), date(2023, 4, 6))
    assert stock(APRIL) == 1


def test_only_priority_actions_count_and_each_one_does(context) -> None:
    audit = an_audit(date(2023, 4, 6), IN, IN)
    for kind in (ActionKind.PRIORITY, ActionKind.PRIORITY, ActionKind.IMPROVEMENT):
        an_action(audit, date(2023, 4, 6), kind=kind)
    assert stock(APRIL) == 2


def test_the_running_month_is_counted_as_at_today(context) -> None:
    at = datetime(2023, 4, 10, 12, tzinfo=UTC)
    audit = an_audit(date(2023, 4, 6), IN, IN)
    an_action(audit, date(2023, 4, 6))
    an_action(audit, date(2023, 4, 10), date(2023, 4, 10))
    assert stock(APRIL, at=at) == 1


def test_a_part_has_its_own_figures_and_says_so(context, council) -> None:
    safe, care = council.teams["SAFE"], council.teams["CARE"]
    for service, team, plan_type in (
        (safe, "SAFE1", PlanType.CHILD_PROTECTION),
        (safe, "SAFE2", PlanType.CHILD_IN_NEED),
        (care, "CARE1", PlanType.CHILD_IN_CARE),
    ):
        audit = an_audit(
            date(2023, 4, 3),
            IN,
            IN,
            team_id=council.teams[team],
            service_id=service,
            plan_type=plan_type,
        )
        an_action(audit, date(2023, 4, 3))
    for kind, name, scope, number in (
        (PartKind.TEAM, "safeguarding  TEAM 1", "Safeguarding Team 1", 1),
        (PartKind.SERVICE, "Safeguarding", "Safeguarding", 2),
        (PartKind.PLAN_TYPE, "child_in_care", "Child in care (CIC)", 1),
    ):
        found = measures(APRIL, APRIL, scope=find_part(kind, name), at=now())
        assert one(found, "MTM-1", APRIL, "Inadequate").text == f"{number} (100%)"
        assert one(found, "MTM-4", APRIL).numerator == number
        assert {figure.scope for figure in found.figures} == {scope}
    assert {figure.scope for figure in measures(APRIL, APRIL, at=now()).figures} == {"authority"}


def test_what_is_due_of_a_service_is_due_from_its_own_posts(context, council) -> None:
    cycle = a_cycle(MAY)
    for key in ("manager", "other_auditor"):
        expected = expect(cycle, council.people[key], PostKind.TEAM_MANAGER)
        holding = db.session.query(PostHolding).filter_by(person_id=council.people[key]).one()
        expected.post_id = holding.post_id
        an_audit_done_here(cycle, council.people[key], council.cases["100003"], date(2023, 5, 9))
    part = find_part(PartKind.SERVICE, "Corporate Parenting")
    assert one(measures(MAY, MAY, scope=part, at=now()), "MTM-2", MAY).text == "1 / 1 (100%)"
    plan = find_part(PartKind.PLAN_TYPE, "child_in_need")
    assert one(measures(MAY, MAY, scope=plan, at=now()), "MTM-2", MAY).text == "–"


@pytest.mark.parametrize(
    ("kind", "name", "said"),
    [
        (PartKind.TEAM, "Nobody", "No team is called “Nobody”"),
        (PartKind.SERVICE, "Safeguarding Team 1", "No service is called"),
        (PartKind.PLAN_TYPE, "cp", "There is no plan type “cp”"),
    ],
)
def test_an_unknown_part_is_refused_by_name(context, council, kind, name, said) -> None:
    with pytest.raises(DomainError, match=said):
        find_part(kind, name)


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (LAST, FIRST, "from"),
        (FIRST, Month(2999, 1), "to"),
        (Month(2001, 1), LAST, "to"),
    ],
)
def test_months_that_make_no_sense_are_refused(context, first, last, field) -> None:
    with pytest.raises(DomainError) as refused:
        measures(first, last, at=now())
    assert refused.value.field == field


def test_a_part_is_told_in_the_caption(context) -> None:
    part = Part(PartKind.PLAN_TYPE, "Child protection (CP)", plan_type=PlanType.CHILD_PROTECTION)
    found = measures(APRIL, APRIL, scope=part, at=noon(date(2023, 5, 3)))
    assert found.caption("MTM-1") == "MTM-1: Audit grades each month, April 2023"
    assert found.basis("MTM-1") == (
        "Plan type Child protection (CP). Month in which the audit was completed. Counted by final "
        "grade. All audits. Data as at 3 May 2023, 13:00."
    )
