"""The pages on which another case is asked for and decided (S4, AZ-7)."""

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app.database import db, saving
from qa_app.domain.permissions import Role, Scope
from qa_app.domain.sampling import ReplacedBecause
from qa_app.history import Event
from qa_app.programme import services
from qa_app.programme.models import CaseFate, Draw, Substitution, SubstitutionState
from tests.audits.making import given
from tests.council import grant
from tests.programme.draw_making import AT, a_draw, add_cases, rows_of
from tests.queries import count_queries

TEAM = "Safeguarding Team 1"


@pytest.fixture
def made(app: Flask, council) -> str:
    """The address of a draw of two cases of Safeguarding Team 1, with four reserves."""
    with app.app_context(), saving():
        add_cases(council, 10)
        return f"/programme/draws/{a_draw(council, size=None, sizes={TEAM: 2}).id}"


@pytest.fixture
def lead(council, client_for):
    """The QA lead's browser."""
    return client_for(council.people["qa_lead"])


def _first(app: Flask) -> tuple[str, str]:
    """(the address at which another case is asked for, the case's reference)"""
    with app.app_context():
        draw = db.session.scalars(select(Draw)).one()
        row = rows_of(draw)[0]
        return f"/programme/draws/{draw.id}/cases/{row.id}/replace", row.case_reference


def _asked(app: Flask, council, note: str = "") -> str:
    with app.app_context(), saving():
        draw = db.session.scalars(select(Draw)).one()
        asked = services.ask_substitution(
            rows_of(draw)[0], ReplacedBecause.MOVED, note, by=council.people["qa_lead"], at=AT
        )
        return f"/programme/substitutions/{asked.id}"


def test_one_asks_and_another_decides(app, council, made, lead, client_for) -> None:
    # S4, AZ-7
    assert "No case has been replaced" in lead.get("/programme/substitutions").text
    ask, reference = _first(app)
    assert f'href="{ask}"' in lead.get(made).text
    page = lead.submit(
        ask, {"reason": "moved", "note": "Moved on Monday", "save": "1"}, follow_redirects=True
    ).text
    assert "A second person decides" in page
    assert "You asked for this: a second person decides." in page
    assert "another case is asked for" in lead.get(made).text
    assert f'href="{ask}"' not in lead.get(made).text
    head = client_for(council.people["head"])
    listed = head.get("/programme/substitutions").text
    assert f"Case {reference}" in listed
    assert "Waiting for approval" in listed
    with app.app_context():
        path = f"/programme/substitutions/{db.session.scalars(select(Substitution)).one().id}"
    assert "You are the second person." in head.get(path).text
    assert "Moved on Monday" in head.get(f"{path}/decide").text
    page = head.submit(
        f"{path}/decide", {"decision": "approved", "save": "1"}, follow_redirects=True
    )
    assert "Approved. Case" in page.text
    assert "Case taken" in page.text
    page = lead.get(made).text
    assert "Replaced by" in page
    assert "Reserve, taken" in page
    assert reference in page
    assert "The same" in page


def test_whoever_asked_cannot_decide_by_sending_the_form(app, council, made, lead) -> None:
    # AZ-7
    path = _asked(app, council)
    for decision in ("approved", "refused"):
        answer = lead.send(f"{path}/decide", {"decision": decision, "answer": "x", "save": "1"})
        assert answer.status_code == 403
    assert lead.get(f"{path}/decide").status_code == 403
    with app.app_context():
        assert db.session.scalars(select(Substitution.state)).one() is SubstitutionState.ASKED
        fates = set(db.session.scalars(select(Draw)).one().cases)
        assert CaseFate.REPLACED not in {row.fate for row in fates}


@pytest.mark.parametrize(
    ("key", "sees", "decides"),
    [
        # S4: heads of service and above who reach the team, and QA leads
        ("head", 200, 200),
        ("director", 200, 200),
        ("iro", 200, 200),
        # of another service, or none: they do not even learn that it is there
        ("other_head", 404, 404),
        ("auditor", 404, 404),
        ("manager", 404, 404),
        ("worker", 404, 404),
        ("viewer", 404, 404),
        ("administrator", 404, 404),
        # AZ-7
        ("qa_lead", 200, 403),
    ],
)
def test_who_sees_and_decides(app, council, made, client_for, key, sees, decides) -> None:
    with app.app_context(), saving():
        grant(council, "iro", Role.QA_LEAD, Scope.ALL, None)
    path = _asked(app, council)
    client = client_for(council.people[key])
    assert client.get(path).status_code == sees
    assert client.get(f"{path}/decide").status_code == decides


def test_a_moderator_below_a_head_of_service_sees_and_is_told_why_not(
    app, council, made, client_for
) -> None:
    # S4: the service asks for the rank
    with app.app_context(), saving():
        grant(council, "manager", Role.MODERATOR, Scope.SERVICE, "SAFE")
    path = _asked(app, council)
    manager = client_for(council.people["manager"])
    assert "Another QA lead decides this, or a head of service" in manager.get(path).text
    assert manager.get(f"{path}/decide").status_code == 409


def test_what_is_missing_is_asked_for(app, council, made, lead, client_for) -> None:
    # S4
    ask, _ = _first(app)
    assert "Select why another case is needed" in lead.submit(ask, {"save": "1"}).text
    answer = lead.submit(ask, {"reason": "other", "save": "1"})
    assert "Enter why another case is needed" in answer.text
    path = _asked(app, council)
    head = client_for(council.people["head"])
    assert "Select whether the next reserve" in head.submit(f"{path}/decide", {"save": "1"}).text
    answer = head.submit(f"{path}/decide", {"decision": "refused", "save": "1"})
    assert "Enter why the case stays in the draw" in answer.text
    again = lead.submit(ask, {"reason": "moved", "save": "1"})
    assert "is asked for already" in again.text


def test_a_refusal_is_told_with_its_answer(app, council, made, lead, client_for) -> None:
    # S4
    path = _asked(app, council)
    head = client_for(council.people["head"])
    page = head.submit(
        f"{path}/decide",
        {"decision": "refused", "answer": "The move fell through", "save": "1"},
        follow_redirects=True,
    ).text
    assert "The case stays in the draw, and whoever asked has been told" in page
    page = lead.get(path).text
    assert "The move fell through" in page
    assert "Decided by" in page
    assert head.get(f"{path}/decide").status_code == 200
    late = head.submit(f"{path}/decide", {"decision": "approved", "save": "1"})
    assert "Somebody has decided this already: refused" in late.text


def test_the_reserves_that_were_passed_over_are_shown(app, council, made, client_for) -> None:
    # S4
    path = _asked(app, council)
    with app.app_context(), saving():
        draw = db.session.scalars(select(Draw)).one()
        reserve = rows_of(draw, reserves=True)[0]
        reserve.case.closed_on = AT.date().replace(year=2025)
        reference = reserve.case_reference
    head = client_for(council.people["head"])
    page = head.submit(
        f"{path}/decide", {"decision": "approved", "save": "1"}, follow_redirects=True
    )
    assert "Reserves before it that could not be taken" in page.text
    assert f"{reference}: the case was closed" in page.text


def test_the_audit_that_will_be_withdrawn_is_named_before(app, council, made, lead) -> None:
    with app.app_context(), saving():
        row = rows_of(db.session.scalars(select(Draw)).one())[0]
        row.audit = given(council, case="100003")
        reference = row.audit.reference
    page = lead.get(_first(app)[0]).text
    assert f"Audit {reference} of this case is then withdrawn, and Otto Auditor is told" in page


def test_reading_it_is_noted(app, council, made, client_for) -> None:
    # I1
    path = _asked(app, council)
    client_for(council.people["head"]).get(path)
    with app.app_context():
        seen = select(Event.actor_id).where(Event.verb == "draw_viewed")
        assert list(db.session.scalars(seen)) == [council.people["head"]]


def test_another_draws_case_is_not_found(app, council, made, lead) -> None:
    nothing = "00000000-0000-0000-0000-000000000000"
    assert lead.get(f"{made}/cases/{nothing}/replace").status_code == 404
    ask, _ = _first(app)
    assert lead.get(f"/programme/draws/{nothing}/{ask.split('/', 4)[4]}").status_code == 404


def test_the_list_costs_the_same_with_one_and_with_twenty(app, council, client_for) -> None:
    with app.app_context(), saving():
        add_cases(council, 90)
        a_draw(council, size=None, sizes={TEAM: 25})
    head = client_for(council.people["head"])
    costs = []
    for first, last in ((0, 1), (1, 20)):
        with app.app_context(), saving():
            draw = db.session.scalars(select(Draw)).one()
            for row in rows_of(draw)[first:last]:
                services.ask_substitution(
                    row, ReplacedBecause.MOVED, "", by=council.people["qa_lead"], at=AT
                )
        with count_queries(app) as asked:
            page = head.get("/programme/substitutions").text
        assert page.count("Waiting for approval") == last
        assert len(asked) <= 8, asked
        costs.append(len(asked))
    assert costs[0] == costs[1]
