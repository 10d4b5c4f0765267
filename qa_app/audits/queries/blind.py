"""Audits whose judgement is still kept from whoever could not read them, in SQL (M3)."""

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy import true as always

from qa_app.audits.models import Audit, AuditParty, AuditSource, Concern, ModerationChoice
from qa_app.audits.queries.lists import may_read
from qa_app.domain.permissions import Actor, Party
from qa_app.domain.workflow import AuditState

_WAITING = (AuditState.AWAITING_MODERATION, AuditState.RETURNED)


def judgement_hidden() -> ColumnElement[bool]:
    """The condition that an audit waits for a blind moderator, or that one has not committed their
    first grades. As `is_to_be_blind`; an audit taken back to correct its facts counts too (A12)."""
    concern = exists().where(Concern.audit_id == Audit.id, Concern.withdrawn_at.is_(None))
    waits = and_(Audit.state.in_(_WAITING), ~_has(Party.MODERATOR), ~concern)
    begun = and_(Audit.state == AuditState.IN_MODERATION, _has(Party.BLIND_MODERATOR))
    return and_(
        Audit.state.in_([*_WAITING, AuditState.IN_MODERATION]),
        Audit.source == AuditSource.MADE,
        Audit.graded,
        or_(begun, and_(waits, _newest_blind())),
    )


def hidden_from(actor: Actor) -> ColumnElement[bool]:
    """The same, for an actor who may not read the audit: its grade is in no number they see."""
    return and_(judgement_hidden(), ~may_read(actor))


def _has(party: Party) -> ColumnElement[bool]:
    return exists().where(AuditParty.audit_id == Audit.id, AuditParty.party == party)


def _newest_blind() -> ColumnElement[bool]:
    newest = (
        select(and_(ModerationChoice.blind, ModerationChoice.sighted_at.is_(None)))
        .where(ModerationChoice.audit_id == Audit.id)
        .order_by(ModerationChoice.at.desc(), ModerationChoice.id.desc())
        .limit(1)
        .correlate(Audit)
        .scalar_subquery()
    )
    return func.coalesce(newest, false()) == always()
