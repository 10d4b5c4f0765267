"""Turns the rows under a sheet's headings into audits, faults, and rows passed over."""

import re
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from operator import itemgetter
from typing import Any, Final

from qa_app.audits.workbook import values
from qa_app.audits.workbook.archive import Formula
from qa_app.audits.workbook.fields import (
    AuditRow,
    Fault,
    Field,
    Known,
    Reading,
    SheetLayout,
    Skipped,
)
from qa_app.audits.workbook.spellings import NO_ACTION, NOTHING_WRITTEN
from qa_app.audits.workbook.values import Misread

BLANK: Final = "blank row"
TOTALS: Final = "totals row"
NOTE: Final = "note"
HEADINGS_AGAIN: Final = "headings repeated"

_FIELDS: Final = tuple(Field)
_AT: Final = {field: position for position, field in enumerate(_FIELDS)}
_CASE, _DONE = _AT[Field.CASE_REF], _AT[Field.COMPLETED_ON]
_AUDITOR = _AT[Field.AUDITOR]
_GRADES: Final = (_AT[Field.AUDITOR_GRADE], _AT[Field.FINAL_GRADE])
# A line of figures under the table: it has no date and no auditor, so it cannot be an audit.
_TOTALS: Final = re.compile(
    r"\W*((grand |sub |running )?totals?|good or better|average|mean|sum|count|number of"
    r"|per ?cent|%)",
    re.IGNORECASE,
)
_UNSAVED: Final = "This cell holds a formula whose result was not saved. Type the value instead"


class _Remembered(dict[Any, Any]):
    """What each distinct cell means; most columns of a log hold a handful of values."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, cell: Any) -> Any:
        try:
            found = self.read(cell)
        except Misread as fault:
            found = fault
        self[cell] = found
        return found


class RowReader:
    """Reads rows into a Reading; remembers spellings and references from sheet to sheet."""

    def __init__(self, reading: Reading, known: Known) -> None:
        self.reading = reading
        self.references: dict[str, tuple[str, int]] = {}
        grade = _Remembered(values.grade)
        name = _Remembered(values.name)
        findings = values.written(NOTHING_WRITTEN)
        # One reader a field, in the order of Field. Case numbers and texts are seldom repeated.
        self.readers: tuple[Callable[[Any], Any], ...] = (
            _plainly(values.reference),
            _plainly(values.case_reference),
            _Remembered(values.team(known.teams, known.any_team)).__getitem__,
            name.__getitem__,
            _Remembered(values.post(known.posts)).__getitem__,
            _Remembered(values.past_date(known.today)).__getitem__,
            grade.__getitem__,
            name.__getitem__,
            grade.__getitem__,
            _Remembered(values.yes_or_no).__getitem__,
            findings,
            findings,
            values.written(NO_ACTION),
            _Remembered(values.due_date).__getitem__,
            _Remembered(values.done_date(known.today)).__getitem__,
        )

    def read(
        self,
        layout: SheetLayout,
        rows: Iterable[tuple[int, list[Any]]],
        formulas: Mapping[tuple[int, int], Formula],
    ) -> None:
        """Read the rows that follow the headings; `formulas` by row and column as read."""
        sheet = _Sheet(layout, formulas)
        for number, cells in rows:
            if len(cells) <= sheet.last:
                cells.extend([""] * (sheet.last + 1 - len(cells)))
            cells.append("")
            picked = sheet.pick(cells)
            if not (picked[_CASE] and picked[_DONE]):
                why = self._passed_over(sheet, number, picked, cells)
                if why is not None:
                    self.reading.skipped.append(Skipped(layout.sheet, number, why))
                    continue
            self._one(sheet, number, picked)

    def _passed_over(
        self, sheet: "_Sheet", number: int, picked: tuple[Any, ...], cells: list[Any]
    ) -> str | None:
        """Why a row without a case number or a date is no audit; None where it may be one."""
        written = [str(cell).strip() for cell in cells if cell != "" and str(cell).strip()]
        here = sheet.formulas_in(number)
        if not written and not here:
            return BLANK
        dated, audited = str(picked[_DONE]).strip(), str(picked[_AUDITOR]).strip()
        # The words themselves may stand in the column of dates.
        undated = not dated or (written[0] == dated and not str(picked[_CASE]).strip())
        if undated and not audited and written and _TOTALS.match(written[0]):
            return TOTALS
        if dated or str(picked[_CASE]).strip():
            return None
        graded = any(picked[at] and isinstance(self.readers[at](picked[at]), str) for at in _GRADES)
        return None if graded and len(written) >= 3 else NOTE

    def _one(self, sheet: "_Sheet", number: int, picked: tuple[Any, ...]) -> None:
        found = [read(cell) for read, cell in zip(self.readers, picked, strict=True)]
        if Misread in map(type, found) and sheet.is_heading(picked):
            self.reading.skipped.append(Skipped(sheet.layout.sheet, number, HEADINGS_AGAIN))
            return
        faults = sheet.faults(number, picked, found)
        row = None if faults else _audit_row(sheet.layout.sheet, number, found)
        again = self._repeated(sheet, number, row.audit_ref if row else found[0], picked[0])
        if again is not None:
            faults.append(again)
        if row is not None and again is None:
            self.reading.rows.append(row)
            return
        self.reading.refused.extend(faults)
        self.reading.refused_rows += 1

    def _repeated(self, sheet: "_Sheet", number: int, reference: Any, written: Any) -> Fault | None:
        """Of the rows that share a reference the first stands, even where it is itself refused."""
        if reference.__class__ is not str or not reference:
            return None
        first = self.references.setdefault(reference.casefold(), (sheet.layout.sheet, number))
        if first == (sheet.layout.sheet, number):
            return None
        where = f"row {first[1]}" + ("" if first[0] == sheet.layout.sheet else f" of {first[0]}")
        return sheet.fault(number, 0, written, f"The audit in {where} has the same reference")


class _Sheet:
    """A sheet's layout, ready for many rows."""

    def __init__(self, layout: SheetLayout, formulas: Mapping[tuple[int, int], Formula]) -> None:
        self.layout = layout
        self.formulas = formulas
        self.last = max(position for position, _ in layout.columns.values())
        # The last cell of every row is an empty one added by `read`: a field without a column.
        self.positions = [layout.columns.get(field, (-1, ""))[0] for field in _FIELDS]
        self.pick = itemgetter(*self.positions)
        self.headings = [layout.columns.get(field, (-1, ""))[1] for field in _FIELDS]
        self.grade_column = _GRADES[1] if self.headings[_GRADES[1]] else _GRADES[0]
        self.formula_rows = {row for row, _ in formulas}

    def formulas_in(self, number: int) -> bool:
        return number in self.formula_rows

    def is_heading(self, picked: tuple[Any, ...]) -> bool:
        """Whether the row repeats the headings, as at the top of each printed page."""
        return all(
            str(picked[at]).strip().casefold() == self.headings[at].casefold()
            for at in (_CASE, _DONE)
        )

    def fault(self, number: int, at: int, cell: Any, reason: str) -> Fault:
        shown = values.shown(cell)
        if at == _CASE and shown and not any(sign.isdigit() for sign in shown):
            # Words in this column are likely to be a child's name (I5).
            shown = "(withheld)"
        column = self.headings[at] or _FIELDS[at].value
        return Fault(self.layout.sheet, number, column, shown, reason)

    def faults(self, number: int, picked: tuple[Any, ...], found: list[Any]) -> list[Fault]:
        """Everything that is wrong with one row."""
        wrong: list[Fault] = []
        if Misread in map(type, found):
            wrong = [
                self.fault(number, at, picked[at], value.reason)
                for at, value in enumerate(found)
                if value.__class__ is Misread
            ]
        if number in self.formula_rows:
            wrong = self._formula_faults(number, picked, wrong)
        if not wrong and found[_GRADES[0]] is None and found[_GRADES[1]] is None:
            wrong.append(self.fault(number, self.grade_column, "", "Enter a grade"))
        return wrong

    def _formula_faults(
        self, number: int, picked: tuple[Any, ...], faults: list[Fault]
    ) -> list[Fault]:
        """Add what only the formulas tell: a case number that is one, a result never saved."""
        told = {fault.column: fault for fault in faults}
        for at, position in enumerate(self.positions):
            formula = self.formulas.get((number, position)) if position >= 0 else None
            if formula is None:
                continue
            if at == _CASE:
                reason = "Type the case number in place of the formula"
            elif picked[at] == "" and not formula.answers_with_text:
                reason = _UNSAVED
            else:
                continue
            shown = values.shown("=" + formula.text)
            told[self.headings[at]] = Fault(
                self.layout.sheet, number, self.headings[at], shown, reason
            )
        return list(told.values())


def _plainly(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """The reader with its Misread given back in place of raised."""

    def attempt(cell: Any) -> Any:
        try:
            return read(cell)
        except Misread as fault:
            return fault

    return attempt


def _audit_row(sheet: str, number: int, found: list[Any]) -> AuditRow:
    """Make the row and its digest, from which an audit without a reference takes one."""
    digest = _digest(found)
    reference = found[0] or f"W-{digest.hex()[:12]}"
    said: list[Any] = [sheet, number, reference, *found[1:], digest]
    return AuditRow(*said)


def _digest(found: list[Any]) -> bytes:
    """Hash what a row says, whatever its sheet, spelling of names, or order of columns."""
    parts = "\x1f".join(map(str, found))
    return blake2b(parts.casefold().encode(), digest_size=16).digest()
