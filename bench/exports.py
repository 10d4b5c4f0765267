"""How long files take: long lists against the bare libraries, reports as PDF, Word and Excel.

`python -m bench.exports` writes 100,000 rows as CSV and XLSX and the same with the csv module and
XlsxWriter alone (the best of five, turn about), then draws a report of a quarter's size three times
in each layout, each in a process of its own whose memory is read at its end. What it found stands
in bench/RESULTS.md under Files. Goals (performance.md): CSV ÷ csv module ≤ 2, XLSX ÷ XlsxWriter
≤ 1.3, memory ≤ 300 MB; PDF, Word and Excel ≤ 5 s each, memory ≤ 400 MB.
"""

import csv
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from io import StringIO
from tempfile import TemporaryFile
from typing import Final

import xlsxwriter
from flask import Flask

from bench.import_audits import RESULTS
from qa_app import template_folder
from qa_app.reports import render
from qa_app.reports.document import Document, Section
from qa_app.reports.exports import csv_stream, xlsx_file
from tests.reports.papers import figures, grades_table, report

ROWS: Final = 100_000
TURNS: Final = 5
DRAWINGS: Final = 3
HEADING: Final = ("Audit", "Case", "Plan", "Team", "Completed", "Grade", "Moderated", "Actions")
COPIES: Final = 2
"""How often the hand-made report's sections stand in one of a quarter's size: 10 charts."""
TABLES: Final = 25


def rows() -> Iterator[tuple[str | int | None, ...]]:
    """A list of audits as it is exported: seven texts, a number."""
    for number in range(ROWS):
        team = f"Safeguarding Team {number % 12}"
        yield (
            f"A-2023-04-{number:06}", f"{100_000 + number}", "Child protection (CP)", team,
            "2023-04-17", "Requires improvement", "yes", number % 4,
        )  # fmt: skip


def csv_ours() -> None:
    with TemporaryFile() as out:
        for piece in csv_stream(HEADING, rows()):
            out.write(piece)


def csv_bare() -> None:
    with TemporaryFile("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(HEADING)
        writer.writerows(rows())


def xlsx_ours() -> None:
    with xlsx_file(HEADING, rows(), [("Basis", "All audits")]):
        pass


def xlsx_bare() -> None:
    with (
        TemporaryFile() as out,
        xlsxwriter.Workbook(out, {"constant_memory": True}) as book,
    ):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, HEADING)
        for number, row in enumerate(rows(), 1):
            sheet.write_row(number, 0, row)


def seconds(*works: Callable[[], None]) -> list[float]:
    """The least time of each, turn about, so that none has the quiet minutes to itself."""
    best = [float("inf")] * len(works)
    for _ in range(TURNS):
        for place, work in enumerate(works):
            began = time.perf_counter()
            work()
            best[place] = min(best[place], time.perf_counter() - began)
    return best


def a_quarters() -> Document:
    """A report of the size of a quarter's."""
    tables = tuple(replace(grades_table(), id=f"table-{number}") for number in range(TABLES))
    text = "Practice is described here in a paragraph of the usual length. " * 60
    once = report(word=text)
    sections = tuple(
        replace(section, id=f"{section.id}-{copy}")
        for copy in range(COPIES)
        for section in once.sections
    )
    more = Section("more", "More", tables)
    return replace(once, sections=(*map(_whole, sections), more))


def _whole(section: Section) -> Section:
    parts = tuple(replace(part, id=f"{part.id}-{section.id}") for part in section.parts)
    return replace(section, parts=parts)


def draw(layout: str) -> None:
    """One layout, some times over: prints the seconds and the processor's seconds of the first and
    of the quickest after it, then the memory at the end (MB)."""
    app = Flask("bench", template_folder=str(template_folder()))
    document, found = a_quarters(), figures()
    times, worked = [], []
    with app.app_context():
        for _ in range(DRAWINGS):
            began, busy = time.perf_counter(), time.process_time()
            render.write(document, found, layout)
            times.append(time.perf_counter() - began)
            worked.append(time.process_time() - busy)
    said = (times[0], worked[0], min(times[1:]), min(worked[1:]))
    print(*(f"{each:.2f}" for each in said), f"{memory():.0f}")


def memory() -> float:
    """The most that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure, print, and add to the results."""
    out = StringIO()
    csv_times, xlsx_times = seconds(csv_ours, csv_bare), seconds(xlsx_ours, xlsx_bare)
    held = memory()
    print(
        f"\n## Files\n\n`python -m bench.exports`, {date.today()}, Python "
        f"{platform.python_version()}, {platform.machine()}.\n\n"
        f"A list of {ROWS:,} rows of {len(HEADING)} cells; memory of the process {held:.0f} MB "
        "(goal 300).\n\n| file | seconds | the library alone | ratio | goal |\n"
        "|---|---|---|---|---|",
        file=out,
    )
    for name, (ours, bare), goal in (("CSV", csv_times, 2), ("XLSX", xlsx_times, 1.3)):
        print(f"| {name} | {ours:.2f} | {bare:.2f} | {ours / bare:.2f} | ≤ {goal} |", file=out)
    print(
        f"\nA report of a quarter's size ({5 * COPIES} charts, {TABLES + 2 * COPIES} tables): "
        "seconds, in brackets the processor's own; the first drawing loads the libraries. Goals: "
        "5 s, 400 MB.\n\n| layout | first | later | memory, MB |\n|---|---|---|---|",
        file=out,
    )
    for layout in ("pdf", "docx", "xlsx"):
        command = [sys.executable, "-m", "bench.exports", layout]
        told = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
        first, later = (f"{told[at]} ({told[at + 1]})" for at in (0, 2))
        print(f"| {layout} | {first} | {later} | {told[4]} |", file=out)
    print(out.getvalue())
    # In place of the last ones, before the table of times: its rows are added at the end.
    before, times = RESULTS.read_text(encoding="utf-8").split("\n## Times\n")
    earlier = before.split("\n## Files\n")[0]
    RESULTS.write_text(f"{earlier}{out.getvalue()}\n## Times\n{times}", encoding="utf-8")


if __name__ == "__main__":
    draw(sys.argv[1]) if len(sys.argv) > 1 else main()
