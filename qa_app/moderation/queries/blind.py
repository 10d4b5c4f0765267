"""Blind moderation (M3): who could read an audit before, what is shown, what was graded first.

What stands here is all that a blind moderator's page is made of: the case, what was asked and
answered, the evidence, who was heard, and what others signed. Nothing of the auditor's judgement is
ever handed on, so that no template can print it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final
from uuid import UUID

from sqlalchemy import or_, select, union

from qa_app.audits.asking import text_field
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, Concern, GradeRow, GradeSource, ModerationSeed
from qa_app.audits.queries.choosing import standing_choice
from qa_app.audits.queries.hearing import ViewReading, views_of
from qa_app.audits.queries.reading import present_worker
from qa_app.database import db
from qa_app.domain.answers import QuestionKind, VoiceOf
from qa_app.domain.blind import first_sections
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Actor, Permission, allowed
from qa_app.history import Event
from qa_app.moderation.models import Moderation
from qa_app.moderation.queries.comparing import OVERALL
from qa_app.standards.models import Question, Section
from qa_app.tracker.models import Action

READS: Final = (
    "audit_viewed", "audit_printed", "text_versions_viewed", "action_viewed", "concern_viewed",
)  # fmt: skip
"""Reads after which somebody may know what the auditor made of it."""


def could_read(actor: Actor, audit: Audit) -> bool:
    """Whether the actor may read the audit, so cannot moderate it blind (M3).

    No query where the audit's parties are loaded: for many audits load them together. Nothing that
    the auditor judged has a say in it.
    """
    return allowed(Permission.AUDIT_READ, actor, audit.permission_subject())


def has_read(audits: Iterable[Audit], person_id: UUID) -> frozenset[UUID]:
    """Those of the audits of which the person has read something, by the history (one query).

    Somebody who moderated it before, or lost a role since, knows what they read; so does whoever
    opened an action that came from it, or owns, raised or verified one.
    """
    ids = [audit.id for audit in audits]
    if not ids:
        return frozenset()
    read = select(Event.audit_id).where(
        Event.audit_id.in_(ids), Event.actor_id == person_id, Event.verb.in_(READS)
    )
    in_action = or_(
        Action.owner_id == person_id, Action.raised_by == person_id, Action.verified_by == person_id
    )
    acted = select(Action.audit_id).where(Action.audit_id.in_(ids), in_action)
    found = db.session.scalars(union(read, acted))
    return frozenset(each for each in found if each is not None)


def readers_of(audit: Audit, person_ids: Collection[UUID]) -> frozenset[UUID]:
    """Those of these people who have read something of one audit: as `has_read` (one query)."""
    read = select(Event.actor_id).where(Event.audit_id == audit.id, Event.verb.in_(READS))
    parts = (Action.owner_id, Action.raised_by, Action.verified_by)
    acted = [select(part).where(Action.audit_id == audit.id) for part in parts]
    found = frozenset(each for each in db.session.scalars(union(read, *acted)) if each is not None)
    return found & frozenset(person_ids)


def barred_from_blind(actor: Actor, audits: Iterable[Audit]) -> frozenset[UUID]:
    """Those of these audits that the actor cannot moderate blind: `domain.blind.READS_IT` says why.

    For audits that are to be moderated blind. One query, with their parties loaded.
    """
    found = list(audits)
    reads = {audit.id for audit in found if could_read(actor, audit)}
    return frozenset(reads) | has_read(
        [audit for audit in found if audit.id not in reads], actor.person_id
    )


def sections_graded_first(audit: Audit) -> list[str]:
    """The codes of the sections that a blind moderator grades first, in the tool's order (M3)."""
    draft = Draft(audit)
    applying = [
        (each.code, each.limiting) for each in draft.sections if not draft.is_not_applicable(each)
    ]
    choice = standing_choice(audit.id)
    seed = db.session.get(ModerationSeed, choice.month) if choice is not None else None
    return list(first_sections(seed.seed if seed else "", audit.reference, applying))


def first_grades_of(moderation: Moderation) -> dict[str, Grade]:
    """What a blind moderator graded before anything was shown, by section code and OVERALL.

    Empty until they have, and for a sighted moderation (one query).
    """
    if moderation.revealed_at is None:
        return {}
    rows = db.session.execute(
        select(Section.code, GradeRow.grade)
        .select_from(GradeRow)
        .outerjoin(Section, Section.id == GradeRow.section_id)
        .where(
            GradeRow.audit_id == moderation.audit_id,
            GradeRow.source == GradeSource.MODERATOR_BLIND,
            GradeRow.by == moderation.moderator_id,
            GradeRow.at == moderation.revealed_at,
        )
    )
    return {code or OVERALL: grade for code, grade in rows if grade is not None}


@dataclass(frozen=True)
class BlindSection:
    """A section without its grade: what was answered in words, what is graded but not shown, and
    the evidence. One that does not apply says that alone; `first` is graded now."""

    code: str
    title: str
    applies: bool
    answers: tuple[tuple[str, str], ...]
    graded_questions: tuple[str, ...]
    evidence: str
    descriptors: dict[str, str]
    first: bool


@dataclass(frozen=True)
class Heard:
    """Whether somebody was heard, and when; never what was made of it."""

    who: str
    heard: bool
    on: date | None


class BlindReading:
    """An audit as its blind moderator reads it (M3)."""

    def __init__(self, moderation: Moderation) -> None:
        self.moderation = moderation
        self._draft = Draft(moderation.audit)

    @cached_property
    def sections(self) -> list[BlindSection]:
        """Every section that is asked, in the tool's order."""
        self._draft.read_everything()
        return [self._section(each) for each in self._draft.sections]

    def _section(self, section: Section) -> BlindSection:
        applies = not self._draft.is_not_applicable(section)
        asked = self._draft.questions_of(section) if applies else []
        quality = [each for each in asked if each.kind is QuestionKind.QUALITY]
        return BlindSection(
            code=section.code,
            title=section.title,
            applies=applies,
            answers=tuple(
                (each.wording, self._answer(each)) for each in asked if each not in quality
            ),
            graded_questions=tuple(each.wording for each in quality),
            evidence=self._draft.text(f"{section.code}.evidence") if applies else "",
            descriptors=section.descriptors,
            first=section.code in self.moderation.blind_sections,
        )

    def _answer(self, question: Question) -> str:
        if question.kind is QuestionKind.TEXT:
            return self._draft.text(text_field(question))
        row = self._draft.question_answers.get(question.id)
        return row.compliance.words if row is not None and row.compliance is not None else ""

    @property
    def graded_first(self) -> list[BlindSection]:
        """The sections that are graded now."""
        return [each for each in self.sections if each.first]

    @property
    def heard(self) -> list[Heard]:
        """The child, the family and those who work with them, as far as it was answered."""
        rows = ((voice, self._draft.voices.get(voice)) for voice in VoiceOf)
        return [
            Heard(voice.words, bool(row.obtained), row.on if row.obtained else None)
            for voice, row in rows
            if row is not None
        ]

    @cached_property
    def views(self) -> list[ViewReading]:
        """What the social worker and the team manager signed while the audit was done (A5)."""
        return views_of(self.moderation.audit)

    @property
    def concern(self) -> Concern | None:
        """A significant-harm concern that was raised since the moderation began."""
        return self._draft.concern

    @property
    def social_worker(self) -> str:
        """Whom the audit pinned as the child's social worker."""
        return present_worker(self.moderation.audit)
