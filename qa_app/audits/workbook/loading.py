"""Plans what a reading of the old workbook would load, and loads it: all, or nothing.

Imported audits are history (measures.md): nobody's independence is checked, no clock runs and
nobody is told. What the workbook does not say stays unsaid.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypedDict
from uuid import UUID

from qa_app import history
from qa_app.accounts.models import Team, name_key
from qa_app.accounts.teams import rebuild_tree
from qa_app.audits.workbook import lookup
from qa_app.audits.workbook.archive import UPLOAD, Limits
from qa_app.audits.workbook.fields import AuditRow, Fault, Field, Reading, Skipped
from qa_app.audits.workbook.reading import read_workbook
from qa_app.audits.workbook.storing import Storing
from qa_app.bulk import insert_columns
from qa_app.cases.models import ImportFault, ImportKind, ImportRun
from qa_app.database import db, new_id, set_reading
from qa_app.domain.calendar import london_date

HERE_ALREADY = "imported before, and says the same"
AT_ONCE = 10_000

Progress = Callable[[int, int], None]


class ImportedModeration(TypedDict):
    """A moderation that the workbook names; `moderator_id` is None for a name without a person."""

    audit_id: UUID
    moderator_id: UUID | None
    moderator_name: str
    committed_at: datetime


RecordModerations = Callable[[Sequence[Any]], None]
"""Stores rows like ImportedModeration; the room of moderation lies above this one."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the person who imports has chosen."""

    mapping: dict[str, Field | None] = field(default_factory=dict)
    skip_bad_rows: bool = False
    create_teams: bool = False
    limits: Limits = UPLOAD


@dataclass(slots=True)
class Plan:
    """What an import would do. `unknown` counts the distinct names that are kept as written."""

    reading: Reading
    choices: Choices
    rows: list[AuditRow]
    refused: list[Fault]
    skipped: list[Skipped]
    refused_rows: int
    new_teams: list[str] = field(default_factory=list)
    unknown: dict[str, int] = field(default_factory=dict)

    @property
    def loads(self) -> int:
        """How many audits it would load."""
        return 0 if self.refused and not self.choices.skip_bad_rows else len(self.rows)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What an import did; `run_id` is None after a trial."""

    plan: Plan
    loaded: int
    run_id: UUID | None = None


def plan_import(path: Path, choices: Choices, *, at: datetime, name: str | None = None) -> Plan:
    """Read and check a workbook, and set it against what is here already; changes nothing.

    Raises WorkbookUnusable where the file or the mapping cannot be used.
    """
    known = lookup.known(london_date(at), any_team=choices.create_teams)
    reading = read_workbook(
        path, known=known, mapping=choices.mapping, limits=choices.limits, name=name
    )
    plan = Plan(
        reading, choices, [], list(reading.refused), list(reading.skipped), reading.refused_rows
    )
    _set_against_stored(plan)
    _count_unknown(plan, known.teams)
    order = {layout.sheet: position for position, layout in enumerate(reading.layouts)}
    plan.refused.sort(key=lambda fault: (order[fault.sheet], fault.row))
    return plan


def plan_apart(path: Path, choices: Choices, *, at: datetime, name: str | None = None) -> Plan:
    """Plan in a transaction of its own that only reads, and end it.

    Reading a large workbook takes a while, in which others must be able to save.
    """
    set_reading(True)
    try:
        return plan_import(path, choices, at=at, name=name)
    finally:
        db.session.rollback()
        set_reading(False)


def _set_against_stored(plan: Plan) -> None:
    """Pass over what was imported before; refuse what was, and says something else now."""
    here = lookup.stored(plan.reading.rows)
    if not here:
        plan.rows = plan.reading.rows
        return
    headings = {
        layout.sheet: layout.columns.get(Field.AUDIT_REF, (0, Field.AUDIT_REF.value))[1]
        for layout in plan.reading.layouts
    }
    for row in plan.reading.rows:
        digest = here.get(row.audit_ref.casefold(), "")
        if digest == "":
            plan.rows.append(row)
        elif digest == row.digest.hex():
            plan.skipped.append(Skipped(row.sheet, row.row, HERE_ALREADY))
        else:
            reason = "An audit with this reference is here already and says something else"
            heading = headings[row.sheet]
            plan.refused.append(Fault(row.sheet, row.row, heading, row.audit_ref, reason))
            plan.refused_rows += 1


def _count_unknown(plan: Plan, teams: dict[str, str]) -> None:
    people = lookup.Directory()
    cases = lookup.case_ids(plan.rows)
    auditors = {row.auditor for row in plan.rows if not people.find(row.auditor, row.post)}
    moderators = {row.moderator for row in plan.rows if not people.find(row.moderator)}
    plan.unknown = {
        "cases": len({row.case_ref for row in plan.rows} - cases.keys()),
        "auditors": len(auditors - {""}),
        "moderators": len(moderators - {""}),
    }
    wanted = {name_key(row.team): row.team for row in plan.rows if row.team}
    plan.new_teams = sorted(wanted[key] for key in wanted.keys() - teams.keys())


def load_plan(
    plan: Plan,
    *,
    by: UUID | None,
    at: datetime,
    record_moderations: RecordModerations,
    progress: Progress = lambda done, total: None,
) -> Loaded:
    """Load a plan in the caller's transaction, and record the run; never commits.

    Nothing is loaded where anything is refused, unless the choice was to pass over bad rows.
    """
    rows = plan.rows if plan.loads else []
    if rows:
        _create_teams(plan.new_teams)
    run = _record_run(plan, len(rows), by=by, at=at)
    storing = Storing(run.id, record_moderations, lookup.case_ids(rows))
    for start in range(0, len(rows), AT_ONCE):
        stored = storing.store(rows[start : start + AT_ONCE])
        history.record_imported("audit_imported", stored, by=by, at=at)
        progress(min(start + AT_ONCE, len(rows)), len(rows))
    return Loaded(plan, len(rows), run.id)


def _create_teams(names: list[str]) -> None:
    """Add teams beneath the root of the tree, where there is one root."""
    if not names:
        return
    roots = db.session.query(Team).filter(Team.parent_id.is_(None)).limit(2).all()
    parent_id = roots[0].id if len(roots) == 1 else None
    db.session.add_all(Team(id=new_id(), name=name, parent_id=parent_id) for name in names)
    db.session.flush()
    rebuild_tree()
    db.session.flush()


def _record_run(plan: Plan, loaded: int, *, by: UUID | None, at: datetime) -> ImportRun:
    run = ImportRun(
        id=new_id(),
        kind=ImportKind.AUDITS,
        file_name=plan.reading.name[:200],
        file_hash=plan.reading.sha256,
        at=at,
        by=by,
        loaded=loaded,
        counts={
            "skipped": len(plan.skipped),
            "refused": plan.refused_rows,
            "teams": len(plan.new_teams) if loaded else 0,
            "unknown": plan.unknown,
        },
    )
    db.session.add(run)
    db.session.flush()
    columns = list(zip(*plan.refused, strict=True)) or [()] * 5
    insert_columns(
        ImportFault.__table__,  # type: ignore[arg-type]  # a Table
        {
            "run_id": run.id,
            "position": list(range(len(plan.refused))),
            "place": [sheet[:200] for sheet in columns[0]],
            "row": list(columns[1]),
            "column": [heading[:200] for heading in columns[2]],
            "value": [value[:200] for value in columns[3]],
            "reason": [reason[:400] for reason in columns[4]],
        },
        len(plan.refused),
    )
    history.record("import_finished", run, by=by, at=at, loaded=loaded, refused=plan.refused_rows)
    return run
