"""Moving a due date and giving an action to another owner: by somebody senior, with the reason."""

from datetime import date, datetime
from uuid import UUID

from qa_app import history
from qa_app.accounts.models import Person, Post
from qa_app.accounts.queries import posts_held
from qa_app.database import db
from qa_app.domain.actions import ActionStatus, due_date_bars
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.formatting import date_words
from qa_app.tracker.models import Action, DueDateChange
from qa_app.tracker.queries import parties_to
from qa_app.tracker.queries.owning import HeldPost
from qa_app.tracker.queries.standing import KEPT
from qa_app.tracker.services.raising import tell_owner
from qa_app.tracker.services.refusing import check_seen, refuse_barred
from qa_app.tracker.services.stepping import note_step
from qa_app.tracker.services.telling import tell

BEING_WORKED_ON = frozenset({ActionStatus.OPEN, ActionStatus.IN_PROGRESS})


class CannotBeChanged(DomainError):
    """A due date or an owner that cannot be changed to this, or not any more."""


def change_due_date(
    action: Action,
    *,
    due_on: date,
    reason: str,
    by: UUID,
    at: datetime,
    seen: int | None = None,
) -> None:
    """Somebody senior to the owner moves the due date; the original stays for ever (E3)."""
    check_seen(action, seen)
    _being_worked_on(action, "due date")
    bars = due_date_bars(parties_to(action, by, london_date(at)))
    refuse_barred(action, bars, "change its due date", by)
    old = action.due_on
    if due_on < london_date(at):
        raise CannotBeChanged("The new due date must be today or later", "due_on")
    if old == due_on:
        raise CannotBeChanged("Enter another date: this is the due date already", "due_on")
    action.due_on = due_on
    if old is None:
        # An imported action may come without one: the first date given is its original.
        action.original_due_on = due_on
    db.session.add(
        DueDateChange(
            action_id=action.id, at=at, by=by, old_due_on=old or due_on, new_due_on=due_on,
            reason=reason,
        )
    )  # fmt: skip
    words = {"old": date_words(old), "new": date_words(due_on)}
    history.record("action_due_changed", action, by=by, at=at, audit_id=action.audit_id, **words)
    tell(
        action,
        [action.owner],
        f"Action {action.reference} is now due {words['new']}",
        f"The due date of action {action.reference} was moved from {words['old']} to "
        f"{words['new']}. Sign in to read the reason.",
        at,
    )


def reassign(
    action: Action,
    *,
    owner: Person,
    reason: str,
    by: UUID,
    at: datetime,
    seen: int | None = None,
) -> None:
    """Somebody senior to the owner gives the action to somebody else, before it is done."""
    check_seen(action, seen)
    _being_worked_on(action, "owner")
    bars = due_date_bars(parties_to(action, by, london_date(at)))
    refuse_barred(action, bars, "give it to somebody else", by)
    post = next(iter(posts_held(owner.id, london_date(at))), None)
    move_to_owner(action, owner, post, reason=reason, by=by, at=at)
    db.session.flush()
    tell_owner(action, at)


def move_to_owner(
    action: Action, owner: Person, post: Post | None, *, reason: str, by: UUID, at: datetime
) -> None:
    """Give it to somebody else for a post of theirs, with the reason; nobody is told.

    Raises CannotBeChanged where they own it already, or it is kept from them (M3, E1).
    """
    if owner.id == action.owner_id:
        raise CannotBeChanged(f"{owner.name} owns this action already", "owner")
    if owner.id in {each.person_id for each in action.parties if each.party in KEPT}:
        raise CannotBeChanged(
            f"Action {action.reference} cannot go to {owner.name}. Choose somebody else", "owner"
        )
    before = action.owner_name
    give(action, owner, post)
    action.cover = None
    note = f"From {before} to {owner.name}. {reason}"
    note_step(action, action.status, by=by, at=at, note=note)
    history.record("action_reassigned", action, by=by, at=at, audit_id=action.audit_id)


def give(action: Action, owner: Person, post: Post | HeldPost | None) -> None:
    """Make somebody its owner for a post, as history keeps it; None where they hold none."""
    action.owner = owner
    action.owner_name = owner.name
    action.owner_post = post.title if post else ""
    action.owner_post_id = post.id if post else None


def _being_worked_on(action: Action, what: str) -> None:
    if action.status not in BEING_WORKED_ON:
        raise CannotBeChanged(
            f"The {what} of this action cannot be changed now: it is "
            f"{action.status.words.lower()}. Nothing has been changed."
        )
