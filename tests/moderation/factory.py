"""Audits that wait for moderation, with what their auditor wrote and graded."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from qa_app.accounts.models import Person, PostKind
from qa_app.audits import services as audits
from qa_app.audits.models import (
    Audit,
    AuditParty,
    AuditText,
    Concern,
    GradeRow,
    GradeSource,
    SectionAnswer,
)
from qa_app.cases.models import Case
from qa_app.database import db, now
from qa_app.domain.answers import SafeNow
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.grades import Grade, Selection
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState
from qa_app.moderation.services import GradeGiven
from qa_app.standards.models import Section
from qa_app.standards.queries import sections_of
from tests.council import Council

GOOD, BAD = Grade.GOOD, Grade.INADEQUATE


def a_submitted_audit(
    council: Council,
    *,
    case: str = "100001",
    auditor: str = "auditor",
    grade: Grade = GOOD,
    sections: Mapping[str, Grade] | None = None,
    at: datetime | None = None,
    words: str = "The plan is clear.",
) -> Audit:
    """An audit as submission leaves it: every section Good unless said, overall `grade`."""
    at = at or now()
    people = council.people
    audit = audits.give(
        db.session.get_one(Case, council.cases[case]),
        db.session.get_one(Person, people[auditor]),
        PostKind.TEAM_MANAGER,
        cycle_month=Month.of(london_date(at)).first,
        due_on=london_date(at) + timedelta(days=10),
        selection=Selection.RANDOM,
        reason="",
        by=people["qa_lead"],
        at=at,
    )
    audit.state = AuditState.AWAITING_MODERATION
    audit.submitted_at, audit.completed_on = at, london_date(at)
    audit.completed_month = Month.of(audit.completed_on).first
    audit.overall_grade = audit.auditor_grade = grade
    audit.safe_now = SafeNow.YES
    _write(audit, "overall.rationale", words, at)
    for section in sections_to_grade(audit):
        _grade(audit, section, (sections or {}).get(section.code, GOOD), at)
        _write(audit, f"{section.code}.evidence", words, at)
    _row(audit, None, grade, at)
    db.session.flush()
    return audit


def sections_to_grade(audit: Audit) -> list[Section]:
    """The sections asked for this child's plan."""
    version = audit.tool_version
    return [each for each in sections_of(version) if each.applies_to(audit.plan_type)]


def _grade(audit: Audit, section: Section, grade: Grade, at: datetime) -> None:
    db.session.add(
        SectionAnswer(audit_id=audit.id, section_id=section.id, grade=grade, saved_at=at)
    )
    _row(audit, section, grade, at)


def _row(audit: Audit, section: Section | None, grade: Grade, at: datetime) -> None:
    db.session.add(
        GradeRow(
            audit_id=audit.id,
            source=GradeSource.AUDITOR,
            section_id=section.id if section else None,
            grade=grade,
            at=at,
            by=audit.auditor_id,
        )
    )


def _write(audit: Audit, field: str, text: str, at: datetime) -> None:
    db.session.add(
        AuditText(
            audit_id=audit.id, field=field, text=text, salt="0" * 32, saved_at=at,
            saved_by=audit.auditor_id,
        )
    )  # fmt: skip


def a_concern(audit: Audit, at: datetime | None = None) -> Concern:
    """An open concern on the audit, without its notices."""
    concern = Concern(
        audit_id=audit.id,
        case_reference=audit.case_reference,
        team_id=audit.team_id,
        raised_at=at or now(),
        raised_by=audit.auditor_id,
        worry="Seen with bruises.",
    )
    db.session.add(concern)
    db.session.flush()
    return concern


def tie(council: Council, audit: Audit, key: str, party: Party, **dates: object) -> None:
    """Pin somebody to the audit."""
    name = db.session.get_one(Person, council.people[key]).name
    audit.parties.append(AuditParty(party=party, person_id=council.people[key], name=name, **dates))
    db.session.flush()


def agreeing(audit: Audit, **changed: GradeGiven) -> dict[str, GradeGiven]:
    """Every one of the auditor's grades again, save those that are given."""
    given = {
        section.code: GradeGiven(_auditors(audit, section)) for section in sections_to_grade(audit)
    }
    given["overall"] = GradeGiven(audit.auditor_grade)
    return given | changed


def _auditors(audit: Audit, section: Section) -> Grade:
    return (
        db.session.query(SectionAnswer)
        .filter_by(audit_id=audit.id, section_id=section.id)
        .one()
        .grade
    )


AGREE_WITH_ALL = {
    "agreement": "all",
    "overall_view": "agree",
    "feedback": "Clear and kind.",
    "opened_record": "y",
}
"""What a moderator's page sends where they agree with every grade."""
