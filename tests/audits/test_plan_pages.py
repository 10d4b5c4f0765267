"""The pages of the improvement plan: who sees and agrees it, what it shows, the list (E2, E9)."""

from datetime import date, timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from qa_app.audits.models import Audit, ImprovementPlan
from qa_app.audits.services.late_plans import tell_of_late_plans
from qa_app.database import db, saving
from qa_app.domain.actions import ActionStatus, Impact
from qa_app.domain.permissions import Party
from tests.audits.plan_world import (
    AIMS,
    BAD,
    GOOD,
    OUTCOME,
    RI,
    SENT,
    action_of,
    agreed,
    at_noon,
    closed,
    finally_graded,
    inadequate,
)
from tests.factories import an_imported_audit
from tests.moderation.factory import tie
from tests.pages import Page, words
from tests.queries import count_queries
from tests.tracker.factory import move_to

S = ActionStatus


@pytest.fixture(autouse=True)
def _in_may():
    with time_machine.travel(SENT + timedelta(days=1), tick=True):
        yield


def made(app: Flask, make) -> UUID:
    """The id of the audit that this makes, saved."""
    with app.app_context(), saving():
        found = make()
        return found.audit_id if isinstance(found, ImprovementPlan) else found.id


def said(response) -> str:
    return words(Page(response.text, response.status_code).root)


@pytest.fixture
def page(council, client_for):
    """page("head", path) → what that page says to that person."""

    def fetch(key: str, path: str, status: int = 200) -> str:
        response = client_for(council.people[key]).get(path)
        assert response.status_code == status
        return said(response)

    return fetch


# E2: whoever reads the audit reads its plan; nobody else learns that there is one.
@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("auditor", 200), ("head", 200), ("director", 200), ("qa_lead", 200), ("worker", 200),
        ("manager", 200), ("chair", 200), ("other_head", 403), ("review_head", 403),
        ("other_auditor", 404), ("iro", 404), ("viewer", 404), ("administrator", 404),
    ],
)  # fmt: skip
def test_who_reads_a_plan(app, council, page, key: str, status: int) -> None:
    audit_id = made(app, lambda: agreed(council, inadequate(council)))
    text = page(key, f"/audits/{audit_id}/plan", status)
    assert (AIMS in text) == (status == 200)


# E2: a head of the child's service, or above, agrees and closes; a direct POST of anybody else is
# refused, and changes nothing.
@pytest.mark.parametrize(
    ("key", "status"),
    [
        ("head", 302), ("director", 302), ("auditor", 403), ("qa_lead", 403), ("worker", 403),
        ("manager", 403), ("chair", 403), ("other_head", 403), ("review_head", 403),
        ("other_auditor", 404), ("iro", 404), ("viewer", 404), ("administrator", 404),
    ],
)  # fmt: skip
def test_who_agrees_and_closes_a_plan(app, council, client_for, key: str, status: int) -> None:
    audit_id = made(app, lambda: inadequate(council))
    with app.app_context(), saving():
        action_of(council, db.session.get_one(Audit, audit_id), S.VERIFIED, Impact.SOME)
    client = client_for(council.people[key])
    for way, words_of in (("agree", {"aims": AIMS}), ("close", {"outcome": OUTCOME})):
        path = f"/audits/{audit_id}/plan/{way}"
        assert client.get(path).status_code == (200 if status == 302 else status)
        assert client.send(path, words_of).status_code == status
    with app.app_context():
        closed_by = [plan.closed_by for plan in db.session.query(ImprovementPlan)]
        assert closed_by == ([council.people[key]] if status == 302 else [])


# M3, E1: whoever moderates it blind, or is named in a concern on it, sees neither page nor link.
@pytest.mark.parametrize(
    ("party", "status"), [(Party.BLIND_MODERATOR, 403), (Party.IMPLICATED, 404)]
)
def test_whoever_is_kept_from_the_audit_sees_no_plan(
    app, council, client_for, page, party: Party, status: int
) -> None:
    def kept() -> Audit:
        audit = inadequate(council)
        tie(council, audit, "head", party)
        return audit

    audit_id = made(app, kept)
    for path in ("plan", "plan/agree", "plan/close"):
        page("head", f"/audits/{audit_id}/{path}", status)
    client = client_for(council.people["head"])
    assert client.send(f"/audits/{audit_id}/plan/agree", {"aims": AIMS}).status_code == status
    assert "No improvement plan is asked for" in page("head", "/plans")
    assert "Improvement plans to agree" not in page("head", "/")


def test_a_plan_that_is_owed(app, council, page) -> None:
    audit_id = made(app, lambda: inadequate(council))
    text = page("head", f"/audits/{audit_id}/plan")
    for each in (
        "To be agreed", "1 May 2026", "11 May 2026", "A plan needs at least one", "Agree the plan",
    ):  # fmt: skip
        assert each in text
    assert "Agree the plan" not in page("auditor", f"/audits/{audit_id}/plan")
    # one line on the audit's own page, for those who may
    assert "Improvement plan after this audit" in page("head", f"/audits/{audit_id}")
    # E2: the head of service, who plans what follows, raises its actions
    assert "Raise an action after this audit" in text
    page("head", f"/audits/{audit_id}/raise-action")
    text = page("head", f"/audits/{audit_id}/plan/agree")
    assert "Raise an action first" in text
    assert "What is to be better" not in text


# E6: late, with who was told of it.
def test_a_plan_that_is_late(app, council, page) -> None:
    audit_id = made(app, lambda: inadequate(council))
    with app.app_context(), saving():
        tell_of_late_plans(at_noon(date(2026, 5, 18)))
    with time_machine.travel(at_noon(date(2026, 5, 18))):
        text = page("qa_lead", f"/audits/{audit_id}/plan")
        for each in (
            "Late",
            "11 May 2026, 7 days late",
            "Service director, 5 working days late",
            "Hetty Head",
        ):
            assert each in text
        assert "7 days late" in page("head", "/")
        for key in ("director", "qa_lead"):
            assert "Improvement plans that are late" in page(key, "/")


def test_agreeing_changing_and_closing(app, council, client_for, page) -> None:
    audit_id = made(app, lambda: inadequate(council))
    with app.app_context(), saving():
        action = action_of(council, db.session.get_one(Audit, audit_id))
        reference, action_id = action.reference, action.id
    head, path = client_for(council.people["head"]), f"/audits/{audit_id}/plan"
    answer = head.submit(f"{path}/agree", {"aims": AIMS}, follow_redirects=True)
    assert "The plan is agreed" in said(answer)
    for each in (AIMS, reference, "by Hetty Head", f"Action {reference} is open, and has to end"):
        assert each in said(answer)
    assert "Close the plan" not in said(answer)
    # E9: refused with what is missing, and nothing that was typed is lost
    answer = head.send(f"{path}/close", {"outcome": OUTCOME})
    assert answer.status_code == 409
    assert f"This plan cannot be closed yet. Action {reference} is open" in said(answer)
    assert OUTCOME in answer.text
    mark = Page(head.get(f"{path}/agree").text, 200)
    shown = next(each for each in mark.root.iter("input") if each.get("name") == "shown")
    changed = {"aims": "Visits every week.", "shown": shown.get("value")}
    answer = head.submit(f"{path}/agree", changed, follow_redirects=True)
    assert "What the plan was to achieve before" in said(answer)
    assert "Visits every week." in said(answer)
    # CO-2: the same page again, from another window
    answer = head.submit(f"{path}/agree", changed | {"aims": "Mine"})
    assert answer.status_code == 409
    assert "Somebody changed this plan while you wrote" in said(answer)
    assert "Mine" in answer.text
    with app.app_context(), saving():
        action = db.session.get_one(type(action), action_id)
        move_to(council, action, S.VERIFIED, SENT + timedelta(days=1))
        action.impact = Impact.MOST
    text = page("head", path)
    assert "Most children" in text
    assert "Close the plan" in text
    answer = head.submit(f"{path}/close", {"outcome": OUTCOME}, follow_redirects=True)
    assert "The plan is closed" in said(answer)
    assert OUTCOME in said(answer)
    assert "This plan is closed" in page("head", f"{path}/agree")
    assert "This plan cannot be closed" in page("head", f"{path}/close")


# A10-like: an empty box, and words that may identify somebody (A11), are asked about.
def test_what_is_missing_is_said_beside_the_box(app, council, client_for) -> None:
    audit_id = made(app, lambda: agreed(council, inadequate(council), S.VERIFIED, Impact.MOST))
    head = client_for(council.people["head"])
    path = f"/audits/{audit_id}/plan/close"
    answer = head.submit(path, {"outcome": ""})
    assert answer.status_code == 400
    assert "Enter what has changed for the child" in said(answer)
    answer = head.submit(path, {"outcome": "Ring 01632 960123."})
    assert answer.status_code == 400
    assert "Why do these words identify no child or family?" in said(answer)
    sure = {"outcome": "Ring 01632 960123.", "harmless": "The duty team's number"}
    assert head.submit(path, sure).status_code == 302


@pytest.mark.parametrize("missing", [None, Impact.UNTESTED])
# E9: “untested” is an answer, and not yet one that closes a plan: the page says so.
def test_the_page_says_what_is_missing(app, council, page, missing: Impact | None) -> None:
    audit_id = made(app, lambda: agreed(council, inadequate(council), S.VERIFIED, missing))
    for path in ("plan", "plan/close"):
        text = page("head", f"/audits/{audit_id}/{path}")
        assert ("is rated “untested”" if missing else "impact has not been rated") in text


# E2: let go where the audit is finally graded better, and the page says so.
def test_a_plan_that_is_let_go(app, council, page, client_for) -> None:
    one = made(app, lambda: finally_graded(inadequate(council), RI, SENT))

    def planned() -> Audit:
        audit = inadequate(council)
        agreed(council, audit)
        return finally_graded(audit, GOOD, SENT)

    other = made(app, planned)
    for audit_id, grade in ((one, "Requires improvement"), (other, "Good")):
        text = page("head", f"/audits/{audit_id}/plan")
        assert "No longer asked for" in text
        assert f"does not stand as Inadequate any more: its final grade is {grade}" in text
        assert "asks for no improvement plan now" in page("head", f"/audits/{audit_id}/plan/agree")
        answer = client_for(council.people["head"]).send(
            f"/audits/{audit_id}/plan/agree", {"aims": AIMS}
        )
        assert answer.status_code == 409
    assert "1 no longer asked for" in page("head", "/plans")


# measures.md: none for an audit that was not Inadequate, nor for an imported one.
def test_an_audit_that_asks_for_no_plan(app, council, page) -> None:
    good = made(app, lambda: inadequate(council, grade=GOOD))
    imported = made(app, lambda: an_imported_audit("L1", auditor_grade=BAD, final_grade=BAD))
    assert "asks for no improvement plan" in page("head", f"/audits/{good}/plan")
    assert "imported from the old workbook" in page("qa_lead", f"/audits/{imported}/plan")
    assert "Improvement plan after this audit" not in page("qa_lead", f"/audits/{imported}")


def listed(text: str) -> list[str]:
    """The references in a page of the list, in order."""
    return [word for word in text.split() if word.startswith("A-2026")]


def test_the_list(app, council, page) -> None:
    ids = {
        "closed": made(app, lambda: closed(council, inadequate(council))),
        "agreed": made(app, lambda: agreed(council, inadequate(council))),
        "owed": made(app, lambda: inadequate(council, at=at_noon(date(2026, 5, 6)))),
        "late": made(app, lambda: inadequate(council)),
        "other": made(app, lambda: inadequate(council, case="100004")),
    }
    with app.app_context():
        names = {key: db.session.get_one(Audit, each).reference for key, each in ids.items()}
    with time_machine.travel(at_noon(date(2026, 5, 12))):
        text = page("head", "/plans")
        assert "2 plans to be agreed, 1 of them late. 1 agreed, 1 closed." in text
        order = [names[key] for key in ("late", "owed", "agreed", "closed")]
        assert listed(text) == order
        assert "1 of 1" in text
        for wanted, keys in (
            ("owed", ["late", "owed"]), ("late", ["late"]), ("agreed", ["agreed"]),
            ("closed", ["closed"]), ("let_go", []), ("nonsense", ["late", "owed", "agreed",
            "closed"]),
        ):  # fmt: skip
            assert listed(page("head", f"/plans?standing={wanted}")) == [names[key] for key in keys]
        team = council.teams["CARE1"]
        assert listed(page("director", f"/plans?team={team}")) == [names["other"]]
        assert len(listed(page("qa_lead", "/plans"))) == 5
        assert "No plan matches what you chose" in page("head", f"/plans?team={team}")
    for key in ("auditor", "worker", "viewer", "administrator"):
        page(key, "/plans", 403)


def test_the_list_has_pages(app, council, page) -> None:
    with app.app_context(), saving():
        for number in range(30):
            audit = inadequate(council)
            if number >= 20:
                agreed(council, audit)
    first, second = page("head", "/plans"), page("head", "/plans?page=2")
    assert (len(listed(first)), len(listed(second))) == (25, 5)
    assert len({*listed(first), *listed(second)}) == 30
    assert listed(page("head", "/plans?page=3")) == []


# performance.md: at most eight queries a list, whatever it holds.
@pytest.mark.parametrize("path", ["/plans", "/"])
def test_the_number_of_queries_does_not_grow(app, council, client_for, path: str) -> None:
    client, counts = client_for(council.people["head"]), []
    for number in (1, 9):
        with app.app_context(), saving():
            for _ in range(number):
                inadequate(council)
                agreed(council, inadequate(council))
                closed(council, inadequate(council))
        with count_queries(app) as asked:
            client.get(path)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 8, asked


def test_the_page_of_a_plan_asks_a_fixed_number(app, council, client_for) -> None:
    audit_id = made(app, lambda: agreed(council, inadequate(council)))
    client, counts = client_for(council.people["head"]), []
    for number in (1, 9):
        with app.app_context(), saving():
            for _ in range(number):
                action_of(council, db.session.get_one(Audit, audit_id))
        with count_queries(app) as asked:
            client.get(f"/audits/{audit_id}/plan")
        counts.append(len(asked))
    assert counts[0] == counts[1], asked
