"""DP-3, R3, R5: whatever is submitted or corrected, and however often it is published again, a
reader of all the versions recovers no small count."""

import random
from collections.abc import Callable
from itertools import product

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from qa_app.reports.disclosure import LinkedTables, suppress, suppress_after
from tests.reports.attacker import tables_of
from tests.reports.versions_attacked import corrected, one_more, recovered, together
from tests.resilience_counts import IN_FULL, count

TEAMS = {"s0t0": "s0", "s0t1": "s0", "s1t0": "s1"}
GRADES = ("outstanding", "good", "ri", "inadequate")
Step = Callable[[LinkedTables, random.Random], LinkedTables | None]


@st.composite
def small_tables(draw: st.DrawFn) -> LinkedTables:
    """One to three teams in one or two months; counts around those that are hidden."""
    teams = dict(list(TEAMS.items())[: draw(st.integers(1, 3))])
    months = ["m0", "m1"][: draw(st.integers(1, 2))]
    grades = GRADES[: draw(st.integers(2, 4))]
    counts = {
        key: draw(st.sampled_from((0, 1, 2, 5, 6, 9, 14))) for key in product(teams, months, grades)
    }
    return tables_of(counts, teams, months, grades, in_full=draw(st.booleans()))


@given(
    tables=small_tables(),
    steps=st.lists(st.sampled_from((one_more, corrected)), min_size=1, max_size=3),
    chance=st.randoms(use_true_random=False),
)
@settings(
    max_examples=count(300),
    deadline=None,
    derandomize=not IN_FULL,  # the same examples in every `make test`, new ones in full
    suppress_health_check=list(HealthCheck),
)
def test_versions_in_any_order_give_nothing_away(
    tables: LinkedTables, steps: list[Step], chance: random.Random
) -> None:
    versions = [suppress(tables)]
    for step in steps:
        changed = step(versions[-1].tables, chance)
        if changed is None:
            continue
        versions.append(suppress_after(versions, changed))
        event(step.__name__)
    # A count that an earlier version hid only to protect another may be known once a later one
    # prints it: what it protected stays protected, which is what is asked here.
    last = f"{len(versions) - 1}:"
    kept = together(versions)
    found = [
        name
        for name in recovered(kept)
        if name.startswith(last) or kept.outcomes[name].because != "secondary"
    ]
    assert found == []
