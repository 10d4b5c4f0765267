"""The final grade, derived from the grades that were given and never typed (M7)."""

from collections.abc import Hashable, Mapping
from typing import Final, NamedTuple, TypeVar

from qa_app.domain.grades import Grade

WAITING: Final = "waiting for moderation"
NOT_SELECTED: Final = "the auditor's grade: the audit was not selected for moderation"
NOT_MODERATED: Final = "the auditor's grade: this kind of audit is not moderated"
MODERATOR: Final = "the moderator's grade"
NO_REPLY: Final = "the moderator's grade: the auditor did not reply in time"
SECOND_MODERATOR: Final = "the second moderator's grade"
UNCHANGED: Final = "the auditor's grade, which moderation left as it was"

S = TypeVar("S", bound=Hashable)
"""What names a section: its code, or its id."""


class FinalGrade(NamedTuple):
    """A final grade (None while there is none) and, in words, whose it is or what it waits for."""

    grade: Grade | None
    reason: str


def final_grade(
    auditor: Grade | None,
    moderator: Grade | None,
    second: Grade | None,
    selected_for_moderation: bool,
    *,
    no_reply: bool = False,
) -> FinalGrade:
    """The overall final grade: the deciding moderator's, or the auditor's where M1 passed it by.

    A grade counts only once it is committed: hand in None for a draft. An audit outside the
    selection that was moderated all the same takes its moderator's grade. With `no_reply` the
    moderator's stands because its auditor did not answer in time, and says so (M5).
    """
    if second is not None:
        return FinalGrade(second, SECOND_MODERATOR)
    if moderator is not None:
        return FinalGrade(moderator, NO_REPLY if no_reply else MODERATOR)
    if selected_for_moderation:
        return FinalGrade(None, WAITING)
    return FinalGrade(auditor, NOT_SELECTED)


def final_section_grades(
    auditor: Mapping[S, Grade | None],
    moderator: Mapping[S, Grade | None] | None,
    second: Mapping[S, Grade | None] | None,
    selected_for_moderation: bool,
) -> dict[S, FinalGrade]:
    """Each section's final grade by what names it, for the sections that the auditor has (M7).

    ``moderator`` and ``second`` hold the sections that each of them graded: None means that there
    is no committed moderation, an empty mapping one that left every section as it was.
    """
    moderated = moderator is not None or second is not None
    finals = {}
    for code, grade in auditor.items():
        theirs = (moderator or {}).get(code)
        final = final_grade(
            grade, theirs, (second or {}).get(code), selected_for_moderation and not moderated
        )
        left_alone = moderated and final.reason == NOT_SELECTED
        finals[code] = FinalGrade(grade, UNCHANGED) if left_alone else final
    return finals
