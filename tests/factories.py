"""Small makers of rows for tests that need one thing of a kind."""

from datetime import UTC, date, datetime, time

from qa_app.accounts.models import PostKind
from qa_app.audits.models import Audit, AuditSource, GradeRow, GradeSource
from qa_app.database import db
from qa_app.domain.grades import Grade, Selection
from qa_app.domain.workflow import AuditState


def an_imported_audit(
    reference: str = "A001",
    *,
    completed_on: date = date(2023, 4, 3),
    auditor_grade: Grade = Grade.GOOD,
    final_grade: Grade = Grade.REQUIRES_IMPROVEMENT,
) -> Audit:
    """An imported audit with its auditor's and final grades, flushed."""
    at = datetime.combine(completed_on, time(12), UTC)
    audit = Audit(
        reference=reference,
        state=AuditState.FINAL,
        source=AuditSource.IMPORTED,
        selection=Selection.NOT_RECORDED,
        case_reference="100001",
        team_name="Safeguarding Team 1",
        auditor_name="Ada Auditor",
        auditor_post=PostKind.TEAM_MANAGER,
        submitted_at=at,
        completed_on=completed_on,
        completed_month=completed_on.replace(day=1),
        auditor_grade=auditor_grade,
        final_grade=final_grade,
        final_at=at,
    )
    db.session.add(audit)
    db.session.flush()
    for source, grade in ((GradeSource.AUDITOR, auditor_grade), (GradeSource.FINAL, final_grade)):
        db.session.add(GradeRow(audit_id=audit.id, source=source, grade=grade, at=at))
    db.session.flush()
    return audit
