"""Making and ending keys for other programs, and noting what was read with them (I1, I2)."""

import secrets
from collections.abc import Collection
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from qa_app import history
from qa_app.accounts import settings
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.keys import KeyRefused, KeyScope, KeyState, check_last_day, state_of
from qa_app.reports.models import ApiToken
from qa_app.reports.queries.tokens import START, fingerprint, standing_named

_MARK: Final = "qa_"
"""What every key begins with, so that one that was lost is known for what it is."""
_BYTES: Final = 32


class Made(NamedTuple):
    """A new key, and its secret: this is the only time at which anybody can read it."""

    token: ApiToken
    secret: str


def make_key(
    name: str, scopes: Collection[KeyScope], expires_on: date, *, by: UUID, at: datetime
) -> Made:
    """A key for one program, to its last day. KeyRefused for a day that is past or too far away,
    and for the name of a key that is in use."""
    today = london_date(at)
    check_last_day(expires_on, today, settings.number("key_lasts_longest", today))
    if standing_named(name, today):
        raise KeyRefused(
            f"A key called “{name}” is in use. End it first, or use another name", "name"
        )
    wanted = [scope for scope in KeyScope if scope in scopes]
    secret = _MARK + secrets.token_urlsafe(_BYTES)
    token = ApiToken(
        name=name,
        start=secret[:START],
        hash=fingerprint(secret),
        scopes=[scope.value for scope in wanted],
        made_by=by,
        made_at=at,
        expires_on=expires_on,
    )
    db.session.add(token)
    db.session.flush()
    words = ", ".join(scope.value for scope in wanted)
    history.record("token_made", token, by=by, at=at, name=name, scopes=words)
    return Made(token, secret)


def end_key(token: ApiToken, *, by: UUID, at: datetime) -> None:
    """End a key at once. KeyRefused where it is not in use any more."""
    if state_of(token.expires_on, token.revoked_at, london_date(at)) is not KeyState.IN_USE:
        raise KeyRefused(f"The key “{token.name}” is not in use any more. Nothing has been changed")
    token.revoked_at, token.revoked_by = at, by
    history.record("token_revoked", token, by=by, at=at, name=token.name)


def note_read(token_id: UUID, *, count: int, things: str, at: datetime) -> None:
    """Put a read in the history, and the day on the key (I1)."""
    token = db.session.get_one(ApiToken, token_id)
    today = london_date(at)
    if token.last_used_on != today:
        token.last_used_on = today
    history.record("api_read", token, by=None, at=at, count=count, things=things, name=token.name)
