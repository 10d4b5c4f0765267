"""The counts behind MTM-2 and MTM-3: what was due in each cycle, done in time, and moderated."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import ColumnElement, select

from qa_app.accounts.models import Post, Team
from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.calendar import Month
from qa_app.moderation.models import Moderation, ModerationState
from qa_app.programme.queries import Completion, completion
from qa_app.reports.asked import Asked, Part, PartKind


def completion_by_month(asked: Asked) -> dict[Month, Completion]:
    """What was due from auditors' posts and what was done, for each month asked for (P4).

    For a team or service these are its own auditors, whichever team's cases they audit. Nothing is
    due of a plan type.
    """
    if asked.part is not None and asked.part.kind is PartKind.PLAN_TYPE:
        return {month: Completion() for month in asked.months}
    found = completion(asked.first.first, asked.last.first, of_posts=_posts(asked.part))
    return {Month.of(day): each for day, each in found.items()}


def _posts(part: Part | None) -> ColumnElement[bool] | None:
    if part is None:
        return None
    if part.kind is PartKind.SERVICE:
        units = select(Team.id).where(Team.service_id == part.team_id)
        return Post.team_id.in_(units)
    return Post.team_id == part.team_id


def moderated_by_month(asked: Asked, done: Mapping[Month, Completion]) -> dict[Month, set[UUID]]:
    """MTM-2's audits of each month whose moderation was committed by the data cut (one query)."""
    moderated = set(
        db.session.scalars(
            select(Moderation.audit_id)
            .join(Audit, Audit.id == Moderation.audit_id)
            .where(
                Audit.cycle_month.between(asked.first.first, asked.last.first),
                Moderation.state == ModerationState.COMMITTED,
                Moderation.committed_at <= asked.at,
            )
        )
    )
    return {month: moderated & set(each.done_audit_ids) for month, each in done.items()}
