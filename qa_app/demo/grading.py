"""Grades that hang together: a mix like the published one, improving, within the limits of A7."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final
from uuid import UUID

from qa_app.domain.answers import QuestionKind
from qa_app.domain.grades import (
    GRADES,
    ComplianceAnswer,
    Grade,
    Limiting,
    LimitingRule,
    PlanType,
    limits_broken,
)
from qa_app.standards.models import Question, Section

_OUT, _GOOD, _RI, _BAD = GRADES

# Chances of a final grade in the first month and in the last; between them it moves evenly.
_FIRST: Final = {_OUT: 0.01, _GOOD: 0.18, _RI: 0.45, _BAD: 0.36}
_LAST: Final = {_OUT: 0.03, _GOOD: 0.30, _RI: 0.44, _BAD: 0.23}

CHANGED_SHARE: Final = 0.2
_LOWERED_SHARE: Final = 0.7
_OVERRIDE_SHARE: Final = 0.03

_SECTIONS: Final = {
    _OUT: {_OUT: 0.65, _GOOD: 0.35},
    _GOOD: {_OUT: 0.1, _GOOD: 0.66, _RI: 0.24},
    _RI: {_GOOD: 0.28, _RI: 0.66, _BAD: 0.06},
    _BAD: {_GOOD: 0.1, _RI: 0.5, _BAD: 0.4},
}
_YES: Final = {_OUT: 0.97, _GOOD: 0.88, _RI: 0.64, _BAD: 0.42}
_NOT_APPLICABLE: Final = 0.06
_EXCEPTION: Final = 0.05

Graded = dict[str, Grade]
"""A grade by section code."""


@dataclass(frozen=True)
class Tool:
    """The core tool: its version and its sections with their questions."""

    version_id: UUID
    sections: tuple[Section, ...]

    def questions(self, section: Section, plan: PlanType) -> list[Question]:
        """The questions of a section that are asked for this plan."""
        return [question for question in section.questions if question.applies_to(plan)]

    def broken(self, overall: Grade, grades: Mapping[str, Grade]) -> list[LimitingRule]:
        """The limiting rules that an overall grade breaks."""
        found = {each.title: (each.limiting, grades.get(each.code)) for each in self.sections}
        return [limit.rule for limit in limits_broken(overall, found)]

    def fits(self, overall: Grade, grades: Mapping[str, Grade]) -> bool:
        """Whether an overall grade is allowed, and an Inadequate one is called for (A7)."""
        if self.broken(overall, grades):
            return False
        return overall is not _BAD or bool(self.broken(_RI, grades))


def _pick(rng: Random, chances: Mapping[Grade, float]) -> Grade:
    return rng.choices(list(chances), list(chances.values()))[0]


def final_grade(rng: Random, month: int, months: int) -> Grade:
    """A final grade for an audit of one month of so many."""
    share = month / max(1, months - 1)
    mix = {grade: _FIRST[grade] + (_LAST[grade] - _FIRST[grade]) * share for grade in GRADES}
    return _pick(rng, mix)


def auditors_grade(rng: Random, final: Grade) -> Grade:
    """What the auditor gave before moderation: the same, or one step away (more often better)."""
    if rng.random() >= CHANGED_SHARE:
        return final
    step = -1 if rng.random() < _LOWERED_SHARE else 1
    place = GRADES.index(final) + step
    # Nobody was moderated to or from the very top in a demonstration of ordinary practice.
    return GRADES[place] if 1 <= place < len(GRADES) else final


def section_grades(rng: Random, tool: Tool, overall: Grade) -> tuple[Graded, list[LimitingRule]]:
    """Grades for every section, with the limiting rules that the auditor set aside."""
    aside = overall in (_GOOD, _RI) and rng.random() < _OVERRIDE_SHARE
    while True:
        grades = {each.code: _pick(rng, _SECTIONS[overall]) for each in tool.sections}
        if aside and tool.fits(overall, grades):
            _set_aside(rng, tool, overall, grades)
            return grades, tool.broken(overall, grades)
        if tool.fits(overall, grades):
            return grades, []


def _set_aside(rng: Random, tool: Tool, overall: Grade, grades: Graded) -> None:
    able = [each.code for each in tool.sections if each.limiting is Limiting.PRACTICE]
    for code in rng.sample(able, 1 if overall is _GOOD else 2):
        grades[code] = _BAD


def moderated(rng: Random, tool: Tool, grades: Graded, before: Grade, after: Grade) -> Graded:
    """The sections as a moderator sees them who comes to another overall grade."""
    step = 1 if GRADES.index(after) > GRADES.index(before) else -1
    found, left = dict(grades), rng.randint(2, 4)
    codes = list(grades)
    rng.shuffle(codes)
    # Risk comes first as often as not; what is worst is raised first.
    codes.sort(key=lambda code: code != "risk" if step > 0 else -GRADES.index(grades[code]))
    for code in codes:
        if left <= 0 and tool.fits(after, found):
            break
        place = GRADES.index(found[code]) + step
        trial = found | {code: GRADES[min(max(place, 0), len(GRADES) - 1)]}
        # Lowering must not go so far that the new overall grade would break a limit itself.
        if trial != found and not (step > 0 and tool.broken(after, trial)):
            found = trial
            left -= 1
    return found


def answer(
    rng: Random, question: Question, grade: Grade
) -> tuple[ComplianceAnswer | None, Grade | None]:
    """An answer that goes with the section's grade."""
    if question.kind is QuestionKind.QUALITY:
        place = GRADES.index(grade) + rng.choices((-1, 0, 1), (1, 7, 1))[0]
        return None, GRADES[min(max(place, 0), len(GRADES) - 1)]
    if rng.random() < _NOT_APPLICABLE:
        return ComplianceAnswer.NOT_APPLICABLE, None
    if rng.random() < _YES[grade]:
        return ComplianceAnswer.YES, None
    excepted = rng.random() < _EXCEPTION
    return (ComplianceAnswer.APPROVED_EXCEPTION if excepted else ComplianceAnswer.NO), None
