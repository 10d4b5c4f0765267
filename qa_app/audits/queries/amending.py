"""What of a final audit can be amended, what was, and how it stood before (M8, R4)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, null, or_, select

from qa_app.accounts.queries import names
from qa_app.audits.draft import Draft
from qa_app.audits.labels import SECTION_TEXTS, WHOLE, text_label
from qa_app.audits.models import Amendment, Audit, AuditText, GradeSource, TextVersion
from qa_app.audits.queries.reading import standing_grades
from qa_app.database import db
from qa_app.domain.grades import GRADES, Grade, PlanType
from qa_app.domain.workflow import AuditState
from qa_app.formatting import grade_words, plan_type_words

GRADE: Final = "grade."
OVERALL: Final = "grade.overall"
PLAN: Final = "plan_type"
TEXT: Final = "text."

_GRADES: Final = tuple((grade.value, grade.words) for grade in GRADES)
_GRADE_TYPE: Final = Audit.final_grade.type
_PLANS: Final = tuple((plan.value, plan.words) for plan in PlanType)


@dataclass(frozen=True)
class Amendable:
    """One thing that can be amended. `what` names it inside a sentence (“overall final grade”),
    `value` is what it holds, and `choices` what it may hold instead: none for a text. `section_id`
    is a section grade's."""

    field: str
    what: str
    value: str
    choices: Sequence[tuple[str, str]] = ()
    version: int = 0
    section_id: UUID | None = None

    @property
    def stands(self) -> str:
        """What tells whether it still is as it was shown: the value, or a text's version."""
        return self.value if self.choices else str(self.version)

    @property
    def words(self) -> str:
        """What it holds, as a page says it."""
        if not self.choices:
            return self.value
        return dict(self.choices).get(self.value, "Not recorded")


def amendable(audit: Audit) -> list[Amendable]:
    """Everything of a final audit that can be amended, grades first; nothing of any other audit.

    Grades where its tool is graded (P7), and of a section where it has a final one; an imported
    audit has an overall grade and a plan type alone.
    """
    if audit.state is not AuditState.FINAL:
        return []
    draft = Draft(audit)
    plan = Amendable(PLAN, "plan type", audit.plan_type or "", _PLANS)
    return [*_grades(audit, draft), plan, *_texts(draft)]


def _grades(audit: Audit, draft: Draft) -> Iterator[Amendable]:
    if audit.final_grade is None:
        return
    yield Amendable(OVERALL, "overall final grade", audit.final_grade, _GRADES)
    finals = standing_grades(audit.id, GradeSource.FINAL)
    for section in draft.possible:
        grade = finals.get(section.id)
        if grade is not None:
            what = f"final grade of {section.title}"
            yield Amendable(f"{GRADE}{section.code}", what, grade, _GRADES, section_id=section.id)


def _texts(draft: Draft) -> Iterator[Amendable]:
    if draft.audit.tool_version_id is None:
        return
    for name in _boxes(draft):
        row = draft.texts.get(name)
        label = text_label(draft, name) if row is not None and row.text.strip() else None
        if row is not None and label is not None:
            yield Amendable(f"{TEXT}{name}", f"text of “{label}”", row.text, version=row.version)


def _boxes(draft: Draft) -> Iterator[str]:
    yield from WHOLE
    for section in draft.sections:
        yield from (f"question.{each.code}" for each in draft.questions_of(section))
        yield from (f"{section.code}.{part}" for part in SECTION_TEXTS)


@dataclass(frozen=True)
class AmendmentReading:
    """One amendment as a reader sees it: from what to what, why, by whom and when."""

    what: str
    old: str
    new: str
    is_text: bool
    reason: str
    by: str
    at: datetime


def amendments_of(audit: Audit) -> list[AmendmentReading]:
    """Every amendment of an audit, the newest first.

    No query for an audit that is not final, one for one that was never amended.
    """
    if audit.state is not AuditState.FINAL:
        return []
    query = (
        select(Amendment)
        .where(Amendment.audit_id == audit.id)
        .order_by(Amendment.at.desc(), Amendment.id.desc())
    )
    rows = list(db.session.scalars(query))
    known = names({row.by for row in rows})
    reader = _Reader(audit)
    return [reader.read(row, known.get(row.by, "")) for row in rows]


class _Reader:
    """Puts the amendments of one audit into words."""

    def __init__(self, audit: Audit) -> None:
        self.draft = Draft(audit)
        self._versions: dict[tuple[str, str], str] | None = None

    def read(self, row: Amendment, by: str) -> AmendmentReading:
        is_text = row.field.startswith(TEXT)
        old, new = (self._value(row.field, value) for value in (row.old, row.new))
        return AmendmentReading(self._what(row.field), old, new, is_text, row.reason, by, row.at)

    def _what(self, field: str) -> str:
        if field == OVERALL:
            return "overall final grade"
        if field == PLAN:
            return "plan type"
        name = field.removeprefix(TEXT).removeprefix(GRADE)
        if field.startswith(TEXT):
            return f"text of “{text_label(self.draft, name) or name}”"
        section = self.draft.section(name, unasked=True)
        return f"final grade of {section.title if section is not None else name}"

    def _value(self, field: str, value: str) -> str:
        if field == PLAN:
            return plan_type_words(value) if value else "not recorded"
        if not field.startswith(TEXT):
            return grade_words(value)
        return self.versions.get((field.removeprefix(TEXT), value), "")

    @property
    def versions(self) -> dict[tuple[str, str], str]:
        """The texts of the audit that stand and those that were replaced, by box and version: an
        amendment itself holds no narrative, so that it can outlive it (I1, I4)."""
        if self._versions is None:
            audit_id = self.draft.audit.id
            earlier = select(TextVersion).where(TextVersion.audit_id == audit_id)
            standing = self.draft.texts.values()
            rows: list[TextVersion | AuditText] = [*db.session.scalars(earlier), *standing]
            self._versions = {(row.field, str(row.version)): row.text for row in rows}
        return self._versions


def final_grade_at(at: datetime) -> ColumnElement[Grade | None]:
    """An audit's final grade as it stood at a moment: what was amended since counts as it was, and
    a grade that came since not at all (R4). For a statement that reads Audit.

    Few audits are amended: they are found once for the statement, not once for each audit.
    """
    return case(
        (Audit.final_at > at, null()),
        *(
            (Audit.id.in_(_replaced(OVERALL, at, grade.value)), literal(grade, _GRADE_TYPE))
            for grade in GRADES
        ),
        else_=Audit.final_grade,
    )


def plan_type_was(plan: PlanType, at: datetime) -> ColumnElement[bool]:
    """Whether an audit's plan type was this one at a moment (R4); as `final_grade_at`."""
    since = select(Amendment.audit_id).where(Amendment.field == PLAN, Amendment.at > at)
    return or_(
        and_(Audit.plan_type == plan, Audit.id.not_in(since)),
        Audit.id.in_(_replaced(PLAN, at, plan.value)),
    )


def _replaced(field: str, at: datetime, value: str) -> Select[Any]:
    """The audits that stood at this value at a moment, and have been amended since: the first
    amendment after it replaced this one."""
    turn = func.row_number().over(
        partition_by=Amendment.audit_id, order_by=(Amendment.at, Amendment.id)
    )
    first = (
        select(Amendment.audit_id, Amendment.old, turn.label("turn"))
        .where(Amendment.field == field, Amendment.at > at)
        .subquery()
    )
    return select(first.c.audit_id).where(first.c.turn == 1, first.c.old == value)
