"""What tests of exemptions and extensions share: an expectation, an audit, and their people."""

from datetime import UTC, date, datetime

from sqlalchemy import select

from qa_app.accounts.models import Person, PostHolding
from qa_app.database import db
from qa_app.programme import services
from qa_app.programme.models import ExemptionReason, Expectation
from tests.audits.making import given

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
MONTH = date(2026, 11, 1)
SICK = {"reason": ExemptionReason.SICKNESS, "note": ""}


def an_expectation(council, key="auditor", number=1, at=AT, month=MONTH) -> Expectation:
    """So many audits expected of somebody's post in November 2026."""
    holding = select(PostHolding).where(PostHolding.person_id == council.people[key])
    post = db.session.scalars(holding).one().post
    return services.set_expectation(
        services.ensure_cycle(month, None, at),
        post=post, person=db.session.get_one(Person, council.people[key]), number=number,
        by=council.people["qa_lead"], at=at,
    )  # fmt: skip


def an_audit(council, key="other_auditor", case=None):
    """An audit of November 2026 that was given and not begun, due on the 30th."""
    case = case or ("100001" if key == "other_auditor" else "100004")
    audit = given(council, case=case, auditor=key, at=AT)
    services.ensure_cycle(MONTH, None, AT)
    db.session.flush()
    return audit
