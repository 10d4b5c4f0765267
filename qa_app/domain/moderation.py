"""What a moderator says beside a grade that differs from the auditor's (M4)."""

from enum import StrEnum
from typing import Final

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


def must_open_record(auditor: Grade | None, moderator: Grade | None) -> bool:
    """Whether the moderator has to say that they opened the child's record (M2).

    The auditor's overall grade counts, and the moderator's: either may be the one that stands.
    """
    return not RECORD_OPENED_FOR.isdisjoint({auditor, moderator} - {None})
