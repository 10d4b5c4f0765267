"""The check of a submitted audit's facts by the social worker and the team manager (A12).

Everything here takes the audit's row for itself first, so that an answer and the beginning of
moderation come one after the other, and whoever is second is told.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from qa_app import history
from qa_app.accounts import settings
from qa_app.audits.models import Audit, FactCheck, FactPoint
from qa_app.audits.queries.choosing import is_to_be_blind, standing_choice
from qa_app.audits.queries.facts import (
    asked_of,
    checks_of,
    own_check,
    people_to_ask,
    point_of,
    section_titles,
    why_closed,
)
from qa_app.audits.services.choosing import finalise_unselected
from qa_app.audits.services.concerns import open_concern
from qa_app.audits.services.moderating import tell_auditor
from qa_app.audits.services.state import locked
from qa_app.database import db
from qa_app.domain.answers import FactAnswer
from qa_app.domain.calendar import date_words, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.facts import MOST_POINTS, is_checked, may_begin
from qa_app.domain.grades import Grade
from qa_app.domain.workflow import MODERATION_BEGUN, AuditMove, AuditState, MoveNotAllowed, advance
from qa_app.notify import services as notify


class FactsBeingChecked(DomainError):
    """Moderation of an audit that is not urgent, while its facts are still being checked."""


class NotAsked(DomainError):
    """Somebody who was not asked to check this audit's facts."""


class CheckClosed(DomainError):
    """The check was answered, is over, or moderation has begun."""


class PointRefused(DomainError):
    """Something said to be wrong that does not say what, or an answer that does not say why."""


class NothingToCorrect(DomainError):
    """No point waits for its answer, so there is nothing to take the audit back for."""


class Point(NamedTuple):
    """Something that is not right: the section's code ("": the audit as a whole), and what."""

    section: str
    says: str


def after_submission(audit: Audit, *, first: bool, by: UUID, at: datetime) -> None:
    """Ask for the check after the first submission of a moderated audit; after another one, tell
    those who said something what became of it. For `submit`, which holds the audit's row."""
    if first:
        _ask(audit, by, at)
        return
    checks = checks_of(audit)
    _settle(audit, checks, at)
    notify.queue_many(
        [
            _message(
                check,
                f"Audit {audit.reference} was sent again",
                "Open it to see what its auditor answered to what you said.",
                f"points-answered:{check.id}:{at.isoformat()}",
            )
            for check in checks
            if check.points
        ],
        at,
    )


def _ask(audit: Audit, by: UUID, at: datetime) -> None:
    today = london_date(at)
    people = people_to_ask(audit, today)
    if not people:
        return
    days = settings.number("facts_check", today)
    audit.facts_until = settings.calendar().add_working_days(today, days)
    checks = [
        FactCheck(
            audit_id=audit.id, person=person, party=party, asked_at=at, due_on=audit.facts_until
        )
        for person, party in people
    ]
    db.session.add_all(checks)
    db.session.flush()
    due = date_words(audit.facts_until)
    history.record("facts_asked", audit, by=by, at=at, audit_id=audit.id, due=due)
    notify.queue_many(
        [
            _message(
                check,
                f"Please check the facts of audit {audit.reference} by {due}",
                f"You are the social worker or the team manager of the child. Until {due} you can "
                "say what is not right in it, before its grade is settled. Sign in to read it.",
                f"facts-asked:{check.id}",
            )
            for check in checks
        ],
        at,
    )


def _message(check: FactCheck, subject: str, body: str, key: str) -> notify.Message:
    person, path = check.person, f"/audits/{check.audit_id}/facts"
    return notify.Message(person.id, person.email, subject, body, path, key)


def check_may_begin(audit: Audit, at: datetime) -> None:
    """Refuse to moderate an audit whose facts are still being checked, unless it is urgent (M0).

    One to be moderated blind is never urgent: whether it can be taken would tell its grade (M3).
    For a caller that holds the audit's row. Raises FactsBeingChecked.
    """
    if audit.state is not AuditState.AWAITING_MODERATION:
        return  # the table of moves says what is wrong then
    concern = open_concern(audit) is not None
    blind = is_to_be_blind(audit, standing_choice(audit.id), concern)
    urgent = concern or (audit.auditor_grade is Grade.INADEQUATE and not blind)
    checked = audit.facts_checked_at is not None
    if not may_begin(london_date(at), audit.facts_until, checked=checked, urgent=urgent):
        until = date_words(audit.facts_until) if audit.facts_until else ""
        raise FactsBeingChecked(
            f"The facts of audit {audit.reference} are checked until {until}. Take it after that, "
            "or when everybody who was asked has answered. Nothing has been changed."
        )


def answer_check(audit: Audit, *, points: Iterable[Point], by: UUID, at: datetime) -> FactCheck:
    """One person's one answer: nothing to correct (no points), or what is not right.

    The auditor is told. Raises NotAsked, CheckClosed and PointRefused.
    """
    audit = locked(audit)
    check = _open_check(audit, by, at)
    said = list(points)
    _refuse_points(audit, said)
    check.answered_at, check.agreed = at, not said
    db.session.add_all(
        FactPoint(check_id=check.id, section_code=each.section, says=each.says, added_at=at)
        for each in said
    )
    db.session.flush()
    if said:
        count = len(said)
        history.record("facts_disputed", audit, by=by, at=at, audit_id=audit.id, number=count)
    else:
        history.record("facts_agreed", audit, by=by, at=at, audit_id=audit.id)
    _settle(audit, checks_of(audit), at)
    _tell_of_answer(audit, check, len(said), at)
    return check


def _open_check(audit: Audit, person_id: UUID, at: datetime) -> FactCheck:
    check = own_check(audit, person_id)
    if check is None:
        raise NotAsked(
            "You were not asked to check the facts of this audit. Use your reply instead. "
            "Nothing has been changed"
        )
    closed = why_closed(audit, check, london_date(at))
    if closed is not None:
        raise CheckClosed(f"{closed}. Nothing has been changed")
    return check


def _refuse_points(audit: Audit, points: list[Point]) -> None:
    known = {"", *section_titles(audit)}
    if any(not point.says.strip() for point in points):
        raise PointRefused("Enter what is not right")
    if any(point.section not in known for point in points):
        raise PointRefused("Select a section of this audit, or the audit as a whole")
    if len(points) > MOST_POINTS:
        raise PointRefused(f"Enter up to {MOST_POINTS} points, and put the others in your reply")


def _tell_of_answer(audit: Audit, check: FactCheck, count: int, at: datetime) -> None:
    if count:
        subject = f"Something in audit {audit.reference} may not be right"
        body = "Somebody who checked its facts asks for a correction. Open the audit to answer."
    else:
        subject = f"The facts of audit {audit.reference} were checked"
        body = "Somebody who checked its facts found nothing to correct."
    tell_auditor(audit, subject, body, f"facts-answered:{check.id}", at)


def _settle(audit: Audit, checks: list[FactCheck], at: datetime) -> None:
    """Note when the check came to its end: everybody has answered, and so has the auditor. An
    audit that was not chosen for moderation is final with that (M1)."""
    waits = audit.state in MODERATION_BEGUN | {AuditState.AWAITING_MODERATION}
    if waits and audit.facts_checked_at is None and is_checked(asked_of(checks)):
        audit.facts_checked_at = at
        db.session.flush()
        finalise_unselected(audit, at)


_ANSWERABLE: Final = MODERATION_BEGUN | {AuditState.AWAITING_MODERATION, AuditState.RETURNED}


def answer_point(
    audit: Audit, point_id: UUID, *, answer: FactAnswer, text: str, by: UUID, at: datetime
) -> FactPoint:
    """The auditor's one answer to a point, with why or what was changed.

    “Corrected” needs the audit back on its auditor's desk. Whoever made the point is told at once,
    or when the audit is sent again. Raises PointRefused and MoveNotAllowed.
    """
    audit = locked(audit)
    point = point_of(audit, point_id)
    if point is None or point.answered_at is not None:
        raise PointRefused("This was answered already, and stays as it is")
    if audit.state not in _ANSWERABLE:
        raise MoveNotAllowed("The audit is final, so nothing more can be answered to this")
    if answer is FactAnswer.CORRECTED and audit.state is not AuditState.RETURNED:
        raise PointRefused("Take the audit back before you correct something in it", "answer")
    if not text.strip():
        raise PointRefused(_NO_TEXT[answer], "text")
    point.answer, point.answer_text = answer, text
    point.answered_at, point.answered_by = at, by
    db.session.flush()
    words = answer.words[:1].lower() + answer.words[1:]
    history.record("fact_answered", audit, by=by, at=at, audit_id=audit.id, answer=words)
    _settle(audit, checks_of(audit), at)
    if audit.state is not AuditState.RETURNED:
        subject = f"The auditor of {audit.reference} answered what you said"
        body = "Open it to read the answer."
        notify.queue_many([_message(point.check, subject, body, f"point:{point.id}")], at)
    return point


_NO_TEXT: Final = {
    FactAnswer.CORRECTED: "Enter what you changed",
    FactAnswer.STANDS: "Enter why it stands as it was written",
}


def correct_facts(audit: Audit, *, by: UUID, at: datetime) -> Audit:
    """Take a waiting audit back to put right what somebody said is wrong in it.

    Its day of completion, and the day from which moderation is counted, stay. Raises
    MoveNotAllowed, and NothingToCorrect where every point has its answer.
    """
    audit = locked(audit)
    following = advance(audit.state, AuditMove.CORRECT_FACTS)
    if not any(each.open_points for each in asked_of(checks_of(audit))):
        raise NothingToCorrect(
            "Nothing that was said about the facts waits for your answer. Nothing has been changed"
        )
    audit.state = following
    db.session.flush()
    history.record("facts_corrected", audit, by=by, at=at, audit_id=audit.id)
    return audit


def acknowledge_audit(audit: Audit, *, by: UUID, at: datetime) -> FactCheck:
    """“I have read this audit”, once; a second press changes nothing. Raises NotAsked."""
    audit = locked(audit)
    check = own_check(audit, by)
    if check is None:
        raise NotAsked("You were not asked to acknowledge this audit. Nothing has been changed")
    if check.acknowledged_at is None:
        check.acknowledged_at = at
        db.session.flush()
        history.record("audit_acknowledged", audit, by=by, at=at, audit_id=audit.id)
    return check
