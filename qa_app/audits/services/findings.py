"""Strengths and areas for development (A4)."""

from datetime import datetime
from uuid import UUID

from qa_app import history
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, Finding
from qa_app.audits.services.state import locked
from qa_app.audits.services.writing import start
from qa_app.database import db
from qa_app.domain.answers import FindingAbout, FindingKind
from qa_app.domain.errors import DomainError
from qa_app.domain.workflow import AuditMove, advance


class UnknownSection(DomainError):
    """A finding about a section that this audit does not ask."""


def add_finding(
    audit: Audit,
    *,
    kind: FindingKind,
    text: str,
    theme_id: UUID,
    section_id: UUID,
    about: FindingAbout,
    by: UUID,
    at: datetime,
) -> Finding:
    """Add a finding. The same one sent twice (a double press) is one finding.

    Raises MoveNotAllowed once the audit was submitted, and UnknownSection.
    """
    audit = start(audit, by, at)
    draft = Draft(audit)
    if section_id not in {section.id for section in draft.sections}:
        raise UnknownSection("Select a section of this audit", "section")
    for each in draft.findings_of(kind):
        if (each.text, each.theme_id, each.section_id) == (text, theme_id, section_id):
            return each
    finding = Finding(
        audit_id=audit.id,
        kind=kind,
        text=text,
        theme_id=theme_id,
        section_id=section_id,
        about=about,
        added_at=at,
    )
    db.session.add(finding)
    db.session.flush()
    history.record("finding_added", finding, by=by, at=at, audit_id=audit.id, kind=kind.value)
    return finding


def remove_finding(audit: Audit, finding_id: UUID, by: UUID, at: datetime) -> None:
    """Take a finding of this audit away; one that is already gone is no error."""
    audit = locked(audit)
    advance(audit.state, AuditMove.WRITE)
    finding = db.session.get(Finding, finding_id)
    if finding is None or finding.audit_id != audit.id:
        return
    history.record("finding_removed", finding, by=by, at=at, audit_id=audit.id)
    db.session.delete(finding)
