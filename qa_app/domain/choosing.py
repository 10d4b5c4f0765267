"""Which submitted audits are moderated, and which of those blind: a seeded choice (M1, M3)."""

import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from qa_app.domain.grades import Grade


class ChoiceReason(StrEnum):
    """Why an audit is moderated, or is not (M1)."""

    ALL = "all"
    CONCERN = "concern"
    INADEQUATE = "inadequate"
    OUTSTANDING = "outstanding"
    FIRST_AUDITS = "first_audits"
    RETURNED = "returned"
    CHOSEN = "chosen"
    NOT_CHOSEN = "not_chosen"

    @property
    def words(self) -> str:
        """The reason as a page says it."""
        return _WORDS[self]


_WORDS: Final = {
    ChoiceReason.ALL: "All audits are moderated",
    ChoiceReason.CONCERN: "It has a significant-harm concern",
    ChoiceReason.INADEQUATE: "Its auditor’s grade is Inadequate",
    ChoiceReason.OUTSTANDING: "Its auditor’s grade is Outstanding",
    ChoiceReason.FIRST_AUDITS: "It is one of its auditor’s first audits",
    ChoiceReason.RETURNED: "A moderator had returned it",
    ChoiceReason.CHOSEN: "Chosen at random",
    ChoiceReason.NOT_CHOSEN: "Not chosen at random: its auditor’s grade stands",
}

ALWAYS: Final = frozenset(ChoiceReason) - {ChoiceReason.CHOSEN, ChoiceReason.NOT_CHOSEN}
"""The reasons that leave nothing to chance."""

TICKETS: Final = 10_000
"""How many tickets there are: hundredths of a percent."""

MODERATE: Final = "moderate"
BLIND: Final = "blind"
"""What an audit has a ticket for: being moderated, and being moderated blind."""


@dataclass(frozen=True)
class Submitted:
    """What decides about one submission.

    `grade` is None where the tool is not graded; `earlier` how many audits its auditor had sent for
    moderation before this one; `concern` whether one is open, `returned` whether a moderator ever
    returned it.
    """

    grade: Grade | None
    concern: bool
    returned: bool
    earlier: int


def ticket(seed: str, reference: str, purpose: str) -> int:
    """An audit's number from 0 to 9,999, as even as SHA-256 is.

    The first 13 hexadecimal digits of the hash of seed, purpose and reference, as a share of all
    there are. Anybody with the seed can work it out again.
    """
    digest = hashlib.sha256(f"{seed}|{purpose}|{reference}".encode()).hexdigest()
    return int(digest[:13], 16) * TICKETS >> 52


def choose(audit: Submitted, ticket: int, share: int, first_audits: int) -> ChoiceReason:
    """Why the audit is moderated, or that it is not (M1).

    `share` is in percent; `first_audits` how many of an auditor's first ones always are.
    """
    always = {
        ChoiceReason.CONCERN: audit.concern,
        ChoiceReason.RETURNED: audit.returned,
        ChoiceReason.ALL: share >= 100,
        ChoiceReason.INADEQUATE: audit.grade is Grade.INADEQUATE,
        ChoiceReason.OUTSTANDING: audit.grade is Grade.OUTSTANDING,
        ChoiceReason.FIRST_AUDITS: audit.earlier < first_audits,
        ChoiceReason.CHOSEN: is_below(ticket, share),
    }
    return next((reason for reason, holds in always.items() if holds), ChoiceReason.NOT_CHOSEN)


def choose_blind(audit: Submitted, reason: ChoiceReason, ticket: int, share: int) -> bool:
    """Whether the moderation of an audit is blind, for a share in percent (M3).

    Never with a concern, nor where the audit has no grade (P7), nor after a moderator returned it:
    they have read it, and their comments are no secret any more.
    """
    return (
        reason is not ChoiceReason.NOT_CHOSEN
        and audit.grade is not None
        and not audit.concern
        and not audit.returned
        and is_below(ticket, share)
    )


def is_below(ticket: int, share: int) -> bool:
    """Whether a ticket is among the share (in percent)."""
    return ticket * 100 < share * TICKETS
