"""What an import of the old workbook did, as JSON for scripts and as sentences for people."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from qa_app.audits.workbook.fields import Fault
from qa_app.audits.workbook.loading import Loaded, Plan

_SHOWN = 200
_UNKNOWN = {
    "cases": ("case reference", "case references"),
    "auditors": ("auditor", "auditors"),
    "moderators": ("moderator", "moderators"),
}


def as_json(done: Loaded, *, dry_run: bool) -> dict[str, Any]:
    """`loaded` counts audits; `skipped` and `refused` name sheet and row (`row` null: a sheet).

    After a trial `loaded` is what would be loaded.
    """
    plan = done.plan
    return {
        "loaded": done.loaded,
        "skipped": [item._asdict() for item in plan.skipped],
        "refused": [fault._asdict() for fault in plan.refused],
        "refused_rows": plan.refused_rows,
        "new_teams": plan.new_teams,
        "kept_as_written": plan.unknown,
        "dry_run": dry_run,
    }


def as_text(done: Loaded, *, dry_run: bool) -> Iterator[str]:
    """Sentences: what was loaded, what was passed over, what was refused and why."""
    plan = done.plan
    yield _headline(done, dry_run)
    for layout in plan.reading.layouts:
        if layout.ignored:
            columns = ", ".join(layout.ignored)
            yield f"Sheet {layout.sheet}: columns that were not read: {columns}."
    yield from skipped_lines(plan)
    yield from unknown_lines(plan)
    if plan.new_teams:
        yield f"Teams added: {', '.join(plan.new_teams)}."
    if plan.refused:
        yield f"{_counted(plan.refused_rows, 'row')} refused:"
        yield from (f"  {fault_line(fault)}" for fault in plan.refused[:_SHOWN])
    if len(plan.refused) > _SHOWN:
        yield f"  and {len(plan.refused) - _SHOWN:,} more (all of them with --format json)."


def _headline(done: Loaded, dry_run: bool) -> str:
    plan = done.plan
    count = _counted(done.loaded, "audit")
    if plan.refused and not plan.choices.skip_bad_rows:
        return (
            f"Nothing was loaded from {plan.reading.name}. Correct the rows below, or load the "
            f"other {_counted(len(plan.rows), 'audit')} with --skip-bad-rows."
        )
    if dry_run:
        return f"A trial: {plan.reading.name} would load {count}."
    return f"Loaded {count} from {plan.reading.name}."


def skipped_lines(plan: Plan) -> Iterator[str]:
    """How many rows were passed over, by reason; each sheet that was passed over by its name."""
    rows = Counter(item.reason for item in plan.skipped if item.row is not None)
    for reason, count in sorted(rows.items()):
        yield f"Passed over: {_counted(count, 'row')} ({reason})."
    for item in plan.skipped:
        if item.row is None:
            yield f"Passed over: sheet {item.sheet} ({item.reason})."


def unknown_lines(plan: Plan) -> Iterator[str]:
    """How many names and case references are not known here and are kept as written."""
    for kind, (one, many) in _UNKNOWN.items():
        count = plan.unknown.get(kind, 0)
        if count:
            noun = one if count == 1 else many
            yield f"Not known here, kept as written: {count:,} {noun}."


def fault_line(fault: Fault) -> str:
    """One refusal in one line: sheet, row, column, value, reason."""
    value = f" “{fault.value}”" if fault.value else ""
    return f"{fault.sheet}, row {fault.row}, {fault.column}:{value} {fault.reason}."


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
