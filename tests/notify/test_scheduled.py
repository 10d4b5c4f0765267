"""What is due by the clock: named jobs, the command, the worker, several machines at once (P6)."""

import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta

import click
import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from qa_app.accounts.models import JobTitle, PostKind
from qa_app.audits.models import Audit
from qa_app.database import db, now, saving
from qa_app.domain.calendar import LONDON, london_date
from qa_app.notify.models import Notice
from qa_app.notify.scheduled import Moment, ScheduledJob, make_round, run_all
from qa_app.programme.models import Reminder
from tests.audits.making import given
from tests.notify.test_worker import environment

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
JOBS = [sys.executable, "-m", "qa_app.cli", "jobs", "run"]


def add_title(_at: datetime) -> dict[str, int]:
    db.session.add(
        JobTitle(title="New", title_key="new", kind=PostKind.OTHER, rank=0, line=False, roles=[])
    )
    return {"titles": 1}


def fail(at: datetime) -> dict[str, int]:
    add_title(at)
    db.session.flush()
    raise ValueError("canary of a row")


def titles() -> int:
    query = select(func.count()).select_from(JobTitle).where(JobTitle.title_key == "new")
    return db.session.scalar(query) or 0


def test_each_job_runs_in_a_transaction_of_its_own(context, caplog):
    done = run_all([ScheduledJob("bad", fail), ScheduledJob("good", add_title)], AT)

    assert [(each.name, each.counts, each.error) for each in done] == [
        ("bad", {}, "ValueError"), ("good", {"titles": 1}, ""),
    ]  # fmt: skip
    assert titles() == 1
    assert "scheduled job bad failed: ValueError" in caplog.text
    assert "canary" not in caplog.text
    assert [each.words for each in done] == [
        "bad: went wrong (ValueError); nothing of it was done", "good: 1 titles",
    ]  # fmt: skip


def test_a_database_that_is_away_is_for_the_worker_to_wait_for(context):
    def away(_at: datetime) -> dict[str, int]:
        raise OperationalError("SELECT 1", {}, Exception())

    with pytest.raises(OperationalError):
        run_all([ScheduledJob("away", away)], AT)


def test_a_round_of_the_worker_comes_every_fifteen_minutes(context):
    ran: list[datetime] = []

    def note(at: datetime) -> dict[str, int]:
        ran.append(at)
        return {}

    clock = [100.0]
    work = make_round([ScheduledJob("note", note)], lambda: clock[0])
    for passed, times in ((0, 1), (2, 1), (897, 1), (2, 2), (899, 2), (1, 3)):
        clock[0] += passed
        assert work() is False
        assert len(ran) == times, clock


def test_a_round_without_jobs_does_nothing(context):
    assert make_round([])() is False


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        # London's time unless a zone is named: in winter London's clock is UTC's
        ("2026-11-23T09:00", datetime(2026, 11, 23, 9, tzinfo=UTC)),
        ("2026-06-01T09:00", datetime(2026, 6, 1, 8, tzinfo=UTC)),
        ("2026-06-01T09:00Z", datetime(2026, 6, 1, 9, tzinfo=UTC)),
        ("2026-06-01T09:00+02:00", datetime(2026, 6, 1, 7, tzinfo=UTC)),
        ("2026-06-01", datetime(2026, 6, 1, tzinfo=LONDON)),
    ],
)
def test_a_moment_is_read(text, moment):
    assert Moment().convert(text, None, None) == moment
    assert Moment().convert(moment, None, None) is moment


@pytest.mark.parametrize("text", ["tomorrow", "2026-13-01", "23/11/2026", ""])
def test_a_moment_that_is_none_is_refused_in_words(text):
    with pytest.raises(click.UsageError, match="Give a time such as 2026-11-23T09:00"):
        Moment().convert(text, None, None)


def jobs_run(app, *arguments):
    return subprocess.run(
        [*JOBS, *arguments], env=environment(app), capture_output=True, text=True, timeout=60,
    )  # fmt: skip


def test_the_command_sends_what_is_due_and_says_so(app, council):
    # P6
    with app.app_context(), saving():
        given(council)
    first = jobs_run(app, "--at", "2026-11-23T09:00")
    assert (first.returncode, first.stderr) == (0, "")
    assert "reminders: 1 reminders, 1 audits, 1 people" in first.stdout
    again = jobs_run(app, "--at", "2026-11-23T09:05", "--format", "json")
    told = json.loads(again.stdout)
    assert told["at"] == "2026-11-23T09:05:00+00:00"
    found = {each["name"]: each for each in told["jobs"]}
    assert found["reminders"] == {
        "name": "reminders", "done": {"reminders": 0, "audits": 0, "people": 0}, "error": "",
    }  # fmt: skip
    assert found["cycles"]["error"] == ""
    assert jobs_run(app, "--at", "soon").returncode == 2


def unfinished_audits(app, council, number):
    """So many audits of one auditor, all due in a week."""
    with app.app_context(), saving():
        first = given(council)
        first.due_on = london_date(now()) + timedelta(days=6)
        db.session.flush()
        row = dict(db.session.execute(select(Audit.__table__)).mappings().one())
        for each in range(1, number):
            more = row | {"id": type(row["id"])(int=each), "reference": f"A-{each}"}
            db.session.execute(Audit.__table__.insert().values(**more))


def test_processes_at_the_same_moment_send_each_reminder_once(app, council):
    # P6: two machines, each with its worker's round at the same second
    unfinished_audits(app, council, 60)
    processes = [
        subprocess.Popen(
            [*JOBS, "--format", "json"],
            env=environment(app), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    told = []
    for process in processes:
        out, log = process.communicate(timeout=90)
        assert process.returncode == 0, log
        told += [each["done"] for each in json.loads(out)["jobs"] if each["name"] == "reminders"]
    assert sum(each["reminders"] for each in told) == 60
    with app.app_context():
        audits = Counter(db.session.scalars(select(Reminder.audit_id)))
        assert set(audits.values()) == {1}
        assert len(audits) == 60
        query = select(func.count()).select_from(Notice).where(Notice.key.startswith("reminder:"))
        assert db.session.scalar(query) == sum(each["people"] for each in told)


def test_the_worker_sends_what_is_due_by_the_clock(app, council, post_office):
    # P6: --once is what a timer runs: what it promises it sends
    unfinished_audits(app, council, 1)
    worker = [sys.executable, "-m", "qa_app.cli", "worker", "--once"]
    for _ in range(2):
        done = subprocess.run(
            worker, env=environment(app), capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
    texts = [message["Subject"] for message in post_office.messages]
    assert len([text for text in texts if " is due " in text]) == 1
