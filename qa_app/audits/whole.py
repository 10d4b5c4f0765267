"""A draft whose page needs every answer at once: what is written and chosen in one statement.

A page of a draft says what is left to do anywhere in the audit, so it reads all of its tables. One
table a statement would be eight of them; here each row comes from one table, beside nothing.
"""

from functools import cached_property
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, literal, select, true, union_all
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.interfaces import ORMOption

from qa_app.audits.draft import Draft
from qa_app.audits.models import (
    Audit,
    AuditText,
    Concern,
    Finding,
    LimitOverride,
    PinnedComment,
    QuestionAnswer,
    SectionAnswer,
    Voice,
)
from qa_app.database import db
from qa_app.domain.answers import VoiceOf
from qa_app.domain.grades import LimitingRule
from qa_app.domain.workflow import AuditState

T = TypeVar("T")

_TABLES: Final[tuple[Any, ...]] = (
    AuditText, SectionAnswer, QuestionAnswer, Finding, Voice, LimitOverride, Concern,
)  # fmt: skip

AT_ONCE: Final[tuple[ORMOption, ...]] = (joinedload(Audit.tool_version), joinedload(Audit.parties))
"""For `fetch`: the audit with what its permission and its pages ask of it, in one statement."""


def _tables_of(audit: Audit) -> tuple[Any, ...]:
    """Comments are there once the audit was returned, and asked for only then (M6)."""
    return (*_TABLES, PinnedComment) if audit.state is AuditState.RETURNED else _TABLES


def _statement(audit_id: UUID, tables: tuple[Any, ...]) -> Select[Any]:
    numbers = union_all(*(select(literal(n).label("n")) for n in range(len(tables)))).subquery()
    query = select(*tables).select_from(numbers)
    for n, table in enumerate(tables):
        of_audit = and_(numbers.c.n == n, table.audit_id == audit_id, _standing(table))
        query = query.outerjoin(table, of_audit)
    return query.options(joinedload(Finding.theme))


def _standing(table: Any) -> ColumnElement[bool]:
    return Concern.withdrawn_at.is_(None) if table is Concern else true()


class WholeDraft(Draft):
    """One audit's answers, read together. Like any draft it reads them from the database anew."""

    @cached_property
    def _rows(self) -> dict[type, list[Any]]:
        tables = _tables_of(self.audit)
        query = _statement(self.audit.id, tables).execution_options(populate_existing=True)
        found: dict[type, list[Any]] = {table: [] for table in tables}
        for row in db.session.execute(query):
            for each in row:
                if each is not None:
                    found[type(each)].append(each)
        return found

    def _of(self, table: type[T]) -> list[T]:
        return self._rows[table]

    @cached_property
    def texts(self) -> dict[str, AuditText]:
        """Every narrative by its field name."""
        return {row.field: row for row in self._of(AuditText)}

    @cached_property
    def section_answers(self) -> dict[UUID, SectionAnswer]:
        """Draft grades by section."""
        return {row.section_id: row for row in self._of(SectionAnswer)}

    @cached_property
    def question_answers(self) -> dict[UUID, QuestionAnswer]:
        """Answers by question."""
        return {row.question_id: row for row in self._of(QuestionAnswer)}

    @cached_property
    def findings(self) -> list[Finding]:
        """Strengths and areas for development, in the order they were added."""
        return sorted(self._of(Finding), key=lambda each: (each.added_at, each.id))

    @cached_property
    def voices(self) -> dict[VoiceOf, Voice]:
        """Who was heard."""
        return {row.voice_of: row for row in self._of(Voice)}

    @cached_property
    def overrides(self) -> dict[LimitingRule, LimitOverride]:
        """Limiting rules set aside, with the reason."""
        return {row.rule: row for row in self._of(LimitOverride)}

    @cached_property
    def concern(self) -> Concern | None:
        """The open significant-harm concern, if there is one."""
        return next(iter(self._of(Concern)), None)

    @cached_property
    def comments(self) -> list[PinnedComment]:
        """What moderators asked to be corrected, in the order in which they asked (M6)."""
        if PinnedComment not in self._rows:
            return super().comments
        return sorted(self._of(PinnedComment), key=lambda each: (each.pinned_at, each.id))
