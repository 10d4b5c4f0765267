"""An audit's answers as they stand: read once for a page, and handed to the gates as plain facts.

Each part is read when it is first asked for, so that saving one text reads one text. Everything is
read anew from the database, because whoever saves has just taken the audit's row for themselves.
"""

from collections.abc import Mapping
from functools import cached_property
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from qa_app.audits.asking import Asking, text_field
from qa_app.audits.identifying import Identifying, identifying_words, not_confirmed
from qa_app.audits.models import (
    AuditText,
    Concern,
    FactCheck,
    FactPoint,
    Finding,
    IdentifierCleared,
    LimitOverride,
    PinnedComment,
    SectionAnswer,
    Voice,
)
from qa_app.audits.since import SINCE, Since, since_of
from qa_app.domain.answers import FindingKind, QuestionKind, VoiceOf
from qa_app.domain.completeness import (
    DraftFacts,
    FindingFacts,
    Gap,
    SectionFacts,
    UnansweredQuestion,
    VoiceFacts,
    gaps,
)
from qa_app.domain.correcting import OpenComment, comment_gaps
from qa_app.domain.facts import fact_gaps
from qa_app.domain.grades import Grade, Limiting, LimitingRule
from qa_app.domain.workflow import AuditState
from qa_app.standards.models import Question, Section


class Draft(Asking):
    """One audit's answers."""

    @cached_property
    def texts(self) -> dict[str, AuditText]:
        """Every narrative by its field name."""
        query = select(AuditText).where(AuditText.audit_id == self.audit.id)
        return {row.field: row for row in self._all(query, AuditText)}

    def text_row(self, field: str) -> AuditText | None:
        """One narrative's row."""
        if "texts" in self.__dict__:
            return self.texts.get(field)
        query = select(AuditText).where(
            AuditText.audit_id == self.audit.id, AuditText.field == field
        )
        return next(iter(self._all(query, AuditText)), None)

    def text(self, field: str) -> str:
        """One narrative, empty where nothing was written."""
        row = self.text_row(field)
        return row.text if row is not None else ""

    @cached_property
    def section_answers(self) -> dict[UUID, SectionAnswer]:
        """Draft grades by section."""
        query = select(SectionAnswer).where(SectionAnswer.audit_id == self.audit.id)
        return {row.section_id: row for row in self._all(query, SectionAnswer)}

    @cached_property
    def findings(self) -> list[Finding]:
        """Strengths and areas for development, in the order they were added."""
        query = (
            select(Finding)
            .where(Finding.audit_id == self.audit.id)
            .order_by(Finding.added_at, Finding.id)
            .options(selectinload(Finding.theme))
        )
        return self._all(query, Finding)

    def findings_of(self, kind: FindingKind) -> list[Finding]:
        """The findings of one kind."""
        return [each for each in self.findings if each.kind is kind]

    @cached_property
    def voices(self) -> dict[VoiceOf, Voice]:
        """Who was heard."""
        query = select(Voice).where(Voice.audit_id == self.audit.id)
        return {row.voice_of: row for row in self._all(query, Voice)}

    @cached_property
    def overrides(self) -> dict[LimitingRule, LimitOverride]:
        """Limiting rules set aside, with the reason."""
        query = select(LimitOverride).where(LimitOverride.audit_id == self.audit.id)
        return {row.rule: row for row in self._all(query, LimitOverride)}

    @cached_property
    def concern(self) -> Concern | None:
        """The open significant-harm concern, if there is one."""
        query = select(Concern).where(
            Concern.audit_id == self.audit.id, Concern.withdrawn_at.is_(None)
        )
        return next(iter(self._all(query, Concern)), None)

    def grade_of(self, section: Section) -> Grade | None:
        """The draft grade of a section: None where it has none or does not apply."""
        answer = self.section_answers.get(section.id)
        return answer.grade if answer is not None else None

    def is_not_applicable(self, section: Section) -> bool:
        """Whether the auditor said that the section does not apply to this child."""
        answer = self.section_answers.get(section.id)
        return answer is not None and answer.not_applicable

    @property
    def section_grades(self) -> dict[str, tuple[Limiting, Grade | None]]:
        """What limits the overall grade (A7): section titles with their grades."""
        return {each.title: (each.limiting, self.grade_of(each)) for each in self.sections}

    def facts(self) -> DraftFacts:
        """The draft in plain values, for the gates."""
        return DraftFacts(
            sections=tuple(self._section_facts(each) for each in self.sections),
            findings=tuple(
                FindingFacts(
                    each.kind,
                    str(each.theme_id) if each.theme_id else None,
                    str(each.section_id) if each.section_id else None,
                    each.about,
                )
                for each in self.findings
            ),
            none_found={kind: self.text(f"none_found.{kind.value}") for kind in FindingKind},
            voices={
                voice: VoiceFacts(row.obtained, row.on, row.said, row.why_not, row.safe_to_contact)
                for voice, row in self.voices.items()
            },
            overall=self.audit.overall_grade,
            rationale=self.text("overall.rationale"),
            why_not_above=self.text("overall.why_not_above"),
            why_not_below=self.text("overall.why_not_below"),
            safe_now=self.audit.safe_now,
            safe_how_known=self.text("safe.how_known"),
            concern_open=self.concern is not None,
            overrides=frozenset(rule for rule, row in self.overrides.items() if row.reason.strip()),
            voices_asked=tuple(VoiceOf) if self.tool.voices else (),
            graded=self.audit.graded,
            gated=self.tool.gates,
        )

    def _section_facts(self, section: Section) -> SectionFacts:
        return SectionFacts(
            code=section.code,
            title=section.title,
            limiting=section.limiting,
            grade=self.grade_of(section),
            evidence=self.text(f"{section.code}.evidence"),
            impact=self.text(f"{section.code}.impact"),
            not_applicable=self.is_not_applicable(section),
            not_applicable_reason=self.text(f"{section.code}.not_applicable"),
            unanswered=tuple(
                UnansweredQuestion(each.code, each.wording, each.kind)
                for each in self.questions_of(section)
                if not self._answered(each)
            ),
        )

    def _answered(self, question: Question) -> bool:
        if question.kind is QuestionKind.TEXT:
            return bool(self.text(text_field(question)).strip())
        answer = self.question_answers.get(question.id)
        return answer is not None and (answer.compliance or answer.grade) is not None

    @cached_property
    def gaps(self) -> list[Gap]:
        """What keeps the audit from being submitted, as far as its tool has gates (P7)."""
        missing = gaps(self.read_everything().facts())
        asked = [*fact_gaps(self.open_points), *comment_gaps(map(self._open, self.open_comments))]
        since = self.since.gaps if self.since is not None else ()
        return [*missing, *since, *self._identifier_gaps(), *asked]

    @cached_property
    def since(self) -> Since | None:
        """What became of what the first audit found (E8); None where this is no re-audit."""
        return since_of(self.audit)

    @cached_property
    def written(self) -> dict[str, str]:
        """Every text that a reader will see, by its box (`finding.<id>` for a finding's)."""
        sections = {each.code for each in self.sections} | {"overall", "safe", "none_found", SINCE}
        found = {
            name: row.text
            for name, row in self.texts.items()
            if name.partition(".")[0] in sections or name.removeprefix("question.") in self.homes
        }
        found |= {f"finding.{each.id}": each.text for each in self.findings}
        for voice, row in self.voices.items():
            found |= {f"voice.{voice}.said": row.said, f"voice.{voice}.why_not": row.why_not}
        found |= {f"override.{rule}": row.reason for rule, row in self.overrides.items()}
        return {name: text for name, text in found.items() if text and text.strip()}

    @cached_property
    def homes(self) -> dict[str, str]:
        """The section of each question that is asked, by their codes."""
        return {
            each.code: section.code
            for section in self.sections
            for each in self.questions_of(section)
        }

    @cached_property
    def identifying(self) -> list[Identifying]:
        """Words that may identify a child or family, and that nobody has confirmed not to (A11)."""
        return self.unconfirmed(self.written)

    def unconfirmed(self, texts: Mapping[str, str]) -> list[Identifying]:
        """The same, in some texts by their box's name. No query where nothing is found."""
        found = identifying_words(texts, [each.name for each in self.audit.parties])
        if not found:
            return []
        query = select(IdentifierCleared).where(IdentifierCleared.audit_id == self.audit.id)
        return not_confirmed(found, self._all(query, IdentifierCleared))

    def _identifier_gaps(self) -> list[Gap]:
        return [
            Gap(*self.place(each.fields[0]), f"Remove or confirm {each.kind.words}: {each.words}")
            for each in self.identifying
        ]

    def place(self, name: str) -> tuple[str | None, str]:
        """The section and field of a gap in this box, as `domain.completeness` names them."""
        first, _, rest = name.partition(".")
        if first == "question":
            return self.homes[rest], rest
        # A section may be called "voice" too: the voices' own boxes have three parts.
        in_section = rest.count(".") == 0 and first in {each.code for each in self.sections}
        return (first, rest) if in_section else (None, name)

    @cached_property
    def open_points(self) -> list[tuple[str, str]]:
        """What was said about the facts of a returned audit and has no answer: id and who (A12)."""
        if self.audit.state is not AuditState.RETURNED:
            return []
        query = (
            select(FactPoint)
            .join(FactCheck, FactCheck.id == FactPoint.check_id)
            .where(FactCheck.audit_id == self.audit.id, FactPoint.answered_at.is_(None))
            .order_by(FactCheck.party, FactPoint.id)
            .options(joinedload(FactPoint.check).joinedload(FactCheck.person))
        )
        return [(str(each.id), each.check.person.name) for each in self._all(query, FactPoint)]

    @cached_property
    def comments(self) -> list[PinnedComment]:
        """What moderators asked to be corrected, in the order in which they asked (M6)."""
        query = (
            select(PinnedComment)
            .where(PinnedComment.audit_id == self.audit.id)
            .order_by(PinnedComment.pinned_at, PinnedComment.id)
        )
        return self._all(query, PinnedComment)

    @property
    def open_comments(self) -> list[PinnedComment]:
        """What a returned audit is asked for and nobody has answered (M6)."""
        if self.audit.state is not AuditState.RETURNED:
            return []
        return [each for each in self.comments if each.answered_at is None]

    def about(self, comment: PinnedComment) -> str:
        """What a comment is about, in words: a question, a section, or the audit as a whole."""
        questions = {each.code: each for part in self.possible for each in part.questions}
        titles = {section.code: section.title for section in self.possible}
        title = titles.get(comment.section_code, comment.section_code)
        if comment.question_code in questions:
            return f"{title}: {questions[comment.question_code].wording}"
        return title or "the audit as a whole"

    def _open(self, comment: PinnedComment) -> OpenComment:
        asked = {section.code for section in self.sections}
        section = comment.section_code if comment.section_code in asked else None
        return OpenComment(str(comment.id), section, self.about(comment))

    def read_everything(self) -> "Draft":
        """Read each part in one query, for a page or a check that needs them all."""
        _ = self.sections, self.texts
        return self
