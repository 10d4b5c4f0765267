"""Finding the extract's files, and their records whatever wrote them."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from qa_app.cases.ssd.report import ExtractUnusable
from qa_app.cases.ssd.tables import PERSON, TABLES

_CHUNK = 1 << 20
_DELIMITERS = ",;\t|"
_MOST_LINES_IN_A_ROW = 50


class Record(NamedTuple):
    """One record: its row as a spreadsheet counts it, how many lines it runs over, its cells."""

    row: int
    lines: int
    cells: list[str]

    @property
    def runs_on(self) -> bool:
        """Whether so many lines were read as one row that a quotation mark must be unclosed."""
        return self.lines > _MOST_LINES_IN_A_ROW


def find_files(directory: Path) -> dict[str, Path]:
    """The extract's files by table, from their names in any case, with or without "ssd_".

    Raises ExtractUnusable where the directory or the table of persons is missing, or where two
    files claim to be the same table.
    """
    if not directory.is_dir():
        raise ExtractUnusable(f"There is no directory {directory}.")
    stems = {table.stem: table.stem for table in TABLES}
    stems |= {stem.removeprefix("ssd_"): stem for stem in stems}
    found: dict[str, Path] = {}
    for path in sorted(directory.iterdir()):
        stem = stems.get(path.stem.lower().strip())
        if stem is None or path.suffix.lower() != ".csv":
            continue
        if stem in found:
            raise ExtractUnusable(f"{found[stem].name} and {path.name} are both {stem}.")
        found[stem] = path
    if PERSON.stem not in found:
        raise ExtractUnusable(f"The extract has no {PERSON.file}: without it there are no cases.")
    return found


def encoding_of(path: Path) -> str:
    """UTF-8 (with or without BOM), UTF-16 by its BOM, else cp1252, which older systems write."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        start = file.read(2)
        if start in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            return "utf-16"
        file.seek(0)
        try:
            while chunk := file.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"


def records(path: Path) -> Iterator[Record]:
    """The file's records, streamed. Raises ExtractUnusable where it stops being a CSV file."""
    # cp1252 leaves five bytes undefined: they are replaced, since nothing that is kept holds them.
    with path.open(encoding=encoding_of(path), errors="replace", newline="") as file:
        heading = file.readline()
        delimiter = max(_DELIMITERS, key=heading.count)
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter)
        row = lines = 0
        try:
            for row, cells in enumerate(reader, start=1):
                yield Record(row, reader.line_num - lines, cells)
                lines = reader.line_num
        except csv.Error:
            raise ExtractUnusable(
                f"{path.name} cannot be read after row {row}: is a quotation mark left open?"
            ) from None
