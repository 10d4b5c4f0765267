"""A population of actions in which every filter of the list tells some from others."""

from datetime import datetime, timedelta

from qa_app.accounts.models import Person
from qa_app.database import db, now
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.permissions import Party
from qa_app.tracker import services
from qa_app.tracker.models import Action, ActionParty
from qa_app.tracker.services.helping import add_helper, set_partner
from tests.council import Council
from tests.pages import Page, words
from tests.tracker.factory import an_action, move_to, pinned_to_a_case

S = ActionStatus
STATUSES = (S.OPEN, S.IN_PROGRESS, S.DONE, S.VERIFIED, S.WITHDRAWN)
OWNERS = ("manager", "other_auditor", "head", "worker", "iro")
TEAMS = ("SAFE1", "SAFE2", "CARE1", "REV")
DAYS_AGO = (0, 3, 9, 25, 45)
PARTNERS = ("", "Health visiting", "A school")


def as_read(html: str) -> str:
    """A page's words, as they are read."""
    return words(Page(html.replace("<br>", "<br> "), 200).root)


def person(council: Council, key: str) -> Person:
    return db.session.get_one(Person, council.people[key])


def help_with(council: Council, action: Action, key: str, at: datetime | None = None) -> None:
    """Let somebody help, as the QA lead has it."""
    add_helper(action, person=person(council, key), by=council.people["qa_lead"], at=at or now())


def send_back(council: Council, action: Action, at: datetime) -> None:
    """Mark an open action as done, and let a director send it back."""
    move_to(council, action, S.DONE, at)
    services.send_back(action, missing="Who?", by=council.people["director"], at=at)


def a_population(council: Council) -> list[Action]:
    """Actions of every status, age, team, owner and partner; covered, helped, sent back, asked to
    be withdrawn, and kept from somebody."""
    made = []
    for place, status in enumerate(STATUSES):
        for number, owner in enumerate(OWNERS):
            at = now() - timedelta(days=DAYS_AGO[(place + number) % 5])
            kind = list(ActionKind)[(place + 2 * number) % 4]
            team = TEAMS[(place + number) % 4]
            pins = pinned_to_a_case(council, team) if number % 2 else None
            action = an_action(council, owner=owner, kind=kind, audit=pins, at=at)
            _beside(council, action, place + number, at)
            move_to(council, action, status, at)
            made.append(action)
    for days in (2, 30):
        at = now() - timedelta(days=days)
        action = an_action(council, owner="worker", at=at)
        send_back(council, action, at)
        made.append(action)
    asked = an_action(council, owner="other_auditor")
    asked.withdrawal_asked_at, asked.withdrawal_asked_by = now(), council.people["qa_lead"]
    kept = an_action(council, kind=ActionKind.PRIORITY)
    kept.parties.append(
        ActionParty(party=Party.BLIND_MODERATOR, person_id=council.people["director"])
    )
    db.session.flush()
    return [*made, asked, kept]


def _beside(council: Council, action: Action, number: int, at: datetime) -> None:
    """Someone who helps, someone who covers, and a partner, for some of them."""
    if number % 3 == 0 and action.owner_id != council.people["chair"]:
        help_with(council, action, "chair", at)
    if number % 4 == 1:
        action.covered_by = council.people["auditor"]
    partner = PARTNERS[number % 3]
    if partner:
        set_partner(action, partner=partner, by=council.people["qa_lead"], at=at)
