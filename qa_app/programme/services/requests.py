"""Asking for an exemption or for more time, and deciding about it (P3)."""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from qa_app import history
from qa_app.accounts.line import Line
from qa_app.accounts.models import Person
from qa_app.accounts.queries import actor, people_with
from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission, Role, allowed
from qa_app.formatting import count_words, date_words
from qa_app.notify.services import Message, queue_many
from qa_app.programme.models import (
    ExemptionReason,
    Expectation,
    RequestState,
    TimeRequest,
)
from qa_app.programme.queries.requests import (
    Wish,
    limit_on,
    may_ask,
    who_may_grant,
    wish_for_audit,
    wish_for_expectation,
)
from qa_app.programme.services.cycles import exempt, lock, refuse_closed, refuse_too_many
from qa_app.programme.services.granting import (
    check_days,
    extend,
    refuse_barred,
    tell_granted,
    why_words,
)


class NotYoursToAsk(DomainError):
    """Somebody who is neither the auditor, nor manages them, nor runs the programme."""


class AlreadyAsked(DomainError):
    """The same thing is asked for already and waits for a decision."""


class AlreadyDecided(DomainError):
    """A request is decided once."""


class Sent(NamedTuple):
    """A request that was made, and the name of whoever was told."""

    request: TimeRequest
    told: str


def ask_exemption(
    expectation: Expectation,
    *,
    number: int,
    reason: ExemptionReason,
    note: str,
    by: UUID,
    at: datetime,
) -> Sent:
    """Ask that so many audits of a cycle be not expected after all (P3); the head is told.

    Raises NotYoursToAsk, AlreadyAsked, TooManyExempted and CycleClosed.
    """
    line = Line(london_date(at))
    wish = wish_for_expectation(expectation, line)
    _refuse_others(wish, line, by, at)
    lock(expectation)
    refuse_closed(expectation.cycle)
    _refuse_second(TimeRequest.expectation_id == expectation.id)
    refuse_too_many(expectation, number)
    request = _new(wish, number, reason, note, by, at)
    request.expectation = expectation
    db.session.add(request)
    db.session.flush()
    history.record(
        "exemption_asked", request, by=by, at=at, number=number, reason=reason.words.lower()
    )
    month = Month.of(expectation.cycle.month).words
    what = f"an exemption of {count_words(number, 'audit')} in {month}"
    return Sent(request, _tell_who_decides(request, wish, line, what, at))


def ask_extension(
    audit: Audit,
    *,
    number: int,
    reason: ExemptionReason,
    note: str,
    by: UUID,
    at: datetime,
) -> Sent:
    """Ask for `number` more working days for an audit (P3); whoever may grant them is told.

    Raises NotYoursToAsk, AlreadyAsked and CannotExtend.
    """
    line = Line(london_date(at))
    wish = wish_for_audit(audit, number, line)
    _refuse_others(wish, line, by, at)
    lock(audit)
    _refuse_second(TimeRequest.audit_id == audit.id)
    check_days(audit, number, at)
    request = _new(wish, number, reason, note, by, at)
    request.audit = audit
    db.session.add(request)
    db.session.flush()
    history.record("extension_asked", request, by=by, at=at, audit_id=audit.id, days=number)
    what = f"{count_words(number, 'more working day')} for audit {audit.reference}"
    return Sent(request, _tell_who_decides(request, wish, line, what, at))


def decide(request: TimeRequest, *, grant: bool, answer: str, by: UUID, at: datetime) -> None:
    """Grant or refuse what was asked for; whoever it is for and whoever asked are told (P3).

    Raises MayNotGrant, AlreadyDecided, and what granting it raises.
    """
    lock(request)
    if request.state is not RequestState.ASKED:
        raise AlreadyDecided(
            f"This has been {request.state.value} already. Nothing has been changed."
        )
    refuse_barred(request, by, at)
    request.state = RequestState.GRANTED if grant else RequestState.REFUSED
    request.decided_by, request.decided_at, request.answer = by, at, answer
    if grant:
        _grant(request, by, at)
        return
    verb = "extension_refused" if request.audit_id else "exemption_refused"
    history.record(verb, request, by=by, at=at, audit_id=request.audit_id)
    _tell(
        request,
        [request.person, request.asker],
        "refused",
        f"{_about(request)}: refused",
        "Sign in to read the answer.",
        by,
        at,
    )


def _grant(request: TimeRequest, by: UUID, at: datetime) -> None:
    people = [request.person, request.asker]
    if request.audit is not None:
        why = why_words(request.reason, request.note)
        extension = extend(request.audit, days=request.number, reason=why, by=by, at=at)
        tell_granted(people, f"{_about(request)}: granted",
                     f"Audit {request.audit.reference} is now due on "
                     f"{date_words(extension.due_on)}.", f"/programme/requests/{request.id}",
                     f"time-request:{request.id}:granted", by, at)  # fmt: skip
    elif request.expectation is not None:
        exempt(
            request.expectation, number=request.number, reason=request.reason, note=request.note,
            by=by, at=at,
        )  # fmt: skip
        late = london_date(at) > request.expectation.cycle.due_on
        follows = (
            "It came after the due date, so that it is kept and the month’s figures stay."
            if late
            else "So many audits fewer are due."
        )
        tell_granted(people, f"{_about(request)}: granted", follows,
                     f"/programme/requests/{request.id}",
                     f"time-request:{request.id}:granted", by, at)  # fmt: skip


def _about(request: TimeRequest) -> str:
    """What was asked for, as a notice calls it: no case, no child."""
    if request.audit is not None:
        return f"More time for audit {request.audit.reference}"
    return f"Exemption in {_month(request)}"


def _month(request: TimeRequest) -> str:
    return Month.of(request.expectation.cycle.month).words if request.expectation else ""


def _new(
    wish: Wish, number: int, reason: ExemptionReason, note: str, by: UUID, at: datetime
) -> TimeRequest:
    return TimeRequest(
        kind=wish.kind,
        person_id=wish.person_id,
        team_id=wish.team_id,
        number=number,
        reason=reason,
        note=note,
        asked_by=by,
        asked_at=at,
        state=RequestState.ASKED,
    )


def _refuse_others(wish: Wish, line: Line, by: UUID, at: datetime) -> None:
    lead = actor(by, london_date(at)).holds(Role.QA_LEAD)
    if not may_ask(wish, by, lead=lead, line=line):
        raise NotYoursToAsk(
            "Only the auditor, whoever manages them and the QA lead ask for this. "
            "Nothing has been changed."
        )


def _refuse_second(condition: object) -> None:
    query = select(TimeRequest.id).where(condition, TimeRequest.state == RequestState.ASKED)  # type: ignore[arg-type]
    if db.session.scalars(query.limit(1)).first() is not None:
        raise AlreadyAsked(
            "This has been asked for already, and waits for a decision. Nothing has been changed."
        )


def _tell_who_decides(request: TimeRequest, wish: Wish, line: Line, what: str, at: datetime) -> str:
    """Tell the nearest who may decide and can; the QA lead where there is nobody.

    Returns their name, "" where it is whoever asked, who can decide at once.
    """
    today = london_date(at)
    subject = request.permission_subject()
    for person_id in who_may_grant(wish, line, limit_on(today)):
        if not allowed(Permission.TIME_REQUEST_DECIDE, actor(person_id, today), subject):
            continue
        if person_id == request.asked_by:
            return ""
        person = db.session.get_one(Person, person_id)
        asked = f"{_first_up(what)} is asked for: please decide"
        _tell(request, [person], "asked", asked, "Sign in to read why, and to decide.", None, at)
        return person.name
    leads = people_with(Role.QA_LEAD, today)
    nobody = f"Nobody in the line can grant {what}"
    body = "The posts above are vacant, or their holders do not reach this unit. Sign in to see."
    _tell(request, leads, "asked", nobody, body, request.asked_by, at)
    return "The QA lead"


def _first_up(words: str) -> str:
    return words[0].upper() + words[1:]


def _tell(
    request: TimeRequest,
    people: Iterable[Person | None],
    step: str,
    subject: str,
    body: str,
    by: UUID | None,
    at: datetime,
) -> None:
    messages = [
        Message(
            person.id,
            person.email,
            subject,
            body,
            f"/programme/requests/{request.id}",
            f"time-request:{request.id}:{step}:{person.id}",
        )
        for person in dict.fromkeys(people)
        if person is not None and person.id != by
    ]
    if messages:
        queue_many(messages, at)


def kind_words(request: TimeRequest) -> str:
    """“2 audits fewer in November 2026”, “5 more working days for audit A-2026-11-001”."""
    if request.audit is not None:
        days = count_words(request.number, "more working day")
        return f"{days} for audit {request.audit.reference}"
    return f"{count_words(request.number, 'audit')} fewer in {_month(request)}"
