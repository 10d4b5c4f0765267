"""Whether an audit is moderated, and whether blind, as its newest choice says (M1, M3)."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from qa_app.audits.models import Audit, AuditSource, Concern, ModerationChoice
from qa_app.database import db
from qa_app.domain.workflow import AuditState
from qa_app.standards.models import ToolVersion

_CONCERN = exists().where(Concern.audit_id == Audit.id, Concern.withdrawn_at.is_(None))


def standing_choice(audit_id: UUID) -> ModerationChoice | None:
    """The choice of the audit's newest submission; None for an older or imported audit, which is
    moderated, and sighted."""
    query = (
        select(ModerationChoice)
        .where(ModerationChoice.audit_id == audit_id)
        .order_by(ModerationChoice.at.desc(), ModerationChoice.id.desc())
        .limit(1)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).one_or_none()


def standing_choices(audit_ids: Collection[UUID]) -> dict[UUID, ModerationChoice]:
    """The same for many audits by their ids, in one query. Audits without a choice are left out."""
    query = (
        select(ModerationChoice)
        .where(ModerationChoice.audit_id.in_(audit_ids))
        .order_by(ModerationChoice.at, ModerationChoice.id)
    )
    return {each.audit_id: each for each in db.session.scalars(query)}


def to_be_moderated() -> ColumnElement[bool]:
    """The condition that an audit waits for a moderator: it was chosen, or was never chosen about,
    or has an open concern, whatever was chosen (M1)."""
    return and_(
        Audit.state == AuditState.AWAITING_MODERATION,
        or_(_newest_selected(), _CONCERN),
    )


def unselected_and_checked(today: date) -> ColumnElement[bool]:
    """The condition that an audit was not chosen and waits for nothing more: its auditor's grade
    stands. As `qa_app.domain.facts.may_begin`, in SQL."""
    return and_(
        Audit.state == AuditState.AWAITING_MODERATION,
        or_(
            Audit.facts_until.is_(None),
            Audit.facts_until < today,
            Audit.facts_checked_at.is_not(None),
        ),
        ~_newest_selected(),
        ~_CONCERN,
    )


def _newest_selected() -> ColumnElement[bool]:
    """Whether the newest choice selects the audit; true where it has none."""
    newest = (
        select(ModerationChoice.selected)
        .where(ModerationChoice.audit_id == Audit.id)
        .order_by(ModerationChoice.at.desc(), ModerationChoice.id.desc())
        .limit(1)
        .correlate(Audit)
        .scalar_subquery()
    )
    return func.coalesce(newest, true())


def earlier_of(audit_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many audits its auditor had sent for moderation before each of these was sent first, by
    its id (one query).

    By the day of completion, and within a day by the order in which they were chosen about. Kinds
    that are not moderated (P7) do not count, nor what was imported.
    """
    other = aliased(Audit)
    own, its = _first_choice(Audit), _first_choice(other)
    same_day = and_(
        other.completed_on == Audit.completed_on,
        or_(own.is_(None), its.is_(None), its < own),
    )
    count = (
        select(func.count())
        .select_from(other)
        .join(ToolVersion, ToolVersion.id == other.tool_version_id)
        .where(
            other.auditor_id == Audit.auditor_id,
            other.id != Audit.id,
            other.source == AuditSource.MADE,
            ToolVersion.moderated,
            or_(other.completed_on < Audit.completed_on, same_day),
        )
        .correlate(Audit)
        .scalar_subquery()
    )
    query = select(Audit.id, count.label("number")).where(Audit.id.in_(audit_ids))
    return {row.id: row.number for row in db.session.execute(query)}


def _first_choice(audit: type[Audit]) -> ScalarSelect[UUID]:
    """The id of the first choice about an audit of the query around it; ids rise with time."""
    return (
        select(ModerationChoice.id)
        .where(ModerationChoice.audit_id == audit.id)
        .order_by(ModerationChoice.at, ModerationChoice.id)
        .limit(1)
        .correlate(audit)
        .scalar_subquery()
    )


def is_to_be_blind(audit: Audit, choice: ModerationChoice | None, concern: bool) -> bool:
    """Whether a moderation of the audit that began now would be blind (M3).

    `choice` is the standing one, `concern` whether a concern is open. Never an imported audit, one
    whose tool is not graded, or one that the QA lead made sighted.
    """
    return (
        choice is not None
        and choice.blind
        and choice.sighted_at is None
        and not concern
        and audit.graded
        and audit.source is AuditSource.MADE
    )
