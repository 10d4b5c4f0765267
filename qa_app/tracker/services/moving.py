"""Working on an action and verifying it (E4): its moves, and whom they tell."""

from datetime import date, datetime
from uuid import UUID

from qa_app.database import db
from qa_app.domain.actions import ActionMove, verifier_bars
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.formatting import date_words
from qa_app.tracker.models import Action
from qa_app.tracker.queries import parties_to, verification_due, verifiers_of
from qa_app.tracker.services.refusing import NotAllowed, check_seen, refuse_barred
from qa_app.tracker.services.stepping import needs_words, take_step
from qa_app.tracker.services.telling import tell


class NotADayOfTheAction(DomainError):
    """A day before the action was raised, or one that has not come yet."""


def start(action: Action, *, by: UUID, at: datetime, seen: int | None = None) -> None:
    """The owner begins, or whoever covers for them. `seen` is the version that the page showed."""
    check_seen(action, seen)
    _owner_only(action, by)
    take_step(action, ActionMove.START, by=by, at=at)


def finish(
    action: Action,
    *,
    evidence: str,
    done_on: date,
    by: UUID,
    at: datetime,
    seen: int | None = None,
) -> None:
    """The owner, or whoever covers, says that it is done: what shows it, and the day (E4).

    Those who can verify it are told.
    """
    check_seen(action, seen)
    _owner_only(action, by)
    needs_words(evidence, "Enter what shows that this has been done", "evidence")
    if not action.raised_on <= done_on <= london_date(at):
        raise NotADayOfTheAction(
            f"The date done must be from {date_words(action.raised_on)} to today", "done_on"
        )
    take_step(action, ActionMove.FINISH, by=by, at=at, on=done_on, note=evidence)
    action.done_at = at
    db.session.flush()
    by_when = date_words(verification_due(action))
    tell(
        action,
        verifiers_of(action, london_date(at)),
        f"Action {action.reference} waits for verification by {by_when}",
        f"Action {action.reference} has been marked done. It is to be verified by {by_when} by "
        "somebody other than its owner. Sign in to read the evidence.",
        at,
    )


def verify(
    action: Action, *, note: str = "", by: UUID, at: datetime, seen: int | None = None
) -> None:
    """Somebody other than the owner finds it done (E4): the action is settled."""
    check_seen(action, seen)
    refuse_barred(action, verifier_bars(parties_to(action, by, london_date(at))), "verify it", by)
    take_step(action, ActionMove.VERIFY, by=by, at=at, note=note)
    action.verified_by = by
    action.settled_on = london_date(at)
    tell(
        action,
        [action.owner, action.cover],
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
    needs_words(missing, "Enter what is missing, so that the owner knows what to do", "missing")
    take_step(action, ActionMove.RETURN, by=by, at=at, note=missing)
    action.done_at = None
    tell(
        action,
        [action.owner, action.cover],
        f"Action {action.reference} was returned to you: more is needed",
        f"Action {action.reference} could not be verified yet. It is due on "
        f"{date_words(action.due_on)}. Sign in to read what is missing.",
        at,
    )


def _owner_only(action: Action, by: UUID) -> None:
    if by not in (action.owner_id, action.covered_by):
        raise NotAllowed(
            "Only the owner of this action works on it, or whoever covers for them while they are "
            "away. Nothing has been changed."
        )
