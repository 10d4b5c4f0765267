"""The pages of the practice standards, and the standards beside the questions of an audit (A1)."""

import html
from datetime import date, timedelta

import pytest

from qa_app.database import db, now, saving
from qa_app.domain.calendar import date_words, london_date
from qa_app.standards.models import PracticeStandard, StandardSource
from qa_app.standards.queries.practice import versions_of
from tests.audits.with_tools import given_with, small_tool
from tests.queries import count_queries

LIBRARY = "/practice-standards"
XSS = "<script>alert(1)</script>{{ 7*7 }}"


@pytest.fixture
def lead(council, client_for):
    return client_for(council.people["qa_lead"])


def _text(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return html.unescape(answer.text)


def _day(name: str, day: date) -> dict[str, str]:
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month),
            f"{name}-year": str(day.year)}  # fmt: skip


def _today() -> date:
    return london_date(now())


# Anybody signed in reads the library; the QA lead alone changes it.
@pytest.mark.parametrize(
    ("person", "changes"),
    [("worker", 403), ("viewer", 403), ("administrator", 403), ("head", 403), ("qa_lead", 200)],
)
def test_who_reads_and_who_changes(council, client_for, person: str, changes: int) -> None:
    client = client_for(council.people[person])
    page = _text(client, LIBRARY)
    assert "67 standards in force today" in page
    assert ("Add a standard" in page) is (changes == 200)
    assert "All versions" not in page
    _text(client, f"{LIBRARY}/1.1")
    for path in ("new", "1.1/change", "1.1/end"):
        assert client.get(f"{LIBRARY}/{path}").status_code == changes


def test_the_library_is_narrowed_by_chapter_plan_and_source(lead) -> None:
    page = _text(lead, f"{LIBRARY}?chapter=Early+help")
    assert "4 standards in force today" in page
    assert "8.1" in page
    assert "A decision within one working day" not in page
    page = _text(lead, f"{LIBRARY}?source=statute&plan=fostering_household")
    assert "A decision within one working day" not in page
    assert "Remove Law" in page.replace("</span>", "").replace(
        '<span class="govuk-visually-hidden">', ""
    )
    assert "No standard fits what you chose." in _text(
        lead, f"{LIBRARY}?source=local&chapter=Early+help&plan=care_experienced"
    )
    assert lead.get(f"{LIBRARY}?chapter=Nowhere").status_code == 400


def test_national_and_local_timescales_have_columns_side_by_side(lead) -> None:
    page = _text(lead, f"{LIBRARY}?chapter=Child+protection+plans")
    assert page.index("National timescale") < page.index("Local timescale")
    assert page.index("before the conference<") < page.index("at least 48 hours before")


# A1: the library as it stood on a day.
def test_the_library_on_a_day(lead) -> None:
    page = _text(lead, f"{LIBRARY}?on-day=1&on-month=1&on-year=2015")
    assert "in force on 1 January 2015" in page
    assert "A decision within one working day" not in page
    assert "In force on 1 January 2015" in page
    answer = lead.get(f"{LIBRARY}?on-day=31&on-month=2&on-year=2023")
    assert answer.status_code == 400
    assert "must be a real date" in answer.text


def test_one_query_reads_the_library_however_it_is_narrowed(app, lead) -> None:
    counts = []
    for query in ("", "?chapter=Early+help", "?on-day=1&on-month=1&on-year=2015"):
        with count_queries(app) as asked:
            _text(lead, LIBRARY + query)
        counts.append(len(asked))
        assert len(asked) <= 8, asked
    assert len(set(counts)) == 1


@pytest.mark.parametrize("number", ["99.9", "1", "x", "1.1.1", "%00", "1.1%00", "0.1", "%ED%A0%80"])
def test_a_number_that_there_is_not_is_not_found(lead, number: str) -> None:
    for path in (number, f"{number}/change", f"{number}/end"):
        assert lead.get(f"{LIBRARY}/{path}").status_code == 404


def test_a_standard_names_the_questions_that_test_it(lead) -> None:
    page = _text(lead, f"{LIBRARY}/6.3")
    assert "Do the carers have their own written copy of what they may decide?" in page
    assert "Delegated authority check, version 1" in page
    assert "In force since 1 July 2013." in page


def test_a_standard_is_added(lead, app) -> None:
    page = _text(lead, f"{LIBRARY}/new")
    assert "audits already done keep what was in force in their period" in page
    content = {"number": "1.9", "title": "Letters", "expectation": XSS, "source": "local",
               "local_timescale": "within 2 weeks", "plan_types": ["early_help", "child_in_care"],
               **_day("valid_from", _today())}  # fmt: skip
    answer = lead.submit(f"{LIBRARY}/new", content)
    assert answer.location.endswith(f"{LIBRARY}/1.9")
    page = lead.get(f"{LIBRARY}/1.9").text
    assert "Practice standard 1.9 added" in page
    assert "<script>alert" not in page
    assert "Quinn Lead" in page
    with app.app_context():
        (added,) = versions_of("1.9")
        assert (added.chapter, added.source) == ("Front door", StandardSource.LOCAL)
        assert added.plan_types == ["early_help", "child_in_care"]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"number": "1.1"}, "There is a standard 1.1 already"),
        ({"number": "one"}, "Enter a number like 4.3"),
        ({"title": ""}, "Enter a title"),
        ({"source": ""}, "Select where it comes from"),
        # A1: never from a day before today
        (_day("valid_from", date(2020, 1, 1)), "Enter today"),
    ],
)
def test_a_standard_that_does_not_fit_is_refused_and_kept_on_the_page(lead, change, said) -> None:
    content = {"number": "1.9", "title": "Letters", "expectation": "Kept", "source": "local",
               **_day("valid_from", _today())}  # fmt: skip
    answer = lead.submit(f"{LIBRARY}/new", content | change)
    assert answer.status_code == 400
    assert said in html.unescape(answer.text)
    assert "Kept</textarea>" in answer.text


def _changed(lead, day: date, **more: str):
    content = {"version": "1", "title": "A decision", "expectation": "Decided at once.",
               "source": "local", "change": "Faster", **_day("valid_from", day)}  # fmt: skip
    return lead.submit(f"{LIBRARY}/1.1/change", content | more)


# A1: the version before ends the day before, and both are shown with their dates.
def test_a_standard_is_changed_from_a_day_on(lead) -> None:
    page = _text(lead, f"{LIBRARY}/1.1/change")
    assert "A decision within one working day" in page
    assert "checked" in page
    day = _today() + timedelta(days=10)
    assert _changed(lead, day).status_code == 302
    page = _text(lead, f"{LIBRARY}/1.1")
    before = date_words(day - timedelta(days=1))
    assert f"Version 1: from 15 December 2023 to {before}" in page
    assert f"Version 2: from {date_words(day)}" in page
    for words in ("To come", "In force today", "Faster", f"Version 2 begins on {date_words(day)}"):
        assert words in page
    assert "A decision within one working day" in _text(lead, LIBRARY)


def test_two_who_change_at_once_are_told(lead) -> None:
    assert _changed(lead, _today()).status_code == 302
    answer = _changed(lead, _today() + timedelta(days=1), expectation="Mine", version="1")
    assert answer.status_code == 409
    assert "was changed while you had this page open" in answer.text


def test_a_standard_is_ended(lead) -> None:
    last = _today() + timedelta(days=3)
    answer = lead.submit(f"{LIBRARY}/1.1/end", {"version": "1", **_day("last_day", last)})
    assert answer.status_code == 302
    assert f"In force until {date_words(last)}." in _text(lead, f"{LIBRARY}/1.1")
    early = lead.submit(
        f"{LIBRARY}/1.2/end", {"version": "1", **_day("last_day", date(2024, 1, 1))}
    )
    assert early.status_code == 400
    assert "Enter today" in early.text


def _section(app, council, client_for, change=None) -> tuple:
    """The section page of a small audit, after a change to the library."""
    with app.app_context(), saving():
        audit = given_with(council, small_tool(), at=now())
        audit_id, judged = audit.id, audit.judged_from
        if change is not None:
            change(judged)
    client = client_for(council.people["other_auditor"])
    return client, f"/audits/{audit_id}/sections/plan", judged


def _row(version: int, valid_from: date, valid_until: date | None, **more) -> None:
    values = {"number": "4.1", "chapter": "Child in need", "title": f"Plan {version}",
              "expectation": f"Expectation {version}", "source": StandardSource.NATIONAL,
              "national_timescale": "within 10 days", "plan_types": []}  # fmt: skip
    db.session.add(PracticeStandard(version=version, valid_from=valid_from, changed_at=now(),
                                    valid_until=valid_until, **values | more))  # fmt: skip


def _replaced(*spans):
    """A change that leaves these versions of 4.1, days counted from the first that is judged."""

    def change(judged: date) -> None:
        db.session.query(PracticeStandard).filter_by(number="4.1").delete()
        for version, (begins, ends) in enumerate(spans, start=1):
            until = None if ends is None else judged + timedelta(days=ends)
            _row(version, judged + timedelta(days=begins), until)

    return change


@pytest.mark.parametrize(
    ("spans", "shown", "hidden"),
    [
        # A1: judged by what was in force in the judged period
        ([(-900, -1), (0, None)], ["Standard 4.1: Plan 2", "Expectation 2"], ["Expectation 1"]),
        ([(-900, None)], ["Standard 4.1: Plan 1", "National timescale: within 10 days"],
         ["Plan 1 to"]),
        # A1: by both, with their dates, where it changed within the period
        ([(-900, 30), (31, None)], ["Standard 4.1: Plan 2", "Expectation 1", "Expectation 2"], []),
        # A1: one that begins later is no measure of this audit
        ([(9_000, None)], ["Practice standard 4.1 was not in force"], ["Expectation 1"]),
        ([], ["Practice standard 4.1 was not in force"], []),
    ],
)  # fmt: skip
def test_a_question_shows_its_standard_as_in_force_in_the_judged_period(
    app, council, client_for, spans, shown, hidden
) -> None:
    client, path, judged = _section(app, council, client_for, _replaced(*spans))
    page = _text(client, path)
    assert [words for words in shown if words not in page] == []
    assert [words for words in hidden if words in page] == []
    if len(shown) == 3:
        change = date_words(judged + timedelta(days=31))
        assert f"to {date_words(judged + timedelta(days=30))}" in page
        assert f"From {change}" in page
    # Older tools hold words: they are shown as they are.
    assert "Standard: Good sense" in page


def test_the_standards_of_a_page_cost_one_query(app, council, client_for) -> None:
    client, path, _ = _section(app, council, client_for)
    with count_queries(app) as asked:
        _text(client, path)
    assert sum("FROM practice_standard" in each for each in asked) == 1
