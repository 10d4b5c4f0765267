"""Making the demonstration: the same again from its seed, on any day, and on no other database."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from qa_app import config, create_app
from qa_app.accounts.models import Account, Person
from qa_app.accounts.passwords import is_right
from qa_app.audits.models import Audit
from qa_app.config import ConfigurationError
from qa_app.database import db, saving
from qa_app.demo import guard
from qa_app.demo.commands import demo as command
from qa_app.demo.making import compose, make
from qa_app.demo.specials import SPECIALS
from qa_app.domain.workflow import AuditState
from tests.conftest import SECRET
from tests.council import Council, build_council
from tests.demo.conftest import AT, PASSWORD, SEED, TODAY
from tests.demo.fingerprint import afternoon, fingerprint

pytestmark = pytest.mark.database

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.one_database
def test_the_same_seed_and_day_make_the_same_council(demo: Flask):
    once = fingerprint(compose(SEED, today=TODAY, at=AT))
    other = fingerprint(compose(SEED + 1, today=TODAY, at=AT))
    # The other process reads the same file, which this transaction holds.
    db.session.rollback()
    environment = os.environ | {
        "DATABASE_URL": demo.config["SQLALCHEMY_DATABASE_URI"],
        "SECRET_KEY": SECRET,
        "QA_DEMO": "1",
        # Sets and dicts of text come in another order than here.
        "PYTHONHASHSEED": "4321",
        "PYTHONPATH": str(ROOT),
    }
    again = subprocess.run(
        [sys.executable, "-m", "tests.demo.fingerprint", str(SEED), TODAY.isoformat()],
        env=environment,
        capture_output=True,
        text=True,
    )

    assert again.stdout == once, again.stderr
    assert other != once


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("today", "seed"),
    [
        # the first day of a year: nothing has happened in the current cycle yet
        (date(2027, 1, 1), 7),
        # a month without audits
        (date(2026, 8, 19), 3),
        # the first working day after one
        (date(2026, 9, 1), 11),
        # a leap day
        (date(2028, 2, 29), 2),
    ],
)
def test_it_can_be_made_on_any_day(demo: Flask, today: date, seed: int):
    at = afternoon(today)
    composed = compose(seed, today=today, at=at)
    audits = composed.ledger.rows[Audit.__table__]
    states = [audit["state"] for audit in audits]

    assert len(audits) > 400
    assert all(event.at <= at for event in composed.ledger.events)
    assert all(audit["completed_on"] <= today for audit in audits if "completed_on" in audit)
    for state in AuditState:
        wanted = [each for each in SPECIALS if each.state is state]
        assert states.count(state) >= min(len(wanted), 2)


def test_a_whole_council_is_made_from_the_command_line(empty_app: Flask, monkeypatch):
    monkeypatch.setenv("QA_DEMO_PASSWORD", PASSWORD)
    runner = empty_app.test_cli_runner()
    made = runner.invoke(command, ["--seed", "3", "--today", "2026-11-22"])
    again = runner.invoke(command, ["--if-empty"])
    refused = runner.invoke(command, [])

    assert made.exit_code == 0, made.output
    assert "Made the demonstration council as at 22 November 2026: 13" in made.output
    assert "qa.lead@demo.example" in made.output
    assert "the one in QA_DEMO_PASSWORD" in made.output
    assert PASSWORD not in made.output
    assert again.exit_code == 0
    assert "Made" not in again.output
    assert refused.exit_code == 1
    assert "is not empty" in refused.output


def test_a_password_chosen_later_becomes_the_password(demo_app: Flask, monkeypatch):
    later = "nine brown otters swimming"
    monkeypatch.setenv("QA_DEMO_PASSWORD", later)
    said = demo_app.test_cli_runner().invoke(command, ["--if-empty"])
    assert said.exit_code == 0, said.output
    with demo_app.app_context():
        accounts = db.session.scalars(select(Account).where(Account.password_hash.is_not(None)))
        assert all(is_right(later, account.password_hash) for account in accounts)


def test_without_a_chosen_password_a_random_one_is_shown_once(demo_app: Flask, monkeypatch):
    # AU-14: there is no default password
    monkeypatch.delenv("QA_DEMO_PASSWORD", raising=False)
    runner = demo_app.test_cli_runner()
    renewed = [runner.invoke(command, ["--new-password"]).output for _ in range(2)]
    listed = runner.invoke(command, ["--accounts"]).output
    monkeypatch.setenv("QA_DEMO_PASSWORD", PASSWORD)
    runner.invoke(command, ["--new-password"])

    assert renewed[0] != renewed[1]
    assert all("(shown only now)" in output for output in renewed)
    assert "--new-password" in listed
    assert listed.count("@demo.example") == 10


def test_the_demonstration_is_refused_outside_demo_mode(app: Flask):
    result = app.test_cli_runner().invoke(command, [])

    assert result.exit_code == 1
    assert "Set QA_DEMO=1" in result.output
    with app.app_context():
        assert db.session.scalar(select(func.count(Person.id))) == 0


def test_the_demonstration_is_refused_on_a_database_with_other_data(empty_app: Flask):
    with empty_app.app_context():
        with saving():
            build_council()
        with pytest.raises(guard.NotADemonstration), saving():
            make(SEED, today=TODAY, at=AT, password=PASSWORD)
        assert guard.mark() is None
    for option in ([], ["--if-empty"], ["--accounts"], ["--new-password"]):
        assert empty_app.test_cli_runner().invoke(command, option).exit_code == 1


def test_demo_mode_refuses_to_start_on_a_database_with_other_data(empty_app: Flask):
    guard.check(empty_app)
    with empty_app.app_context(), saving():
        build_council()

    with pytest.raises(ConfigurationError, match="holds data"):
        guard.check(empty_app)


def test_demo_mode_starts_on_its_own_database(demo_app: Flask):
    guard.check(demo_app)


@pytest.mark.one_database
def test_demo_mode_starts_on_a_database_without_tables(tmp_path: Path):
    address = f"sqlite:///{tmp_path / 'nothing.sqlite3'}"
    app = create_app(config.load({"DATABASE_URL": address, "SECRET_KEY": SECRET, "QA_DEMO": "1"}))

    guard.check(app)


def test_outside_demo_mode_nothing_is_checked(app: Flask, council: Council):
    guard.check(app)
