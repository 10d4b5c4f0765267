"""The moves of an action (E4, E5): status, step and event change together, and people are told."""

from datetime import date, datetime
from uuid import UUID

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.database import db
from qa_app.domain.actions import (
    ActionMove,
    ActionStatus,
    advance_action,
    verifier_bars,
    withdrawal_bars,
)
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.formatting import date_words
from qa_app.tracker.models import Action, ActionStep
from qa_app.tracker.queries import parties_to, verification_due, verifiers_of
from qa_app.tracker.services.refusing import NotAllowed, check_seen, refuse_barred
from qa_app.tracker.services.telling import tell

_EVENTS = {
    ActionMove.START: "action_started",
    ActionMove.FINISH: "action_done",
    ActionMove.VERIFY: "action_verified",
    ActionMove.RETURN: "action_returned",
    ActionMove.WITHDRAW: "action_withdrawn",
}


class WordsNeeded(DomainError):
    """A move that needs words came without any."""


class NotADayOfTheAction(DomainError):
    """A day before the action was raised, or one that has not come yet."""


def start(action: Action, *, by: UUID, at: datetime, seen: int | None = None) -> None:
    """The owner begins. `seen` is the version that the page showed."""
    check_seen(action, seen)
    _owner_only(action, by)
    _move(action, ActionMove.START, by=by, at=at)


def finish(
    action: Action,
    *,
    evidence: str,
    done_on: date,
    by: UUID,
    at: datetime,
    seen: int | None = None,
) -> None:
    """The owner says that it is done: what shows it, and the day (E4). Verifiers are told."""
    check_seen(action, seen)
    _owner_only(action, by)
    _needs_words(evidence, "Enter what shows that this has been done", "evidence")
    if not action.raised_on <= done_on <= london_date(at):
        raise NotADayOfTheAction(
            f"The date done must be from {date_words(action.raised_on)} to today", "done_on"
        )
    _move(action, ActionMove.FINISH, by=by, at=at, on=done_on, note=evidence)
    action.done_at = at
    db.session.flush()
    by_when = date_words(verification_due(action))
    tell(
        action,
        verifiers_of(action, london_date(at)),
        f"Action {action.reference} waits for verification by {by_when}",
        f"The owner of action {action.reference} has marked it done. It is to be verified by "
        f"{by_when} by somebody other than its owner. Sign in to read the evidence.",
        at,
    )


def verify(
    action: Action, *, note: str = "", by: UUID, at: datetime, seen: int | None = None
) -> None:
    """Somebody other than the owner finds it done (E4): the action is settled."""
    check_seen(action, seen)
    refuse_barred(action, verifier_bars(parties_to(action, by, london_date(at))), "verify it", by)
    _move(action, ActionMove.VERIFY, by=by, at=at, note=note)
    action.verified_by = by
    action.settled_on = london_date(at)
    tell(
        action,
        [action.owner],
        f"Action {action.reference} has been verified",
        f"Action {action.reference} has been verified and is complete. Nothing more is needed.",
        at,
    )


def send_back(
    action: Action, *, missing: str, by: UUID, at: datetime, seen: int | None = None
) -> None:
    """Whoever could verify it finds that something is missing, and says what (E4)."""
    check_seen(action, seen)
    refuse_barred(action, verifier_bars(parties_to(action, by, london_date(at))), "return it", by)
    _needs_words(missing, "Enter what is missing, so that the owner knows what to do", "missing")
    _move(action, ActionMove.RETURN, by=by, at=at, note=missing)
    action.done_at = None
    tell(
        action,
        [action.owner],
        f"Action {action.reference} was returned to you: more is needed",
        f"Action {action.reference} could not be verified yet. It is due on "
        f"{date_words(action.due_on)}. Sign in to read what is missing.",
        at,
    )


def withdraw(
    action: Action, *, reason: str, by: UUID, at: datetime, seen: int | None = None
) -> None:
    """A head of service outside the owner's service withdraws it, with the reason (E5)."""
    check_seen(action, seen)
    bars = withdrawal_bars(parties_to(action, by, london_date(at)))
    refuse_barred(action, bars, "withdraw it", by)
    _needs_words(reason, "Enter why this action is withdrawn", "reason")
    _move(action, ActionMove.WITHDRAW, by=by, at=at, note=reason)
    action.settled_on = london_date(at)
    auditor = db.session.get(Person, action.auditor_id) if action.auditor_id else None
    tell(
        action,
        [action.owner, auditor],
        f"Action {action.reference} has been withdrawn",
        f"Action {action.reference} has been withdrawn. Sign in to read the reason.",
        at,
    )


def _owner_only(action: Action, by: UUID) -> None:
    if by != action.owner_id:
        raise NotAllowed("Only the owner of this action works on it. Nothing has been changed.")


def _needs_words(text: str, message: str, field: str) -> None:
    if not text.strip():
        raise WordsNeeded(message, field)


def _move(
    action: Action,
    move: ActionMove,
    *,
    by: UUID,
    at: datetime,
    on: date | None = None,
    note: str = "",
) -> None:
    before: ActionStatus = action.status
    action.status = advance_action(before, move)
    # Added by itself: reading the steps to append one would flush the action half changed.
    step = ActionStep(
        action=action,
        at=at,
        by=by,
        from_status=before,
        to_status=action.status,
        on=on or london_date(at),
        note=note.strip(),
    )
    db.session.add(step)
    history.record(_EVENTS[move], action, by=by, at=at, audit_id=action.audit_id)
