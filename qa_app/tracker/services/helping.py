"""Those who help an action's owner, who leads it, and the partner agency that takes part (E3)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Party
from qa_app.formatting import date_words
from qa_app.tracker.models import Action, ActionParty
from qa_app.tracker.queries import verifiers_of
from qa_app.tracker.queries.standing import KEPT
from qa_app.tracker.services.changing import BEING_WORKED_ON
from qa_app.tracker.services.refusing import check_seen
from qa_app.tracker.services.stepping import note_step
from qa_app.tracker.services.telling import tell

NOBODY = "Nobody"


class CannotHelp(DomainError):
    """Somebody who cannot help with the action, or a time at which nobody can."""


def add_helper(action: Action, *, person: Person, by: UUID, at: datetime) -> None:
    """Let somebody help the owner, before the action is done; they are told, and see it.

    CannotHelp for the owner, whoever covers for them, whoever is to verify it (E4), and whoever it
    is kept from (M3, E1).
    """
    refuse_finished(action)
    why_not = _why_not(action, person, london_date(at))
    if why_not:
        raise CannotHelp(why_not, "owner")
    try:
        with db.session.begin_nested():
            db.session.add(
                ActionParty(action_id=action.id, party=Party.HELPER, person_id=person.id)
            )
    except IntegrityError:
        raise CannotHelp(_HELPS.format(person.name), "owner") from None
    db.session.expire(action, ["parties"])
    _record("action_helper_added", action, person.id, by, at)
    tell(
        action,
        [person],
        f"You were asked to help with action {action.reference}",
        f"{action.owner_name} leads action {action.reference}, which is due on "
        f"{date_words(action.due_on)}, and you were asked to help. Sign in to read what is to be "
        "done.",
        at,
    )


_HELPS = "{} helps with this action already"


def _why_not(action: Action, person: Person, today: date) -> str:
    parties = {each.party for each in action.parties if each.person_id == person.id}
    if person.id == action.owner_id:
        return f"{person.name} owns this action: enter somebody else"
    if person.id == action.covered_by:
        return f"{person.name} covers for the owner of this action: enter somebody else"
    if Party.HELPER in parties:
        return _HELPS.format(person.name)
    if parties.intersection(KEPT):
        # Why is not for whoever asks: it would tell who moderates, or whom a concern is about.
        return f"{person.name} cannot help with this action: enter somebody else"
    if person.id in {each.id for each in verifiers_of(action, today)}:
        return (
            f"{person.name} is asked to verify this action once it is done, and nobody verifies "
            "what they helped to do: enter somebody else"
        )
    return ""


def remove_helper(action: Action, *, person_id: UUID, by: UUID, at: datetime) -> bool:
    """Take somebody off who helps, and tell them; False where they do not help any more."""
    refuse_finished(action)
    gone = db.session.execute(
        delete(ActionParty)
        .where(
            ActionParty.action_id == action.id,
            ActionParty.person_id == person_id,
            ActionParty.party == Party.HELPER,
        )
        .returning(ActionParty.id)
    ).all()
    if not gone:
        return False
    db.session.expire(action, ["parties"])
    _record("action_helper_removed", action, person_id, by, at)
    tell(
        action,
        [db.session.get(Person, person_id)],
        f"You no longer help with action {action.reference}",
        f"You were taken off action {action.reference}. Nothing more is asked of you.",
        at,
    )
    return True


def _record(verb: str, action: Action, person_id: UUID, by: UUID, at: datetime) -> None:
    history.record(verb, action, by=by, at=at, audit_id=action.audit_id, people=[person_id])


def set_partner(
    action: Action, *, partner: str, by: UUID, at: datetime, seen: int | None = None
) -> None:
    """Name the partner agency that takes part, another one, or (left empty) none."""
    check_seen(action, seen)
    refuse_finished(action)
    before, action.partner_agency = action.partner_agency, partner.strip()
    if before == action.partner_agency:
        raise CannotHelp("Enter another name, or leave it empty: nothing has changed", "partner")
    note = f"From {before or NOBODY} to {action.partner_agency or NOBODY}."
    note_step(action, action.status, by=by, at=at, note=note)
    history.record("action_partner_changed", action, by=by, at=at, audit_id=action.audit_id)


def refuse_finished(action: Action) -> None:
    """Raise CannotHelp for an action that is done, or settled."""
    if action.status not in BEING_WORKED_ON:
        raise CannotHelp(
            "Who helps with this action cannot be changed now: it is "
            f"{action.status.words.lower()}. Nothing has been changed."
        )
