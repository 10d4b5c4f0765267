"""Changing what a draft says, a part at a time. Two who edit at once are told of each other."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from qa_app import history
from qa_app.domain import tooledits
from qa_app.domain.errors import DomainError
from qa_app.domain.tools import Path, QuestionContent, SectionContent, ToolContent
from qa_app.standards.models import ToolVersion
from qa_app.standards.queries.tools import content_of
from qa_app.standards.services.drafting import faults_of, refuse_unless_draft
from qa_app.standards.services.storing import locked, put_content


class ChangedMeanwhile(DomainError):
    """The draft is no longer what the page showed."""


class FaultyPart(DomainError):
    """What was entered can stand in no draft; what is only missing yet can."""


class NoSuchPart(DomainError):
    """Somebody took the section or question out."""


def save_facts(
    draft: ToolVersion, facts: ToolContent, *, revision: int, by: UUID, at: datetime
) -> None:
    """What the tool says of itself (P7); the code, the number and the sections stay.

    A tool whose grades are taken away loses its descriptors, and no section limits any more.
    """
    before = _content_to_change(draft, revision)
    after = replace(facts, code=before.code, version=before.version, sections=before.sections)
    after = after if after.graded else tooledits.without_grades(after)
    _put(draft, after, (), "what it says of itself", by, at)


def save_section(
    draft: ToolVersion,
    section: SectionContent,
    *,
    old: str | None,
    revision: int,
    by: UUID,
    at: datetime,
) -> None:
    """Add a section at the end (`old` None), or change the one whose code is `old`."""
    before = _content_to_change(draft, revision)
    with _part_is_there():
        after = tooledits.with_section(before, section, old)
        place = len(before.sections) if old is None else tooledits.section_index(before, old)
    _put(draft, after, ("sections", place), f"section {section.code}", by, at)


def save_question(
    draft: ToolVersion,
    section_code: str,
    question: QuestionContent,
    *,
    old: str | None,
    revision: int,
    by: UUID,
    at: datetime,
) -> None:
    """Add a question at the end of a section (`old` None), or change the one of that code."""
    before = _content_to_change(draft, revision)
    with _part_is_there():
        after = tooledits.with_question(before, section_code, question, old)
        s = tooledits.section_index(before, section_code)
        section = before.sections[s]
        q = len(section.questions) if old is None else tooledits.question_index(section, old)
    _put(draft, after, ("sections", s, "questions", q), question.code, by, at)


def move(
    draft: ToolVersion,
    section_code: str,
    question_code: str | None,
    *,
    up: bool,
    revision: int,
    by: UUID,
    at: datetime,
) -> None:
    """Move a section, or a question within its section, one place up or down."""
    before = _content_to_change(draft, revision)
    with _part_is_there():
        after = tooledits.moved(before, section_code, question_code, -1 if up else 1)
    _put(draft, after, None, question_code or f"section {section_code}", by, at)


def remove(
    draft: ToolVersion,
    section_code: str,
    question_code: str | None,
    *,
    revision: int,
    by: UUID,
    at: datetime,
) -> None:
    """Take a section out with its questions, or one question."""
    before = _content_to_change(draft, revision)
    with _part_is_there():
        after = tooledits.without(before, section_code, question_code)
    _put(draft, after, None, question_code or f"section {section_code}", by, at)


def _content_to_change(draft: ToolVersion, revision: int) -> ToolContent:
    """The draft's content, locked until it is saved. Raises ChangedMeanwhile and NotADraft."""
    draft = locked(draft)
    refuse_unless_draft(draft)
    if draft.revision != revision:
        raise ChangedMeanwhile(
            "Somebody changed this draft after you opened the page. What you typed is still here: "
            "look at the draft in another window, then save again"
        )
    return content_of(draft)


@contextmanager
def _part_is_there() -> Iterator[None]:
    try:
        yield
    except LookupError:
        words = "This part is no longer in the draft: somebody took it out or gave it another code"
        raise NoSuchPart(words) from None


def _put(
    draft: ToolVersion, after: ToolContent, own: Path | None, part: str, by: UUID, at: datetime
) -> None:
    """Save, unless what was entered in the part `own` (or a code) is wrong: raises FaultyPart."""
    for fault in faults_of(after):
        mine = own is not None and fault.path[: len(own)] == own
        rest = fault.path[len(own) :] if own is not None and mine else ()
        inside = bool({"sections", "questions"} & set(rest))
        # Two parts of one code cannot be stored, whichever of them the fault is found at.
        if not fault.missing and ((mine and not inside) or fault.path[-1] == "code"):
            raise FaultyPart(fault.message, "_".join(map(str, rest)) if not inside else "code")
    put_content(draft, after)
    history.record(
        "tool_changed", draft, by=by, at=at, tool=draft.code, version=draft.number, part=part
    )
