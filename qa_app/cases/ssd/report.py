"""What one reading of an extract has to say about itself: faults, rows passed over, counts."""

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from qa_app.domain.errors import DomainError


class ExtractUnusable(DomainError):
    """The extract as a whole cannot be read: nothing is loaded from it."""


class Fault(NamedTuple):
    """Why a row is refused. `row` is what a spreadsheet shows: the headings are row 1."""

    file: str
    row: int
    column: str
    value: str
    reason: str


class Skipped(NamedTuple):
    """Rows passed over without fault: one row, or with `row` None, `rows` of them."""

    file: str
    row: int | None
    reason: str
    rows: int = 1


@dataclass(slots=True)
class Report:
    """Collects while the extract is read. `rows` counts rows found, `accepted` those that hold."""

    faults: list[Fault] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    accepted: Counter[str] = field(default_factory=Counter)

    def refuse(self, file: str, row: int, column: str, value: str, reason: str) -> None:
        """Note one fault."""
        self.faults.append(Fault(file, row, column, value, reason))

    def skip(self, file: str, row: int | None, reason: str, rows: int = 1) -> None:
        """Note rows that are passed over."""
        self.skipped.append(Skipped(file, row, reason, rows))

    def sort(self) -> None:
        """Put faults and skipped rows in the order of the files, whatever order found them."""
        self.faults.sort()
        self.skipped.sort(key=lambda item: (item.file, item.row or 0, item.reason))
