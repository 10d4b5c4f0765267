"""How somebody wants their e-mail: each message as it comes, or one a day with everything."""

from datetime import UTC, datetime, time, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from qa_app import history
from qa_app.database import db
from qa_app.domain.calendar import LONDON
from qa_app.notify.models import MailChoice

DAILY_AT: Final = time(8)
"""When daily messages go, by London's clock."""

_WORDS: Final = {False: "each message as it comes", True: "one message a day"}


def wants_daily(person_id: UUID) -> bool:
    """Whether this person chose one message a day; each as it comes unless they did."""
    query = select(MailChoice.daily).where(MailChoice.person_id == person_id)
    return bool(db.session.scalar(query))


def choice_words(daily: bool) -> str:
    """The choice, in the middle of a sentence."""
    return _WORDS[daily]


def choose(person_id: UUID, daily: bool, *, at: datetime) -> bool:
    """Keep a person's own choice; False where it was theirs already."""
    if wants_daily(person_id) == daily:
        return False
    on_postgresql = db.session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if on_postgresql else sqlite.insert
    values = {"daily": daily, "changed_at": at}
    statement = insert(MailChoice.__table__).values(person_id=person_id, **values)  # type: ignore[arg-type]  # a Table
    # Pressed twice at the same moment, it is one change.
    changed = statement.on_conflict_do_update(
        index_elements=["person_id"], set_=values, where=MailChoice.__table__.c.daily != daily
    ).returning(MailChoice.__table__.c.person_id)
    if db.session.execute(changed).first() is None:
        return False
    person = history.Reference("person", person_id)
    history.record("mail_choice_changed", person, by=person_id, at=at, choice=choice_words(daily))
    return True


def last_daily_time(at: datetime) -> datetime:
    """The last moment, not after `at`, at which daily messages were to go: eight in the morning in
    London, whatever its clocks did that night. In UTC.
    """
    here = at.astimezone(LONDON)
    eight = datetime.combine(here.date(), DAILY_AT, LONDON)
    if eight > here:
        eight = datetime.combine(here.date() - timedelta(days=1), DAILY_AT, LONDON)
    return eight.astimezone(UTC)
