"""What an action of an audit is about: a section, a question or a finding of it (E3)."""

from dataclasses import dataclass
from uuid import UUID

from qa_app.audits.asking import Asking
from qa_app.audits.models import Audit, Finding
from qa_app.database import db
from qa_app.domain.actions import About
from qa_app.standards.models import Question, Section, Theme
from qa_app.tracker.models import Action


@dataclass(frozen=True)
class Part:
    """One part of an audit that an action can be about; `value` names it in a form."""

    value: str
    words: str
    about: About


@dataclass(frozen=True)
class Origin:
    """What an action came from, in words; "" for what is not known, or not for this reader."""

    section: str = ""
    question: str = ""
    finding: str = ""
    theme: str = ""


def sections_of(audit: Audit) -> list[Section]:
    """The sections that the child's plan has; none for an imported audit (two queries)."""
    return Asking(audit).possible if audit.tool_version_id is not None else []


def parts_of(
    audit: Audit, *, section: str = "", question: str = "", finding: UUID | None = None
) -> list[Part]:
    """What an action can be about: each section, the questions of the one that was named, and the
    finding that was named. Whether its reader may read findings is asked before."""
    parts: list[Part] = []
    for each in sections_of(audit):
        parts.append(Part(f"section:{each.code}", each.title, About(section_code=each.code)))
        asked = {question_.code for question_ in each.questions}
        if each.code == section or question in asked:
            parts += [_of_question(each, question_) for question_ in each.questions]
    found = db.session.get(Finding, finding) if finding is not None else None
    if found is not None and found.audit_id == audit.id:
        parts.append(_of_finding(audit, found))
    return parts


def _of_question(section: Section, question: Question) -> Part:
    return Part(
        f"question:{question.code}",
        f"{section.title}: {question.wording}",
        About(section_code=section.code, question_code=question.code),
    )


def _of_finding(audit: Audit, finding: Finding) -> Part:
    codes = {each.id: each.code for each in sections_of(audit)}
    code = codes.get(finding.section_id, "") if finding.section_id is not None else ""
    about = About(section_code=code, finding_id=finding.id, theme_id=finding.theme_id)
    return Part(f"finding:{finding.id}", f"{finding.kind.words}: {finding.text}", about)


def origin_of(action: Action, audit: Audit | None, *, readable: bool) -> Origin:
    """What the action came from. Words of the auditor's (a finding's) only where `readable`."""
    section, question = _asked(action, audit)
    theme = db.session.get(Theme, action.theme_id) if action.theme_id is not None else None
    return Origin(
        section=section,
        question=question,
        finding=_finding(action) if readable else "",
        theme=theme.name if theme is not None else "",
    )


def _asked(action: Action, audit: Audit | None) -> tuple[str, str]:
    """The title of the section and the wording of the question, where the action names them."""
    if audit is None or not action.section_code:
        return "", ""
    for each in sections_of(audit):
        if each.code == action.section_code:
            wordings = {question.code: question.wording for question in each.questions}
            return each.title, wordings.get(action.question_code, "")
    return "", ""


def _finding(action: Action) -> str:
    if action.finding_id is None:
        return ""
    found = db.session.get(Finding, action.finding_id)
    return found.text if found is not None else "It has been taken out of the audit since."
