"""The final grade (M7)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.finalgrade import final_grade, final_section_grades
from qa_app.domain.grades import GRADES, Grade

OUT, GOOD, RI, BAD = GRADES
grade = st.sampled_from(GRADES)


@pytest.mark.parametrize(
    ("auditor", "moderator", "second", "selected", "final", "reason"),
    [
        # M7: the deciding moderator's
        (GOOD, RI, None, True, RI, "the moderator's grade"),
        (GOOD, GOOD, None, True, GOOD, "the moderator's grade"),
        (GOOD, RI, BAD, True, BAD, "the second moderator's grade"),
        # M5: the second moderator decides, for the auditor too
        (GOOD, RI, GOOD, True, GOOD, "the second moderator's grade"),
        # M7: the auditor's where M1 did not select the audit
        (
            GOOD,
            None,
            None,
            False,
            GOOD,
            "the auditor's grade: the audit was not selected for moderation",
        ),
        # an audit moderated outside the selection takes the moderator's all the same
        (GOOD, RI, None, False, RI, "the moderator's grade"),
        # nothing is final until it has been moderated
        (GOOD, None, None, True, None, "waiting for moderation"),
    ],
)
def test_the_final_grade_is_the_deciding_persons(
    auditor: Grade,
    moderator: Grade | None,
    second: Grade | None,
    selected: bool,
    final: Grade | None,
    reason: str,
) -> None:
    assert final_grade(auditor, moderator, second, selected) == (final, reason)


# M5: no answer in time: the moderator's grade stands, and says so; nobody else's grade does.
def test_without_a_reply_the_moderators_grade_stands_and_says_so() -> None:
    reason = "the moderator's grade: the auditor did not reply in time"
    assert final_grade(GOOD, RI, None, True, no_reply=True) == (RI, reason)
    assert final_grade(GOOD, RI, BAD, True, no_reply=True).reason == "the second moderator's grade"
    assert final_grade(GOOD, None, None, True, no_reply=True).grade is None


@given(grade, st.none() | grade, st.none() | grade, st.booleans())
def test_a_final_grade_is_always_one_that_somebody_gave(
    auditor: Grade, moderator: Grade | None, second: Grade | None, selected: bool
) -> None:
    final, _ = final_grade(auditor, moderator, second, selected)
    given_grades = {auditor, moderator, second} - {None}
    assert final in given_grades or (final is None and selected and moderator is second is None)


AUDITORS = {"risk": GOOD, "plan": RI, "visits": None}


def grades_of(
    moderator: dict[str, Grade | None] | None,
    second: dict[str, Grade | None] | None = None,
    *,
    selected: bool = True,
) -> dict[str, Grade | None]:
    finals = final_section_grades(AUDITORS, moderator, second, selected)
    return {code: final.grade for code, final in finals.items()}


def test_sections_wait_with_the_audit() -> None:
    assert grades_of(None) == {"risk": None, "plan": None, "visits": None}


def test_a_section_that_moderation_left_alone_keeps_the_auditors_grade() -> None:
    assert grades_of({"risk": BAD}) == {"risk": BAD, "plan": RI, "visits": None}
    assert grades_of({}) == AUDITORS


def test_a_second_moderator_decides_the_sections_that_they_graded() -> None:
    assert grades_of({"risk": BAD, "plan": GOOD}, {"risk": RI}) == {
        "risk": RI,
        "plan": GOOD,
        "visits": None,
    }
    assert grades_of(None, {"plan": OUT}) == {"risk": GOOD, "plan": OUT, "visits": None}


def test_sections_of_an_audit_that_was_not_selected_are_the_auditors() -> None:
    assert grades_of(None, selected=False) == AUDITORS


def test_a_section_not_applicable_to_the_auditor_can_be_graded_in_moderation() -> None:
    assert grades_of({"visits": RI})["visits"] is RI


def test_each_section_says_whose_grade_it_is() -> None:
    finals = final_section_grades(AUDITORS, {"risk": BAD}, {"visits": RI}, True)
    assert {code: final.reason for code, final in finals.items()} == {
        "risk": "the moderator's grade",
        "plan": "the auditor's grade, which moderation left as it was",
        "visits": "the second moderator's grade",
    }
