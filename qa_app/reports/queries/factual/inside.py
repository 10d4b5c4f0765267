"""What is inside an audit that was final at the cut: sections, standards, voices, findings."""

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

from qa_app.domain.grades import ComplianceAnswer
from qa_app.reports.facts import FindingFact, SectionFact, StandardFact, VoiceFact
from qa_app.reports.queries.factual.grades import GradesGiven
from qa_app.reports.queries.factual.onestatement import Rows
from qa_app.reports.queries.factual.themes import Themes
from qa_app.reports.queries.factual.tools import Tool

if TYPE_CHECKING:
    from qa_app.reports.queries.factual.audits import Plans


class Inside:
    """The insides of a cut's final audits."""

    def __init__(
        self,
        rows: Rows,
        themes: Themes,
        grades: GradesGiven,
        tools: Mapping[UUID, Tool],
        plans: "Plans",
    ) -> None:
        self._themes, self._grades, self._tools, self._plans = themes, grades, tools, plans
        self._answers: dict[UUID, dict[UUID, ComplianceAnswer]] = defaultdict(dict)
        for row in rows["answer"]:
            self._answers[row.audit_id][row.question_id] = row.compliance
        self._skipped = {(row.audit_id, row.section_id) for row in rows["skipped"]}
        self._voices = {(row.audit_id, row.voice_of): row.obtained for row in rows["voice"]}
        self._findings: dict[UUID, list[Any]] = defaultdict(list)
        for row in sorted(rows["finding"], key=lambda row: row.id):
            self._findings[row.audit_id].append(row)
        self._filed = {
            row.finding_id: row.theme_id
            for row in sorted(rows["filing"], key=lambda row: (row.at, row.id))
        }
        self._others: dict[UUID, list[UUID]] = defaultdict(list)
        for row in rows["other"]:
            self._others[row.finding_id].append(row.theme_id)

    def of(self, audit: Any) -> dict[str, Any]:
        """The fields of AuditFact that say what is inside it. An imported audit has findings
        alone."""
        tool = self._tools.get(audit.tool_version_id)
        findings = tuple(self._finding(row, tool) for row in self._findings.get(audit.id, ()))
        if tool is None:
            return {"findings": findings}
        return {
            "sections": self._sections(audit, tool),
            "standards": self._standards(audit, tool),
            "voices": tuple(
                VoiceFact(voice, self._voices.get((audit.id, voice))) for voice in tool.voices
            ),
            "findings": findings,
        }

    def _sections(self, audit: Any, tool: Tool) -> tuple[SectionFact, ...]:
        graded = self._grades.of_sections(audit.id)
        return tuple(
            SectionFact(tool.code, section.code, section.title, graded[section.id])
            for section in tool.sections
            if section.id in graded
        )

    def _standards(self, audit: Any, tool: Tool) -> tuple[StandardFact, ...]:
        """The answers to questions that were asked, of sections that applied: what was answered
        before its condition stopped holding is not counted."""
        answers = self._answers.get(audit.id, {})
        if not answers:
            return ()
        asked = tool.asked(self._plans.asked_by(audit), answers).questions
        return tuple(
            StandardFact(question.standard, question.code, answers[question.id])
            for section in tool.sections
            if (audit.id, section.id) not in self._skipped
            for question in section.questions
            if question.standard and question.id in answers and question.code in asked
        )

    def _finding(self, row: Any, tool: Tool | None) -> FindingFact:
        section = tool.by_id.get(row.section_id) if tool is not None else None
        theme = self._themes.code_of(self._filed.get(row.id, row.theme_id))
        others = {self._themes.code_of(each) for each in self._others.get(row.id, ())}
        return FindingFact(
            id=row.id,
            kind=row.kind,
            about=row.about,
            theme=theme,
            others=tuple(sorted(others - {theme, ""})),
            section=section.code if section is not None else "",
            section_title=section.title if section is not None else "",
        )
