"""The seeded draw (S2 to S4): the same list for ever, on any machine.

The algorithm (docs/adr/0009-the-draw.md), version `ALGORITHM`:

1. Every case gets a rank: SHA-256 of the seed, a line break and its reference, as hexadecimal text.
   Nothing else decides the order, so Python's version, the database and the order of the rows
   cannot.
2. The numbers for the strata are given, or shared out in proportion to the cases that may be drawn,
   by largest remainders; of equal remainders the larger stratum, then the first by name, is served.
3. The cases are gone through by rank, all strata together. A case is taken if its stratum has room,
   no brother or sister was taken (or is in the cycle already), and its social worker has fewer
   cases than the limit.
4. Only if strata are still short is the limit for social workers raised by one, for those that it
   held back, and step 3 repeated with them, until nobody is held back.
5. Reserves are the next cases of each stratum by rank, of families not yet taken; those of a social
   worker who is at the limit come last.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from qa_app.domain.sampling.frames import DrawFacts, FrameCase
from qa_app.domain.sampling.reasons import (
    ExcludedBecause,
    NothingToDraw,
    NumberRefused,
    StratumBy,
    StratumUnknown,
)

ALGORITHM: Final = "sha256-rank-1"


def rank(seed: str, reference: str) -> str:
    """The place of a case under a seed, as text to sort by."""
    return hashlib.sha256(f"{seed}\n{reference}".encode()).hexdigest()


def share_out(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """`total` shared in proportion to the weights by largest remainders, in whole numbers.

    Nobody gets more than their weight. Of equal remainders the larger weight is served first, then
    the first by name. Source: Hamilton's method of apportionment.
    """
    whole = sum(weights.values())
    total = min(total, whole)
    if total <= 0:
        return dict.fromkeys(weights, 0)
    shares = {name: weight * total // whole for name, weight in weights.items()}
    left = total - sum(shares.values())
    order = sorted(
        weights, key=lambda name: (-(weights[name] * total % whole), -weights[name], name)
    )
    for name in order[:left]:
        shares[name] += 1
    return shares


@dataclass(frozen=True)
class DrawRules:
    """What decides a draw, besides the frame and what went before.

    `sizes` are fixed numbers by stratum, None for proportional ones. `cases_of_one_worker` is the
    limit of S3, 0 for none; `reserves_for_each` that of S4.
    """

    seed: str
    size: int
    by: StratumBy
    sizes: Mapping[str, int] | None = None
    cases_of_one_worker: int = 2
    reserves_for_each: int = 2
    one_child_of_family: bool = True


@dataclass(frozen=True)
class Stratum:
    """One stratum's numbers: in the frame, of those free to be drawn, wanted, drawn, reserves."""

    name: str
    in_frame: int
    may_be_drawn: int
    wanted: int
    drawn: int
    reserves: int

    @property
    def short(self) -> int:
        """How many could not be found."""
        return self.wanted - self.drawn


@dataclass(frozen=True)
class Exclusion:
    """The cases that one reason kept out, by reference in order; none where there was nobody."""

    because: ExcludedBecause
    cases: tuple[str, ...]


@dataclass(frozen=True)
class DrawResult:
    """A draw: cases in the order drawn, reserves by stratum in order, what was left out and why.

    `reserves` names every stratum that something was wanted of; `exclusions` every reason.
    """

    strata: tuple[Stratum, ...]
    drawn: tuple[FrameCase, ...]
    reserves: Mapping[str, tuple[FrameCase, ...]]
    exclusions: tuple[Exclusion, ...]


def draw(frame: Sequence[FrameCase], rules: DrawRules, facts: DrawFacts) -> DrawResult:
    """Draw by the rules (see the top of this file). The order of `frame` does not matter.

    Raises StratumUnknown for a fixed number of a stratum that is not there, NumberRefused for one
    below 0, and NothingToDraw.
    """
    kept_out = _kept_out_before(frame, facts, rules)
    out = {reference for cases in kept_out.values() for reference in cases}
    free = sorted(
        (case for case in frame if case.reference not in out),
        key=lambda case: rank(rules.seed, case.reference),
    )
    in_frame = Counter(case.stratum(rules.by) for case in frame)
    may_be_drawn = Counter(case.stratum(rules.by) for case in free)
    wanted = _wanted(rules, sorted(in_frame), may_be_drawn)
    taking = _Taking(rules, facts, wanted)
    taking.take(free)
    reserves = taking.reserves(free)
    kept_out |= taking.passed_over(free)
    drawn = Counter(case.stratum(rules.by) for case in taking.drawn)
    return DrawResult(
        strata=tuple(
            Stratum(
                name, in_frame[name], may_be_drawn[name], wanted[name], drawn[name],
                len(reserves.get(name, ())),
            )
            for name in sorted(in_frame)
        ),
        drawn=tuple(taking.drawn),
        reserves=reserves,
        exclusions=tuple(
            Exclusion(because, tuple(sorted(kept_out.get(because, ()))))
            for because in ExcludedBecause
        ),
    )  # fmt: skip


def _kept_out_before(
    frame: Sequence[FrameCase], facts: DrawFacts, rules: DrawRules
) -> dict[ExcludedBecause, set[str]]:
    """Each case is counted once, under the first reason that holds."""
    kept: dict[ExcludedBecause, set[str]] = defaultdict(set)
    kept[ExcludedBecause.CLOSED] = set(facts.closed)
    kept[ExcludedBecause.NOT_IN_LIST] = set(facts.not_in_list - facts.closed)
    not_open = facts.closed | facts.not_in_list
    families = facts.families_in_cycle - {""} if rules.one_child_of_family else frozenset()
    for case in frame:
        if case.reference in not_open:
            continue
        if case.reference in facts.audited_lately:
            kept[ExcludedBecause.AUDITED_LATELY].add(case.reference)
        elif case.reference in facts.cases_in_cycle or case.family in families:
            kept[ExcludedBecause.FAMILY_IN_CYCLE].add(case.reference)
    return kept


def _wanted(rules: DrawRules, names: list[str], free: Mapping[str, int]) -> dict[str, int]:
    if rules.sizes is None:
        wanted = share_out(rules.size, {name: free.get(name, 0) for name in names})
    else:
        _check_sizes(rules, rules.sizes, names)
        wanted = {name: rules.sizes.get(name, 0) for name in names}
    if sum(wanted.values()) <= 0:
        raise NothingToDraw(
            "There is nothing to draw: no case of the list is free, or the number is 0", "size"
        )
    return wanted


def _check_sizes(rules: DrawRules, sizes: Mapping[str, int], names: list[str]) -> None:
    unknown = sorted(set(sizes) - set(names))
    if unknown:
        raise StratumUnknown(
            f"The list has no {rules.by.words.lower()} “{unknown[0]}”. Choose from: "
            + ", ".join(names),
            "sizes",
        )
    below = sorted(name for name, number in sizes.items() if number < 0)
    if below:
        raise NumberRefused(f"Enter a number of 0 or more for {below[0]}", "sizes")


class _Taking:
    """The cases taken so far, with the room left in each stratum."""

    def __init__(self, rules: DrawRules, facts: DrawFacts, wanted: Mapping[str, int]) -> None:
        self.rules, self.wanted = rules, wanted
        self.room = dict(wanted)
        self.families: set[str] = set()
        self.workers = Counter(facts.workers_in_cycle)
        self.drawn: list[FrameCase] = []
        self.held: set[str] = set()

    def take(self, free: Sequence[FrameCase]) -> None:
        """Steps 3 and 4."""
        limit, waiting = self.rules.cases_of_one_worker, list(free)
        while waiting and any(self.room.values()):
            waiting = self._go_through(waiting, limit)
            self.held.update(case.reference for case in waiting)
            limit += 1

    def _go_through(self, waiting: Iterable[FrameCase], limit: int) -> list[FrameCase]:
        """Take what there is room for; whom only the limit held back is given."""
        held, left = [], sum(self.room.values())
        for case in waiting:
            if not self.room[case.stratum(self.rules.by)] or self._has_family(case):
                continue
            if self._has_enough(case, limit):
                held.append(case)
                continue
            self._add(case)
            left -= 1
            if not left:
                break
        return held

    def _has_family(self, case: FrameCase) -> bool:
        return self.rules.one_child_of_family and case.family in self.families

    def _has_enough(self, case: FrameCase, limit: int) -> bool:
        capped = self.rules.cases_of_one_worker > 0 and case.worker != ""
        return capped and self.workers[case.worker] >= limit

    def _add(self, case: FrameCase) -> None:
        self.drawn.append(case)
        self.room[case.stratum(self.rules.by)] -= 1
        self.workers[case.worker] += 1
        if case.family:
            self.families.add(case.family)

    def reserves(self, free: Sequence[FrameCase]) -> dict[str, tuple[FrameCase, ...]]:
        """Step 5."""
        limit, families = self.rules.cases_of_one_worker, set(self.families)
        taken = {case.reference for case in self.drawn}
        missing = {
            name: self.rules.reserves_for_each * wanted for name, wanted in self.wanted.items()
        }
        found: dict[str, list[FrameCase]] = {
            name: [] for name in sorted(self.wanted) if self.wanted[name]
        }
        # Twice by rank: first whose social worker is under the limit, then whose is at it.
        for at_the_limit in (False, True):
            for case in free:
                stratum = case.stratum(self.rules.by)
                known = self.rules.one_child_of_family and case.family in families
                if not missing[stratum] or known or case.reference in taken:
                    continue
                if self._has_enough(case, limit) is not at_the_limit:
                    continue
                found[stratum].append(case)
                missing[stratum] -= 1
                taken.add(case.reference)
                if case.family:
                    families.add(case.family)
        return {name: tuple(cases) for name, cases in found.items()}

    def passed_over(self, free: Iterable[FrameCase]) -> dict[ExcludedBecause, set[str]]:
        """What the draw itself left out, for the record.

        The limit of a social worker kept a case out only where one of a later rank was taken in its
        place: behind the last one that was drawn, a case had no luck and nothing else.
        """
        taken = {case.reference for case in self.drawn}
        siblings = {
            case.reference
            for case in free
            if self._has_family(case) and case.reference not in taken
        }
        last: dict[str, str] = {}
        for case in self.drawn:
            stratum = case.stratum(self.rules.by)
            last[stratum] = max(last.get(stratum, ""), rank(self.rules.seed, case.reference))
        held = {
            case.reference
            for case in free
            if case.reference in self.held
            and rank(self.rules.seed, case.reference) < last.get(case.stratum(self.rules.by), "")
        }
        return {
            ExcludedBecause.FAMILY_DRAWN: siblings,
            ExcludedBecause.WORKER_HAS_ENOUGH: held - taken - siblings,
        }
