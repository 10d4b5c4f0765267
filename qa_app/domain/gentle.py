"""Gentle checks of an audit while it is written: what its auditor may want to look at again.

None of them stops anything, and none of them counts. They are questions that a colleague reading
over one's shoulder would ask.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from qa_app.domain.grades import ComplianceAnswer, Grade, is_better
from qa_app.domain.settings import default_number


@dataclass(frozen=True)
class Answered:
    """One section as it is answered so far.

    `compliance` and `quality` hold what was answered, unanswered questions left out. `copied_from`
    says in words where the same evidence stands already, "" where it does not.
    """

    code: str
    title: str
    grade: Grade | None = None
    evidence: str = ""
    compliance: Sequence[ComplianceAnswer] = ()
    quality: Sequence[Grade] = ()
    copied_from: str = ""


@dataclass(frozen=True)
class Look:
    """Something to look at again: the section, the part of it (evidence or grade), and why."""

    section: str
    part: str
    message: str


EXTREMES: Final = frozenset({Grade.OUTSTANDING, Grade.INADEQUATE})
_MET: Final = frozenset({ComplianceAnswer.YES, ComplianceAnswer.APPROVED_EXCEPTION})


def words_in(text: str) -> int:
    """How many words a text has."""
    return len(text.split())


def look_again(
    section: Answered, short_below: int = default_number("short_evidence_below")
) -> list[Look]:
    """What to look at again in a section; `short_below` is a number of words."""
    return [*_evidence(section, short_below), *_grade(section)]


def _evidence(section: Answered, short_below: int) -> Iterator[Look]:
    words = words_in(section.evidence)
    if section.grade in EXTREMES and 0 < words < short_below:
        yield Look(
            section.code,
            "evidence",
            f"{words} word{'s' * (words > 1)} of evidence for {_a(section.grade)} may be too few "
            "for another reader to agree. What did you read, and when?",
        )
    if section.copied_from:
        yield Look(
            section.code,
            "evidence",
            f"The same words stand in {section.copied_from}. Is this what you found here?",
        )


def _a(grade: Grade | None) -> str:
    words = grade.words if grade is not None else ""
    return f"an {words}"


def _grade(section: Answered) -> Iterator[Look]:
    if section.grade is None:
        return
    message = _at_odds(section.grade, section)
    if message:
        yield Look(section.code, "grade", f"{message} Does the grade say what you found?")


def _at_odds(grade: Grade, section: Answered) -> str:
    """How the grade and the answers beside it disagree; "" where they do not."""
    asked = [each for each in section.compliance if each is not ComplianceAnswer.NOT_APPLICABLE]
    is_good = is_better(grade, Grade.REQUIRES_IMPROVEMENT)
    if is_good and asked and all(each is ComplianceAnswer.NO for each in asked):
        return f"You graded {grade.words}, and nothing that had to be done was done."
    if grade is Grade.INADEQUATE and _all_well(asked, section.quality):
        return "You graded Inadequate, and everything that was asked is answered well."
    if section.quality and all(is_better(each, grade) for each in section.quality):
        return f"You graded {grade.words}, and each part of the section better than that."
    if section.quality and all(is_better(grade, each) for each in section.quality):
        return f"You graded {grade.words}, and each part of the section lower than that."
    return ""


def _all_well(asked: Sequence[ComplianceAnswer], quality: Sequence[Grade]) -> bool:
    done = all(each in _MET for each in asked)
    good = all(is_better(each, Grade.REQUIRES_IMPROVEMENT) for each in quality)
    return bool(asked or quality) and done and good
