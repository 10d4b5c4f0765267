"""R5: what a public version shows, hides and says about it."""

import random
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import pytest

from qa_app.reports.disclosure import (
    Because,
    Cell,
    Kind,
    Limits,
    LinkedTables,
    Mark,
    Published,
    Row,
    Share,
    Sum,
    TablesWrong,
    erratum,
    legend,
    secondary,
    suppress,
    suppress_after,
)
from tests.reports.attacker import broken, random_tables, reads, share_text

pytestmark = pytest.mark.one_database


def _table(
    rows: Sequence[Sequence[int]], *, full: bool = False, teams: bool = False
) -> LinkedTables:
    """Counts of teams (a, b, …) by grades (0, 1, …) with every margin."""
    letters = "abcdefgh"[: len(rows)]
    counts = {f"{a}{g}": n for a, row in zip(letters, rows, strict=True) for g, n in enumerate(row)}
    width = range(len(rows[0]))
    counts |= {f"{a}n": sum(row) for a, row in zip(letters, rows, strict=True)}
    counts |= {f"all{g}": sum(row[g] for row in rows) for g in width}
    counts["alln"] = sum(map(sum, rows))
    sums = [Sum(f"{a}n", tuple(f"{a}{g}" for g in width)) for a in (*letters, "all")]
    sums += [Sum(f"all{g}", tuple(f"{a}{g}" for a in letters)) for g in (*width, "n")]
    cells = [
        Cell(name, n, f"count {name}", Kind.IN_FULL if full and "all" in name else Kind.BREAKDOWN)
        for name, n in counts.items()
    ]
    lines = [Row(f"Team {a}", f"{a}n", tuple(f"{a}{g}" for g in width)) for a in letters]
    return LinkedTables(tuple(cells), tuple(sums), (), tuple(lines) if teams else ())


def _marks(published: Published, *names: str) -> str:
    return " ".join(
        published.outcomes[name].text or published.outcomes[name].mark for name in names
    )


@pytest.mark.parametrize(
    ("value", "text"),
    # R5: counts of 1 to 5 are “c”; zero stays; six is shown.
    [(0, "0"), (1, "c"), (5, "c"), (6, "6"), (1234, "1234")],
)
def test_small_counts_are_hidden(value: int, text: str) -> None:
    outcome = suppress(LinkedTables((Cell("one", value, "One"),))).outcomes["one"]
    assert outcome.text == text
    assert outcome.numerator == (None if text == "c" else value)


# R5: authority-wide MTM-1 to 4 are printed in full, however small.
def test_figures_in_full_stay() -> None:
    tables = _table([[9, 9, 3], [9, 9, 0]], full=True)
    published = suppress(tables)
    assert _marks(published, "all0", "all1", "all2", "alln") == "18 18 3 39"


# R5: the count that would be total less the rest is hidden too, as cheaply as can be.
def test_a_second_count_is_hidden_in_every_row() -> None:
    published = suppress(_table([[4, 16], [18, 30]], full=True))
    assert _marks(published, "a0", "a1", "b0", "b1") == "c c c c"
    assert published.outcomes["a0"].because is Because.PRIMARY
    assert published.outcomes["b1"].because is Because.SECONDARY


# R5: totals of breakdowns may be suppressed too.
def test_totals_may_be_hidden() -> None:
    published = suppress(_table([[3, 0], [18, 30], [20, 30]]))
    assert _marks(published, "a0", "a1", "an") == "c 0 c"


# R5: hidden cells are known to be 1 or more, so that two of them with their total, all “c”, would
# say that the total is not 1: their line goes.
def test_hidden_parts_must_not_tell_of_their_total() -> None:
    cells = (Cell("a", 2, "A"), Cell("b", 1, "B"), Cell("ab", 3, "A and B"))
    published = suppress(LinkedTables(cells, (Sum("ab", ("a", "b")),)))
    assert _marks(published, "a", "b", "ab") == "left out left out c"


# R5: percentages on suppressed counts are suppressed; on shown ones they are printed half up.
def test_percentages_go_with_their_counts() -> None:
    tables = _table([[4, 16], [18, 30], [21, 10]], full=True)
    published = suppress(tables)
    shown = [name for name in ("a0", "b0", "c0") if published.shows(name)]
    for letter in "abc":
        text = share_text(published, Share(f"{letter}0", f"{letter}n"), 1)
        assert (text == "c") == (f"{letter}0" not in shown)
    assert share_text(published, Share("all0", "alln"), 1) == "43.4%"
    none = suppress(LinkedTables((Cell("k", 0, "K"), Cell("n", 0, "N")), shares=(Share("k", "n"),)))
    assert share_text(none, Share("k", "n")) == ""


# R5: 48 of 50 says that 2 were not.
def test_the_rest_of_a_share_is_a_count_too() -> None:
    cells = (Cell("asked", 48, "Children asked"), Cell("all", 50, "Children"))
    published = suppress(LinkedTables(cells, shares=(Share("asked", "all"),)))
    assert sorted([published.shows("asked"), published.shows("all")]) == [False, True]
    assert not published.shows("all without asked")
    assert [each.cell.name for each in published.hidden] in (["asked"], ["all"])
    alike = replace(LinkedTables(cells), shares=(Share("all", "asked"),))
    with pytest.raises(TablesWrong):
        suppress(alike)


# R5: no team with fewer than 6 audits; its line is not printed, zeros included.
def test_small_teams_are_left_out() -> None:
    published = suppress(_table([[3, 2, 0], [20, 30, 9], [25, 15, 8]], teams=True))
    left = [published.outcomes[name] for name in ("a0", "a1", "a2", "an")]
    assert {each.mark for each in left} == {Mark.LEFT_OUT}
    assert {(each.numerator, each.text) for each in left} == {(None, "")}
    assert left[0].why == "Team a has fewer than 6 audits, so that its line is left out."


# R5: three audits printed in full that three teams share would be one each, so the line goes.
def test_a_line_is_left_out_where_marks_would_tell() -> None:
    published = suppress(_table([[1, 20], [1, 30], [1, 25], [0, 40]], full=True))
    for name in ("a0", "b0", "c0", "d0"):
        assert published.outcomes[name].because is Because.LINE
    assert "zeros too" in published.outcomes["d0"].why
    assert not published.outcomes["a0"].given_away


# R5: what figures in full tell by themselves nothing can hide, and the page is told so.
def test_what_cannot_be_protected_is_said() -> None:
    tables = LinkedTables(
        (Cell("all", 3, "All", Kind.IN_FULL), Cell("team", 3, "The one team")),
        (Sum("all", ("team",)),),
    )
    outcome = suppress(tables).outcomes["team"]
    assert outcome.text == "c"
    assert outcome.given_away
    assert outcome.why == (
        "It is a count of 1 to 5. Figures that are printed in full tell it all the same."
    )


# R5: why, in words for the page that is read before publishing.
def test_reasons_in_words() -> None:
    published = suppress(_table([[4, 16], [18, 30]], full=True))
    assert published.outcomes["a0"].why == "It is a count of 1 to 5."
    assert published.outcomes["b0"].why == "Without it, a reader could work out “count a0”."
    assert published.outcomes["b1"].why == (
        "Without it, a reader could work out small counts through other hidden ones."
    )
    two = LinkedTables(
        (Cell("a", 2, "A"), Cell("b", 1, "B"), Cell("d", 9, "D"), Cell("all", 12, "All")),
        (Sum("all", ("a", "b", "d")),),
    )
    why = [each.why for each in suppress(two).hidden if each.because is Because.SECONDARY]
    assert why == ["Without it, a reader could work out “A” (and 1 more)."]
    assert legend(Limits()) == "c: 1 to 5, or hidden to protect another"


# R5: the thresholds are the council's own settings.
def test_thresholds_are_settings() -> None:
    tables = LinkedTables((Cell("one", 7, "One"), Cell("two", 3, "Two")))
    assert _marks(suppress(tables, Limits(hidden_up_to=9)), "one", "two") == "c c"
    assert _marks(suppress(tables, Limits(hidden_up_to=2)), "one", "two") == "7 3"


# R5: the same figures give the same public version, in whatever order they come.
def test_the_order_of_the_counts_does_not_matter() -> None:
    chance = random.Random(5)
    tables = random_tables(5)
    first = suppress(tables).outcomes
    mixed = replace(
        tables,
        cells=tuple(chance.sample(tables.cells, len(tables.cells))),
        sums=tuple(chance.sample(tables.sums, len(tables.sums))),
        rows=tuple(chance.sample(tables.rows, len(tables.rows))),
    )
    again = suppress(mixed).outcomes
    assert {name: first[name].mark for name in first} == {name: again[name].mark for name in again}


def _safe(tables: LinkedTables, hidden: frozenset[str]) -> bool:
    """Whether hiding just these is enough, by the attacker that is not ours."""
    empty = suppress(tables)
    secrets = {cell.name: {1, 5} for cell in tables.cells if 1 <= cell.value <= 5}
    outcomes = {
        name: replace(
            outcome,
            mark=Mark.SUPPRESSED if name in hidden else Mark.SHOWN,
            numerator=None if name in hidden else outcome.cell.value,
            text="c" if name in hidden else str(outcome.cell.value),
        )
        for name, outcome in empty.outcomes.items()
    }
    return not broken(reads(replace(empty, outcomes=outcomes)), secrets, secrets)


# R5: as little as can be is lost: no fewer counts would do.
@pytest.mark.parametrize("seed", range(3))
def test_no_smaller_choice_would_do(seed: int) -> None:
    chance = random.Random(seed)
    rows = [[chance.choice((3, 9, 14)) for _ in range(2)] for _ in range(2)]
    rows[0][0] = 4
    tables = _table(rows)
    published = suppress(tables)
    hidden = frozenset(each.cell.name for each in published.hidden)
    small = {cell.name for cell in tables.cells if 1 <= cell.value <= 5}
    others = sorted(set(tables.by_name) - small)
    assert _safe(tables, hidden)
    for size in range(len(hidden) - len(small)):
        for more in combinations(others, size):
            assert not _safe(tables, frozenset(small.union(more)))


# R5: where there is no time for the cheapest choice a larger one is found, as safe.
def test_a_choice_found_in_fewer_rounds_is_safe_too(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = random_tables(2, in_full=False)
    best = suppress(tables)
    monkeypatch.setattr(secondary, "ROUNDS", 1)
    monkeypatch.setattr(secondary, "ROUNDS_OF_MANY", 1)
    quick = suppress(tables)
    assert len(quick.hidden) >= len(best.hidden)
    small = [cell.name for cell in tables.cells if 1 <= cell.value <= 5]
    known = {name: set(range(1, 6)) for name in small if quick.outcomes[name].text == "c"}
    assert known
    assert not broken(reads(quick), known, known)


@pytest.mark.parametrize(
    ("cells", "sums"),
    [
        ([("a", 1), ("a", 1)], []),
        ([("a", -1)], []),
        ([("a", 1)], [Sum("b", ("a",))]),
        ([("a", 1), ("b", 2), ("c", 4)], [Sum("c", ("a", "b"))]),
        ([("a", 0), ("b", 0)], [Sum("b", ("a", "a"))]),
    ],
)
def test_tables_that_do_not_fit_are_refused(cells: list[tuple[str, int]], sums: list[Sum]) -> None:
    with pytest.raises(TablesWrong):
        LinkedTables(tuple(Cell(name, n, name) for name, n in cells), tuple(sums))


# R3, R5: an erratum lists what both versions print, and leaves out what would reveal.
def test_an_erratum_leaves_out_what_reveals() -> None:
    before = _table([[14, 16], [18, 30]], full=True)
    corrected = _table([[13, 17], [18, 30]], full=True)
    first = suppress(before)
    assert not first.hidden
    second = suppress_after([first], corrected)
    assert [(each.words, each.old, each.new) for each in erratum(first, second)] == [
        ("count all0", "32", "31"),
        ("count all1", "46", "47"),
    ]
    assert _marks(second, "a0", "a1", "b0", "b1") == "c c c c"


# R5: a large correction is no small count, and is listed.
def test_a_large_correction_is_listed() -> None:
    first = suppress(_table([[14, 16], [18, 30]]))
    second = suppress_after([first], _table([[24, 26], [18, 30]]))
    assert [each.words for each in erratum(first, second)] == [
        "count a0", "count a1", "count an", "count all0", "count all1", "count alln",
    ]  # fmt: skip
    assert not second.hidden


# R3: the same figures again are the same version again.
def test_nothing_changed_is_no_erratum() -> None:
    tables = _table([[4, 16], [18, 30]], full=True)
    first = suppress(tables)
    second = suppress_after([first], tables)
    assert erratum(first, second) == []
