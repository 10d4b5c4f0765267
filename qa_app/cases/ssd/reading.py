"""One table, read row by row: typed cells, faults, and what is told twice."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any, Final, Generic

from qa_app.cases.ssd import cells
from qa_app.cases.ssd.cells import WITHHELD, BadCell
from qa_app.cases.ssd.files import Record, records
from qa_app.cases.ssd.report import ExtractUnusable, Report
from qa_app.cases.ssd.roles import role_of
from qa_app.cases.ssd.tables import PERSON, Column, Kind, R, Table

_READERS: Final[dict[Kind, Callable[[str], Any]]] = {
    Kind.ID: cells.read_id,
    Kind.TEAM: cells.read_text,
    Kind.DATE: cells.read_date,
    Kind.BIRTH: cells.read_date,
    Kind.TEXT: cells.read_words,
    Kind.ROLE: role_of,
    Kind.FLAG: cells.read_flag,
}


@dataclass(slots=True)
class Reading(Generic[R]):
    """The rows of one table that hold so far, by key, and those refused.

    `refused` gives the row on which a refused key stands; `refused_for` the rows refused for each
    child, so that what is worked out about the child can say what it lacks.
    """

    table: Table[R]
    file: str
    present: bool
    rows: dict[Any, R] = field(default_factory=dict)
    refused: dict[Any, int] = field(default_factory=dict)
    refused_for: dict[str, list[int]] = field(default_factory=dict)

    def drop(self, key: Any) -> None:
        """Take out a row that was refused after it was read."""
        row = self.rows.pop(key)
        self.refused[key] = row.line
        self.note_child(getattr(row, "child", None), row.line)

    def note_child(self, child: str | None, line: int) -> None:
        """Remember that a row about this child was refused."""
        if child is not None:
            self.refused_for.setdefault(child, []).append(line)


def read_table(table: Table[R], path: Path | None, as_at: date, report: Report) -> Reading[R]:
    """Read one table, or nothing where its file is missing. Faults go into the report."""
    if path is None:
        report.missing.append(table.file)
        return Reading(table, table.file, present=False)
    reading = Reading(table, path.name, present=True)
    source = _rows(path)
    layout = _layout(reading, next(source, None), report)
    if layout is None:
        reading.present = False
        return reading
    reader = _TableReader(reading, layout, as_at, report)
    for record in source:
        reader.take(record)
    reader.settle()
    return reading


def _rows(path: Path) -> Iterator[Record]:
    """The records that hold anything."""
    return (record for record in records(path) if any(map(str.strip, record.cells)))


def _heading(text: str) -> str:
    return "_".join(cells.clean(text).strip("\"'").lower().replace("-", " ").split())


@dataclass(slots=True)
class _Layout:
    """Where each column that is taken stands, and how many headings there are."""

    places: list[tuple[int, Column]]
    width: int


def _layout(reading: Reading[R], record: Record | None, report: Report) -> _Layout | None:
    table = reading.table
    headings = [_heading(cell) for cell in record.cells] if record else []
    missing = [name for name in table.needed if name not in headings]
    if missing and table is PERSON:
        raise ExtractUnusable(f"{reading.file} has no heading {missing[0]}.")
    for name in missing:
        reason = "this heading is missing, so nothing can be read from the file"
        report.refuse(reading.file, record.row if record else 1, name, "", reason)
    if missing:
        return None
    places = [(headings.index(c.name), c) for c in table.columns if c.name in headings]
    return _Layout(places, len(headings))


class _TableReader(Generic[R]):
    """Takes records one by one; knows which identifiers came before, and with what content."""

    def __init__(self, reading: Reading[R], layout: _Layout, as_at: date, report: Report) -> None:
        self.reading = reading
        self.layout = layout
        self.as_at = as_at
        self.report = report
        self.seen: dict[Any, tuple[int, int]] = {}
        self.clashes: dict[Any, list[int]] = {}
        self.readers = [(place, c, _reader_of(c, as_at)) for place, c in layout.places]

    def take(self, record: Record) -> None:
        """Read one record: keep its row, or say why not."""
        self.report.rows[self.reading.table.stem] += 1
        if self._misshapen(record):
            return
        values, faulty = self._values(record)
        key = self._key(values, faulty=faulty)
        if key is not None and self._told_before(key, record, values):
            return
        if faulty or self._ends_before_start(record, values):
            if key is not None:
                self.reading.refused[key] = record.row
            self.reading.note_child(values.get("child"), record.row)
            return
        self.reading.rows[key] = self._make(record.row, values)

    def settle(self) -> None:
        """Refuse every row of an identifier that was told in different ways."""
        for key, lines in self.clashes.items():
            if key in self.reading.rows:
                self.reading.drop(key)
            column = self.reading.table.columns[0].name
            listed = ", ".join(str(line) for line in lines[:10])
            reason = f"rows {listed} give this identifier with different content: none is loaded"
            for line in lines:
                self._refuse(line, column, cells.showable_id(key), reason)

    def _refuse(self, row: int, column: str, value: str, reason: str) -> None:
        self.report.refuse(self.reading.file, row, column, value, reason)

    def _misshapen(self, record: Record) -> bool:
        # A comma too many moves every cell after it into another's column: a name could end up in
        # a column that is kept. So such a row is not read at all.
        width = self.layout.width
        if any(map(str.strip, record.cells[width:])):
            self._refuse(record.row, "", WITHHELD, "the row has more cells than there are headings")
            return True
        if record.runs_on or (record.lines > 1 and len(record.cells) < width):
            reason = f"{record.lines} lines were read as one row: a quotation mark is left open"
            self._refuse(record.row, "", WITHHELD, reason)
            return True
        return False

    def _values(self, record: Record) -> tuple[dict[str, Any], bool]:
        values: dict[str, Any] = {}
        faulty = False
        found = record.cells
        width = len(found)
        for place, column, read in self.readers:
            text = cells.clean(found[place]) if place < width else ""
            try:
                if text:
                    values[column.into] = read(text)
                elif column.required:
                    raise BadCell("is empty")
            except BadCell as bad:
                self._refuse(record.row, column.name, _shown(column, text), bad.message)
                faulty = True
        return values, faulty

    def _key(self, values: dict[str, Any], *, faulty: bool) -> Any:
        if self.reading.table.keyed:
            return values.get("id")
        return None if faulty else tuple(values.values())

    def _told_before(self, key: Any, record: Record, values: dict[str, Any]) -> bool:
        """Whether an earlier row has this key: the same told again, or something else."""
        # Whole rows are compared, so that two children under one number are noticed by columns
        # that are never kept; of those only this sum is remembered, and only while reading.
        keyed = self.reading.table.keyed
        content = hash(tuple([cell.strip() for cell in record.cells])) if keyed else 0
        first = self.seen.setdefault(key, (record.row, content))
        if first[0] == record.row:
            return False
        if first[1] == content:
            self.report.skip(self.reading.file, record.row, f"the same as row {first[0]}")
        else:
            self.clashes.setdefault(key, [first[0]]).append(record.row)
            self.reading.note_child(values.get("child"), record.row)
        return True

    def _ends_before_start(self, record: Record, values: dict[str, Any]) -> bool:
        start, end = values.get("start"), values.get("end")
        if start is None or end is None or end >= start:
            return False
        place, column = next(found for found in self.layout.places if found[1].into == "end")
        shown = cells.showable_date(cells.clean(record.cells[place]))
        self._refuse(record.row, column.name, shown, "is before the start")
        return True

    def _make(self, row: int, values: dict[str, Any]) -> R:
        if self.reading.table is PERSON:
            born, expected = values.pop("born", None), values.pop("expected", None)
            values["age_band"] = cells.age_band(born, expected, self.as_at)
        return self.reading.table.row(line=row, **values)


def _reader_of(column: Column, as_at: date) -> Callable[[str], Any]:
    """What reads the column's cells. The same few thousand dates come again and again."""
    if column.kind is Kind.DATE:
        return cache(partial(cells.read_period_date, as_at=as_at, ends=column.into == "end"))
    if column.into == "born":
        return cache(partial(cells.read_birth, as_at=as_at))
    return _READERS[column.kind]


def _shown(column: Column, text: str) -> str:
    """The refused value as a report may show it (I5)."""
    if not text:
        return ""
    if column.kind is Kind.DATE:
        return cells.showable_date(text)
    return cells.showable_id(text) if column.kind is Kind.ID else WITHHELD
