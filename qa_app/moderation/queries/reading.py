"""What a moderator reads of an audit, what came of moderation, and what was answered."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts import settings
from qa_app.accounts.queries import names
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.audits.queries.comments import CommentRound, comments_of
from qa_app.audits.queries.facts import FactsReading, facts_of
from qa_app.audits.queries.hearing import ViewReading, views_of
from qa_app.audits.queries.reading import Happening, answers_of
from qa_app.database import db
from qa_app.domain import events
from qa_app.domain.calendar import london_date
from qa_app.domain.completeness import is_thin
from qa_app.domain.grades import Grade, LimitingRule
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState
from qa_app.history import Event
from qa_app.moderation.models import (
    Moderation,
    ModerationReply,
    ModerationStage,
    ModerationState,
)
from qa_app.moderation.queries.comparing import OVERALL
from qa_app.standards.models import Section

_LONGEST_WAY: Final = 100


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
    def comments(self) -> list[CommentRound]:
        """What moderators asked to be corrected before, with the answers (M6)."""
        return comments_of(self.audit, self.draft)

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


def first_moderation(audit_id: UUID) -> Moderation | None:
    """The first moderation as it was committed; None before (M4)."""
    query = (
        select(Moderation)
        .where(
            Moderation.audit_id == audit_id,
            Moderation.stage == ModerationStage.FIRST,
            Moderation.state == ModerationState.COMMITTED,
        )
        .order_by(Moderation.committed_at.desc())
        .limit(1)
    )
    return db.session.scalars(query).one_or_none()


def asked_moderation(audit: Audit) -> Moderation | None:
    """The moderation about which the audit's auditor is asked, and has not answered (M4)."""
    if audit.state is not AuditState.IN_DISCUSSION:
        return None
    return first_moderation(audit.id)


def replies_of(moderation_id: UUID) -> dict[str, ModerationReply]:
    """What the auditor answered about each differing grade, by section code or OVERALL (M4)."""
    query = select(ModerationReply).where(ModerationReply.moderation_id == moderation_id)
    return {row.section_code or OVERALL: row for row in db.session.scalars(query)}


_WAY: Final = frozenset(
    {"audit_submitted", "facts_corrected", "audit_final", "audit_finished", "audit_amended",
     "comments_pinned"}
    | {verb for verb in events.SENTENCES if verb.startswith(("moderation_", "second_"))}
)  # fmt: skip


def way_of(audit: Audit) -> list[Happening]:
    """What happened about its moderation, newest first (two queries)."""
    query = (
        select(Event)
        .where(Event.audit_id == audit.id, Event.verb.in_(_WAY))
        .order_by(Event.sequence.desc())
        .limit(_LONGEST_WAY)
    )
    found = list(db.session.scalars(query))
    who = names({event.actor_id for event in found})
    return [
        Happening(event.sentence, event.at, who.get(event.actor_id, "") if event.actor_id else "")
        for event in found
    ]
