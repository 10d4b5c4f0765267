"""What the tracker refuses, in words, and the note that history keeps of it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from qa_app import history
from qa_app.accounts.queries import names
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import listed
from qa_app.domain.independence import Bar
from qa_app.tracker.models import Action


class NotAllowed(DomainError):
    """Somebody whom a rule bars from what they tried."""


class ChangedMeanwhile(DomainError):
    """The action is not as the page showed it any more."""


def check_seen(action: Action, seen: int | None) -> None:
    """Refuse a change that was decided on an older version of the action than the saved one."""
    if seen is not None and seen != action.version:
        raise ChangedMeanwhile(
            "Somebody else changed this action while this page was open: it is now "
            f"“{action.status.words.lower()}”. What you wrote is below and has not been saved. "
            "Read the action again before you send it."
        )


def refuse_barred(action: Action, bars: Sequence[Bar], what: str, by: UUID) -> None:
    """Raise NotAllowed with every reason, where there is one. `what` is what they cannot do."""
    if bars:
        raise NotAllowed(f"{barred_sentence(action, bars, what, by)} Nothing has been changed.")


def barred_sentence(action: Action, bars: Sequence[Bar], what: str, by: UUID) -> str:
    """“Hetty Head owns this action, so cannot verify it.”"""
    reasons = listed([bar.reason for bar in _telling(action, bars, by)])
    return f"{names([by])[by]} {reasons}, so cannot {what}."


def note_refused(action: Action, what: str, bars: Sequence[Bar], *, by: UUID, at: datetime) -> None:
    """Put in the history that somebody tried what a rule bars them from."""
    reasons = listed([f"{bar.reason} ({bar.rule})" for bar in _telling(action, bars, by)])
    reason = f"{reasons}, so cannot {what}"
    history.record("refused", action, by=by, at=at, audit_id=action.audit_id, reason=reason)


def _telling(action: Action, bars: Sequence[Bar], by: UUID) -> Sequence[Bar]:
    """The bars worth saying: to the owner, that they own it says all."""
    return bars[:1] if by == action.owner_id else bars
