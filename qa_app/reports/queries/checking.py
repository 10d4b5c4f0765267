"""What the data-quality checks ask of the tables, beside the facts of the cut (R8): one statement
each, whatever the number of audits. Months are given by their first days, both included."""

from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from qa_app.audits.models import Audit, AuditParty, AuditText
from qa_app.database import db
from qa_app.domain.permissions import Party
from qa_app.moderation.models import Moderation, ModerationState
from qa_app.reports.models import DataCut, Report, ReportVersion

_RATIONALE: Final = "overall.rationale"
_OWN: Final = (Party.AUDITOR, Party.CO_AUDITOR)
_PARTS: Final = (
    *_OWN,
    Party.SOCIAL_WORKER,
    Party.TEAM_MANAGER,
    Party.IRO,
    Party.CHAIR,
    Party.DECISION_MAKER,
)


class Copied(NamedTuple):
    """An audit, and the reference of an earlier one that has the same rationale."""

    audit_id: UUID
    other: str


class OutsidePeriod(NamedTuple):
    """An audit completed in another month than its cycle's, or before its period under review
    had ended."""

    audit_id: UUID
    cycle_month: date | None
    period_to: date | None


def copied_rationales(first: date, last: date) -> list[Copied]:
    """Audits of these months whose overall rationale says what that of an audit begun before says,
    in any case, spacing and punctuation; short ones are never taken for copies."""
    text, other_text = aliased(AuditText), aliased(AuditText)
    other = aliased(Audit)
    query = (
        select(Audit.id, func.min(other.reference))
        .join(text, and_(text.audit_id == Audit.id, text.field == _RATIONALE))
        .join(
            other_text,
            and_(
                other_text.likeness == text.likeness,
                other_text.field == _RATIONALE,
                other_text.audit_id < Audit.id,
            ),
        )
        .join(other, other.id == other_text.audit_id)
        .where(Audit.completed_month.between(first, last))
        .group_by(Audit.id)
    )
    return [Copied(*row) for row in db.session.execute(query)]


def conflicted_moderations(first: date, last: date) -> dict[UUID, bool]:
    """Audits of these months that somebody with a part in them moderated; True where that was the
    auditor (M2)."""
    query = (
        select(Audit.id, AuditParty.party)
        .join(Moderation, Moderation.audit_id == Audit.id)
        .join(
            AuditParty,
            and_(
                AuditParty.audit_id == Audit.id,
                AuditParty.person_id == Moderation.moderator_id,
                AuditParty.party.in_(_PARTS),
            ),
        )
        .where(
            Moderation.state == ModerationState.COMMITTED,
            Audit.completed_month.between(first, last),
        )
    )
    found: dict[UUID, bool] = {}
    for audit_id, party in db.session.execute(query):
        found[audit_id] = found.get(audit_id, False) or party in _OWN
    return found


def outside_period(first: date, last: date) -> list[OutsidePeriod]:
    """Audits completed in these months and outside their period (R8)."""
    query = select(Audit.id, Audit.cycle_month, Audit.period_to).where(
        Audit.completed_month.between(first, last),
        or_(Audit.cycle_month != Audit.completed_month, Audit.period_to > Audit.completed_on),
    )
    return [OutsidePeriod(*row) for row in db.session.execute(query)]


def last_published_cut(key: str) -> DataCut | None:
    """The data cut of a report's last published version, None where it has none. `key` is what
    ReportAsked.key says."""
    query = (
        select(DataCut)
        .join(ReportVersion, ReportVersion.cut_id == DataCut.id)
        .join(Report, Report.id == ReportVersion.report_id)
        .where(Report.key == key, ReportVersion.published_at.is_not(None))
        .order_by(ReportVersion.number.desc())
        .limit(1)
    )
    return db.session.scalars(query).first()
