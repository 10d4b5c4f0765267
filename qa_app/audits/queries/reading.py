"""An audit as its reader sees it: plain values for the page, worked out before the template."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from qa_app import history
from qa_app.accounts.queries import names
from qa_app.audits.asking import text_field
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, GradeRow, GradeSource
from qa_app.audits.queries.filing import theme_words
from qa_app.audits.queries.hearing import ViewReading, VoiceReading, views_of, voices_of
from qa_app.database import db
from qa_app.domain import events
from qa_app.domain.answers import FindingKind, QuestionKind
from qa_app.domain.grades import Grade, LimitingRule, limits_broken
from qa_app.domain.permissions import Party
from qa_app.formatting import count_words
from qa_app.history import Event
from qa_app.standards.models import Question, Section
from qa_app.tracker.models import Action


@dataclass(frozen=True)
class SectionReading:
    """A section that is asked, with what was answered. `final_grade` is None until there is one."""

    code: str
    title: str
    grade: Grade | None
    final_grade: Grade | None
    not_applicable: bool
    reason: str
    evidence: str
    impact: str
    answers: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class FindingReading:
    """A strength or an area for development."""

    id: UUID
    text: str
    theme: str
    section: str
    about: str


@dataclass(frozen=True)
class Reading:
    """Everything that a reader of the audit sees of its judgement.

    `graded` and `judged` say whether its tool asks for grades, and for findings and the child's
    safety (P7); `views` are what the social worker and the team manager signed.
    """

    sections: list[SectionReading]
    strengths: list[FindingReading]
    developments: list[FindingReading]
    none_found: dict[str, str]
    voices: list[VoiceReading]
    safe_now: str
    safe_how_known: str
    grade: Grade | None
    final_grade: Grade | None
    rationale: str
    why_not_above: str
    why_not_below: str
    overrides: list[tuple[str, str]] = field(default_factory=list)
    views: list[ViewReading] = field(default_factory=list)
    graded: bool = True
    judged: bool = True


def reading_of(audit: Audit, draft: Draft | None = None, *, inside: bool = False) -> Reading:
    """The audit's answers in the order of its pages, with the auditor's and the final grades.

    `inside` says that the reader may read what a child or family said in confidence
    (AUDIT_READ_CONFIDENCE); for everybody else those words are left out of what is given back.
    """
    draft = (draft or Draft(audit)).read_everything()
    finals = standing_grades(audit.id, GradeSource.FINAL)
    return Reading(
        sections=[_section(draft, each, finals) for each in draft.sections],
        strengths=_findings(draft, FindingKind.STRENGTH),
        developments=_findings(draft, FindingKind.DEVELOPMENT),
        none_found={kind.value: draft.text(f"none_found.{kind.value}") for kind in FindingKind},
        voices=list(voices_of(draft, inside=inside)),
        safe_now=audit.safe_now.words if audit.safe_now is not None else "",
        safe_how_known=draft.text("safe.how_known"),
        grade=audit.overall_grade or audit.auditor_grade,
        final_grade=audit.final_grade,
        rationale=draft.text("overall.rationale"),
        why_not_above=draft.text("overall.why_not_above"),
        why_not_below=draft.text("overall.why_not_below"),
        overrides=_overrides(draft),
        views=views_of(audit),
        graded=audit.graded,
        judged=draft.judges,
    )


def standing_grades(audit_id: UUID, source: GradeSource) -> dict[UUID | None, Grade | None]:
    """The newest grade of a source by section (None: overall); M7 keeps the older ones."""
    query = (
        select(GradeRow.section_id, GradeRow.grade)
        .where(GradeRow.audit_id == audit_id, GradeRow.source == source)
        .order_by(GradeRow.at, GradeRow.id)
    )
    return {row.section_id: row.grade for row in db.session.execute(query)}


def _section(
    draft: Draft, section: Section, finals: dict[UUID | None, Grade | None]
) -> SectionReading:
    return SectionReading(
        code=section.code,
        title=section.title,
        grade=draft.grade_of(section),
        final_grade=finals.get(section.id),
        not_applicable=draft.is_not_applicable(section),
        reason=draft.text(f"{section.code}.not_applicable"),
        evidence=draft.text(f"{section.code}.evidence"),
        impact=draft.text(f"{section.code}.impact"),
        answers=answers_of(draft, section),
    )


def answers_of(draft: Draft, section: Section) -> tuple[tuple[str, str], ...]:
    """How each question that is asked was asked, with its answer in words; empty for none."""
    return tuple((each.wording, _answer(draft, each)) for each in draft.questions_of(section))


def _answer(draft: Draft, question: Question) -> str:
    if question.kind is QuestionKind.TEXT:
        return draft.text(text_field(question))
    row = draft.question_answers.get(question.id)
    answer = (row.compliance or row.grade) if row is not None else None
    return answer.words if answer is not None else ""


def _findings(draft: Draft, kind: FindingKind) -> list[FindingReading]:
    titles = {section.id: section.title for section in draft.sections}
    found = draft.findings_of(kind)
    themes = theme_words(found)
    return [
        FindingReading(
            id=each.id,
            text=each.text,
            theme=themes[each.id],
            section=titles.get(each.section_id, "") if each.section_id else "",
            about=each.about.words if each.about is not None else "",
        )
        for each in found
    ]


def _overrides(draft: Draft) -> list[tuple[str, str]]:
    """Each limiting rule that the overall grade breaks, with why the auditor set it aside (A7)."""
    if draft.audit.overall_grade is None or not draft.audit.graded:
        return []
    reasons: dict[LimitingRule, str] = {rule: row.reason for rule, row in draft.overrides.items()}
    return [
        (limit.sentence, reasons[limit.rule])
        for limit in limits_broken(draft.audit.overall_grade, draft.section_grades)
        if reasons.get(limit.rule)
    ]


def actions_of(audit: Audit) -> list[Action]:
    """The actions that came from the audit, the first due first."""
    query = select(Action).where(Action.audit_id == audit.id).order_by(Action.due_on, Action.id)
    # Who may read each of them is asked of its parties.
    return list(db.session.scalars(query.options(selectinload(Action.parties))))


def present_worker(audit: Audit) -> str:
    """The social worker, or those, whom the audit pinned as the child's when it was given."""
    return ", ".join(
        party.name
        for party in audit.parties
        if party.party is Party.SOCIAL_WORKER and party.ended_on is None
    )


@dataclass(frozen=True)
class Happening:
    """One line of a timeline."""

    sentence: str
    at: datetime
    who: str


_WRITING = frozenset(
    {
        "audit_text_saved",
        "audit_answered",
        "finding_added",
        "finding_changed",
        "finding_removed",
    }
)


def timeline_of(audit: Audit) -> list[Happening]:
    """What happened to the audit, newest first; each person's saves are one line (two queries)."""
    steps = (
        select(Event)
        .where(Event.audit_id == audit.id, Event.verb.not_in(events.ACCESS | _WRITING))
        .order_by(Event.sequence.desc())
        .limit(200)
    )
    found = list(db.session.scalars(steps))
    saves = db.session.execute(
        select(Event.actor_id, func.count().label("saves"), func.max(Event.sequence).label("last"))
        .where(Event.audit_id == audit.id, Event.verb.in_(_WRITING))
        .group_by(Event.actor_id)
    ).all()
    last = {row.last: row.saves for row in saves}
    found += db.session.scalars(select(Event).where(Event.sequence.in_(last)))
    found.sort(key=lambda event: -event.sequence)
    return _told(found, last)


def _told(found: list[Event], saves: dict[int, int]) -> list[Happening]:
    who = names({event.actor_id for event in found})
    return [
        Happening(
            f"Last wrote in the audit, {count_words(saves[event.sequence], 'save')}"
            if event.sequence in saves
            else event.sentence,
            event.at,
            who.get(event.actor_id, "") if event.actor_id is not None else "",
        )
        for event in found
    ]


def timeline_of_concern(concern_id: UUID) -> list[Happening]:
    """What happened about a concern, newest first."""
    return _told(history.timeline(subject_id=concern_id), {})
