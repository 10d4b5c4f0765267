"""Calibration sessions of the small council, made through the services themselves."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from uuid import UUID

from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.calibration import OVERALL
from qa_app.domain.grades import Grade, PlanType
from qa_app.domain.workflow import AuditState
from qa_app.moderation.calibration import services
from qa_app.moderation.calibration.queries.files import parts_of, titles_of
from qa_app.moderation.calibration.queries.results import Given
from qa_app.moderation.models import CalibrationSession
from qa_app.standards.queries import current_version
from tests.audits.making import AT, submitted
from tests.council import Council

__all__ = ["AT", "DEADLINE", "LATER"]

DEADLINE = date(2026, 11, 27)
LATER = AT + timedelta(days=12)
"""The Monday after the deadline."""

THREE = ("auditor", "iro", "head")
WRITTEN = ("risk", "assessment")


def a_final_audit(council: Council, **options: str) -> Audit:
    """An audit with every section written, made final without a moderation."""
    audit = submitted(council, **options)
    audit.state, audit.final_grade, audit.final_at = AuditState.FINAL, audit.auditor_grade, AT
    db.session.flush()
    return audit


def a_draft(council: Council, *, title: str = "Autumn", at: datetime = AT) -> CalibrationSession:
    """A file made for the purpose, with two sections written."""
    lead = council.people["qa_lead"]
    session = services.make_typed(
        current_version("core"), PlanType.CHILD_PROTECTION, title, by=lead, at=at
    )
    services.describe(
        session, title=title, about="A child of a family of three.", age_band="5 to 9",
        by=lead, at=at,
    )  # fmt: skip
    for code in WRITTEN:
        services.write_section(
            session, code, evidence=f"What was read about {code}", impact="A calmer home",
            answers="Was the child seen alone? Yes", by=lead, at=at,
        )  # fmt: skip
    return session


def ids(council: Council, *keys: str) -> list[UUID]:
    return [council.people[key] for key in keys]


def an_open_one(
    council: Council, people: tuple[str, ...] = THREE, *, at: datetime = AT, **options: str
) -> CalibrationSession:
    """A session that these people are asked to grade."""
    session, lead = a_draft(council, at=at, **options), council.people["qa_lead"]
    services.invite(session, ids(council, *people), DEADLINE, by=lead, at=at)
    services.open_session(session, by=lead, at=at)
    return session


def grades(
    session: CalibrationSession, grade: Grade = Grade.GOOD, why: str = "Because.", **one: Grade
) -> dict[str, Given]:
    """The same grade for every part, save those that are named."""
    return {code: Given(one.get(code, grade), why) for code in titles_of(parts_of(session))}


def commit(
    session: CalibrationSession, person: UUID, given: Mapping[str, Given], at: datetime = AT
) -> None:
    """Grade it as one person, and commit."""
    services.save_grades(session, given, by=person, at=at)
    services.commit_grades(session, by=person, at=at)


def a_closed_one(
    council: Council,
    graded: Mapping[str, Grade] | None = None,
    *,
    not_graded: tuple[str, ...] = (),
    agreed: Grade | None = Grade.GOOD,
    gold: bool = False,
) -> CalibrationSession:
    """A session that is over: each of these gave one grade to everything."""
    graded = graded or {"auditor": Grade.GOOD, "iro": Grade.REQUIRES_IMPROVEMENT}
    session, lead = an_open_one(council, (*graded, *not_graded)), council.people["qa_lead"]
    for key, grade in graded.items():
        commit(session, council.people[key], grades(session, grade, f"{key} says so."))
    services.close(session, by=lead, at=LATER)
    if agreed is not None:
        services.agree(
            session, grades(session, agreed, "As we agreed."), why="It was plain.",
            learnt="We read one word in two ways.", by=lead, at=LATER,
        )  # fmt: skip
    if gold:
        services.mark_gold(session, True, by=lead, at=LATER)
    return session


def shuffled(given: Mapping[str, Given]) -> dict[str, Given]:
    """Quite other grades of the same parts, with the same reasons."""
    order = list(Grade)
    return {
        code: Given(order[(order.index(each.grade) + 1 + (code == OVERALL)) % 4], each.why)
        for code, each in given.items()
    }
