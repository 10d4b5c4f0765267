"""Telling people of an action: references and dates only, never what it is about."""

from collections.abc import Iterable
from datetime import datetime

from qa_app.accounts.models import Person
from qa_app.domain.permissions import Party
from qa_app.notify.services import Message, queue_many
from qa_app.tracker.models import Action


def tell(
    action: Action, people: Iterable[Person | None], subject: str, body: str, at: datetime
) -> None:
    """Promise each of these people one notice of what happened to the action at this moment; but
    for whoever a concern on its audit is about, who learns nothing of it (E1)."""
    kept = {each.person_id for each in action.parties if each.party is Party.IMPLICATED}
    messages = [
        Message(
            person.id,
            person.email,
            subject,
            body,
            f"/tracker/{action.id}",
            f"action/{action.id}/{at:%Y%m%dT%H%M%S%f}/{person.id}",
        )
        for person in dict.fromkeys(people)
        if person is not None and person.id not in kept
    ]
    if messages:
        queue_many(messages, at)
