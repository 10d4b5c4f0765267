"""Filing findings under themes: the others beside the main one, and anew after the audit (T1)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete

from qa_app import history
from qa_app.audits.models import Audit, Finding, FindingFiling, FindingTheme
from qa_app.audits.queries.filing import main_themes, other_themes
from qa_app.database import db
from qa_app.domain.errors import DomainError
from qa_app.domain.workflow import AuditState
from qa_app.standards.models import Theme


class NotFiled(DomainError):
    """A finding that cannot be filed, or a theme that takes none."""


def set_other_themes(
    finding: Finding, theme_ids: Collection[UUID], *, by: UUID, at: datetime
) -> None:
    """Let a finding that is being written have these themes beside its main one, and no others."""
    wanted = frozenset(theme_ids) - {finding.theme_id}
    standing = other_themes([finding.id]).get(finding.id, frozenset())
    if gone := standing - wanted:
        db.session.execute(
            delete(FindingTheme).where(
                FindingTheme.finding_id == finding.id, FindingTheme.theme_id.in_(gone)
            )
        )
    for theme_id in sorted(wanted - standing):
        _themes_in_use([theme_id])
        _add(finding, theme_id, by, at)
    db.session.flush()


def file_findings(filings: Mapping[UUID, UUID], *, by: UUID, at: datetime) -> int:
    """File findings of finished audits (by their ids) under other main themes; how many moved.

    A finding that is there already stays as it is. What was filed before is kept: a data cut of an
    earlier moment finds it (R4). NotFiled for a finding whose audit is not finished.
    """
    themes = _themes_in_use(filings.values())
    standing = main_themes(filings.keys())
    moved = 0
    for finding_id, theme_id in filings.items():
        finding = _finished(finding_id)
        if standing[finding_id] == theme_id:
            continue
        db.session.add(FindingFiling(finding_id=finding_id, theme_id=theme_id, by=by, at=at))
        history.record(
            "finding_filed", finding, by=by, at=at, audit_id=finding.audit_id,
            theme=themes[theme_id].name,
        )  # fmt: skip
        moved += 1
    db.session.flush()
    return moved


def file_also(finding_id: UUID, theme_id: UUID, *, by: UUID, at: datetime) -> bool:
    """File a finding of a finished audit under one more theme; False where it is there already."""
    theme = _themes_in_use([theme_id])[theme_id]
    finding = _finished(finding_id)
    others = other_themes([finding_id]).get(finding_id, frozenset())
    if theme_id in {*others, *main_themes([finding_id]).values()}:
        return False
    _add(finding, theme_id, by, at)
    history.record(
        "finding_also_filed", finding, by=by, at=at, audit_id=finding.audit_id, theme=theme.name
    )
    db.session.flush()
    return True


def forget_other_themes(finding: Finding) -> None:
    """Take the other themes of a finding away with it."""
    db.session.execute(delete(FindingTheme).where(FindingTheme.finding_id == finding.id))


def _add(finding: Finding, theme_id: UUID, by: UUID, at: datetime) -> None:
    db.session.add(FindingTheme(finding_id=finding.id, theme_id=theme_id, added_by=by, added_at=at))


def _themes_in_use(theme_ids: Collection[UUID]) -> dict[UUID, Theme]:
    found: dict[UUID, Theme] = {}
    for theme_id in set(theme_ids):
        theme = db.session.get(Theme, theme_id)
        if theme is None or theme.ended_at is not None:
            raise NotFiled("Select a theme that is in use", "theme")
        found[theme_id] = theme
    return found


def _finished(finding_id: UUID) -> Finding:
    """The finding, with its audit's row locked: two people file one after the other."""
    finding = db.session.get_one(Finding, finding_id)
    audit = db.session.get_one(Audit, finding.audit_id, with_for_update=True)
    if audit.state is not AuditState.FINAL:
        raise NotFiled(
            f"Audit {audit.reference} is not finished: its auditor chooses the themes. "
            "File its findings anew once it has its final grade",
            "theme",
        )
    return finding
