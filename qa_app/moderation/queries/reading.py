"""What a moderator reads of an audit, and what came of moderation, side by side."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts import settings
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, GradeRow, GradeSource
from qa_app.audits.queries.facts import FactsReading, facts_of
from qa_app.audits.queries.hearing import ViewReading, views_of
from qa_app.audits.queries.reading import answers_of
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.completeness import is_thin
from qa_app.domain.grades import Grade, LimitingRule
from qa_app.domain.permissions import Party
from qa_app.moderation.models import Moderation, ModerationState
from qa_app.standards.models import Section


@dataclass(frozen=True)
class SectionRead:
    """A section with the auditor's grade (None: left to the moderator), what they wrote, and what
    they answered: how each question was asked, with the answer in words."""

    section: Section
    auditor: Grade | None
    evidence: str
    impact: str
    answers: tuple[tuple[str, str], ...] = ()


class Reading:
    """An audit as its moderator reads it. An imported audit has no sections."""

    def __init__(self, audit: Audit) -> None:
        self.audit = audit
        self.draft = Draft(audit)

    @cached_property
    def sections(self) -> list[SectionRead]:
        """The sections to moderate, in the tool's order: all but those that do not apply."""
        if self.audit.tool_version_id is None:
            return []
        draft = self.draft
        draft.read_everything()
        return [
            SectionRead(
                section,
                draft.grade_of(section),
                draft.text(f"{section.code}.evidence"),
                draft.text(f"{section.code}.impact"),
                answers_of(draft, section),
            )
            for section in draft.sections
            if not draft.is_not_applicable(section)
        ]

    @property
    def is_thin(self) -> bool:
        """Whether to mark the rationale thin, as the setting stood when it was sent (A6)."""
        sent = self.audit.submitted_at
        below = settings.number("thin_rationale_below", london_date(sent) if sent else None)
        return is_thin(self.draft.text("overall.rationale"), below)

    @property
    def social_worker(self) -> str:
        """The name of the latest social worker that the audit pinned; empty without one."""
        workers = [each for each in self.audit.parties if each.party is Party.SOCIAL_WORKER]
        latest = max(workers, key=lambda each: each.started_on or date.min, default=None)
        return latest.name if latest is not None else ""

    @cached_property
    def facts(self) -> FactsReading:
        """What the social worker and the team manager said of it (A12)."""
        return facts_of(self.audit)

    @cached_property
    def views(self) -> list[ViewReading]:
        """What the social worker and the team manager signed while the audit was done (A5)."""
        return views_of(self.audit)

    @cached_property
    def overrides(self) -> dict[LimitingRule, str]:
        """Limiting rules that the auditor set aside, each with the reason (A7)."""
        return {rule: row.reason for rule, row in self.draft.overrides.items()}


def open_moderation(audit_id: UUID) -> Moderation | None:
    """The moderation that is going on, if any."""
    query = select(Moderation).where(
        Moderation.audit_id == audit_id, Moderation.state == ModerationState.OPEN
    )
    return db.session.scalars(query).one_or_none()


def moderations_of(audit_id: UUID) -> list[Moderation]:
    """Every moderation of the audit that came to something, newest first."""
    query = (
        select(Moderation)
        .where(
            Moderation.audit_id == audit_id,
            Moderation.state.in_([ModerationState.COMMITTED, ModerationState.RETURNED]),
        )
        .order_by(Moderation.started_at.desc())
    )
    return list(db.session.scalars(query))


@dataclass(frozen=True)
class Compared:
    """One line of the result: a section (None: the whole audit), and the standing grade rows."""

    title: str
    auditor: GradeRow | None
    moderator: GradeRow | None
    final: GradeRow | None

    @property
    def differs(self) -> bool:
        """Whether the moderator's grade is another one than the auditor's."""
        return (
            self.auditor is not None
            and self.moderator is not None
            and self.auditor.grade is not self.moderator.grade
        )


def side_by_side(audit: Audit) -> list[Compared]:
    """The auditor's, moderator's and final grades, overall first, then by section (two queries)."""
    rows = db.session.execute(
        select(GradeRow, Section)
        .outerjoin(Section, Section.id == GradeRow.section_id)
        .where(GradeRow.audit_id == audit.id)
        .order_by(GradeRow.at, GradeRow.id)
    )
    standing: dict[tuple[UUID | None, GradeSource], GradeRow] = {}
    sections: dict[UUID, Section] = {}
    for row, section in rows:
        standing[row.section_id, row.source] = row
        if section is not None:
            sections[section.id] = section
    keys: list[tuple[UUID | None, str]] = [(None, "Overall")]
    ordered = sorted(sections.values(), key=lambda each: each.position)
    keys += [(section.id, section.title) for section in ordered]
    lines = [
        Compared(
            title,
            standing.get((key, GradeSource.AUDITOR)),
            standing.get((key, GradeSource.MODERATOR)),
            standing.get((key, GradeSource.FINAL)),
        )
        for key, title in keys
    ]
    return [line for line in lines if _graded(line) or line.title == "Overall"]


def _graded(line: Compared) -> bool:
    rows = (line.auditor, line.moderator, line.final)
    return any(row is not None and row.grade is not None for row in rows)
