"""The lists of a draw: what it is stratified by, why a case is left out, why one is replaced."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from qa_app.domain.errors import DomainError


class StratumBy(StrEnum):
    """What a draw is stratified by (S2)."""

    TEAM = "team"
    SERVICE = "service"
    PLAN = "plan"

    @property
    def words(self) -> str:
        """What a stratum is, as a page says it."""
        return "Plan type" if self is StratumBy.PLAN else self.value.capitalize()


class ExcludedBecause(StrEnum):
    """Why a case was left out (S3). A case that only had no luck is not excluded."""

    CLOSED = "closed"
    NOT_IN_LIST = "not_in_list"
    AUDITED_LATELY = "audited_lately"
    FAMILY_IN_CYCLE = "family_in_cycle"
    FAMILY_DRAWN = "family_drawn"
    WORKER_HAS_ENOUGH = "worker_has_enough"

    @property
    def words(self) -> str:
        """The reason as a page says it."""
        return EXCLUDED_WORDS[self]

    @property
    def rule(self) -> str:
        """The number of the rule that it follows."""
        return "S1" if self is ExcludedBecause.NOT_IN_LIST else "S3"


EXCLUDED_WORDS: Final[Mapping[ExcludedBecause, str]] = {
    ExcludedBecause.CLOSED: "The case was closed",
    ExcludedBecause.NOT_IN_LIST: "The case system’s newest list no longer names the case",
    ExcludedBecause.AUDITED_LATELY: "Audited lately, or being audited",
    ExcludedBecause.FAMILY_IN_CYCLE: "The child, or a brother or sister, is being audited already",
    ExcludedBecause.FAMILY_DRAWN: "A brother or sister was drawn",
    ExcludedBecause.WORKER_HAS_ENOUGH: "The social worker has enough cases being audited",
}


class ReplacedBecause(StrEnum):
    """The list of reasons for taking a reserve in place of a drawn case (S4)."""

    CLOSED = "closed"
    MOVED = "moved"
    NO_AUDITOR = "no_auditor"
    NOT_NOW = "not_now"
    WRONG_DATA = "wrong_data"
    OTHER = "other"

    @property
    def words(self) -> str:
        """The reason as a page says it."""
        return REPLACED_WORDS[self]


REPLACED_WORDS: Final[Mapping[ReplacedBecause, str]] = {
    ReplacedBecause.CLOSED: "The case has closed since the list was made",
    ReplacedBecause.MOVED: "The child has moved to another authority’s care",
    ReplacedBecause.NO_AUDITOR: "No auditor is independent of this child",
    ReplacedBecause.NOT_NOW: "An audit now would get in the way of keeping the child safe",
    ReplacedBecause.WRONG_DATA: "The list was wrong about this case",
    ReplacedBecause.OTHER: "Another reason",
}


class StratumUnknown(DomainError):
    """A number was given for a stratum that the frame does not have."""


class NothingToDraw(DomainError):
    """A draw of nothing, or from nothing."""


class NumberRefused(DomainError):
    """A number of cases below 0, or one that cannot be read."""
