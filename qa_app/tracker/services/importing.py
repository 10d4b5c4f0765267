"""The actions of the old workbook, in bulk: history, without clocks and without notices."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, TypedDict
from uuid import UUID

from qa_app.bulk import insert_columns, new_ids
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.tracker.models import Action, ActionSource, ActionStep

_COPIED = (
    "reference", "source_key", "kind", "what", "audit_id", "audit_reference", "case_reference",
    "team_id", "auditor_id", "owner_id", "owner_name", "owner_post", "raised_at", "raised_on",
    "due_on",
)  # fmt: skip
# Steps are read in order of time, and the closing one came after the raising.
_JUST_AFTER = timedelta(microseconds=1)


_ACTIONS: Any = Action.__table__
_STEPS: Any = ActionStep.__table__


class ImportedAction(TypedDict):
    """One action as the workbook has it, with the facts of its audit.

    Ids are UUIDs, or each column's all as 32 hexadecimal digits. `owner_id` is None for a name
    without a person (the name may be empty). `raised_at` is a moment of `raised_on`; `done_on` is
    the workbook's date of completion, None while the action is open.
    """

    reference: str
    source_key: str
    kind: ActionKind
    what: str
    audit_id: UUID | str
    audit_reference: str
    case_reference: str
    team_id: UUID | str | None
    auditor_id: UUID | str | None
    owner_id: UUID | str | None
    owner_name: str
    owner_post: str
    raised_at: datetime
    raised_on: date
    due_on: date | None
    done_on: date | None


def import_actions(rows: Sequence[ImportedAction]) -> None:
    """Store imported actions: closed on the day they were done, open otherwise (E5, measures.md).

    Nobody verified them here, so a done one is closed and never verified. A reference or source key
    that is there already is refused as `insert_columns` refuses.
    """
    ids = new_ids(len(rows))
    done = [row["done_on"] is not None for row in rows]
    columns = {name: [row[name] for row in rows] for name in _COPIED}  # type: ignore[literal-required]
    columns |= {
        "id": ids,
        "status": [ActionStatus.CLOSED if each else ActionStatus.OPEN for each in done],
        "original_due_on": columns["due_on"],
        "settled_on": [row["done_on"] for row in rows],
    }
    fixed = {"source": ActionSource.IMPORTED, "version": 1}
    insert_columns(_ACTIONS, columns | fixed, len(rows))
    _steps(
        ids, [row["raised_at"] for row in rows], [row["raised_on"] for row in rows],
        None, ActionStatus.OPEN,
    )  # fmt: skip
    closed = [(ids[place], row) for place, row in enumerate(rows) if done[place]]
    _steps(
        [action_id for action_id, _ in closed],
        [row["raised_at"] + _JUST_AFTER for _, row in closed],
        [row["done_on"] for _, row in closed],
        ActionStatus.OPEN,
        ActionStatus.CLOSED,
    )


def _steps(
    ids: list[str],
    moments: list[datetime],
    days: list[date] | list[date | None],
    before: ActionStatus | None,
    after: ActionStatus,
) -> None:
    columns = {"action_id": ids, "at": moments, "on": days}
    fixed = {"by": None, "from_status": before, "to_status": after}
    insert_columns(_STEPS, columns | fixed, len(ids))
