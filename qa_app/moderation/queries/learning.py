"""What somebody can learn from moderation: their audits, their moderations, what was done well."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import selectinload

from qa_app.audits.models import Audit, Finding, GradeRow, GradeSource
from qa_app.audits.queries.lists import may_read
from qa_app.database import db
from qa_app.domain.agreement import confusion
from qa_app.domain.answers import FindingKind
from qa_app.domain.grades import GRADES, Grade
from qa_app.domain.permissions import Actor
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import (
    CalibrationSession,
    CalibrationState,
    Moderation,
    ModerationMode,
    ModerationStage,
    ModerationState,
)
from qa_app.moderation.queries.agreement import Counts, PairsAsked, pair_ids

PAGE: Final = 20
_COMMITTED: Final = Moderation.state == ModerationState.COMMITTED


class Moderated(NamedTuple):
    """An audit and the moderation that it had first."""

    audit: Audit
    moderation: Moderation


@dataclass(frozen=True)
class Moderations:
    """A page of them, newest first; `older` is the moderation to go on from, None at the end."""

    rows: Sequence[Moderated]
    older: UUID | None


def moderated_audits_of(auditor_id: UUID, before: UUID | None = None) -> Moderations:
    """The finished audits of one auditor that were moderated, by moderation, newest first."""
    query = _first_moderations().where(Audit.auditor_id == auditor_id)
    return _page(query, before)


def decided_again_of(moderator_id: UUID, before: UUID | None = None) -> Moderations:
    """The audits of one moderator about which a second moderator decided (M5), newest first."""
    query = _first_moderations().where(Moderation.moderator_id == moderator_id, _decided_again())
    return _page(query, before)


def _first_moderations() -> Any:
    return (
        select(Audit, Moderation)
        .join(Moderation, Moderation.audit_id == Audit.id)
        .where(
            Audit.state == AuditState.FINAL,
            _COMMITTED,
            Moderation.stage == ModerationStage.FIRST,
        )
    )


def _decided_again() -> Any:
    second = select(Moderation.audit_id).where(
        _COMMITTED, Moderation.stage == ModerationStage.SECOND
    )
    return Audit.id.in_(second)


def _page(query: Any, before: UUID | None) -> Moderations:
    if before is not None:
        query = query.where(Moderation.id < before)
    rows = db.session.execute(query.order_by(Moderation.id.desc()).limit(PAGE + 1)).all()
    found = [Moderated(*row) for row in rows]
    older = found[PAGE - 1].moderation.id if len(found) > PAGE else None
    return Moderations(found[:PAGE], older)


def against_second_moderators(moderator_id: UUID) -> Counts:
    """A moderator's overall grade × the second moderator's, of every audit decided again (M9)."""
    first, second = _standing(GradeSource.MODERATOR), _standing(GradeSource.SECOND_MODERATOR)
    query = (
        _first_moderations()
        .where(Moderation.moderator_id == moderator_id)
        .join(first, first.c.audit_id == Audit.id)
        .join(second, second.c.audit_id == Audit.id)
        .with_only_columns(first.c.grade, second.c.grade, func.count())
        .group_by(first.c.grade, second.c.grade)
    )
    return _counts(query)


def before_seeing(asked: PairsAsked) -> Counts:
    """An auditor's overall grade × the one a blind moderator gave before seeing it (M3, M9).

    Of audits whose moderation was finished blind: where somebody graded first and then returned the
    audit, that grade was of what the auditor has corrected since."""
    asked = replace(asked, mode=ModerationMode.BLIND)
    blind = _standing(GradeSource.MODERATOR_BLIND)
    query = (
        select(Audit.auditor_grade, blind.c.grade, func.count())
        .join(blind, blind.c.audit_id == Audit.id)
        .where(Audit.id.in_(pair_ids(asked, None, None)))
        .group_by(Audit.auditor_grade, blind.c.grade)
    )
    return _counts(query)


def _standing(source: GradeSource) -> Any:
    """The newest overall grade of a source for each audit (M7)."""
    turn = func.row_number().over(
        partition_by=GradeRow.audit_id, order_by=(GradeRow.at.desc(), GradeRow.id.desc())
    )
    rows = (
        select(GradeRow.audit_id, GradeRow.grade, turn.label("turn"))
        .where(
            GradeRow.source == source,
            GradeRow.section_id.is_(None),
            GradeRow.grade.is_not(None),
        )
        .subquery()
    )
    return select(rows.c.audit_id, rows.c.grade).where(rows.c.turn == 1).subquery()


def _counts(query: Select[Any]) -> Counts:
    table = confusion(())
    for row, column, number in db.session.execute(query):
        if row is not None:
            table[GRADES.index(row)][GRADES.index(column)] += number
    return table


def examples_to_read() -> list[CalibrationSession]:
    """Gold-standard files whose agreed answer says why: good rationale to read (M10)."""
    query = (
        select(CalibrationSession)
        .where(
            CalibrationSession.gold,
            CalibrationSession.state == CalibrationState.CLOSED,
            CalibrationSession.agreed_why != "",
        )
        .order_by(CalibrationSession.closed_at.desc())
        .limit(PAGE)
    )
    return list(db.session.scalars(query))


class GoodAudit(NamedTuple):
    """An audit finally graded Good or better, with the strengths to share."""

    audit: Audit
    strengths: list[Finding]


@dataclass(frozen=True)
class GoodAudits:
    """A page of them, newest first, of those that the actor may read."""

    rows: Sequence[GoodAudit]
    older: UUID | None


def good_audits(actor: Actor, first: date, last: date, before: UUID | None = None) -> GoodAudits:
    """Moderated audits finally graded Good or better, completed in these months (first days).

    Only those that the actor may read (I2). Two queries, whatever their number.
    """
    moderated = select(Moderation.audit_id).where(_COMMITTED)
    query = select(Audit).where(
        may_read(actor),
        Audit.final_grade.in_([Grade.OUTSTANDING, Grade.GOOD]),
        Audit.completed_month.between(first, last),
        Audit.id.in_(moderated),
    )
    if before is not None:
        query = query.where(Audit.id < before)
    found = list(db.session.scalars(query.order_by(Audit.id.desc()).limit(PAGE + 1)))
    shown = found[:PAGE]
    strengths = _strengths(shown)
    return GoodAudits(
        [GoodAudit(audit, strengths.get(audit.id, [])) for audit in shown],
        shown[-1].id if len(found) > PAGE else None,
    )


def _strengths(audits: Sequence[Audit]) -> dict[UUID, list[Finding]]:
    query = (
        select(Finding)
        .where(
            Finding.audit_id.in_([audit.id for audit in audits]),
            Finding.kind == FindingKind.STRENGTH,
        )
        .order_by(Finding.added_at, Finding.id)
        .options(selectinload(Finding.theme))
    )
    found: dict[UUID, list[Finding]] = {}
    for finding in db.session.scalars(query) if audits else ():
        found.setdefault(finding.audit_id, []).append(finding)
    return found
