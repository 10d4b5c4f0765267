"""Every number recomputed independently: pandas over the clean content of the legacy workbook."""

import csv

import pytest

from qa_app.cli import cli
from qa_app.database import now
from qa_app.domain.calendar import Month
from qa_app.reports.asked import GradeBasis
from qa_app.reports.facts import Facts
from qa_app.reports.figures import Figures
from qa_app.reports.figures.catalogue import Whose
from qa_app.reports.figures.grades import good_or_better, published
from qa_app.reports.figures.periods import name_of
from qa_app.reports.queries.factual import read_facts
from tests.reports.asked import asked_for, hold_against_answer
from tests.reports.recomputed import (
    DATA,
    GRADES,
    MONTHS_OF_QUARTER,
    PUBLISHED,
    QUARTER,
    Recomputed,
    of,
)
from tests.reports.test_measures import GOLDEN

FIRST, LAST = Month(2022, 11), Month(2023, 4)
BASES = {"final_grade": GradeBasis.FINAL, "auditor_grade": GradeBasis.AUDITOR}


@pytest.fixture
def rows() -> Recomputed:
    return Recomputed.read()


@pytest.fixture
def facts(app) -> Facts:
    """The facts of the six months, with the council's own files loaded by the commands."""
    runner = app.test_cli_runner()
    for name, *arguments in (
        ("import-ssd", str(DATA / "ssd"), "--as-at", "2023-04-30"),
        ("import-audits", str(DATA / "legacy-audit-log.xlsx")),
    ):
        result = runner.invoke(cli.commands[name], arguments)
        assert result.exit_code == 0, result.output
    with app.app_context():
        return read_facts(FIRST, LAST, now())


def column(figures: Figures, month: str) -> list[str]:
    """One month's printed cells of MTM-1."""
    return [each.text for each in figures.of("MTM-1") if each.key.period == month]


# measures.md: the authority's published table, to the character.
def test_the_published_table_is_recomputed_to_the_character(facts, rows, record_property) -> None:
    figures = Figures(tuple(published(facts, asked_for(), facts.months)))
    table = [line.split(" | ") for line in GOLDEN.splitlines()[1:]]
    for place, month in enumerate(rows.months):
        assert column(figures, month) == list(rows.printed(month))
        assert column(figures, month) == [line[place + 1] for line in table]
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            counts = [int(line[name.title() if " " in name else name]) for name in GRADES]
            assert [*rows.grades(line["month"]).values()] == counts
            of_month = [f for f in figures.of("MTM-1") if f.key.period == line["month"]]
            assert [f.numerator for f in of_month] == [*counts, int(line["Total"])]
            assert [len(f.audits) for f in of_month] == [f.numerator for f in of_month]
    stock = {each.key.period: each.text for each in figures.of("MTM-4")}
    assert stock["2023-04"] == str(rows.outstanding_at_the_end()) == "6"
    record_property("counted", f"{len(figures.of('MTM-1'))} cells of MTM-1 to the character")


# measures.md Q-1: good or better by month, quarter and year, on both grade bases (M7).
@pytest.mark.parametrize("basis", BASES)
def test_good_or_better_is_recomputed_for_every_period(facts, rows, basis, record_property) -> None:
    periods = [[month] for month in rows.months]
    periods += [list(MONTHS_OF_QUARTER)]
    compared = 0
    for months in periods:
        wanted = [Month.parse(month) for month in months]
        asked = asked_for(name_of(wanted), grades=BASES[basis])
        figure, random = good_or_better(facts, asked, name_of(wanted), wanted)
        assert figure.text == of(*rows.good_or_better(months, basis))
        assert random.text == "0 of 0"
        teams = good_or_better(facts, asked, name_of(wanted), wanted, scope=Whose.TEAM)
        expected = {team: of(*counts) for team, counts in rows.by("team", months, basis).items()}
        assert {each.key.scope: each.text for each in teams} == expected
        compared += 1 + len(teams)
    assert name_of([Month.parse(month) for month in MONTHS_OF_QUARTER]) == QUARTER
    record_property("counted", f"{compared} figures of Q-1 and Q-1t recomputed")


def test_facts_of_the_workbook_say_what_the_measures_page_says(app, facts, record_property) -> None:
    with app.app_context():
        compared = hold_against_answer(facts, now())
    record_property("counted", f"{compared} figures held against the measures page")


def test_no_workbook_audit_is_moderated_where_nobody_is_named(facts, rows) -> None:
    named = int((rows.rows["moderator"] != "").sum())
    assert sum(audit.moderation is not None for audit in facts.audits) == named
    harm = int((rows.rows["significant_harm"] == "yes").sum())
    assert sum(audit.concern for audit in facts.audits) == harm
