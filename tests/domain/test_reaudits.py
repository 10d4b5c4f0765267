"""Auditing a case again: where it stands, what moved, and what has to be said (E2, E8, Q-6)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa_app.domain.calendar import england
from qa_app.domain.completeness import Gap
from qa_app.domain.grades import GRADES
from qa_app.domain.intervals import TOO_FEW
from qa_app.domain.reaudits import (
    OWED,
    REGRESSION_TO_THE_MEAN,
    Movement,
    Movements,
    ReAuditFacts,
    ReAuditState,
    asks_what_became,
    count_movements,
    movement_of,
    since_gaps,
    state_of,
)

CALENDAR = england()
DUE = date(2027, 2, 26)
O, G, R, I = GRADES  # noqa: E741 -- the four grades, best to worst


@pytest.mark.parametrize(
    ("facts", "today", "state"),
    [
        # E2: an audit that stands as Inadequate is to be audited again; nothing is pressing yet.
        (ReAuditFacts(True, DUE), date(2026, 12, 1), ReAuditState.PROPOSED),
        # E8: the 21st working day before the due date is not soon, the 20th is.
        (ReAuditFacts(True, DUE), date(2027, 1, 28), ReAuditState.PROPOSED),
        (ReAuditFacts(True, DUE), date(2027, 1, 29), ReAuditState.DUE),
        # E2: the due date itself is in time; the day after is late.
        (ReAuditFacts(True, DUE), DUE, ReAuditState.DUE),
        (ReAuditFacts(True, DUE), date(2027, 2, 27), ReAuditState.LATE),
        # E8: given, then done once it has its final grade, however late.
        (ReAuditFacts(True, DUE, given=True), date(2027, 6, 1), ReAuditState.GIVEN),
        (ReAuditFacts(True, DUE, given=True, final=True), DUE, ReAuditState.DONE),
        # E8: called off with a reason.
        (ReAuditFacts(True, DUE, called_off=True), date(2027, 6, 1), ReAuditState.CALLED_OFF),
        # E2: let go where the first audit no longer stands as Inadequate and nothing was decided…
        (ReAuditFacts(False, DUE), date(2027, 6, 1), ReAuditState.LET_GO),
        # …while what was given or called off stays so.
        (ReAuditFacts(False, DUE, given=True), DUE, ReAuditState.GIVEN),
        (ReAuditFacts(False, DUE, given=True, final=True), DUE, ReAuditState.DONE),
        (ReAuditFacts(False, DUE, called_off=True), DUE, ReAuditState.CALLED_OFF),
    ],
)
def test_where_a_re_audit_stands(facts, today, state):
    assert state_of(facts, today, CALENDAR) is state


# E8: how near is near is a setting.
def test_how_soon_can_be_set():
    facts = ReAuditFacts(True, DUE)
    assert state_of(facts, date(2027, 2, 24), CALENDAR, soon=1) is ReAuditState.PROPOSED
    assert state_of(facts, date(2027, 2, 25), CALENDAR, soon=1) is ReAuditState.DUE


def test_every_state_and_movement_has_its_words():
    assert len({each.words for each in ReAuditState}) == len(ReAuditState)
    assert [each.words for each in Movement] == ["Better", "The same", "Worse"]
    assert OWED == (ReAuditState.LATE, ReAuditState.DUE, ReAuditState.PROPOSED)


@pytest.mark.parametrize(
    ("first", "second", "moved"),
    [
        # any better grade is up, whatever the distance.
        (I, R, Movement.UP),
        (I, O, Movement.UP),
        (I, I, Movement.SAME),
        # a first audit amended upward since can be followed by a worse one.
        (G, R, Movement.DOWN),
        (O, I, Movement.DOWN),
        # without both grades there is no pair.
        (None, G, None),
        (I, None, None),
        (None, None, None),
    ],
)
def test_which_way_a_pair_moved(first, second, moved):
    assert movement_of(first, second) is moved


_GRADE = st.sampled_from([*GRADES, None])


# the counts are those of a recount by hand, and n is all of them.
@given(st.lists(st.tuples(_GRADE, _GRADE)))
def test_counting_equals_a_recount(pairs):
    found = count_movements(pairs)
    whole = [(GRADES.index(a), GRADES.index(b)) for a, b in pairs if a and b]
    assert found.up == sum(second < first for first, second in whole)
    assert found.same == sum(second == first for first, second in whole)
    assert found.down == sum(second > first for first, second in whole)
    assert found.n == len(whole) == sum(found.of(each) for each in Movement)


# R6: no percentage of fewer than ten pairs; from ten on, as every percentage is written.
@pytest.mark.parametrize(
    ("counts", "printed"),
    [
        ((0, 0, 0), [TOO_FEW] * 3),
        ((9, 0, 0), [TOO_FEW] * 3),
        ((7, 2, 1), ["70%", "20%", "10%"]),
        ((12, 0, 0), ["100%", "0%", "0%"]),
    ],
)
def test_a_share_is_shown_from_ten_pairs_on(counts, printed):
    movements = Movements(*counts)
    assert [movements.share(each) for each in Movement] == printed


def test_the_threshold_of_a_share_can_be_set():
    assert Movements(2, 1, 1).share(Movement.UP, fewest=4) == "50%"


# a rise after a lowest grade is not proof, and the page says why.
def test_the_sentence_names_regression_to_the_mean():
    assert "regression to the mean" in REGRESSION_TO_THE_MEAN
    assert "not by itself proof" in REGRESSION_TO_THE_MEAN


# E8: a section below Good is asked about; one that was not graded has nothing to put right.
@pytest.mark.parametrize(
    ("grade", "asked"), [(O, False), (G, False), (R, True), (I, True), (None, False)]
)
def test_which_sections_are_asked_about(grade, asked):
    assert asks_what_became(grade) is asked


# E8: a gap for each section that has no answer, in their order.
def test_each_section_without_an_answer_is_a_gap():
    asked = [("risk", "Risk and safety"), ("plan", "Plan"), ("voice", "The child’s voice")]
    say = "Say what became of “{}” since the first audit"
    assert since_gaps(asked, ["plan"]) == [
        Gap(None, "since.risk.answer", say.format("Risk and safety")),
        Gap(None, "since.voice.answer", say.format("The child’s voice")),
    ]
    assert since_gaps(asked, ["risk", "plan", "voice"]) == []
    assert since_gaps([], []) == []
