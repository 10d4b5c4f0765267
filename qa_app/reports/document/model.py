"""The tree of a report: sections of paragraphs, lists, tables, charts and what people wrote.

It is stored as JSON with the version that was published, so that every format of it, on every day,
is drawn from the same tree. It holds texts and numbers only: no markup of any kind.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from qa_app.reports.figures.figure import Key


@dataclass(frozen=True)
class Cell:
    """A table's cell. `key` names the figure that it prints, if it prints one: on a page it opens
    onto what is behind it (R2). `number` is its value for a spreadsheet, None for a text."""

    text: str
    key: Key | None = None
    number: int | float | None = None


@dataclass(frozen=True)
class Table:
    """A table: what it shows, and under it the basis (period, grades, selection, data cut) and
    `notes` (what "c" means, what n is). The first column heads each row. `total` is its last row,
    if it has one. `id` is its own in the report."""

    id: str
    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    basis: str = ""
    notes: tuple[str, ...] = ()
    total: tuple[Cell, ...] | None = None
    empty: str = "There is nothing to show."

    def __post_init__(self) -> None:
        every = [*self.rows, *([self.total] if self.total else [])]
        if any(len(row) != len(self.columns) for row in every):
            raise ValueError(f"a row of {self.id} has not as many cells as the table has columns")
        if not all(self.columns):
            raise ValueError(f"a column of {self.id} has no heading")

    @property
    def every_row(self) -> tuple[tuple[Cell, ...], ...]:
        """The rows, and the total under them."""
        return (*self.rows, self.total) if self.total else self.rows

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns hold figures, and so stand to the right."""
        return tuple(
            any(cell.key or cell.number is not None for cell in column)
            for column in zip(*self.every_row, strict=True)
        ) or (False,) * len(self.columns)


@dataclass(frozen=True)
class Chart:
    """A picture: `spec` is its Vega-Lite specification, `description` its alternative text. The
    table with all of its figures stands beside it in the same section (AC-8)."""

    id: str
    title: str
    description: str
    spec: Mapping[str, Any]


@dataclass(frozen=True)
class Paragraph:
    """A paragraph made from the figures."""

    text: str


@dataclass(frozen=True)
class Bullets:
    """A list made from the figures; numbered where its order says something."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Written:
    """A place where a person writes: `text` is what they wrote, with blank lines between paragraphs
    and lines beginning "- " as a list. `hint` says what belongs there; `suggestions` are sentences
    that state what the figures say, to begin from. Only a draft shows hint and suggestions."""

    slot: str
    hint: str
    text: str = ""
    suggestions: tuple[str, ...] = ()
    needed: bool = True

    @property
    def parts(self) -> tuple["Paragraph | Bullets", ...]:
        """What was written as paragraphs and lists, in its order."""
        return tuple(part for block in _blocks(self.text) for part in _parts(block))


Block = Table | Chart | Paragraph | Bullets | Written

_POINT: Final = "- "


def _blocks(text: str) -> Iterator[list[str]]:
    """The lines between blank ones."""
    lines = [line.strip() for line in text.splitlines()]
    for blank, block in groupby(lines, key=lambda line: not line):
        if not blank:
            yield list(block)


def _parts(lines: Iterable[str]) -> Iterator[Paragraph | Bullets]:
    for listed, found in groupby(lines, key=lambda line: line.startswith(_POINT)):
        if listed:
            yield Bullets(tuple(line.removeprefix(_POINT).strip() for line in found))
        else:
            yield Paragraph(" ".join(found))


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it; `id` is its own in the report, and its address. `parts`
    are the sections below it."""

    id: str
    title: str
    blocks: tuple[Block, ...] = ()
    parts: tuple["Section", ...] = ()


@dataclass(frozen=True)
class Document:
    """A whole report. `about` says period, basis, data cut and version, in pairs for its cover."""

    kind: str
    title: str
    subtitle: str
    about: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    marking: str = "OFFICIAL-SENSITIVE"
    draft: bool = True
    public: bool = False
