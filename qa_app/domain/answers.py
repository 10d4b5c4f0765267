"""The codes of an audit's answers: kinds of question and finding, voices, and "safe now"."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class QuestionKind(StrEnum):
    """A2: compliance (yes or no) or quality (a grade with evidence); or plain text."""

    COMPLIANCE = "compliance"
    QUALITY = "quality"
    TEXT = "text"


class FindingKind(StrEnum):
    """A4: a strength, or an area for development."""

    STRENGTH = "strength"
    DEVELOPMENT = "development"

    @property
    def words(self) -> str:
        return "Strength" if self is FindingKind.STRENGTH else "Area for development"


class FindingAbout(StrEnum):
    """A4: about what was done, or only about what was written down."""

    PRACTICE = "practice"
    RECORDING = "recording"

    @property
    def words(self) -> str:
        return "Practice" if self is FindingAbout.PRACTICE else "Recording only"


class VoiceOf(StrEnum):
    """A5: those whom an audit listens to."""

    SOCIAL_WORKER = "social_worker"
    TEAM_MANAGER = "team_manager"
    CHILD = "child"
    PARENTS = "parents"

    @property
    def words(self) -> str:
        return VOICE_WORDS[self]


VOICE_WORDS: Final[Mapping[VoiceOf, str]] = {
    VoiceOf.SOCIAL_WORKER: "the social worker",
    VoiceOf.TEAM_MANAGER: "the team manager",
    VoiceOf.CHILD: "the child",
    VoiceOf.PARENTS: "the parents or carers",
}

FAMILY: Final = frozenset({VoiceOf.CHILD, VoiceOf.PARENTS})


class ContributionKind(StrEnum):
    """What a social worker or team manager writes to an audit: a view during it, a reply after."""

    VIEW = "view"
    REPLY = "reply"


class FactAnswer(StrEnum):
    """A12: what the auditor did about something that was said not to be right."""

    CORRECTED = "corrected"
    STANDS = "stands"

    @property
    def words(self) -> str:
        return "Corrected" if self is FactAnswer.CORRECTED else "Stands as it was written"


class SafeNow(StrEnum):
    """A10: the answer to "Is this child safe now?"."""

    YES = "yes"
    NO = "no"
    CANNOT_TELL = "cannot_tell"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ").capitalize()
