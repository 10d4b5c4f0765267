"""What a moderator says beside a grade that differs from the auditor's, and by when the auditor
answers (M4, M5)."""

from collections.abc import Container
from datetime import date
from enum import StrEnum
from typing import Final

from qa_app.domain.calendar import WorkingCalendar
from qa_app.domain.grades import Grade


class ReasonCode(StrEnum):
    """Why a moderator's grade differs (M4)."""

    EVIDENCE_MISSED = "evidence_missed"
    THRESHOLD = "threshold"
    DESCRIPTOR_MISREAD = "descriptor_misread"
    NEW_INFORMATION = "new_information"
    OTHER = "other"

    @property
    def words(self) -> str:
        """The reason as a page says it."""
        return _WORDS[self]


_WORDS: Final = {
    ReasonCode.EVIDENCE_MISSED: "Evidence on the file was missed",
    ReasonCode.THRESHOLD: "The threshold between two grades was placed differently",
    ReasonCode.DESCRIPTOR_MISREAD: "The grade descriptor was read differently",
    ReasonCode.NEW_INFORMATION: "There is information that the auditor did not have",
    ReasonCode.OTHER: "Another reason",
}

RECORD_OPENED_FOR: Final = frozenset({Grade.OUTSTANDING, Grade.INADEQUATE})
"""Overall grades that nobody gives without having opened the child's record (M2)."""


def must_open_record(*grades: Grade | None, blind: bool = False) -> bool:
    """Whether a moderator has to say that they opened the child's record (M2).

    `grades` are the overall ones of everybody so far, this moderator's among them: any may be the
    one that stands. For a blind moderation it is always said.
    """
    return blind or not RECORD_OPENED_FOR.isdisjoint(set(grades) - {None})


def answer_by(sent_on: date, days: int, calendar: WorkingCalendar, away: Container[date]) -> date:
    """The last day for an auditor's answer: the nth working day after `sent_on` on which they are
    there (M4). Days in `away` are not counted; with 0 days it is `sent_on` itself.
    """
    day = sent_on
    for _ in range(days):
        day = calendar.next_working_day(day)
        while day in away:
            day = calendar.next_working_day(day)
    return day
