"""Keeps the demonstration away from real data: its mark, and the refusal of any other database."""

from dataclasses import dataclass
from typing import Final

from flask import Flask
from sqlalchemy import inspect, select
from sqlalchemy.exc import OperationalError

from qa_app.accounts.models import Person, Setting
from qa_app.audits.models import Audit
from qa_app.cases.models import Case
from qa_app.config import ConfigurationError
from qa_app.database import db
from qa_app.domain.errors import DomainError

MARK: Final = "demo"
"""The name of the setting row that marks a database as the demonstration's."""

_TELLING: Final = (Person, Case, Audit)


class NotADemonstration(DomainError):
    """The demonstration was asked for outside demo mode, or on a database that holds other data."""


@dataclass(frozen=True)
class Mark:
    """What the mark says: the seed, and the demonstration's accounts as (label, address)."""

    seed: int
    accounts: tuple[tuple[str, str], ...]


def mark() -> Mark | None:
    """The database's mark, or None where it is not a demonstration's."""
    value = db.session.scalars(select(Setting.value).where(Setting.name == MARK)).first()
    if value is None:
        return None
    return Mark(value["seed"], tuple((label, email) for label, email in value["accounts"]))


def is_empty() -> bool:
    """Whether nobody, no case and no audit is in the database (shipped content does not count)."""
    return all(db.session.execute(select(each.id).limit(1)).first() is None for each in _TELLING)


def check(app: Flask) -> None:
    """Refuse demo mode on a database that holds data and is not marked as a demonstration's.

    A database that is not there, or has no tables yet, is left to the commands that make it. Raises
    ConfigurationError. Outside demo mode nothing is read.
    """
    if not app.config.get("DEMO"):
        return
    with app.app_context():
        try:
            fits = _fits()
        except OperationalError:
            return
        finally:
            db.session.remove()
    if not fits:
        raise ConfigurationError(
            "This database holds data that is not the demonstration's. Unset QA_DEMO to use it, or "
            "set DATABASE_URL to an empty database."
        )


def _fits() -> bool:
    tables = set(inspect(db.session.connection()).get_table_names())
    if not {each.__tablename__ for each in (*_TELLING, Setting)} <= tables:
        return True
    return mark() is not None or is_empty()
