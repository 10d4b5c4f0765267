"""What moderation does to an audit: its state, its grade rows and who may read it.

Each function takes the audit's row for itself, changes state by the table of moves and records the
event. What a moderator wrote, and in which mode, is the moderation room's.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import delete

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, AuditParty, GradeRow, GradeSource
from qa_app.audits.queries.sharing import second_person
from qa_app.audits.services.inadequates import MADE_FINAL, tell_of_inadequate
from qa_app.audits.services.state import locked
from qa_app.database import db
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditMove, advance
from qa_app.formatting import count_words
from qa_app.notify import services as notify
from qa_app.tracker import services as tracker

Grades = Mapping[UUID | None, Grade]
"""A grade by section id; None is the audit as a whole."""


class GradeReason(NamedTuple):
    """Why a grade differs: a code from a list, and words."""

    code: str = ""
    text: str = ""


_NO_REASONS: Mapping[UUID | None, GradeReason] = {}


class NoOverallGrade(DomainError):
    """A final grade was asked for without an overall grade."""


class NotBlindModerator(DomainError):
    """Somebody to whom there is nothing to reveal."""


def take_for_moderation(
    audit: Audit, moderator: Person, by: UUID, at: datetime, *, blind: bool = False
) -> Audit:
    """Take the audit out of the queue; the moderator may read it from now on, or, where it is
    `blind`, once their first grades are committed (M3).

    Raises MoveNotAllowed where somebody else took it first. Records “moderation_started”.
    """
    audit = locked(audit)
    audit.state = advance(audit.state, AuditMove.START_MODERATION)
    part = Party.BLIND_MODERATOR if blind else Party.MODERATOR
    if not any(party.party is part and party.person_id == moderator.id for party in audit.parties):
        audit.parties.append(AuditParty(party=part, person_id=moderator.id, name=moderator.name))
    if blind:
        tracker.keep_from(audit.id, moderator.id)
    history.record("moderation_started", audit, by=by, at=at, audit_id=audit.id)
    return audit


def release_from_moderation(audit: Audit, moderator: Person, by: UUID, at: datetime) -> Audit:
    """Put the audit back in the queue; the moderator's right to read it ends with that.

    Raises MoveNotAllowed. Records “moderation_released”.
    """
    audit = locked(audit)
    audit.state = advance(audit.state, AuditMove.RELEASE_MODERATION)
    db.session.execute(
        delete(AuditParty).where(
            AuditParty.audit_id == audit.id,
            AuditParty.party.in_([Party.MODERATOR, Party.BLIND_MODERATOR]),
            AuditParty.person_id == moderator.id,
        )
    )
    db.session.expire(audit, ["parties"])
    tracker.show_to(audit.id, moderator.id)
    history.record("moderation_released", audit, by=by, at=at, audit_id=audit.id)
    return audit


def reveal_to(audit: Audit, moderator_id: UUID, by: UUID, at: datetime) -> Audit:
    """Let a blind moderator read the audit: their first grades are committed (M3).

    Raises NotBlindModerator for anybody else. Records “moderation_revealed”.
    """
    audit = locked(audit)
    party = next(
        (
            each
            for each in audit.parties
            if each.party is Party.BLIND_MODERATOR and each.person_id == moderator_id
        ),
        None,
    )
    if party is None:
        raise NotBlindModerator(
            "You are not moderating this audit blind. Nothing has been changed."
        )
    party.party = Party.MODERATOR
    db.session.flush()
    tracker.show_to(audit.id, moderator_id)
    history.record("moderation_revealed", audit, by=by, at=at, audit_id=audit.id)
    return audit


def return_for_correction(audit: Audit, by: UUID, at: datetime, *, asked: int = 1) -> Audit:
    """Give the audit back to its auditor, who is told how much is asked of them (M6).

    The day of completion stays. What is asked is pinned by `services.comments`, which calls this.
    Raises MoveNotAllowed. Records “moderation_returned”.
    """
    audit = locked(audit)
    audit.state = advance(audit.state, AuditMove.RETURN)
    history.record("moderation_returned", audit, by=by, at=at, audit_id=audit.id)
    tell_auditor(
        audit,
        f"Audit {audit.reference} was returned to you",
        f"Its moderator asks for {count_words(asked, 'correction')}. Open the audit to see what is "
        "asked, and answer it before you send the audit again.",
        f"returned:{audit.id}:{at.isoformat()}",
        at,
    )
    return audit


def record_moderator_grades(
    audit: Audit,
    grades: Grades,
    reasons: Mapping[UUID | None, GradeReason] = _NO_REASONS,
    *,
    by: UUID,
    at: datetime,
    source: GradeSource = GradeSource.MODERATOR,
) -> None:
    """Add the moderator's grades beside the auditor's, which stay (M7). No state changes."""
    _add_grades(audit, source, grades, reasons, by, at)


def finalise(audit: Audit, grades: Grades, reason: str, by: UUID | None, at: datetime) -> Audit:
    """Write the final grades, overall and by section, and close the audit (M7, M8).

    `grades` are the derived ones (qa_app.domain.finalgrade), none for an audit whose tool is not
    graded (P7); `reason` says whose they are, and stands in the timeline. The auditor is told.
    Raises NoOverallGrade and MoveNotAllowed.
    """
    if audit.graded and grades.get(None) is None:
        raise NoOverallGrade("Select an overall grade before the audit is made final")
    audit = locked(audit)
    # The grade and the state go together: the database allows neither without the other.
    audit.state = advance(audit.state, AuditMove.FINALISE)
    audit.final_at = at
    if audit.graded:
        _give_final_grade(audit, grades, reason, by, at)
    else:
        _finish(audit, by, at)
    return audit


def _give_final_grade(
    audit: Audit, grades: Grades, reason: str, by: UUID | None, at: datetime
) -> None:
    audit.final_grade = grades[None]
    _add_grades(audit, GradeSource.FINAL, grades, {None: GradeReason(text=reason)}, by, at)
    history.record(
        "audit_final",
        audit,
        by=by,
        at=at,
        audit_id=audit.id,
        grade=grades[None].words,
        reason=reason[:1].upper() + reason[1:],
    )
    tell_auditor(
        audit,
        f"Audit {audit.reference} has its final grade",
        "Open the audit to see the final grade and how it was reached.",
        f"final:{audit.id}",
        at,
    )
    if audit.final_grade is Grade.INADEQUATE and audit.auditor_grade is not Grade.INADEQUATE:
        tell_of_inadequate(audit, MADE_FINAL, at)


def _finish(audit: Audit, by: UUID | None, at: datetime) -> None:
    history.record("audit_finished", audit, by=by, at=at, audit_id=audit.id)
    tell_auditor(
        audit,
        f"Audit {audit.reference} is finished",
        "This kind of audit is not graded. Open the audit to read it.",
        f"final:{audit.id}",
        at,
    )


def _add_grades(
    audit: Audit,
    source: GradeSource,
    grades: Grades,
    reasons: Mapping[UUID | None, GradeReason],
    by: UUID | None,
    at: datetime,
) -> None:
    for section_id, grade in grades.items():
        reason = reasons.get(section_id, GradeReason())
        db.session.add(
            GradeRow(
                audit_id=audit.id,
                source=source,
                section_id=section_id,
                grade=grade,
                at=at,
                by=by,
                reason_code=reason.code,
                reason=reason.text,
            )
        )


def tell_auditor(audit: Audit, subject: str, body: str, key: str, at: datetime) -> None:
    """Promise a message about the audit to its auditor, and to a second one."""
    people = [(audit.auditor, key), (second_person(audit), f"{key}:second")]
    notify.queue_many(
        [
            notify.Message(person.id, person.email, subject, body, f"/audits/{audit.id}", own)
            for person, own in people
            if person is not None
        ],
        at,
    )
