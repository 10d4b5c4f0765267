"""Reading keys: the list of them, and the one that a program presents."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select

from qa_app.accounts.queries import names
from qa_app.database import db
from qa_app.domain.keys import KeyScope, KeyState, state_of
from qa_app.reports.models import ApiToken

START: Final = 11
"""Characters at a key's beginning by which people and look-ups know it; the rest is the secret."""


@dataclass(frozen=True)
class KeyRow:
    """A key as the list shows it; `made_by` is a name."""

    token: ApiToken
    state: KeyState
    made_by: str

    @property
    def scopes(self) -> str:
        """What it may read, in words."""
        return ", ".join(KeyScope(each).words for each in self.token.scopes)


def fingerprint(secret: str) -> str:
    """SHA-256 of a key (hex): enough, since a key has 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def key_rows(today: date) -> list[KeyRow]:
    """Every key, those in use first, then the newest (two queries)."""
    found = list(db.session.scalars(select(ApiToken).order_by(ApiToken.made_at.desc())))
    known = names({each.made_by for each in found})
    rows = [
        KeyRow(each, state_of(each.expires_on, each.revoked_at, today), known.get(each.made_by, ""))
        for each in found
    ]
    return sorted(rows, key=lambda row: row.state is not KeyState.IN_USE)


def key_of(secret: str, today: date) -> ApiToken | None:
    """The key that this is, where it stands today.

    It is found by its beginning, which is no secret, and told from others in constant time.
    """
    if not secret.isascii() or "\x00" in secret:
        return None
    presented = fingerprint(secret)
    candidates = db.session.scalars(select(ApiToken).where(ApiToken.start == secret[:START])).all()
    for token in candidates:
        if hmac.compare_digest(token.hash, presented):
            standing = state_of(token.expires_on, token.revoked_at, today)
            return token if standing is KeyState.IN_USE else None
    return None


def standing_named(name: str, today: date) -> bool:
    """Whether a key of this name is in use."""
    query = select(ApiToken).where(ApiToken.name == name, ApiToken.revoked_at.is_(None))
    return any(each.expires_on >= today for each in db.session.scalars(query))
