"""The awkward states that the demonstration always has, each as one row."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState


class Concerned(StrEnum):
    """How far a significant-harm concern has come."""

    FRESH = "fresh"
    ACKNOWLEDGED = "acknowledged"
    DECIDED = "decided"
    COMPLETE = "complete"


class Shows(StrEnum):
    """What of moderation an audit shows beside its state."""

    DRAFT = "draft"
    GIVEN = "given"
    TALK = "talk"


@dataclass(frozen=True)
class Special:
    """An audit in a state worth showing; `days_ago` counts working days since it was sent, or got
    there.

    `auditor`, `moderator` and `worker` are keys of the demonstration's logins. `outstanding` is how
    many of its priority actions are still outstanding; `replied` says who signed a reply to it.

    `moderator` has it, or, where it waits, can take it; where auditor and moderator disagree, as
    second moderator. `moderated` and `answered` are the working days since the first moderator's
    other grade, `other`, and the auditor's answer. `blind` says whether it is to be drawn for a
    blind moderation, where that matters, and `pinned` how much its moderator asked to be corrected.
    """

    state: AuditState
    days_ago: int
    grade: Grade | None = None
    concern: Concerned | None = None
    auditor: str = ""
    moderator: str = ""
    worker: str = ""
    outstanding: int = 0
    replied: Party | None = None
    moderated: int = 0
    answered: int = 0
    other: Grade | None = None
    blind: bool | None = None
    pinned: int = 0
    shows: Shows | None = None


_S, _G, _C, _P = AuditState, Grade, Concerned, Party

SPECIALS: Final = (
    # An hour ago, and nobody has acknowledged it: a child of the demonstration's social worker.
    Special(_S.IN_PROGRESS, 2, concern=_C.FRESH, worker="social.worker"),
    # Acknowledged yesterday, and no safety decision yet.
    Special(_S.AWAITING_MODERATION, 1, _G.INADEQUATE, _C.ACKNOWLEDGED, worker="social.worker",
            outstanding=1),
    Special(_S.AWAITING_MODERATION, 3, _G.INADEQUATE),
    Special(_S.AWAITING_MODERATION, 16, _G.GOOD),
    Special(_S.AWAITING_MODERATION, 14, _G.REQUIRES_IMPROVEMENT),
    Special(_S.AWAITING_MODERATION, 12, _G.REQUIRES_IMPROVEMENT),
    Special(_S.AWAITING_MODERATION, 2, _G.OUTSTANDING),
    Special(_S.AWAITING_MODERATION, 4, _G.GOOD, auditor="iro"),
    # In the middle of it, with something written and not finished.
    Special(_S.IN_MODERATION, 5, _G.GOOD, moderator="head.of.service", blind=False,
            shows=Shows.DRAFT),
    Special(_S.IN_MODERATION, 3, _G.REQUIRES_IMPROVEMENT, moderator="director", blind=False),
    # Two things to correct, one of them answered.
    Special(_S.RETURNED, 6, _G.REQUIRES_IMPROVEMENT, auditor="auditor", blind=False, pinned=2),
    Special(_S.RETURNED, 5, _G.GOOD, blind=False, pinned=1),
    Special(_S.IN_PROGRESS, 4, auditor="auditor"),
    Special(_S.GIVEN, 3, auditor="team.manager"),
    # Priority actions still outstanding after an Inadequate audit with a concern.
    Special(_S.FINAL, 7, _G.INADEQUATE, _C.COMPLETE, worker="social.worker", outstanding=2),
    Special(_S.FINAL, 9, _G.INADEQUATE, _C.DECIDED, outstanding=2),
    Special(_S.FINAL, 13, _G.INADEQUATE, _C.COMPLETE, outstanding=1),
    Special(_S.FINAL, 21, _G.INADEQUATE, _C.COMPLETE, outstanding=1, replied=_P.TEAM_MANAGER),
    # A concern stands whatever the grade.
    Special(_S.FINAL, 10, _G.REQUIRES_IMPROVEMENT, _C.DECIDED),
    Special(_S.FINAL, 17, _G.REQUIRES_IMPROVEMENT, worker="social.worker"),
    Special(_S.FINAL, 28, _G.REQUIRES_IMPROVEMENT, worker="social.worker",
            replied=_P.SOCIAL_WORKER),
    Special(_S.FINAL, 33, _G.GOOD, worker="social.worker", replied=_P.SOCIAL_WORKER),
)  # fmt: skip

# What is under way between auditors and moderators.
UNDER_WAY: Final = (
    # Asked of the demonstration's auditor, who has two days left; they are talking.
    Special(_S.IN_DISCUSSION, 8, _G.GOOD, auditor="auditor", moderated=3,
            other=_G.REQUIRES_IMPROVEMENT, blind=False, shows=Shows.TALK),
    # The auditor disagreed: the corporate director can decide, and is deciding.
    Special(_S.AWAITING_SECOND, 11, _G.GOOD, moderator="director", moderated=5, answered=2,
            other=_G.REQUIRES_IMPROVEMENT),
    Special(_S.IN_SECOND_MODERATION, 13, _G.REQUIRES_IMPROVEMENT, moderator="director",
            moderated=7, answered=4, other=_G.GOOD),
    # From another service than hers, so that she can take it blind; and one that she has begun.
    Special(_S.AWAITING_MODERATION, 5, _G.GOOD, moderator="head.of.service", blind=True),
    Special(_S.IN_MODERATION, 6, _G.REQUIRES_IMPROVEMENT, moderator="head.of.service", blind=True),
    # The QA lead gave it to her.
    Special(_S.AWAITING_MODERATION, 6, _G.REQUIRES_IMPROVEMENT, moderator="head.of.service",
            blind=False, shows=Shows.GIVEN),
)  # fmt: skip
