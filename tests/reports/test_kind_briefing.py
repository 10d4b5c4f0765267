"""The best practice briefing: one theme in seven minutes."""

import pytest

from qa_app.domain.answers import FindingKind
from qa_app.domain.errors import DomainError
from qa_app.domain.publishing import ReportKind
from qa_app.reports.document import Table, Written
from qa_app.reports.facts import Facts, ThemeFact
from qa_app.reports.kinds import RECIPES
from qa_app.reports.kinds.briefing import stretches
from qa_app.reports.reportasked import ReportAsked
from tests.reports import telling
from tests.reports.facts_made import FactsMade

BRIEFING = ReportKind.BRIEFING
CHRONOLOGY = {"theme": "chronology"}


def some_facts() -> Facts:
    """12 audits a month from October 2022 on, 10 of Team 1 and 2 of Team 3, of which the first five
    have an area for development and the sixth a strength in chronologies."""
    made = FactsMade()
    for month in ("2022-10", "2022-11", "2022-12", "2023-01", "2023-02"):
        for number in range(12):
            kind = FindingKind.DEVELOPMENT if number < 5 else FindingKind.STRENGTH
            findings = (made.finding("chronology", kind),) if number < 6 else ()
            made.audit(month, team="Team 1" if number < 10 else "Team 3", findings=findings)
    return made.facts("2021-04", "2023-02")


# Issue: why it matters, what we found, what good looks like, what to do, three questions. R7: each
# of them is needed.
def test_its_five_parts_in_their_order() -> None:
    found = telling.document(BRIEFING, some_facts(), **CHRONOLOGY)
    assert found.title == "Best practice briefing: Chronologies"
    assert [section.title for section in found.sections] == [
        "Why it matters",
        "What we found",
        "What good looks like",
        "What to do",
        "Three questions for your team meeting",
    ]
    assert all(each.needed for each in telling.blocks(found, Written))


# T2: how often in the month, the quarters and the year, with n; R6: with interval.
def test_what_was_found_in_month_quarters_and_year() -> None:
    found = telling.table(telling.document(BRIEFING, some_facts(), **CHRONOLOGY), "theme-found")
    assert telling.lines(found)[:4] == [
        (
            "Period | A strength | 95% interval of it | An area for development | "
            "95% interval of that | Areas about recording only"
        ),
        (
            "February 2023 | 1 of 12 (8.3%) | 1.5% to 35.4% | 5 of 12 (41.7%) | 19.3% to 68% | "
            "0 of 5 (0%)"
        ),
        (
            "October to December 2022 | 3 of 36 (8.3%) | 2.9% to 21.8% | 15 of 36 (41.7%) | "
            "27.1% to 57.8% | 0 of 15 (0%)"
        ),
        "July to September 2022 | 0 of 0 | – | 0 of 0 | – | 0 of 0",
    ]


# R6: a service is printed where there are enough audits to say anything.
def test_only_services_with_enough_audits_have_a_row() -> None:
    found = telling.document(BRIEFING, some_facts(), **CHRONOLOGY)
    assert telling.lines(telling.table(found, "theme-by-service"))[1:] == [
        "Safeguarding | 3 of 30 (10%) | 3.5% to 25.6% | 15 of 30 (50%) | 33.2% to 66.8%"
    ]
    few = telling.document(BRIEFING, FactsMade().facts("2021-04", "2023-02"), **CHRONOLOGY)
    assert [each.id for each in telling.blocks(few, Table)] == ["theme-found"]


# R4: a quarter or year of a briefing is a whole one, so that every report says the same of it.
@pytest.mark.parametrize(
    ("month", "periods", "first"),
    [
        (
            "2023-02",
            ["2023-02", "2022/23-Q3", "2022/23-Q2", "2022/23-Q1", "2021/22-Q4", "2021/22"],
            "2021-04",
        ),
        (
            "2023-03",
            ["2023-03", "2022/23-Q4", "2022/23-Q3", "2022/23-Q2", "2022/23-Q1", "2022/23"],
            "2022-04",
        ),
        (
            "2023-04",
            ["2023-04", "2022/23-Q4", "2022/23-Q3", "2022/23-Q2", "2022/23-Q1", "2022/23"],
            "2022-04",
        ),
        (
            "2022-12",
            ["2022-12", "2022/23-Q3", "2022/23-Q2", "2022/23-Q1", "2021/22-Q4", "2021/22"],
            "2021-04",
        ),
    ],
)
def test_only_whole_quarters_and_years(month, periods, first) -> None:
    asked = ReportAsked(BRIEFING, month, **CHRONOLOGY)
    found = stretches(asked)
    assert [each.period for each in found] == periods
    assert [len(each.months) for each in found] == [1, 3, 3, 3, 3, 12]
    assert [str(each) for each in RECIPES[BRIEFING].span(asked)] == [first, month]


# T1: a theme that was merged is counted under the one into which it went.
def test_a_merged_theme_goes_by_its_new_name() -> None:
    themes = (
        ThemeFact("records", "Records", stands_for=("chronology",)),
        ThemeFact("chronology", "Chronologies", ended=True),
    )
    made = FactsMade(themes=themes)
    made.audit(findings=(made.finding("chronology"),))
    facts = made.facts("2021-04", "2023-02")
    found = telling.table(telling.document(BRIEFING, facts, **CHRONOLOGY), "theme-found")
    assert found.caption == "Audits with findings under “Records”"
    assert found.rows[0][3].text == "1 of 1 (100%)"


# T1: one that ended and was not found any more is zero, not missing.
def test_an_ended_theme_that_nobody_found_is_zero() -> None:
    made = FactsMade(themes=(ThemeFact("chronology", "Chronologies", ended=True),))
    made.audit()
    facts = made.facts("2021-04", "2023-02")
    found = telling.table(telling.document(BRIEFING, facts, **CHRONOLOGY), "theme-found")
    assert [cell.text for cell in found.rows[0]] == [
        "February 2023",
        "0 of 1 (0%)",
        "too few to say",
        "0 of 1 (0%)",
        "too few to say",
        "0 of 0",
    ]


def test_a_briefing_is_about_a_theme() -> None:
    with pytest.raises(DomainError, match="theme"):
        ReportAsked(BRIEFING, "2023-02")


# R6: sentences state what was found.
def test_sentences_to_begin_from() -> None:
    said = telling.suggestions(BRIEFING, some_facts(), **CHRONOLOGY)
    assert (
        "In October to December 2022, 15 of 36 audits were found to have an area for development "
        "under “Chronologies” (41.7%)." in said
    )
    assert (
        "Of the 5 audits with an area for development in February 2023, 0 were about recording "
        "only." in said
    )


# R5: hidden counts are "c", their intervals too, and a service that is hidden has no row.
def test_a_public_version_hides() -> None:
    found = telling.document(
        BRIEFING, some_facts(), hide=lambda each: each.key.period == "2023-02", **CHRONOLOGY
    )
    table = telling.table(found, "theme-found")
    assert telling.lines(table)[1] == "February 2023 | c | c | c | c | c"
    assert telling.LEGEND in table.notes
    assert not any(each.suggestions for each in telling.blocks(found, Written))
