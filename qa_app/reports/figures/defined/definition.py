"""What a measure's definition says, and the words that several share."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Whose(StrEnum):
    """What the scopes of a measure are, beside "authority"."""

    AUTHORITY = "authority"
    SERVICE = "service"
    TEAM = "team"
    ROLE = "role"
    PLAN_TYPE = "plan type"


@dataclass(frozen=True)
class Definition:
    """A measure's definition as the report's method prints it.

    `denominator` is None for a plain count, and `decimals` then too. `categories` says what its
    categories are, `good_is` which way is better: "high", "low", or "" for neither.
    """

    id: str
    title: str
    numerator: str
    denominator: str | None
    basis: str
    categories: str
    whose: Whose = Whose.AUTHORITY
    decimals: int | None = 1
    good_is: str = ""


def by(whose: Whose, suffix: str, *rows: Definition) -> tuple[Definition, ...]:
    """The same measures of each service, team or role."""
    return tuple(
        Definition(
            f"{row.id}{suffix}",
            f"{row.title}, by {whose.value}",
            row.numerator,
            row.denominator,
            row.basis,
            row.categories,
            whose,
            row.decimals,
            row.good_is,
        )
        for row in rows
    )


MONTH: Final = "Month in which the audit was completed"
PERIOD: Final = "Audits completed in the period"
CYCLE: Final = "Audit cycle"
GRADED: Final = "Audits completed in the period that have a final grade"
