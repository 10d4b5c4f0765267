"""Who helps an action's owner (E3)."""

from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.database import db
from qa_app.domain.permissions import Party
from qa_app.tracker.models import Action, ActionParty


def helpers_of(action: Action) -> list[Person]:
    """Those who help, by name (one query); without whoever has come to own or cover it."""
    query = (
        select(Person)
        .join(ActionParty, ActionParty.person_id == Person.id)
        .where(ActionParty.action_id == action.id, ActionParty.party == Party.HELPER)
        .order_by(Person.name, Person.id)
    )
    doers = (action.owner_id, action.covered_by)
    return [person for person in db.session.scalars(query) if person.id not in doers]
