"""What a re-audit is asked beside its tool: what became of what the first audit found (E8).

A re-audit keeps the version of the tool that the first audit had, so that their sections are the
same rows. What is asked about are those that the first audit grades below Good as it stands.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from qa_app.audits.models import Audit, GradeRow, GradeSource, ReAudit, ReAuditAnswer
from qa_app.database import db
from qa_app.domain.completeness import Gap
from qa_app.domain.grades import Grade, Selection
from qa_app.domain.reaudits import asks_what_became, since_gaps
from qa_app.standards.models import Section

SINCE: Final = "since"
_SOURCES: Final = (GradeSource.AUDITOR, GradeSource.FINAL)


class SinceSection(NamedTuple):
    """A section that the first audit graded below Good, with its standing grade."""

    id: UUID
    code: str
    title: str
    grade: Grade

    def box(self, part: str) -> str:
        """The name of one of its boxes: "answer" or "note"."""
        return f"{SINCE}.{self.code}.{part}"


@dataclass(frozen=True)
class Since:
    """What a re-audit is asked about, in the tool's order, and what was answered by section."""

    re_audit: ReAudit
    sections: list[SinceSection]
    answers: dict[UUID, ReAuditAnswer]

    @property
    def first(self) -> Audit:
        """The audit that this one is compared with."""
        return self.re_audit.first_audit

    @property
    def gaps(self) -> list[Gap]:
        """What the re-audit lacks while it does not say what became of a section."""
        asked = [(each.code, each.title) for each in self.sections]
        return since_gaps(asked, [each.code for each in self.sections if each.id in self.answers])

    def section(self, code: str) -> SinceSection | None:
        """One of the sections by its code."""
        return next((each for each in self.sections if each.code == code), None)


def re_audit_as(audit: Audit) -> ReAudit | None:
    """The row by which this audit is somebody's re-audit; for any other audit it costs no query.

    None too for one that was withdrawn and that another was given in place of.
    """
    if audit.selection is not Selection.RE_AUDIT:
        return None
    query = (
        select(ReAudit)
        .where(ReAudit.audit_id == audit.id)
        .options(joinedload(ReAudit.first_audit))
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).one_or_none()


def first_of(audit: Audit) -> Audit | None:
    """The first audit of a re-audit; None for any other."""
    row = re_audit_as(audit)
    return None if row is None else row.first_audit


def since_of(audit: Audit) -> Since | None:
    """What this re-audit is asked; None for any other audit, which costs no query (else three)."""
    row = re_audit_as(audit)
    if row is None:
        return None
    answers = (
        select(ReAuditAnswer)
        .where(ReAuditAnswer.re_audit_id == row.id)
        .execution_options(populate_existing=True)
    )
    found = {each.section_id: each for each in db.session.scalars(answers)}
    return Since(row, _below_good(row.first_audit_id), found)


def _below_good(audit_id: UUID) -> list[SinceSection]:
    return [
        SinceSection(section.id, section.code, section.title, grade)
        for section, grade in section_grades([audit_id]).get(audit_id, ())
        if grade is not None and asks_what_became(grade)
    ]


def section_grades(
    audit_ids: Iterable[UUID],
) -> dict[UUID, list[tuple[Section, Grade | None]]]:
    """audit → its sections in the tool's order, each with the grade that stands: the final one, or
    the auditor's until there is one (M7). One query for any number of audits."""
    query = (
        select(GradeRow.audit_id, GradeRow.source, GradeRow.grade, Section)
        .join(Section, Section.id == GradeRow.section_id)
        .where(GradeRow.audit_id.in_(set(audit_ids)), GradeRow.source.in_(_SOURCES))
        .order_by(GradeRow.at, GradeRow.id)
    )
    rows = sorted(db.session.execute(query), key=lambda row: _SOURCES.index(row.source))
    standing: dict[UUID, dict[Section, Grade | None]] = {}
    for row in rows:
        standing.setdefault(row.audit_id, {})[row.Section] = row.grade
    return {
        audit_id: sorted(found.items(), key=lambda pair: pair[0].position)
        for audit_id, found in standing.items()
    }
