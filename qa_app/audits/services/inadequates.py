"""Telling the head of service, once, that an audit stands as Inadequate (E2)."""

from datetime import datetime
from typing import Final
from uuid import UUID

from qa_app.accounts.queries import actor
from qa_app.audits.models import Audit
from qa_app.audits.queries.plans import due_of
from qa_app.audits.queries.safety import Staff
from qa_app.domain.calendar import date_words, london_date
from qa_app.domain.permissions import Party, Permission, allowed
from qa_app.domain.safety import Whom
from qa_app.notify import services as notify

SUBMITTED: Final = "was submitted as Inadequate"
MADE_FINAL: Final = "is finally graded Inadequate"
_KEPT: Final = (Party.BLIND_MODERATOR, Party.IMPLICATED)


def kept_from(audit: Audit) -> set[UUID]:
    """Those who are told nothing of what an audit found: its blind moderator (M3), and whoever a
    concern on it is about (E1)."""
    found = (each.person_id for each in audit.parties if each.party in _KEPT)
    return {person_id for person_id in found if person_id is not None}


def tell_of_inadequate(audit: Audit, how: str, at: datetime) -> None:
    """Tell whoever heads the service of the child's team, their deputy while they are away, or the
    next one up: once for an audit, however often it comes to stand so.

    `how` is one of the sentences above; the plan is asked for from today.
    """
    due = date_words(due_of(london_date(at)))
    staff = Staff(london_date(at), [audit.team_id])
    never = kept_from(audit)
    told = staff.holding(Whom.HEAD_OF_SERVICE, audit.team_id, never) or staff.leads_to_tell(never)
    for person_id in told[:1]:
        person = staff.people[person_id]
        notify.queue(
            person.id,
            person.email,
            f"Audit {audit.reference} {how}",
            f"Audit {audit.reference}, of a case of {audit.team_name}, {how}. Moderation does not "
            f"pause what follows: agree the improvement plan by {due}. What the child needs now "
            "does not wait for it.",
            plan_page(audit, person.id, at),
            f"inadequate:{audit.id}",
            at,
        )


def plan_page(audit: Audit, person_id: UUID, at: datetime) -> str:
    """Where a message about the plan leads: its page, or Home for whoever may not open that."""
    asking = actor(person_id, london_date(at))
    if allowed(Permission.PLAN_SEE, asking, audit.permission_subject()):
        return f"/audits/{audit.id}/plan"
    return "/"
