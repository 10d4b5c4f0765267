"""What held on a day: conditions for queries on posts and roles."""

from datetime import date

from sqlalchemy import ColumnElement, or_

from qa_app.accounts.models import PostHolding, RoleGrant


def holding_on(day: date) -> ColumnElement[bool]:
    """The post was held on the day (both ends included)."""
    return (PostHolding.started_on <= day) & or_(
        PostHolding.ended_on.is_(None), PostHolding.ended_on >= day
    )


def grant_on(day: date) -> ColumnElement[bool]:
    """The role was held on the day (both ends included)."""
    return (RoleGrant.valid_from <= day) & or_(
        RoleGrant.valid_until.is_(None), RoleGrant.valid_until >= day
    )
