"""The pages of months, plans, expectations and requests, as people use them (P1 to P4, P6)."""

import re
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.database import db, now, saving
from qa_app.domain.calendar import LONDON, Month, add_months, england, london_date
from qa_app.history import Event
from qa_app.programme import services
from qa_app.programme.models import (
    Batch,
    BatchKind,
    Cycle,
    CycleState,
    Exemption,
    Expectation,
    Extension,
    TimeRequest,
)
from qa_app.programme.queries import planning
from qa_app.programme.queries.planning import YearPlan
from qa_app.programme.queries.waiting import LISTED
from tests.programme.asking import SICK, an_audit, an_expectation
from tests.programme.draw_making import a_draw, add_cases
from tests.queries import count_queries

THIS = Month.of(london_date(now()))
BEFORE = THIS.previous()


@pytest.fixture
def lead(council, client_for):
    """The QA lead's browser."""
    return client_for(council.people["qa_lead"])


def planned(council, first=THIS, aside=()):
    """A year planned from a month on, one audit of each auditor's post."""
    numbers = dict.fromkeys(planning.auditor_kinds(), 1)
    wanted = YearPlan(first, frozenset(aside), numbers)
    services.plan_year(wanted, by=council.people["qa_lead"], at=now())


def at_noon(day: date) -> datetime:
    """Noon of a day in London."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=LONDON)


# --- planning and the index


def test_a_year_is_shown_and_then_planned(app, lead):
    # P1, P2
    page = lead.get("/programme/plan").text
    assert "What this makes" in page
    assert re.search(r"April 2\d{3}", page)
    first = f"/programme/plan?first={THIS}"
    assert re.search(
        rf'value="{THIS}"[^>]*selected|selected[^>]*value="{THIS}"', lead.get(first).text
    )
    sent = {"aside": str(THIS.next()), "number_team_manager": "2", "number_iro": "1"}
    shown = lead.submit(first, sent | {"preview": "1"})
    assert f"{THIS.next().words}" in shown.text
    with app.app_context():
        assert db.session.scalars(select(Cycle)).all() == []
    answer = lead.submit(first, sent | {"plan": "1"}, follow_redirects=True)
    assert "Planned 12 months with 48 expectations" in answer.text
    with app.app_context():
        cycles = list(db.session.scalars(select(Cycle).order_by(Cycle.month)))
        assert [c.month for c in cycles] == [m.first for m in planning.months_from(THIS)]
        assert [c.state for c in cycles][:2] == [CycleState.OPEN, CycleState.PLANNED]
        assert {e.number for e in cycles[1].expectations} == {0}
        assert sorted(e.number for e in cycles[0].expectations) == [1, 2, 2, 2]
    page = lead.get("/programme").text
    for words in ("Months to come", "Set aside", "Planned", "Open"):
        assert words in page
    assert "There already" in lead.get(first).text


def test_a_number_that_nobody_does_is_refused_beside_its_box(lead):
    answer = lead.submit("/programme/plan", {"number_iro": "21", "plan": "1"})
    assert "Enter a number from 0 to 20" in answer.text
    assert 'href="#number_iro"' in answer.text
    assert "must be a whole number" in lead.submit("/programme/plan", {"number_iro": "x"}).text


@pytest.mark.parametrize("first", ["nonsense", "1999-01", "2026-13", ""])
def test_an_address_that_makes_no_sense_shows_the_usual_year(lead, first):
    assert lead.get(f"/programme/plan?first={first}").status_code == 200


def test_the_index_costs_the_same_for_one_month_and_for_twenty_four(app, council, lead):
    costs = []
    for months in (1, 24):
        with app.app_context(), saving():
            for back in range(months):
                first = add_months(THIS.first, -back)
                if not db.session.scalars(select(Cycle).where(Cycle.month == first)).first():
                    services.ensure_cycle(first, None, now())
            if months == 1:
                an_expectation(council, at=now(), month=THIS.first)
                _a_batch(council)
            else:
                planned(council, THIS.next())
        with count_queries(app) as asked:
            page = lead.get("/programme").text
        assert THIS.words in page
        assert "Neglect, look-back" in page
        assert len(asked) <= 8, asked
        costs.append(len(asked))
    assert costs[0] == costs[1]
    assert page.count(">Set aside<") <= 1


def test_months_that_are_longer_ago_are_a_page_further(app, lead):
    with app.app_context(), saving():
        for back in range(30):
            services.ensure_cycle(add_months(THIS.first, -back), None, now())
    page = lead.get("/programme").text
    older = re.search(r"/programme\?before=[0-9-]+", page)[0]
    assert Month.of(add_months(THIS.first, -25)).words not in page
    assert Month.of(add_months(THIS.first, -25)).words in lead.get(older).text
    assert lead.get("/programme?before=nonsense").status_code == 200


def _a_batch(council):
    day = london_date(now())
    batch = Batch(kind=BatchKind.LOOK_BACK, name="Neglect, look-back", number=5, tool_code="core",
                  starts_on=day, ends_on=day, made_at=now())  # fmt: skip
    db.session.add(batch)


# --- one month


@pytest.mark.parametrize(
    "month", ["2026-13", "2026-00", "26-11", "2026-1", "0026-11", "2031-01", "2026-11-01", "batch"]
)
def test_only_a_month_with_a_cycle_has_a_page(lead, month):
    assert lead.get(f"/programme/{month}").status_code == 404
    assert lead.get(f"/programme/{month}/close").status_code == 404


def _a_full_month(council, more=0):
    """This month with an exemption in time, one late, an extension, a request and a batch."""
    planned(council)
    cycle = services.ensure_cycle(THIS.first, None, now())
    rows = {each.person_id: each for each in cycle.expectations}
    head = {"by": council.people["head"], "number": 1} | SICK
    services.grant_exemption(rows[council.people["auditor"]], at=at_noon(THIS.first), **head)
    late = at_noon(cycle.due_on + timedelta(days=1))
    services.exempt(rows[council.people["manager"]], at=late, **head)
    audit = an_audit(council, "auditor")
    audit.cycle_month, audit.due_on = THIS.first, cycle.due_on
    services.grant_extension(audit, at=at_noon(THIS.first), **head)
    person = db.session.get_one(Person, council.people["other_auditor"])
    services.ask_exemption(rows[person.id], number=1, by=person.id, at=now(), **SICK)
    _a_batch(council)


def test_a_months_page_says_all_that_belongs_to_it(app, council, lead):
    # P3, P4: exemptions and extensions are counted and shown, with who granted them.
    with app.app_context(), saving():
        _a_full_month(council)
    page = lead.get(f"/programme/{THIS}").text
    for words in (
        "1, and 1 granted after the due date, which reduce nothing", "Hetty Head",
        "after the due date: reduces nothing", "1 request for an exemption or more time",
        "Neglect, look-back", "No cases were drawn", "Expected by role", "0 of 4 (0%)",
        "Ada Auditor", f"/audits?month={THIS}",
    ):  # fmt: skip
        assert words in page, words
    assert "Close this month" not in page


def test_a_month_lists_its_draws(app, council, lead):
    with app.app_context(), saving():
        planned(council)
        add_cases(council, 6)
        draw = a_draw(council, size=2, month=THIS)
        reference, path = draw.reference, f"/programme/draws/{draw.id}"
    page = lead.get(f"/programme/{THIS}").text
    assert f'href="{path}">{reference}</a>: 2 cases' in page
    assert "Waiting for allocation" in page or "waiting for allocation" in page


def test_a_months_page_costs_the_same_for_few_and_many(app, council, lead):
    costs = []
    with app.app_context(), saving():
        _a_full_month(council)
    for more in (0, 3):
        with app.app_context(), saving():
            cycle = services.ensure_cycle(THIS.first, None, now())
            for key in ("worker", "viewer", "head")[:more]:
                person = db.session.get_one(Person, council.people[key])
                row = services.expect_beside(cycle, person, number=2,
                                             by=council.people["qa_lead"], at=now())  # fmt: skip
                services.exempt(row, number=1, by=council.people["director"], at=now(), **SICK)
        with count_queries(app) as asked:
            assert "Expected by role" in lead.get(f"/programme/{THIS}").text
        costs.append(len(asked))
    assert costs[0] == costs[1] <= 14, asked


def test_a_month_set_aside_says_so(app, council, lead):
    # P2
    with app.app_context(), saving():
        planned(council, aside=[THIS])
    page = lead.get(f"/programme/{THIS}").text
    assert "This month is set aside: no audits are expected of anybody" in page
    assert "Nothing was due" in page


def test_a_month_is_closed_when_it_is_over(app, council, lead):
    # P6: the page says what stays unfinished, and what becomes of it.
    with app.app_context(), saving():
        planned(council, BEFORE)
        audit = an_audit(council)
        audit.cycle_month = BEFORE.first
    assert "It can be closed after" in lead.get(f"/programme/{THIS}/close").text
    early = lead.submit(f"/programme/{THIS}/close", {"close": "1"})
    assert early.status_code == 409
    page = lead.get(f"/programme/{BEFORE}/close").text
    assert "1 audit unfinished" in page
    assert "Each then counts as done later" in page
    answer = lead.submit(f"/programme/{BEFORE}/close", {"close": "1"}, follow_redirects=True)
    assert "1 audit unfinished, and overdue until done" in answer.text
    assert "Closed on" in answer.text
    assert "Change what is expected" not in answer.text
    assert "cannot be closed twice" in lead.get(f"/programme/{BEFORE}/close").text
    for path in ("expectations", "expectations/beside"):
        assert "This month is closed" in lead.get(f"/programme/{BEFORE}/{path}").text


# --- what is expected


def test_what_is_expected_changes_by_role_by_post_and_beside_one(app, council, lead):
    # P2
    with app.app_context(), saving():
        planned(council)
    path = f"/programme/{THIS}"
    assert "Select why" in lead.submit(f"{path}/expectations", {"number_iro": "2"}).text
    sent = {"number_team_manager": "2", "because": "more_needed"}
    answer = lead.submit(f"{path}/expectations", sent, follow_redirects=True)
    assert "Changed what is expected of 3 posts." in answer.text
    one = re.search(r"/programme/expectations/[0-9a-f-]{36}", answer.text)[0]
    assert "Enter how many" in lead.submit(one, {"because": "new"}).text
    answer = lead.submit(one, {"number": "0", "because": "duties"}, follow_redirects=True)
    assert "0 audits expected." in answer.text
    sent = {"person": str(council.people["iro"]), "number": "1"}
    beside = f"{path}/expectations/beside"
    answer = lead.submit(beside, sent, follow_redirects=True)
    assert f"1 audit expected of Iris Reviewer in {THIS.words}" in answer.text
    assert "asked beside their post already" in lead.submit(beside, sent).text
    with app.app_context():
        verbs = {each.verb for each in db.session.scalars(select(Event))}
        assert {"expectation_set", "expectation_changed"} <= verbs


@pytest.mark.parametrize("key", ["auditor", "head", "director", "viewer", "administrator"])
def test_only_the_qa_lead_plans_and_changes(app, council, client_for, key):
    with app.app_context(), saving():
        planned(council)
        one = db.session.scalars(select(Expectation.id)).first()
    client = client_for(council.people[key])
    for path in ("plan", str(THIS), f"{THIS}/close", f"{THIS}/expectations",
                 f"{THIS}/expectations/beside", f"expectations/{one}"):  # fmt: skip
        assert client.get(f"/programme/{path}").status_code == 403


# --- asking and deciding


@pytest.fixture
def standing(app, council):
    """This month planned, and an audit of Ada Auditor in it; their ids."""
    with app.app_context(), saving():
        planned(council)
        cycle = services.ensure_cycle(THIS.first, None, now())
        audit = an_audit(council, "auditor")
        audit.cycle_month, audit.due_on = THIS.first, cycle.due_on
        row = next(e for e in cycle.expectations if e.person_id == council.people["auditor"])
        return {"expectation": row.id, "audit": audit.id, "due": cycle.due_on}


def test_an_auditor_asks_and_the_head_grants_an_exemption(
    app, council, client_for, standing, monkeypatch
):
    # P3
    auditor, head = (client_for(council.people[key]) for key in ("auditor", "head"))
    page = auditor.get("/programme/requests").text
    asking = f"/programme/expectations/{standing['expectation']}/exemption"
    assert asking in page
    assert "Nothing waits for you" in head.get("/programme/requests").text
    assert "Enter the reason" in auditor.submit(asking, {"number": "1", "reason": "other"}).text
    assert "no more are expected" in auditor.submit(asking, {"number": "2", "reason": "leave"}).text
    vacancy = auditor.submit(asking, {"number": "1", "reason": "vacancy"})
    assert "select one of the answers shown" in vacancy.text
    sent = {"number": "1", "reason": "leave", "note": "Two weeks"}
    answer = auditor.submit(asking, sent, follow_redirects=True)
    assert "Asked. Hetty Head has been told, and decides." in answer.text
    again = auditor.submit(asking, sent)
    assert again.status_code == 409
    page = head.get("/programme/requests").text
    deciding = re.search(r"/programme/requests/[0-9a-f-]{36}/decide", page)[0]
    late = standing["due"] < london_date(now())
    assert ("has passed" in head.get(deciding).text) is late
    assert "Enter why you refuse" in head.submit(deciding, {"decision": "refuse"}).text
    answer = head.submit(deciding, {"decision": "grant"}, follow_redirects=True)
    assert ("reduces nothing" if late else "so many audits fewer are due") in answer.text
    assert "by Hetty Head" in auditor.get(deciding.removesuffix("/decide")).text
    assert "This has been decided" in head.get(deciding).text
    with app.app_context():
        assert db.session.scalars(select(Exemption)).one().note == "Two weeks"


def test_an_auditor_asks_for_more_time_and_the_line_manager_grants_it(
    app, council, client_for, standing
):
    # P3, P4
    auditor, head = (client_for(council.people[key]) for key in ("auditor", "head"))
    asking = f"/programme/audits/{standing['audit']}/extension"
    assert "The audit stays one of" in auditor.get(asking).text
    assert (
        "working days from 1 to 60"
        in auditor.submit(asking, {"number": "99", "reason": "leave"}).text
    )
    days = "20"
    auditor.submit(asking, {"number": days, "reason": "leave"})
    page = head.get("/programme/requests").text
    deciding = re.search(r"/programme/requests/[0-9a-f-]{36}/decide", page)[0]
    assert "counts as done later" in head.get(deciding).text
    answer = head.submit(deciding, {"decision": "grant"}, follow_redirects=True)
    assert "the audit is due later" in answer.text
    with app.app_context():
        audit = db.session.get_one(Audit, standing["audit"])
        assert audit.due_on == england().add_working_days(standing["due"], 20)
        assert db.session.scalars(select(Extension)).one().due_before == standing["due"]


def test_whoever_may_not_decide_is_told_why_and_the_attempt_is_kept(
    app, council, client_for, standing
):
    # P3, checked on the server
    with app.app_context(), saving():
        row = db.session.get_one(Expectation, standing["expectation"])
        services.ask_exemption(row, number=1, by=council.people["auditor"], at=now(), **SICK)
        request_id = db.session.scalars(select(TimeRequest.id)).one()
    path = f"/programme/requests/{request_id}"
    auditor = client_for(council.people["auditor"])
    own = auditor.send(f"{path}/decide", {"decision": "grant"})
    assert own.status_code == 409
    assert "somebody above you decides" in own.text
    lead = client_for(council.people["qa_lead"]).send(f"{path}/decide", {"decision": "grant"})
    assert "granted by a head of service or above" in lead.text
    for key in ("other_head", "manager", "worker", "viewer", "administrator"):
        client = client_for(council.people[key])
        assert client.get(path).status_code in (403, 404)
        assert client.send(f"{path}/decide", {"decision": "grant"}).status_code in (403, 404)
    with app.app_context():
        refused = list(db.session.scalars(select(Event).where(Event.verb == "refused")))
        assert {each.actor_id for each in refused} == {
            council.people["auditor"], council.people["qa_lead"],
        }  # fmt: skip
        assert db.session.scalars(select(Exemption)).all() == []


@pytest.mark.parametrize("key", ["other_auditor", "manager", "iro"])
def test_nobody_learns_of_somebody_elses_months_by_asking(council, client_for, standing, key):
    client = client_for(council.people[key])
    for path in (f"expectations/{standing['expectation']}/exemption",
                 f"audits/{standing['audit']}/extension"):  # fmt: skip
        assert client.get(f"/programme/{path}").status_code == 404


def test_a_head_exempts_and_extends_without_having_been_asked(app, council, client_for, standing):
    # P3
    head = client_for(council.people["head"])
    page = head.get("/programme/exemptions").text
    exempting = f"/programme/exemptions/{standing['expectation']}"
    extending = f"/programme/extensions/{standing['audit']}"
    assert exempting in page
    assert extending in page
    answer = head.submit(exempting, {"number": "1", "reason": "sickness"}, follow_redirects=True)
    assert "The exemption is granted" in answer.text
    answer = head.submit(extending, {"number": "30", "reason": "sickness"}, follow_redirects=True)
    assert "Its month stays the same" in answer.text
    other = client_for(council.people["other_head"])
    for path in (exempting, extending):
        assert exempting not in other.get("/programme/exemptions").text
        assert other.get(path).status_code == 409
        assert other.send(path, {"number": "1", "reason": "leave"}).status_code == 409
        assert client_for(council.people["auditor"]).get(path).status_code == 403
    with app.app_context():
        refused = db.session.scalars(select(Event).where(Event.verb == "refused")).all()
        assert [each.actor_id for each in refused] == [council.people["other_head"]] * 2


def test_the_lists_of_requests_cost_the_same_for_one_and_twenty(app, council, client_for):
    head, lead = (client_for(council.people[key]) for key in ("head", "qa_lead"))
    costs: dict[str, list[int]] = {}
    for many in (1, 12):
        with app.app_context(), saving():
            for number in range(many):
                month = add_months(THIS.first, number + (many > 1))
                for key in ("auditor", "manager"):
                    row = an_expectation(council, key, at=now(), month=month)
                    services.ask_exemption(row, number=1, by=council.people[key], at=now(), **SICK)
        for client in (head, lead):
            for path in ("/programme/requests", "/programme/exemptions"):
                if client is lead and path.endswith("exemptions"):
                    continue
                with count_queries(app) as asked:
                    assert "Ada Auditor" in client.get(path).text
                assert len(asked) <= 8, asked
                costs.setdefault(f"{client is head}{path}", []).append(len(asked))
    assert all(first == second for first, second in costs.values()), costs
    assert many * 2 < LISTED
