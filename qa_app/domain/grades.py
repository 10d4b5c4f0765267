"""The four grades, the rules that limit the overall one (A7), and the codes an audit uses."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Grade(StrEnum):
    """A grade of practice. Compare with `is_better`: ``<`` would compare the spelling."""

    OUTSTANDING = "outstanding"
    GOOD = "good"
    REQUIRES_IMPROVEMENT = "requires_improvement"
    INADEQUATE = "inadequate"

    @property
    def words(self) -> str:
        return self.value.replace("_", " ").capitalize()


GRADES: Final = (
    Grade.OUTSTANDING,
    Grade.GOOD,
    Grade.REQUIRES_IMPROVEMENT,
    Grade.INADEQUATE,
)
"""Best to worst, the order of choices on a page."""

PRINT_ORDER: Final = tuple(reversed(GRADES))
"""Worst to best, the order of rows in the published table."""


def worse_of(first: Grade, *others: Grade) -> Grade:
    """The worst of the grades given."""
    return max((first, *others), key=GRADES.index)


def is_better(grade: Grade, than: Grade) -> bool:
    """Whether ``grade`` is strictly better than the other."""
    return GRADES.index(grade) < GRADES.index(than)


def steps_between(first: Grade, second: Grade) -> int:
    """How many grades lie from one to the other, 0 to 3, whichever is the better."""
    return abs(GRADES.index(first) - GRADES.index(second))


class Limiting(StrEnum):
    """What a section's grade can do to the overall grade (A7)."""

    RISK = "risk"
    PRACTICE = "practice"
    NONE = "none"


class LimitingRule(StrEnum):
    """The letter of a limiting rule in A7."""

    A = "a"
    B = "b"
    C = "c"
    D = "d"


@dataclass(frozen=True)
class LimitBroken:
    """An overall grade that is better than its sections allow.

    ``cap`` is the best overall grade that would not break the rule.
    """

    rule: LimitingRule
    cap: Grade
    sentence: str


@dataclass(frozen=True)
class _Limit:
    rule: LimitingRule
    counts: frozenset[Limiting]
    grades: frozenset[Grade]
    at_least: int
    cap: Grade
    because: str
    so: str


_INADEQUATE: Final = frozenset({Grade.INADEQUATE})
_BELOW_GOOD: Final = frozenset({Grade.INADEQUATE, Grade.REQUIRES_IMPROVEMENT})
_RISK: Final = frozenset({Limiting.RISK})
_PRACTICE: Final = frozenset({Limiting.PRACTICE})

# Source: rule A7. A section whose limiting is NONE (chronology, recording) is in no row.
LIMITS: Final = (
    _Limit(
        LimitingRule.A, _RISK, _INADEQUATE, 1, Grade.INADEQUATE,
        "graded Inadequate", "the overall grade must be Inadequate",
    ),
    _Limit(
        LimitingRule.B, _PRACTICE, _INADEQUATE, 1, Grade.REQUIRES_IMPROVEMENT,
        "graded Inadequate", "the overall grade can be no better than Requires improvement",
    ),
    _Limit(
        LimitingRule.C, _PRACTICE, _INADEQUATE, 2, Grade.INADEQUATE,
        "graded Inadequate", "the overall grade must be Inadequate",
    ),
    _Limit(
        LimitingRule.D, _RISK | _PRACTICE, _BELOW_GOOD, 1, Grade.GOOD,
        "graded below Good", "the overall grade cannot be Outstanding",
    ),
)  # fmt: skip


def limits_broken(
    overall: Grade, sections: Mapping[str, tuple[Limiting, Grade | None]]
) -> list[LimitBroken]:
    """The limiting rules (A7 a to d) that ``overall`` breaks, in the rules' order.

    ``sections`` maps each section's title, as the auditor reads it, to what it limits and its
    grade (None: not graded yet, or not applicable, which limits nothing).
    """
    broken = []
    for limit in LIMITS:
        titles = [
            title
            for title, (limiting, grade) in sections.items()
            if limiting in limit.counts and grade in limit.grades
        ]
        if len(titles) >= limit.at_least and is_better(overall, limit.cap):
            broken.append(LimitBroken(limit.rule, limit.cap, _sentence(titles, limit)))
    return broken


def _sentence(titles: list[str], limit: _Limit) -> str:
    verb = "is" if len(titles) == 1 else "are"
    return f"{listed(titles)} {verb} {limit.because}, so {limit.so}"


def listed(items: list[str]) -> str:
    """Items as English lists them: ``a``, ``a and b``, ``a, b and c``. At least one item."""
    *most, last = items
    return f"{', '.join(most)} and {last}" if most else last


class PlanType(StrEnum):
    """The plan that a child or household is on: a stored code, whose label can be configured."""

    EARLY_HELP = "early_help"
    CHILD_IN_NEED = "child_in_need"
    CHILD_PROTECTION = "child_protection"
    CHILD_IN_CARE = "child_in_care"
    CARE_EXPERIENCED = "care_experienced"
    PRIVATE_FOSTERING = "private_fostering"
    FOSTERING_HOUSEHOLD = "fostering_household"

    @property
    def words(self) -> str:
        words = self.value.replace("_", " ").capitalize()
        short = _PLAN_SHORT.get(self)
        return f"{words} ({short})" if short else words


_PLAN_SHORT: Final[Mapping[PlanType, str]] = {
    PlanType.EARLY_HELP: "EH",
    PlanType.CHILD_IN_NEED: "CIN",
    PlanType.CHILD_PROTECTION: "CP",
    PlanType.CHILD_IN_CARE: "CIC",
    PlanType.CARE_EXPERIENCED: "care leaver",
}


class Selection(StrEnum):
    """How a case came to be audited (S5)."""

    RANDOM = "random"
    TARGETED = "targeted"
    THEMATIC = "thematic"
    RE_AUDIT = "re_audit"
    NOT_RECORDED = "not_recorded"

    @property
    def words(self) -> str:
        return (
            "Re-audit" if self is Selection.RE_AUDIT else self.value.replace("_", " ").capitalize()
        )


class ComplianceAnswer(StrEnum):
    """The answer to a compliance question (A2); never averaged into a grade."""

    YES = "yes"
    NO = "no"
    NOT_APPLICABLE = "not_applicable"
    APPROVED_EXCEPTION = "approved_exception"

    @property
    def words(self) -> str:
        if self is ComplianceAnswer.APPROVED_EXCEPTION:
            return "No, with an approved exception"
        return self.value.replace("_", " ").capitalize()
