"""Granting exemptions and extensions: only whoever P3 lets, never for themselves."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final
from uuid import UUID

from qa_app import history
from qa_app.accounts import settings
from qa_app.accounts.line import Line
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.workflow import OPEN_FOR_WRITING
from qa_app.formatting import date_words
from qa_app.notify.services import Message, queue_many
from qa_app.programme.models import (
    Exemption,
    ExemptionReason,
    Expectation,
    Extension,
    TimeRequest,
)
from qa_app.programme.queries.requests import (
    OWN,
    Wish,
    limit_on,
    may_exempt,
    why_not,
    wish_for_audit,
    wish_for_expectation,
    wish_of,
)
from qa_app.programme.services.cycles import exempt, lock

MOST_DAYS: Final = 60
"""A quarter of a year: an audit that needs longer is withdrawn, and the case given again."""


class MayNotGrant(DomainError):
    """Somebody whom P3 does not let grant this."""


class CannotExtend(DomainError):
    """An audit whose due date cannot be moved so."""


def grant_exemption(
    expectation: Expectation,
    *,
    number: int,
    reason: ExemptionReason,
    note: str,
    by: UUID,
    at: datetime,
) -> Exemption:
    """Exempt without having been asked: a head of service or above in the line (P3).

    Raises MayNotGrant, TooManyExempted and CycleClosed.
    """
    line = Line(london_date(at))
    _refuse(wish_for_expectation(expectation, line), line, by, at)
    found = exempt(expectation, number=number, reason=reason, note=note, by=by, at=at)
    month = Month.of(expectation.cycle.month).words
    fewer = f"{number} of your {expectation.number} audits expected in {month} "
    tell_granted([expectation.person], f"You were exempted in {month}",
                 f"{fewer}{'is' if number == 1 else 'are'} exempted.", "/programme/requests",
                 f"exemption:{found.id}", by, at)  # fmt: skip
    return found


def grant_extension(
    audit: Audit,
    *,
    number: int,
    reason: ExemptionReason,
    note: str,
    by: UUID,
    at: datetime,
) -> Extension:
    """Give an audit `number` more working days without having been asked (P3).

    Raises MayNotGrant and CannotExtend.
    """
    line = Line(london_date(at))
    lock(audit)
    _refuse(wish_for_audit(audit, number, line), line, by, at)
    found = extend(audit, days=number, reason=why_words(reason, note), by=by, at=at)
    tell_granted([audit.auditor], f"Audit {audit.reference} is due later",
                 f"It is now due on {date_words(found.due_on)}.", f"/audits/{audit.id}",
                 f"extension:{found.id}", by, at)  # fmt: skip
    return found


def why_words(reason: ExemptionReason, note: str) -> str:
    """The reason with its note, as an extension keeps it."""
    return f"{reason.words}: {note}"[:400] if note else reason.words


def extend(audit: Audit, *, days: int, reason: str, by: UUID, at: datetime) -> Extension:
    """Move an audit's due date by working days, keeping the old one (P3).

    Its cycle stays, so that MTM-2 counts it by the month all the same (P4). Raises CannotExtend.
    """
    lock(audit)
    before, due_on = check_days(audit, days, at)
    extension = Extension(
        audit=audit,
        working_days=days,
        due_before=before,
        due_on=due_on,
        reason=reason,
        granted_on=london_date(at),
        granted_by=by,
        granted_at=at,
    )
    audit.due_on = due_on
    db.session.add(extension)
    db.session.flush()
    words = {"old": date_words(before), "new": date_words(due_on)}
    history.record("extension_granted", audit, by=by, at=at, audit_id=audit.id, **words)
    return extension


def check_days(audit: Audit, days: int, at: datetime) -> tuple[date, date]:
    """The due date now, and with so many more working days.

    Raises CannotExtend for an audit that is done, and for days that would change nothing.
    """
    if audit.completed_on is not None or audit.state not in OPEN_FOR_WRITING:
        raise CannotExtend(
            f"Audit {audit.reference} is “{audit.state.words.lower()}”: it needs no more time."
        )
    if audit.due_on is None or not 0 < days <= MOST_DAYS:
        raise CannotExtend(f"Enter working days from 1 to {MOST_DAYS}", "number")
    due_on = settings.calendar().add_working_days(audit.due_on, days)
    if due_on < london_date(at):
        raise CannotExtend(
            f"Ask for more days: {days} after {date_words(audit.due_on)} end on "
            f"{date_words(due_on)}, which has passed",
            "number",
        )
    return audit.due_on, due_on


def _refuse(wish: Wish, line: Line, by: UUID, at: datetime) -> None:
    why = why_not(wish, by, line, limit_on(london_date(at)))
    if why:
        raise MayNotGrant(f"{why} Nothing has been changed.")


def barred(request: TimeRequest, by: UUID, at: datetime) -> str:
    """Why somebody may not decide about a request; "" where they may (P3)."""
    today = london_date(at)
    return why_not(wish_of(request), by, Line(today), limit_on(today))


def barred_directly(subject: Expectation | Audit, by: UUID, at: datetime) -> str:
    """Why somebody may not exempt or extend this unasked; "" where they may (P3)."""
    line = Line(london_date(at))
    if isinstance(subject, Expectation):
        return why_not(wish_for_expectation(subject, line), by, line, 0)
    wish = wish_for_audit(subject, 0, line)
    if may_exempt(wish, by, line):
        return ""
    if by == wish.person_id:
        return OWN
    return "Without having been asked, only heads of service and above in the line give more time."


def refuse_barred(request: TimeRequest, by: UUID, at: datetime) -> None:
    """Raise MayNotGrant where somebody may not decide about the request."""
    why = barred(request, by, at)
    if why:
        raise MayNotGrant(f"{why} Nothing has been changed.")


def note_refused(
    subject: Expectation | Audit | TimeRequest, why: str, *, by: UUID, at: datetime
) -> None:
    """Put in the history that somebody tried to decide what P3 does not let them."""
    audit_id = subject.id if isinstance(subject, Audit) else getattr(subject, "audit_id", None)
    history.record("refused", subject, by=by, at=at, audit_id=audit_id, reason=why)


def tell_granted(
    people: Iterable[Person | None],
    subject: str,
    body: str,
    path: str,
    key: str,
    by: UUID,
    at: datetime,
) -> None:
    """Tell these people of something granted to them, but for whoever granted it."""
    messages = [
        Message(person.id, person.email, subject, body, path, f"{key}:{person.id}")
        for person in dict.fromkeys(people)
        if person is not None and person.id != by
    ]
    if messages:
        queue_many(messages, at)
