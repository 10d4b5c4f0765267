"""Sentences that say only what the figures say, and how often they are wrong (R6)."""

import random
from collections import Counter
from fractions import Fraction
from itertools import product

import pytest
from scipy.stats import fisher_exact

from qa_app.domain.comparing import (
    FALSE_CALLS,
    Call,
    Counted,
    _fisher,
    against_the_others,
    compare,
    compare_with_limits,
    comparison,
    how_many,
    movement,
    statement,
)
from tests.resilience_counts import count

A_YEAR = [(12, 30)] * 12


def _good(k: int, n: int, when: str = "in March 2023") -> Counted:
    return Counted(k, n, "audits", "graded Good or better", when)


FEBRUARY = "in February 2023"


@pytest.mark.parametrize(
    ("counted", "sentence"),
    [
        # R6: ten and more have their interval.
        (
            _good(12, 31),
            (
                "12 of 31 audits were graded Good or better in March 2023 "
                "(38.7%; 95% interval 23.7% to 56.2%)."
            ),
        ),
        # R6: below ten it is too few to say.
        (
            _good(1, 9),
            "1 of 9 audits was graded Good or better in March 2023 (11.1%; too few to say).",
        ),
        # R1: a percentage of nothing is none.
        (_good(0, 0), "There were no audits in March 2023."),
        # measures.md: half up, trailing zeros dropped.
        (
            _good(9, 20),
            (
                "9 of 20 audits were graded Good or better in March 2023 "
                "(45%; 95% interval 25.8% to 65.8%)."
            ),
        ),
    ],
)
def test_a_count_as_a_sentence(counted: Counted, sentence: str) -> None:
    assert statement(counted) == sentence


@pytest.mark.parametrize(
    ("now", "before", "sentence"),
    [
        # R6: too few in one of the two.
        (
            _good(12, 31),
            _good(3, 8, FEBRUARY),
            (
                "In March 2023, 12 of 31 audits were graded Good or better (38.7%; 95% interval "
                "23.7% to 56.2%); too few to compare with February 2023: 3 of 8 (37.5%)."
            ),
        ),
        (
            _good(2, 4),
            _good(30, 60, FEBRUARY),
            (
                "In March 2023, 2 of 4 audits were graded Good or better (50%); too few to compare "
                "with February 2023: 30 of 60 (50%)."
            ),
        ),
        # R6: nothing to compare at all.
        (
            _good(0, 0),
            _good(0, 0, FEBRUARY),
            "In March 2023 there were no audits; too few to compare with February 2023: none.",
        ),
        # R6: intervals that overlap are no change, however the percentages look.
        (
            _good(12, 31),
            _good(4, 20, FEBRUARY),
            (
                "In March 2023, 12 of 31 audits were graded Good or better (38.7%; 95% interval "
                "23.7% to 56.2%). In February 2023 it was 4 of 20 (20%): the difference is no more "
                "than chance may bring, so it is not called a change."
            ),
        ),
        # R6: intervals that do not overlap are a change.
        (
            _good(30, 40),
            _good(8, 40, FEBRUARY),
            (
                "In March 2023, 30 of 40 audits were graded Good or better (75%; 95% interval "
                "59.8% to 85.8%). That is higher than in February 2023, when it was 8 of 40 (20%): "
                "the intervals (59.8% to 85.8%; 10.5% to 34.8%) do not overlap."
            ),
        ),
    ],
)
def test_two_counts_as_sentences(now: Counted, before: Counted, sentence: str) -> None:
    assert comparison(now, before) == sentence


@pytest.mark.parametrize(
    ("now", "before", "call"),
    [
        (_good(30, 40), _good(8, 40), Call.HIGHER),
        (_good(8, 40), _good(30, 40), Call.LOWER),
        (_good(20, 40), _good(20, 40), Call.NO_CHANGE),
        # R6: fewer than 10 on either side.
        (_good(9, 9), _good(0, 40), Call.TOO_FEW),
        # R6: the intervals do not overlap, but chance brings this more than once in 100 times.
        (_good(3, 10), _good(8, 200), Call.NO_CHANGE),
    ],
)
def test_calls(now: Counted, before: Counted, call: Call) -> None:
    assert compare(now, before) is call


@pytest.mark.parametrize(
    ("now", "earlier", "call"),
    [
        (_good(12, 30), A_YEAR, Call.NO_CHANGE),
        (_good(24, 30), A_YEAR, Call.HIGHER),
        (_good(1, 30), A_YEAR, Call.LOWER),
        # R6: fewer than 12 earlier months, or fewer than 10 audits.
        (_good(24, 30), A_YEAR[:11], Call.TOO_FEW),
        (_good(9, 9), A_YEAR, Call.TOO_FEW),
        # R6: outside limits that were drawn from too little to be believed.
        (_good(3, 60), [(0, 10)] * 12, Call.NO_CHANGE),
    ],
)
def test_calls_against_limits(now: Counted, earlier: list[tuple[int, int]], call: Call) -> None:
    assert compare_with_limits(now, earlier) is call


def test_a_month_against_the_one_before_and_its_limits() -> None:
    # R6: higher than last month, and outside the limits of the year before.
    assert movement(_good(27, 30), _good(9, 30, FEBRUARY), A_YEAR) == (
        "In March 2023, 27 of 30 audits were graded Good or better (90%; 95% interval 74.4% to "
        "96.5%). That is higher than in February 2023: 9 of 30 (30%). It is higher than in the 12 "
        "earlier months together: outside the limits within which months vary by chance."
    )
    # R6: neither.
    assert movement(_good(12, 30), _good(9, 30, FEBRUARY), A_YEAR) == (
        "In March 2023, 12 of 30 audits were graded Good or better (40%; 95% interval 24.6% to "
        "57.7%). In February 2023 it was 9 of 30 (30%): this is not called a change."
    )
    # R6: too few last month, no limits.
    assert movement(_good(12, 30), _good(2, 8, FEBRUARY), []) == (
        "In March 2023, 12 of 30 audits were graded Good or better (40%; 95% interval 24.6% to "
        "57.7%). Too few to compare with February 2023: 2 of 8 (25%)."
    )


# R6: each team against all others together; none is ranked.
def test_several_groups() -> None:
    teams = [
        _good(30, 40, "in the East team"),
        _good(10, 40, "in the West team"),
        _good(22, 50, "in the North team"),
        _good(3, 4, "in the South team"),
    ]
    assert against_the_others(teams) == [
        (
            "In the East team, 30 of 40 audits were graded Good or better (75%; 95% interval 59.8% "
            "to 85.8%); higher than elsewhere: 35 of 94 (37.2%)."
        ),
        (
            "In the West team, 10 of 40 audits were graded Good or better (25%; 95% interval 14.2% "
            "to 40.2%); lower than elsewhere: 55 of 94 (58.5%)."
        ),
        (
            "In the North team, 22 of 50 audits were graded Good or better (44%; 95% interval "
            "31.2% to 57.7%); elsewhere 43 of 84 (51.2%): not called a difference."
        ),
        (
            "In the South team, 3 of 4 audits were graded Good or better (75%); too few to compare "
            "with the others."
        ),
    ]


def test_what_is_printed_under_comparisons() -> None:
    assert how_many(1).startswith("A difference is called one where chance")
    assert how_many(12).startswith("12 comparisons were made. In each,")


def test_no_counts_are_refused() -> None:
    with pytest.raises(ValueError, match="no part"):
        _good(3, 2)


def test_the_exact_test_is_scipys() -> None:
    chance = random.Random(3)
    for _ in range(200):
        n, of = chance.randint(1, 60), chance.randint(1, 60)
        k, other = chance.randint(0, n), chance.randint(0, of)
        expected = fisher_exact([[k, n - k], [other, of - other]]).pvalue
        assert float(_fisher(k, n, other, of)) == pytest.approx(expected, abs=1e-9)


SIZES = (10, 12, 15, 25, 50, 100, 200)
SHARES = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
TRIES = count(20_000)
HELD = float(FALSE_CALLS)
DIFFERENT = {Call.HIGHER, Call.LOWER}


def _draws(chance: random.Random, n: int, share: float, tries: int) -> list[int]:
    return chance.choices(range(n + 1), _binomial(n, share), k=tries)


def _told(what: str, rates: dict[tuple[float, ...], float], tries: int) -> None:
    mean, worst = sum(rates.values()) / len(rates), max(rates, key=lambda each: rates[each])
    print(  # noqa: T201
        f"false calls {what}: {len(rates)} cells, {tries} tries each, mean {mean:.3%}, "
        f"worst {rates[worst]:.3%} at {worst}"
    )
    assert mean <= HELD
    # Of some hundred cells the worst lies above its own rate by chance alone.
    assert rates[worst] <= HELD + 4 * (HELD / tries) ** 0.5


# R6: no difference at all, n from 10 to 200, a share from 5% to 95%: how often is one called?
@pytest.mark.resilience
def test_false_calls_between_two_periods() -> None:
    chance, rates = random.Random(1), {}
    for n, of, share in product(SIZES, SIZES, SHARES):
        drawn = zip(_draws(chance, n, share, TRIES), _draws(chance, of, share, TRIES), strict=True)
        false = sum(
            times
            for (k, other), times in Counter(drawn).items()
            if compare(_good(k, n), _good(other, of)) in DIFFERENT
        )
        rates[n, of, share] = false / TRIES
    _told("between two periods", rates, TRIES)


# R6: the same, exactly: every pair of counts that can come, weighed with its probability.
@pytest.mark.parametrize(("n", "of"), [(10, 10), (10, 40), (10, 80), (25, 25), (15, 60)])
def test_false_calls_exactly(n: int, of: int) -> None:
    called = {
        (k, other)
        for k, other in product(range(n + 1), range(of + 1))
        if compare(_good(k, n), _good(other, of)) in DIFFERENT
    }
    rates = {}
    for share in (each / 100 for each in range(5, 100, 5)):
        one, two = _binomial(n, share), _binomial(of, share)
        rates[share] = sum(one[k] * two[other] for k, other in called)
    print(f"{n} and {of}: at most {max(rates.values()):.3%}")  # noqa: T201
    assert max(rates.values()) <= HELD


def _binomial(n: int, share: float) -> list[float]:
    chances = [(1 - share) ** n]
    for k in range(1, n + 1):
        chances.append(chances[-1] * (n - k + 1) / k * share / (1 - share))
    return chances


# R6: the same for a month against limits from 12 earlier months, and for both ways of looking.
@pytest.mark.resilience
def test_false_calls_against_limits() -> None:
    chance, rates, either, tries = random.Random(2), {}, {}, max(TRIES // 10, 100)
    half = FALSE_CALLS / 2
    for n, of, share in product((10, 25, 100, 200), (10, 30), SHARES):
        false = both = 0
        for _ in range(tries):
            earlier = [(k, of) for k in _draws(chance, of, share, 12)]
            now = _good(*_draws(chance, n, share, 1), n)
            false += compare_with_limits(now, earlier) in DIFFERENT
            calls = (
                compare(now, _good(*earlier[-1]), half),
                compare_with_limits(now, earlier, half),
            )
            both += bool(DIFFERENT.intersection(calls))
        rates[n, of, share], either[n, of, share] = false / tries, both / tries
    _told("against limits", rates, tries)
    _told("looking both ways", either, tries)


# R6: intervals alone would not hold to 1%: a small n beside a large one.
def test_intervals_alone_would_not_do() -> None:
    n, of, share = 10, 200, 0.1
    one, two = _binomial(n, share), _binomial(of, share)
    without = sum(
        one[k] * two[other]
        for k, other in product(range(n + 1), range(of + 1))
        if compare(_good(k, n), _good(other, of), Fraction(1)) in DIFFERENT
    )
    assert without > HELD
