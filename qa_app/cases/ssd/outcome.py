"""What an import did, as JSON for scripts and as sentences for people."""

from collections.abc import Iterator
from typing import Any

from qa_app.cases.ssd.loading import LoadResult
from qa_app.cases.ssd.report import Fault

KIND_WORDS = {
    "teams": "teams",
    "people": "people",
    "posts": "posts",
    "roles": "roles",
    "cases": "cases",
    "involvements": "involvements",
}
_SHOWN = 200


def as_json(result: LoadResult) -> dict[str, Any]:
    """`loaded` counts records added or changed; `refused` and `skipped` name the rows.

    A file is given as `sheet` too, so that one script reads what either import refuses.
    """
    return {
        "loaded": result.loaded,
        "skipped": [item._asdict() for item in result.skipped],
        "refused": [{"sheet": fault.file, **fault._asdict()} for fault in result.refused],
        "new": result.total("new"),
        "changed": result.total("changed"),
        "unchanged": result.total("unchanged"),
        "ended": result.total("ended"),
        "counts": {kind: count.as_dict() for kind, count in result.counts.items()},
        "rows": dict(sorted(result.report.rows.items())),
        "accepted": dict(sorted(result.report.accepted.items())),
        "notices": result.notices,
        "as_at": result.as_at.isoformat(),
        "dry_run": result.dry_run,
    }


def as_text(result: LoadResult) -> Iterator[str]:
    """Sentences: what was loaded, what was passed over, what was refused and why."""
    yield from headline(result)
    for kind, count in result.counts.items():
        said = f"{count.new:,} new, {count.changed:,} changed, {count.unchanged:,} unchanged"
        ended = f", {count.ended:,} ended" if count.ended else ""
        yield f"  {KIND_WORDS[kind].capitalize()}: {said}{ended}."
    yield from result.notices
    if result.skipped:
        rows = sum(item.rows for item in result.skipped)
        yield f"{rows:,} {'row was' if rows == 1 else 'rows were'} passed over:"
        yield from (
            f"  {_where(i.file, i.row, i.rows)}: {i.reason}." for i in result.skipped[:_SHOWN]
        )
    if result.refused:
        yield f"{len(result.refused):,} refused:"
        yield from map(fault_line, result.refused[:_SHOWN])
    more = len(result.refused) - _SHOWN
    if more > 0:
        yield f"  and {more:,} more (all of them with --format json)."


def headline(result: LoadResult) -> Iterator[str]:
    """The first sentences: was anything loaded, and why not."""
    day = result.as_at.isoformat()
    if result.refused_whole:
        yield f"Nothing was loaded from the extract as at {day}: strict, and there are faults."
    elif result.dry_run:
        yield f"A trial: the extract as at {day} would load {result.loaded:,} records."
    else:
        yield f"Loaded {result.loaded:,} records from the extract as at {day}."


def _where(file: str, row: int | None, rows: int) -> str:
    return f"{file}, row {row}" if row is not None else f"{file}, {rows:,} rows"


def fault_line(fault: Fault) -> str:
    """One refusal in one line: file, row, column, value, reason."""
    column = f", {fault.column}" if fault.column else ""
    value = f" “{fault.value}”" if fault.value else ""
    return f"  {fault.file}, row {fault.row}{column}:{value} {fault.reason}."
