"""How much of what may identify a child or family is found in free text, and how much else (A11).

`python -m bench.identifiers` reads tests/data/identifiers.csv, sentences as auditors write them,
with what ought to be found in each. It prints recall and precision by kind, with n and 95%
intervals, for all of them and for each half. A hit counts only when kind and text are exactly
those expected. `--verbose` adds each miss and each false hit.

The first half of the sentences was written before the patterns, the second after them and before
they had been tried on it: bench/RESULTS.md says what the second half gave at first.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from qa_app.domain.identifiers import IdentifierKind, find_identifiers
from qa_app.domain.intervals import wilson

LABELLED = Path(__file__).resolve().parent.parent / "tests" / "data" / "identifiers.csv"
HALVES = ("first", "second")

Hit = tuple[IdentifierKind, str]


@dataclass(frozen=True)
class Sentence:
    """One labelled sentence: what is expected in it, in any order, and the half that it is of."""

    text: str
    expected: tuple[Hit, ...]
    half: str


@dataclass
class Tally:
    """Counts by kind, and the sentences in which something was missed or found wrongly."""

    right: Counter[IdentifierKind] = field(default_factory=Counter)
    missed: list[tuple[Hit, str]] = field(default_factory=list)
    false: list[tuple[Hit, str]] = field(default_factory=list)
    without: int = 0
    without_but_hit: int = 0

    def recall(self, kinds: Iterable[IdentifierKind]) -> tuple[int, int]:
        """Found of those that ought to be."""
        right = sum(self.right[kind] for kind in kinds)
        return right, right + sum(hit[0] in kinds for hit, _ in self.missed)

    def precision(self, kinds: Iterable[IdentifierKind]) -> tuple[int, int]:
        """Right of those that were found."""
        right = sum(self.right[kind] for kind in kinds)
        return right, right + sum(hit[0] in kinds for hit, _ in self.false)


def read() -> list[Sentence]:
    """The labelled set."""
    with LABELLED.open(encoding="utf-8", newline="") as file:
        return [
            Sentence(row["sentence"], tuple(_hits(row["expected"])), row["half"])
            for row in csv.DictReader(file)
        ]


def _hits(expected: str) -> Iterable[Hit]:
    for each in filter(None, expected.split(" | ")):
        kind, text = each.split(":", 1)
        yield IdentifierKind(kind), text


def measure(sentences: Iterable[Sentence]) -> Tally:
    """What the patterns make of the sentences."""
    tally = Tally()
    for sentence in sentences:
        found = [(each.kind, each.text) for each in find_identifiers(sentence.text)]
        tally.without += not sentence.expected
        tally.without_but_hit += not sentence.expected and bool(found)
        for hit in sentence.expected:
            if hit in found:
                found.remove(hit)
                tally.right[hit[0]] += 1
            else:
                tally.missed.append((hit, sentence.text))
        tally.false += [(hit, sentence.text) for hit in found]
    return tally


def _share(counts: tuple[int, int]) -> str:
    right, n = counts
    low, high = wilson(right, n)
    return f"{right:>4} of {n:<4} {right / n:>6.1%} ({low:.0%} to {high:.0%})"


def show(title: str, sentences: Sequence[Sentence]) -> Tally:
    """Print a table of one part of the set."""
    tally = measure(sentences)
    hit = f"{tally.without_but_hit} of the {tally.without} without anything got a hint"
    print(f"\n{title}: {len(sentences)} sentences; {hit}")
    print(f"{'':24}{'recall':34}precision")
    rows = [(kind.words, (kind,)) for kind in IdentifierKind]
    for words, kinds in [*rows, ("all", tuple(IdentifierKind))]:
        print(f"{words:24}{_share(tally.recall(kinds)):34}{_share(tally.precision(kinds))}")
    return tally


def main(verbose: bool) -> None:
    """Print the whole set's figures, then each half's."""
    sentences = read()
    tally = show("All", sentences)
    for half in HALVES:
        show(f"The {half} half", [each for each in sentences if each.half == half])
    if verbose:
        for name, places in (("missed", tally.missed), ("false hit", tally.false)):
            for (kind, text), sentence in places:
                print(f"\n{name}: {kind.words}, {text!r}\n    {sentence}")


if __name__ == "__main__":
    main("--verbose" in sys.argv[1:])
