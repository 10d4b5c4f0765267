"""Withdrawing an action: asked for, the auditor heard, and decided by an outsider (E5)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.database import db
from qa_app.domain.actions import ActionMove, is_outstanding, withdrawal_bars
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.tracker.models import Action
from qa_app.tracker.queries import parties_to
from qa_app.tracker.queries.withdrawing import auditor_to_hear, deciders_of, kept_people, stands
from qa_app.tracker.services.refusing import NotAllowed, check_seen, refuse_barred
from qa_app.tracker.services.stepping import needs_words, note_step, take_step
from qa_app.tracker.services.telling import tell


class CannotBeAsked(DomainError):
    """A withdrawal that cannot be asked for now: it was asked already, or the action has ended."""


class NothingAsked(DomainError):
    """No request stands about which something could be said or decided."""


def ask(action: Action, *, why: str, by: UUID, at: datetime, seen: int | None = None) -> None:
    """Ask that an outstanding action be withdrawn, and say why: one request stands at a time.

    The auditor is asked what they think, and those who may decide are told (E5).
    """
    check_seen(action, seen)
    if not is_outstanding(action.status):
        raise CannotBeAsked(
            f"This action is {action.status.words.lower()}, so there is nothing to withdraw."
        )
    if action.withdrawal_asked_at is not None:
        raise CannotBeAsked(
            "Somebody has asked for this action to be withdrawn already. It waits for a decision."
        )
    needs_words(why, "Enter why this action should be withdrawn", "why")
    action.withdrawal_asked_at, action.withdrawal_asked_by = at, by
    action.withdrawal_why, action.auditor_said = why.strip(), ""
    _note(action, "action_withdrawal_asked", why, by, at)
    db.session.flush()
    _tell_of_request(action, by, at)


def say(action: Action, *, words: str, by: UUID, at: datetime, seen: int | None = None) -> None:
    """The auditor says what they think of a request that stands; said again, the newer stands."""
    check_seen(action, seen)
    if by != action.auditor_id:
        raise NotAllowed("Only whoever audited the case is heard here. Nothing has been changed.")
    _request_stands(action)
    needs_words(words, "Enter what you think of withdrawing this action", "words")
    action.auditor_said = words.strip()
    _note(action, "action_withdrawal_said", words, by, at)
    db.session.flush()
    tell(
        action,
        _others(deciders_of(action, london_date(at)), by),
        f"The auditor has been heard about withdrawing action {action.reference}",
        f"Whoever audited the case has said what they think of withdrawing action "
        f"{action.reference}. Sign in to read it, and decide whether the action stays.",
        at,
    )


def withdraw(
    action: Action, *, reason: str, by: UUID, at: datetime, seen: int | None = None
) -> None:
    """A head of service outside the owner's service withdraws it, with the reason (E5): what was
    asked and said stays with it. Nobody decides what they asked for themselves."""
    check_seen(action, seen)
    bars = withdrawal_bars(parties_to(action, by, london_date(at)))
    refuse_barred(action, bars, "withdraw it", by)
    needs_words(reason, "Enter why this action is withdrawn", "reason")
    take_step(action, ActionMove.WITHDRAW, by=by, at=at, note=reason)
    action.settled_on = london_date(at)
    tell(
        action,
        [action.owner, *_heard_of(action, action.withdrawal_asked_by)],
        f"Action {action.reference} has been withdrawn",
        f"Action {action.reference} has been withdrawn. Sign in to read the reason.",
        at,
    )


def refuse(action: Action, *, why: str, by: UUID, at: datetime, seen: int | None = None) -> None:
    """Whoever could withdraw it decides that it stays: the request is over, its words stay."""
    check_seen(action, seen)
    bars = withdrawal_bars(parties_to(action, by, london_date(at)))
    refuse_barred(action, bars, "decide that it stays", by)
    _request_stands(action)
    needs_words(why, "Enter why this action stays", "why")
    asker = action.withdrawal_asked_by
    action.withdrawal_asked_at = action.withdrawal_asked_by = None
    action.withdrawal_why = action.auditor_said = ""
    _note(action, "action_withdrawal_refused", why, by, at)
    tell(
        action,
        [action.owner, *_heard_of(action, asker)],
        f"Action {action.reference} stays",
        f"Somebody asked for action {action.reference} to be withdrawn. It was decided that it "
        "stays. Sign in to read why.",
        at,
    )


def _request_stands(action: Action) -> None:
    if not stands(action):
        raise NothingAsked(
            "Nobody is asking for this action to be withdrawn now. Nothing has been changed."
        )


def _note(action: Action, verb: str, words: str, by: UUID, at: datetime) -> None:
    note_step(action, action.status, by=by, at=at, note=words)
    history.record(verb, action, by=by, at=at, audit_id=action.audit_id)


def _tell_of_request(action: Action, by: UUID, at: datetime) -> None:
    auditor = auditor_to_hear(action)
    if auditor is not None and auditor.id != by:
        tell(
            action,
            [auditor],
            f"What do you think? Action {action.reference} may be withdrawn",
            f"Somebody has asked for action {action.reference}, from an audit of yours, to be "
            "withdrawn. Sign in to read why, and say what you think before it is decided.",
            at,
        )
    besides = auditor.id if auditor is not None else by
    tell(
        action,
        [each for each in deciders_of(action, london_date(at)) if each.id not in (by, besides)],
        f"Decide whether action {action.reference} is withdrawn",
        f"Somebody has asked for action {action.reference} to be withdrawn. A head of service "
        "outside its owner's service decides. Sign in to read why, and what the auditor says.",
        at,
    )


def _others(people: Iterable[Person], by: UUID) -> list[Person]:
    return [person for person in people if person.id != by]


def _heard_of(action: Action, asker: UUID | None) -> list[Person | None]:
    """Whoever asked, and whoever audited the case; nobody from whom the action is kept."""
    kept = kept_people(action)
    return [
        db.session.get(Person, person_id)
        for person_id in (asker, action.auditor_id)
        if person_id is not None and person_id not in kept
    ]
