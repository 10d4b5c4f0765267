"""The grades that were given by the cut: which one stood at a moment (M7)."""

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from qa_app.audits.models import GradeSource
from qa_app.domain.grades import Grade
from qa_app.reports.queries.factual.onestatement import Rows


class GradesGiven:
    """The grades of a cut's audits, the newest of each source standing."""

    def __init__(self, rows: Rows) -> None:
        self._overall: dict[tuple[UUID, GradeSource], list[Any]] = defaultdict(list)
        self._sections: dict[UUID, dict[GradeSource, dict[UUID, Grade | None]]] = {}
        for row in sorted(rows["grade"], key=lambda row: (row.at, row.id)):
            if row.section_id is None:
                self._overall[row.audit_id, row.source].append(row)
            else:
                of_audit = self._sections.setdefault(row.audit_id, {})
                of_audit.setdefault(row.source, {})[row.section_id] = row.grade

    def overall(self, audit: UUID, source: GradeSource, at: datetime) -> Grade | None:
        """The overall grade of a source that stood at a moment."""
        stood = [row for row in self._overall.get((audit, source), ()) if row.at <= at]
        grade: Grade | None = stood[-1].grade if stood else None
        return grade

    def standing(self, audit: UUID, at: datetime) -> Grade | None:
        """The final grade that stood at a moment, or the auditor's until there is one."""
        final = self.overall(audit, GradeSource.FINAL, at)
        return final or self.overall(audit, GradeSource.AUDITOR, at)

    def of_sections(self, audit: UUID) -> dict[UUID, Grade]:
        """The grade of each section that counts: the final one, or the auditor's where nobody
        moderated the section."""
        of_audit = self._sections.get(audit, {})
        given = dict(of_audit.get(GradeSource.AUDITOR, {}))
        given |= {
            section: grade
            for section, grade in of_audit.get(GradeSource.FINAL, {}).items()
            if grade is not None
        }
        return {section: grade for section, grade in given.items() if grade is not None}
