"""Under which themes findings are filed: as their auditors chose, and as was said since (T1)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select

from qa_app.audits.models import Audit, Finding, FindingFiling, FindingTheme
from qa_app.audits.queries.lists import may_read
from qa_app.audits.queries.suggesting import examples_of
from qa_app.database import db
from qa_app.domain.permissions import Actor
from qa_app.domain.suggesting import suggest
from qa_app.domain.workflow import AuditState
from qa_app.standards.models import Theme
from qa_app.standards.queries.themes import ThemeRow, themes_and_merged

PAGE: Final = 10
"""Findings on a page: each is compared with those filed before, and a person reads each."""


def main_theme(until: datetime | None = None) -> tuple[Any, ColumnElement[UUID | None]]:
    """What a query of Finding joins (by an outer join), and the id of each finding's main theme.

    It is that of the newest filing until the moment, or what the auditor chose (R4). Merged themes
    are not followed here: see `standards.queries.themes.merged_into`.

    `filed, theme_id = main_theme(at)`, then
    `select(Finding.id, theme_id).outerjoin(filed, filed.c.finding_id == Finding.id)`.
    """
    turn = func.row_number().over(
        partition_by=FindingFiling.finding_id,
        order_by=(FindingFiling.at.desc(), FindingFiling.id.desc()),
    )
    rows = select(FindingFiling.finding_id, FindingFiling.theme_id, turn.label("turn"))
    if until is not None:
        rows = rows.where(FindingFiling.at <= until)
    numbered = rows.subquery()
    filed = (
        select(numbered.c.finding_id, numbered.c.theme_id).where(numbered.c.turn == 1).subquery()
    )
    chosen = case((filed.c.finding_id.is_not(None), filed.c.theme_id), else_=Finding.theme_id)
    return filed, chosen


def main_themes(
    finding_ids: Collection[UUID], until: datetime | None = None
) -> dict[UUID, UUID | None]:
    """The main theme of each of these findings (one query)."""
    if not finding_ids:
        return {}
    filed, chosen = main_theme(until)
    query = (
        select(Finding.id, chosen)
        .outerjoin(filed, filed.c.finding_id == Finding.id)
        .where(Finding.id.in_(finding_ids))
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def other_themes(
    finding_ids: Collection[UUID], until: datetime | None = None
) -> dict[UUID, frozenset[UUID]]:
    """The other themes of each of these findings; those without any are left out (one query)."""
    if not finding_ids:
        return {}
    query = select(FindingTheme.finding_id, FindingTheme.theme_id).where(
        FindingTheme.finding_id.in_(finding_ids)
    )
    if until is not None:
        query = query.where(FindingTheme.added_at <= until)
    found: dict[UUID, set[UUID]] = {}
    for finding_id, theme_id in db.session.execute(query):
        found.setdefault(finding_id, set()).add(theme_id)
    return {finding_id: frozenset(each) for finding_id, each in found.items()}


def theme_words(findings: Collection[Finding]) -> dict[UUID, str]:
    """The main theme of each of these findings as its auditor chose it, then its others, in words;
    one query, none for no finding."""
    if not findings:
        return {}
    query = (
        select(FindingTheme.finding_id, Theme.name)
        .join(Theme, Theme.id == FindingTheme.theme_id)
        .where(FindingTheme.finding_id.in_([each.id for each in findings]))
        .order_by(Theme.name)
    )
    words = {each.id: [each.theme.name if each.theme else ""] for each in findings}
    for finding_id, name in db.session.execute(query):
        words[finding_id].append(name)
    return {finding_id: ", ".join(filter(None, each)) for finding_id, each in words.items()}


@dataclass(frozen=True)
class ToFile:
    """A finding of a finished audit, with the themes that it may be filed under, likeliest first;
    `others` are the themes that it is under beside its main one."""

    finding: Finding
    audit: Audit
    suggested: Sequence[Theme]
    others: frozenset[UUID]


@dataclass(frozen=True)
class FilingPage:
    """Some of the findings that are filed under one theme, and the id to go on from."""

    rows: Sequence[ToFile]
    total: int
    next_after: UUID | None


def findings_to_file(actor: Actor, row: ThemeRow | None, after: UUID | None = None) -> FilingPage:
    """The findings whose main theme is this one as it was filed, or none at all, oldest first.

    Of finished audits that the actor may read. Where a theme was split, its parts are suggested;
    otherwise the three likeliest by their words.
    """
    query = _filed_under(row).where(may_read(actor))
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    if after is not None:
        query = query.where(Finding.id > after)
    found = db.session.execute(query.order_by(Finding.id).limit(PAGE + 1)).all()
    shown = found[:PAGE]
    themes_of = _suggested([finding.text for finding, _ in shown], row)
    others = other_themes([finding.id for finding, _ in shown])
    rows = [
        ToFile(finding, audit, suggested, others.get(finding.id, frozenset()))
        for (finding, audit), suggested in zip(shown, themes_of, strict=True)
    ]
    return FilingPage(rows, total, shown[-1][0].id if len(found) > PAGE else None)


def _filed_under(row: ThemeRow | None) -> Select[Finding, Audit]:
    filed, chosen = main_theme()
    query = (
        select(Finding, Audit)
        .join(Audit, Audit.id == Finding.audit_id)
        .outerjoin(filed, filed.c.finding_id == Finding.id)
        .where(Audit.state == AuditState.FINAL)
    )
    return query.where(chosen.is_(None) if row is None else chosen == row.theme.id)


def _suggested(texts: Sequence[str], row: ThemeRow | None) -> list[list[Theme]]:
    if not texts:
        return []
    found, into = themes_and_merged()
    known = {each.id: each for each in found}
    parts = [each for each in (row.parts if row else ()) if each.id in known]
    own = row.theme.id if row else None
    examples = examples_of(parts or [each for each in found if each.id != own], into)
    return [_with_parts([known[each] for each in suggest(text, examples)], parts) for text in texts]


def _with_parts(suggested: list[Theme], parts: Sequence[Theme]) -> list[Theme]:
    """The likeliest first; of a theme that was split each part is offered."""
    return [*suggested, *(each for each in parts if each not in suggested)]


def may_be_filed(actor: Actor, finding_ids: Collection[UUID]) -> Mapping[UUID, Finding]:
    """Those of these findings that stand in finished audits which the actor may read."""
    if not finding_ids:
        return {}
    query = (
        select(Finding)
        .join(Audit, Audit.id == Finding.audit_id)
        .where(Finding.id.in_(finding_ids), Audit.state == AuditState.FINAL, may_read(actor))
    )
    return {each.id: each for each in db.session.scalars(query)}
