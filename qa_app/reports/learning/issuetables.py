"""The tables of the issues log: as a page prints them, and flat for a file (T2, IN-3)."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from qa_app.domain.calendar import Month
from qa_app.domain.comparing import how_many
from qa_app.formatting import n_pct
from qa_app.reports.exports import Cell
from qa_app.reports.learning.issues import Across, Counting, IssuesLog, Span, ThemeLine

Opens = Callable[..., str]
"""(theme's code, span, counting, …) → the address of the findings behind a figure (R2)."""

BASIS: Final = (
    "Finished audits by month of completion; an audit counts once under each theme that was found "
    "in it, main or other; all selections"
)
_ORDER: Final = (Span.MONTH, Span.BEFORE, Span.QUARTER, Span.YEAR)


@dataclass(frozen=True)
class PageTable:
    """A table of the page: columns and rows as components/table.html takes them."""

    id: str
    caption: str
    columns: list[dict[str, Any]]
    rows: list[list[Any]]
    basis: str


def tables(
    log: IssuesLog, across: Across, over: Span, opens: Opens, codes: Mapping[str, str]
) -> list[PageTable]:
    """The log's tables: areas for development over time, divided, then strengths. `codes` are what
    an address calls each part, by its name; a part that has none opens nothing."""
    divided = _divided(log, across, over, opens, codes)
    return [_over_time(log, opens), divided, _strengths(log, opens)]


def _over_time(log: IssuesLog, opens: Opens) -> PageTable:
    rows = []
    for line in log.lines:
        cells: list[Any] = [line.theme.name]
        for span in _ORDER:
            cells.append(_share(log, line, span, opens))
        href = opens(line.theme.code, Span.MONTH, Counting.RECORDING) if line.recording else None
        rows.append([*cells, line.trend, {"text": str(line.recording), "href": href}])
    columns: list[dict[str, Any]] = [
        {"text": "Theme"},
        *({"text": f"{_title(log, span)}, n = {log.n(span)}", "numeric": True} for span in _ORDER),
        {"text": f"{log.asked.month.words} against {_before(log).words}"},
        {"text": "Of the month’s, about recording only", "numeric": True},
    ]
    basis = f"{BASIS}. {how_many(len(rows))}"
    return PageTable("development", "Audits with an area for development", columns, rows, basis)


def _divided(
    log: IssuesLog, across: Across, over: Span, opens: Opens, codes: Mapping[str, str]
) -> PageTable:
    parts, table = log.across(across, over)

    def cell(code: str, part: str, count: int) -> Any:
        if not count or part not in codes:
            return str(count)
        narrowed = {across.value: codes[part]}
        return {"text": str(count), "href": opens(code, over, Counting.DEVELOPMENT, **narrowed)}

    rows: list[list[Any]] = []
    for line in log.lines:
        counts = table.get(line.theme.id)
        if counts:
            cells = [cell(line.theme.code, part, counts[part]) for part in parts]
            rows.append([line.theme.name, *cells])
    columns: list[dict[str, Any]] = [
        {"text": "Theme"},
        *({"text": part, "numeric": True} for part in parts),
    ]
    caption = f"Audits with an area for development by {across.words.lower()}"
    return PageTable("divided", f"{caption}, {log.asked.words(over)}", columns, rows, BASIS)


def _strengths(log: IssuesLog, opens: Opens) -> PageTable:
    rows: list[list[Any]] = []
    for line in sorted(log.lines, key=lambda each: (-each.strengths, each.theme.name.casefold())):
        if line.strengths:
            href = opens(line.theme.code, Span.MONTH, Counting.STRENGTH)
            text = n_pct(line.strengths, log.n(Span.MONTH), 1)
            rows.append([line.theme.name, {"text": text, "href": href}])
    n = log.n(Span.MONTH)
    columns: list[dict[str, Any]] = [
        {"text": "Theme"},
        {"text": f"{log.asked.month.words}, n = {n}", "numeric": True},
    ]
    return PageTable("strengths", "Audits with a strength", columns, rows, BASIS)


def _share(log: IssuesLog, line: ThemeLine, span: Span, opens: Opens) -> Any:
    count, n = line.counts[span], log.n(span)
    if not count:
        return "0" if n else "–"
    return {
        "text": n_pct(count, n, 1),
        "href": opens(line.theme.code, span, Counting.DEVELOPMENT),
    }


def flat(log: IssuesLog, across: Across, over: Span) -> tuple[list[str], Sequence[Sequence[Cell]]]:
    """Headings that say what is counted, and a row a theme."""
    parts, table = log.across(across, over)
    headings = ["Theme"]
    for span in _ORDER:
        words = _title(log, span)
        headings += [f"Audits with an area for development, {words}", f"Audits, {words}"]
    headings += [
        f"{log.asked.month.words} against {_before(log).words}",
        f"Of these about recording only, {log.asked.month.words}",
        f"Audits with a strength, {log.asked.month.words}",
        *(f"{across.words} {part}, {log.asked.words(over)}" for part in parts),
    ]
    rows: list[Sequence[Cell]] = []
    for line in log.lines:
        row: list[Cell] = [line.theme.name]
        for span in _ORDER:
            row += [line.counts[span], log.n(span)]
        counts = table.get(line.theme.id, Counter())
        row += [line.trend, line.recording, line.strengths]
        rows.append([*row, *(counts.get(part, 0) for part in parts)])
    return headings, rows


def _title(log: IssuesLog, span: Span) -> str:
    return log.asked.words(span)


def _before(log: IssuesLog) -> Month:
    return log.asked.months(Span.BEFORE)[0]
