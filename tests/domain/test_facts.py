"""The check of an audit's facts, and the reply to it (A12)."""

from datetime import date

import pytest

from qa_app.domain.calendar import england
from qa_app.domain.facts import (
    Asked,
    check_closed,
    fact_gaps,
    is_checked,
    may_begin,
    reply_closed,
)
from qa_app.domain.settings import default_number
from qa_app.domain.workflow import AuditState

S = AuditState
LAST = date(2026, 11, 23)
BEFORE, AFTER = date(2026, 11, 20), date(2026, 11, 24)

CHECKED = [
    # A12: nobody was asked, so there is no check that could have ended
    ([], False),
    # A12: both have answered, and nothing was to correct
    ([Asked(True), Asked(True)], True),
    # A12: one of two has answered
    ([Asked(True), Asked(False)], False),
    # A12: both have answered, and a point of one of them has no answer yet
    ([Asked(True), Asked(True, open_points=1)], False),
    # A12: one alone was asked, and has answered
    ([Asked(True)], True),
]


@pytest.mark.parametrize(("asked", "ended"), CHECKED)
def test_the_check_ends_when_everybody_has_answered_everything(asked, ended):
    assert is_checked(asked) is ended


BEGINNING = [
    # A12: before the check is over an audit that is not urgent waits
    (BEFORE, LAST, False, False, False),
    # A12: and on the check's last day too
    (LAST, LAST, False, False, False),
    # A12: the day after, it may be taken, whoever has answered
    (AFTER, LAST, False, False, True),
    # A12: it may be taken as soon as everybody has answered
    (BEFORE, LAST, True, False, True),
    # M0, A12: an Inadequate or a concern never waits
    (BEFORE, LAST, False, True, True),
    # A12: nobody was asked
    (BEFORE, None, False, False, True),
]


@pytest.mark.parametrize(("today", "until", "checked", "urgent", "may"), BEGINNING)
def test_moderation_begins_after_the_check_unless_it_is_urgent(today, until, checked, urgent, may):
    assert may_begin(today, until, checked=checked, urgent=urgent) is may


ANSWERING = [
    # A12: while it waits, until the last day
    (S.AWAITING_MODERATION, LAST, False, False, None),
    # A12: while its auditor corrects what somebody else found
    (S.RETURNED, BEFORE, False, False, None),
    # A12: one answer each
    (S.AWAITING_MODERATION, BEFORE, True, False, "You answered this already"),
    # A12: not after the last day
    (S.AWAITING_MODERATION, AFTER, False, False, "could be checked until 23 November 2026"),
    # A12: not once a moderator has it; the reply is the way then
    (S.IN_MODERATION, BEFORE, False, True, "Moderation has begun"),
    # M6, A12: nor while it is back from a moderator
    (S.RETURNED, BEFORE, False, True, "Moderation has begun"),
    # A12: nor once it is final
    (S.FINAL, BEFORE, False, False, "Use your reply"),
]


@pytest.mark.parametrize(("state", "today", "answered", "begun", "why"), ANSWERING)
def test_the_facts_are_checked_once_in_time_and_before_moderation(
    state, today, answered, begun, why
):
    found = check_closed(state, today, LAST, answered=answered, begun=begun)
    assert (found is None) if why is None else (why in found)


REPLYING = [
    # A12: from the submission, for as long as there is no final grade
    (S.AWAITING_MODERATION, AFTER, None, None),
    (S.IN_MODERATION, AFTER, None, None),
    (S.RETURNED, AFTER, None, None),
    # A12: then until its last day
    (S.FINAL, LAST, LAST, None),
    # A12: and no longer
    (S.FINAL, AFTER, LAST, "Replies could be made until 23 November 2026"),
    # A12: a draft is its auditor's
    (S.GIVEN, AFTER, None, "once the audit has been sent"),
    (S.IN_PROGRESS, AFTER, None, "once the audit has been sent"),
    (S.WITHDRAWN, AFTER, None, "once the audit has been sent"),
]


@pytest.mark.parametrize(("state", "today", "until", "why"), REPLYING)
def test_a_reply_is_made_from_submission_until_its_last_day(state, today, until, why):
    found = reply_closed(state, today, until)
    assert (found is None) if why is None else (why in found)


# A12: 3 and 10 working days over Christmas, Boxing Day (kept on the Monday) and New Year.
@pytest.mark.parametrize(
    ("setting", "begun", "last"),
    [
        ("facts_check", date(2026, 12, 23), date(2026, 12, 30)),
        ("reply_to_audit", date(2026, 12, 23), date(2027, 1, 11)),
    ],
)
def test_days_are_working_days(setting, begun, last):
    assert england().add_working_days(begun, default_number(setting)) == last


# A12: a point without an answer keeps a returned audit from being sent again.
def test_each_point_without_an_answer_is_a_gap_of_its_own():
    found = fact_gaps([("7", "Wendy Worker"), ("8", "Manny Manager")])
    assert [gap.field for gap in found] == ["fact.7", "fact.8"]
    assert found[0].message == "Answer what Wendy Worker said is not right"
