"""Whether doing an action helped children: its impact rating (E9)."""

from datetime import datetime
from typing import Final
from uuid import UUID

from qa_app import history
from qa_app.domain.actions import ActionStatus, Impact
from qa_app.domain.errors import DomainError
from qa_app.tracker.models import Action
from qa_app.tracker.queries.standing import takes_part
from qa_app.tracker.queries.story import evidence
from qa_app.tracker.services.refusing import NotAllowed, check_seen
from qa_app.tracker.services.stepping import note_step

RATED: Final = frozenset({ActionStatus.DONE, ActionStatus.VERIFIED})
"""Where an action can be rated: it has been done."""


class CannotBeRated(DomainError):
    """A rating of what is not done yet, or will not be, or the rating that it has."""


def rate(
    action: Action,
    *,
    impact: Impact,
    note: str = "",
    by: UUID,
    at: datetime,
    seen: int | None = None,
) -> None:
    """Say for how many children it has been shown to help, once it is done; an earlier rating stays
    in the action's story. Never by those who did it."""
    check_seen(action, seen)
    shown = evidence(action)
    if by in (action.owner_id, shown and shown.by) or takes_part(action, by):
        raise NotAllowed(
            "Whoever does an action does not rate what it achieved. Nothing has been changed."
        )
    refuse_undone(action)
    if action.impact is impact:
        raise CannotBeRated("Select another rating: it has this one already", "impact")
    action.impact = impact
    if note.strip():
        note_step(action, action.status, by=by, at=at, note=note)
    words = impact.words.lower()
    history.record(
        "action_impact_rated", action, by=by, at=at, audit_id=action.audit_id, impact=words
    )


def refuse_undone(action: Action) -> None:
    """Raise CannotBeRated for an action that is not done yet, was withdrawn, or was closed by an
    import."""
    if action.status not in RATED:
        raise CannotBeRated(
            "The impact of this action cannot be rated now: it is "
            f"{action.status.words.lower()}. Nothing has been changed."
        )
