"""What three people who download a quarterly report at once cost somebody who is typing.

`python -m bench.beside [SECONDS]` serves the app with gunicorn (two sync workers) on loopback, on a
new SQLite database with 16 months of 100 audits and their quarterly report. One client types and
is saved, by turns alone and beside three others, each of whom downloads the PDF, the Word file or
the workbook a second after they had the last: of the published version, whose files the worker
drew, and of a draft, whose files are drawn in the request. The goal (performance.md) is a p95 that
is not doubled.
"""

import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from threading import Event
from typing import Final
from uuid import UUID

from flask import Flask

from bench.autosave import Send, Times, saver
from bench.import_audits import RESULTS
from bench.reports import fill
from qa_app.accounts import sessions
from qa_app.accounts.models import Account
from qa_app.accounts.queries import people_with
from qa_app.database import db, now, saving
from qa_app.domain.permissions import Role
from qa_app.domain.publishing import ReportKind
from qa_app.reports.kinds import RECIPES
from qa_app.reports.models import ReportVersion
from qa_app.reports.reportasked import ReportAsked
from qa_app.reports.services import checking, drafting, files, publishing, writing
from tests.council import find
from tests.resilience.served import Served, ask, get, open_page
from tests.resilience.world import SECRET, Desk, cookie_of, make_app, open_desks

LAYOUTS: Final = ("pdf", "docx", "xlsx")
AUDITS, TURNS = 100, 4
WORDS: Final = "What was read says much the same as what was read in the quarter before."


def main(seconds: float) -> None:
    """Measure, print and keep the results."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        url = f"sqlite:///{folder / 'app.sqlite3'}"
        app = make_app(url, folder)
        desks = open_desks(app, 2)
        with app.app_context():
            with saving():
                fill(AUDITS)
            lead, published, draft = _reports()
            cookie = _session(app, lead)
            db.session.remove()
            db.engine.dispose()
        lines = []
        for what, version_id in (("published", published), ("a draft", draft)):
            with Served(url, folder=folder, secret=SECRET) as served:
                lines.append(
                    _line(what, *_measure(served, desks.pop(), cookie, version_id, seconds))
                )
            print(lines[-1], flush=True)
    with RESULTS.open("a", encoding="utf-8") as file:
        file.writelines(f"{line} `python -m bench.beside {seconds:g}` |\n" for line in lines)


def _reports() -> tuple[UUID, UUID, UUID]:
    """Who leads, a published quarterly report with its files, and its next version as a draft."""
    at = now()
    lead, head = (people_with(role, at.date())[0].id for role in (Role.QA_LEAD, Role.MODERATOR))
    with saving():
        asked = ReportAsked(ReportKind.QUARTERLY, "2022/23-Q4")
        version = drafting.begin_report(asked, by=lead, at=at)
        for slot in RECIPES[asked.kind].slots:
            writing.write(version, slot.code, WORDS, 0, by=lead, at=at)
        for code in {e.finding.code for e in checking.checks_of(version).data if e.is_open}:
            checking.explain(version, code, None, "Known", by=lead, at=at)
        publishing.check(version, version.revision, by=lead, at=at)
        publishing.approve(version, version.revision, by=head, at=at)
        drawn = files.draw_to_publish(version, at)
        publishing.publish(version, version.revision, by=lead, at=at)
        files.keep(version, drawn, at)
        later = at + timedelta(seconds=1)
        draft: ReportVersion = drafting.begin_version(version, "Once more", by=lead, at=later)
        return lead, version.id, draft.id


def _session(app: Flask, person_id: UUID) -> str:
    with saving():
        token = sessions.begin(find(Account, person_id=person_id), at=now()).id
    return cookie_of(app, {"_user_id": token, "_fresh": True})


def _measure(
    served: Served, desk: Desk, cookie: str, version_id: UUID, seconds: float
) -> tuple[Times, Times, list[float]]:
    """Typing alone, typing beside them, and how long each download took."""
    page = open_page(served.port, "/", desk.cookie)
    send = saver(served.port, f"{desk.path}/text", cookie=page.cookie, token=page.token)
    path = f"/reports/versions/{version_id}/download?format="
    alone, beside, downloads = list[float](), list[float](), list[float]()

    def download(layout: str, over: Event) -> None:
        while not over.is_set():
            began = time.perf_counter()
            answer = ask(served.port, get(path + layout, cookie))
            if answer.status == 409:  # somebody else's is being drawn: they try again
                over.wait(1)
            elif answer.status != 200:
                raise SystemExit(f"{layout} answered {answer.status}")
            else:
                downloads.append(time.perf_counter() - began)
                over.wait(1)  # they look at it

    for layout in LAYOUTS:  # the libraries are loaded
        ask(served.port, get(path + layout, cookie))
    for _ in range(TURNS):
        alone += _typed(send, seconds / TURNS)
        with _downloading(download):
            beside += _typed(send, seconds / TURNS)
    return Times.of(alone), Times.of(beside), downloads


@contextmanager
def _downloading(download: Callable[[str, Event], None]) -> Iterator[None]:
    over = Event()
    with ThreadPoolExecutor(len(LAYOUTS)) as pool:
        running = [pool.submit(download, layout, over) for layout in LAYOUTS]
        try:
            yield
        finally:
            over.set()
    for each in running:
        each.result()


def _typed(send: Send, seconds: float) -> list[float]:
    until, took = time.perf_counter() + seconds, list[float]()
    while time.perf_counter() < until:
        took.append(send())
    return took


def _line(what: str, alone: Times, beside: Times, downloads: list[float]) -> str:
    told = Times.of(downloads)
    return (
        f"| {date.today()} | autosave beside three who download {what} (PDF, Word, Excel of a "
        f"quarter, SQLite, workers: 2), n = {beside.number:,} and {told.number:,} downloads of "
        f"{told.p50 / 1e3:.2f} s (median) | {beside} | alone {alone} "
        f"| {beside.p95 / alone.p95:.2f} (p95) | ≤ 2 | Python {platform.python_version()},"
    )


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 40)
