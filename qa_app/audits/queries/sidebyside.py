"""A first audit and its re-audit beside each other, and what the first one found (E8)."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from qa_app.audits.models import Audit, AuditText, Finding, PutRight, ReAudit
from qa_app.audits.queries.reaudits import ReAuditRow, may_read_of, row_of, standing_grade
from qa_app.audits.since import SINCE, Since, section_grades, since_of
from qa_app.database import db
from qa_app.domain.answers import FindingKind
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Actor, Party
from qa_app.domain.reaudits import OWED, Movement, ReAuditState, movement_of
from qa_app.domain.workflow import SUBMITTED, AuditState
from qa_app.tracker.models import Action
from qa_app.tracker.queries import brag_of, visible_to
from qa_app.tracker.queries.visible import kept_from


class Found(NamedTuple):
    """An area for development that the first audit found."""

    text: str
    theme: str
    about: str


class FollowUp(NamedTuple):
    """An action of the first audit, with its word and its impact (E9); "" where not rated."""

    action: Action
    word: str
    impact: str


class Became(NamedTuple):
    """What became of a section that the first audit graded below Good."""

    title: str
    answer: PutRight
    note: str


class SectionRow(NamedTuple):
    """One section in both audits; None for a grade that was not given."""

    title: str
    first: Grade | None
    second: Grade | None
    movement: Movement | None


@dataclass(frozen=True)
class Pair:
    """Both audits. `second` is shown once it was submitted: until then it has no grades here."""

    first: Audit
    second: Audit
    first_grade: Grade | None
    second_grade: Grade | None
    sections: list[SectionRow]
    became: list[Became]
    actions: list[FollowUp]
    shown: bool

    @property
    def movement(self) -> Movement | None:
        """Which way the overall grade moved."""
        return movement_of(self.first_grade, self.second_grade)


def _pairs(audit: Audit) -> Select[ReAudit]:
    """The rows by which this audit was audited again, or is itself the second."""
    second = aliased(Audit)
    return (
        select(ReAudit)
        .join(second, second.id == ReAudit.audit_id)
        .where(or_(ReAudit.audit_id == audit.id, ReAudit.first_audit_id == audit.id))
        .where(second.state != AuditState.WITHDRAWN)
        .options(joinedload(ReAudit.audit), joinedload(ReAudit.first_audit))
        .order_by(ReAudit.decided_at)
    )


def pair_with(audit: Audit) -> ReAudit | None:
    """The pair in which this audit is the first or the second; as the second where it is both."""
    found = list(db.session.scalars(_pairs(audit)))
    return next((each for each in found if each.audit_id == audit.id), next(iter(found), None))


def side_by_side(first: Audit, second: Audit, actor: Actor, today: date) -> Pair:
    """The two beside each other, for somebody who may read both."""
    shown = second.state in SUBMITTED
    grades = section_grades([first.id, second.id])
    theirs = {section.id: grade for section, grade in grades.get(second.id, ()) if shown}
    rows = [
        SectionRow(
            section.title,
            grade,
            theirs.get(section.id),
            movement_of(grade, theirs.get(section.id)),
        )
        for section, grade in grades.get(first.id, ())
    ]
    return Pair(
        first,
        second,
        standing_grade(first),
        standing_grade(second) if shown else None,
        rows,
        what_became(second) if shown else [],
        follow_up(first, today, visible_to(actor)),
        shown,
    )


def what_became(audit: Audit) -> list[Became]:
    """What a re-audit says became of each section, in the tool's order; none for other audits."""
    since = since_of(audit)
    if since is None:
        return []
    notes = _notes(audit, since)
    return [
        Became(each.title, since.answers[each.id].answer, notes.get(each.box("note"), ""))
        for each in since.sections
        if each.id in since.answers
    ]


def _notes(audit: Audit, since: Since) -> dict[str, str]:
    query = select(AuditText.field, AuditText.text).where(
        AuditText.audit_id == audit.id, AuditText.field.startswith(f"{SINCE}.", autoescape=True)
    )
    return {row.field: row.text for row in db.session.execute(query)}


def follow_up(first: Audit, today: date, seen: ColumnElement[bool]) -> list[FollowUp]:
    """The actions that came from the first audit, the first due first (two queries)."""
    query = (
        select(Action)
        .where(Action.audit_id == first.id, seen)
        .order_by(Action.due_on, Action.id)
        .options(selectinload(Action.parties))
    )
    return [
        FollowUp(
            each, brag_of(each, today).words, each.impact.words if each.impact is not None else ""
        )
        for each in db.session.scalars(query)
    ]


@dataclass(frozen=True)
class Again:
    """What an audit's page says of re-audits: its pairs whose other half the reader may read too,
    what became of what its own first audit found, and what is owed for it; None for nothing."""

    pairs: list[ReAudit]
    became: list[Became]
    owed: ReAuditRow | None

    def __bool__(self) -> bool:
        return bool(self.pairs or self.became or self.owed)


def again_of(audit: Audit, actor: Actor, today: date) -> Again:
    """The same for this audit: one query where it has nothing to do with a re-audit."""
    rows = list(db.session.scalars(_pairs(audit)))
    others = {
        row.first_audit_id if row.audit_id == audit.id else row.audit_id
        for row in rows
        if row.audit_id is not None
    }
    readable = may_read_of(actor, {each for each in others if each is not None})
    inadequate = standing_grade(audit) is Grade.INADEQUATE
    row = row_of(audit, today) if inadequate else None
    return Again(
        [row for row in rows if {row.first_audit_id, row.audit_id} <= {audit.id, *readable}],
        what_became(audit),
        row if row is not None and row.state in (*OWED, ReAuditState.CALLED_OFF) else None,
    )


@dataclass(frozen=True)
class Before:
    """What the first audit found, as its re-auditor needs it: areas for development by section, and
    under None those of the other sections; and its actions. Nothing that anybody said in
    confidence is in it (A5)."""

    first: Audit
    grade: Grade | None
    found: dict[UUID | None, list[Found]]
    actions: list[FollowUp]


def before_of(since: Since, person_id: UUID, today: date) -> Before | None:
    """What the first audit found, for whoever does the re-audit (two queries).

    None for somebody who may see nothing of the first audit: whom a concern on it is about (E1),
    and who moderates it blind (M3).
    """
    first = since.first
    hidden = {Party.IMPLICATED, Party.BLIND_MODERATOR}
    if any(each.person_id == person_id and each.party in hidden for each in first.parties):
        return None
    asked = {each.id for each in since.sections}
    query = (
        select(Finding)
        .where(Finding.audit_id == first.id, Finding.kind == FindingKind.DEVELOPMENT)
        .order_by(Finding.added_at, Finding.id)
        .options(joinedload(Finding.theme))
    )
    found: dict[UUID | None, list[Found]] = {}
    for each in db.session.scalars(query):
        place = each.section_id if each.section_id in asked else None
        theme, about = each.theme, each.about
        found.setdefault(place, []).append(
            Found(each.text, theme.name if theme else "", about.words if about else "")
        )
    actions = follow_up(first, today, ~kept_from(person_id))
    return Before(first, standing_grade(first), found, actions)
