"""Figures together with what must be printed beside them: basis, data cut, who is waited for."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from qa_app.domain.calendar import Month
from qa_app.domain.measures import (
    COMPLETED_MEASURE,
    GRADES_MEASURE,
    MEASURES,
    MODERATED_MEASURE,
    OUTSTANDING_MEASURE,
    Figure,
)
from qa_app.formatting import count_words, datetime_words
from qa_app.reports.asked import Asked, GradeBasis, Part, PartKind

AWAITING = "Awaiting a final grade"


@dataclass(frozen=True)
class Beside:
    """A count printed beside a measure and never inside it, for each month."""

    measure: str
    words: str
    numbers: Mapping[Month, int]

    @property
    def says_something(self) -> bool:
        """Whether any month has one."""
        return any(self.numbers.values())


@dataclass(frozen=True)
class MeasureSet:
    """The answer to one question: its figures by measure and month, in print order."""

    asked: Asked
    figures: tuple[Figure, ...]
    beside: tuple[Beside, ...]

    def of(self, measure: str) -> list[Figure]:
        """One measure's figures, month after month."""
        return [figure for figure in self.figures if figure.measure == measure]

    def beside_of(self, measure: str) -> list[Beside]:
        """What is printed beside one measure; counts that are zero in every month are left out."""
        return [each for each in self.beside if each.measure == measure and each.says_something]

    @property
    def awaiting(self) -> Mapping[Month, int]:
        """Audits completed in each month that have no final grade yet."""
        return next(each.numbers for each in self.beside if each.words == AWAITING)

    @property
    def provisional(self) -> bool:
        """Whether figures may still change because audits of the period await a final grade."""
        return any(self.awaiting.values())

    @property
    def months_words(self) -> str:
        """``November 2022 to April 2023``, or the one month."""
        first, last = self.asked.first.words, self.asked.last.words
        return first if first == last else f"{first} to {last}"

    def caption(self, measure: str) -> str:
        """``MTM-1: Audit grades each month, November 2022 to April 2023``."""
        return f"{measure}: {MEASURES[measure].title}, {self.months_words}"

    def basis(self, measure: str) -> str:
        """Scope, basis, selection, data cut and whether provisional, in one line (R1, S5)."""
        said = basis_words(self.asked, measure)
        if self.provisional:
            waiting = count_words(sum(self.awaiting.values()), "audit")
            verb = "awaits" if sum(self.awaiting.values()) == 1 else "await"
            said.append(f"Provisional: {waiting} {verb} a final grade")
        return ". ".join(said) + "."


def basis_words(asked: Asked, measure: str) -> list[str]:
    """Scope, basis, selection and data cut of one measure, each a sentence without its stop."""
    return [
        scope_words(asked.part),
        MEASURES[measure].basis,
        *_counted(asked, measure),
        *_left_out(asked, measure),
        f"Data as at {datetime_words(asked.at)}",
    ]


def _left_out(asked: Asked, measure: str) -> Iterator[str]:
    """Said to whoever may moderate audits of others, whether or not there is one now (M3)."""
    by_auditor = measure == GRADES_MEASURE and asked.grades is GradeBasis.AUDITOR
    if not asked.reads_all and (by_auditor or measure == OUTSTANDING_MEASURE):
        yield ("Without audits of other services that are still to be moderated blind")


def scope_words(part: Part | None) -> str:
    """Whose figures these are, as a caption begins."""
    if part is None:
        return "Whole authority"
    return part.name if part.kind is not PartKind.PLAN_TYPE else f"Plan type {part.name}"


def _counted(asked: Asked, measure: str) -> Iterator[str]:
    selection = asked.selection.words
    if measure == GRADES_MEASURE:
        yield f"Counted by {asked.grades.words}"
    if measure in (COMPLETED_MEASURE, MODERATED_MEASURE):
        # What is due is due whichever way its case was chosen.
        yield "All audits of the cycle"
    elif measure == OUTSTANDING_MEASURE:
        yield f"Actions on {selection}"
    else:
        yield selection.capitalize()
