"""Declared interests (S6): who declares, who is told, what follows, and withdrawing again."""

import re

import pytest
from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.audits import services
from qa_app.audits.models import DeclaredInterest
from qa_app.cases.models import Case
from qa_app.database import db, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.workflow import AuditState
from qa_app.history import Event
from qa_app.notify.models import Notice
from tests.audits.making import AT, given
from tests.council import find
from tests.queries import count_queries

TODAY = london_date(AT)
MINE = "/audits/interests"


def declare(council, *, case="100001", who="other_auditor", by=None):
    return services.declare_interest(
        db.session.get_one(Case, council.cases[case]),
        db.session.get_one(Person, council.people[who]),
        by=council.people[by or who], at=AT,
    )  # fmt: skip


def reasons(council, case="100001", who="other_auditor"):
    facts = services.independence_of(db.session.get_one(Case, council.cases[case]), TODAY)
    return [each.reason for each in facts.conflicts(council.people[who])]


def told() -> list[str]:
    kept = select(Notice).where(Notice.key.startswith("interest:"))
    return [notice.subject for notice in db.session.scalars(kept)]


def test_a_declared_interest_is_a_conflict_until_it_is_withdrawn(context, council):
    # S6
    interest = declare(council)
    assert reasons(council) == ["has declared an interest in this case"]
    with pytest.raises(services.NotIndependent):
        given(council)
    for _ in range(2):
        services.withdraw_interest(interest, by=council.people["other_auditor"], at=AT)

    assert reasons(council) == []
    assert given(council).auditor_name == "Otto Auditor"
    declare(council)  # and may be declared anew


def test_it_counts_for_brothers_and_sisters(context, council):
    # S6
    declare(council)

    assert reasons(council, "100002") == [
        "has declared an interest in the case of this child's brother or sister"
    ]
    assert reasons(council, "100003") == []


def test_where_an_audit_is_under_way_the_qa_lead_is_told_at_once(context, council):
    audit = given(council)
    declare(council)
    db.session.commit()

    notice = db.session.scalars(select(Notice).where(Notice.key.startswith("interest:"))).one()
    assert notice.person_id == council.people["qa_lead"]
    assert notice.subject == f"Audit {audit.reference}: its auditor has declared an interest"
    assert "100001" not in notice.subject + notice.body
    event = db.session.scalars(select(Event).where(Event.verb == "interest_declared")).one()
    assert (event.audit_id, event.sentence) == (audit.id, "Declared an interest in the case")


@pytest.mark.parametrize(
    ("case", "state", "is_told"),
    [
        # S6: an audit of a brother or sister, too
        ("100002", AuditState.GIVEN, True),
        # one that waits for its moderator: they are to know
        ("100001", AuditState.AWAITING_MODERATION, True),
        # one that was withdrawn
        ("100001", AuditState.WITHDRAWN, False),
        # another child's
        ("100003", AuditState.GIVEN, False),
    ],
)
def test_which_audits_are_told_of(context, council, case, state, is_told):
    audit = given(council, case=case)
    audit.state = state
    if state is AuditState.AWAITING_MODERATION:
        audit.completed_on = TODAY
    db.session.flush()
    declare(council)

    assert bool(told()) is is_told


def test_it_is_declared_once(context, council):
    declare(council)
    with pytest.raises(services.DeclaredAlready, match="on record already"):
        declare(council)


def test_only_the_person_or_the_qa_lead_declares_and_withdraws(context, council):
    with pytest.raises(services.NotYourInterest):
        declare(council, by="auditor")
    interest = declare(council, by="qa_lead")
    with pytest.raises(services.NotYourInterest):
        services.withdraw_interest(interest, by=council.people["auditor"], at=AT)
    services.withdraw_interest(interest, by=council.people["qa_lead"], at=AT)

    assert interest.withdrawn_at == AT


@pytest.fixture
def otto(council, client_for):
    """The auditor's browser."""
    return client_for(council.people["other_auditor"])


def test_an_auditor_declares_from_their_audit(app, council, otto):
    with app.app_context(), saving():
        path = f"/audits/{given(council).id}"
    assert "Declare an interest" in otto.get(path).text
    assert "You are not asked which" in otto.get(f"{path}/interest").text
    page = otto.submit(f"{path}/interest", {"declare": "1"}, follow_redirects=True).text

    assert "Your interest is on record. The QA lead has been told" in page
    assert "100001" in page
    assert "You declared an interest in this case" in otto.get(f"{path}/interest").text
    with app.app_context():
        assert len(told()) == 1


def test_nobody_else_declares_from_an_audit(app, council, client_for):
    with app.app_context(), saving():
        path = f"/audits/{given(council).id}/interest"
    for key, status in (("auditor", 404), ("qa_lead", 403), ("viewer", 404)):
        assert client_for(council.people[key]).get(path).status_code == status


def test_an_auditor_keeps_their_own_list(app, council, otto, client_for):
    assert "No interest has been declared" in otto.get(MINE).text
    assert "Enter the case reference" in otto.submit(MINE, {"declare": "1"}).text
    answer = otto.submit(MINE, {"case": "999", "declare": "1"})
    assert "No case has this reference" in answer.text
    # whose it is cannot be said by an auditor
    page = otto.submit(
        MINE, {"case": "100001", "person": str(council.people["chair"]), "declare": "1"},
        follow_redirects=True,
    ).text  # fmt: skip
    assert "You are not given an audit of case 100001" in page
    with app.app_context():
        assert find(DeclaredInterest).person_id == council.people["other_auditor"]
    assert "on record already" in otto.submit(MINE, {"case": "100001", "declare": "1"}).text
    ada = client_for(council.people["auditor"])
    assert "100001" not in ada.get(MINE).text
    withdraw = re.search(r'action="(/audits/interests/[^"]+/withdraw)"', page)[1]
    assert ada.send(withdraw).status_code == 404
    page = otto.send(withdraw, follow_redirects=True).text

    assert "The interest in case 100001 was withdrawn" in page
    assert "Withdrawn on" in page


def test_the_qa_lead_records_one_for_somebody(app, council, client_for):
    lead = client_for(council.people["qa_lead"])
    page = lead.submit(
        MINE, {"person": str(council.people["chair"]), "case": "100003", "declare": "1"},
        follow_redirects=True,
    ).text  # fmt: skip

    assert "Cleo Chair is not given an audit of case 100003" in page
    with app.app_context():
        interest = find(DeclaredInterest)
        assert interest.person_id == council.people["chair"]
        assert interest.declared_by == council.people["qa_lead"]


@pytest.mark.parametrize("key", ["worker", "head", "viewer", "administrator"])
def test_who_audits_nothing_declares_nothing(council, client_for, key):
    assert client_for(council.people[key]).get(MINE).status_code == 403


def test_the_list_costs_the_same_with_1_and_20_rows(app, council, client_for):
    lead, costs = client_for(council.people["qa_lead"]), []
    for count in (1, 20):
        with app.app_context(), saving():
            for _ in range(count):
                interest = declare(council)
                services.withdraw_interest(interest, by=council.people["qa_lead"], at=AT)
        with count_queries(app) as asked:
            assert "Otto Auditor" in lead.get(MINE).text
        assert len(asked) <= 8, asked
        costs.append(len(asked))
    assert costs[0] == costs[1]
