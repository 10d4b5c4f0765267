"""A moderator's draft: which boxes it may hold, and how one of them reads on a page."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from forms.moderation import AGREE, ALL, DIFFER, EXCEPT, OVERALL, Graded
from qa_app.domain.grades import GRADES
from qa_app.domain.moderation import ReasonCode

TEXTS: Final = {
    "words": "What you saw, for {name}",
    "changed": "Why your view of {name} changed",
}
CHOICES: Final = {
    "view": "Your view of {name}",
    "grade": "Your grade for {name}",
    "reason": "Why you see {name} differently",
}
ALONE: Final = {
    "agreement": "Do you agree with the auditor’s grades of the sections?",
    "except_for": "Which sections do you see differently?",
    "opened_record": "The child’s record",
    "limit_reason": "Why does the overall grade stand all the same?",
    "feedback": "What was done well in this audit, and what would make the next one better?",
}
TICKED: Final = frozenset({"except_for", "opened_record"})
"""Boxes of which nothing is sent where nothing is ticked; several values are told by commas."""
_LONG: Final = frozenset({"limit_reason", "feedback"})
_WORDS: Final = {
    **{grade.value: grade.words for grade in GRADES},
    **{code.value: code.words for code in ReasonCode},
    AGREE: "I agree",
    DIFFER: "I see it differently",
    ALL: "I agree with every grade",
    EXCEPT: "I agree, except for the sections that I select",
    "y": "Opened and read",
}


def draft_names(codes: Iterable[str]) -> frozenset[str]:
    """Every box of a moderation of sections with these codes, and of the audit as a whole."""
    parts = (*TEXTS, *CHOICES)
    return frozenset(ALONE) | {f"{code}_{part}" for code in (*codes, OVERALL) for part in parts}


def is_text(name: str) -> bool:
    """Whether a box holds words, so that two versions can stand below each other."""
    return name in _LONG or name.rpartition("_")[2] in TEXTS


def question(name: str, titles: Mapping[str, str]) -> str:
    """What a box asks; `titles` are the sections' by code."""
    if name in ALONE:
        return ALONE[name]
    code, _, part = name.rpartition("_")
    named = "the audit as a whole" if code == OVERALL else titles.get(code, code).lower()
    return (TEXTS | CHOICES)[part].format(name=named)


def words(name: str, value: str, titles: Mapping[str, str]) -> str:
    """What a box holds, as a person reads it."""
    if is_text(name):
        return value
    known: dict[str, Any] = _WORDS | dict(titles)
    return ", ".join(str(known.get(each, each)) for each in value.split(",") if each)


def first_choices(graded: Iterable[Graded]) -> dict[str, str]:
    """What a form shows chosen, by field name, once the first grades of a blind moderation are
    beside the auditor's: those grades, as far as they were given (M3)."""
    chosen: dict[str, str] = {}
    excepted = []
    for each in graded:
        if each.first is None:
            continue
        if each.code == OVERALL:
            chosen["overall_view"] = AGREE if each.first is each.auditor else DIFFER
        if each.first is not each.auditor:
            chosen[f"{each.code}_grade"] = each.first.value
            excepted += [each.code] if each.may_be_excepted else []
    if excepted:
        chosen |= {"agreement": EXCEPT, "except_for": ",".join(excepted)}
    return chosen
