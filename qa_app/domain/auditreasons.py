"""Why an audit is put back, withdrawn, or loses its second auditor: short lists, with words."""

from enum import StrEnum
from typing import Final, Protocol

from qa_app.domain.errors import DomainError

LONGEST: Final = 300
"""Characters of a reason in one's own words: it stands in the history, which nobody changes."""


class WordsNeeded(DomainError):
    """“Another reason” without the reason, or with too long a one."""


class Reason(Protocol):
    """One entry of a list of reasons."""

    @property
    def words(self) -> str:
        """The reason as the timeline says it."""

    @property
    def needs_words(self) -> bool:
        """Whether it says nothing without words of one's own."""


class UnstartReason(StrEnum):
    """Why an audit goes back to not started."""

    BY_MISTAKE = "by_mistake"
    WRONG_CASE = "wrong_case"
    ANOTHER_AUDITOR = "another_auditor"
    OTHER = "other"

    @property
    def words(self) -> str:
        """The reason as the timeline says it."""
        return UNSTART_WORDS[self]

    @property
    def needs_words(self) -> bool:
        """Only another reason has to be told."""
        return self is UnstartReason.OTHER


UNSTART_WORDS: Final = {
    UnstartReason.BY_MISTAKE: "Opened by mistake",
    UnstartReason.WRONG_CASE: "The wrong case was read",
    UnstartReason.ANOTHER_AUDITOR: "Another auditor is to begin",
    UnstartReason.OTHER: "Another reason",
}


class WithdrawReason(StrEnum):
    """Why an audit is withdrawn."""

    CASE_CLOSED = "case_closed"
    GIVEN_BY_MISTAKE = "given_by_mistake"
    NOT_NOW = "not_now"
    NOBODY = "nobody"
    OTHER = "other"

    @property
    def words(self) -> str:
        """The reason as the timeline says it."""
        return WITHDRAW_WORDS[self]

    @property
    def needs_words(self) -> bool:
        """Only another reason has to be told."""
        return self is WithdrawReason.OTHER


WITHDRAW_WORDS: Final = {
    WithdrawReason.CASE_CLOSED: "The case was closed, or moved to another authority",
    WithdrawReason.GIVEN_BY_MISTAKE: "It was given by mistake",
    WithdrawReason.NOT_NOW: "This case cannot be audited now",
    WithdrawReason.NOBODY: "No auditor can do it",
    WithdrawReason.OTHER: "Another reason",
}


class TakenOffBecause(StrEnum):
    """Why the second auditor of an audit is taken off it."""

    DONE = "done"
    AWAY = "away"
    NOT_INDEPENDENT = "not_independent"
    OTHER = "other"

    @property
    def words(self) -> str:
        """The reason as the timeline says it."""
        return TAKEN_OFF_WORDS[self]

    @property
    def needs_words(self) -> bool:
        """Only another reason has to be told."""
        return self is TakenOffBecause.OTHER


TAKEN_OFF_WORDS: Final = {
    TakenOffBecause.DONE: "Their part is done",
    TakenOffBecause.AWAY: "They cannot take part",
    TakenOffBecause.NOT_INDEPENDENT: "They are not independent of this child’s case",
    TakenOffBecause.OTHER: "Another reason",
}


def in_words(reason: Reason, own: str = "") -> str:
    """The reason in words: the list's, with one's own after it, or one's own for another reason.

    Raises WordsNeeded where only one's own would say something, and above `LONGEST` characters.
    """
    own = " ".join(own.split())
    if len(own) > LONGEST:
        raise WordsNeeded(f"Say it in {LONGEST} characters or fewer", "words")
    if reason.needs_words:
        if not own:
            raise WordsNeeded("Enter the reason", "words")
        return own
    return f"{reason.words}: {own}" if own else reason.words
