"""The demonstration's accounts: one for each role, with one password that is never a default."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select, update

from qa_app.accounts.models import Account, Person
from qa_app.accounts.passwords import hash_password
from qa_app.database import db
from qa_app.demo.guard import mark

PASSWORD_VARIABLE: Final = "QA_DEMO_PASSWORD"  # noqa: S105  # a variable's name
_RANDOM_BYTES: Final = 15


@dataclass(frozen=True)
class DemoAccount:
    """One account to try: its role's words, whose it is, and the address to sign in with."""

    label: str
    name: str
    email: str


def demo_accounts() -> list[DemoAccount]:
    """The demonstration's accounts in the order to try them; empty on any other database."""
    found = mark()
    if found is None:
        return []
    addresses = [email for _, email in found.accounts]
    rows = db.session.execute(select(Person.email, Person.name).where(Person.email.in_(addresses)))
    names = {row.email: row.name for row in rows}
    return [
        DemoAccount(label, names[email], email) for label, email in found.accounts if email in names
    ]


def choose_password(environ: Mapping[str, str]) -> str:
    """The password of QA_DEMO_PASSWORD, or a random one: there is no default (AU-14)."""
    return environ.get(PASSWORD_VARIABLE, "") or secrets.token_urlsafe(_RANDOM_BYTES)


def set_password(password: str, *, at: datetime) -> None:
    """Give all of the demonstration's accounts this password (hashed once)."""
    addresses = [account.email for account in demo_accounts()]
    db.session.execute(
        update(Account)
        .where(Account.email.in_(addresses))
        .values(password_hash=hash_password(password), password_set_at=at)
        .execution_options(synchronize_session=False)
    )
