"""An appointment as a calendar file (RFC 5545), for whatever calendar its reader has."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from icalendar import Alarm, Calendar, Event

MIME_TYPE: Final = "text/calendar"
_ALARM_BEFORE: Final = timedelta(minutes=15)
_PRODUCT: Final = "-//Case file audit//{}//EN"


@dataclass(frozen=True)
class Appointment:
    """What stands in a calendar: references, and nothing of a case.

    `kind` names the product that made it; files with the same `uid` are the same entry, of which
    the highest `sequence` counts (RFC 5545, 3.8.7.4). `begins` is in the zone that the entry is to
    keep; `link` leads to its page; `made_at` is when the file was made. A `cancelled` appointment
    takes the entry away.
    """

    kind: str
    uid: str
    sequence: int
    begins: datetime
    minutes: int
    summary: str
    description: str
    link: str
    made_at: datetime
    place: str = ""
    cancelled: bool = False


def calendar_file(entry: Appointment) -> bytes:
    """The file: one event with an alarm a quarter of an hour before, or the event taken back."""
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT.format(entry.kind))
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if entry.cancelled else "PUBLISH")
    calendar.add_component(_event(entry))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(entry: Appointment) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("dtstamp", entry.made_at)
    event.add("dtstart", entry.begins)
    event.add("dtend", entry.begins + timedelta(minutes=entry.minutes))
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    event.add("url", entry.link)
    if entry.place:
        event.add("location", entry.place)
    # Others who see the calendar see the time as taken, and not what for.
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE")
    event.add("sequence", entry.sequence)
    if entry.cancelled:
        event.add("status", "CANCELLED")
    else:
        event.add_component(_alarm(entry.summary))
    return event


def _alarm(words: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", words)
    alarm.add("trigger", -_ALARM_BEFORE)
    return alarm


def file_name(*parts: str) -> str:
    """What the file is called: only characters that every system takes."""
    name = "-".join(parts)
    return "".join(each if each.isalnum() or each == "-" else "-" for each in name) + ".ics"
