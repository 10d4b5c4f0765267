"""The table of what a public version prints of each measure, held against the catalogue (R5)."""

import string

import pytest

from qa_app.domain.measures import MEASURES
from qa_app.domain.publishing import ReportKind
from qa_app.reports.figures import Figures, Key, ReportFigure
from qa_app.reports.figures.catalogue import CATALOGUE, Whose
from qa_app.reports.public import publicly
from qa_app.reports.public.counts import sides
from qa_app.reports.public.rules import LINKS, RULES, STAGES, Printed, Rule
from qa_app.reports.reportasked import ReportAsked

pytestmark = pytest.mark.one_database

FEBRUARY = ReportAsked(ReportKind.HIGHLIGHT, "2023-02")


# R5: somebody has decided of every measure what the public sees of it.
def test_every_measure_of_the_catalogue_has_its_rule_and_no_other_has() -> None:
    assert set(RULES) == set(CATALOGUE)


# R5: what may be printed is worked out in one stage and no more; what may not, in none.
def test_every_printed_measure_stands_in_one_stage() -> None:
    staged = [measure for stage in STAGES for measure in stage]
    printed = {name for name, rule in RULES.items() if rule.printed is not Printed.NEVER}
    assert sorted(staged) == sorted(printed)


# R5: authority-wide MTM-1 to 4 are published in full, and nothing else is.
def test_only_the_published_measures_are_in_full() -> None:
    full = {name for name, rule in RULES.items() if rule.printed is Printed.IN_FULL}
    assert full == set(MEASURES)
    assert {CATALOGUE[name].whose for name in full} == {Whose.AUTHORITY}


# R5: what is never printed says why, to whoever asks on the page before publishing.
def test_what_is_never_printed_says_why() -> None:
    assert all(rule.why for rule in RULES.values() if rule.printed is Printed.NEVER)


# R5: concerns about significant harm are about single children.
def test_concerns_are_never_printed() -> None:
    assert RULES["A-3"].printed is Printed.NEVER


def _names(rule: Rule) -> set[str]:
    return {name for name in (rule.part, rule.whole) if name}


def _shape(name: str) -> str:
    """A name with whatever stands for its category left open."""
    return "".join(
        text + ("*" if field else "") for text, field, *_ in string.Formatter().parse(name)
    )


# R5: a link between counts that no measure prints would protect nothing.
@pytest.mark.parametrize("link", LINKS, ids=lambda link: " and ".join(link.parts))
def test_every_link_is_between_counts_that_are_printed(link) -> None:
    shapes = {_shape(name) for rule in RULES.values() for name in _names(rule)}
    for name in (*link.totals, *link.parts):
        stem = _shape(name).removesuffix(", not")
        assert any(_fits(stem, shape) for shape in shapes), name


def _fits(name: str, shape: str) -> bool:
    before, star, after = shape.partition("*")
    return name == shape or (star != "" and name.startswith(before) and name.endswith(after))


# R5: an unknown measure is not printed, whatever it counts.
def test_an_unknown_measure_is_never_printed() -> None:
    figures = Figures((ReportFigure.number(Key("Z-9", "2023-02", "Anything"), 400),))
    found = publicly(FEBRUARY, figures)
    assert not found.figures.rows
    assert [(each.value, each.mark.value) for each in found.hidden] == [("400", "left out")]
    assert "Nothing says yet" in found.hidden[0].why


@pytest.mark.parametrize(
    ("measure", "category", "expected"),
    [
        # R5: a section and its grade
        ("Q-2g", "Risk and safety: Good", ("Risk and safety", "Good")),
        # R5: a section whose title has a colon
        ("Q-2g", "Plans: making them: Inadequate", ("Plans: making them", "Inadequate")),
        # R5: a voice, and why it was not heard
        ("Q-7b", "The child’s view: not asked", ("The child’s view", "not asked")),
        # R5: a theme is all of its category
        ("T-1", "Plans: late", ("Plans: late", "Plans: late")),
    ],
)
def test_a_category_is_taken_apart(measure, category, expected) -> None:
    assert sides(RULES[measure], category) == expected
