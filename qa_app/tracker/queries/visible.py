"""Which actions somebody sees, said to the database: the same answer as `can(ACTION_READ)`."""

from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, false, or_, true

from qa_app.domain.actions import OUTSTANDING, ActionKind, ActionStatus
from qa_app.domain.permissions import Actor, Party, Role
from qa_app.tracker.models import Action, ActionParty

# The parties that the row ACTION_READ of the table of permissions names (E4, I2).
_SEEING = (
    Party.OWNER, Party.HELPER, Party.VERIFIER, Party.RAISER, Party.AUDITOR,
    Party.SOCIAL_WORKER, Party.TEAM_MANAGER, Party.IRO, Party.CHAIR,
)  # fmt: skip


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The condition on Action for what this actor may read.

    It repeats the table's row for Permission.ACTION_READ; a test holds the two equal.
    """
    return and_(~kept_from(actor.person_id), _part_of(actor))


def kept_from(person_id: UUID) -> ColumnElement[bool]:
    """The condition for actions of an audit that this person moderates blind (M3), or of one with
    a concern that is about them (E1)."""
    return exists().where(
        ActionParty.action_id == Action.id,
        ActionParty.person_id == person_id,
        ActionParty.party.in_((Party.BLIND_MODERATOR, Party.IMPLICATED)),
    )


def _part_of(actor: Actor) -> ColumnElement[bool]:
    if actor.holds(Role.QA_LEAD):
        return true()
    ways = [
        Action.owner_id == actor.person_id,
        Action.covered_by == actor.person_id,
        Action.verified_by == actor.person_id,
        Action.raised_by == actor.person_id,
        Action.auditor_id == actor.person_id,
        exists().where(
            ActionParty.action_id == Action.id,
            ActionParty.person_id == actor.person_id,
            ActionParty.party.in_(_SEEING),
        ),
        reached_by(actor, Role.PRACTITIONER),
        reached_by(actor, Role.MODERATOR),
    ]
    if actor.holds(Role.MODERATOR):
        ways.append(waits_for_outsiders())
    return or_(*ways)


def waits_for_outsiders() -> ColumnElement[bool]:
    """The condition for what waits for a head outside the owner's service (E4, E5): the same as
    `Action.waits_for_outsiders`."""
    asked = and_(Action.withdrawal_asked_at.is_not(None), Action.status.in_(OUTSTANDING))
    done = and_(Action.kind == ActionKind.PRIORITY, Action.status == ActionStatus.DONE)
    return or_(asked, done)


def reached_by(actor: Actor, role: Role) -> ColumnElement[bool]:
    """The condition for actions of the teams that the role reaches."""
    teams: set[UUID] = set()
    for reach in actor.reaches:
        if reach.role is role:
            if reach.teams is None:
                return true()
            teams |= reach.teams
    return and_(Action.team_id.is_not(None), Action.team_id.in_(teams)) if teams else false()
