"""A run chart's median and shifts, against examples worked by hand and a plain recount."""

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.runchart import SHIFT, run_of


@pytest.mark.parametrize(
    ("values", "median", "shifts"),
    [
        # M9: one point has itself as its median, and nothing has changed.
        ([50], 50, []),
        # M9: six points in a row on one side of the median are a shift (Perla and others, 2011) …
        ([1, 1, 1, 1, 1, 1, 9, 9, 9, 9, 9, 9], 5, [(0, 5), (6, 11)]),
        # … five are not.
        ([1, 1, 1, 1, 1, 9, 9, 9, 9, 9], 5, []),
        # M9: a point on the median neither makes a shift nor breaks one.
        ([1, 1, 1, 5, 1, 1, 1, 9, 9, 9, 9, 9, 5], 5, [(0, 6)]),
        # M9: up and down is chance.
        ([1, 9] * 8, 5, []),
        # M9: the same every month: no side, no shift.
        ([80] * 12, 80, []),
        # M9: a longer run is one shift, not several.
        ([9] * 8 + [1] * 8, 5, [(0, 7), (8, 15)]),
    ],
)
def test_median_and_shifts(
    values: list[float], median: float, shifts: list[tuple[int, int]]
) -> None:
    run = run_of(values)
    assert run is not None
    assert (run.median, list(run.shifts)) == (median, shifts)


def test_no_value_has_no_run() -> None:
    assert run_of([]) is None


# M9: whatever the values, the shifts are the groups of six and more on one side, recounted plainly.
@given(st.lists(st.integers(0, 6), min_size=1, max_size=40))
def test_shifts_are_those_of_a_plain_recount(values: list[int]) -> None:
    run = run_of(values)
    assert run is not None
    ordered, half = sorted(values), len(values) // 2
    middle = ordered[half] if len(values) % 2 else (ordered[half - 1] + ordered[half]) / 2
    assert run.median == middle
    off = [(place, value > middle) for place, value in enumerate(values) if value != middle]
    groups = [[place for place, _ in group] for _, group in groupby(off, key=lambda each: each[1])]
    assert list(run.shifts) == [(each[0], each[-1]) for each in groups if len(each) >= SHIFT]
