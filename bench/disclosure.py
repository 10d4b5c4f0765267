"""How long a public version takes to be worked out, by the number of its counts (R5).

`python -m bench.disclosure` makes the breakdowns of a quarter from a fixed seed (teams in services,
months, four grades, every margin, the authority's in full), works out what is hidden and adds a row
for each size to bench/RESULTS.md: counts, what became of them, seconds. The floor is one attack on
one count, the question that is asked most often.
"""

import platform
import random
import time
from collections import Counter
from datetime import date
from itertools import product
from typing import Final

from bench.import_audits import RESULTS
from qa_app.reports.disclosure import Cell, Kind, LinkedTables, Mark, Row, Share, Sum, suppress
from qa_app.reports.disclosure.attack import Reader
from qa_app.reports.disclosure.puzzle import Limits, puzzle_of

GRADES: Final = ("Inadequate", "Requires improvement", "Good", "Outstanding")
WEIGHTS: Final = (0.25, 0.4, 0.3, 0.05)
SIZES: Final = ((4, 2, 1), (4, 2, 3), (8, 2, 3), (12, 3, 3))
"""Teams, services, months; about 100 audits a month are shared among the teams."""


def tables(teams: int, services: int, months: int) -> LinkedTables:
    """The breakdowns of a quarter in which each month has about 100 audits."""
    chance = random.Random(7)
    service = {f"Team {n:02}": f"Service {n % services}" for n in range(teams)}
    units = {team: [team] for team in service}
    for team, above in service.items():
        units.setdefault(above, []).append(team)
    units["Authority"] = list(service)
    times = {f"Month {n}": [f"Month {n}"] for n in range(months)}
    if months > 1:
        times["Quarter"] = list(times)
    single = [time for time in times if time != "Quarter"]
    counts = Counter(
        (team, month, chance.choices(GRADES, WEIGHTS)[0])
        for team, month in product(service, single)
        for _ in range(chance.randint(100 // teams // 2, 3 * 100 // teams // 2))
    )
    cells, sums, shares, rows = [], [], [], []
    for unit, when, grade in product(units, times, (*GRADES, "Audits")):
        name, some = f"{grade}, {unit}, {when}", GRADES if grade == "Audits" else (grade,)
        value = sum(counts[key] for key in product(units[unit], times[when], some))
        kind = Kind.IN_FULL if unit == "Authority" else Kind.BREAKDOWN
        cells.append(Cell(name, value, name, kind))
        if unit == "Authority":
            below = sorted(set(service.values()))
            sums.append(Sum(name, tuple(f"{grade}, {each}, {when}" for each in below)))
        elif unit not in service:
            sums.append(Sum(name, tuple(f"{grade}, {each}, {when}" for each in units[unit])))
        if when == "Quarter":
            sums.append(Sum(name, tuple(f"{grade}, {unit}, {month}" for month in single)))
        if grade == "Audits":
            parts = tuple(f"{each}, {unit}, {when}" for each in GRADES)
            sums.append(Sum(name, parts))
            rows += [Row(f"{unit}, {when}", name, parts)] if unit in service else []
        else:
            shares.append(Share(name, f"Audits, {unit}, {when}"))
    return LinkedTables(tuple(cells), tuple(sums), tuple(shares), tuple(rows))


def main() -> None:
    """Measure, print and keep the results."""
    for size in SIZES:
        made = tables(*size)
        began = time.perf_counter()
        marks = Counter(each.mark for each in suppress(made).outcomes.values())
        took = time.perf_counter() - began
        puzzle, _ = puzzle_of(made, Limits())
        reader = Reader(puzzle, puzzle.spans(puzzle.free))
        began = time.perf_counter()
        reader.table_with(puzzle.sensitive[0], 1, {})
        floor = time.perf_counter() - began
        line = (
            f"| {date.today()} | public version of {len(made.cells)} linked counts "
            f"({size[0]} teams, {size[1]} services, {size[2]} months): {marks[Mark.SHOWN]} shown, "
            f"{marks[Mark.SUPPRESSED]} suppressed, {marks[Mark.LEFT_OUT]} left out "
            f"| {took:.2f} s | one attack {1000 * floor:.0f} ms | {took / floor:.0f} | none "
            f"| Python {platform.python_version()}, `python -m bench.disclosure` |"
        )
        print(line)
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(line + "\n")


if __name__ == "__main__":
    main()
