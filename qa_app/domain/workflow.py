"""What may happen to an audit, as one table: (state, action) → the state that follows."""

from enum import StrEnum

from qa_app.domain.errors import DomainError


class AuditState(StrEnum):
    """Where an audit stands. Imported audits are born FINAL or AWAITING_MODERATION."""

    GIVEN = "given"
    IN_PROGRESS = "in_progress"
    AWAITING_MODERATION = "awaiting_moderation"
    IN_MODERATION = "in_moderation"
    IN_DISCUSSION = "in_discussion"
    AWAITING_SECOND = "awaiting_second"
    IN_SECOND_MODERATION = "in_second_moderation"
    RETURNED = "returned"
    FINAL = "final"
    WITHDRAWN = "withdrawn"

    @property
    def words(self) -> str:
        """The state as a page says it."""
        return STATE_WORDS[self]


STATE_WORDS = {
    AuditState.GIVEN: "Not started",
    AuditState.IN_PROGRESS: "In progress",
    AuditState.AWAITING_MODERATION: "Waiting for moderation",
    AuditState.IN_MODERATION: "Being moderated",
    AuditState.IN_DISCUSSION: "Waiting for the auditor’s answer",
    AuditState.AWAITING_SECOND: "Waiting for a second moderator",
    AuditState.IN_SECOND_MODERATION: "With a second moderator",
    AuditState.RETURNED: "Returned for correction",
    AuditState.FINAL: "Final",
    AuditState.WITHDRAWN: "Withdrawn",
}


class AuditMove(StrEnum):
    """What somebody does to an audit."""

    WRITE = "write"
    SUBMIT = "submit"
    START_MODERATION = "start_moderation"
    RELEASE_MODERATION = "release_moderation"
    RETURN = "return"
    DISCUSS = "discuss"
    DISAGREE = "disagree"
    START_SECOND = "start_second"
    RELEASE_SECOND = "release_second"
    FINALISE = "finalise"
    REASSIGN = "reassign"
    WITHDRAW = "withdraw"
    UNSTART = "unstart"
    CORRECT_FACTS = "correct_facts"


MOVE_WORDS = {
    AuditMove.WRITE: "written in",
    AuditMove.SUBMIT: "submitted",
    AuditMove.START_MODERATION: "taken for moderation",
    AuditMove.RELEASE_MODERATION: "put back in the queue",
    AuditMove.RETURN: "returned for correction",
    AuditMove.DISCUSS: "sent to its auditor for an answer",
    AuditMove.DISAGREE: "sent to a second moderator",
    AuditMove.START_SECOND: "taken by a second moderator",
    AuditMove.RELEASE_SECOND: "put back for another second moderator",
    AuditMove.FINALISE: "made final",
    AuditMove.REASSIGN: "given to somebody else",
    AuditMove.WITHDRAW: "withdrawn",
    AuditMove.UNSTART: "put back to not started",
    AuditMove.CORRECT_FACTS: "taken back to correct its facts",
}

_S, _M = AuditState, AuditMove

TRANSITIONS: dict[tuple[AuditState, AuditMove], AuditState] = {
    (_S.GIVEN, _M.WRITE): _S.IN_PROGRESS,
    (_S.GIVEN, _M.REASSIGN): _S.GIVEN,
    (_S.GIVEN, _M.WITHDRAW): _S.WITHDRAWN,
    (_S.IN_PROGRESS, _M.WRITE): _S.IN_PROGRESS,
    (_S.IN_PROGRESS, _M.SUBMIT): _S.AWAITING_MODERATION,
    (_S.IN_PROGRESS, _M.REASSIGN): _S.GIVEN,
    (_S.IN_PROGRESS, _M.WITHDRAW): _S.WITHDRAWN,
    (_S.IN_PROGRESS, _M.UNSTART): _S.GIVEN,
    (_S.AWAITING_MODERATION, _M.START_MODERATION): _S.IN_MODERATION,
    # M1, P7: an audit that is not selected for moderation keeps its auditor's grade.
    (_S.AWAITING_MODERATION, _M.FINALISE): _S.FINAL,
    # A12: what the social worker or team manager found wrong is put right before moderation.
    (_S.AWAITING_MODERATION, _M.CORRECT_FACTS): _S.RETURNED,
    (_S.IN_MODERATION, _M.RELEASE_MODERATION): _S.AWAITING_MODERATION,
    (_S.IN_MODERATION, _M.RETURN): _S.RETURNED,
    (_S.IN_MODERATION, _M.FINALISE): _S.FINAL,
    # M4: another overall grade goes to the auditor, who accepts it or says nothing in time…
    (_S.IN_MODERATION, _M.DISCUSS): _S.IN_DISCUSSION,
    (_S.IN_DISCUSSION, _M.FINALISE): _S.FINAL,
    # …or disagrees (M5): then a second moderator decides.
    (_S.IN_DISCUSSION, _M.DISAGREE): _S.AWAITING_SECOND,
    (_S.AWAITING_SECOND, _M.START_SECOND): _S.IN_SECOND_MODERATION,
    (_S.IN_SECOND_MODERATION, _M.RELEASE_SECOND): _S.AWAITING_SECOND,
    (_S.IN_SECOND_MODERATION, _M.FINALISE): _S.FINAL,
    (_S.RETURNED, _M.WRITE): _S.RETURNED,
    (_S.RETURNED, _M.SUBMIT): _S.AWAITING_MODERATION,
}

OPEN_FOR_WRITING = frozenset({AuditState.GIVEN, AuditState.IN_PROGRESS, AuditState.RETURNED})
MODERATION_BEGUN = frozenset(
    {
        AuditState.IN_MODERATION,
        AuditState.IN_DISCUSSION,
        AuditState.AWAITING_SECOND,
        AuditState.IN_SECOND_MODERATION,
    }
)
"""Taken for moderation, and not final yet."""

SUBMITTED = MODERATION_BEGUN | {AuditState.AWAITING_MODERATION, AuditState.FINAL}


class MoveNotAllowed(DomainError):
    """The audit's state does not allow this move."""


def advance(state: AuditState, move: AuditMove) -> AuditState:
    """Return the state that follows, or raise MoveNotAllowed."""
    following = TRANSITIONS.get((state, move))
    if following is None:
        raise MoveNotAllowed(
            f"This audit cannot be {MOVE_WORDS[move]} now. It is “{state.words.lower()}”. "
            "Nothing has been changed."
        )
    return following


def moves_from(state: AuditState) -> list[AuditMove]:
    """The moves that the table allows from a state, in the order of AuditMove."""
    return [move for move in AuditMove if (state, move) in TRANSITIONS]
