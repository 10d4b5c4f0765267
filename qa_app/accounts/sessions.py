"""Sessions as the server knows them: begun at sign-in, ended here whatever the cookie says.

The cookie holds a random token; the table holds its hash. A session ends at sign-out, after 30
minutes without a request, 12 hours after it began, or when its account is closed or its password
changed (AU-1, AU-2, AU-4).
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from flask import Flask, Response, current_app, g
from flask_login import UserMixin, login_user, logout_user
from sqlalchemy import func, select, update

from qa_app.accounts import queries
from qa_app.accounts.models import Account, Person, SignInSession
from qa_app.database import db, now, saving, set_reading
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Actor
from qa_app.extensions import login_manager

SEEN_EVERY = timedelta(minutes=1)


class CurrentUser(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """The person signed in, as plain values: nothing here is a live row."""

    def __init__(
        self, *, token: str, session_id: UUID, account_id: UUID, person_id: UUID, name: str
    ) -> None:
        self.id = token
        self.session_id = session_id
        self.account_id = account_id
        self.person_id = person_id
        self.name = name

    def actor(self) -> Actor:
        """The roles held today, with the teams each reaches."""
        return queries.actor(self.person_id, london_date(now()))


def hash_token(token: str) -> str:
    """SHA-256 of a random token (hex): enough, because a token has 256 bits of its own."""
    return hashlib.sha256(token.encode()).hexdigest()


@login_manager.user_loader  # type: ignore[untyped-decorator]  # Flask-Login ships no types
def _load(token: str) -> CurrentUser | None:
    row = db.session.execute(
        select(SignInSession, Account.closed_at, Person.id, Person.name)
        .join(Account, SignInSession.account_id == Account.id)
        .join(Person, Account.person_id == Person.id)
        .where(SignInSession.token_hash == hash_token(token))
    ).one_or_none()
    if row is None:
        return None
    session, closed_at, person_id, name = row
    if closed_at is not None or _over(session, now()):
        return None
    if now() - session.seen_at > SEEN_EVERY:
        g.session_seen = session.id
    return CurrentUser(
        token=token,
        session_id=session.id,
        account_id=session.account_id,
        person_id=person_id,
        name=name,
    )


def _over(session: SignInSession, at: datetime) -> bool:
    return (
        session.ended_at is not None
        or at - session.seen_at > current_app.config["SESSION_IDLE"]
        or at - session.started_at > current_app.config["PERMANENT_SESSION_LIFETIME"]
    )


def begin(account: Account, *, at: datetime) -> CurrentUser:
    """Add a session row for the account; the view gives its token to `remember`."""
    token = secrets.token_urlsafe(32)
    session = SignInSession(
        account_id=account.id, token_hash=hash_token(token), started_at=at, seen_at=at
    )
    db.session.add(session)
    db.session.flush()
    return CurrentUser(
        token=token,
        session_id=session.id,
        account_id=account.id,
        person_id=account.person_id,
        name=account.person.name,
    )


def remember(user: CurrentUser) -> None:
    """Put the session into the cookie, after its row was saved."""
    login_user(user)


def forget() -> None:
    """Empty the cookie."""
    logout_user()


def end(session_id: UUID, *, at: datetime) -> None:
    """End one session."""
    db.session.execute(
        update(SignInSession)
        .where(SignInSession.id == session_id, SignInSession.ended_at.is_(None))
        .values(ended_at=at)
    )


def end_all(account_id: UUID, *, at: datetime) -> int:
    """End every session of an account; returns how many were open."""
    open_ones = (SignInSession.account_id == account_id) & SignInSession.ended_at.is_(None)
    count = db.session.scalar(select(func.count()).select_from(SignInSession).where(open_ones))
    db.session.execute(update(SignInSession).where(open_ones).values(ended_at=at))
    return cast(int, count)


def _note_seen(response: Response) -> Response:
    session_id = g.pop("session_seen", None)
    if session_id is not None and response.status_code < 500:
        set_reading(False)
        db.session.rollback()
        with saving():
            db.session.execute(
                update(SignInSession).where(SignInSession.id == session_id).values(seen_at=now())
            )
    return response


def init_app(app: Flask) -> None:
    """Keep `seen_at` fresh, at most once a minute, after the answer is made."""
    app.after_request(_note_seen)
