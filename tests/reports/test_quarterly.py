"""The quarterly thematic report: its chapters, what they print, and what they say (R1, R5, R6)."""

import re
from collections.abc import Iterator
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings

from qa_app.domain.grades import ComplianceAnswer
from qa_app.domain.publishing import ReportKind
from qa_app.reports.building import document_of, figures_of
from qa_app.reports.document import Cell, Chart, Document, Paragraph, Table, Written
from qa_app.reports.facts import Facts, ModerationFact
from qa_app.reports.figures import Figures
from qa_app.reports.figures.catalogue import CATALOGUE
from qa_app.reports.kinds import RECIPES
from qa_app.reports.kinds.saying import interval_cell
from qa_app.reports.public import publicly
from qa_app.reports.reportasked import ReportAsked
from tests.reports.facts_made import GOOD, IN, OUT, RI, FactsMade, section, small_facts, standard
from tests.reports.facts_made import voices as heard
from tests.reports.rows import noon
from tests.reports.telling import blocks, document, parts, suggestions, table

PERIOD = "2022/23-Q4"
QUARTERLY = ReportKind.QUARTERLY
TEAMS = ("Team 1", "Team 2", "Team 3")
FIRST, LAST = "2022-01", "2023-03"


@cache
def the_facts() -> Facts:
    """Fifteen months of a council with a bit of everything, large enough for public versions."""
    made = FactsMade()
    months = [f"2022-{n:02}" for n in range(1, 13)] + ["2023-01", "2023-02", "2023-03"]
    for at, month in enumerate(months):
        done = [_audit(made, month, at, number) for number in range(24)]
        made.cycle(month, expected=30, exempted=2, done=done[:20], moderated=done[:18])
        made.cycle(month, expected=9, done=done[20:], moderated=(), unit="Team 3")
        made.stock(month, outstanding=at % 9)
    for day in (3, 4, 5, 6, 7, 8, 9):
        made.action(noon(made.audits[0].completed_on).date().replace(year=2023, month=2, day=day))
        made.action(theme="supervision", service="Corporate Parenting", priority=False)
        made.concern()
        made.moved(IN, RI)
    return made.facts(FIRST, LAST)


def _audit(made: FactsMade, month: str, at: int, number: int):
    grade = (GOOD, GOOD, RI, GOOD, IN, GOOD, OUT, RI)[(number + at) % 8]
    late = month >= "2023-01"
    theme = ("chronology", "childs_voice", "supervision")[number % 3]
    audit = made.audit(
        month,
        final=GOOD if late and grade is RI and number < 18 else grade,
        auditor=(GOOD, RI)[number % 2],
        team=TEAMS[number % 3],
        moderation=ModerationFact("blind" if number % 4 else "sighted", False, noon_of(month)),
        sections=(section("Assessment", grade), section("Plan", GOOD), section("Visits", RI)),
        standards=(standard("4.3", (ComplianceAnswer.YES, ComplianceAnswer.NO)[number % 2]),),
        voices=heard(child=bool(number % 3), parents=None),
        findings=(made.finding(theme),),
    )
    return audit.id


def noon_of(month: str):
    return noon(FactsMade().audit(month).completed_on).date()


@pytest.fixture(scope="module")
def report() -> Document:
    return document(QUARTERLY, the_facts(), PERIOD)


def public_version(facts: Facts, **asked) -> tuple[Figures, Document]:
    wanted = ReportAsked(QUARTERLY, PERIOD, **asked)
    version = publicly(wanted, figures_of(wanted, facts))
    told = document_of(wanted, facts, version.figures, public=True, legend=version.legend)
    return version.figures, told


# Issue 7: the chapters of the framework, in this order
def test_the_chapters_stand_in_the_frameworks_order(report: Document) -> None:
    assert [each.title for each in report.sections] == [
        "Summary",
        "The audit programme",
        "Grades and their trend",
        "Sections of practice, by team",
        "Compliance with practice standards",
        "Themes: strengths, then areas for development",
        "Moderation and agreement",
        "Escalations and actions",
        "Re-audits, and whether practice improved",
        "Whose voices were heard",
        "Learning and its effect",
        "Actions for deficits",
        "The three questions",
        "Method, definitions and data quality",
    ]
    assert [part.title for part in report.sections[-2].parts] == [
        "What do you know about the quality and impact of practice?",
        "How do you know it?",
        "What are your plans to keep or improve it?",
    ]


# R7: every place where somebody writes is one of the recipe's, once; tables have ids of their own
def test_places_and_tables_have_names_of_their_own(report: Document) -> None:
    written = [each.slot for each in blocks(report, Written)]
    slots = [slot.code for slot in RECIPES[QUARTERLY].slots]
    assert sorted(written) == sorted(slots)
    ids = [each.id for kind in (Table, Chart) for each in blocks(report, kind)]
    ids += [each.id for each in parts(report.sections)]
    assert len(ids) == len(set(ids))


def figure_cells(found: Document) -> Iterator[tuple[Table, tuple[Cell, ...]]]:
    for each in blocks(found, Table):
        if each.id != "measures":
            yield from ((each, row) for row in (*each.rows, *([each.total] if each.total else [])))


# R1: no number printed in a table is anything but a figure's text, its interval or its limits
@pytest.mark.parametrize("public", [False, True])
def test_every_number_in_a_table_is_a_figures(public: bool) -> None:
    wanted = ReportAsked(QUARTERLY, PERIOD)
    figures = figures_of(wanted, the_facts())
    found = document_of(wanted, the_facts(), figures)
    if public:
        figures, found = public_version(the_facts())
    checked = 0
    for block, row in figure_cells(found):
        for cell in row[1:]:
            if not re.search(r"\d", cell.text):
                continue
            checked += 1
            if cell.key is not None:
                figure = figures.by_key[cell.key]
                interval = interval_cell(figure).text
                assert cell.text in (figure.text, f"{figure.numerator:,}", interval), block.id
                assert cell.number in (None, figure.numerator)
            elif block.id.startswith("agreement"):
                # Kappa and AC2, with the interval that is in their text.
                assert cell.text in {each.text for each in figures}, cell
            else:
                assert block.id == "good-by-month", (block.id, cell)
                assert re.fullmatch(r"\d+ to \d+", cell.text)
    assert checked > 150


# R1: every figure that is printed is a measure that the method explains
def test_every_measure_is_defined_in_the_method(report: Document) -> None:
    figures = figures_of(ReportAsked(QUARTERLY, PERIOD), the_facts())
    used = {figure.key.measure for figure in figures}
    assert used <= CATALOGUE.keys()
    assert {row[0].text for row in table(report, "measures").rows} == used


# T2, T4: strengths come first; what is about recording only stands apart
def test_strengths_stand_before_areas_for_development(report: Document) -> None:
    themes = next(each for each in report.sections if each.id == "themes")
    ids = [block.id for block in themes.blocks if isinstance(block, Table)]
    assert ids == ["themes-strengths", "themes-development", "themes-recording"]


# Issue 7: beside the previous quarter and the same quarter last year
def test_it_is_compared_with_the_quarter_before_and_a_year_ago(report: Document) -> None:
    for id in ("mtm-1", "good-or-better", "themes-development", "agreement-all", "q-5", "q-6"):
        found = table(report, id)
        said = " ".join([*found.columns, *(row[0].text for row in found.rows)])
        assert "2022/23-Q3" in said, id
        assert "2021/22-Q4" in said, id


# R6: a change is called where the intervals do not overlap, with both of them
def test_a_change_is_called_only_where_r6_lets_it(report: Document) -> None:
    said = [block.text for block in blocks(report, Paragraph)]
    (about_good,) = [text for text in said if "graded Good or better" in text]
    assert about_good.count("58 of 72") == 1
    assert "In October to December 2022 it was 45 of 72" in about_good
    assert "In January to March 2022 it was 45 of 72" in about_good
    assert about_good.count("not called a change") == 2


# R6: a movement is called one where the intervals do not overlap, and both are printed
def test_a_movement_is_called_with_its_intervals() -> None:
    made = FactsMade()
    for month, good in (("2022-02", 9), ("2022-11", 10), ("2023-02", 50)):
        made.several(good, month)
        made.several(60 - good, month, final=RI)
    found = document(QUARTERLY, made.facts(FIRST, LAST), PERIOD)
    (said,) = [
        block.text for block in blocks(found, Paragraph) if "graded Good or better" in block.text
    ]
    assert said.count("do not overlap") == 2
    assert "That is higher than in October to December 2022, when it was 10 of 60" in said
    assert "In January to March 2023 it was higher than in January to March 2022" in said
    against = [row[-1].text for row in table(found, "good-by-month").rows]
    assert set(against) == {"too few to say"}


# R6: how many comparisons were made is said, since of many some are called by chance
def test_the_method_says_how_many_comparisons_were_made(report: Document) -> None:
    called = [
        cell.text
        for block, row in figure_cells(report)
        for heading, cell in zip(block.columns, row, strict=True)
        if heading.startswith("Against") and cell.text not in ("–", "too few to say")
    ]
    said = [
        text for text in (block.text for block in blocks(report, Paragraph)) if "compar" in text
    ]
    # Two more are the sentences about good or better.
    assert any(text.startswith(f"{len(called) + 2} comparisons were made") for text in said)


# R6: limits from at least 12 earlier months: the three months of the quarter have them
def test_the_run_chart_has_limits_from_twelve_earlier_months(report: Document) -> None:
    rows = table(report, "good-by-month").rows
    limits = [row[3].text for row in rows]
    assert limits[:12] == ["–"] * 12
    assert all(re.fullmatch(r"\d+ to \d+", text) for text in limits[12:])


# E8, Q-6: never mixed with Q-1, and regression to the mean is said
def test_regression_to_the_mean_is_said(report: Document) -> None:
    chapter = next(each for each in report.sections if each.id == "re-audits")
    assert any("regression to the mean" in getattr(block, "text", "") for block in chapter.blocks)


# by team for those who may see it, with its table; R5: by service in a public version
def test_the_heat_map_is_by_team_and_in_public_by_service(report: Document) -> None:
    heat = next(each for each in blocks(report, Chart) if each.id == "sections-heat")
    assert "by team" in heat.title
    assert {row[0].text for row in table(report, "sections-by-team-1").rows} == set(TEAMS)
    _, public = public_version(the_facts())
    heat = next(each for each in blocks(public, Chart) if each.id == "sections-heat")
    assert "by service" in heat.title
    assert not any("Team 1" in cell.text for _, row in figure_cells(public) for cell in row)


# R6: what is offered says the figure as a sentence, none at all included.
@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "no priority action was outstanding"),
        (1, "1 priority action was outstanding"),
        (2, "2 priority actions were outstanding"),
    ],
)
def test_the_sentence_about_outstanding_actions(number: int, said: str) -> None:
    made = FactsMade()
    made.stock("2023-03", outstanding=number)
    offered = suggestions(QUARTERLY, made.facts(FIRST, LAST), PERIOD)
    assert any(f"At the end of March 2023 {said} after" in each for each in offered)


# R5: concerns, and agreement of a few moderations, are in no public version; nor are suggestions
def test_a_public_version_says_nothing_of_single_children() -> None:
    _, public = public_version(the_facts())
    ids = {each.id for each in blocks(public, Table)}
    assert not ids & {"concerns", "agreement-by-mode"}
    assert all(not each.suggestions for each in blocks(public, Written))


# R5: small counts are "c" in tables, and no sentence tells what a table hides
def test_what_is_hidden_is_hidden_in_every_place() -> None:
    made = FactsMade()
    made.several(9, "2023-01", final=RI)
    made.several(2, "2023-02", final=GOOD)
    made.several(30, "2022-11", final=GOOD)
    figures, public = public_version(made.facts(FIRST, LAST))
    good = figures.get("Q-1", PERIOD, "Good or better")
    assert good is not None
    assert good.text == "c"
    said = [block.text for block in blocks(public, Paragraph)]
    assert "In January to March 2023, audits graded Good or better: c." in said
    row = next(r for r in table(public, "good-or-better").rows if r[0].text == PERIOD)
    assert [cell.text for cell in row[1:]] == ["c"] * len(row[1:])


# R6: below ten the report says "too few to say" in place of a comparison
def test_too_few_to_say_is_said() -> None:
    made = FactsMade()
    made.several(4, "2023-01")
    made.several(30, "2022-11", final=IN)
    found = document(QUARTERLY, made.facts(FIRST, LAST), PERIOD)
    said = [block.text for block in blocks(found, Paragraph)]
    assert any("too few to compare" in text for text in said)
    rows = table(found, "good-or-better").rows
    assert next(row for row in rows if row[0].text == PERIOD)[2].text == "too few to say"


def test_an_empty_quarter_says_why_it_is_empty() -> None:
    found = document(QUARTERLY, FactsMade().facts(FIRST, LAST), PERIOD)
    assert "an imported one has only its overall grade" in table(found, "standards-met").empty
    assert table(found, "themes-strengths").rows == ()
    assert not [each for each in blocks(found, Chart) if each.id == "sections-heat"]


# R1, R6: whatever the facts are, the report can be made, in full and in public, and suggestions
# state counts that the figures have
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(small_facts())
def test_any_facts_make_a_report(facts: Facts) -> None:
    wanted = ReportAsked(QUARTERLY, PERIOD)
    figures = figures_of(wanted, facts)
    document_of(wanted, facts, figures)
    numbers = {each.text for each in figures}
    for said in RECIPES[QUARTERLY].suggestions(figures, wanted).values():
        for sentence in said:
            for k, n in re.findall(r"(\d+) of (\d+) \w", sentence):
                assert any(text.startswith(f"{k} of {n}") or f"{k} / {n} (" in text
                           for text in numbers), sentence  # fmt: skip
