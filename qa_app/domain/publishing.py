"""How a report goes from draft to published, and which reports there are (R3)."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from qa_app.domain.errors import DomainError


class ReportKind(StrEnum):
    """The sets of the quality assurance framework."""

    HIGHLIGHT = "highlight"
    COMPLIANCE = "compliance"
    QUALITY_MATTERS = "quality-matters"
    BRIEFING = "briefing"
    QUARTERLY = "quarterly"
    ANNUAL = "annual"

    @property
    def words(self) -> str:
        """The report as a list names it."""
        return KIND_WORDS[self]


KIND_WORDS: Final[Mapping[ReportKind, str]] = {
    ReportKind.HIGHLIGHT: "QA highlight report",
    ReportKind.COMPLIANCE: "QA compliance report",
    ReportKind.QUALITY_MATTERS: "Quality Matters",
    ReportKind.BRIEFING: "Best practice briefing",
    ReportKind.QUARTERLY: "Quarterly thematic report",
    ReportKind.ANNUAL: "Annual thematic report",
}

MONTHLY: Final = (
    ReportKind.HIGHLIGHT,
    ReportKind.COMPLIANCE,
    ReportKind.QUALITY_MATTERS,
    ReportKind.BRIEFING,
)


class ReportState(StrEnum):
    """Draft → checked → approved → published; a published version can only be withdrawn."""

    DRAFT = "draft"
    CHECKED = "checked"
    APPROVED = "approved"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"

    @property
    def words(self) -> str:
        """The state as a page says it."""
        return self.value.capitalize()


class ReportMove(StrEnum):
    """What is done to a version."""

    CHECK = "check"
    APPROVE = "approve"
    TAKE_BACK = "take_back"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


TRANSITIONS: Final[Mapping[tuple[ReportState, ReportMove], ReportState]] = {
    (ReportState.DRAFT, ReportMove.CHECK): ReportState.CHECKED,
    (ReportState.CHECKED, ReportMove.APPROVE): ReportState.APPROVED,
    (ReportState.CHECKED, ReportMove.TAKE_BACK): ReportState.DRAFT,
    (ReportState.APPROVED, ReportMove.TAKE_BACK): ReportState.DRAFT,
    (ReportState.APPROVED, ReportMove.PUBLISH): ReportState.PUBLISHED,
    (ReportState.PUBLISHED, ReportMove.WITHDRAW): ReportState.WITHDRAWN,
}


class NotNow(DomainError):
    """The version is in another state."""


def advance(state: ReportState, move: ReportMove) -> ReportState:
    """The state after a move. NotNow where the version is not in a state for it."""
    after = TRANSITIONS.get((state, move))
    if after is None:
        doing = move.value.replace("_", " ")
        raise NotNow(
            f"You cannot {doing} this version: it is {state.words.lower()}. Open it again to see "
            "what it is waiting for"
        )
    return after
