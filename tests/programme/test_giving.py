"""Giving audits within the programme (P1, P4, S5, S6), and the QA lead's pages."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from qa_app.accounts.models import Person, PostHolding
from qa_app.audits.models import Audit
from qa_app.audits.services import NotIndependent
from qa_app.cases.models import Case
from qa_app.database import db, now, saving
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.grades import Selection
from qa_app.programme import services
from qa_app.programme.models import Expectation
from qa_app.programme.queries import auditors_for, completion
from tests.audits.making import AT
from tests.queries import count_queries

MONTH = date(2026, 11, 1)


def _give(council, case="100001", auditor="other_auditor", month=MONTH, **options):
    values = {"selection": Selection.RANDOM, "reason": "", "at": AT} | options
    return services.give_audit(
        db.session.get_one(Case, council.cases[case]),
        db.session.get_one(Person, council.people[auditor]),
        month,
        by=council.people["qa_lead"],
        **values,
    )


def _expected(context=None):
    return [(each.person_id, each.number) for each in db.session.scalars(select(Expectation))]


def test_a_given_audit_is_expected_and_due_on_the_last_working_day(context, council):
    audit = _give(council)

    assert (audit.cycle_month, audit.due_on) == (MONTH, date(2026, 11, 30))
    assert _expected() == [(council.people["other_auditor"], 1)]


def test_the_number_grows_only_beyond_what_is_expected(context, council):
    cycle = services.ensure_cycle(MONTH, None, AT)
    person = db.session.get_one(Person, council.people["other_auditor"])
    post = (
        db.session.scalars(select(PostHolding).where(PostHolding.person_id == person.id)).one().post
    )
    services.set_expectation(cycle, post=post, person=person, number=2, by=None, at=AT)
    numbers = []
    for case in ("100001", "100002", "100003"):
        _give(council, case)
        numbers.append(_expected()[0][1])

    assert numbers == [2, 2, 3]
    assert completion(MONTH, MONTH)[MONTH].due == 3


def test_a_vacant_posts_expectation_becomes_its_new_holders(context, council):
    cycle = services.ensure_cycle(MONTH, None, AT)
    person = db.session.get_one(Person, council.people["other_auditor"])
    post = (
        db.session.scalars(select(PostHolding).where(PostHolding.person_id == person.id)).one().post
    )
    services.set_expectation(cycle, post=post, person=None, number=1, by=None, at=AT)
    _give(council)
    db.session.flush()

    assert _expected() == [(person.id, 1)]


def test_two_holders_of_one_post_are_measured_apart(context, council):
    cycle = services.ensure_cycle(MONTH, None, AT)
    person = db.session.get_one(Person, council.people["other_auditor"])
    before = db.session.get_one(Person, council.people["auditor"])
    post = (
        db.session.scalars(select(PostHolding).where(PostHolding.person_id == person.id)).one().post
    )
    services.set_expectation(cycle, post=post, person=before, number=1, by=None, at=AT)
    _give(council)
    _give(council, "100003")
    db.session.flush()

    assert sorted(number for _, number in _expected()) == [1, 2]


@pytest.mark.parametrize(
    ("options", "error"),
    [
        # P6: a cycle that is over
        ({"month": date(2026, 10, 1)}, services.CycleOver),
        # S5: a targeted case needs the reason
        ({"selection": Selection.TARGETED}, services.ReasonNeeded),
        ({"selection": Selection.THEMATIC, "reason": "  "}, services.ReasonNeeded),
        # S6
        ({"auditor": "chair"}, NotIndependent),
    ],
)
def test_what_is_refused(context, council, options, error):
    with pytest.raises(error):
        _give(council, **options)
    assert db.session.scalars(select(Audit)).all() == []


# Pressing the button twice gives one audit.
def test_a_case_that_is_being_audited_is_not_given_again(context, council):
    first = _give(council)
    with pytest.raises(services.BeingAudited, match=first.reference):
        _give(council)
    assert [each.id for each in db.session.scalars(select(Audit))] == [first.id]


def test_an_auditor_without_a_post_is_refused(context, council):
    holding = db.session.scalars(
        select(PostHolding).where(PostHolding.person_id == council.people["other_auditor"])
    ).one()
    holding.ended_on = london_date(AT) - timedelta(days=1)
    db.session.flush()
    with pytest.raises(services.NoPost):
        _give(council)


def test_auditors_are_listed_with_the_reasons_against_them(context, council):
    case = db.session.get_one(Case, council.cases["100001"])
    found = auditors_for(case, london_date(AT))

    assert [each.name for each in found.free] == ["Ada Auditor", "Iris Reviewer", "Otto Auditor"]
    barred = {each.name: each.conflicts for each in found.barred}
    assert set(barred) == {"Cleo Chair", "Manny Manager"}
    assert "is this child's conference chair" in barred["Cleo Chair"]
    assert found.free[0].words == "Ada Auditor, Team Manager, Safeguarding Team 2 (0 audits to do)"


@pytest.fixture
def lead(council, client_for):
    """The QA lead's browser."""
    return client_for(council.people["qa_lead"])


def _choice(page, name):
    return re.search(rf'<option value="([^"]+)">{name}', page)[1]


def test_the_qa_lead_finds_a_case_and_gives_it(app, council, lead):
    assert "Enter the child’s case reference" in lead.get("/programme/give").text
    assert "No case has the reference 999" in lead.get("/programme/give?case=999").text
    page = lead.get("/programme/give?case=100001").text
    assert "Cleo Chair is this child&#39;s conference chair" in page
    month = Month.of(london_date(now())).first.isoformat()
    answer = lead.submit("/programme/give?case=100001", {
        "auditor": _choice(page, "Otto Auditor"), "month": month, "selection": "thematic",
        "reason": "Neglect this quarter", "give": "1",
    }, follow_redirects=True)  # fmt: skip

    assert "given to Otto Auditor" in answer.text
    with app.app_context():
        audit = db.session.scalars(select(Audit)).one()
        assert (audit.selection, audit.selection_reason) == (
            Selection.THEMATIC, "Neglect this quarter",
        )  # fmt: skip
    assert audit.reference in lead.get("/programme/give?case=100001").text
    assert audit.reference in lead.get("/audits").text


def test_a_reason_is_asked_for_and_the_answers_are_kept(lead):
    answer = lead.submit("/programme/give?case=100001", {"selection": "targeted", "give": "1"})

    for message in ("Select an auditor", "Enter why this case was chosen"):
        assert message in answer.text
    assert re.search(r'value="targeted"[^>]* checked|checked[^>]*value="targeted"', answer.text)


def test_a_conflicted_auditor_sent_by_hand_is_refused(app, council, lead):
    # S6, checked on the server
    answer = lead.submit("/programme/give?case=100001", {
        "auditor": str(council.people["chair"]), "selection": "random", "give": "1",
        "month": Month.of(london_date(now())).first.isoformat(),
    })  # fmt: skip

    assert "select one of the answers shown" in answer.text
    with app.app_context():
        assert db.session.scalars(select(Audit)).all() == []


@pytest.mark.parametrize(
    "key", ["auditor", "manager", "worker", "head", "director", "viewer", "administrator"]
)
def test_only_the_qa_lead_runs_the_programme(council, client_for, key):
    client = client_for(council.people[key])
    for path in ("/programme", "/programme/give", "/programme/give?case=100001"):
        assert client.get(path).status_code == 403


def test_the_programme_costs_the_same_however_long_it_runs(app, council, lead):
    assert "No month has begun yet" in lead.get("/programme").text
    costs = []
    for months in (1, 18):
        with app.app_context(), saving():
            for back in range(months):
                services.ensure_cycle(MONTH - timedelta(days=30 * back), None, AT)
            if months == 1:
                _give(council)
        with count_queries(app) as asked:
            page = lead.get("/programme").text
        assert "November 2026" in page
        assert len(asked) <= 8, asked
        costs.append(len(asked))
    assert costs[0] == costs[1]
