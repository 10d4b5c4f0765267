"""Signing in: guesses counted over all workers, and one answer for every way of failing.

A guess is counted before the password is looked at, in a transaction of its own, and no transaction
is open while the hash is worked out (on SQLite it would keep every writer waiting). So this is the
one service that opens `saving()` itself, thrice.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import current_app
from sqlalchemy import delete, func, select

from qa_app import history
from qa_app.accounts import sessions
from qa_app.accounts.models import Account, SignInAttempt
from qa_app.accounts.passwords import is_right
from qa_app.accounts.periods import lets_in
from qa_app.database import db, saving
from qa_app.domain.calendar import london_date

MOST_GUESSES = 10
WINDOW = timedelta(minutes=5)
KEPT_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Found:
    account_id: UUID | None
    person_id: UUID | None
    password_hash: str | None
    allowed: bool


def sign_in(email: str, password: str, *, at: datetime) -> sessions.CurrentUser | None:
    """Begin a session for the right address and password.

    None for an unknown address, a wrong password, an account that is closed, has ended or has no
    password, and one with ten wrong guesses in five minutes: all in the same time (AU-5, AU-6).
    """
    guess = count_guess(email, at=at)
    with saving():
        found = _look_up(email, guess, at)
    right = is_right(password, found.password_hash) and found.allowed
    with saving():
        if right:
            return _admit(found, guess, at)
        _turn_away(found, at)
    return None


def count_guess(email: str, *, at: datetime) -> UUID:
    """Note a guess for an address, known or not; its id, for `allowed` and `forgive`."""
    with saving():
        db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < at - KEPT_FOR))
        row = SignInAttempt(email_hash=_hash(email), at=at)
        db.session.add(row)
        db.session.flush()
        return row.id


def allowed(email: str, guess: UUID, *, at: datetime) -> bool:
    """Whether this guess is among the ten of the last five minutes.

    All guesses were saved before they are counted, so that of any number made at the same moment
    ten at most are looked at. One that is too many is taken back: the account unlocks by itself
    five minutes after the first, however often it is tried meanwhile.
    """
    recent = select(func.count()).where(
        SignInAttempt.email_hash == _hash(email), SignInAttempt.at > at - WINDOW
    )
    if (db.session.scalar(recent) or 0) <= MOST_GUESSES:
        return True
    forgive(guess)
    return False


def forgive(guess: UUID) -> None:
    """Take a guess back, as it was right or came too late to be looked at."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.id == guess))


def by_email(email: str) -> Account | None:
    """The account of an address, in any case."""
    return db.session.scalars(select(Account).where(Account.email == plain(email))).one_or_none()


def plain(email: str) -> str:
    """An address as it is kept and compared."""
    return email.strip().lower()


def _hash(email: str) -> str:
    return history.fingerprint(plain(email), str(current_app.config["SECRET_KEY"]))


def _look_up(email: str, guess: UUID, at: datetime) -> _Found:
    may_try = allowed(email, guess, at=at)
    account = by_email(email)
    if account is None:
        return _Found(None, None, None, allowed=False)
    return _Found(
        account.id,
        account.person_id,
        account.password_hash,
        allowed=may_try and lets_in(account, london_date(at)),
    )


def _admit(found: _Found, guess: UUID, at: datetime) -> sessions.CurrentUser | None:
    account = db.session.get(Account, found.account_id)
    # Closed or changed while the hash was worked out: the newer state stands.
    if account is None or account.password_hash != found.password_hash:
        return None
    if not lets_in(account, london_date(at)):
        return None
    forgive(guess)
    history.record("signed_in", account, by=account.person_id, at=at)
    return sessions.begin(account, at=at)


def _turn_away(found: _Found, at: datetime) -> None:
    history.record(
        "sign_in_failed",
        history.Reference("account", found.account_id),
        by=None,
        at=at,
    )
