"""Arranging to talk about a moderation, and noting that they talked (M4). Callers save."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.audits import services as audits
from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.calendar import add_months, date_words, london_date
from qa_app.domain.errors import DomainError
from qa_app.formatting import datetime_words
from qa_app.moderation.models import ModerationMeeting, ModerationTalk
from qa_app.moderation.queries import meeting as meetings
from qa_app.moderation.queries import talking as reading
from qa_app.moderation.services.talking import held_for_talking, others, tell

MONTHS_AHEAD: Final = 12


class MeetingRefused(DomainError):
    """A meeting at a time that is over, or too far ahead."""


class MeetingChanged(DomainError):
    """Somebody else arranged another meeting, or called it off, since the page was made."""


class TalkRefused(DomainError):
    """A day that cannot be, or a talk in which not both sides took part."""


@dataclass(frozen=True)
class Arranged:
    """When (aware) they meet, for how many minutes, and where."""

    starts_at: datetime
    minutes: int
    place: str


def arrange(
    audit: Audit, wanted: Arranged, *, instead_of: UUID | None, by: UUID, at: datetime
) -> ModerationMeeting:
    """Arrange to talk; it takes the place of the meeting `instead_of`, the one that was shown.

    The other auditors and moderators are told. The same once more (a double press) changes nothing
    and tells nobody. Raises NotNow, MeetingRefused, and MeetingChanged where another meeting stands
    than was shown, so that nobody overwrites what they have not seen.
    """
    audit = held_for_talking(audit, at)
    before = meetings.standing_meeting(audit)
    if before is not None and _is(before, wanted):
        return before
    _check_time(wanted, at)
    if (None if before is None else before.id) != instead_of:
        raise MeetingChanged(_changed_words(before), "day")
    if before is not None:
        before.cancelled_at = at
        db.session.flush()
    made = ModerationMeeting(
        audit_id=audit.id,
        starts_at=wanted.starts_at,
        minutes=wanted.minutes,
        place=wanted.place,
        arranged_by=by,
        arranged_at=at,
    )
    db.session.add(made)
    db.session.flush()
    history.record("moderation_meeting_arranged", audit, by=by, at=at, audit_id=audit.id)
    when = datetime_words(made.starts_at)
    tell(
        audit,
        others(audit, by),
        f"Audit {audit.reference}: the talk about its moderation is now on {when}"
        if before is not None
        else f"Audit {audit.reference}: you are asked to talk about its moderation on {when}",
        f"{_name(by)} asks you to talk about the moderation of audit {audit.reference}: {when}, "
        f"for {made.minutes} minutes. Sign in to see where it is, to take the appointment into "
        "your calendar, or to choose another time.",
        f"moderation-meeting:{made.id}:{{}}",
        at,
    )
    return made


def _is(meeting: ModerationMeeting, wanted: Arranged) -> bool:
    return Arranged(meeting.starts_at, meeting.minutes, meeting.place) == wanted


def _check_time(wanted: Arranged, at: datetime) -> None:
    if wanted.starts_at <= at:
        raise MeetingRefused("Enter a day and a time that are still to come", "day")
    if london_date(wanted.starts_at) > add_months(london_date(at), MONTHS_AHEAD):
        raise MeetingRefused(f"Enter a day within the next {MONTHS_AHEAD} months", "day")


def _changed_words(standing: ModerationMeeting | None) -> str:
    if standing is None:
        return "The meeting was called off meanwhile. To arrange another one, send this again"
    when = datetime_words(standing.starts_at)
    return (
        f"{_name(standing.arranged_by)} arranged it for {when} meanwhile. Leave it at that, or "
        "send this again to move it"
    )


def call_off(audit: Audit, *, by: UUID, at: datetime) -> bool:
    """Call the meeting off, and tell the others; False where none stands any more."""
    audit = audits.locked(audit)
    standing = meetings.standing_meeting(audit)
    if standing is None:
        return False
    standing.cancelled_at = at
    db.session.flush()
    history.record("moderation_meeting_cancelled", audit, by=by, at=at, audit_id=audit.id)
    when = datetime_words(standing.starts_at)
    tell(
        audit,
        others(audit, by),
        f"Audit {audit.reference}: the talk of {when} is called off",
        f"{_name(by)} called it off. Sign in to take the appointment out of your calendar, or to "
        "arrange another one.",
        f"moderation-meeting-off:{standing.id}:{{}}",
        at,
    )
    return True


def note_talked(
    audit: Audit, on: date, who: Iterable[UUID], *, by: UUID, at: datetime
) -> ModerationTalk:
    """Note that they talked: on which day, and who of the auditors and moderators took part.

    The others are told in the app alone. The same once more changes nothing. Raises NotNow, and
    TalkRefused for a day to come or before anybody took the audit, and unless both sides took part.
    """
    audit = held_for_talking(audit, at)
    chosen = set(who)
    took_part = [each for each in reading.talkers(audit) if each.person_id in chosen]
    _check_talk(audit, on, took_part, london_date(at))
    names = ", ".join(each.name for each in took_part)[:400]
    for each in meetings.talks_of(audit):
        if (each.on, each.who) == (on, names):
            return each
    made = ModerationTalk(audit_id=audit.id, on=on, who=names, noted_by=by, noted_at=at)
    db.session.add(made)
    db.session.flush()
    day = date_words(on)
    history.record("moderation_talked", audit, by=by, at=at, audit_id=audit.id, day=day)
    tell(
        audit,
        others(audit, by),
        f"Audit {audit.reference}: it was noted that you talked on {day}",
        f"{_name(by)} noted that its moderation was talked about on {day}. If that is not so, "
        "write a message.",
        f"moderation-talked:{made.id}:{{}}",
        at,
        by_mail=False,
    )
    return made


def _check_talk(audit: Audit, on: date, took_part: list[reading.Talker], today: date) -> None:
    if on > today:
        raise TalkRefused("Enter a day that is not still to come", "on")
    first = reading.first_taken_on(audit)
    if first is not None and on < first:
        raise TalkRefused(
            f"Enter a day from {date_words(first)} on, when the audit was taken for moderation",
            "on",
        )
    if len({each.audits for each in took_part}) < 2:
        raise TalkRefused("Select an auditor and a moderator who took part", "who")


def _name(person_id: UUID) -> str:
    return db.session.get_one(Person, person_id).name
