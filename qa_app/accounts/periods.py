"""What held on a day: conditions for queries on posts, roles and accounts."""

from datetime import date

from sqlalchemy import ColumnElement, or_

from qa_app.accounts.models import Account, PostHolding, RoleGrant


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


def open_on(day: date) -> ColumnElement[bool]:
    """The account lets somebody in on the day: not closed, and its last day not over."""
    return Account.closed_at.is_(None) & or_(Account.ends_on.is_(None), Account.ends_on >= day)


def lets_in(account: Account, day: date) -> bool:
    """The same of one account; its last day is included."""
    return account.closed_at is None and not has_ended(account, day)


def has_ended(account: Account, day: date) -> bool:
    """Whether the time for which the account was given is over."""
    return account.ends_on is not None and account.ends_on < day
