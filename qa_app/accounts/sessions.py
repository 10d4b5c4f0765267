"""Sessions as the server knows them: begun at sign-in, ended here whatever the cookie says.

The cookie holds a random token; the table holds its hash. A session ends at sign-out, after 30
minutes without a request, 12 hours after it began, or when its account is closed or its password
changed (AU-1, AU-2, AU-4).

A page is told how long that is, so that it can warn (AC-7), and again with each JSON answer.
"""

import hashlib
import secrets
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, Protocol, cast
from uuid import UUID

from flask import Flask, Response, current_app, g, session
from flask_login import UserMixin, login_user, logout_user
from sqlalchemy import Date, bindparam, func, select, update

from qa_app.accounts import queries
from qa_app.accounts.models import Account, Person, SignInSession
from qa_app.accounts.periods import open_on
from qa_app.database import db, now, run, saving, set_reading
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Actor
from qa_app.extensions import login_manager
from qa_app.kept import mark_of, secret_of_tokens

SEEN_EVERY = timedelta(minutes=1)
_TOKENS = "csrf_token"  # where Flask-WTF keeps what the tokens of a session are made of


class TimeLeft(NamedTuple):
    """Seconds until the session ends by itself; `last` where nothing can prolong it (AU-4)."""

    seconds: int
    last: bool


class _SessionRow(Protocol):
    """A session's row, or what was read of it."""

    id: Any
    account_id: Any
    started_at: Any
    seen_at: Any
    ended_at: Any


class CurrentUser(UserMixin):  # type: ignore[misc]  # Flask-Login ships no types
    """The person signed in, as plain values: nothing here is a live row."""

    def __init__(self, row: _SessionRow, *, token: str, person_id: UUID, name: str) -> None:
        self.id = token
        self.session_id = row.id
        self.account_id = row.account_id
        self.started_at = row.started_at
        self.seen_at = row.seen_at
        self.person_id = person_id
        self.name = name

    def actor(self) -> Actor:
        """The roles held today, with the teams each reaches."""
        return queries.actor(self.person_id, london_date(now()))

    def time_left(self, at: datetime) -> TimeLeft:
        """How long the session lasts after this request if no other follows."""
        seen_at = at if g.get("session_seen") == self.session_id else self.seen_at
        idle = seen_at + current_app.config["SESSION_IDLE"]
        whole = self.started_at + current_app.config["PERMANENT_SESSION_LIFETIME"]
        seconds = int((min(idle, whole) - at).total_seconds())
        return TimeLeft(max(seconds, 0), whole <= idle)


def hash_token(token: str) -> str:
    """SHA-256 of a random token (hex): enough, because a token has 256 bits of its own."""
    return hashlib.sha256(token.encode()).hexdigest()


# Made once: every request of somebody signed in asks it.
_SIGNED_IN = (
    select(
        SignInSession.id,
        SignInSession.account_id,
        SignInSession.started_at,
        SignInSession.seen_at,
        SignInSession.ended_at,
        Account.person_id,
        Person.name,
    )
    .join(Account, SignInSession.account_id == Account.id)
    .join(Person, Account.person_id == Person.id)
    .where(
        SignInSession.token_hash == bindparam("token_hash"),
        # One whose last day is over is as good as closed (AZ-8).
        open_on(cast(date, bindparam("today", type_=Date()))),
    )
)


@login_manager.user_loader  # type: ignore[untyped-decorator]  # Flask-Login ships no types
def _load(token: str) -> CurrentUser | None:
    at = now()
    asked = {"token_hash": hash_token(token), "today": london_date(at)}
    row = run(_SIGNED_IN, asked).one_or_none()
    if row is None or _over(row, at):
        return None
    if at - row.seen_at > SEEN_EVERY:
        g.session_seen = row.id
    if _TOKENS not in session:
        session[_TOKENS] = secret_of_tokens(row.person_id)
    g.user_in_session = CurrentUser(row, token=token, person_id=row.person_id, name=row.name)
    return cast(CurrentUser, g.user_in_session)


def _over(row: _SessionRow, at: datetime) -> bool:
    return (
        row.ended_at is not None
        or at - row.seen_at > current_app.config["SESSION_IDLE"]
        or at - row.started_at > current_app.config["PERMANENT_SESSION_LIFETIME"]
    )


def begin(account: Account, *, at: datetime) -> CurrentUser:
    """Add a session row for the account; the view gives its token to `remember`."""
    token = secrets.token_urlsafe(32)
    row = SignInSession(
        account_id=account.id, token_hash=hash_token(token), started_at=at, seen_at=at
    )
    db.session.add(row)
    db.session.flush()
    return CurrentUser(row, token=token, person_id=account.person_id, name=account.person.name)


def remember(user: CurrentUser) -> None:
    """Put the session into the cookie, after its row was saved, with tokens of its own (AU-11)."""
    session[_TOKENS] = secret_of_tokens(user.person_id)
    g.pop("csrf_token", None)
    g.user_in_session = user
    login_user(user)


def stay(user: CurrentUser, *, at: datetime) -> None:
    """Prolong a session that somebody asked to keep, to the second (AC-7)."""
    leave_unseen()
    db.session.execute(
        update(SignInSession).where(SignInSession.id == user.session_id).values(seen_at=at)
    )
    user.seen_at = at


def leave_unseen() -> None:
    """Let this request prolong nothing: a page asked by itself, nobody did anything (AU-4)."""
    g.pop("session_seen", None)


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


def _tell_time(response: Response) -> Response:
    user = g.get("user_in_session")
    if user is not None and response.is_json:
        response.headers["X-Session-Left"] = str(user.time_left(now()).seconds)
    return response


def _in_pages() -> dict[str, Any]:
    user = None if g.get("plain_page") else g.get("user_in_session")
    if user is None:
        return {"own_session": None}
    shown = {"person": mark_of(user.person_id), "name": user.name}
    return {"own_session": shown | user.time_left(now())._asdict()}


def init_app(app: Flask) -> None:
    """Keep `seen_at` fresh, at most once a minute, after the answer is made; tell pages the time.

    After-request functions run in reverse order: the time is told before it is kept.
    """
    app.after_request(_note_seen)
    app.after_request(_tell_time)
    app.context_processor(_in_pages)
