"""Submitting an audit: the gates, the auditor's grades, the day that never moves, who is told."""

from datetime import datetime
from uuid import UUID

from qa_app import history
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, GradeRow, GradeSource
from qa_app.audits.queries.facts import moderation_has_begun
from qa_app.audits.services import facts
from qa_app.audits.services.choosing import choose_on_submission, finalise_unselected
from qa_app.audits.services.inadequates import SUBMITTED, tell_of_inadequate
from qa_app.audits.services.moderating import finalise
from qa_app.audits.services.state import locked
from qa_app.database import db
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.completeness import Gap
from qa_app.domain.errors import DomainError
from qa_app.domain.finalgrade import NOT_MODERATED
from qa_app.domain.grades import Grade
from qa_app.domain.workflow import AuditMove, advance


class Incomplete(DomainError):
    """The audit still has gaps; each says what to do and where (A10)."""

    def __init__(self, gaps: list[Gap]) -> None:
        self.gaps = gaps
        super().__init__(
            f"This audit is not complete: {len(gaps)} thing{'s' * (len(gaps) > 1)} to do first"
        )


def submit(audit: Audit, by: UUID, at: datetime) -> Audit:
    """Send the audit for moderation, or make it final where its tool is not moderated (P7), or
    where it was not chosen and nobody is asked about its facts (M1).

    The day of completion is London's day of the first submission and never moves. Raises
    MoveNotAllowed where it was submitted already, and Incomplete with the gaps.
    """
    audit = locked(audit)
    following = advance(audit.state, AuditMove.SUBMIT)
    draft = Draft(audit)
    if draft.gaps:
        raise Incomplete(draft.gaps)
    first = _note_days(audit, at)
    audit.state = following
    audit.auditor_grade = audit.overall_grade if audit.graded else None
    grades = _write_grades(draft, by, at) if audit.graded else {}
    db.session.flush()
    if draft.tool.moderated:
        history.record("audit_submitted", audit, by=by, at=at, audit_id=audit.id)
        choose_on_submission(audit, at)
        facts.after_submission(audit, first=first, by=by, at=at)
        finalise_unselected(audit, at)
    else:
        history.record("audit_completed", audit, by=by, at=at, audit_id=audit.id)
    if audit.auditor_grade is Grade.INADEQUATE:
        tell_of_inadequate(audit, SUBMITTED, at)
    if not draft.tool.moderated:
        finalise(audit, {key: each for key, each in grades.items() if each}, NOT_MODERATED, by, at)
    return audit


def _note_days(audit: Audit, at: datetime) -> bool:
    """The day of completion, the first time alone; and when it was sent, from which moderation is
    counted (M0): to correct its facts gains no time (A12). True for a first submission."""
    first = audit.completed_on is None
    if first:
        audit.completed_on = london_date(at)
        audit.completed_month = Month.of(audit.completed_on).first
    if first or moderation_has_begun(audit):
        audit.submitted_at = at
    return first


def _write_grades(draft: Draft, by: UUID, at: datetime) -> dict[UUID | None, Grade | None]:
    """Add the auditor's rows. A section that does not apply, or is not asked any more, has one too,
    without a grade, so that the newest row of a resubmitted audit says so."""
    grades: dict[UUID | None, Grade | None] = {None: draft.audit.overall_grade}
    grades |= {
        section.id: draft.grade_of(section) if section in draft.sections else None
        for section in draft.possible
    }
    db.session.add_all(
        GradeRow(
            audit_id=draft.audit.id,
            source=GradeSource.AUDITOR,
            section_id=section_id,
            grade=grade,
            at=at,
            by=by,
        )
        for section_id, grade in grades.items()
    )
    return grades
