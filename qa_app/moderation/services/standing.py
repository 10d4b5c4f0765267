"""What stands: the final grades, derived from the rows that were given, and who is told (M7)."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from qa_app.accounts.models import Person
from qa_app.audits import services as audits
from qa_app.audits.models import Audit, GradeSource
from qa_app.audits.queries import standing_grades
from qa_app.database import db
from qa_app.domain.finalgrade import FinalGrade, final_grade, final_section_grades
from qa_app.domain.grades import Grade
from qa_app.moderation.models import Moderation
from qa_app.notify import services as notify

Rows = dict[UUID | None, Grade | None]
"""One source's standing grades by section id; None is the audit as a whole."""


def make_final(audit: Audit, *, no_reply: bool = False, by: UUID | None, at: datetime) -> Audit:
    """Derive the final grades from the rows of auditor and moderators, and close the audit (M7).

    With `no_reply` its auditor did not answer in time (M5). An audit that is not graded (P7) ends
    without a grade. Raises NoOverallGrade and MoveNotAllowed.
    """
    if not audit.graded:
        return audits.finalise(audit, {}, "", by, at)
    overall, sections = derived(audit, no_reply=no_reply)
    grades: dict[UUID | None, Grade] = {
        section_id: each.grade for section_id, each in sections.items() if each.grade is not None
    }
    if overall.grade is not None:
        grades[None] = overall.grade
    reason = overall.reason[0].upper() + overall.reason[1:]
    return audits.finalise(audit, grades, reason, by, at)


def derived(audit: Audit, *, no_reply: bool = False) -> tuple[FinalGrade, dict[UUID, FinalGrade]]:
    """The overall final grade and the sections', as the rows that stand make them (M7)."""
    auditor = _rows(audit, GradeSource.AUDITOR)
    moderator = _rows(audit, GradeSource.MODERATOR)
    second = _rows(audit, GradeSource.SECOND_MODERATOR)
    overall = final_grade(
        auditor.get(None), moderator.get(None), second.get(None), True, no_reply=no_reply
    )
    # A section that its auditor left to the moderator is among the audit's sections too.
    ids = {each for each in auditor | moderator | second if each is not None}
    sections = final_section_grades(
        {each: auditor.get(each) for each in ids},
        _sections(moderator) if moderator else None,
        _sections(second) if second else None,
        True,
    )
    return overall, sections


def _rows(audit: Audit, source: GradeSource) -> Rows:
    return standing_grades(audit.id, source)


def _sections(rows: Rows) -> dict[UUID, Grade | None]:
    return {section_id: grade for section_id, grade in rows.items() if section_id is not None}


def tell_moderators(
    moderations: Iterable[Moderation], subject: str, body: str, key: str, at: datetime
) -> None:
    """Promise a message about the audit to whoever did these moderations, each once."""
    messages = []
    for moderation in moderations:
        person = _moderator(moderation)
        if person is not None:
            path = f"/moderation/audits/{moderation.audit_id}"
            messages.append(
                notify.Message(
                    person.id, person.email, subject, body, path, f"{key}:{moderation.id}"
                )
            )
    notify.queue_many(messages, at)


def _moderator(moderation: Moderation) -> Person | None:
    person_id = moderation.moderator_id
    return None if person_id is None else db.session.get(Person, person_id)
