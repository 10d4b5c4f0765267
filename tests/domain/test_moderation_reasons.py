"""What a moderator says beside a grade (M2, M4)."""

import pytest

from qa_app.domain.grades import GRADES, Grade
from qa_app.domain.moderation import ReasonCode, must_open_record

OUT, GOOD, RI, BAD = GRADES


@pytest.mark.parametrize(
    ("auditor", "moderator", "needed"),
    [
        # M2: an Inadequate or an Outstanding, whoever gave it
        (BAD, GOOD, True),
        (GOOD, BAD, True),
        (OUT, RI, True),
        (RI, OUT, True),
        # the two in the middle do not ask for it
        (GOOD, RI, False),
        (RI, GOOD, False),
        # an imported audit may have no auditor's grade
        (None, GOOD, False),
        (None, BAD, True),
        (GOOD, None, False),
    ],
)
def test_the_childs_record_is_opened_for_the_outer_grades(
    auditor: Grade | None, moderator: Grade | None, needed: bool
) -> None:
    assert must_open_record(auditor, moderator) is needed


# M2: a blind moderation asks for it whatever the grades are; a second moderator's grade counts too.
def test_the_childs_record_is_opened_for_a_blind_moderation_and_by_a_second_moderator() -> None:
    assert must_open_record(GOOD, GOOD, blind=True)
    assert must_open_record(GOOD, RI, BAD)
    assert must_open_record(GOOD, OUT, RI)
    assert not must_open_record(GOOD, RI, GOOD)


# M4: the five reasons, each with words of its own
def test_every_reason_has_its_words() -> None:
    assert len({code.words for code in ReasonCode}) == len(ReasonCode) == 5
