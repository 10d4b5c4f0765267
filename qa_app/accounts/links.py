"""One-time links: to choose a first password, or another one when it was forgotten.

A link is worked out from its row's id and the secret key (qa_app/notify/secret_links.py) and found
again by its hash: what the database holds opens nothing.
"""

from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from flask import current_app
from sqlalchemy import CursorResult, Update, func, select, update

from qa_app import history
from qa_app.accounts import sessions
from qa_app.accounts.models import Account, OneTimeLink
from qa_app.accounts.passwords import hash_password
from qa_app.accounts.periods import lets_in, open_on
from qa_app.accounts.sign_in import by_email
from qa_app.database import db, new_id
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.notify.secret_links import stored_path, token_of
from qa_app.notify.services import queue

INVITED_FOR = timedelta(hours=72)
RESET_FOR = timedelta(hours=1)
MOST_ASKED = 3
PATH = "/choose-password/"

INVITED = (
    "You have been given an account. Choose a password with this link: it works once, within "
    "72 hours. If you did not expect this, tell your systems team."
)
FORGOTTEN = (
    "Somebody, we think you, asked to choose a new password. This link works once, within one "
    "hour. If it was not you, do nothing: your password stays as it is."
)


class LinkUsedUp(DomainError):
    """The link was used, replaced or is too old."""


def make_link(
    account: Account, valid_for: timedelta, *, by: UUID | None, at: datetime
) -> OneTimeLink:
    """A new link; those made before stop working. `token_of(link.id)` is its token."""
    _void_links(account.id, at)
    link_id = new_id()
    link = OneTimeLink(
        id=link_id,
        account_id=account.id,
        token_hash=sessions.hash_token(token_of(link_id)),
        made_at=at,
        expires_at=at + valid_for,
    )
    db.session.add(link)
    db.session.flush()
    history.record("link_made", _person(account), by=by, at=at)
    return link


def path_of(link: OneTimeLink) -> str:
    """The path to hand to the person, and to keep nowhere."""
    return PATH + token_of(link.id)


def invite(account: Account, *, by: UUID | None, at: datetime) -> OneTimeLink:
    """A link for 72 hours, queued as an e-mail too where a mail server is set."""
    link = make_link(account, INVITED_FOR, by=by, at=at)
    if current_app.config["MAIL_SERVER"]:
        _post(link, account, "Choose your password", INVITED, at)
    return link


def send_reset(email: str, *, at: datetime) -> None:
    """Queue a link for one hour to an address with an open account; else nothing is sent.

    Three in an hour at most, so that nobody's mailbox can be filled. The caller answers the same
    whatever happened (AU-6).
    """
    account = by_email(email)
    if account is None or not lets_in(account, london_date(at)):
        history.record("reset_asked", history.Reference("account", None), by=None, at=at)
        return
    history.record("reset_asked", account, by=None, at=at)
    lately = select(func.count()).where(
        OneTimeLink.account_id == account.id, OneTimeLink.made_at > at - RESET_FOR
    )
    if (db.session.scalar(lately) or 0) < MOST_ASKED:
        link = make_link(account, RESET_FOR, by=None, at=at)
        _post(link, account, "Choose a new password", FORGOTTEN, at)


def _post(link: OneTimeLink, account: Account, subject: str, body: str, at: datetime) -> None:
    # Without a person: a link that signs in is never shown inside the service.
    queue(None, account.email, subject, body, stored_path(PATH, link.id), f"link:{link.id}", at)


def account_of(token: str, *, at: datetime) -> Account | None:
    """The account that a link may still open, or None."""
    query = (
        select(Account)
        .join(OneTimeLink, OneTimeLink.account_id == Account.id)
        .where(
            OneTimeLink.token_hash == sessions.hash_token(token),
            OneTimeLink.used_at.is_(None),
            OneTimeLink.expires_at > at,
            open_on(london_date(at)),
        )
    )
    return db.session.scalars(query).one_or_none()


def hashed(password: str) -> str:
    """The hash of a password, worked out with no transaction open: it takes its time."""
    db.session.rollback()
    return hash_password(password)


def choose_password(token: str, password_hash: str, *, at: datetime) -> None:
    """Use a link up and set the password; every session of the account ends (AU-2).

    Raises LinkUsedUp where the link is no longer good, also when two uses meet.
    """
    account = account_of(token, at=at)
    used = update(OneTimeLink).where(
        OneTimeLink.token_hash == sessions.hash_token(token), OneTimeLink.used_at.is_(None)
    )
    if account is None or _rows(used, at) == 0:
        raise LinkUsedUp("This link has been used or is too old. Ask for another one.")
    set_password(account, password_hash, at=at)


def set_password(account: Account, password_hash: str, *, at: datetime) -> None:
    """Set a password; all sessions end and all other links stop working."""
    account.password_hash = password_hash
    account.password_set_at = at
    _void_links(account.id, at)
    sessions.end_all(account.id, at=at)
    history.record("password_set", _person(account), by=account.person_id, at=at)


def _person(account: Account) -> history.Reference:
    return history.Reference("person", account.person_id)


def _void_links(account_id: UUID, at: datetime) -> None:
    _rows(
        update(OneTimeLink).where(
            OneTimeLink.account_id == account_id, OneTimeLink.used_at.is_(None)
        ),
        at,
    )


def _rows(statement: Update, at: datetime) -> int:
    result = db.session.execute(
        statement.values(used_at=at).execution_options(synchronize_session=False)
    )
    return cast("CursorResult[None]", result).rowcount
