"""What the old workbook can tell, and what a reading of it gives back."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from qa_app.accounts.models import PostKind
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import Grade


class Field(StrEnum):
    """The columns that are understood; the values are what `--map` takes."""

    AUDIT_REF = "audit_ref"
    CASE_REF = "case_ref"
    TEAM = "team"
    AUDITOR = "auditor"
    AUDITOR_POST = "auditor_post"
    COMPLETED_ON = "completed_on"
    AUDITOR_GRADE = "auditor_grade"
    MODERATOR = "moderator"
    FINAL_GRADE = "final_grade"
    SIGNIFICANT_HARM = "significant_harm"
    STRENGTHS = "strengths"
    AREAS_FOR_DEVELOPMENT = "areas_for_development"
    ACTION = "action"
    ACTION_DUE_ON = "action_due_on"
    ACTION_DONE_ON = "action_done_on"

    @property
    def words(self) -> str:
        """The field as a page says it."""
        return FIELD_WORDS[self]


FIELD_WORDS = {
    Field.AUDIT_REF: "Audit reference",
    Field.CASE_REF: "Case reference",
    Field.TEAM: "Team",
    Field.AUDITOR: "Auditor",
    Field.AUDITOR_POST: "Auditor’s post",
    Field.COMPLETED_ON: "Date completed",
    Field.AUDITOR_GRADE: "Auditor’s grade",
    Field.MODERATOR: "Moderator",
    Field.FINAL_GRADE: "Final grade",
    Field.SIGNIFICANT_HARM: "Significant harm",
    Field.STRENGTHS: "Strengths",
    Field.AREAS_FOR_DEVELOPMENT: "Areas for development",
    Field.ACTION: "Action",
    Field.ACTION_DUE_ON: "Action due",
    Field.ACTION_DONE_ON: "Action completed",
}


class WorkbookUnusable(DomainError):
    """The file as a whole cannot be read, or the columns given by hand do not fit it.

    `example` is an option of the command line that would help; `headings` those of the file, where
    saying what the columns are would help.
    """

    def __init__(self, message: str, example: str = "", headings: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.example = example
        self.headings = tuple(headings)


class Fault(NamedTuple):
    """Why one row is refused. `row` counts from 1, as a spreadsheet shows it."""

    sheet: str
    row: int
    column: str
    value: str
    reason: str


class Skipped(NamedTuple):
    """A row (or, with `row` None, a whole sheet) that was passed over, and why."""

    sheet: str
    row: int | None
    reason: str


@dataclass(slots=True)
class AuditRow:
    """One audit of the old workbook, its values understood and its names as written.

    `post` is None where the workbook is silent; `team` is spelt as in the authority's own list.
    `digest` is the hash of the content: two rows with the same digest say the same thing.
    """

    sheet: str
    row: int
    audit_ref: str
    case_ref: str
    team: str | None
    auditor: str
    post: PostKind | None
    completed_on: date
    auditor_grade: Grade | None
    moderator: str
    final_grade: Grade | None
    significant_harm: bool
    strengths: str
    areas_for_development: str
    action: str
    action_due_on: date | None
    action_done_on: date | None
    digest: bytes = b""


@dataclass(frozen=True, slots=True)
class Known:
    """What the authority's own records say, so that a row can be checked against them.

    `teams` gives the proper spelling by the name in lower case with single spaces; `posts`
    the post by the job title, likewise. No audit can have been completed after `today`. With
    `any_team` a team that is not listed is taken as written.
    """

    today: date
    teams: dict[str, str] = field(default_factory=dict)
    posts: dict[str, PostKind] = field(default_factory=dict)
    any_team: bool = False


@dataclass(slots=True)
class SheetLayout:
    """Where the headings of one sheet were found and what each is taken for.

    `columns` gives the position (0 is the first column read) and the heading as written.
    """

    sheet: str
    heading_row: int
    columns: dict[Field, tuple[int, str]]
    ignored: list[str]


@dataclass(slots=True)
class Reading:
    """Everything that one reading of a file found; `sha256` names the file."""

    name: str
    sha256: str
    layouts: list[SheetLayout] = field(default_factory=list)
    rows: list[AuditRow] = field(default_factory=list)
    refused: list[Fault] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    refused_rows: int = 0
