"""Finished audits with findings under themes, for the issues log and what builds on it."""

from datetime import date
from uuid import UUID

from qa_app.accounts.models import Team
from qa_app.audits.models import Audit, AuditSource, Finding
from qa_app.database import db
from qa_app.domain.answers import FindingAbout, FindingKind
from qa_app.domain.grades import Grade, PlanType
from qa_app.standards.models import Theme
from tests.council import Council, find
from tests.reports.rows import an_audit, noon

MARCH, FEBRUARY = date(2023, 3, 9), date(2023, 2, 9)
DEVELOPMENT, STRENGTH = FindingKind.DEVELOPMENT, FindingKind.STRENGTH


def theme(code: str) -> Theme:
    """One of the shipped themes."""
    return find(Theme, code=code)


def an_audited(council: Council, day: date = MARCH, team: str = "SAFE1", **more) -> Audit:
    """A finished audit of a team; its findings are added one by one."""
    unit = db.session.get_one(Team, council.teams[team])
    values = {
        "team_id": unit.id,
        "team_name": unit.name,
        "service_id": unit.service_id,
        "plan_type": PlanType.CHILD_PROTECTION,
    }
    return an_audit(day, Grade.GOOD, Grade.GOOD, **(values | more))


def a_finding(
    audit: Audit,
    code: str | None,
    kind: FindingKind = DEVELOPMENT,
    text: str = "Plans say who does what",
    about: FindingAbout = FindingAbout.PRACTICE,
) -> Finding:
    """A finding under a theme, or under none."""
    finding = Finding(
        audit_id=audit.id,
        theme_id=theme(code).id if code else None,
        kind=kind,
        about=about,
        text=text,
        added_at=noon(audit.completed_on or MARCH),
    )
    db.session.add(finding)
    db.session.flush()
    return finding


def audited_with(council: Council, code: str, day: date = MARCH, team: str = "SAFE1") -> UUID:
    """A finished audit with an area for development under this theme and a strength of another."""
    audit = an_audited(council, day, team)
    a_finding(audit, code)
    a_finding(audit, "voice", STRENGTH, "She drew what she wished for")
    return audit.id


__all__ = ["AuditSource", "a_finding", "an_audited", "audited_with", "theme"]
