"""What an auditor wrote and chose: texts, answers, findings, voices and the overall grade."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import Any, Final
from uuid import UUID

from qa_app.audits.models import (
    AuditText,
    Finding,
    LimitOverride,
    QuestionAnswer,
    SectionAnswer,
    Voice,
)
from qa_app.demo.days import Days
from qa_app.demo.grading import Graded, Tool, answer
from qa_app.demo.ledger import Ledger, Row, known
from qa_app.demo.pieces import Piece
from qa_app.demo.words import Words, phrases, section_phrases
from qa_app.domain.answers import (
    FAMILY,
    FindingAbout,
    FindingKind,
    QuestionKind,
    SafeNow,
    VoiceOf,
)
from qa_app.domain.calendar import LONDON
from qa_app.domain.grades import GRADES, ComplianceAnswer, Grade, LimitingRule, PlanType
from qa_app.standards.models import Section

_P = PlanType
_STEP: Final = timedelta(minutes=4)
_LEFT_OUT: Final = 0.25
_NONE_FOUND: Final = 0.06
_ABOUT_RECORDING: Final = 0.1
_HEARD: Final = {
    VoiceOf.SOCIAL_WORKER: 0.88,
    VoiceOf.TEAM_MANAGER: 0.76,
    VoiceOf.CHILD: 0.52,
    VoiceOf.PARENTS: 0.61,
}

# Themes that only some plans call for; every other theme may be found on any.
_THEME_PLANS: Final = {
    "preparing-for-adulthood": {_P.CARE_EXPERIENCED},
    "permanence": {_P.CHILD_IN_CARE},
    "legal-planning": {_P.CHILD_PROTECTION},
    "education-and-health": {_P.CHILD_IN_CARE},
    "neglect": {_P.CHILD_PROTECTION, _P.CHILD_IN_NEED, _P.EARLY_HELP},
    "domestic-abuse": {_P.CHILD_PROTECTION, _P.CHILD_IN_NEED},
    "reviews-and-challenge": {_P.CHILD_PROTECTION, _P.CHILD_IN_CARE},
    "parental-health-substances": {_P.CHILD_PROTECTION, _P.CHILD_IN_NEED, _P.EARLY_HELP},
}


@dataclass
class Content:
    """One audit being written between two moments."""

    audit_id: UUID
    auditor_id: UUID
    plan: PlanType
    words: Words
    begun: datetime
    until: datetime
    steps: int = 0

    def saved_at(self) -> datetime:
        """The next moment at which something was saved: every few minutes, then at the end."""
        self.steps += 1
        return min(self.begun + self.steps * _STEP, self.until)


class ContentWriter:
    """Writes content into the ledger."""

    def __init__(
        self, rng: Random, days: Days, ledger: Ledger, tool: Tool, themes: dict[str, UUID]
    ) -> None:
        self.rng, self.days, self.ledger = rng, days, ledger
        self.tool, self.themes = tool, themes

    def sections(self, content: Content, sections: list[Section], grades: Graded) -> list[str]:
        """Answer these sections; gives the codes of those that do not apply."""
        left_out = []
        for section in sections:
            at = content.saved_at()
            if self._does_not_apply(content, section):
                left_out.append(section.code)
                said = phrases("whole")["not_applicable"][section.code]
                self._text(content, f"{section.code}.not_applicable", content.words.one(said), at)
                self._answered(content, section, None, at)
                continue
            grade = grades[section.code]
            self._answered(content, section, grade, at)
            said = section_phrases()[section.code][grade.value]
            evidence = content.words.together(said["seen"], said["detail"])
            self._text(content, f"{section.code}.evidence", evidence, at)
            self._text(content, f"{section.code}.impact", content.words.one(said["impact"]), at)
            self._questions(content, section, grade, at)
        return left_out

    def _does_not_apply(self, content: Content, section: Section) -> bool:
        early = content.plan is PlanType.EARLY_HELP and section.code == "reviews"
        return early and self.rng.random() < _LEFT_OUT

    def _text(self, content: Content, field: str, text: str, at: datetime) -> None:
        self.ledger.add(
            AuditText,
            audit_id=content.audit_id,
            field=field,
            text=text,
            salt=f"{self.rng.getrandbits(128):032x}",
            saved_at=at,
            saved_by=content.auditor_id,
        )

    def _answered(
        self, content: Content, section: Section, grade: Grade | None, at: datetime
    ) -> None:
        self.ledger.add(
            SectionAnswer,
            audit_id=content.audit_id,
            section_id=section.id,
            grade=grade,
            not_applicable=grade is None,
            saved_at=at,
        )

    def _questions(self, content: Content, section: Section, grade: Grade, at: datetime) -> None:
        answers: dict[str, ComplianceAnswer | None] = {}
        for question in self.tool.questions(section, content.plan):
            asked_after = question.only_if
            if asked_after and answers.get(asked_after["question"]) not in asked_after["answers"]:
                continue
            if question.kind is QuestionKind.TEXT:
                said = phrases("whole")["text"][question.code]
                name = f"question.{question.code}"
                self._text(content, name, content.words.one(said), at)
                continue
            compliance, given = answer(self.rng, question, grade)
            answers[question.code] = compliance
            self.ledger.add(
                QuestionAnswer,
                audit_id=content.audit_id,
                question_id=question.id,
                compliance=compliance,
                grade=given,
                saved_at=at,
            )

    def whole(
        self, content: Content, piece: Piece, grades: Graded, aside: list[LimitingRule], row: Row
    ) -> None:
        """Everything beyond the sections: findings, voices, safety, the overall grade."""
        overall, words = known(piece.auditor_grade), content.words
        said = phrases("whole")
        self._findings(content, grades, overall)
        for voice in VoiceOf:
            self._voice(content, voice, said["voice"][voice.value])
        self._safety(content, piece, row)
        parts = said["rationale"][overall.value]
        keys = ("opening", "because", "weighing", "closing")
        rationale = words.together(*(parts[key] for key in keys))
        at = content.saved_at()
        self._text(content, "overall.rationale", rationale, at)
        for field in ("why_not_above", "why_not_below"):
            if overall.value in said[field]:
                text = words.one(said[field][overall.value])
                self._text(content, f"overall.{field}", text, at)
        for rule in aside:
            self.ledger.add(
                LimitOverride,
                audit_id=content.audit_id,
                rule=rule,
                reason=words.one(said["override"][rule.value]),
                saved_at=at,
            )

    def _safety(self, content: Content, piece: Piece, row: Row) -> None:
        at = content.saved_at()
        if piece.concern is not None:
            row["safe_now"] = self.rng.choice((SafeNow.NO, SafeNow.CANNOT_TELL))
            return
        row["safe_now"] = SafeNow.YES
        said = phrases("whole")["safe_how_known"]["all"]
        self._text(content, "safe.how_known", content.words.one(said), at)

    def _findings(self, content: Content, grades: Graded, overall: Grade) -> None:
        high = GRADES.index(overall) <= GRADES.index(Grade.GOOD)
        counts = {
            FindingKind.STRENGTH: self.rng.randint(2, 4) if high else self.rng.randint(1, 2),
            FindingKind.DEVELOPMENT: self.rng.randint(1, 2) if high else self.rng.randint(2, 4),
        }
        rare = {Grade.OUTSTANDING: FindingKind.DEVELOPMENT, Grade.INADEQUATE: FindingKind.STRENGTH}
        for kind, count in counts.items():
            if rare.get(overall) is kind and self.rng.random() < _NONE_FOUND:
                said = phrases("whole")["none_found"][kind.value]
                text = content.words.one(said)
                self._text(content, f"none_found.{kind.value}", text, content.saved_at())
                continue
            for theme in self._themes(content, grades, kind, count):
                self._finding(content, kind, theme)

    def _themes(self, content: Content, grades: Graded, kind: FindingKind, count: int) -> list[str]:
        """Themes of the best sections for strengths, of the worst for areas for development."""
        able = [
            code
            for code, theme in phrases("findings").items()
            if theme["section"] in grades and content.plan in _THEME_PLANS.get(code, {content.plan})
        ]
        self.rng.shuffle(able)
        sign = 1 if kind is FindingKind.STRENGTH else -1
        section = {code: theme["section"] for code, theme in phrases("findings").items()}
        able.sort(key=lambda code: sign * GRADES.index(grades[section[code]]))
        return able[:count]

    def _finding(self, content: Content, kind: FindingKind, theme: str) -> None:
        said: dict[str, Any] = phrases("findings")[theme]
        recording = theme == "recording" or self.rng.random() < _ABOUT_RECORDING
        sections = {section.code: section.id for section in self.tool.sections}
        self.ledger.add(
            Finding,
            audit_id=content.audit_id,
            section_id=sections[said["section"]],
            theme_id=self.themes[theme],
            kind=kind,
            about=FindingAbout.RECORDING if recording else FindingAbout.PRACTICE,
            text=content.words.one(said[kind.value]),
            added_at=content.saved_at(),
        )

    def _voice(self, content: Content, voice: VoiceOf, said: dict[str, list[str]]) -> None:
        heard = self.rng.random() < _HEARD[voice]
        text = content.words.one(said["said" if heard else "why_not"])
        self.ledger.add(
            Voice,
            audit_id=content.audit_id,
            voice_of=voice,
            obtained=heard,
            on=self._day(content) if heard else None,
            said=text if heard else "",
            why_not="" if heard else text,
            safe_to_contact=True if heard and voice in FAMILY else None,
            saved_at=content.saved_at(),
        )

    def _day(self, content: Content) -> date:
        first = content.begun.astimezone(LONDON).date()
        last = content.until.astimezone(LONDON).date()
        return min(max(self.days.working(self.rng, first, last), first), last)
