"""Lists as they are downloaded: the rows of the page's own query, all of them, one at a time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from qa_app.audits.models import Audit
from qa_app.audits.queries.lists import Filters, listed
from qa_app.database import db
from qa_app.domain.permissions import Actor
from qa_app.moderation.queries.late import on_the_way
from qa_app.programme.queries.progress import Row as PlaceRow
from qa_app.tracker.queries import Wanted
from qa_app.tracker.queries.lists import every_row

Value = str | int | date | None

_BIT: Final = 1_000
_MOST_ON_THE_WAY: Final = 100_000


@dataclass(frozen=True)
class ListTable:
    """A list to be written: its name in the file's name, what its rows are called, its headings,
    and its rows, which are read as they are written. `narrowed` says to what it was narrowed."""

    name: str
    things: str
    title: str
    columns: Sequence[str]
    rows: Iterable[Sequence[Value]]
    at: datetime
    narrowed: Sequence[str] = ()
    more: Sequence[tuple[str, str]] = ()


AUDIT_COLUMNS: Final = (
    "Audit", "Case reference", "Age band", "Plan type", "Team", "Auditor", "How it was chosen",
    "State", "Due", "Completed", "Final grade",
)  # fmt: skip


def audit_rows(actor: Actor, filters: Filters) -> Iterator[Sequence[Value]]:
    """The audits that the actor may read, as the page narrows them, newest first."""
    columns = (
        Audit.reference, Audit.case_reference, Audit.age_band, Audit.plan_type, Audit.team_name,
        Audit.auditor_name, Audit.selection, Audit.state, Audit.due_on, Audit.completed_on,
        Audit.graded, Audit.final_grade,
    )  # fmt: skip
    query = select(*columns).where(*listed(actor, filters)).order_by(Audit.id.desc())
    for row in db.session.execute(query.execution_options(yield_per=_BIT)):
        *plain, graded, grade = row
        reference, case, age, plan, team, auditor, selection, state, due, done = plain
        yield (
            reference, case, age, plan.words if plan else "", team, auditor, selection.words,
            state.words, due, done, grade.words if grade else ("" if graded else "Not graded"),
        )  # fmt: skip


ACTION_COLUMNS: Final = (
    "Action", "Kind", "What is to be done", "Audit", "Case reference", "Team", "Owner",
    "Partner agency", "Raised", "First due date", "Due", "Today", "Status", "Ended", "Impact",
)  # fmt: skip


def action_rows(actor: Actor, wanted: Wanted, today: date) -> Iterator[Sequence[Value]]:
    """The actions that the actor sees, as the page narrows and orders them."""
    for row in every_row(actor, wanted, today):
        each = row.action
        yield (
            each.reference, each.kind.words, each.what, each.audit_reference, each.case_reference,
            each.team.name if each.team else "", each.owner_name, each.partner_agency,
            each.raised_on, each.original_due_on, each.due_on, row.word.words, each.status.words,
            each.settled_on, each.impact.words if each.impact else "",
        )  # fmt: skip


MODERATION_COLUMNS: Final = (
    "Audit", "Case reference", "Team", "Auditor", "Significant-harm concern", "Blind", "Due",
    "State", "Moderator", "Given to", "Away today",
)  # fmt: skip


def moderation_rows(reader: UUID, today: date) -> Iterator[Sequence[Value]]:
    """Everything that waits for a moderator or is with one, as the page has it."""
    for each in on_the_way(reader, today, _MOST_ON_THE_WAY):
        audit = each.row.audit
        yield (
            audit.reference, audit.case_reference, audit.team_name, audit.auditor_name,
            _yes(each.row.concern), _yes(each.row.blind), each.due_on, audit.state.words,
            each.holder, each.given_to, _yes(each.away),
        )  # fmt: skip


PLACE_COLUMNS: Final = (
    "Auditor", "Post", "Team", "Service", "Audit", "Child’s team", "Due", "Completed", "State",
    "Note", "Buddy",
)  # fmt: skip


def place_rows(rows: Iterable[PlaceRow]) -> Iterator[Sequence[Value]]:
    """Who has what in a month or a batch: the page's own lines."""
    for row in rows:
        place, audit = row.place, row.audit
        yield (
            place.auditor, place.kind.words, place.team.name if place.team else "",
            place.service.name if place.service else "", audit.reference if audit else "",
            audit.case_team if audit else "", audit.due_on if audit else None,
            audit.completed_on if audit else None, row.words, row.note,
            row.buddy.name if row.buddy else "",
        )  # fmt: skip


def _yes(value: bool) -> str:
    return "Yes" if value else "No"
