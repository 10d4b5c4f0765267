"""Keeping the actions of an audit from whoever moderates it blind, and showing them after (M3).

The tracker knows an audit by what its actions pin of it, so that is pinned like the people of the
case; and it goes with the end of the blind moderation.
"""

from uuid import UUID

from sqlalchemy import delete, select

from qa_app.database import db
from qa_app.domain.permissions import Party
from qa_app.tracker.models import Action, ActionParty


def keep_from(audit_id: UUID, person_id: UUID) -> None:
    """Keep the audit's actions from its blind moderator."""
    actions = db.session.scalars(select(Action).where(Action.audit_id == audit_id))
    for action in actions:
        action.parties.append(ActionParty(party=Party.BLIND_MODERATOR, person_id=person_id))
    db.session.flush()


def show_to(audit_id: UUID, person_id: UUID) -> None:
    """End that: the first grades are committed, or the audit is given back."""
    of_audit = select(Action.id).where(Action.audit_id == audit_id)
    db.session.execute(
        delete(ActionParty).where(
            ActionParty.action_id.in_(of_audit),
            ActionParty.person_id == person_id,
            ActionParty.party == Party.BLIND_MODERATOR,
        )
    )
    for action in db.session.scalars(select(Action).where(Action.audit_id == audit_id)):
        db.session.expire(action, ["parties"])
