"""Limits of a p-chart (R6), against the definition, SciPy's binomial and worked examples."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from qa_app.domain.pcharts import TAIL, limits_for

A_YEAR = [(12, 30)] * 12


@pytest.mark.parametrize(
    ("n", "earlier", "limits"),
    [
        # R6: 40% of 30 in each of 12 months: SciPy's binom.ppf gives the same limits.
        (30, A_YEAR, (4, 20)),
        # R6: with few audits only the far end is outside.
        (10, A_YEAR, (0, 9)),
        # R6: where it never happened, once is outside; where it always did, once not.
        (30, [(0, 30)] * 12, (0, 0)),
        (30, [(30, 30)] * 12, (30, 30)),
        # R6: months count by their audits, not one like another.
        (30, [(10, 10), *[(0, 50)] * 11], (0, 4)),
    ],
)
def test_limits(n: int, earlier: list[tuple[int, int]], limits: tuple[int, int]) -> None:
    found = limits_for(n, earlier)
    assert found is not None
    assert (found.low, found.high) == limits
    assert found.n == n
    assert found.share == Fraction(sum(k for k, _ in earlier), sum(of for _, of in earlier))


# R6: limits need at least 12 earlier months, and a month without audits is none.
@pytest.mark.parametrize("earlier", [[], A_YEAR[:11], [*A_YEAR[:11], (0, 0)]])
def test_too_few_earlier_months_have_no_limits(earlier: list[tuple[int, int]]) -> None:
    assert limits_for(30, earlier) is None


def test_a_council_may_ask_for_fewer_months() -> None:
    assert limits_for(30, A_YEAR[:6], fewest=6) is not None
    assert limits_for(30, [], fewest=0) is None


@pytest.mark.parametrize(("n", "earlier"), [(0, A_YEAR), (-1, A_YEAR), (30, [(5, 4)] * 12)])
def test_no_counts_are_refused(n: int, earlier: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match="no limits"):
        limits_for(n, earlier)


# R6: a count is outside exactly where its tail is below 0.135%.
@settings(max_examples=60, deadline=None)
@given(st.integers(1, 120), st.integers(1, 59), st.data())
def test_outside_is_where_the_tail_is_small(n: int, k: int, data: st.DataObject) -> None:
    limits = limits_for(n, [(k, 60)] * 12)
    assert limits is not None
    count = data.draw(st.integers(0, n))
    below, above = binom.cdf(count, n, k / 60), binom.sf(count - 1, n, k / 60)
    tail = float(TAIL)
    if min(abs(below - tail), abs(above - tail)) > 1e-9:
        assert limits.outside(count) == (min(below, above) < tail)
