"""What is done about a theme, and how it will be judged (T3, T4)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class ThemeChangeKind(StrEnum):
    """What became of a theme (T1)."""

    MERGED = "merged"
    SPLIT = "split"
    ENDED = "ended"
    REOPENED = "reopened"


class ResponseKind(StrEnum):
    """T3: what is done about a theme."""

    TRAINING = "training"
    GUIDANCE = "guidance"
    BRIEFING = "briefing"
    SERVICE_ACTION = "service_action"

    @property
    def words(self) -> str:
        """The kind as a page says it."""
        return RESPONSE_WORDS[self]


RESPONSE_WORDS: Final[Mapping[ResponseKind, str]] = {
    ResponseKind.TRAINING: "Training",
    ResponseKind.GUIDANCE: "Guidance",
    ResponseKind.BRIEFING: "Briefing",
    ResponseKind.SERVICE_ACTION: "Action of a service",
}


class JudgedBy(StrEnum):
    """T3: the measure by which a response is judged, before and after."""

    THEME = "theme"
    SECTION = "section"
    STANDARD = "standard"
    GRADES = "grades"

    @property
    def words(self) -> str:
        """The measure as a list of choices says it."""
        return JUDGED_WORDS[self]


JUDGED_WORDS: Final[Mapping[JudgedBy, str]] = {
    JudgedBy.THEME: "Share of audits with an area for development under this theme",
    JudgedBy.SECTION: "Share of a section’s grades that are Good or Outstanding",
    JudgedBy.STANDARD: "Share of audits in which a practice standard was met",
    JudgedBy.GRADES: "Share of audits graded Good or Outstanding",
}
