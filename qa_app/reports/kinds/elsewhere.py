"""Figures from elsewhere as a report prints them: beside ours and marked as such (R1)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from qa_app.reports.document import Bullets
from qa_app.reports.figures.figure import SUPPRESSED
from qa_app.reports.kinds.recipe import Other, Telling

FEWEST_SHOWN: Final = 6
"""A public version hides counts below this, other than zero (R5)."""


@dataclass(frozen=True)
class Elsewhere(Other):
    """A figure from elsewhere with its counts, so that a public version can hide small ones (R5).

    `source` is ``complaints team, 3 May 2023``; `text` prints counts, percentage and source.
    """

    numerator: int = 0
    denominator: int | None = None
    source: str = ""

    @property
    def public_text(self) -> str:
        """The text with a count of 1 to 5, or a rest of 1 to 5, hidden."""
        counts = [self.numerator]
        if self.denominator is not None:
            counts += [self.denominator, self.denominator - self.numerator]
        small = any(0 < count < FEWEST_SHOWN for count in counts)
        return f"{SUPPRESSED}. {mark_of(self.source)}" if small else self.text


def mark_of(source: str) -> str:
    """How a figure that is not ours is marked wherever it stands (R1)."""
    return f"From elsewhere: {source}"


def from_elsewhere(telling: Telling, section: str) -> list[Bullets]:
    """The figures from elsewhere of one section, each marked with its source and date (R1).

    A public version prints only those whose counts are known, since it hides small ones.
    """
    lines = tuple(_lines(telling, section))
    return [Bullets(lines)] if lines else []


def _lines(telling: Telling, section: str) -> Iterator[str]:
    for other in telling.others:
        if other.section != section:
            continue
        if isinstance(other, Elsewhere):
            yield f"{other.words}: {other.public_text if telling.public else other.text}"
        elif not telling.public:
            yield mark_of(f"{other.words}, {other.text}")
