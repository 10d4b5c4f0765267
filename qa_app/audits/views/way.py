"""The order of a draft's pages, and where each gap is mended."""

from collections import Counter
from typing import NamedTuple
from uuid import UUID

from flask import url_for

from qa_app.audits.asking import text_field
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, PinnedComment
from qa_app.domain.completeness import Gap
from qa_app.standards.models import Section

_SECTION_PARTS = frozenset({"grade", "evidence", "impact", "not_applicable"})
_FINDINGS = ("finding.", "none_found.")
_COMMENT = "comment."


class Task(NamedTuple):
    """One page of the task list: `started` says that something was written there; `asked` is how
    much the moderator asks there and has no answer."""

    text: str
    href: str
    done: bool
    started: bool
    page: str
    asked: int = 0

    @property
    def status(self) -> str:
        """How far it is, in words."""
        return "Done" if self.done else "In progress" if self.started else "To do"


def page_of(gap: Gap) -> str:
    """The page on which a gap is mended: a section's code, since, findings, voices, points,
    comments, overall or concern."""
    if gap.section is not None:
        return f"section:{gap.section}"
    if gap.field.startswith(_FINDINGS):
        return "findings"
    if gap.field.startswith("fact."):
        return "points"
    if gap.field.startswith(_COMMENT):
        return "comments"
    if gap.field.startswith(("voice.", "since.")):
        return "voices" if gap.field.startswith("voice.") else "since"
    return "concern" if gap.field == "concern" else "overall"


def finding_of(field: str) -> UUID | None:
    """The finding that a box called `finding.<id>` belongs to; None for any other box."""
    try:
        return UUID(field.removeprefix("finding."))
    except ValueError:
        return None


def href_of(audit: Audit, gap: Gap) -> str:
    """The address of the very control that a gap is about."""
    page = page_of(gap)
    if gap.field.startswith(_COMMENT):
        return url_for("audits.comments", audit_id=audit.id, _anchor=gap.field)
    if gap.section is not None:
        name = gap.field if gap.field not in _SECTION_PARTS else f"{gap.section}.{gap.field}"
        anchor = name if gap.field in _SECTION_PARTS else f"question.{name}"
        return url_for("audits.section", audit_id=audit.id, code=gap.section, _anchor=anchor)
    anchor = f"{gap.field}-day" if gap.field.endswith(".on") else gap.field
    if page == "findings" and (finding := finding_of(gap.field)) is not None:
        return url_for("audits.finding", audit_id=audit.id, finding_id=finding)
    if page == "concern" or gap.field.startswith("finding."):
        anchor = ""
    return url_for(f"audits.{page}", audit_id=audit.id, _anchor=anchor or None)


_TITLES = {
    "since": "Since the first audit",
    "findings": "Strengths and areas for development",
    "voices": "Who was heard",
    "overall": "Is the child safe now, and the overall grade",
    "concern": "A significant-harm concern",
    "points": "What is said not to be right",
    "comments": "What the moderator asks",
}


def place_of(draft: Draft, comment: PinnedComment) -> str | None:
    """The address of what a comment is about; None where that is asked no more, or is the whole
    audit."""
    code, question = comment.section_code, comment.question_code
    if code not in {each.code for each in draft.sections}:
        return None
    return href_of(draft.audit, Gap(code, question if question in draft.homes else "evidence", ""))


def pages_after(draft: Draft) -> list[str]:
    """The pages after the sections, as far as the audit's tool asks for them (P7)."""
    tool = draft.audit.tool_version
    voices = tool is None or tool.voices
    wanted = {
        "since": draft.since is not None,
        "findings": draft.judges,
        "voices": voices,
        "overall": draft.judges,
    }
    return [page for page, asked in wanted.items() if asked]


def title_of(draft: Draft, page: str) -> str:
    """What the page is called."""
    if page == "overall" and not draft.audit.graded:
        return "Is the child safe now?"
    return _TITLES[page]


def gaps_by_page(draft: Draft) -> list[tuple[str, list[tuple[str, str]]]]:
    """The title of each page with gaps, and each gap's words and address."""
    titles = {page: title_of(draft, page) for page in _TITLES}
    titles |= {f"section:{each.code}": each.title for each in draft.sections}
    found: dict[str, list[tuple[str, str]]] = {}
    for gap in draft.gaps:
        words = (gap.message, href_of(draft.audit, gap))
        found.setdefault(titles[page_of(gap)], []).append(words)
    return list(found.items())


def section_tasks(draft: Draft) -> list[Task]:
    """The sections that are asked, in order, with what is done of each."""
    missing = {page_of(gap) for gap in draft.gaps}
    asked = Counter(each.section_code for each in draft.open_comments)
    return [
        Task(
            section.title,
            url_for("audits.section", audit_id=draft.audit.id, code=section.code),
            f"section:{section.code}" not in missing,
            _is_started(draft, section),
            f"section:{section.code}",
            asked[section.code],
        )
        for section in draft.sections
    ]


def _is_started(draft: Draft, section: Section) -> bool:
    texts = {text_field(each) for each in section.questions}
    return (
        section.id in draft.section_answers
        or any(each.id in draft.question_answers for each in section.questions)
        or any(name in texts or name.startswith(f"{section.code}.") for name in draft.texts)
    )


def judgement_tasks(draft: Draft) -> list[Task]:
    """The pages after the sections."""
    missing = {page_of(gap) for gap in draft.gaps}
    audit = draft.audit
    started = {
        "since": draft.since is not None and bool(draft.since.answers),
        "findings": bool(draft.findings),
        "voices": bool(draft.voices),
        "overall": audit.safe_now is not None or audit.overall_grade is not None,
    }
    needs = {"overall": {"overall", "concern"}}
    return [
        Task(
            title_of(draft, page),
            url_for(f"audits.{page}", audit_id=audit.id),
            missing.isdisjoint(needs.get(page, {page})),
            started[page],
            page,
        )
        for page in pages_after(draft)
    ]


def after_section(draft: Draft, section: Section) -> str:
    """The page that follows a section as the draft stands: the next section that is asked, or what
    comes after all of them."""
    for each in draft.sections:
        if each.position > section.position:
            return url_for("audits.section", audit_id=draft.audit.id, code=each.code)
    return after_page(draft, "")


def after_page(draft: Draft, page: str) -> str:
    """The page that follows one of those after the sections ("": the first of them)."""
    pages = ["", *pages_after(draft), "review"]
    following = pages[pages.index(page) + 1]
    return url_for(f"audits.{following}", audit_id=draft.audit.id)
