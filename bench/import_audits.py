"""How long 100,000 rows of an old workbook take to import, against calamine reading them.

`python -m bench.import_audits [ROWS]` makes a workbook and a new SQLite database in a temporary
folder, times both in processes of their own, and adds the figures to bench/RESULTS.md. The goal is
a ratio of at most 6.
"""

import os
import platform
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

RESULTS = Path(__file__).with_name("RESULTS.md")
HEADINGS = (
    "Audit No", "Case number", "Team", "Auditor", "Auditor role", "Date audit completed",
    "Auditor grade", "Moderated by", "Moderated grade", "Significant harm", "Strengths",
    "Areas for development", "Actions", "Action due", "Action completed",
)  # fmt: skip
GRADES = ("Good", "RI", "Inadequate", "requires improvement", "Outstanding")
READ = (
    "import sys; from python_calamine import CalamineWorkbook as W; "
    "b = W.from_path(sys.argv[1]); [b.get_sheet_by_name(n).to_python() for n in b.sheet_names]"
)


def make_workbook(path: Path, rows: int) -> None:
    """A workbook of this many plausible rows, from a fixed seed."""
    chance = random.Random(7)
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    dates = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet("Audits")
    sheet.write_row(0, 0, HEADINGS)
    for row in range(1, rows + 1):
        done = date(2015, 1, 1) + timedelta(days=chance.randrange(4000))
        cells = (
            f"L{row:06}", 100_000 + chance.randrange(50_000), f"Team {chance.randrange(40)}",
            f"Auditor {chance.randrange(200)}", "Team Manager", done, chance.choice(GRADES),
            f"Head {chance.randrange(12)}", chance.choice(GRADES), chance.choice(("yes", "no", "")),
            "Child seen alone and views recorded", "Drift and delay in planning",
            "Address in supervision", done + timedelta(days=28),
            chance.choice(("tbc", "03/02/2026")),
        )  # fmt: skip
        for column, cell in enumerate(cells):
            if isinstance(cell, date):
                sheet.write_datetime(row, column, cell, dates)
            else:
                sheet.write(row, column, cell)
    book.close()


def timed(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """(seconds, peak megabytes of the largest child so far) of one process."""
    began = time.perf_counter()
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
    took = time.perf_counter() - began
    return took, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main(rows: int) -> None:
    """Measure, print and keep the result."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "old.xlsx"
        make_workbook(book, rows)
        environment = os.environ | {
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            "SECRET_KEY": "a secret of this benchmark and of nothing else",
        }
        app = [sys.executable, "-m", "qa_app"]
        reading, read_mb = min(
            timed([sys.executable, "-c", READ, str(book)], environment) for _ in range(3)
        )
        timed([*app, "db", "upgrade"], environment)
        command = [*app, "import-audits", str(book), "--create-teams"]
        importing, import_mb = timed(command, environment)
    line = (
        f"| {date.today()} | import of {rows:,} audits, SQLite "
        f"| {importing:.1f} s, {import_mb:.0f} MB "
        f"| calamine reading them {reading:.1f} s, {read_mb:.0f} MB | {importing / reading:.1f} "
        f"| ≤ 6 | Python {platform.python_version()}, `python -m bench.import_audits {rows}` |"
    )
    print(line)
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(line + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
