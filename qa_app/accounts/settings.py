"""The settings as they stood on a day: the table of changes over the defaults.

One query reads them all, and its answer is kept until the transaction ends, so that a page or an
import asks the database once.
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast
from uuid import UUID

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from qa_app import history
from qa_app.accounts.models import Setting, WorkingDayClosure
from qa_app.database import db, now
from qa_app.domain.calendar import WorkingCalendar, england, london_date
from qa_app.domain.settings import SETTINGS, SettingRefused, parse_setting

_KEPT = "settings"
_CLOSURES = "closures"


@dataclass(frozen=True, slots=True)
class Dated:
    """A value and the day from which it holds; `by` is the person who changed it."""

    valid_from: date
    value: int | str
    by: UUID | None
    at: datetime


def number(name: str, on: date | None = None) -> int:
    """A number as it stands on a day (today in London unless said), in the unit of its kind.

    Raises KeyError for an unknown name and TypeError for a setting that is text.
    """
    found = value(name, on)
    if not isinstance(found, int):
        raise TypeError(f"{name} is not a number")
    return found


def text(name: str, on: date | None = None) -> str:
    """A text as it stands on a day (today in London unless said). KeyError, TypeError as above."""
    found = value(name, on)
    if not isinstance(found, str):
        raise TypeError(f"{name} is not text")
    return found


def value(name: str, on: date | None = None) -> int | str:
    """The value of any setting on a day: that of the newest change made from that day or before."""
    day = london_date(now()) if on is None else on
    default = SETTINGS[name].default
    changes = all_changes().get(name, ())
    place = bisect_right([change.valid_from for change in changes], day)
    return changes[place - 1].value if place else default


def all_changes() -> dict[str, list[Dated]]:
    """Every change by setting, oldest day first."""
    kept = db.session.info.get(_KEPT)
    if kept is None:
        kept = {}
        for row in db.session.scalars(select(Setting).order_by(Setting.name, Setting.valid_from)):
            dated = Dated(row.valid_from, row.value, row.changed_by, row.changed_at)
            kept.setdefault(row.name, []).append(dated)
        db.session.info[_KEPT] = kept
    return cast(dict[str, list[Dated]], kept)


def calendar() -> WorkingCalendar:
    """England's working days without the council's own closures."""
    kept = db.session.info.get(_CLOSURES)
    if kept is None:
        kept = frozenset(db.session.scalars(select(WorkingDayClosure.day)))
        db.session.info[_CLOSURES] = kept
    return england(cast(frozenset[date], kept))


def change(name: str, value: int | str, valid_from: date, by: UUID | None, at: datetime) -> None:
    """Give a setting a value from a day on; a second change for the same day replaces the first.

    Raises SettingRefused for a value that it cannot take and for a day that has passed (what was
    done then keeps the value it was done under), KeyError for an unknown setting.
    """
    parsed = parse_setting(name, str(value))
    if valid_from < london_date(at):
        raise SettingRefused("Enter today's date or a later one", "valid_from")
    row = db.session.scalars(
        select(Setting).where(Setting.name == name, Setting.valid_from == valid_from)
    ).one_or_none()
    if row is None:
        row = Setting(name=name, valid_from=valid_from)
        db.session.add(row)
    row.value, row.changed_by, row.changed_at = parsed, by, at
    db.session.flush()
    db.session.info.pop(_KEPT, None)
    history.record(
        "setting_changed",
        row,
        by=by,
        at=at,
        setting=SETTINGS[name].description,
        name=name,
        value=parsed,
        day=valid_from,
    )


def close_day(day: date, reason: str, by: UUID | None, at: datetime) -> None:
    """Take a day from the working days, for a local closure. A day already closed is renamed."""
    row = db.session.get(WorkingDayClosure, day)
    if row is None:
        db.session.add(WorkingDayClosure(day=day, reason=reason, year=day.year))
    else:
        row.reason = reason
    db.session.flush()
    db.session.info.pop(_CLOSURES, None)
    history.record("closure_added", None, by=by, at=at, day=day)


@event.listens_for(Session, "after_transaction_end")
def _forget(session: Session, _transaction: object) -> None:
    session.info.pop(_KEPT, None)
    session.info.pop(_CLOSURES, None)
