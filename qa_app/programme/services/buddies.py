"""A buddy: an experienced auditor at the side of a new one. They read no audit by it (I2)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.database import db
from qa_app.domain.calendar import date_words, london_date
from qa_app.domain.errors import DomainError
from qa_app.notify import services as notify
from qa_app.programme.models import Buddy


class BuddyRefused(DomainError):
    """A buddy that makes no sense."""


def name_buddy(
    auditor: Person, buddy: Person, since: date, until: date | None, *, by: UUID, at: datetime
) -> Buddy:
    """Put an experienced auditor at the side of a new one, and tell both.

    `until` is the last day, None where nobody said. Raises BuddyRefused for oneself, for days that
    cross or have passed, and where the auditor has a buddy on one of them.
    """
    if auditor.id == buddy.id:
        raise BuddyRefused("Choose somebody else: nobody is their own buddy", "buddy")
    if until is not None and until < max(since, london_date(at)):
        raise BuddyRefused("Enter today's date or a later one, not before the first day", "until")
    # The auditor's row is locked, so that two who name a buddy at once are told apart.
    db.session.get_one(Person, auditor.id, with_for_update=True)
    _refuse_second(auditor, since, until)
    row = Buddy(
        auditor_id=auditor.id,
        buddy_id=buddy.id,
        since=since,
        until=until,
        named_by=by,
        named_at=at,
    )
    db.session.add(row)
    db.session.flush()
    history.record(
        "buddy_named", row, by=by, at=at, auditor=auditor.id, buddy=buddy.id, since=since,
        until=until,
    )  # fmt: skip
    _tell(row, auditor, buddy, at)
    return row


def _refuse_second(auditor: Person, since: date, until: date | None) -> None:
    query = select(Buddy).where(
        Buddy.auditor_id == auditor.id, or_(Buddy.until.is_(None), Buddy.until >= since)
    )
    if until is not None:
        query = query.where(Buddy.since <= until)
    other = db.session.scalars(query.limit(1)).first()
    if other is not None:
        raise BuddyRefused(
            f"{auditor.name} has {other.buddy.name} as buddy {_days(other.since, other.until)}. "
            "End that first, or choose other days",
            "since",
        )


def end_buddy(row: Buddy, *, by: UUID, at: datetime) -> None:
    """End a buddy's time today, or take back one that was to begin later; both are told.

    Harmless where it is over already.
    """
    today = london_date(at)
    if row.until is not None and row.until < today:
        return
    auditor, buddy = row.auditor, row.buddy
    history.record("buddy_ended", row, by=by, at=at, auditor=auditor.id, buddy=buddy.id)
    if row.since > today:
        db.session.delete(row)
        words = "will not be"
    else:
        row.until = today
        words = "are from tomorrow no longer"
    key = f"buddy-ended:{row.id}:{today.isoformat()}"
    notify.queue_many(
        [
            notify.Message(
                each.id, each.email, "A buddy’s time ends", f"You and {other.name} {words} buddies "
                "for auditing.", "/", f"{key}:{each.id}",
            )
            for each, other in ((auditor, buddy), (buddy, auditor))
        ],
        at,
    )  # fmt: skip


def _tell(row: Buddy, auditor: Person, buddy: Person, at: datetime) -> None:
    days = _days(row.since, row.until)
    notify.queue_many(
        [
            notify.Message(
                auditor.id,
                auditor.email,
                f"{buddy.name} is your buddy for auditing",
                f"{buddy.name} ({buddy.email or 'no e-mail address'}) helps you {days}. Ask them "
                "how to audit. They do not read your audits: speak about a child by case "
                "reference only where you must.",
                "/audits",
                f"buddy:{row.id}:{auditor.id}",
            ),
            notify.Message(
                buddy.id,
                buddy.email,
                f"You are {auditor.name}’s buddy for auditing",
                f"{auditor.name} ({auditor.email or 'no e-mail address'}) is new to auditing. "
                f"You help them {days}. You do not read their audits by it.",
                "/",
                f"buddy:{row.id}:{buddy.id}",
            ),
        ],
        at,
    )


def _days(since: date, until: date | None) -> str:
    begins = f"from {date_words(since)}"
    return begins if until is None else f"{begins} until {date_words(until)}"
