"""A blind moderator's first grades, after which the auditor's judgement is shown (M3)."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from qa_app.audits import services as audits
from qa_app.audits.models import GradeSource
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import Grade
from qa_app.moderation.models import Moderation
from qa_app.moderation.queries.comparing import OVERALL
from qa_app.moderation.services.taking import held
from qa_app.standards.queries import sections_of


class NothingHidden(DomainError):
    """The first grades are committed, or there never were any: nothing is hidden any more."""


class FirstGradeNeeded(DomainError):
    """One of the grades that are given first is missing, or another one was sent with them."""


def commit_first(
    moderation: Moderation,
    grades: Mapping[str, Grade],
    *,
    by: UUID,
    at: datetime,
    opened_record: bool = False,
) -> None:
    """Keep the first grades as rows of their own and show the moderator the audit (M3, M7).

    `grades` are those of `blind_sections` by code, and under OVERALL; once committed they stand,
    whatever is graded after. `opened_record` is remembered for the end of the moderation, which
    asks for it (M2). Raises NotYours, NothingHidden, and FirstGradeNeeded with its field.
    """
    moderation = held(moderation, by)
    if not moderation.hidden:
        raise NothingHidden(
            "You committed your first grades already, and they stay as they are. Go on with the "
            "moderation: you see the auditor’s grades now."
        )
    _check(moderation, grades)
    audit = moderation.audit
    version = audit.tool_version
    codes = {each.code: each.id for each in sections_of(version)} if version is not None else {}
    ids: dict[str, UUID | None] = {OVERALL: None, **codes}
    audits.record_moderator_grades(
        audit,
        {ids[code]: grade for code, grade in grades.items()},
        by=by,
        at=at,
        source=GradeSource.MODERATOR_BLIND,
    )
    moderation.revealed_at = at
    moderation.opened_record = opened_record or None
    audits.reveal_to(audit, by, by, at)


def _check(moderation: Moderation, grades: Mapping[str, Grade]) -> None:
    wanted = [*moderation.blind_sections, OVERALL]
    for code in wanted:
        if code not in grades:
            raise FirstGradeNeeded("Select a grade before you go on", f"{code}_grade")
    if set(grades) - set(wanted):
        raise FirstGradeNeeded(
            "Grade the audit as a whole and the sections that are asked for first. The others "
            "follow when you see the auditor’s grades."
        )
