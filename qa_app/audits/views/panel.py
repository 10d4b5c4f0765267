"""The panel beside a draft: every page with how far it is, and what is unanswered on this one."""

from dataclasses import dataclass

from flask import url_for

from qa_app.audits.draft import Draft
from qa_app.audits.views.way import (
    Task,
    href_of,
    judgement_tasks,
    page_of,
    section_tasks,
)
from qa_app.domain.completeness import Gap

REVIEW = "review"


@dataclass(frozen=True)
class Step:
    """A page of the draft. `status` is in words; `here` says that it is the one that is open."""

    text: str
    href: str
    status: str
    here: bool


@dataclass(frozen=True)
class Missing:
    """Something to do on this page: the box by its name, what to do, and where.

    `typed` says that an answer is all that it needs (not so where words are to be looked at again).
    """

    field: str
    message: str
    href: str
    typed: bool


@dataclass(frozen=True)
class Panel:
    """What a page of a draft shows beside itself.

    `left` counts what is missing in the whole audit, `missing` names what is missing here;
    `reviewing` says that the review is the page that is open, `strict` that everything that a page
    asks is needed (a tool's gates, P7).
    """

    steps: list[Step]
    missing: list[Missing]
    left: int
    review: str
    reviewing: bool
    strict: bool


def panel_of(draft: Draft, here: str) -> Panel:
    """The panel of the page `here`: "section:<code>", "since", "findings", "voices", "overall",
    "review"; "" for one that is none of them."""
    audit = draft.audit
    return Panel(
        steps=[_step(task, here) for task in (*section_tasks(draft), *judgement_tasks(draft))],
        missing=_missing(draft, here),
        left=len(draft.gaps),
        review=url_for("audits.review", audit_id=audit.id),
        reviewing=here == REVIEW,
        strict=draft.tool.gates,
    )


def _step(task: Task, here: str) -> Step:
    return Step(task.text, task.href, task.status, task.page == here)


def _missing(draft: Draft, here: str) -> list[Missing]:
    pages = {here, "concern"} if here == "overall" else {here}
    return [_shown(draft, gap) for gap in draft.gaps if page_of(gap) in pages]


def _shown(draft: Draft, gap: Gap) -> Missing:
    address, _, anchor = href_of(draft.audit, gap).partition("#")
    field = anchor.removesuffix("-day")
    href = f"#{anchor}" if anchor else address
    typed = bool(anchor) and field not in draft.written and not field.startswith("comment.")
    return Missing(field, gap.message, href, typed)
