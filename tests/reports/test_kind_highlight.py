"""The QA highlight report: the published tables, what stands beside them, what the month tells."""

from datetime import date

import pytest

from qa_app.database import now
from qa_app.domain.grades import Selection
from qa_app.domain.publishing import ReportKind
from qa_app.reports.building import document_of
from qa_app.reports.document import Chart, Written
from qa_app.reports.figures import Figures
from qa_app.reports.kinds import RECIPES
from qa_app.reports.reportasked import ReportAsked
from qa_app.reports.services.cutting import facts_of, take_cut
from tests.reports import telling
from tests.reports.facts_made import GOOD, IN, OUT, RI, FactsMade, published_facts
from tests.reports.rows import the_published_audits

HIGHLIGHT = ReportKind.HIGHLIGHT
GOLDEN = """\
| November 2022 | December 2022 | January 2023 | February 2023 | March 2023 | April 2023
Inadequate | 4 (40%) | 16 (48.48%) | 16 (51.61%) | 6 (40%) | 6 (50%) | 3 (21.43%)
Requires improvement | 2 (20%) | 14 (42.42%) | 10 (32.26%) | 6 (40%) | 4 (33.33%) | 8 (57.14%)
Good | 4 (40%) | 3 (9.09%) | 5 (16.13%) | 3 (20%) | 2 (16.67%) | 3 (21.43%)
Outstanding | 0 | 0 | 0 | 0 | 0 | 0
Total audits | 10 | 33 | 31 | 15 | 12 | 14
"""


OUTSTANDING = (
    "At the end of February 2023 6 priority actions were outstanding after Inadequate audits with "
    "a concern about significant harm; at the end of January 2023 there were 0."
)


def first_table(found) -> list[str]:
    return telling.lines(next(iter(telling.blocks(found, telling.Table))))


# measures.md, golden figures: the first table is the published one, to the character.
def test_the_first_table_is_the_published_one_to_the_character() -> None:
    lines = first_table(telling.document(HIGHLIGHT, published_facts(), "2023-04"))
    assert "\n".join([lines[0].removeprefix("Grade "), *lines[1:], ""]) == GOLDEN


# measures.md: the same from audits in the database, through a data cut (R4).
def test_the_published_table_comes_from_rows_through_a_data_cut(context) -> None:
    the_published_audits()
    asked = ReportAsked(HIGHLIGHT, "2023-04")
    cut = take_cut(*RECIPES[HIGHLIGHT].span(asked), by=None, at=now())
    lines = first_table(telling.document(HIGHLIGHT, facts_of(cut), "2023-04"))
    assert "\n".join([lines[0].removeprefix("Grade "), *lines[1:], ""]) == GOLDEN


# measures.md: the same paper prints 15 / 37 (41%) completed, 15 moderated, 6 outstanding.
def test_the_three_other_published_figures_are_printed_as_the_paper_prints_them() -> None:
    found = telling.document(HIGHLIGHT, published_facts(), "2023-02")
    completed = telling.lines(telling.table(found, "mtm-2-and-3"))
    assert completed[1].endswith("15 / 37 (41%)")
    assert completed[2].endswith("15 / 15 (100%)")
    assert completed[3:] == [
        "Expected | 0 | 0 | 0 | 0 | 0 | 40",
        "Exempted | 0 | 0 | 0 | 0 | 0 | 3",
    ]
    assert telling.lines(telling.table(found, "mtm-4"))[1].endswith(" | 6")


# measures.md: a month without audits prints 0 and no percentage; nothing due prints a dash.
def test_months_without_anything_are_printed_as_such() -> None:
    found = telling.document(HIGHLIGHT, FactsMade().facts())
    assert telling.lines(telling.table(found, "mtm-1"))[1:] == [
        f"{row} | 0 | 0 | 0 | 0 | 0 | 0"
        for row in ("Inadequate", "Requires improvement", "Good", "Outstanding", "Total audits")
    ]
    assert telling.lines(telling.table(found, "mtm-2-and-3"))[1:] == [
        "MTM-2: completed of due | – | – | – | – | – | –",
        "MTM-3: moderated of completed | – | – | – | – | – | –",
    ]
    assert telling.lines(telling.table(found, "good-or-better"))[1:] == [
        "Good or better | 0 of 0 | 0 of 0 | 0 of 0 | 0 of 0 | 0 of 0 | 0 of 0",
        "95% interval | – | – | – | – | – | –",
    ]
    assert "%" not in " ".join(telling.printed(found)).replace("95% interval", "")


# measures.md: six months ending with the report's; S5 and the data cut stand under the table.
def test_tables_say_whose_they_are_on_what_basis_and_when() -> None:
    found = telling.document(HIGHLIGHT, published_facts(), "2023-04")
    assert telling.table(found, "mtm-1").caption.endswith("November 2022 to April 2023")
    assert telling.table(found, "mtm-1").basis == (
        "Whole authority. Counted by final grade and month of completion. All audits. "
        "Data as at 1 June 2023, 10:30."
    )
    assert "by audit cycle. All audits of the cycle" in telling.table(found, "mtm-2-and-3").basis
    assert "end of the month’s last day" in telling.table(found, "mtm-4").basis
    assert (
        "without targeted, thematic and re-audits" in telling.table(found, "good-or-better").basis
    )
    assert "day on which the concern was raised" in telling.table(found, "concerns").basis


# measures.md: awaiting a final grade is printed under MTM-1, never inside it; "provisional" too.
def test_what_awaits_a_final_grade_stands_beside() -> None:
    made = FactsMade()
    made.several(12, final=RI)
    made.several(3, final=None)
    made.audit("2023-01", final=None)
    found = telling.document(HIGHLIGHT, made.facts())
    assert telling.table(found, "mtm-1").total[-1].text == "12"
    assert "Provisional: 3 audits await a final grade" in telling.table(found, "mtm-1").basis
    assert (
        "Awaiting a final grade, and not in the table: 1 in January 2023, 3 in February 2023."
        in telling.sentences(found)
    )
    assert "3 audits completed in February 2023 await a final grade." in telling.suggestions(
        HIGHLIGHT, made.facts()
    )


# measures.md: beside MTM-4, never inside it.
def test_what_stands_beside_the_outstanding_actions_is_below_them_where_there_is_any() -> None:
    made = FactsMade()
    made.stock("2023-02", 2, other_concerns=1)
    rows = telling.lines(telling.table(telling.document(HIGHLIGHT, made.facts()), "mtm-4"))[1:]
    assert [row.split(" | ")[0] for row in rows] == [
        "MTM-4: outstanding",
        "Open significant-harm concerns on other audits",
    ]
    assert [row.split(" | ")[-1] for row in rows] == ["2", "1"]


# S5: rates leave out targeted, thematic and re-audits; MTM-1 counts all.
def test_good_or_better_is_of_cases_that_nobody_picked() -> None:
    made = FactsMade()
    made.several(10, final=GOOD)
    made.several(5, final=IN, selection=Selection.TARGETED)
    made.several(2, final=RI, selection=Selection.NOT_RECORDED)
    found = telling.document(HIGHLIGHT, made.facts())
    assert telling.table(found, "mtm-1").total[-1].text == "17"
    # 10 of 12: the Wilson interval by hand; random alone beside it.
    assert [row[-1].text for row in telling.table(found, "good-or-better").rows] == [
        "10 of 12 (83.3%)",
        "55.2% to 95.3%",
        "10 of 10 (100%)",
    ]


# R6: below n = 10 there is no interval and no comparison.
def test_a_small_month_is_too_few_to_say() -> None:
    made = FactsMade()
    made.several(12, "2023-01", final=IN)
    made.several(9, "2023-02", final=OUT)
    found = telling.document(HIGHLIGHT, made.facts())
    assert telling.table(found, "good-or-better").rows[1][-1].text == "too few to say"
    assert (
        "In February 2023, 9 of 9 audits were graded Good or better (100%). Too few to compare "
        "with January 2023: 0 of 12 (0%)." in telling.sentences(found)
    )


# R6: a movement is one only where the intervals do not overlap.
def test_a_large_movement_is_called_and_a_small_one_is_not() -> None:
    made = FactsMade()
    made.several(30, "2022-12", final=RI)
    made.several(30, "2023-01", final=GOOD)
    made.several(15, "2023-02", final=GOOD)
    made.several(15, "2023-02", final=RI)
    called = telling.sentences(telling.document(HIGHLIGHT, made.facts(), "2023-01"))
    assert any("That is higher than in December 2022: 0 of 30 (0%)." in each for each in called)
    made = FactsMade()
    made.several(30, "2023-01", final=GOOD)
    made.several(28, "2023-02", final=GOOD)
    made.several(2, "2023-02", final=RI)
    not_called = telling.sentences(telling.document(HIGHLIGHT, made.facts()))
    assert any("this is not called a change" in each for each in not_called)


# R6: limits are drawn from at least 12 earlier months, so that the cut looks back far enough.
def test_the_report_reads_two_years_back_and_holds_the_month_against_them() -> None:
    first, last = RECIPES[HIGHLIGHT].span(ReportAsked(HIGHLIGHT, "2023-02"))
    assert (str(first), str(last)) == ("2021-02", "2023-02")
    made = FactsMade()
    for number in range(13):
        year, month = divmod(2022 * 12 + number, 12)
        made.several(10, f"{year}-{month + 1:02}", final=RI)
    made.several(20, "2023-02", final=GOOD)
    facts = made.facts("2021-02", "2023-02")
    found = telling.sentences(telling.document(HIGHLIGHT, facts))
    assert any("higher than in the 13 earlier months together" in each for each in found)


# Product: children we were worried about, as counts alone; E1.
def test_concerns_are_counts_alone() -> None:
    made = FactsMade()
    made.concern(date(2023, 2, 3))
    made.concern(date(2023, 2, 9), decided_on=None)
    found = telling.document(HIGHLIGHT, made.facts())
    assert telling.lines(telling.table(found, "concerns"))[:4] == [
        "Concerns | January 2023 | February 2023",
        "Concerns raised | 0 | 2",
        "Acknowledged on the same day | 0 | 2",
        "Safety decision on the same day | 0 | 1",
    ]


# AC-8: the chart's figures all stand in the table beside it.
def test_the_chart_stands_in_the_section_of_its_table() -> None:
    found = telling.document(HIGHLIGHT, published_facts(), "2023-04")
    section = next(each for each in found.sections if each.id == "grades")
    kinds = [type(block).__name__ for block in section.blocks]
    assert kinds == ["Table", "Paragraph", "Chart", "Paragraph", "Table"]
    assert telling.blocks(found, Chart)[0].description


# R7: what is needed is marked so, and what was written stands in its place.
def test_two_places_are_written_and_both_are_needed() -> None:
    said = {"month": "A month of few audits.", "leaders": "- Fill the vacancy."}
    found = telling.document(HIGHLIGHT, published_facts(), texts=said)
    written = telling.blocks(found, Written)
    assert [(each.slot, each.text, each.needed) for each in written] == [
        ("month", "A month of few audits.", True),
        ("leaders", "- Fill the vacancy.", True),
    ]
    assert all(each.hint for each in written)


# R6: sentences say what the figures say, with the decimals of their measures.
@pytest.mark.parametrize(
    "sentence",
    [
        "In February 2023, 6 of 15 audits were graded Inadequate (40%).",
        "In February 2023, 15 of 37 due audits were completed by the last day of the month (41%).",
        "In February 2023, 15 of 15 audits completed in time were moderated (100%).",
        "22 of 37 audits due in February 2023 were not completed by its last day.",
        "6 priority actions were outstanding at the end of February 2023.",
        OUTSTANDING,
    ],
)
def test_sentences_to_begin_from(sentence) -> None:
    assert sentence in telling.suggestions(HIGHLIGHT, published_facts())


def test_without_anything_to_say_nothing_is_suggested_of_it() -> None:
    found = telling.suggestions(HIGHLIGHT, FactsMade().facts())
    assert not any("due" in each for each in found)


# R5: a public version has no suggestions and no counts of concerns; what is hidden is "c", and the
# legend stands under the tables that hide something.
def test_a_public_version_prints_what_is_hidden_as_hidden() -> None:
    def hides(figure) -> bool:
        return figure.key.measure in ("Q-1", "MTM-1b") and figure.key.period == "2023-02"

    made = FactsMade()
    made.several(12, final=GOOD)
    made.several(2, final=None)
    made.concern()
    found = telling.document(HIGHLIGHT, made.facts(), hide=hides)
    assert not any(each.suggestions for each in telling.blocks(found, Written))
    assert "concerns" not in [each.id for each in telling.blocks(found, telling.Table)]
    good = telling.table(found, "good-or-better")
    assert [row[-1].text for row in good.rows[:2]] == ["c", "c"]
    assert telling.LEGEND in good.notes
    assert telling.LEGEND not in telling.table(found, "mtm-1").notes
    told = telling.sentences(found)
    assert "In February 2023, audits graded Good or better: c." in told
    assert "Awaiting a final grade, and not in the table: c in February 2023." in told
    assert telling.table(found, "mtm-1").total[-1].text == "12"


# R5: what is left out of a public version is not said to be nothing.
def test_a_public_version_does_not_say_that_nothing_waits_where_that_is_left_out() -> None:
    made = FactsMade()
    made.audit(final=None)
    asked = ReportAsked(HIGHLIGHT, "2023-02")
    figures = tuple(
        each.hidden("") if each.key.measure == "MTM-1b" else each
        for each in RECIPES[HIGHLIGHT].figures(made.facts(), asked)
    )
    found = document_of(asked, made.facts(), Figures(figures), public=True)
    assert not any("awaits" in each.lower() for each in telling.sentences(found))


# R5: nothing is compared with a month that is hidden.
def test_a_public_version_compares_with_nothing_hidden() -> None:
    made = FactsMade()
    made.several(30, "2023-01", final=IN)
    made.several(30, "2023-02", final=GOOD)
    found = telling.document(
        HIGHLIGHT, made.facts(), hide=lambda each: each.key.period == "2023-01"
    )
    told = [each for each in telling.sentences(found) if "Good or better" in each]
    assert told == [
        (
            "30 of 30 audits were graded Good or better in February 2023 "
            "(100%; 95% interval 88.6% to 100%)."
        )
    ]
