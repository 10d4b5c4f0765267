"""What stands behind a figure of the issues log: the findings, for those who may read them (R2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, or_, select

from qa_app.audits.models import Audit, Finding, FindingTheme
from qa_app.audits.queries.filing import main_theme
from qa_app.audits.queries.lists import may_read
from qa_app.database import db
from qa_app.domain.answers import FindingAbout, FindingKind
from qa_app.domain.permissions import Actor
from qa_app.reports.learning.issues import Counting, IssuesAsked, Span
from qa_app.reports.queries.issues import NO_SECTION, conditions
from qa_app.standards.models import Section
from qa_app.standards.queries.themes import merged_into

PAGE: Final = 25


class Read(NamedTuple):
    """A finding with its audit and its section's title."""

    finding: Finding
    audit: Audit
    section: str


@dataclass(frozen=True)
class FindingsRead:
    """A page of findings that the reader may read; `hidden` more they may not."""

    rows: Sequence[Read]
    total: int
    visible: int
    next_after: UUID | None

    @property
    def hidden(self) -> int:
        """How many the reader may not read."""
        return self.total - self.visible


def findings_behind(
    asked: IssuesAsked,
    span: Span,
    counting: Counting,
    theme_id: UUID | None,
    actor: Actor,
    after: UUID | None,
) -> FindingsRead:
    """The findings of one figure of the log, oldest first, as far as the actor may read them (R2).

    Of finished audits alone, and never one that the actor may not read: a blind moderator's, or a
    colleague's whom a concern is about (M3, E1). `theme_id` None stands for every theme.
    """
    query = _findings(asked, span, counting, theme_id)
    numbers = query.with_only_columns(func.count(), func.count().filter(may_read(actor)))
    total, visible = db.session.execute(numbers).one()
    page = query.where(may_read(actor)).order_by(Finding.id).limit(PAGE + 1)
    if after is not None:
        page = page.where(Finding.id > after)
    found = [Read(*row) for row in db.session.execute(page)]
    shown = found[:PAGE]
    return FindingsRead(shown, total, visible, shown[-1].finding.id if len(found) > PAGE else None)


def _findings(
    asked: IssuesAsked, span: Span, counting: Counting, theme_id: UUID | None
) -> Select[Finding, Audit, str]:
    filed, chosen = main_theme()
    kind = FindingKind.STRENGTH if counting is Counting.STRENGTH else FindingKind.DEVELOPMENT
    title = func.coalesce(Section.title, NO_SECTION)
    query = (
        select(Finding, Audit, title)
        .join(Audit, Audit.id == Finding.audit_id)
        .outerjoin(filed, filed.c.finding_id == Finding.id)
        .outerjoin(Section, Section.id == Finding.section_id)
        .where(Finding.kind == kind, *conditions(asked, asked.months(span)))
    )
    if counting is Counting.RECORDING:
        query = query.where(Finding.about == FindingAbout.RECORDING)
    if asked.section:
        query = query.where(title == asked.section)
    if theme_id is not None:
        under = [theme_id, *(each for each, into in merged_into().items() if into == theme_id)]
        beside = select(FindingTheme.finding_id).where(FindingTheme.theme_id.in_(under))
        query = query.where(or_(chosen.in_(under), Finding.id.in_(beside)))
    return query
