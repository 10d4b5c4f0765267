"""What somebody may not decide about an action because of their part in it (E3, E4, E5)."""

from dataclasses import replace
from uuid import UUID

import pytest

from qa_app.domain.actions import (
    ActionKind,
    ActionParties,
    due_date_bars,
    verifier_bars,
    withdrawal_bars,
)

PERSON, OWNER, SERVICE, OTHER = (UUID(int=number) for number in range(1, 5))
# A head of service of another service than the owner's, whom nothing bars.
HEAD = ActionParties(ActionKind.PRIORITY, PERSON, 60, OTHER, OWNER, 40, SERVICE)
COVER = replace(HEAD, takes_part=True, covers=True)
HELPER = replace(HEAD, takes_part=True)
DID_IT = replace(HEAD, did_it=True)
OWNS = replace(HEAD, person_id=OWNER)


@pytest.mark.parametrize(
    ("bars_of", "parties", "reasons"),
    [
        # E4: never those who do it: its owner, whoever covers for them, whoever helps
        (verifier_bars, HEAD, []),
        (verifier_bars, OWNS, ["owns this action"]),
        (verifier_bars, COVER, ["does this action with its owner"]),
        (verifier_bars, HELPER, ["does this action with its owner"]),
        # E4: nor whoever marked it done, though it is somebody else's by now; said once
        (verifier_bars, DID_IT, ["marked this action as done"]),
        (verifier_bars, replace(OWNS, did_it=True), ["owns this action"]),
        (verifier_bars, replace(COVER, did_it=True), ["does this action with its owner"]),
        # E3: neither the owner nor whoever covers moves the due date, or gives it away
        (due_date_bars, HEAD, []),
        (due_date_bars, OWNS, ["owns this action"]),
        (due_date_bars, COVER, ["covers for the owner of this action"]),
        (due_date_bars, HELPER, []),
        (due_date_bars, DID_IT, []),
        # E5: whoever covers does not withdraw what they are to do
        (withdrawal_bars, HEAD, []),
        (withdrawal_bars, COVER, ["covers for the owner of this action"]),
    ],
)
def test_a_part_in_an_action_bars(bars_of, parties: ActionParties, reasons: list[str]) -> None:
    assert [bar.reason for bar in bars_of(parties)] == reasons
