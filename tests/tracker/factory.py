"""Actions in any status, made by the services that make them in life."""

from datetime import date, datetime
from itertools import count
from uuid import UUID

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.database import db, now
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Party
from qa_app.tracker import services
from qa_app.tracker.models import Action, ActionSource
from qa_app.tracker.services import Pinned
from tests.council import Council
from tests.factories import an_imported_audit

_numbers = count(1)


def an_action(
    council: Council,
    status: ActionStatus = ActionStatus.OPEN,
    *,
    kind: ActionKind = ActionKind.IMPROVEMENT,
    owner: str = "manager",
    by: str = "qa_lead",
    what: str = "Update the chronology.",
    audit: Pinned | None = None,
    due_on: date | None = None,
    at: datetime | None = None,
) -> Action:
    """An action that the QA lead gave to the manager of SAFE1, moved on to a status."""
    at = at or now()
    action = services.raise_action(
        kind=kind,
        what=what,
        owner=db.session.get_one(Person, council.people[owner]),
        source=ActionSource.AUDIT if audit else ActionSource.SERVICE,
        source_key=f"test:{next(_numbers)}",
        by=council.people[by],
        at=at,
        audit=audit,
        due_on=due_on,
    )
    move_to(council, action, status, at)
    return action


def move_to(council: Council, action: Action, status: ActionStatus, at: datetime) -> None:
    """Take an open action to a status by the way that the rules give."""
    director = council.people["director"]
    owner: UUID = action.owner_id or director
    if status is ActionStatus.WITHDRAWN:
        services.withdraw(action, reason="Raised twice.", by=director, at=at)
        return
    way = (ActionStatus.IN_PROGRESS, ActionStatus.DONE, ActionStatus.VERIFIED)
    if status not in way:
        return
    services.start(action, by=owner, at=at)
    if status is not ActionStatus.IN_PROGRESS:
        done_on = london_date(at)
        services.finish(action, evidence="On the file.", done_on=done_on, by=owner, at=at)
    if status is ActionStatus.VERIFIED:
        services.verify(action, by=director, at=at)
    db.session.flush()


def pinned_to_a_case(council: Council, team: str = "SAFE1", auditor: str = "auditor") -> Pinned:
    """What an action pins of an audit of a child of Wendy Worker and Cleo Chair."""
    audit: Audit = an_imported_audit(f"A{next(_numbers):03d}")
    people = council.people
    return Pinned(
        audit_id=audit.id,
        audit_reference=audit.reference,
        case_reference="100001",
        team_id=council.teams[team],
        auditor_id=people[auditor],
        parties=(
            (Party.SOCIAL_WORKER, people["worker"]),
            (Party.TEAM_MANAGER, people["manager"]),
            (Party.CHAIR, people["chair"]),
        ),
    )
