"""What the social worker and the team manager said in their own words."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from qa_app.accounts import settings
from qa_app.audits.models import Audit, Contribution
from qa_app.database import db
from qa_app.domain.answers import ContributionKind
from qa_app.domain.calendar import london_date


def signed_contributions(audit: Audit) -> list[Contribution]:
    """What was signed, for everybody who may read the audit, the first first (one query)."""
    query = (
        select(Contribution)
        .where(Contribution.audit_id == audit.id, Contribution.signed_at.is_not(None))
        .order_by(Contribution.signed_at, Contribution.id)
        .options(joinedload(Contribution.person))
    )
    return list(db.session.scalars(query))


def own_contribution(audit: Audit, person_id: UUID, kind: ContributionKind) -> Contribution | None:
    """One person's own words of a kind, signed or not, as they stand now."""
    query = (
        select(Contribution)
        .where(
            Contribution.audit_id == audit.id,
            Contribution.person_id == person_id,
            Contribution.kind == kind,
        )
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).one_or_none()


def last_day_to_reply(audit: Audit) -> date | None:
    """The last day of replying to the audit; None until it has its final grade (A12)."""
    return None if audit.final_at is None else reply_until(audit.final_at)


def reply_until(final_at: datetime) -> date:
    """The last day of replying to an audit that became final at this moment."""
    final_on = london_date(final_at)
    days = settings.number("reply_to_audit", final_on)
    return settings.calendar().add_working_days(final_on, days)
