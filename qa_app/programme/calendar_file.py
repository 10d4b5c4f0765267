"""Protected time for an audit as a calendar file: a reference, and nothing of a case."""

from datetime import date, datetime, time
from uuid import UUID, uuid5

from qa_app import calendar_file
from qa_app.calendar_file import Appointment
from qa_app.domain.calendar import LONDON


def protected_time(
    audit_id: UUID, reference: str, link: str, day: date, start: time, minutes: int, at: datetime
) -> bytes:
    """The file, with one event in London's time from `start` on `day`, and an alarm before it.

    The same audit, day and start have the same UID: taken in twice, or with another length, it
    changes the entry that is there. `link` is the audit's address, `at` when the file was made.
    """
    begins = datetime.combine(day, start, LONDON)
    return calendar_file.calendar_file(
        Appointment(
            kind="Protected time",
            uid=str(uuid5(audit_id, begins.isoformat())),
            # A copy that comes later counts as the newer one.
            sequence=int(at.timestamp()) // 60 % 2**31,
            begins=begins,
            minutes=minutes,
            summary=f"Protected time: audit {reference}",
            description=f"Kept free for audit {reference}. Sign in to open it: {link}",
            link=link,
            made_at=at,
        )
    )


def file_name(reference: str, day: date) -> str:
    """What the file is called."""
    return calendar_file.file_name("protected-time", reference, day.isoformat())
