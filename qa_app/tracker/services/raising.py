"""Raising an action: once for each source, with its owner's post and its audit's facts pinned."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from qa_app import history
from qa_app.accounts import settings
from qa_app.accounts.models import Person
from qa_app.accounts.queries import posts_held
from qa_app.database import db, next_number
from qa_app.domain.actions import About, ActionKind, ActionStatus
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.escalation import action_due_on
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Party
from qa_app.formatting import date_words
from qa_app.tracker.models import Action, ActionParty, ActionSource, ActionStep
from qa_app.tracker.services.telling import tell


class DueBeforeRaised(DomainError):
    """A due date that lies before the day on which the action is raised."""


class DueTooLate(DomainError):
    """A due date beyond the working days that the grade of its audit gives (E2)."""


@dataclass(frozen=True)
class Pinned:
    """What an action keeps of the audit that it came from; the tracker never looks it up again.

    `parties` are people of the case, who see the action because of it (I2). `grade` is as it stands
    now, where clocks run on the audit: it bounds the due date (E2) and is not kept.
    """

    audit_id: UUID
    audit_reference: str
    case_reference: str
    team_id: UUID | None
    auditor_id: UUID | None
    parties: tuple[tuple[Party, UUID], ...] = ()
    grade: Grade | None = None


_WHOLE: Final = About()


def raise_action(
    *,
    kind: ActionKind,
    what: str,
    owner: Person,
    source: ActionSource,
    source_key: str,
    by: UUID,
    at: datetime,
    audit: Pinned | None = None,
    due_on: date | None = None,
    about: About = _WHOLE,
    partner_agency: str = "",
) -> Action:
    """Raise an action and tell its owner; the same `source_key` gives the action already raised.

    Without `due_on` a priority action is due on the next working day (E1) and any other in 20
    working days (E2; both are settings). An action without an audit belongs to its owner's team.
    `partner_agency` is named beside the owner, who leads all the same (E3).
    """
    existing = _raised_from(source_key)
    if existing is not None:
        return existing
    try:
        with db.session.begin_nested():
            action = _new_action(kind, what, owner, source, source_key, by, at, audit, due_on)
            _pin_about(action, about, partner_agency)
            db.session.add(action)
    except IntegrityError:
        # Somebody raised it from the same source a moment ago: theirs stands.
        existing = _raised_from(source_key)
        if existing is None:
            raise
        return existing
    history.record(
        "action_raised", action, by=by, at=at, audit_id=action.audit_id,
        kind=kind.words.lower(), due=date_words(action.due_on),
    )  # fmt: skip
    tell_owner(action, at)
    return action


def _raised_from(source_key: str) -> Action | None:
    return db.session.scalars(select(Action).where(Action.source_key == source_key)).one_or_none()


def _new_action(
    kind: ActionKind,
    what: str,
    owner: Person,
    source: ActionSource,
    source_key: str,
    by: UUID,
    at: datetime,
    audit: Pinned | None,
    due_on: date | None,
) -> Action:
    today = london_date(at)
    if due_on is not None and due_on < today:
        raise DueBeforeRaised("The due date must be today or later", "due_on")
    _not_too_late(kind, audit, due_on, today)
    due = due_on or default_due_on(kind, today)
    posts = posts_held(owner.id, today)
    action = Action(
        reference=_next_reference(kind, today),
        kind=kind,
        status=ActionStatus.OPEN,
        source=source,
        source_key=source_key,
        what=what,
        owner_id=owner.id,
        owner_name=owner.name,
        owner_post=posts[0].title if posts else "",
        owner_post_id=posts[0].id if posts else None,
        team_id=posts[0].team_id if posts else None,
        raised_by=by,
        raised_at=at,
        raised_on=today,
        original_due_on=due,
        due_on=due,
        steps=[ActionStep(at=at, by=by, to_status=ActionStatus.OPEN, on=today)],
    )
    if audit is not None:
        _pin(action, audit)
    return action


def _pin(action: Action, audit: Pinned) -> None:
    action.audit_id = audit.audit_id
    action.audit_reference = audit.audit_reference
    action.case_reference = audit.case_reference
    action.team_id = audit.team_id
    action.auditor_id = audit.auditor_id
    action.parties = [
        ActionParty(party=party, person_id=person_id)
        for party, person_id in dict.fromkeys(audit.parties)
    ]


def _pin_about(action: Action, about: About, partner_agency: str) -> None:
    action.section_code, action.question_code = about.section_code, about.question_code
    action.finding_id, action.theme_id = about.finding_id, about.theme_id
    action.partner_agency = partner_agency.strip()


_BOUND: Final = frozenset({ActionKind.IMPROVEMENT, ActionKind.PRIORITY})


def _not_too_late(kind: ActionKind, audit: Pinned | None, due_on: date | None, today: date) -> None:
    """E2: after an audit that requires improvement, what is put right is due within its days."""
    if due_on is None or audit is None or audit.grade is not Grade.REQUIRES_IMPROVEMENT:
        return
    latest = default_due_on(ActionKind.IMPROVEMENT, today)
    if kind in _BOUND and due_on > latest:
        raise DueTooLate(
            f"After an audit that requires improvement this is due by {date_words(latest)}. Enter "
            "that date or an earlier one: somebody senior to the owner can move it later, with a "
            "reason",
            "due_on",
        )


def default_due_on(kind: ActionKind, raised_on: date) -> date:
    """The due date that the rules give: the next working day, or 20 working days (E1, E2)."""
    number = partial(settings.number, on=raised_on)
    calendar = settings.calendar()
    due = action_due_on(kind, Grade.REQUIRES_IMPROVEMENT, raised_on, calendar, number)
    if due is None:
        raise ValueError(f"the clocks give an action of kind {kind} no due date")
    return due


def _next_reference(kind: ActionKind, raised_on: date) -> str:
    """“P-2023-04-001” for a priority action, “I-2023-04-001” for any other."""
    prefix = f"{'P' if kind is ActionKind.PRIORITY else 'I'}-{raised_on:%Y-%m}"
    return f"{prefix}-{next_number(f'action-{prefix}'):03d}"


def tell_owner(action: Action, at: datetime) -> None:
    """Tell whoever owns the action now that it is theirs, once for each time it is given."""
    kind = "Priority action" if action.kind is ActionKind.PRIORITY else "Action"
    due = date_words(action.due_on)
    tell(
        action,
        [action.owner],
        f"{kind} {action.reference} is yours, due {due}",
        f"{kind} {action.reference} was given to you. It is due on {due}. "
        "Sign in to read what is to be done.",
        at,
    )
