"""Strengths and areas for development (A4): added while writing, changed, taken away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from qa_app import history
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, Finding
from qa_app.audits.queries.filing import other_themes
from qa_app.audits.services.fields import fingerprint_version
from qa_app.audits.services.filing import forget_other_themes, set_other_themes
from qa_app.audits.services.state import locked
from qa_app.audits.services.writing import Change, Saved, save_fields, start
from qa_app.database import db
from qa_app.domain.answers import FindingAbout, FindingKind
from qa_app.domain.errors import DomainError
from qa_app.domain.workflow import AuditMove, advance

GONE = 0
"""The version of a finding that is not there any more."""


class UnknownSection(DomainError):
    """A finding about a section that this audit does not ask."""


@dataclass(frozen=True)
class FindingWords:
    """What a finding says: kind, text, main theme and others (T1), section, what it is about."""

    kind: FindingKind
    text: str
    theme_id: UUID | None
    section_id: UUID | None
    about: FindingAbout | None
    others: frozenset[UUID] = frozenset()

    @classmethod
    def of(cls, finding: Finding) -> "FindingWords":
        """What a finding says as it stands (one query, for its other themes)."""
        others = other_themes([finding.id]).get(finding.id, frozenset())
        return cls(
            finding.kind, finding.text, finding.theme_id, finding.section_id, finding.about, others
        )

    @property
    def version(self) -> int:
        """It counts none: a fingerprint of all its parts says what a writer was shown (A8)."""
        others = ",".join(sorted(map(str, self.others)))
        parts = (self.kind, self.theme_id, self.section_id, self.about, self.text, others)
        return fingerprint_version("\n".join(str(each or "") for each in parts))


class FindingChanged(DomainError):
    """Somebody changed the finding meanwhile, or removed it; `theirs` is what stands (A8)."""

    def __init__(self, theirs: FindingWords | None) -> None:
        self.theirs = theirs
        super().__init__(
            "This was changed somewhere else while you wrote. Read both, then save yours again or "
            "leave it as it is"
            if theirs is not None
            else "This was removed somewhere else while you wrote. Save it again to keep it",
            "text",
        )

    @property
    def version(self) -> int:
        """The version that stands now."""
        return GONE if self.theirs is None else self.theirs.version


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
    return _add(audit, FindingWords(kind, text, theme_id, section_id, about), by, at)


def _add(audit: Audit, words: FindingWords, by: UUID, at: datetime) -> Finding:
    audit = start(audit, by, at)
    draft = Draft(audit)
    _check_section(draft, words)
    for each in draft.findings_of(words.kind):
        if (each.text, each.theme_id, each.section_id) == (
            words.text,
            words.theme_id,
            words.section_id,
        ):
            return each
    finding = Finding(
        audit_id=audit.id,
        kind=words.kind,
        text=words.text,
        theme_id=words.theme_id,
        section_id=words.section_id,
        about=words.about,
        added_at=at,
    )
    db.session.add(finding)
    db.session.flush()
    if words.others:
        set_other_themes(finding, words.others, by=by, at=at)
    history.record("finding_added", finding, by=by, at=at, audit_id=audit.id, kind=words.kind.value)
    return finding


def _check_section(draft: Draft, words: FindingWords) -> None:
    if words.section_id not in {section.id for section in draft.sections}:
        raise UnknownSection("Select a section of this audit", "section")


def save_with_findings(
    audit: Audit,
    changes: Iterable[Change],
    *,
    by: UUID,
    at: datetime,
    added: FindingWords | None = None,
    removed: UUID | None = None,
) -> Saved:
    """Save a page's boxes, add a finding and take one away: all or nothing; see `save_fields`.

    Boxes that somebody else saved meanwhile come back as conflicts; the findings are saved.
    """
    outcome = save_fields(audit, changes, by, at)
    if removed is not None:
        remove_finding(audit, removed, by, at)
    if added is not None:
        _add(audit, added, by, at)
    return outcome


def change_finding(
    audit: Audit,
    finding_id: UUID,
    words: FindingWords,
    *,
    version: int,
    by: UUID,
    at: datetime,
) -> Finding:
    """Change what a finding of this audit says; `version` is of what the writer was shown.

    A finding that was removed, and whose writer knows it (`GONE`), is added again. Raises
    FindingChanged, UnknownSection, and MoveNotAllowed once the audit was submitted.
    """
    audit = locked(audit)
    advance(audit.state, AuditMove.WRITE)
    draft = Draft(audit)
    _check_section(draft, words)
    finding = next((each for each in draft.findings if each.id == finding_id), None)
    standing = FindingWords.of(finding) if finding is not None else None
    if finding is not None and standing == words:
        return finding
    if version != (GONE if standing is None else standing.version):
        raise FindingChanged(standing)
    if finding is None:
        return _add(audit, words, by, at)
    finding.kind, finding.text, finding.about = words.kind, words.text, words.about
    finding.theme_id, finding.section_id = words.theme_id, words.section_id
    set_other_themes(finding, words.others, by=by, at=at)
    history.record("finding_changed", finding, by=by, at=at, audit_id=audit.id)
    db.session.flush()
    return finding


def remove_finding(audit: Audit, finding_id: UUID, by: UUID, at: datetime) -> None:
    """Take a finding of this audit away; one that is already gone is no error."""
    audit = locked(audit)
    advance(audit.state, AuditMove.WRITE)
    finding = db.session.get(Finding, finding_id)
    if finding is None or finding.audit_id != audit.id:
        return
    history.record("finding_removed", finding, by=by, at=at, audit_id=audit.id)
    forget_other_themes(finding)
    db.session.delete(finding)
