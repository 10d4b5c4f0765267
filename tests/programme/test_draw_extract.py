"""The draw of 37 from the checked-in extract: the same everywhere, fair, and within its rules."""

import csv
import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from scipy.stats import chi2

from qa_app.audits.models import Audit
from qa_app.audits.workbook.loading import Choices, load_plan, plan_apart
from qa_app.database import db, now, saving
from qa_app.domain.calendar import add_months
from qa_app.domain.sampling import DrawFacts, DrawRules, FrameCase, StratumBy, draw
from qa_app.moderation.services import record_imported
from qa_app.programme import services
from qa_app.programme.queries import earlier, frames
from qa_app.programme.services import Asked
from tests.conftest import SECRET
from tests.programme.draw_making import AS_AT, DATA, MAY, core, load_extract

GOLDEN = json.loads((DATA / "draw-2023-05.json").read_text("utf-8"))
SEEDS, SIZE = 200, 37
FIXED_SEEDS = 2_000
ALPHA = 0.01


def _told(seed: str = "7") -> dict[str, object]:
    asked = Asked(SIZE, StratumBy.TEAM, None, seed, AS_AT)
    return services.work_out(MAY, core(), asked, at=now()).to_json()


@pytest.fixture
def extract(context: Flask) -> Flask:
    """The app with the extract in it."""
    load_extract()
    return context


def test_the_draw_is_the_checked_in_one(extract) -> None:
    # S2: on both databases: the PostgreSQL run reads the same file
    told = _told()
    assert {key: told[key] for key in GOLDEN} == GOLDEN
    assert len(GOLDEN["drawn"]) == SIZE


def test_the_draw_is_the_same_after_the_rows_were_shuffled(context, tmp_path: Path) -> None:
    # S2: row order, and so ids and the database's own order, decide nothing
    for path in sorted((DATA / "ssd").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            heading, *rows = csv.reader(file)
        random.Random(path.name).shuffle(rows)
        with (tmp_path / path.name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([heading, *rows])
    load_extract(tmp_path)
    told = _told()
    assert {key: told[key] for key in GOLDEN} == GOLDEN


@pytest.mark.parametrize("hash_seed", ["0", "4711"])
def test_the_draw_is_the_same_in_a_fresh_process(app: Flask, hash_seed: str) -> None:
    # S2: whatever Python's own hashes are
    with app.app_context():
        load_extract()
        url = db.engine.url.render_as_string(hide_password=False)
    environ = os.environ | {
        "PYTHONHASHSEED": hash_seed,
        "DATABASE_URL": url,
        "SECRET_KEY": SECRET,
        "QA_HTTP_ON_LOOPBACK": "1",
    }
    command = [
        shutil.which("qa-app", path=str(Path(sys.executable).parent)),
        "draw", "--cycle", "2023-05", "--tool", "core", "--size", "37", "--seed", "7",
        "--by", "team", "--dry-run", "--format", "json",
    ]  # fmt: skip
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    assert list(told) == ["frame_hash", "rules", "strata", "drawn", "reserves", "exclusions"]
    assert {key: told[key] for key in GOLDEN} == GOLDEN


def _import_old_audits() -> None:
    """The old workbook's audits, so that some cases were audited lately."""
    choices = Choices(skip_bad_rows=True, create_teams=True)
    plan = plan_apart(DATA / "legacy-audit-log.xlsx", choices, at=now())
    with saving():
        load_plan(plan, by=None, at=now(), record_moderations=record_imported)


def test_over_two_hundred_seeds_every_rule_holds(extract) -> None:
    _import_old_audits()
    listed = frames.list_cases(core(), AS_AT, AS_AT)
    facts = earlier.facts_for(listed, core(), earlier.Going(MAY.first), months=12)
    since = add_months(AS_AT, -12)
    lately = set(
        db.session.scalars(db.select(Audit.case_reference).where(Audit.completed_on >= since))
    )
    assert since == date(2022, 4, 30)
    assert len(facts.audited_lately) > 20
    for seed in range(SEEDS):
        result = draw(listed.cases, DrawRules(str(seed), SIZE, StratumBy.TEAM), facts)
        reserves = [case for cases in result.reserves.values() for case in cases]
        # S2: the strata add up
        assert len(result.drawn) == SIZE == sum(each.wanted for each in result.strata)
        assert all(each.short == 0 for each in result.strata)
        # S3: no child of one family twice, also among the reserves
        families = [case.family for case in (*result.drawn, *reserves) if case.family]
        assert len(families) == len(set(families))
        # S3: none audited in the last 12 months
        assert not lately & {case.reference for case in (*result.drawn, *reserves)}
        # S3: there is always another than a third case of one social worker here
        workers = Counter(case.worker for case in result.drawn if case.worker)
        assert max(workers.values()) <= 2
        # S4: twice as many reserves as are wanted
        assert all(each.reserves == 2 * each.wanted for each in result.strata)


def _one_child_of_a_family(cases: tuple[FrameCase, ...]) -> list[FrameCase]:
    thinned: dict[str, FrameCase] = {}
    for case in cases:
        thinned.setdefault(case.family or case.reference, case)
    return list(thinned.values())


@pytest.mark.one_database
def test_every_case_of_a_stratum_is_as_likely_to_be_drawn_as_another(
    extract, record_property
) -> None:
    # S2: chi-square of inclusion over 2,000 seeds; one child a family, no limit a social worker.
    # Without replacement counts vary less: (N - 1) / (N - n) corrects for that.
    frame = _one_child_of_a_family(frames.list_cases(core(), AS_AT, AS_AT).cases)
    included: Counter[str] = Counter()
    for seed in range(FIXED_SEEDS):
        rules = DrawRules(str(seed), SIZE, StratumBy.TEAM, cases_of_one_worker=0)
        result = draw(frame, rules, DrawFacts())
        included.update(case.reference for case in result.drawn)
    p_values = {}
    for each in result.strata:
        cases = [case.reference for case in frame if case.team == each.name]
        total, taken = len(cases), each.wanted
        expected = FIXED_SEEDS * taken / total
        statistic = sum((included[case] - expected) ** 2 / expected for case in cases)
        p_values[each.name] = float(chi2.sf(statistic * (total - 1) / (total - taken), total - 1))
    record_property(
        "counted",
        f"{len(p_values)} strata, smallest p {min(p_values.values()):.3f} over 2,000 seeds",
    )
    assert min(p_values.values()) >= ALPHA / len(p_values), p_values
