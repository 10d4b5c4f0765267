"""How a report goes from draft to published, who approves it, and which version stands (R3)."""

from itertools import product
from uuid import UUID

import pytest

from qa_app.domain.publishing import (
    KIND_WORDS,
    MONTHLY,
    NotNow,
    NotYours,
    ReportKind,
    ReportMove,
    ReportState,
    Standing,
    advance,
    refuse_own_approval,
    standing,
)

WRITER, CHECKER, HEAD = UUID(int=1), UUID(int=2), UUID(int=3)

DRAFT, CHECKED, APPROVED, PUBLISHED, WITHDRAWN = ReportState
ALLOWED = [
    # R3: what is written is checked
    (DRAFT, ReportMove.CHECK, CHECKED),
    # R3: what was checked is approved
    (CHECKED, ReportMove.APPROVE, APPROVED),
    # R3: until it is published it can be taken back and changed
    (CHECKED, ReportMove.TAKE_BACK, DRAFT),
    (APPROVED, ReportMove.TAKE_BACK, DRAFT),
    # R3: only what was approved is published
    (APPROVED, ReportMove.PUBLISH, PUBLISHED),
    # R3: what was published can only be withdrawn, or superseded by another version
    (PUBLISHED, ReportMove.WITHDRAW, WITHDRAWN),
]


@pytest.mark.parametrize(("before", "move", "after"), ALLOWED)
def test_a_version_goes_from_draft_to_published(before, move, after) -> None:
    assert advance(before, move) is after


def test_every_other_move_is_refused_and_says_what_the_version_is() -> None:
    allowed = {(before, move) for before, move, _ in ALLOWED}
    refused = [pair for pair in product(ReportState, ReportMove) if pair not in allowed]
    assert len(refused) == 19
    for state, move in refused:
        with pytest.raises(NotNow, match=f"it is {state.value}"):
            advance(state, move)


def test_a_refusal_says_the_move_in_words() -> None:
    with pytest.raises(NotNow, match="You cannot take back this version: it is published"):
        advance(PUBLISHED, ReportMove.TAKE_BACK)


def test_every_kind_and_state_has_its_words() -> None:
    assert [kind.words for kind in ReportKind] == list(KIND_WORDS.values())
    assert [state.words for state in ReportState] == [
        "Draft", "Checked", "Approved", "Published", "Withdrawn",
    ]  # fmt: skip
    assert len(MONTHLY) == 4


@pytest.mark.parametrize(
    ("person", "checked_by", "wrote", "refused"),
    [
        # R3: somebody who neither checked nor wrote approves
        (HEAD, CHECKER, {WRITER}, ""),
        # R3: nobody approves what they checked
        (CHECKER, CHECKER, {WRITER}, "You checked"),
        # R3: nobody approves what they wrote
        (WRITER, CHECKER, {WRITER, None}, "You wrote"),
        # R3: an unknown writer bars nobody
        (HEAD, None, {None}, ""),
    ],
)
def test_who_approves_is_another_than_who_made_it(person, checked_by, wrote, refused) -> None:
    if not refused:
        refuse_own_approval(person, checked_by, wrote)
        return
    with pytest.raises(NotYours, match=refused):
        refuse_own_approval(person, checked_by, wrote)


@pytest.mark.parametrize(
    ("number", "state", "latest", "expected"),
    [
        # R3: a draft is nobody's to read, whatever was published before
        (2, DRAFT, 1, Standing.IN_WORK),
        (1, APPROVED, None, Standing.IN_WORK),
        # R3: the last one published is the current one
        (2, PUBLISHED, 2, Standing.CURRENT),
        # R3: the one before it stays readable, superseded
        (1, PUBLISHED, 2, Standing.SUPERSEDED),
        # R3: a withdrawn one is withdrawn, and the one before it does not come back
        (2, WITHDRAWN, 2, Standing.WITHDRAWN),
        (1, WITHDRAWN, 2, Standing.WITHDRAWN),
    ],
)
def test_which_version_stands(number, state, latest, expected) -> None:
    assert standing(number, state, latest) is expected
    assert expected.words == expected.value.capitalize()
