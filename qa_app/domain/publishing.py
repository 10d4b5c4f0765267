"""How a report goes from draft to published, and which reports there are (R3)."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final
from uuid import UUID

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


class NotYours(DomainError):
    """Somebody else has to do this (R3)."""


def refuse_own_approval(
    person: UUID, checked_by: UUID | None, wrote: Collection[UUID | None]
) -> None:
    """Raises NotYours where the person checked the version or wrote in it: who approves a report
    is another than who made it (R3)."""
    if person == checked_by:
        raise NotYours("You checked this version. Another head of service or director approves it")
    if person in wrote:
        raise NotYours("You wrote in this version. Another head of service or director approves it")


class Standing(StrEnum):
    """What a version is to its readers beside the other versions of its report."""

    IN_WORK = "in work"
    CURRENT = "current"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"

    @property
    def words(self) -> str:
        """The standing as a list says it."""
        return self.value.capitalize()


_PUBLIC_STATES: Final = (ReportState.PUBLISHED, ReportState.WITHDRAWN)


def standing(number: int, state: ReportState, latest: int | None) -> Standing:
    """What a version is: `latest` is the number of the report's last version that was ever
    published, None where there is none.

    A version that was superseded stays so when the one after it is withdrawn: it was found to be
    wrong, and its erratum is still true. The report then has no current version.
    """
    if state not in _PUBLIC_STATES:
        return Standing.IN_WORK
    if state is ReportState.WITHDRAWN:
        return Standing.WITHDRAWN
    return Standing.CURRENT if number == latest else Standing.SUPERSEDED
