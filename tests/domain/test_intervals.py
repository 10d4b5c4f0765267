"""The Wilson interval, against published worked examples."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.intervals import TOO_FEW, too_few_to_say, wilson


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [
        # R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_the_published_examples_are_reproduced(
    successes: int, n: int, low: float, high: float
) -> None:
    assert wilson(successes, n) == pytest.approx((low, high), abs=0.00005)


outcomes = st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(outcomes)
def test_the_interval_holds_the_proportion_and_stays_within_0_and_1(
    outcome: tuple[int, int],
) -> None:
    successes, n = outcome
    low, high = wilson(successes, n)
    assert 0 <= low <= successes / n <= high <= 1
    assert low < high


@given(outcomes)
def test_failures_have_the_mirrored_interval(outcome: tuple[int, int]) -> None:
    successes, n = outcome
    low, high = wilson(successes, n)
    assert wilson(n - successes, n) == pytest.approx((1 - high, 1 - low), abs=1e-12)


@given(outcomes)
def test_more_of_the_same_is_surer(outcome: tuple[int, int]) -> None:
    successes, n = outcome
    narrow, wide = wilson(successes * 4, n * 4), wilson(successes, n)
    assert narrow[1] - narrow[0] < wide[1] - wide[0]


def test_none_and_all_reach_exactly_0_and_1() -> None:
    assert wilson(0, 37)[0] == 0
    assert wilson(37, 37)[1] == 1


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (1, 0), (-1, 5), (6, 5), (0, -3)])
def test_what_is_no_proportion_is_refused(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="no proportion"):
        wilson(successes, n)


@pytest.mark.parametrize(("n", "too_few"), [(0, True), (9, True), (10, False), (115, False)])
def test_below_ten_it_is_too_few_to_say(n: int, too_few: bool) -> None:
    assert too_few_to_say(n) is too_few  # R6
    assert TOO_FEW == "too few to say"


def test_the_threshold_can_be_set() -> None:
    assert too_few_to_say(10, fewest=12)
