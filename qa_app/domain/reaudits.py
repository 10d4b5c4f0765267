"""Auditing a case again after an Inadequate audit: where it stands, and what moved (E2, E8, Q-6).

That a re-audit is owed is read from the first audit's standing grade; nothing has to be stored for
it, and so nothing can be lost.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from qa_app.domain.calendar import WorkingCalendar
from qa_app.domain.completeness import Gap
from qa_app.domain.grades import Grade, is_better
from qa_app.domain.intervals import TOO_FEW, too_few_to_say
from qa_app.domain.measures import percentage_text
from qa_app.domain.settings import default_number

RE_AUDIT_MEASURE: Final = "Q-6"

REGRESSION_TO_THE_MEAN: Final = (
    "These audits were chosen because their first grade was the lowest there is. A grade chosen "
    "for being low tends to be higher the next time whether or not practice changed (regression "
    "to the mean), so a rise is not by itself proof that practice improved: read it together with "
    "what became of each section, and with what was done."
)


class ReAuditState(StrEnum):
    """Where the auditing again of a case stands; what is owed is one of the first three."""

    PROPOSED = "proposed"
    DUE = "due"
    LATE = "late"
    GIVEN = "given"
    DONE = "done"
    CALLED_OFF = "called_off"
    LET_GO = "let_go"

    @property
    def words(self) -> str:
        """The state as a page says it."""
        return _STATE_WORDS[self]


_STATE_WORDS: Final = {
    ReAuditState.PROPOSED: "To be given",
    ReAuditState.DUE: "Due soon",
    ReAuditState.LATE: "Late",
    ReAuditState.GIVEN: "Under way",
    ReAuditState.DONE: "Done",
    ReAuditState.CALLED_OFF: "Called off",
    ReAuditState.LET_GO: "No longer asked for",
}

OWED: Final = (ReAuditState.LATE, ReAuditState.DUE, ReAuditState.PROPOSED)
"""The states of what is still to be given, the most pressing first."""


@dataclass(frozen=True)
class ReAuditFacts:
    """What is known of one first audit: whether it stands as Inadequate now, the last day in time,
    and what was decided. A re-audit that was withdrawn is not `given`: it is owed again."""

    stands: bool
    due_on: date
    given: bool = False
    final: bool = False
    called_off: bool = False


def state_of(
    facts: ReAuditFacts,
    today: date,
    calendar: WorkingCalendar,
    soon: int = default_number("re_audit_soon"),
) -> ReAuditState:
    """Where it stands today (E2, E8); `soon` is in working days before the due date.

    What was decided stands whatever became of the first grade since; where nothing was, nothing is
    asked for once the first audit no longer stands as Inadequate.
    """
    if facts.given:
        return ReAuditState.DONE if facts.final else ReAuditState.GIVEN
    if facts.called_off:
        return ReAuditState.CALLED_OFF
    if not facts.stands:
        return ReAuditState.LET_GO
    if today > facts.due_on:
        return ReAuditState.LATE
    near = calendar.working_days_between(today, facts.due_on) <= soon
    return ReAuditState.DUE if near else ReAuditState.PROPOSED


class Movement(StrEnum):
    """Which way a grade moved from the first audit to the second."""

    UP = "up"
    SAME = "same"
    DOWN = "down"

    @property
    def words(self) -> str:
        """The movement as a page says it."""
        return _MOVEMENT_WORDS[self]


_MOVEMENT_WORDS: Final = {
    Movement.UP: "Better",
    Movement.SAME: "The same",
    Movement.DOWN: "Worse",
}


def movement_of(first: Grade | None, second: Grade | None) -> Movement | None:
    """Which way it moved; None where either has no grade."""
    if first is None or second is None:
        return None
    if first is second:
        return Movement.SAME
    return Movement.UP if is_better(second, first) else Movement.DOWN


@dataclass(frozen=True)
class Movements:
    """Q-6: pairs of a first audit and its re-audit, by which way the overall grade moved."""

    up: int = 0
    same: int = 0
    down: int = 0

    @property
    def n(self) -> int:
        """All pairs."""
        return self.up + self.same + self.down

    def of(self, movement: Movement) -> int:
        """How many moved this way."""
        return {Movement.UP: self.up, Movement.SAME: self.same, Movement.DOWN: self.down}[movement]

    def share(
        self, movement: Movement, fewest: int = default_number("too_few_to_say_below")
    ) -> str:
        """The share that moved this way, as it is printed; “too few to say” below `fewest` (R6)."""
        if too_few_to_say(self.n, fewest):
            return TOO_FEW
        return percentage_text(self.of(movement), self.n)


def count_movements(pairs: Iterable[tuple[Grade | None, Grade | None]]) -> Movements:
    """The movements of pairs (first grade, second grade); one without both grades is no pair."""
    found = [movement_of(first, second) for first, second in pairs]
    return Movements(
        found.count(Movement.UP), found.count(Movement.SAME), found.count(Movement.DOWN)
    )


def asks_what_became(grade: Grade | None) -> bool:
    """Whether a re-audit says what became of a section with this first grade: one below Good."""
    return grade is not None and is_better(Grade.GOOD, grade)


def since_gaps(asked: Iterable[tuple[str, str]], answered: Iterable[str]) -> list[Gap]:
    """What a re-audit lacks while it does not say what became of a section (E8).

    `asked` are (code, title) of the sections that the first audit graded below Good, `answered`
    the codes of those that were answered; a gap's field is ``since.<code>.answer``.
    """
    done = set(answered)
    return [
        Gap(None, f"since.{code}.answer", f"Say what became of “{title}” since the first audit")
        for code, title in asked
        if code not in done
    ]
