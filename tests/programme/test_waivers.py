"""Waivers (S6): by whom, never for oneself, after the alternatives, for one audit, and listed."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from qa_app.accounts.models import Person
from qa_app.audits import services as audits
from qa_app.audits.models import Waiver
from qa_app.audits.services import NotIndependent
from qa_app.cases.models import Case
from qa_app.database import db, now, saving
from qa_app.domain.grades import Selection
from qa_app.domain.permissions import Role, Scope
from qa_app.history import Event
from qa_app.notify.models import Notice
from qa_app.programme import services
from tests.audits.making import AT, given
from tests.council import find, grant
from tests.programme.drawing import MONTH, a_draw, expect
from tests.queries import count_queries

WHY = {"alternatives": "All of them are on leave", "reason": "The only one who knows the tool"}


def waive(council, *, case="100001", who="chair", by="qa_lead", at=AT, **why):
    return audits.grant_waiver(
        db.session.get_one(Case, council.cases[case]),
        db.session.get_one(Person, council.people[who]),
        by=council.people[by], at=at, **(WHY | why),
    )  # fmt: skip


def give(council, *, case="100001", who="chair"):
    return services.give_audit(
        db.session.get_one(Case, council.cases[case]),
        db.session.get_one(Person, council.people[who]),
        MONTH, Selection.RANDOM, "", council.people["qa_lead"], AT,
    )  # fmt: skip


def declare(council, case, who="chair", at=AT):
    return audits.declare_interest(
        db.session.get_one(Case, council.cases[case]),
        db.session.get_one(Person, council.people[who]),
        by=council.people[who], at=at,
    )  # fmt: skip


def test_with_a_standing_waiver_the_auditor_is_accepted_and_the_audit_is_named(context, council):
    # S6
    with pytest.raises(NotIndependent):
        give(council)
    waiver = waive(council)
    audit = give(council)

    assert audit.auditor_name == "Cleo Chair"
    assert waiver.audit_id == audit.id
    assert "is this child's conference chair" in waiver.conflicts
    db.session.commit()
    assert "Waived a conflict of interest" in [
        each.sentence for each in db.session.scalars(select(Event))
    ]


def test_a_waiver_is_for_one_audit(context, council):
    waive(council)
    give(council).state = "withdrawn"
    db.session.flush()
    with pytest.raises(NotIndependent):
        give(council)
    # and a new one may follow it
    second = waive(council)
    assert give(council).id == second.audit_id


def test_a_waiver_is_for_one_case_and_one_auditor(context, council):
    waive(council)
    with pytest.raises(NotIndependent):
        give(council, case="100002")
    with pytest.raises(NotIndependent):
        give(council, who="manager")


def test_an_ended_waiver_allows_nothing(context, council):
    waiver = waive(council)
    for _ in range(2):
        audits.end_waiver(waiver, by=council.people["qa_lead"], at=AT)
    with pytest.raises(NotIndependent):
        give(council)
    db.session.commit()

    ended = select(Event).where(Event.verb == "waiver_ended")
    assert len(db.session.scalars(ended).all()) == 1


@pytest.mark.parametrize("case", ["100001", "100002"])
def test_an_interest_declared_after_a_waiver_bars_again(context, council, case):
    # S6: the waiver knew nothing of it; so with a brother or sister
    waive(council)
    declare(council, case, at=AT.replace(hour=12))
    with pytest.raises(NotIndependent, match="has declared an interest"):
        give(council)
    # waived with it, it stands
    waive(council, at=AT.replace(hour=13))
    assert give(council).auditor_name == "Cleo Chair"


@pytest.mark.parametrize(
    ("options", "error"),
    [
        # S6: nobody waives a conflict of their own
        ({"by": "chair"}, audits.OwnWaiver),
        # S6: why none of the alternatives will do, and the reason
        ({"alternatives": "  "}, audits.SayWhy),
        ({"reason": ""}, audits.SayWhy),
        # somebody who may audit the case needs none
        ({"who": "other_auditor"}, audits.NothingToWaive),
    ],
)
def test_what_is_refused(context, council, options, error):
    with pytest.raises(error):
        waive(council, **options)
    assert db.session.scalars(select(Waiver)).all() == []


def test_a_second_waiver_beside_one_that_stands_is_refused(context, council):
    waive(council)
    with pytest.raises(audits.NothingToWaive, match="stands already"):
        waive(council)


def test_the_database_refuses_a_waiver_for_oneself(context, council):
    db.session.add(
        Waiver(
            case_id=council.cases["100001"], auditor_id=council.people["chair"], conflicts=[],
            reason="R", alternatives="A", granted_by=council.people["chair"], granted_at=AT,
        )
    )  # fmt: skip
    with pytest.raises(IntegrityError):
        db.session.flush()


def test_the_qa_lead_is_told_of_a_directors_waiver(context, council):
    waive(council, by="director")
    notice = db.session.scalars(select(Notice)).one()

    assert notice.person_id == council.people["qa_lead"]
    assert "100001" not in notice.subject + notice.body


def test_a_waiver_counts_in_an_allocation_and_is_flagged(context, council):
    expect(council, {"chair": 1})
    waive(council)
    draw = a_draw(council, ["100001"])
    proposal = services.propose(draw, by=council.people["qa_lead"], at=AT)
    (placed,) = proposal.cases.values()
    assert placed.waived
    (audit,) = services.confirm_allocation(draw, by=council.people["qa_lead"], at=AT)

    assert find(Waiver).audit_id == audit.id


def test_one_granted_after_the_proposal_counts_when_changing_by_hand(context, council):
    expect(council, {"chair": 1, "manager": 1})
    draw = a_draw(council, ["100001"])
    services.propose(draw, by=council.people["qa_lead"], at=AT)
    waive(council)
    proposal = services.change_allocation(
        draw, draw.cases[0], db.session.get_one(Person, council.people["chair"]),
        by=council.people["qa_lead"], at=AT,
    )  # fmt: skip
    (placed,) = proposal.cases.values()

    assert placed.waived
    assert str(council.people["chair"]) not in {bar.auditor for bar in placed.barred}


@pytest.fixture
def lead(council, client_for):
    """The QA lead's browser."""
    return client_for(council.people["qa_lead"])


def address(council, who="chair", case="100001") -> str:
    return f"/programme/waivers/{council.cases[case]}/{council.people[who]}"


def test_the_alternatives_come_first_with_names(council, lead):
    # S6: another service, a pair of auditors, an outside auditor
    page = lead.get(address(council)).text

    assert "Cleo Chair</strong> is this child&#39;s conference chair" in page
    assert "2 auditors of other services may audit this case" in page
    assert "Otto Auditor, Team Manager, Children in Care Team (0 audits to do)" in page
    assert "A pair of auditors" in page
    assert "3 auditors may lead it, first Ada Auditor" in page
    assert "Nobody on the list of auditors is from outside the services" in page
    assert page.index("What could be done instead") < page.index("Waive the conflict")


def test_a_waiver_is_granted_listed_and_ended(app, council, lead):
    assert "No conflict of interest has been waived" in lead.get("/programme/waivers").text
    answer = lead.submit(address(council), {"save": "1"})
    for message in ("Enter why none of the alternatives will do", "Enter the reason for"):
        assert message in answer.text
    page = lead.submit(address(council), {**WHY, "save": "1"}, follow_redirects=True).text
    assert "Cleo Chair may be given one audit of case 100001" in page
    assert WHY["reason"] in page
    assert WHY["alternatives"] in page
    assert "may be given this case" in lead.get(address(council)).text
    # sent again, as from a second tab
    answer = lead.submit("/programme/give?case=100001", {})
    token = lead.token_in(answer.text)
    page_again = lead.send(address(council), {**WHY, "save": "1"}, token=token)
    assert page_again.status_code == 200
    assert "may be given this case" in page_again.text
    given_page = lead.get("/programme/give?case=100001").text
    assert "a waiver stands" in given_page
    end = re.search(r'action="(/programme/waivers/[^"]+/end)"', page)[1]
    page = lead.send(end, follow_redirects=True).text

    assert "The waiver for Cleo Chair has ended" in page
    assert "Cleo Chair is this child" in lead.get("/programme/give?case=100001").text


def test_a_used_waiver_shows_its_audit(app, council, lead):
    with app.app_context(), saving():
        waive(council, at=now())
        audit = give(council).reference
    page = lead.get("/programme/waivers").text

    assert audit in page
    assert "Used" in page


# S6: the QA lead, or a service director and above; never for oneself.
@pytest.mark.parametrize(
    ("who", "status"),
    [("qa_lead", 200), ("director", 200), ("head", 403), ("manager", 403), ("auditor", 403),
     ("viewer", 403), ("administrator", 403)],
)  # fmt: skip
def test_who_may_grant_a_waiver(council, client_for, who, status):
    client = client_for(council.people[who])
    assert client.get("/programme/waivers").status_code == status
    assert client.get(address(council)).status_code == status


def test_nobody_opens_the_page_for_themselves(app, council, client_for):
    # S6: a QA lead who audits as well
    with app.app_context(), saving():
        grant(council, "chair", Role.QA_LEAD, Scope.ALL, None)
    client = client_for(council.people["chair"])

    assert client.get(address(council)).status_code == 403
    assert client.send(address(council), {**WHY, "save": "1"}).status_code == 403
    page = client.get("/programme/give?case=100001").text
    assert 'Consider a waiver<span class="govuk-visually-hidden"> for Cleo Chair' not in page
    assert 'Consider a waiver<span class="govuk-visually-hidden"> for Manny Manager' in page


def test_a_director_of_another_service_finds_nothing(app, council, client_for):
    # I2: within their scope
    with app.app_context(), saving():
        post = db.session.get_one(Person, council.people["other_head"]).holdings[0].post
        post.rank = 70
        waive(council, at=now())
    client = client_for(council.people["other_head"])

    assert client.get(address(council)).status_code == 404
    page = client.get("/programme/waivers")
    assert page.status_code == 200
    assert "100001" not in page.text
    with app.app_context():
        waiver = find(Waiver).id
    assert client.send(f"/programme/waivers/{waiver}/end").status_code == 404


def test_the_list_costs_the_same_with_1_and_20_rows(app, council, lead):
    costs = []
    for count in (1, 20):
        with app.app_context(), saving():
            for _ in range(count):
                waiver = waive(council, at=now())
                audits.end_waiver(waiver, by=council.people["qa_lead"], at=now())
            if count == 1:
                waiver.audit_id = given(council).id
        with count_queries(app) as asked:
            assert "Cleo Chair" in lead.get("/programme/waivers").text
        assert len(asked) <= 8, asked
        costs.append(len(asked))
    assert costs[0] == costs[1]


def test_a_case_or_person_that_is_not_there(council, lead):
    nobody = council.cases["100001"]
    assert lead.get(f"/programme/waivers/{nobody}/{nobody}").status_code == 404
    assert lead.send(f"/programme/waivers/{nobody}/end").status_code == 404
