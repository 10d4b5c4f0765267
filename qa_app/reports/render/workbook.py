"""A document as a workbook: one table a sheet, values only, nothing merged (AC-11)."""

import importlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any, Final

from qa_app.reports.document import Cell, Document, Section, Table
from qa_app.reports.exports import COLUMNS, SAFE, write_table
from qa_app.reports.figures import Figures
from qa_app.reports.render.texts import clean, draft_words, moment_of

_LONGEST_NAME: Final = 31
_NOT_IN_A_NAME: Final = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_LONGEST_TEXT: Final = 32_767  # characters that a cell can hold

Value = str | int | float | None


def xlsx_bytes(document: Document, figures: Figures) -> bytes:
    """The workbook: what it is, every figure in the columns of the measures, then each table."""
    library: Any = importlib.import_module("xlsxwriter")
    out = BytesIO()
    tables = list(tables_of(document.sections))
    names = [_sheet_name(number, table) for number, table in enumerate(tables, 1)]
    with library.Workbook(out, {"in_memory": True, **SAFE}) as book:
        book.set_properties({"title": clean(document.title), "created": moment_of(document)})
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        about = _about(document, names, tables)
        write_table(book.add_worksheet("About"), ("About", "Value"), about, bold)
        rows = [[_value(value) for value in figure.to_row().values()] for figure in figures]
        write_table(book.add_worksheet("Figures"), COLUMNS, rows, bold)
        for name, table in zip(names, tables, strict=True):
            found = [[_of_cell(cell) for cell in row] for row in table.every_row]
            heading = [str(_value(column)) for column in table.columns]
            write_table(book.add_worksheet(name), heading, found, bold)
    return out.getvalue()


def tables_of(sections: Sequence[Section]) -> Iterator[Table]:
    """The tables of a document, in its order."""
    for section in sections:
        yield from (block for block in section.blocks if isinstance(block, Table))
        yield from tables_of(section.parts)


def _sheet_name(number: int, table: Table) -> str:
    """A name of its own in the book, of letters that a sheet's may have."""
    plain = " ".join(clean(table.caption).translate(_NOT_IN_A_NAME).split())
    return f"{number} {plain}"[:_LONGEST_NAME].rstrip()


def _about(
    document: Document, names: Sequence[str], tables: Sequence[Table]
) -> list[tuple[Value, Value]]:
    said = [
        ("Report", document.title),
        ("For", document.subtitle),
        ("Marking", document.marking),
        *([("State", draft_words(document))] if document.draft else []),
        *document.about,
    ]
    for name, table in zip(names, tables, strict=True):
        said += [(f"Sheet {name}", table.caption)]
        said += [("Basis", each) for each in (table.basis, *table.notes) if each]
    return [(_value(first), _value(second)) for first, second in said]


def _of_cell(cell: Cell) -> Value:
    return _value(cell.text) if cell.number is None else cell.number


def _value(value: Value) -> Value:
    return clean(value)[:_LONGEST_TEXT] if isinstance(value, str) else value
