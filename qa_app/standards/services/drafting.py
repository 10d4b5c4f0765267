"""The life of a version of an audit tool: begun, read from a file, published, retired (P7).

One draft a tool at a time. What it says is changed in `editing.py`.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from qa_app import history
from qa_app.database import db
from qa_app.domain.errors import DomainError
from qa_app.domain.toolfaults import faults
from qa_app.domain.toolfields import Fault
from qa_app.domain.tools import ToolContent
from qa_app.standards.models import ToolVersion, ToolVersionState
from qa_app.standards.queries.tools import (
    content_of,
    draft_of,
    standard_numbers,
    versions_of,
)
from qa_app.standards.services.storing import (
    add_draft,
    delete_draft,
    locked,
    publish_draft,
    retire_version,
)
from qa_app.standards.toolfile import LineFault, read_tool


class DraftExists(DomainError):
    """One draft of a tool at a time."""


class NotADraft(DomainError):
    """A published version never changes (P7)."""


class NotPublished(DomainError):
    """Only a published version can be retired."""


class CodeTaken(DomainError):
    """There is a tool of this code, or the code is no code."""


class NotReady(DomainError):
    """A draft with faults cannot be published; `faults` are they."""

    def __init__(self, found: list[Fault]) -> None:
        things = "1 thing is" if len(found) == 1 else f"{len(found)} things are"
        super().__init__(f"This draft cannot be published yet: {things} to be put right first")
        self.faults = found


class FileRefused(DomainError):
    """A file is no tool; `faults` say on which lines, and what to do."""

    def __init__(self, found: tuple[LineFault, ...]) -> None:
        things = "1 fault" if len(found) == 1 else f"{len(found)} faults"
        super().__init__(f"Put right the {things} listed below, and choose the file again", "file")
        self.faults = found


class NothingNew(DomainError):
    """A file that says what is published already."""


def faults_of(content: ToolContent) -> list[Fault]:
    """What keeps content from being published, the library of standards known."""
    return faults(content, standard_numbers())


def begin_draft(version: ToolVersion, *, by: UUID, at: datetime) -> ToolVersion:
    """A draft of the tool's next number that says what this version says. Raises DraftExists."""
    content = replace(content_of(version), changes="")
    draft = _add_next(content)
    _record("tool_drafted", draft, by, at)
    return draft


def begin_new(content: ToolContent, *, by: UUID, at: datetime) -> ToolVersion:
    """The draft of a tool's first version. Raises CodeTaken, also for what is no code."""
    wrong = [each for each in faults(content) if each.path in (("code",), ("name",))]
    if wrong:
        raise CodeTaken(wrong[0].message, str(wrong[0].path[0]))
    if versions_of(content.code):
        words = f"There is a tool called {content.code} already. Choose another code"
        raise CodeTaken(words, "code")
    draft = _add_next(content)
    _record("tool_drafted", draft, by, at)
    return draft


def import_file(data: bytes, *, by: UUID | None, at: datetime) -> ToolVersion:
    """A draft of the next number from a file (YAML). Raises FileRefused with every fault by line,
    DraftExists, and NothingNew where the newest version says the same."""
    reading = read_tool(data, standard_numbers())
    if reading.tool is None:
        raise FileRefused(reading.faults)
    before = versions_of(reading.tool.code)
    if before and content_of(before[0]) == replace(reading.tool, version=before[0].number):
        words = f"Version {before[0].number} of this tool says the same: there is nothing to import"
        raise NothingNew(words, "file")
    draft = _add_next(reading.tool)
    _record("tool_imported", draft, by, at)
    return draft


def publish(draft: ToolVersion, *, by: UUID | None, at: datetime) -> list[ToolVersion]:
    """Publish a draft and retire what was published of its tool, which comes back.

    Audits under way keep their version. Raises NotADraft, and NotReady with the faults.
    """
    draft = locked(draft)
    refuse_unless_draft(draft)
    found = faults_of(content_of(draft))
    if found:
        raise NotReady(found)
    older = publish_draft(draft, at)
    _record("tool_published", draft, by, at)
    for each in older:
        _record("tool_retired", each, by, at)
    return older


def retire(version: ToolVersion, *, by: UUID, at: datetime) -> None:
    """No more audits are given with it; those under way keep it.

    Raises NotPublished, also for a tool of the monthly measures, which must always have a version.
    """
    version = locked(version)
    if version.state is not ToolVersionState.PUBLISHED:
        raise NotPublished("Only a published version can be retired")
    if version.counts_in_mtm:
        words = "This tool makes the monthly measures MTM-1 to MTM-3. Publish its next version"
        raise NotPublished(f"{words} instead: that retires this one")
    retire_version(version, at)
    _record("tool_retired", version, by, at)


def discard(draft: ToolVersion, *, by: UUID, at: datetime) -> None:
    """Throw a draft away. Raises NotADraft."""
    draft = locked(draft)
    refuse_unless_draft(draft)
    _record("tool_discarded", draft, by, at)
    delete_draft(draft)


def refuse_unless_draft(version: ToolVersion) -> None:
    """Raises NotADraft with what to do instead."""
    if version.state is not ToolVersionState.DRAFT:
        words = f"Version {version.number} is {version.state.value} and never changes"
        raise NotADraft(f"{words}. Begin a new draft from it")


def _add_next(content: ToolContent) -> ToolVersion:
    draft = draft_of(content.code)
    if draft is not None:
        raise _draft_exists(draft.number)
    before = versions_of(content.code)
    number = before[0].number + 1 if before else 1
    try:
        with db.session.begin_nested():
            return add_draft(replace(content, version=number))
    except IntegrityError:
        # Somebody else began the same draft a moment ago.
        raise _draft_exists(number) from None


def _draft_exists(number: int) -> DraftExists:
    words = f"Version {number} of this tool is being drafted already"
    return DraftExists(f"{words}. Go on with that draft, or throw it away first", "file")


def _record(verb: str, version: ToolVersion, by: UUID | None, at: datetime) -> None:
    history.record(verb, version, by=by, at=at, tool=version.code, version=version.number)
