"""What somebody does with their own account."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from flask import current_app
from sqlalchemy import func, select, update

from qa_app import history
from qa_app.accounts import links, sessions, settings
from qa_app.accounts.models import Account, SignInSession
from qa_app.accounts.passwords import PasswordRefused, check_password, is_right
from qa_app.accounts.sign_in import allowed, count_guess, forgive
from qa_app.database import db, saving

WRONG = "Check the password you have now. After 10 wrong tries you have to wait for 5 minutes."
SERVICE_WORDS = ("case file audit", "quality assurance")


class OpenSession(NamedTuple):
    """A session that has not ended."""

    id: UUID
    started_at: datetime
    seen_at: datetime


def check_new_password(account: Account, password: str) -> None:
    """Raise PasswordRefused unless the account may have this password (AU-7)."""
    council = settings.text("council_name")
    check_password(
        password, own_words=(account.person.name, account.email, council, *SERVICE_WORDS)
    )


def change_password(
    account_id: UUID, current: str, new: str, *, at: datetime
) -> sessions.CurrentUser:
    """Change one's own password; all sessions end and a new one begins here (AU-2).

    Raises PasswordRefused for a wrong current password (counted like a guess at the door) and for
    a new one that would be guessed. Opens `saving()` itself, as no transaction may be open while
    a hash is worked out.
    """
    with saving():
        account = db.session.get_one(Account, account_id)
        email, stored = account.email, account.password_hash
        check_new_password(account, new)
    guess = count_guess(email, at=at)
    with saving():
        may_try = allowed(email, guess, at=at)
    if not (is_right(current, stored) and may_try):
        raise PasswordRefused(WRONG, "current")
    password_hash = links.hashed(new)
    with saving():
        forgive(guess)
        account = db.session.get_one(Account, account_id)
        links.set_password(account, password_hash, at=at)
        return sessions.begin(account, at=at)


def open_sessions(account_id: UUID, *, at: datetime) -> list[OpenSession]:
    """The sessions that are still good, latest used first."""
    config = current_app.config
    query = (
        select(SignInSession.id, SignInSession.started_at, SignInSession.seen_at)
        .where(
            SignInSession.account_id == account_id,
            SignInSession.ended_at.is_(None),
            SignInSession.seen_at > at - config["SESSION_IDLE"],
            SignInSession.started_at > at - config["PERMANENT_SESSION_LIFETIME"],
        )
        .order_by(SignInSession.seen_at.desc())
    )
    return [OpenSession(*row) for row in db.session.execute(query)]


def end_other_sessions(user: sessions.CurrentUser, *, at: datetime) -> int:
    """End every session of the person but the one they ask from; returns how many."""
    others = (
        (SignInSession.account_id == user.account_id)
        & (SignInSession.id != user.session_id)
        & SignInSession.ended_at.is_(None)
    )
    count = db.session.scalar(select(func.count()).where(others)) or 0
    db.session.execute(update(SignInSession).where(others).values(ended_at=at))
    history.record("sessions_ended", None, by=user.person_id, at=at, count=count)
    return count
