"""The library of practice standards: versions, days, what was in force in a period (A1)."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from qa_app.database import db
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import PlanType
from qa_app.history import Event
from qa_app.standards.models import PracticeStandard, StandardSource
from qa_app.standards.queries import practice as queries
from qa_app.standards.services import practice as services
from qa_app.standards.services.practice import Wording
from tests.queries import count_queries

pytestmark = pytest.mark.usefixtures("context")
AT = datetime(2026, 11, 18, 10, 42, tzinfo=UTC)
TODAY = date(2026, 11, 18)
DAY = timedelta(days=1)
WORDS = Wording("Visits", "A social worker visits.", StandardSource.LOCAL,
                local_timescale="every 10 working days",
                plan_types=(PlanType.CHILD_PROTECTION,))  # fmt: skip
NEW = "1.20"


@pytest.fixture
def by(council):
    return council.people["qa_lead"]


def _added(by, valid_from=TODAY):
    return services.add(NEW, "", WORDS, valid_from=valid_from, by=by, at=AT)


def _spans():
    return [(each.version, each.valid_from, each.valid_until)
            for each in reversed(queries.versions_of(NEW))]  # fmt: skip


def test_the_product_ships_its_library_and_installs_it_once():
    before = db.session.scalar(select(func.count()).select_from(PracticeStandard))
    services.install_standards(at=AT)
    after = db.session.scalar(select(func.count()).select_from(PracticeStandard))

    assert before == after == 67
    library = queries.library(TODAY)
    assert [each.number for each in library][:2] == ["1.1", "1.2"]
    assert library[0].source is StandardSource.NATIONAL
    assert {each.version for each in library} == {1}


# The timescales of the issue, in the library as it is shipped.
@pytest.mark.parametrize(
    ("words", "national", "local"),
    [
        ("supervision", "", "at least every 4 weeks"),
        ("initial child protection conference", "within 15 working days", ""),
        (
            "review",
            "within 20 working days, then within 3 months, then at least every 6 months",
            "",
        ),
        ("return", "within 72 hours", ""),
        ("conference", "before the conference", "at least 48 hours before the conference"),
        ("assessment", "within 45 working days", ""),
        ("visit", "", "at least every 10 working days"),
    ],
)
def test_national_and_local_timescales_stand_side_by_side(words, national, local):
    found = [
        each
        for each in queries.library(TODAY)
        if words in (each.title + each.expectation).lower()
        and national in each.national_timescale
        and local in each.local_timescale
    ]
    assert found


def test_numbers_are_counted_and_not_spelled(by):
    _added(by)
    numbers = [each.number for each in queries.library(TODAY) if each.number.startswith("1.")]
    assert numbers == ["1.1", "1.2", "1.3", "1.4", "1.20"]


# A1: a change ends the version in force the day before; the one before is kept.
def test_a_change_is_a_new_version_from_a_day_on(by):
    _added(by)
    day = TODAY + 30 * DAY
    changed = replace(WORDS, local_timescale="every 5 working days")
    services.revise(NEW, changed, valid_from=day, change="Too long", by=by, at=AT)

    assert _spans() == [(1, TODAY, day - DAY), (2, day, None)]
    for on, timescale in [(day - DAY, "every 10 working days"), (day, "every 5 working days")]:
        (standard,) = [each for each in queries.library(on) if each.number == NEW]
        assert standard.local_timescale == timescale
    db.session.commit()
    verbs = select(Event.verb).where(Event.subject_type == "practicestandard")
    assert list(db.session.scalars(verbs.order_by(Event.sequence)))[-2:] == [
        "standard_added", "standard_changed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "versions"),
    [
        # A1: judged by what was in force in the period
        (TODAY - 200 * DAY, TODAY - DAY, []),
        (TODAY, TODAY + 29 * DAY, [1]),
        (TODAY + 30 * DAY, TODAY + 90 * DAY, [2]),
        # A1: where it changed within the period, by both
        (TODAY - 100 * DAY, TODAY + 30 * DAY, [1, 2]),
        (TODAY + 29 * DAY, TODAY + 30 * DAY, [1, 2]),
    ],
)
def test_what_was_in_force_in_a_period(by, first, last, versions):
    _added(by)
    day = TODAY + 30 * DAY
    services.revise(NEW, replace(WORDS, title="Seen"), valid_from=day, change="x", by=by, at=AT)

    found = queries.in_force({NEW, "1.1", "99.1"}, first, last)
    assert [each.version for each in found.get(NEW, [])] == versions
    assert [each.version for each in found["1.1"]] == [1]
    assert "99.1" not in found


def test_what_was_in_force_costs_one_query_or_none(app):
    with count_queries(app) as asked:
        queries.in_force({"1.1", "1.2", "2.1"}, TODAY, TODAY)
    assert len(asked) == 1
    with count_queries(app) as asked:
        assert queries.in_force(set(), TODAY, TODAY) == {}
    assert len(asked) == 0


YESTERDAY = TODAY - DAY
FUTURE = TODAY + 10 * DAY


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        # A1: nothing begins or ends before today, because audits done already would change
        (lambda by: _added(by, YESTERDAY), "valid_from", "Enter today, 18 November 2026"),
        (lambda by: services.revise("1.1", WORDS, valid_from=YESTERDAY, change="x", by=by, at=AT),
         "valid_from", "audits already done keep"),
        (lambda by: services.end("1.1", last_day=YESTERDAY, by=by, at=AT),
         "last_day", "Enter today"),
        (lambda by: services.revise("1.1", WORDS, valid_from=TODAY, change=" ", by=by, at=AT),
         "change", "Enter what changes, and why"),
        (lambda by: services.revise("99.9", WORDS, valid_from=TODAY, change="x", by=by, at=AT),
         "number", "There is no standard 99.9"),
        (lambda by: services.revise("x\x00", WORDS, valid_from=TODAY, change="x", by=by, at=AT),
         "number", "There is no standard"),
        (lambda by: services.add("1.1", "", WORDS, valid_from=TODAY, by=by, at=AT),
         "number", "There is a standard 1.1 already"),
        (lambda by: services.add("1.x", "", WORDS, valid_from=TODAY, by=by, at=AT),
         "number", "Enter a number like 4.3"),
        (lambda by: services.add("1.0", "", WORDS, valid_from=TODAY, by=by, at=AT),
         "number", "Enter a number like 4.3"),
        (lambda by: services.add("88.1", "", WORDS, valid_from=TODAY, by=by, at=AT),
         "chapter", "Enter the name of chapter 88"),
        (lambda by: services.add(NEW, "Other", WORDS, valid_from=TODAY, by=by, at=AT),
         "chapter", "Chapter 1 is “Front door”"),
        (lambda by: services.add(NEW, "", replace(WORDS, title=" "), valid_from=TODAY, by=by,
                                 at=AT),
         "title", "Enter a title"),
        (lambda by: services.add(NEW, "", replace(WORDS, expectation=""), valid_from=TODAY, by=by,
                                 at=AT),
         "expectation", "Enter the expectation"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_at_its_field(by, change, field, words):
    with pytest.raises(DomainError) as refused:
        change(by)
    assert words in refused.value.message
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("change", "words"),
    [
        # A1: versions follow one another, and none begins before the one it follows
        (lambda by: services.revise(NEW, replace(WORDS, title="B"), valid_from=FUTURE, change="x",
                                    by=by, at=AT), "Version 1 begins on 28 November 2026"),
        (lambda by: services.end(NEW, last_day=TODAY, by=by, at=AT),
         "Version 1 begins on 28 November 2026"),
        (lambda by: services.revise(NEW, WORDS, valid_from=FUTURE + DAY, change="x", by=by, at=AT),
         "Nothing is different"),
        (lambda by: services.revise(NEW, replace(WORDS, title="B"), valid_from=FUTURE + DAY,
                                    change="x", seen=0, by=by, at=AT),
         "was changed while you had this page open"),
        (lambda by: services.end(NEW, last_day=FUTURE, seen=7, by=by, at=AT),
         "was changed while you had this page open"),
    ],
)  # fmt: skip
def test_a_standard_that_is_still_to_come_keeps_its_place(by, change, words):
    _added(by, FUTURE)
    with pytest.raises(DomainError) as refused:
        change(by)
    assert words in refused.value.message
    assert _spans() == [(1, FUTURE, None)]


def test_the_order_of_plans_is_no_change(by):
    plans = (PlanType.CHILD_IN_CARE, PlanType.CHILD_IN_NEED)
    services.add(NEW, "", replace(WORDS, plan_types=plans), valid_from=TODAY, by=by, at=AT)
    with pytest.raises(services.WrongWords):
        services.revise(NEW, replace(WORDS, plan_types=plans[::-1]), valid_from=FUTURE,
                        change="x", by=by, at=AT)  # fmt: skip


# A1: ended, it stays for audits of its period; later it may come back as a new version.
def test_a_standard_ends_and_may_come_back(by):
    _added(by)
    services.end(NEW, last_day=TODAY + 5 * DAY, by=by, at=AT)
    assert NEW not in {each.number for each in queries.library(TODAY + 6 * DAY)}
    assert NEW in queries.in_force({NEW}, TODAY, TODAY + 60 * DAY)

    later = AT + 20 * DAY
    with pytest.raises(services.WrongDay, match="ended on 23 November 2026 already"):
        services.end(NEW, last_day=TODAY + 30 * DAY, by=by, at=later)
    back = TODAY + 30 * DAY
    services.revise(NEW, replace(WORDS, title="B"), valid_from=back, change="x", by=by, at=later)
    assert _spans() == [(1, TODAY, TODAY + 5 * DAY), (2, back, None)]


STEPS = st.lists(st.tuples(st.sampled_from(["revise", "end"]), st.integers(-3, 40)), max_size=8)


# A1: whatever is done, versions never overlap, and no day before today changes.
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(STEPS)
def test_versions_never_overlap_and_the_past_never_changes(by, steps):
    savepoint = db.session.begin_nested()
    _added(by)
    at = AT
    for n, (what, days) in enumerate(steps):
        at = at + 7 * DAY
        day, today = at.date() + days * DAY, at.date()
        past = [queries.in_force({NEW}, on, on) for on in (TODAY, today - DAY)]
        wordings = [[each.title for each in found.get(NEW, [])] for found in past]
        try:
            if what == "end":
                services.end(NEW, last_day=day, by=by, at=at)
            else:
                services.revise(NEW, replace(WORDS, title=f"Title {n}"), valid_from=day,
                                change="x", by=by, at=at)  # fmt: skip
        except DomainError:
            continue
        finally:
            past = [queries.in_force({NEW}, on, on) for on in (TODAY, today - DAY)]
            assert wordings == [[each.title for each in found.get(NEW, [])] for found in past]
    spans = _spans()
    for (_, _, ends), (_, begins, _) in pairwise(spans):
        assert ends is not None
        assert ends < begins
    savepoint.rollback()
