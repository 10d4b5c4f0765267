"""What one autosave costs through the app, against a bare Flask view with one durable UPDATE.

`python -m bench.autosave [SECONDS]` serves both with gunicorn (two sync workers each) on loopback,
on SQLite and on PostgreSQL 15, both durable, and asks them in turn, a short block each, so that
whatever else the machine does falls on both alike. One client and then eight type at the end of a
text of 2,500 to 3,500 characters, each client its own. The figures go to bench/RESULTS.md; the goal
is a ratio of 1.5 between the medians.
"""

import platform
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from typing import NamedTuple

import psycopg
import sqlalchemy
from sqlalchemy import create_engine

from bench import bare
from bench.import_audits import RESULTS
from tests.postgres import server
from tests.resilience.served import Answer, Served, ask, open_page, post
from tests.resilience.world import FIELD, SECRET, Desk, make_app, open_desks

BLOCK, WARM_UP, GOAL = 0.4, 60, 1.5
FLOOR = "bench.bare:create_app()"
BEGUN, TYPED = "Seen alone on Monday, with her brother there on Friday. " * 45, " and so on"
Send = Callable[[], float]


class Times(NamedTuple):
    """Milliseconds of each answer, and the longest that anybody waited."""

    p50: float
    p95: float
    worst: float
    number: int

    @classmethod
    def of(cls, seconds: list[float]) -> "Times":
        """From seconds."""
        cuts = quantiles(seconds, n=20)
        return cls(median(seconds) * 1e3, cuts[18] * 1e3, max(seconds) * 1e3, len(seconds))

    def __str__(self) -> str:
        return f"p50 {self.p50:.2f} ms, p95 {self.p95:.2f}, worst {self.worst:.0f}"


def _timed(port: int, request: bytes) -> tuple[float, Answer]:
    began = time.perf_counter()
    answer = ask(port, request)
    took = time.perf_counter() - began
    if answer.status != 200:
        raise SystemExit(f"answered {answer.status}: {answer.body[:200]!r}")
    return took, answer


def saver(port: int, path: str, *, cookie: str = "", token: str = "") -> Send:
    """A client that types on at the end of a text of 2,520 to 3,510 characters, then begins anew;
    it sends the version that it was told."""
    standing = 0
    typed = 0

    def send() -> float:
        nonlocal standing, typed
        typed = typed % 99 + 1
        content = {"field": FIELD, "text": BEGUN + TYPED * typed, "version": standing}
        took, answer = _timed(port, post(path, content, cookie=cookie, token=token))
        standing = answer.json["version"]
        return took

    return send


def _block(pool: ThreadPoolExecutor, clients: list[Send]) -> list[float]:
    until = time.perf_counter() + BLOCK

    def work(send: Send) -> list[float]:
        took = []
        while time.perf_counter() < until:
            took.append(send())
        return took

    return [each for times in pool.map(work, clients) for each in times]


def compare(ours: list[Send], floor: list[Send], seconds: float) -> tuple[Times, Times]:
    """Ask both in turn, a block each, for so long."""
    took: tuple[list[float], list[float]] = ([], [])
    with ThreadPoolExecutor(len(ours)) as pool:
        for send in (*ours, *floor):
            for _ in range(WARM_UP // len(ours)):
                send()
        until = time.perf_counter() + seconds
        while time.perf_counter() < until:
            for kind, clients in zip(took, (ours, floor), strict=True):
                kind.extend(_block(pool, clients))
    return Times.of(took[0]), Times.of(took[1])


@contextmanager
def databases() -> Iterator[list[tuple[str, str, str, Path]]]:
    """(name, the app's database, the bare app's, a folder) of each kind."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(server("fsync=on"))
        found = [
            (
                f"SQLite {sqlite3.sqlite_version}",
                f"sqlite:///{folder / 'app.sqlite3'}",
                f"sqlite:///{folder / 'bare.sqlite3'}",
                folder,
            )
        ]
        with psycopg.connect(url, autocommit=True) as connection:
            version = connection.info.server_version // 10_000
            for name in ("app", "bare"):
                connection.execute(f"CREATE DATABASE {name}")
        base = url.rsplit("/", 1)[0]
        found.append((f"PostgreSQL {version}", f"{base}/app", f"{base}/bare", folder))
        yield found


def _bare_rows(url: str, number: int) -> list[str]:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://", 1))
    bare.kept.metadata.create_all(engine)
    rows = [f"row-{each}" for each in range(number)]
    with engine.begin() as connection:
        values = [{"id": row, "text": "", "version": 0} for row in rows]
        connection.execute(bare.kept.insert(), values)
    engine.dispose()
    return rows


def measure(name: str, url: str, bare_url: str, folder: Path, seconds: float) -> list[str]:
    """One database: lines for the table."""
    app = make_app(url, folder)
    # With as many processes as savers SQLite's waiting shows: who is served, and who waits.
    shapes = [(1, 2), (8, 2), (8, 8)] if name.startswith("SQLite") else [(1, 2), (8, 2)]
    number = sum(clients for clients, _ in shapes)
    desks, rows = open_desks(app, number), _bare_rows(bare_url, number)
    lines = []
    for clients, workers in shapes:
        with (
            Served(url, folder=folder, secret=SECRET, workers=workers) as served,
            Served(bare_url, folder=folder, secret=SECRET, workers=workers, target=FLOOR) as floor,
        ):
            ours = [_desk_saver(served, desks.pop()) for _ in range(clients)]
            theirs = [saver(floor.port, f"/text/{rows.pop()}") for _ in range(clients)]
            app_times, bare_times = compare(ours, theirs, seconds)
        ratio = app_times.p50 / bare_times.p50
        lines.append(
            f"| {date.today()} | autosave, {name}, clients: {clients}, workers: {workers}, "
            f"n = {app_times.number:,} | {app_times} | bare UPDATE {bare_times} "
            f"| {ratio:.2f} | ≤ {GOAL} | {_versions()}, `python -m bench.autosave {seconds:g}` |"
        )
        print(lines[-1], flush=True)
    return lines


def _desk_saver(served: Served, desk: Desk) -> Send:
    page = open_page(served.port, "/", desk.cookie)
    path = f"{desk.path}/text"
    return saver(served.port, path, cookie=page.cookie, token=page.token)


def _versions() -> str:
    return f"Python {platform.python_version()}, SQLAlchemy {sqlalchemy.__version__}"


def main(seconds: float) -> None:
    """Measure, print and keep the results."""
    with databases() as found:
        lines = [line for each in found for line in measure(*each, seconds)]
    with RESULTS.open("a", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 30)
