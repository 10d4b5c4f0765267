"""The pages of the draws: a list, a new one, and one that an inspector understands (S1 to S4)."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app.database import db, now, saving
from qa_app.domain.calendar import Month
from qa_app.domain.grades import PlanType
from qa_app.domain.sampling import StratumBy
from qa_app.history import Event
from qa_app.programme import services
from qa_app.programme.models import Batch, BatchKind, Draw, DrawState
from tests.audits.making import given
from tests.programme.draw_making import AT, MAY, a_cycle, a_draw, add_cases, core, rows_of
from tests.queries import count_queries

TODAY = now().date()


@pytest.fixture
def lead(council, client_for):
    """The QA lead's browser."""
    return client_for(council.people["qa_lead"])


def _cases(app: Flask, council, count: int = 12, **more: object) -> None:
    with app.app_context(), saving():
        add_cases(council, count, **more)


def _made(app: Flask, council, **more: object) -> str:
    with app.app_context(), saving():
        return f"/programme/draws/{a_draw(council, **more).id}"


def _target(app: Flask, month: Month = MAY) -> str:
    with app.app_context(), saving():
        return str(a_cycle(month).id)


def _fields(app: Flask, target: str, **more: str) -> dict[str, str]:
    with app.app_context():
        tool = str(core().id)
    return {"of": target, "tool": tool, "size": "4", "by": "team", "save": "1"} | more


def test_an_empty_list_says_why_and_what_to_do(app, council, lead) -> None:
    assert "Nothing has been drawn yet." in lead.get("/programme/draws").text
    page = lead.get("/programme/draws/new").text
    assert "No month is planned" in page


def test_without_cases_the_page_says_what_is_missing(app, client_for, council, lead) -> None:
    with app.app_context(), saving():
        db.session.execute(db.text("DELETE FROM involvement"))
        db.session.execute(db.text('DELETE FROM "case"'))
    page = lead.get("/programme/draws/new").text
    assert "There is no list of cases to draw from." in page


def test_the_page_says_how_many_cases_each_list_holds(app, council, lead) -> None:
    # S1
    _cases(app, council, 8)
    _cases(app, council, 3, first=300_001, plan_type=PlanType.EARLY_HELP)
    _target(app)
    page = lead.get("/programme/draws/new").text
    assert "Open cases: 12 cases in the newest list" in page
    assert "Open cases: 3 cases in the newest list" in page
    assert "Safeguarding Team 1" in page
    assert "Leave it empty" in page


def test_the_qa_lead_draws_and_sees_the_draw_explained(app, council, lead) -> None:
    # S1 to S4
    _cases(app, council, 12, worker="worker")
    answer = lead.submit(
        "/programme/draws/new", _fields(app, _target(app), seed="7"), follow_redirects=True
    )
    page = answer.text
    assert "D-0001: 4 cases drawn" in page
    assert "of 16 cases were drawn at random for May 2023" in page
    assert "7, entered by Quinn Lead" in page
    assert "Drawn again just now" in page
    assert "The same" in page
    assert "qa-app redraw D-0001" in page
    assert "No more than 2 cases of one social worker" in page
    assert "Reserves in the order drawn" in page
    assert "Drew 4 cases with seed 7" in page
    with app.app_context():
        made = db.session.scalars(select(Draw)).one()
        rows = sorted(rows_of(made), key=lambda row: row.position)
        references = [row.case_reference for row in rows]
        viewed = db.session.scalars(select(Event).where(Event.verb == "draw_viewed")).all()
        assert [each.subject_id for each in viewed] == [made.id]
    shown = re.findall(r'<th scope="row" class="govuk-table__header">(\d{6})</th>', page)
    assert shown == references


def test_a_seed_left_empty_is_taken_by_the_tool(app, council, lead) -> None:
    # S2
    _cases(app, council)
    page = lead.submit(
        "/programme/draws/new", _fields(app, _target(app)), follow_redirects=True
    ).text
    assert "taken at random by the tool" in page


def test_a_batch_is_drawn_for_with_fixed_numbers(app, council, lead) -> None:
    # P7, S2
    _cases(app, council)
    with app.app_context(), saving():
        batch = Batch(
            kind=BatchKind.DIP_SAMPLE, name="Dip of May", tool_code="core", number=3,
            starts_on=TODAY, ends_on=TODAY, made_at=AT,
        )  # fmt: skip
        db.session.add(batch)
        db.session.flush()
        target = str(batch.id)
    sizes = "Children in Care Team = 1\n\n Safeguarding Team 1=2 "
    page = lead.submit(
        "/programme/draws/new", _fields(app, target, size="", sizes=sizes), follow_redirects=True
    ).text
    assert "drawn at random for Dip of May" in page
    assert "The number for each team was fixed by whoever drew." in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"of": ""}, "Select the month or batch"),
        ({"tool": ""}, "Select the audit tool"),
        ({"tool": "x"}, "select one of the answers shown"),
        ({"size": ""}, "Enter how many cases, or numbers for each stratum"),
        ({"size": "many"}, "must be a whole number"),
        ({"size": "0"}, "Enter how many cases, or numbers for each stratum"),
        ({"size": "-3"}, "Enter how many cases to draw, 1 or more"),
        # S2
        ({"sizes": "North 3"}, "Write each line as a name, = and a number"),
        ({"sizes": "North = 3\nNorth = 4"}, "stands there twice"),
        ({"size": "", "sizes": "North = 3"}, "The list has no team “North”"),
        ({"seed": "x" * 41}, "must be 40 characters or fewer"),
        # S1
        ({"as_at-day": "1", "as_at-month": "1", "as_at-year": "2099"}, "newest list of cases"),
    ],
)
def test_what_is_wrong_is_said_and_kept(app, council, lead, fields, words) -> None:
    _cases(app, council)
    answer = lead.submit("/programme/draws/new", _fields(app, _target(app), **fields))
    assert answer.status_code == 200
    assert words in answer.text
    assert "There is a problem" in answer.text
    with app.app_context():
        assert db.session.scalars(select(Draw)).all() == []


def test_a_second_draw_is_refused_and_the_first_discarded_with_a_reason(app, council, lead) -> None:
    # S2
    _cases(app, council)
    path = _made(app, council)
    again = lead.submit("/programme/draws/new", _fields(app, _target(app)))
    assert "D-0001 was made with this tool already" in again.text
    assert "Enter why the draw is discarded" in lead.submit(f"{path}/discard", {"save": "1"}).text
    page = lead.submit(
        f"{path}/discard", {"reason": "Drawn from an old list", "save": "1"}, follow_redirects=True
    ).text
    assert "Discarded by Quinn Lead: Drawn from an old list" in page
    assert "Not used. Discarded on" in lead.get(path).text
    assert (
        "was discarded before" in lead.submit(f"{path}/discard", {"reason": "x", "save": "1"}).text
    )
    lead.submit("/programme/draws/new", _fields(app, _target(app), seed="8"))
    page = lead.get("/programme/draws").text
    assert page.index("D-0002") < page.index("D-0001")
    assert "Other draws for May 2023" in lead.get(path).text


def test_a_draw_that_was_altered_warns_whoever_reads_it(app, council, lead) -> None:
    # S2
    _cases(app, council)
    path = _made(app, council)
    with app.app_context(), saving():
        made = db.session.scalars(select(Draw)).one()
        made.exclusions = made.exclusions[1:]
    page = lead.get(path).text
    assert "Not the same" in page
    assert "Tell your systems team" in page
    assert "Other cases are left out" in page


def test_the_page_names_auditors_and_links_audits_for_those_who_may_read_them(
    app, council, lead, client_for
) -> None:
    # I2: a director above all services reads the draw, and an audit once it was submitted
    with app.app_context(), saving():
        made = a_draw(council)
        row = next(each for each in rows_of(made) if each.case_reference == "100003")
        row.audit, made.state = given(council, case="100003"), DrawState.CONFIRMED
        reference, path = row.audit.reference, f"/programme/draws/{made.id}"
        address = f"/audits/{row.audit.id}"
    page = lead.get(path).text
    assert f'href="{address}">{reference}</a>, Otto Auditor, not started' in page
    page = client_for(council.people["director"]).get(path).text
    assert f"{reference}, Otto Auditor" in page
    assert address not in page
    assert "/replace" not in page


def test_a_draw_by_plan_type_is_told_in_words(app, council, lead) -> None:
    _cases(app, council)
    page = lead.get(_made(app, council, stratum=StratumBy.PLAN, size=6)).text
    assert "Numbers by plan type" in page
    assert PlanType.CHILD_IN_NEED.words in page
    assert "child_in_need" not in page


def test_what_was_not_found_is_said(app, council, lead) -> None:
    # S2: asked for 9, and there are 3 families
    page = lead.get(_made(app, council, size=9)).text
    assert "6 fewer than the 9 asked for" in page
    assert "There are none: the list has no more cases" in page


@pytest.mark.parametrize(
    ("key", "reads"),
    [
        ("qa_lead", True),
        # a director above all services; a head of one sees no list of every service's cases
        ("director", True),
        ("head", False),
        ("auditor", False),
        ("manager", False),
        ("worker", False),
        ("viewer", False),
        ("administrator", False),
    ],
)
def test_who_reads_draws_and_who_makes_them(app, council, client_for, key, reads) -> None:
    path = _made(app, council)
    client = client_for(council.people[key])
    for address in ("/programme/draws", path):
        assert client.get(address).status_code == (200 if reads else 403)
    for address in ("/programme/draws/new", f"{path}/discard"):
        assert client.get(address).status_code == (200 if key == "qa_lead" else 403)


def test_a_draw_that_is_not_there_is_not_found(lead) -> None:
    nothing = "/programme/draws/00000000-0000-0000-0000-000000000000"
    assert lead.get(nothing).status_code == 404
    assert lead.get(f"{nothing}/discard").status_code == 404


def test_the_list_costs_the_same_however_many_draws_there_are(app, council, lead) -> None:
    _cases(app, council, 6)
    costs = []
    for count in (1, 19):
        with app.app_context(), saving():
            for _ in range(count):
                made = a_draw(council)
                services.discard(made, "Not used", by=council.people["qa_lead"], at=AT)
        with count_queries(app) as asked:
            assert lead.get("/programme/draws").status_code == 200
        costs.append(len(asked))
        assert len(asked) <= 8, asked
    assert costs[0] == costs[1]


def test_a_draw_costs_the_same_however_many_cases_it_holds(app, council, lead) -> None:
    _cases(app, council, 40)
    costs = []
    for size, month in ((2, 5), (25, 6)):
        path = _made(app, council, size=size, month=Month(2023, month))
        with count_queries(app) as asked:
            assert lead.get(path).status_code == 200
        costs.append(len(asked))
        assert len(asked) <= 16, asked
    assert costs[0] == costs[1]


def test_a_new_draw_costs_few_queries(app, council, lead) -> None:
    for month in range(1, 13):
        _target(app, Month(2027, month))
    with count_queries(app) as asked:
        assert lead.get("/programme/draws/new").status_code == 200
    assert len(asked) <= 9, asked
