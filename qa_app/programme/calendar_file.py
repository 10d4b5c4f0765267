"""Protected time for an audit as a calendar file (RFC 5545): a reference, and nothing of a case."""

from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid5

from icalendar import Alarm, Calendar, Event

from qa_app.domain.calendar import LONDON

PRODUCT = "-//Case file audit//Protected time//EN"
ALARM_BEFORE = timedelta(minutes=15)


def protected_time(
    audit_id: UUID, reference: str, link: str, day: date, start: time, minutes: int, at: datetime
) -> bytes:
    """The file, with one event in London's time from `start` on `day`, and an alarm before it.

    The same audit, day and start have the same UID: taken in twice, or with another length, it
    changes the entry that is there. `link` is the audit's address, `at` when the file was made.
    """
    begins = datetime.combine(day, start, LONDON)
    summary = f"Protected time: audit {reference}"
    event = Event()
    event.add("uid", str(uuid5(audit_id, begins.isoformat())))
    event.add("dtstamp", at)
    event.add("dtstart", begins)
    event.add("dtend", begins + timedelta(minutes=minutes))
    event.add("summary", summary)
    event.add("description", f"Kept free for audit {reference}. Sign in to open it: {link}")
    event.add("url", link)
    # Others who see the calendar see the time as taken, and not what for.
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE")
    # A copy that comes later counts as the newer one (RFC 5545, 3.8.7.4).
    event.add("sequence", int(at.timestamp()) // 60 % 2**31)
    event.add_component(_alarm(summary))
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _alarm(words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", -ALARM_BEFORE)
    return alarm


def file_name(reference: str, day: date) -> str:
    """What the file is called: only characters that every system takes."""
    plain = "".join(each if each.isalnum() or each == "-" else "-" for each in reference)
    return f"protected-time-{plain}-{day.isoformat()}.ics"
