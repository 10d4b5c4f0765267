"""How long a draw of 100 cases from a list of 100,000 takes, against ranking that list alone.

`python -m bench.draw [CASES]` fills a new SQLite database in a temporary folder, draws three times
as `qa-app draw --dry-run` does (reading the list included) and adds the best to bench/RESULTS.md.
The goal is 2 seconds; the ratio to the floor is what can be compared between machines.
"""

import platform
import random
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from bench.import_audits import RESULTS
from qa_app import config, create_app
from qa_app.accounts.models import Person, PersonSource, Team
from qa_app.accounts.teams import rebuild_tree
from qa_app.bulk import insert_columns, new_ids
from qa_app.cases.models import Case
from qa_app.cli import flask_migrate
from qa_app.database import db, now, saving
from qa_app.domain.calendar import Month
from qa_app.domain.sampling import StratumBy, rank
from qa_app.programme.services.working_out import Asked, work_out
from qa_app.standards.queries import current_version
from qa_app.standards.services import install_shipped

DRAWN, TEAMS, WORKERS = 100, 40, 2_000
PLANS = ("child_in_need", "child_protection")
AS_AT = date(2026, 11, 1)


def fill(cases: int) -> None:
    """Add teams, social workers and cases, from a fixed seed."""
    chance = random.Random(7)
    root = Team(code="ROOT", name="Children")
    db.session.add(root)
    db.session.flush()
    service = Team(code="SVC", name="Safeguarding", parent_id=root.id)
    db.session.add(service)
    db.session.flush()
    teams = [Team(code=f"T{n}", name=f"Team {n:02}", parent_id=service.id) for n in range(TEAMS)]
    db.session.add_all(teams)
    db.session.flush()
    rebuild_tree()
    people = new_ids(WORKERS)
    names = [f"Worker {n}" for n in range(WORKERS)]
    insert_columns(
        Person.__table__,
        {"id": people, "external_id": [f"W{n}" for n in range(WORKERS)], "name": names,
         "name_key": [name.lower() for name in names], "source": PersonSource.EXTRACT},
        WORKERS,
    )  # fmt: skip
    insert_columns(
        Case.__table__,
        {
            "reference": [str(200_000 + n) for n in range(cases)],
            "plan_type": [chance.choice(PLANS) for _ in range(cases)],
            "family_reference": [f"F{n // 2}" for n in range(cases)],
            "team_id": [chance.choice(teams).id for _ in range(cases)],
            "worker_id": [chance.choice(people) for _ in range(cases)],
            "opened_on": [AS_AT - timedelta(days=chance.randrange(1, 900)) for _ in range(cases)],
            "as_at": AS_AT,
        },
        cases,
    )  # fmt: skip


def best(work: Callable[[], object], times: int = 3) -> float:
    """The shortest of a few runs, in seconds."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return min(took)


def main(cases: int) -> None:
    """Measure, print and keep the result."""
    with tempfile.TemporaryDirectory() as folder:
        settings = config.load({
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'bench.sqlite3'}",
            "SECRET_KEY": "a secret of this benchmark and of nothing else",
        })  # fmt: skip
        with create_app(settings).app_context():
            flask_migrate.upgrade()
            with saving():
                install_shipped(at=now())
                fill(cases)
            tool = current_version("core")

            def draw() -> None:
                asked = Asked(DRAWN, StratumBy.TEAM, seed="7")
                done = work_out(Month.of(AS_AT).next(), tool, asked, at=now())
                db.session.expire_all()
                if len(done.result.drawn) != DRAWN:
                    raise SystemExit(f"{len(done.result.drawn)} drawn instead of {DRAWN}")

            took = best(draw)
        floor = best(lambda: sorted(rank("7", str(200_000 + n)) for n in range(cases)))
    line = (
        f"| {date.today()} | draw of {DRAWN} cases from {cases:,}, SQLite | {took:.2f} s "
        f"| ranking the list alone {floor:.2f} s | {took / floor:.1f} | ≤ 2 s "
        f"| Python {platform.python_version()}, `python -m bench.draw {cases}` |"
    )
    print(line)
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(line + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
