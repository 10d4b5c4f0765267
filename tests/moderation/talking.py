"""Audits whose moderation is talked about: Ada audited, Hugh moderates."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, AuditParty
from qa_app.database import db
from qa_app.domain.moderation import ReasonCode
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState
from qa_app.moderation import services as moderation
from qa_app.moderation.models import Moderation, ModerationMode, ModerationState
from qa_app.moderation.services import GradeGiven
from qa_app.notify.models import Notice
from tests.council import Council
from tests.moderation.factory import BAD, a_submitted_audit, agreeing

AT = datetime(2026, 11, 18, 10, 42, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def taken(council: Council, at: datetime = AT) -> Audit:
    """An audit of Ada's that Hugh has taken for a sighted moderation."""
    audit = a_submitted_audit(council, at=at)
    hugh = db.session.get_one(Person, council.people["other_head"])
    moderation.start(audit, hugh, by=hugh.id, at=at)
    return audit


def the_moderation() -> Moderation:
    """The newest moderation there is."""
    return db.session.scalars(select(Moderation).order_by(Moderation.id.desc()).limit(1)).one()


def discussed(council: Council, at: datetime = AT) -> Audit:
    """One whose auditor is asked: Hugh's overall grade is another one."""
    audit = taken(council, at)
    given = agreeing(audit, overall=GradeGiven(BAD, ReasonCode.THRESHOLD, "Look at June."))
    moderation.commit(
        the_moderation(), given, opened_record=True, feedback="Clear.",
        by=council.people["other_head"], at=at,
    )  # fmt: skip
    return audit


def final(council: Council, at: datetime = AT) -> Audit:
    """One that is final: Hugh agreed."""
    audit = taken(council, at)
    moderation.commit(
        the_moderation(), agreeing(audit), opened_record=True, feedback="Clear.",
        by=council.people["other_head"], at=at,
    )  # fmt: skip
    return audit


def returned(council: Council, at: datetime = AT) -> Audit:
    """One that Hugh returned for correction."""
    audit = taken(council, at)
    the_moderation().state, audit.state = ModerationState.RETURNED, AuditState.RETURNED
    db.session.flush()
    return audit


def hidden(council: Council, at: datetime = AT) -> Audit:
    """One that Hugh moderates blind, before his first grades (M3)."""
    audit = taken(council, at)
    the_moderation().mode = ModerationMode.BLIND
    db.session.execute(
        update(AuditParty)
        .where(AuditParty.audit_id == audit.id, AuditParty.party == Party.MODERATOR)
        .values(party=Party.BLIND_MODERATOR)
    )
    db.session.flush()
    db.session.expire(audit, ["parties"])
    return audit


def waiting(council: Council, at: datetime = AT) -> Audit:
    """One that nobody has taken."""
    return a_submitted_audit(council, at=at)


def given_back(council: Council, at: datetime = AT) -> Audit:
    """One that Hugh took and gave back."""
    audit = taken(council, at)
    moderation.release(the_moderation(), by=council.people["other_head"], at=at)
    return audit


def told(prefix: str = "talk:") -> list[tuple[str, str]]:
    """Who was told what, by the subject without its audit, in the order told."""
    rows = db.session.execute(
        select(Person.name, Notice.subject)
        .join(Notice, Notice.person_id == Person.id)
        .where(Notice.key.startswith(prefix))
        .order_by(Notice.created_at, Person.name)
    )
    return [(name, subject.partition(": ")[2]) for name, subject in rows]


Making = Callable[[Council], Audit]
