"""Q-6 by quarter, its page, its command, and that a re-audit is in no random rate (S5, E8)."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, example
from hypothesis import given as examples
from hypothesis import settings as runs
from hypothesis import strategies as st
from sqlalchemy import select, update

from qa_app.accounts.queries import actor
from qa_app.audits.models import Audit, AuditParty, ReAudit
from qa_app.cli import cli
from qa_app.database import db, now, saving
from qa_app.domain.calendar import Month, Quarter, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import GRADES, Grade
from qa_app.domain.permissions import Party
from qa_app.domain.reaudits import Movement, Movements, count_movements
from qa_app.reports.asked import Asked, GradeBasis, Selected
from qa_app.reports.queries.reaudits import LONGEST, moved_by_quarter, pairs_behind, quarters
from qa_app.reports.services import answer
from tests.audits.again import LATER, done_again, first_audit
from tests.audits.making import AT
from tests.queries import count_queries

Q4 = Quarter(2026, 4)
PAGE = "/reports/measures/re-audits"


@pytest.fixture
def pairs(app, council):
    """Two pairs finalised in January to March 2027: one better, one the same."""
    with app.app_context(), saving():
        up = done_again(council, first_audit(council))
        same = done_again(council, first_audit(council, case="100003"), "inadequate")
        return up.id, same.id


# counted in the quarter in which the re-audit got its final grade, zeros included.
def test_pairs_are_counted_by_the_quarter_of_the_second_final_grade(context, pairs):
    found = moved_by_quarter([Quarter(2026, 3), Q4, Quarter(2027, 1)])
    assert [each.moved for each in found] == [Movements(), Movements(1, 1, 0), Movements()]


# a quarter begins and ends at midnight in London; the last second of March 2027 is summer
# time.
@pytest.mark.parametrize(
    ("final_at", "quarter"),
    [
        (datetime(2027, 3, 31, 22, 59, 59, tzinfo=UTC), Q4),
        (datetime(2027, 3, 31, 23, 0, tzinfo=UTC), Quarter(2027, 1)),
        (datetime(2027, 1, 1, tzinfo=UTC), Q4),
        (datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC), Quarter(2026, 3)),
    ],
)
def test_a_quarter_ends_at_midnight_in_london(context, pairs, final_at, quarter):
    db.session.execute(update(Audit).where(Audit.id == pairs[0]).values(final_at=final_at))
    found = {each.quarter: each.moved.up for each in moved_by_quarter(
        [Quarter(2026, 3), Q4, Quarter(2027, 1)]
    )}  # fmt: skip
    assert found[quarter] == 1
    assert sum(found.values()) == 1


# whatever the grades are, the counts equal a recount of the pairs behind them.
@runs(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@examples(st.tuples(*[st.sampled_from(GRADES)] * 4))
@example((Grade.INADEQUATE, Grade.GOOD, Grade.GOOD, Grade.INADEQUATE))
def test_the_counts_equal_the_pairs_behind_them(council, context, pairs, grades):
    rows = list(db.session.scalars(select(ReAudit).order_by(ReAudit.id)))
    for place, row in enumerate(rows):
        row.first_audit.final_grade, row.audit.final_grade = grades[2 * place : 2 * place + 2]
    db.session.flush()
    [found] = moved_by_quarter([Q4])
    assert found.moved == count_movements([grades[:2], grades[2:]])
    me = actor(council.people["qa_lead"], LATER.date())
    for movement in Movement:
        behind = pairs_behind(Q4, movement, me)
        assert behind.total == len(behind.rows) == found.moved.of(movement)
    assert pairs_behind(Q4, None, me).total == found.moved.n
    db.session.rollback()


# a first audit without its final grade is no pair yet.
def test_a_pair_needs_both_final_grades(council, context):
    first = first_audit(council, final=False)
    done_again(council, first)
    assert moved_by_quarter([Q4])[0].moved == Movements()
    me = actor(council.people["qa_lead"], LATER.date())
    assert pairs_behind(Q4, None, me).rows == []


# R2, E1: what somebody may not read of both audits is counted and not listed.
def test_pairs_are_listed_for_those_who_read_both(council, context, pairs):
    head = actor(council.people["head"], LATER.date())
    assert len(pairs_behind(Q4, None, head).rows) == 2
    elsewhere = pairs_behind(Q4, None, actor(council.people["other_head"], LATER.date()))
    assert (elsewhere.total, elsewhere.rows) == (2, [])
    db.session.add(
        AuditParty(
            audit_id=pairs[0], party=Party.IMPLICATED, person_id=head.person_id, name="Hetty Head"
        )
    )
    db.session.flush()
    assert len(pairs_behind(Q4, None, head).rows) == 1


def test_quarters_have_to_make_sense():
    assert quarters(Quarter(2026, 3), Quarter(2027, 1), datetime(2027, 6, 1, tzinfo=UTC)) == [
        Quarter(2026, 3), Q4, Quarter(2027, 1),
    ]  # fmt: skip
    for first, last, words in (
        (Q4, Quarter(2026, 3), "is after the last"),
        (Q4, Quarter(2027, 1), "has not begun"),
        (Quarter(2026 - LONGEST // 4, 3), Q4, f"at most {LONGEST} quarters"),
    ):
        with pytest.raises(DomainError, match=words):
            quarters(first, last, datetime(2027, 2, 1, tzinfo=UTC))


# S5, E8: a re-audit changes no figure of randomly chosen cases, and is counted with all.
@pytest.mark.parametrize("grades", list(GradeBasis))
def test_a_re_audit_is_in_no_random_rate(context, council, grades):
    first = first_audit(council)
    first_month, last = Month.of(AT.date()), Month.of(LATER.date())
    cut = LATER + timedelta(days=30)

    def figures(selected: Selected):
        return answer(Asked(first_month, last, cut, grades, selected)).figures

    random, everything = figures(Selected.RANDOM), figures(Selected.ALL)
    done_again(council, first)
    assert figures(Selected.RANDOM) == random
    changed = [
        (before.measure, before.category)
        for before, after in zip(everything, figures(Selected.ALL), strict=True)
        if before != after and before.measure == "MTM-1"
    ]
    assert ("MTM-1", "good") in changed or ("MTM-1", "Good") in changed


# n is printed, no percentage of fewer than ten pairs, and why a rise is no proof; each figure
# opens onto its pairs.
def test_the_page_prints_n_and_opens(app, council, client_for, pairs):
    this = now()
    with app.app_context(), saving():
        db.session.execute(update(Audit).where(Audit.id.in_(pairs)).values(final_at=this))
    lead = client_for(council.people["qa_lead"])
    page = lead.get(PAGE).text
    assert "too few to say" in page
    assert "regression to the mean" in page
    assert "%" not in page[page.index("<caption") : page.index("</table>")]
    quarter = Quarter.of(london_date(this))
    behind = lead.get(f"{PAGE}/pairs?quarter={quarter}&moved=up").text
    assert "1 pair makes up this figure." in behind
    assert f"/audits/{pairs[0]}/side-by-side" in behind
    assert f"/audits/{pairs[1]}/side-by-side" not in behind
    assert "2 pairs make up this figure." in lead.get(f"{PAGE}/pairs?quarter={quarter}").text
    none = lead.get(f"{PAGE}/pairs?quarter={quarter}&moved=down").text
    assert "There is none." in none
    seen = client_for(council.people["other_head"]).get(f"{PAGE}/pairs?quarter={quarter}").text
    assert "You may see 0 of the 2 pairs" in seen
    assert f'href="{PAGE}"' in lead.get("/reports/measures").text


@pytest.mark.parametrize(
    "address", ["pairs", "pairs?quarter=x", "pairs?quarter=2026/27-Q1&moved=x"]
)
def test_a_figure_that_is_none_is_not_found(council, client_for, address):
    lead = client_for(council.people["qa_lead"])
    assert lead.get(f"{PAGE}/{address}").status_code == 404


def test_quarters_in_the_wrong_order_are_said(council, client_for):
    lead = client_for(council.people["qa_lead"])
    today = london_date(now())
    last, first = Quarter.of(today), Quarter.of(today - timedelta(days=100))
    answer_ = lead.get(f"{PAGE}?from={last}&to={first}")
    assert answer_.status_code == 400
    assert "is after the last" in answer_.text
    assert lead.get(f"{PAGE}?from=nonsense").status_code == 400


# MEASURES_READ: the QA lead, and those who lead services.
@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("qa_lead", 200), ("head", 200), ("director", 200), ("auditor", 403), ("worker", 403),
        ("manager", 403), ("viewer", 403), ("administrator", 403),
    ],
)  # fmt: skip
def test_who_reads_it(council, client_for, key, status):
    me = client_for(council.people[key])
    assert me.get(PAGE).status_code == status
    assert me.get(f"{PAGE}/pairs?quarter=2025/26-Q1").status_code == status


def test_the_page_costs_no_more_with_more_pairs(app, council, client_for, pairs):
    lead = client_for(council.people["qa_lead"])
    counts = []
    for each in pairs:
        with app.app_context(), saving():
            db.session.execute(update(Audit).where(Audit.id == each).values(final_at=now()))
        quarter = Quarter.of(london_date(now()))
        with count_queries(app) as asked:
            assert f"({quarter.words})" in lead.get(PAGE).text
            lead.get(f"{PAGE}/pairs?quarter={quarter}")
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_the_command_prints_the_same(app, pairs):
    this = now()
    with app.app_context(), saving():
        db.session.execute(update(Audit).where(Audit.id.in_(pairs)).values(final_at=this))
    quarter = str(Quarter.of(london_date(this)))

    def run(*arguments: str):
        return app.test_cli_runner().invoke(cli.commands["re-audits"], list(arguments))

    months = ("--from", quarter, "--to", quarter)
    assert run(*months).stdout.splitlines()[1].split() == [quarter, "2", "1", "1", "0"]
    found = json.loads(run(*months, "--format", "json").stdout)
    assert found == [{"quarter": quarter, "pairs": 2, "up": 1, "same": 1, "down": 0}]
    assert run("--from", "x", "--to", quarter).exit_code == 2
    assert run("--from", quarter, "--to", "2019/20-Q1").exit_code == 2
