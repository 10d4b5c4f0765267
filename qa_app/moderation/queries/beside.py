"""An audit beside what its moderator graded: what the moderator's own page is made of."""

from functools import cached_property
from uuid import UUID

from sqlalchemy import select

from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.grades import Grade, limits_broken
from qa_app.moderation.models import Moderation
from qa_app.moderation.queries.blind import first_grades_of
from qa_app.moderation.queries.reading import Reading
from qa_app.standards.models import Section


class Beside:
    """An audit as its moderator reads it, with the first grades that were given blind (M3)."""

    def __init__(self, moderation: Moderation) -> None:
        self.moderation = moderation
        self.reading = Reading(moderation.audit)

    @cached_property
    def firsts(self) -> dict[str, Grade]:
        """The moderator's first grades by section code and OVERALL; none where sighted."""
        return first_grades_of(self.moderation)

    @cached_property
    def set_aside(self) -> list[tuple[str, str]]:
        """The limiting rules that the auditor set aside: what each says, and why not (A7)."""
        reading, overall = self.reading, self.moderation.audit.auditor_grade
        if overall is None:
            return []
        return [
            (limit.sentence, reading.overrides[limit.rule])
            for limit in limits_broken(overall, reading.draft.section_grades)
            if limit.rule in reading.overrides
        ]


def section_titles(audit: Audit) -> dict[str, str]:
    """code → title of every section of the audit's tool; none for an imported audit (one query)."""
    return _titles(audit.tool_version_id) if audit.tool_version_id is not None else {}


def _titles(version_id: UUID) -> dict[str, str]:
    query = select(Section.code, Section.title).where(Section.version_id == version_id)
    return {row.code: row.title for row in db.session.execute(query)}
