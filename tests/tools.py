"""Audit tools for tests: a version like another one, published as the product publishes it."""

from dataclasses import replace
from typing import Any

from qa_app.database import now
from qa_app.domain.grades import GRADES
from qa_app.domain.tooledits import without_grades
from qa_app.domain.tools import Condition, QuestionContent, SectionContent, ToolContent
from qa_app.standards.models import ToolVersion
from qa_app.standards.queries import content_of, current_version, versions_of
from qa_app.standards.services.storing import add_draft, publish_draft


def a_published_tool(like: str = "core", **changes: Any) -> ToolVersion:
    """The next version of a tool, or with `code=` the first of another, published now.

    `changes` are fields of `ToolContent`. Nothing is checked: a test may want what nobody could
    publish.
    """
    return publish_content(replace(content_of(current_version(like)), **changes))


def publish_content(content: ToolContent) -> ToolVersion:
    """Publish content as the next version of its tool."""
    number = 1 + max((each.number for each in versions_of(content.code)), default=0)
    draft = add_draft(replace(content, version=number))
    publish_draft(draft, now())
    return draft


GRADED = {grade.value: f"What {grade.words} looks like." for grade in GRADES}


def a_tool(**changes: Any) -> ToolContent:
    """A small graded tool without fault: two sections, and a question that hangs on another."""
    whole: dict[str, Any] = {
        "code": "dip",
        "name": "Dip sample",
        "version": 1,
        "purpose": "To see whether it was done.",
        "counts_in_mtm": False,
        "sections": (
            SectionContent(
                code="plan",
                title="The plan",
                limiting="practice",
                guidance="Look for a plan that the family would know.",
                descriptors=GRADED,
                questions=(
                    QuestionContent("plan.there", "compliance", "Is there a plan?", standard="4.1"),
                    QuestionContent(
                        "plan.why-not", "text", "Why not?",
                        only_if=Condition("plan.there", ("no", "approved_exception")),
                    ),
                ),
            ),
            SectionContent(
                code="risk",
                title="Risk and safety",
                limiting="risk",
                guidance="Look for what kept the child safe.",
                only_if=Condition("plan.there", ("yes",)),
                descriptors=GRADED,
                questions=(QuestionContent("risk.well", "quality", "How well was it done?"),),
            ),
        ),
    }  # fmt: skip
    return ToolContent(**(whole | changes))


def an_ungraded_tool(**changes: Any) -> ToolContent:
    """A count of what was done: no grades, no moderation, no voices, no gates."""
    plain = without_grades(a_tool(voices=False, gates=False, moderated=False))
    first, second = plain.sections
    asked = QuestionContent("risk.well", "compliance", "Was it done?")
    sections = (first, replace(second, questions=(asked,)))
    return replace(plain, **({"sections": sections} | changes))
