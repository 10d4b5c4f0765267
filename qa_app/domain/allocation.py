"""Who audits which case: the question, what makes an answer good, and what is wrong with one.

The question is answered elsewhere (`qa_app.programme.solver`); what S6 and S7 say of an answer is
said here, of the solver's as of one that somebody changed by hand.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

TIE_BITS: Final = 20
"""Ties are broken by so many bits of SHA-256: whole numbers that a solver adds up exactly."""


@dataclass(frozen=True)
class Auditor:
    """Somebody to whom cases may go. `role` is the kind of their post; `expected` how many audits
    are due of them, `given` how many they have, both in the cycle or batch."""

    id: str
    role: str
    expected: int
    given: int = 0

    @property
    def ahead(self) -> int:
        """How many audits they have beyond what is expected (less than 0: still to come)."""
        return self.given - self.expected


@dataclass(frozen=True)
class Pair:
    """That an auditor may audit a case (S6). `colleague`: the child's IRO or chair is a colleague
    in their own service; `own_service`: the child's team is in it."""

    colleague: bool = False
    own_service: bool = False


@dataclass(frozen=True)
class Question:
    """Cases to be given, the auditors, and for each (case, auditor) that S6 allows, a Pair.

    `difference` is the number of S7. The order of anything here does not matter.
    """

    seed: str
    cases: tuple[str, ...]
    auditors: tuple[Auditor, ...]
    pairs: Mapping[tuple[str, str], Pair]
    difference: int = 1

    def may(self, case: str, auditor: str) -> bool:
        """Whether the auditor may have the case."""
        return (case, auditor) in self.pairs


def tie_break(seed: str, case: str, auditor: str) -> int:
    """A number that chooses between answers which are equally good, the same on every machine."""
    digest = hashlib.sha256(f"{seed}\n{case}\n{auditor}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> (32 - TIE_BITS)


class Wrong(StrEnum):
    """What can be wrong with an answer."""

    NOBODY = "nobody"
    UNFAIR = "unfair"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class Behind:
    """An auditor who has less than S7 asks for, beside `ahead`, those of the role who have more.

    Of the cases that those were given, S6 keeps them from `barred_from`; `could_take` are the rest.
    """

    auditor: str
    load: int
    ahead: tuple[str, ...]
    barred_from: tuple[str, ...]
    could_take: tuple[str, ...]


@dataclass(frozen=True)
class Assessment:
    """An answer looked at: loads by auditor, cases that nobody has, who is behind (S7), and who is
    asked for more than is expected (`over`: auditor → by how many)."""

    loads: Mapping[str, int]
    unplaced: tuple[str, ...]
    behind: tuple[Behind, ...]
    over: Mapping[str, int]

    @property
    def fair(self) -> bool:
        """Whether S7 holds."""
        return not self.behind

    @property
    def wrong(self) -> list[Wrong]:
        """What is wrong, worst first."""
        found = (
            (Wrong.NOBODY, self.unplaced),
            (Wrong.UNFAIR, self.behind),
            (Wrong.TOO_MANY, self.over),
        )
        return [wrong for wrong, any_of_it in found if any_of_it]


def assess(question: Question, placed: Mapping[str, str]) -> Assessment:
    """Look at an answer: case → auditor, cases that nobody has left out.

    An auditor who is not in the question is not measured by S7.
    """
    new = Counter(placed[case] for case in question.cases if case in placed)
    loads = {each.id: each.given + new[each.id] for each in question.auditors}
    return Assessment(
        loads=loads,
        unplaced=tuple(sorted(case for case in question.cases if case not in placed)),
        behind=tuple(_behind(question, placed, new)),
        over={
            each.id: min(each.ahead + new[each.id], new[each.id])
            for each in question.auditors
            if new[each.id] and each.ahead + new[each.id] > 0
        },
    )


def _behind(
    question: Question, placed: Mapping[str, str], new: Mapping[str, int]
) -> Iterator[Behind]:
    """S7: loads of one role may differ by the difference, or as far as expectations do.

    Only what this answer gives can be unfair: nobody is measured against a load that somebody came
    with.
    """
    auditors = sorted(question.auditors, key=lambda each: each.id)
    for each in auditors:
        ahead = [
            other.id
            for other in auditors
            if other.role == each.role
            and new[other.id]
            and _apart(other, each, new) > question.difference
        ]
        if ahead:
            theirs = sorted(case for case in question.cases if placed.get(case) in ahead)
            yield Behind(
                each.id,
                each.given + new[each.id],
                tuple(ahead),
                tuple(case for case in theirs if not question.may(case, each.id)),
                tuple(case for case in theirs if question.may(case, each.id)),
            )


def _apart(more: Auditor, less: Auditor, new: Mapping[str, int]) -> int:
    """By how many audits two loads differ, as far as expectations do not explain it."""
    by_load = more.given + new[more.id] - less.given - new[less.id]
    return min(by_load, by_load - more.expected + less.expected)
