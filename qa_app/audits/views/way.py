"""The order of a draft's pages, and where each gap is mended."""

from collections.abc import Iterable
from typing import NamedTuple

from flask import url_for

from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.domain.completeness import Gap

_SECTION_PARTS = frozenset({"grade", "evidence", "impact", "not_applicable"})
_FINDINGS = ("finding.", "none_found.")


class Task(NamedTuple):
    """One page of the task list: `started` says that something was written there."""

    text: str
    href: str
    done: bool
    started: bool


def page_of(gap: Gap) -> str:
    """The page on which a gap is mended: a section's code, findings, voices, overall or concern."""
    if gap.section is not None:
        return f"section:{gap.section}"
    if gap.field.startswith(_FINDINGS):
        return "findings"
    if gap.field.startswith("voice."):
        return "voices"
    return "concern" if gap.field == "concern" else "overall"


def href_of(audit: Audit, gap: Gap) -> str:
    """The address of the very control that a gap is about."""
    page = page_of(gap)
    if gap.section is not None:
        name = gap.field if gap.field not in _SECTION_PARTS else f"{gap.section}.{gap.field}"
        anchor = name if gap.field in _SECTION_PARTS else f"question.{name}"
        return url_for("audits.section", audit_id=audit.id, code=gap.section, _anchor=anchor)
    anchor = f"{gap.field}-day" if gap.field.endswith(".on") else gap.field
    if page == "concern" or gap.field.startswith("finding."):
        anchor = ""
    return url_for(f"audits.{page}", audit_id=audit.id, _anchor=anchor or None)


_TITLES = {
    "findings": "Strengths and areas for development",
    "voices": "Who was heard",
    "overall": "Is the child safe now, and the overall grade",
    "concern": "A significant-harm concern",
}


def gaps_by_page(draft: Draft) -> list[tuple[str, list[tuple[str, str]]]]:
    """The title of each page with gaps, and each gap's words and address."""
    titles = _TITLES | {f"section:{each.code}": each.title for each in draft.sections}
    found: dict[str, list[tuple[str, str]]] = {}
    for gap in draft.gaps:
        words = (gap.message, href_of(draft.audit, gap))
        found.setdefault(titles[page_of(gap)], []).append(words)
    return list(found.items())


def section_tasks(draft: Draft) -> list[Task]:
    """The sections, in order, with what is done of each."""
    missing = {page_of(gap) for gap in draft.gaps}
    tasks = []
    for section in draft.sections:
        href = url_for("audits.section", audit_id=draft.audit.id, code=section.code)
        started = section.id in draft.section_answers or any(
            name.startswith(f"{section.code}.") for name in draft.texts
        )
        started = started or any(each.id in draft.question_answers for each in section.questions)
        tasks.append(Task(section.title, href, f"section:{section.code}" not in missing, started))
    return tasks


def judgement_tasks(draft: Draft) -> list[Task]:
    """The pages after the sections."""
    missing = {page_of(gap) for gap in draft.gaps}
    audit = draft.audit
    overall = {"overall", "concern"}

    def task(text: str, page: str, needs: Iterable[str], started: bool) -> Task:
        href = url_for(f"audits.{page}", audit_id=audit.id)
        return Task(text, href, missing.isdisjoint(needs), started)

    tasks = [
        task(_TITLES["findings"], "findings", ["findings"], bool(draft.findings)),
        task(
            _TITLES["overall"],
            "overall",
            overall,
            audit.safe_now is not None or audit.overall_grade is not None,
        ),
    ]
    if draft.tool.voices:
        tasks.insert(1, task(_TITLES["voices"], "voices", ["voices"], bool(draft.voices)))
    return tasks


def after_section(draft: Draft, code: str) -> str:
    """The page that follows a section: the next section, or the findings."""
    codes = [section.code for section in draft.sections]
    following = codes[codes.index(code) + 1 :]
    if following:
        return url_for("audits.section", audit_id=draft.audit.id, code=following[0])
    return url_for("audits.findings", audit_id=draft.audit.id)
