"""What holds of every monthly report, whatever its facts are."""

import re
from collections.abc import Iterator
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa_app.domain.intervals import wilson
from qa_app.domain.measures import percentage_text
from qa_app.domain.publishing import MONTHLY, ReportKind
from qa_app.reports.building import figures_of
from qa_app.reports.document import Chart, Document, Table, Written
from qa_app.reports.facts import Facts
from qa_app.reports.figures.figure import SUPPRESSED
from qa_app.reports.kinds import RECIPES
from qa_app.reports.publishing.texts import placeholder_in
from qa_app.reports.reportasked import ReportAsked
from tests.reports import telling
from tests.reports.facts_made import published_facts, small_facts

MONTH = "2023-02"
EXAMPLES = 40
kinds = st.sampled_from(MONTHLY)

# A count with its percentage, as every measure and sentence may write it, with or without an
# interval after it.
PERCENT = r"(?P<percent>\d+(?:\.\d+)?%)"
SHARES = (
    re.compile(rf"(?P<k>[\d,]+) of (?P<n>[\d,]+) \({PERCENT}"),
    re.compile(rf"(?P<k>[\d,]+) / (?P<n>[\d,]+) \({PERCENT}"),
    re.compile(rf"(?P<k>[\d,]+) of (?P<n>[\d,]+) [^()]*? \({PERCENT}"),
)
INTERVAL = re.compile(r"(?:95% interval )?\d+(?:\.\d+)?% to \d+(?:\.\d+)?%")
LEVEL = "95% interval"


def theme_of(kind: ReportKind) -> dict[str, str]:
    return {"theme": "chronology"} if kind is ReportKind.BRIEFING else {}


def number(text: str) -> int:
    return int(text.replace(",", ""))


def is_right(k: int, n: int, percent: str) -> bool:
    """Whether a printed percentage is k of n, at the decimals that it has."""
    return percent in {percentage_text(k, n, decimals) for decimals in range(3)}


def without_shares(text: str) -> str:
    """The text without its shares, each of which is checked, and without the intervals of them."""
    for pattern in SHARES:
        for found in pattern.finditer(text):
            assert is_right(number(found["k"]), number(found["n"]), found["percent"]), text
        text = pattern.sub("", text)
    return INTERVAL.sub("", text).replace(LEVEL, "")


def loose_percentages(found: Document) -> Iterator[str]:
    """Every printed text with a percentage that does not stand with its numerator and denominator;
    in MTM-1 the denominator is the column's total (measures.md)."""
    for table in telling.blocks(found, Table):
        for row in table.rows:
            for place, cell in enumerate(row):
                share = re.fullmatch(rf"([\d,]+) \({PERCENT}\)", cell.text)
                if share and table.total:
                    total = number(table.total[place].text)
                    assert is_right(number(share[1]), total, share["percent"])
                elif "%" in without_shares(cell.text):
                    yield cell.text
        yield from (each for each in (table.caption, *table.notes) if "%" in without_shares(each))
    said = [*telling.sentences(found), *(each.description for each in telling.blocks(found, Chart))]
    yield from (each for each in said if "%" in without_shares(each))


# R1: a percentage is shown with its numerator and denominator, in every report.
@given(facts=small_facts(), kind=kinds)
@settings(max_examples=EXAMPLES, deadline=None)
def test_every_percentage_stands_with_its_numbers(facts: Facts, kind: ReportKind) -> None:
    found = telling.document(kind, facts, MONTH, **theme_of(kind))
    assert list(loose_percentages(found)) == []


# R6: a sentence says only what the figures say: every share in it is a figure of the report.
@given(facts=small_facts(), kind=kinds)
@settings(max_examples=EXAMPLES, deadline=None)
def test_every_suggestion_is_true_of_the_figures(facts: Facts, kind: ReportKind) -> None:
    figures = figures_of(ReportAsked(kind, MONTH, **theme_of(kind)), facts)
    shares = {(each.numerator, each.denominator) for each in figures}
    left = {(n - k, n) for k, n in shares if k is not None and n is not None}
    for sentence in telling.suggestions(kind, facts, MONTH, **theme_of(kind)):
        assert "%" not in without_shares(sentence), sentence
        for found in re.finditer(r"([\d,]+) of ([\d,]+)", sentence):
            share = (number(found[1]), number(found[2]))
            assert share in shares or share in left, sentence


# R6: what a sentence calls higher or lower is so; its interval is Wilson's; below 10 it has none.
@given(facts=small_facts())
@settings(max_examples=EXAMPLES, deadline=None)
def test_what_is_called_a_movement_is_one(facts: Facts) -> None:
    for sentence in telling.suggestions(ReportKind.HIGHLIGHT, facts, MONTH):
        now, *before = re.findall(r"([\d,]+) of ([\d,]+)", sentence) or [None]
        if now is None:
            continue
        k, n = map(number, now)
        if "That is " in sentence:
            was = Fraction(*map(number, before[0]))
            assert ("That is higher" in sentence) == (Fraction(k, n) > was)
        if "interval" in sentence:
            low, high = (percentage_text(round(each * 10**9), 10**9, 1) for each in wilson(k, n))
            assert f"95% interval {low} to {high}" in sentence
            assert n >= 10


# R7: no report of ours brings a placeholder with it.
@given(facts=small_facts(), kind=kinds)
@settings(max_examples=EXAMPLES, deadline=None)
def test_nothing_printed_is_a_placeholder(facts: Facts, kind: ReportKind) -> None:
    found = telling.document(kind, facts, MONTH, **theme_of(kind))
    said = [*telling.printed(found), *telling.suggestions(kind, facts, MONTH, **theme_of(kind))]
    assert [each for each in said if placeholder_in(each)] == []


# R5: with every breakdown hidden no number of one of them is left anywhere, in no sentence either.
@given(facts=small_facts(), kind=kinds)
@settings(max_examples=EXAMPLES, deadline=None)
def test_a_public_version_prints_no_number_that_is_hidden(facts: Facts, kind: ReportKind) -> None:
    found = telling.document(kind, facts, MONTH, hide=lambda each: True, **theme_of(kind))
    for table in telling.blocks(found, Table):
        printed = {cell.text for row in [*table.rows, table.total or ()] for cell in row[1:]}
        assert printed <= {SUPPRESSED, "–"}
        assert all(cell.number is None and cell.key is None for row in table.rows for cell in row)
        if SUPPRESSED in printed:
            assert telling.LEGEND in table.notes
    for sentence in telling.sentences(found):
        left = re.sub(r"\b(?:19|20)\d\d\b", "", sentence)
        assert not re.search(r"\d", left), sentence
    assert not any(each.suggestions for each in telling.blocks(found, Written))


# R4: the same facts make the same document, and every cell that prints a figure names it.
@given(facts=small_facts(), kind=kinds)
@settings(max_examples=EXAMPLES, deadline=None)
def test_the_same_facts_are_the_same_document(facts: Facts, kind: ReportKind) -> None:
    first = telling.document(kind, facts, MONTH, **theme_of(kind))
    assert first == telling.document(kind, facts, MONTH, **theme_of(kind))
    figures = figures_of(ReportAsked(kind, MONTH, **theme_of(kind)), facts)
    for table in telling.blocks(first, Table):
        for row in [*table.rows, table.total or ()]:
            for cell in row:
                assert cell.key is None or cell.key in figures.by_key


# AC-2: the tables and sections of a report have names of their own.
@pytest.mark.parametrize("kind", MONTHLY)
def test_ids_are_each_ones_own(kind: ReportKind) -> None:
    found = telling.document(kind, published_facts(), MONTH, **theme_of(kind))
    ids = [section.id for section in telling.parts(found.sections)]
    ids += [each.id for each in (*telling.blocks(found, Table), *telling.blocks(found, Chart))]
    assert len(ids) == len(set(ids))
    slots = [slot.code for slot in RECIPES[kind].slots]
    assert sorted(each.slot for each in telling.blocks(found, Written)) == sorted(slots)


# Product, "Nobody is named": no report holds a reference of a case or an audit.
@given(facts=small_facts(), kind=kinds)
@settings(max_examples=EXAMPLES, deadline=None)
def test_no_report_names_an_audit(facts: Facts, kind: ReportKind) -> None:
    said = " ".join(telling.printed(telling.document(kind, facts, MONTH, **theme_of(kind))))
    assert not any(audit.reference in said for audit in facts.audits)
