"""The stock of priority actions at any day, recounted from history (E5, MTM-4), and its chart."""

import csv
from datetime import date, datetime, time, timedelta

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, true

from qa_app.audits.models import Audit
from qa_app.audits.queries.inadequate import stand_inadequate
from qa_app.database import db, now
from qa_app.domain.actions import ActionKind
from qa_app.domain.calendar import LONDON, Month, add_months
from qa_app.domain.grades import Grade
from qa_app.reports.runcharts import stock_spec, stock_svg
from qa_app.reports.services import measures
from qa_app.tracker.models import Action
from qa_app.tracker.queries import outstanding
from qa_app.tracker.queries.stock import MONTHS, Stock, stock_of
from tests.audits.test_workbook_loading import load, load_extract
from tests.audits.workbooks import EXPECTED, LEGACY
from tests.reports.rows import GOOD, IN, RI, an_action, an_audit, noon

TODAY = date(2023, 5, 17)
PRIORITY = ActionKind.PRIORITY


def mtm4(day: date) -> int:
    """MTM-4 as at the end of a day, as the measures print it."""
    end = datetime.combine(day + timedelta(days=1), time(), LONDON) - timedelta(microseconds=1)
    month = Month.of(day)
    (figure,) = measures(month, month, at=min(end, now())).of("MTM-4")
    return figure.numerator


# MTM-4: the old workbook's six, as the authority printed them for April 2023; and at every other
# day as many as its rows say.
def test_the_stock_of_the_old_workbook(context: Flask) -> None:
    load_extract()
    load(LEGACY)
    with EXPECTED.open(encoding="utf-8") as file:
        six = [
            row
            for row in csv.DictReader(file)
            if row["significant_harm"] == "yes"
            and row["final_grade"] == Grade.INADEQUATE.words
            and row["action_done"] == "no"
        ]
    april = date(2023, 4, 30)
    assert len(six) == mtm4(april) == 6
    found = outstanding(kind=PRIORITY, on=april)
    bad = stand_inadequate({action.audit_id for action in found})
    assert sum(action.audit_id in bad for action in found) == 6
    rows = list(
        db.session.execute(
            select(Action.raised_on, Action.settled_on)
            .join(Audit, Audit.id == Action.audit_id)
            .where(Action.kind == PRIORITY, Audit.final_grade == Grade.INADEQUATE)
        )
    )
    days = [date(2022, 11, 1) + timedelta(days=4 * n) for n in range(50)]
    assert [mtm4(day) for day in days] == [
        sum(raised <= day and (settled is None or settled > day) for raised, settled in rows)
        for day in days
    ]


DAYS = st.integers(0, 900)
HISTORIES = st.lists(
    st.tuples(
        DAYS,
        st.one_of(st.none(), st.integers(0, 400)),
        st.sampled_from([PRIORITY, PRIORITY, ActionKind.LEARNING]),
        st.sampled_from([IN, GOOD]),
        st.sampled_from([IN, RI, None]),
        st.integers(0, 60),
    ),
    max_size=12,
)


# MTM-4, E5: at any past day, whatever the history, both equal a recount.
@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(histories=HISTORIES, asked=DAYS)
def test_the_stock_at_any_day_equals_a_recount(context: Flask, histories, asked) -> None:
    db.session.rollback()
    began, day = date(2021, 1, 4), date(2021, 1, 4) + timedelta(days=asked)
    spans, inadequate = [], 0
    for after, lasted, kind, auditor, final, later in histories:
        raised = began + timedelta(days=after)
        settled = None if lasted is None else raised + timedelta(days=lasted)
        final_on = raised + timedelta(days=later)
        audit = an_audit(raised, auditor, final, final_at=noon(final_on))
        an_action(audit, raised, settled, kind=kind)
        out = raised <= day and (settled is None or settled > day)
        stands = final if final and final_on <= day else auditor
        if kind is PRIORITY:
            spans.append((raised, settled))
            inadequate += out and stands is IN
    assert mtm4(day) == inadequate
    stock = stock_of(true(), day)
    assert stock.now == recount(spans, day)
    assert [each.number for each in stock.ends] == [recount(spans, each.day) for each in stock.ends]
    db.session.rollback()


def recount(spans, day: date) -> int:
    return sum(raised <= day and (settled is None or settled > day) for raised, settled in spans)


def a_history(numbers: list[int]) -> Stock:
    """As many outstanding at the end of each month, the last one April 2023."""
    audit = an_audit(date(2021, 1, 4), GOOD, GOOD)
    firsts = [add_months(date(2023, 4, 1), 1 - len(numbers) + n) for n in range(len(numbers))]
    for first, number in zip(firsts, numbers, strict=True):
        for _ in range(number):
            an_action(audit, first, add_months(first, 1))
    return stock_of(true(), TODAY)


def test_without_an_action_there_is_no_line(context: Flask) -> None:
    stock = stock_of(true(), TODAY)
    assert (stock.ends, stock.now, stock.run) == ([], 0, None)
    assert stock.words.startswith("No month has ended yet since")
    assert stock_svg(stock).startswith("<svg")


# The months begin with the first action: before it there was nothing to count.
def test_months_before_the_first_action_are_left_out(context: Flask) -> None:
    stock = a_history([2, 0, 3])
    assert [(each.month, each.number) for each in stock.ends] == [
        ("February 2023", 2), ("March 2023", 0), ("April 2023", 3),
    ]  # fmt: skip
    assert stock.words == (
        "At the ends of 3 months between 0 and 3 priority actions were outstanding; the median is "
        "2. With fewer than 12 months it is too soon to say that it has changed. Today, 17 May "
        "2023, 0 are outstanding."
    )


def test_two_years_are_shown(context: Flask) -> None:
    stock = a_history([1] * 30)
    assert len(stock.ends) == MONTHS
    assert stock.ends[0].month == "May 2021"


# R6: a change is said only of six months or more on one side of the median, out of twelve or more.
def test_a_shift_is_said_in_words(context: Flask) -> None:
    words = a_history([1] * 6 + [4] * 6).words
    assert "From May 2022 to October 2022 it was below the median every time." in words
    assert "From November 2022 to April 2023 it was above the median every time." in words
    assert "before you call that a change" in words


def test_what_goes_up_and_down_is_no_change(context: Flask) -> None:
    assert "no change shows" in a_history([1, 3] * 6).words


def test_the_chart_has_the_figures_of_the_table(context: Flask) -> None:
    stock = a_history([2, 0, 3])
    spec = stock_spec(stock)
    assert [(each["month"], each["share"]) for each in spec["data"]["values"]] == [
        ("February 2023", 2), ("March 2023", 0), ("April 2023", 3),
    ]  # fmt: skip
    assert spec["layer"][0]["data"]["values"] == [{"median": 2}]
    assert "April 2023" in stock_svg(stock)
