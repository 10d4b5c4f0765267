"""Sentences about counts that say only what the figures say (R6).

A share has its 95% interval where n is 10 or more. A movement is called one only where the two
intervals do not overlap, or where a month lies outside the limits of at least 12 earlier months.
Neither of these alone keeps to one false call in a hundred: intervals of a small and a large n that
do not overlap come by chance up to about twice in a hundred, and limits drawn from few audits are
themselves by chance too narrow. So each call must also pass Fisher's exact test (R. A. Fisher,
1935; two-sided, tables no likelier than the one found), whose false calls are at most its level
whatever n and the share: 1% for one way of looking, half of it for each of two.

R6 holds each comparison to that, not a page of them; `how_many` says so in words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import comb
from typing import Final

from qa_app.domain.intervals import TOO_FEW, too_few_to_say, wilson
from qa_app.domain.measures import percentage_text
from qa_app.domain.pcharts import Count, limits_for

FALSE_CALLS: Final = Fraction(1, 100)
"""How often a comparison may call a difference where there is none."""

DECIMALS: Final = 1


class Call(StrEnum):
    """What a comparison says."""

    HIGHER = "higher"
    LOWER = "lower"
    NO_CHANGE = "not called a change"
    TOO_FEW = TOO_FEW


@dataclass(frozen=True)
class Counted:
    """So many of so many, for sentences: "12 of 31 audits were graded Good in March 2023".

    ``things`` is a plural; ``said`` a participle with what belongs to it; ``when`` says when or
    where, with its preposition. The counts that are compared must have no audit in common.
    ValueError where k is no part of n.
    """

    k: int
    n: int
    things: str
    said: str
    when: str

    def __post_init__(self) -> None:
        if not 0 <= self.k <= self.n:
            raise ValueError(f"{self.k} is no part of {self.n}")

    @property
    def of(self) -> str:
        """12 of 31 (38.7%)"""
        if not self.n:
            return "none"
        return f"{self.k:,} of {self.n:,} ({percentage_text(self.k, self.n, DECIMALS)})"

    @property
    def few(self) -> bool:
        """Whether n is too small for an interval or a comparison."""
        return too_few_to_say(self.n)

    @property
    def interval(self) -> str:
        """95% interval 23.7% to 56.2%: only where n is large enough."""
        low, high = (_percentage(bound) for bound in wilson(self.k, self.n))
        return f"95% interval {low} to {high}"


def statement(counted: Counted) -> str:
    """One count as a sentence, with its interval or the reason why it has none."""
    if not counted.n:
        return f"There were no {counted.things} {counted.when}."
    sure = TOO_FEW if counted.few else counted.interval
    return f"{_subject(counted)} {counted.when} ({_percentage_of(counted)}; {sure})."


def compare(now: Counted, before: Counted, false_calls: Fraction = FALSE_CALLS) -> Call:
    """Whether one share is higher or lower than another, or too little is known to say so."""
    if now.few or before.few:
        return Call.TOO_FEW
    (low, high), (low_before, high_before) = (wilson(each.k, each.n) for each in (now, before))
    if low <= high_before and low_before <= high:
        return Call.NO_CHANGE
    return _if_exact(now, (before.k, before.n), false_calls)


def compare_with_limits(
    now: Counted, earlier: Sequence[Count], false_calls: Fraction = FALSE_CALLS
) -> Call:
    """Whether a month lies outside the limits of earlier months; they are the p-chart's."""
    limits = None if now.few else limits_for(now.n, earlier)
    if limits is None:
        return Call.TOO_FEW
    if not limits.outside(now.k):
        return Call.NO_CHANGE
    together = (sum(k for k, _ in earlier), sum(n for _, n in earlier))
    return _if_exact(now, together, false_calls)


def comparison(now: Counted, before: Counted) -> str:
    """Two counts as sentences: what there was now, and how that compares with before."""
    called = compare(now, before)
    if called is Call.TOO_FEW:
        return f"{_first(now)}; too few to compare with {_other(before)}."
    if called is Call.NO_CHANGE:
        return (
            f"{_first(now)}. {_capital(before.when)} it was {before.of}: the difference is no more "
            "than chance may bring, so it is not called a change."
        )
    return (
        f"{_first(now)}. That is {called} than {before.when}, when it was {before.of}: "
        f"the intervals ({now.interval[13:]}; {before.interval[13:]}) do not overlap."
    )


def movement(now: Counted, before: Counted, earlier: Sequence[Count]) -> str:
    """A month against the one before and against the limits of earlier months: one sentence each.

    Both look for the same change, so that each may be wrong half as often.
    """
    half = FALSE_CALLS / 2
    told = [_against_before(now, before, compare(now, before, half))]
    called = compare_with_limits(now, earlier, half)
    if called in (Call.HIGHER, Call.LOWER):
        months = sum(1 for _, n in earlier if n)
        told.append(
            f"It is {called} than in the {months} earlier months together: outside the limits "
            "within which months vary by chance."
        )
    return f"{_first(now)}. {' '.join(told)}"


def against_the_others(groups: Sequence[Counted]) -> list[str]:
    """Each of several groups (teams, plan types) against all others together, in their order.

    No sentence ranks them: the first and the last of many differ by chance alone.
    """
    together = (sum(each.k for each in groups), sum(each.n for each in groups))
    return [_against(each, together) for each in groups]


def how_many(comparisons: int) -> str:
    """What is to be printed under several comparisons."""
    if comparisons < 2:
        return "A difference is called one where chance would bring it less than once in 100 times."
    return (
        f"{comparisons:,} comparisons were made. In each, a difference is called one where chance "
        "would bring it less than once in 100 times: of many comparisons some may be called "
        "different by chance."
    )


def _against_before(now: Counted, before: Counted, called: Call) -> str:
    if called is Call.TOO_FEW:
        return f"Too few to compare with {_other(before)}."
    if called is Call.NO_CHANGE:
        return f"{_capital(before.when)} it was {before.of}: this is not called a change."
    return f"That is {called} than {before.when}: {before.of}."


def _against(group: Counted, together: Count) -> str:
    others = Counted(
        together[0] - group.k, together[1] - group.n, group.things, group.said, "elsewhere"
    )
    called = compare(group, others)
    if called is Call.TOO_FEW:
        return f"{_first(group)}; too few to compare with the others."
    if called is Call.NO_CHANGE:
        return f"{_first(group)}; elsewhere {others.of}: not called a difference."
    return f"{_first(group)}; {called} than elsewhere: {others.of}."


def _if_exact(now: Counted, before: Count, false_calls: Fraction) -> Call:
    k, n = before
    if _fisher(now.k, now.n, k, n) > false_calls:
        return Call.NO_CHANGE
    return Call.HIGHER if now.k * n > k * now.n else Call.LOWER


def _fisher(k: int, n: int, other_k: int, other_n: int) -> Fraction:
    """The two-sided p-value of Fisher's exact test, exactly."""
    successes = k + other_k
    ways = [
        comb(n, each) * comb(other_n, successes - each)
        for each in range(max(0, successes - other_n), min(n, successes) + 1)
    ]
    found = comb(n, k) * comb(other_n, other_k)
    return Fraction(sum(way for way in ways if way <= found), sum(ways))


def _first(counted: Counted) -> str:
    if not counted.n:
        return f"{_capital(counted.when)} there were no {counted.things}"
    share = _percentage_of(counted)
    sure = "" if counted.few else f"; {counted.interval}"
    return f"{_capital(counted.when)}, {_subject(counted)} ({share}{sure})"


def _subject(counted: Counted) -> str:
    was = "was" if counted.k == 1 else "were"
    return f"{counted.k:,} of {counted.n:,} {counted.things} {was} {counted.said}"


def _other(before: Counted) -> str:
    return f"{before.when.removeprefix('in ')}: {before.of}"


def _percentage_of(counted: Counted) -> str:
    return percentage_text(counted.k, counted.n, DECIMALS)


def _percentage(share: float) -> str:
    """A bound between 0 and 1, rounded half up as every percentage is."""
    return percentage_text(round(share * 10**9), 10**9, DECIMALS)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
