"""Progress notes: dated words on an action that change nothing else about it (E4)."""

from datetime import datetime
from uuid import UUID

from qa_app import history
from qa_app.domain.actions import OUTSTANDING
from qa_app.domain.errors import DomainError
from qa_app.tracker.models import Action
from qa_app.tracker.services.refusing import check_seen
from qa_app.tracker.services.stepping import needs_words, note_step
from qa_app.tracker.services.telling import tell


class NoLongerNoted(DomainError):
    """A change of what goes on with an action on which nothing goes on any more."""


def add_note(action: Action, *, note: str, by: UUID, at: datetime, seen: int | None = None) -> None:
    """Say how it goes, until the action is settled. Its owner, and whoever covers for them, is told
    where somebody else wrote."""
    check_seen(action, seen)
    refuse_settled(action)
    needs_words(note, "Enter how it goes", "note")
    note_step(action, action.status, by=by, at=at, note=note)
    history.record("action_noted", action, by=by, at=at, audit_id=action.audit_id)
    tell_doers(
        action,
        f"A note was added to action {action.reference}",
        f"Somebody added a progress note to action {action.reference}. Sign in to read it.",
        by=by,
        at=at,
    )


def refuse_settled(action: Action) -> None:
    """Raise NoLongerNoted for an action that was verified, withdrawn or closed."""
    if action.status not in OUTSTANDING:
        raise NoLongerNoted(
            f"Nothing more can be added to this action: it is {action.status.words.lower()}. "
            "Nothing has been changed."
        )


def tell_doers(action: Action, subject: str, body: str, *, by: UUID, at: datetime) -> None:
    """Tell the action's owner and whoever covers for them, but for who did what is told."""
    people = [each for each in (action.owner, action.cover) if each is not None and each.id != by]
    tell(action, people, subject, body, at)
