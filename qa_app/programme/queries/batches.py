"""Reading thematic audits and batches: what runs when, and how far each has come (P7)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import joinedload, selectinload

from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.workflow import AuditState
from qa_app.programme.models import Batch, BatchAudit, BatchAuditor
from qa_app.standards.models import ToolVersion, ToolVersionState


@dataclass(frozen=True)
class Progress:
    """How far a batch, or one auditor of it, has come. `given` leaves withdrawn audits out.

    `late` counts audits not done after their due date, among those not started or in progress.
    """

    given: int = 0
    not_started: int = 0
    in_progress: int = 0
    done: int = 0
    late: int = 0


class BatchRow(NamedTuple):
    """A batch in the list."""

    batch: Batch
    progress: Progress
    tool: str


class AuditorRow(NamedTuple):
    """One auditor of a batch: how many they are asked for, and how far they have come."""

    name: str
    number: int
    progress: Progress


class BatchPage(NamedTuple):
    """A batch with its progress, by auditor too; `asked` is the sum of the auditors' numbers."""

    batch: Batch
    tool: str
    progress: Progress
    auditors: list[AuditorRow]
    asked: int


def running_between(first: date, last: date) -> list[Batch]:
    """The batches that run on any day from first to last, both included."""
    query = (
        select(Batch)
        .where(Batch.starts_on <= last, Batch.ends_on >= first)
        .options(joinedload(Batch.theme))
        .order_by(Batch.starts_on, Batch.name)
    )
    return list(db.session.scalars(query))


def list_batches(today: date) -> list[BatchRow]:
    """Every batch, those not closed first, then the newest (three queries)."""
    query = (
        select(Batch)
        .options(joinedload(Batch.theme))
        .order_by(Batch.closed_at.is_not(None), Batch.starts_on.desc(), Batch.name)
    )
    batches = list(db.session.scalars(query))
    counts = {
        row[0]: Progress(*row[1:])
        for row in db.session.execute(_progress(today, BatchAudit.batch_id))
    }
    tools = tool_names()
    return [
        BatchRow(each, counts.get(each.id, Progress()), tools.get(each.tool_code, each.tool_code))
        for each in batches
    ]


def batch_page(batch_id: UUID, today: date) -> BatchPage | None:
    """One batch with all that its page shows (four queries); None where there is none."""
    query = (
        select(Batch)
        .where(Batch.id == batch_id)
        .options(
            joinedload(Batch.theme), selectinload(Batch.auditors).joinedload(BatchAuditor.person)
        )
    )
    batch = db.session.scalars(query).one_or_none()
    if batch is None:
        return None
    counts = {
        (row[0], row[1]): Progress(*row[2:])
        for row in db.session.execute(
            _progress(today, Audit.auditor_id, Audit.auditor_name).where(
                BatchAudit.batch_id == batch_id
            )
        )
    }
    tools = tool_names()
    return BatchPage(
        batch,
        tools.get(batch.tool_code, batch.tool_code),
        _sum(counts.values()),
        _by_auditor(batch, counts),
        sum(each.number for each in batch.auditors),
    )


def _by_auditor(batch: Batch, counts: dict[tuple[UUID, str], Progress]) -> list[AuditorRow]:
    """Everybody who is asked for audits or has some, by name."""
    rows = []
    left = dict(counts)
    for each in batch.auditors:
        mine = [left.pop(key) for key in list(left) if key[0] == each.person_id]
        rows.append(AuditorRow(each.person.name, each.number, _sum(mine)))
    rows += [AuditorRow(name, 0, progress) for (_, name), progress in left.items()]
    return sorted(rows, key=lambda row: row.name.casefold())


def _sum(parts: Collection[Progress]) -> Progress:
    return Progress(
        sum(each.given for each in parts),
        sum(each.not_started for each in parts),
        sum(each.in_progress for each in parts),
        sum(each.done for each in parts),
        sum(each.late for each in parts),
    )


def _progress(today: date, *by: Any) -> Select[*tuple[Any, ...]]:
    def count(condition: ColumnElement[bool]) -> ColumnElement[int]:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    undone = Audit.completed_on.is_(None)
    return (
        select(
            *by,
            func.count(Audit.id),
            count(undone & (Audit.state == AuditState.GIVEN)),
            count(undone & (Audit.state != AuditState.GIVEN)),
            count(Audit.completed_on.is_not(None)),
            count(undone & (Audit.due_on < today)),
        )
        .select_from(BatchAudit)
        .join(Audit, Audit.id == BatchAudit.audit_id)
        .where(Audit.state != AuditState.WITHDRAWN)
        .group_by(*by)
    )


def audits_given(batch_id: UUID) -> dict[UUID, int]:
    """How many audits of the batch each person was given, without withdrawn ones."""
    query = (
        select(Audit.auditor_id, func.count())
        .join(BatchAudit, BatchAudit.audit_id == Audit.id)
        .where(BatchAudit.batch_id == batch_id, Audit.state != AuditState.WITHDRAWN)
        .group_by(Audit.auditor_id)
    )
    return {person_id: count for person_id, count in db.session.execute(query) if person_id}


def tool_names() -> dict[str, str]:
    """The name of each tool's newest version that is or was published, by its code."""
    query = (
        select(ToolVersion.code, ToolVersion.name)
        .where(ToolVersion.state != ToolVersionState.DRAFT)
        .order_by(ToolVersion.number)
    )
    return {row.code: row.name for row in db.session.execute(query)}


def published_tools() -> list[tuple[str, str]]:
    """(code, name) of each tool that has a published version, by name."""
    query = (
        select(ToolVersion.code, ToolVersion.name)
        .where(ToolVersion.state == ToolVersionState.PUBLISHED)
        .order_by(ToolVersion.number)
    )
    found = {row.code: row.name for row in db.session.execute(query)}
    return sorted(found.items(), key=lambda item: item[1].casefold())
