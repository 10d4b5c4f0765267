"""DP-1 and DP-3: public versions attacked by linear programming, and naive ones broken by it."""

import random
from dataclasses import replace

import pytest

from qa_app.reports.disclosure import (
    Cell,
    Kind,
    LinkedTables,
    Sum,
    linked,
    suppress,
    suppress_after,
)
from tests.reports.attacker import (
    PLENTY,
    allowed_by,
    broken,
    fewest_known,
    hides_only_small_counts,
    random_tables,
)
from tests.reports.versions_attacked import corrected, one_more, recovered, secrets, together
from tests.resilience_counts import IN_FULL, count

pytestmark = pytest.mark.one_database

TABLES = 1_000 if IN_FULL else 20
PAIRS = count(80)


# DP-1: hidden cells are known to be integers of 1 or more, months and teams are linked, percentages
# are as rounded; still no cell is recovered, and each small one can be all of 1 to 5.
@pytest.mark.resilience
def test_random_linked_tables_give_nothing_away() -> None:
    found = {seed: recovered(suppress(random_tables(seed))) for seed in range(TABLES)}
    print(f"{TABLES} tables attacked, {sum(map(bool, found.values()))} broken")  # noqa: T201
    assert not {seed: names for seed, names in found.items() if names}


# DP-1: the same attacker breaks a version that hides only the small counts, so the test can fail.
def test_the_attacker_breaks_a_naive_version() -> None:
    fell = 0
    for seed in range(6):
        tables = random_tables(seed)
        unavoidable = fewest_known(tables)
        allowed = {name: allowed_by(unavoidable, name) for name in secrets(tables)}
        fell += bool(broken(hides_only_small_counts(tables), allowed, allowed))
    assert fell >= 4


# DP-1: a percentage printed beside a hidden count gives it away, and the attacker sees it.
def test_the_attacker_reads_percentages() -> None:
    known = hides_only_small_counts(_three_teams(good=(3, 17), audits=(31, 44)))
    assert known.interval("east good") == (1, PLENTY)
    told = replace(known, percentages=[("east good", "east audits", 9.68, 0.005)])
    assert told.interval("east good") == (3, 3)


def _three_teams(good: tuple[int, int], audits: tuple[int, int]) -> LinkedTables:
    cells = [
        Cell(f"{team} {what}", value, f"{what}, {team}")
        for what, values in (("good", good), ("audits", audits))
        for team, value in zip(("east", "west"), values, strict=True)
    ]
    return LinkedTables(tuple(cells))


# DP-3: the report before and after one submission; where it fell and what was hidden stay hidden.
@pytest.mark.resilience
def test_one_submission_between_two_versions_is_not_found() -> None:
    found = {}
    for seed in range(PAIRS):
        tables = random_tables(seed)
        first, after = suppress(tables), one_more(tables, random.Random(seed))
        found[seed] = recovered(together([first, suppress_after([first], after)]))
    print(f"{PAIRS} pairs of versions attacked, {sum(map(bool, found.values()))} broken")  # noqa: T201
    assert not {seed: names for seed, names in found.items() if names}


# R5: the same for an erratum, version 2, in which one audit has another grade.
@pytest.mark.resilience
def test_one_corrected_grade_between_two_versions_is_not_found() -> None:
    found = {}
    for seed in range(PAIRS):
        tables = random_tables(seed)
        first, after = suppress(tables), corrected(tables, random.Random(seed))
        if after is not None:
            found[seed] = recovered(together([first, suppress_after([first], after)]))
    print(f"{len(found)} errata attacked, {sum(map(bool, found.values()))} broken")  # noqa: T201
    assert found
    assert not {seed: names for seed, names in found.items() if names}


# DP-3: two versions, each safe alone, give the submission away when nobody looks at both.
def test_versions_suppressed_apart_are_broken() -> None:
    fell = 0
    for seed in range(4):
        tables = random_tables(seed, in_full=False)
        first, after = suppress(tables), one_more(tables, random.Random(seed))
        fell += bool(recovered(together([first, suppress(after)])))
    assert fell >= 2


# DP-3: April to June and May to July of one team: their difference is two months.
def test_overlapping_periods_do_not_give_the_month_away() -> None:
    spring = LinkedTables((Cell("a", 30, "April to June, East"),))
    first = suppress(spring)
    months = {"apr": 8, "may": 12, "jun": 10, "jul": 3}
    cells = tuple(
        Cell(name, value, f"{name}, East", Kind.DERIVED) for name, value in months.items()
    )
    later = LinkedTables(
        (Cell("b", 25, "May to July, East"), Cell("c", 33, "April to July, East"), *cells),
        (Sum("b", ("may", "jun", "jul")), Sum("c", ("apr", "may", "jun", "jul"))),
    )
    across = [Sum("0:a", ("1:apr", "1:may", "1:jun"))]
    both = suppress(linked([first], later, across))
    assert both.shows("1:b")
    assert not both.shows("1:c")
    assert not recovered(both)


# DP-3: a filter to one team prints that team's counts as the whole report printed them.
def test_a_filter_to_one_team_adds_nothing() -> None:
    tables = random_tables(3, in_full=False)
    whole = suppress(tables)
    one = LinkedTables(tuple(cell for cell in tables.cells if cell.name.startswith("s0t0|")))
    filtered = suppress_after([whole], one)
    for cell in one.cells:
        if not whole.shows(cell.name):
            assert not filtered.shows(cell.name) or cell.value == 0
    assert not recovered(together([whole, filtered]))


# DP-3: a filter to one child is one audit, and so nothing.
def test_a_filter_to_one_child_shows_nothing() -> None:
    one = random_tables(3).by_name["s0t0|m0|audits"]
    child = LinkedTables(
        (replace(one, value=1), Cell("good", 1, "Good"), Cell("bad", 0, "Inadequate")),
        (Sum(one.name, ("good", "bad")),),
    )
    published = suppress(child)
    assert not published.shows("good")
    assert not published.shows(one.name)
