"""The moderation room's pages (M0, M2, M7, CO-3, IN-1)."""

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import pytest
from flask import Flask

from qa_app.audits.models import Audit
from qa_app.database import db, now, saving
from qa_app.domain.grades import GRADES
from qa_app.domain.workflow import AuditState
from qa_app.history import Event
from qa_app.moderation.models import Moderation
from qa_app.tracker.models import Action
from tests.council import Council
from tests.moderation.factory import a_concern, a_submitted_audit
from tests.queries import count_queries

OUT, GOOD, RI, BAD = GRADES
NASTY = "<script>alert(1)</script>{{ 7*7 }}\"'><img src=x onerror=alert(1)>"


class Made(NamedTuple):
    """A stored audit, for tests that fetch pages."""

    id: UUID
    reference: str


def _made(app: Flask, council: Council, **more: object) -> Made:
    with app.app_context(), saving():
        audit = a_submitted_audit(council, **more)
        return Made(audit.id, audit.reference)


def _start(client, audit: Made) -> str:
    """Take it from the queue; the address of the moderation."""
    token = client.token_in(client.get("/moderation/").text)
    answer = client.send(f"/moderation/audits/{audit.id}/start", token=token)
    assert answer.status_code == 302
    return answer.location


def _agreeing(page: str) -> dict[str, str]:
    """What the page sends when somebody agrees with everything."""
    names = {part.split('"')[0] for part in page.split('name="') if "_view" in part.split('"')[0]}
    return dict.fromkeys(names, "agree") | {"feedback": "Clear and kind.", "opened_record": "y"}


def test_an_empty_queue_says_so(council: Council, client_for) -> None:
    page = client_for(council.people["other_head"]).get("/moderation/").text
    assert "No audit waits for you to moderate." in page


# M0: two working days for an Inadequate or a concern, ten for others.
def test_the_queue_is_in_order_of_risk_then_age_then_own_service(
    app: Flask, council: Council, client_for
) -> None:
    with app.app_context(), saving():
        ago = [now() - timedelta(days=days) for days in (1, 3, 2, 9, 30)]
        good = a_submitted_audit(council, at=ago[1])
        bad = a_submitted_audit(council, at=ago[2], grade=BAD)
        worry = a_submitted_audit(council, at=ago[0])
        a_concern(worry)
        old = a_submitted_audit(council, at=ago[3])
        own = a_submitted_audit(council, at=ago[4], case="100004")
        wanted = [each.reference for each in (worry, bad, old, good, own)]
    page = client_for(council.people["other_head"]).get("/moderation/").text
    order = sorted(wanted, key=page.index)
    assert order == wanted
    assert "Own service" in page
    assert "2 working days from" in page
    assert "10 working days from" in page
    assert page.count("Significant-harm concern") == 1


def test_the_queue_says_why_not_you(app: Flask, council: Council, client_for) -> None:
    _made(app, council)
    page = client_for(council.people["head"]).get("/moderation/").text
    assert "Those below wait for somebody else." in page
    assert "Hetty Head is the auditor&#39;s line manager" in page
    assert "/start" not in page


def test_the_queue_asks_the_same_few_questions_for_one_row_and_for_twenty(
    app: Flask, council: Council, client_for
) -> None:
    counts = []
    for rows in (1, 19):
        for number in range(rows):
            _made(app, council, case=("100001", "100004")[number % 2], grade=GRADES[number % 4])
        client = client_for(council.people["review_head"])
        with count_queries(app) as asked:
            assert client.get("/moderation/").status_code == 200
        counts.append(len(asked))
        assert len(asked) <= 8, asked
    print(f"queries with 1 and with 20 rows: {counts}")  # noqa: T201
    assert counts[0] == counts[1]


# M2 by direct POST: the service refuses whom the queue offers no button, and notes it.
@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("auditor", 409),  # M2: did the audit
        ("head", 409),  # M2: the auditor's line manager
        ("chair", 409),  # M2: this child's conference chair
        ("worker", 409),  # M2: this child's social worker
        ("manager", 409),  # M2: this child's team manager
        ("qa_lead", 403),  # sees it, and is no moderator
        ("iro", 404),
        ("viewer", 404),
        ("administrator", 404),
        ("other_auditor", 404),
        ("other_head", 302),
        ("review_head", 302),
        ("director", 302),
    ],
)
def test_who_takes_an_audit(app: Flask, council: Council, client_for, person, status) -> None:
    audit = _made(app, council)
    client = client_for(council.people[person])
    token = client.token_in(client.get("/account").text) or client.token_in(client.get("/").text)
    answer = client.send(f"/moderation/audits/{audit.id}/start", token=token)
    assert answer.status_code == status
    with app.app_context():
        assert db.session.query(Moderation).count() == (status == 302)
        assert db.session.query(Event).filter_by(verb="refused").count() == (status == 409)


def test_who_comes_second_is_told_who_has_it(app: Flask, council: Council, client_for) -> None:
    audit = _made(app, council)
    first, second = client_for(council.people["other_head"]), client_for(council.people["director"])
    token = second.token_in(second.get("/moderation/").text)
    _start(first, audit)
    answer = second.send(f"/moderation/audits/{audit.id}/start", token=token)
    assert answer.status_code == 409
    assert "Hugh Head took this audit for moderation at" in answer.text


def test_the_whole_way_with_a_different_grade(app: Flask, council: Council, client_for) -> None:
    audit = _made(app, council, words=NASTY)
    client = client_for(council.people["other_head"])
    address = _start(client, audit)
    page = client.get(address).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    data = _agreeing(page) | {"overall_view": "differ"}
    answer = client.submit(address, data)
    assert "Select your grade for the audit as a whole" in answer.text
    assert "Clear and kind.</textarea>" in answer.text
    data |= {"overall_grade": "inadequate", "overall_reason": "evidence_missed"}
    data |= {"overall_words": NASTY}
    del data["opened_record"]
    answer = client.submit(address, data)
    assert "Confirm that you opened the child’s record" in answer.text
    answer = client.submit(address, data | {"opened_record": "y"}, follow_redirects=True)
    assert f"Audit {audit.reference} is final." in answer.text
    for person in ("other_head", "auditor", "qa_lead", "head"):
        result = client_for(council.people[person]).get(f"/moderation/audits/{audit.id}").text
        assert "Evidence on the file was missed." in result
        assert "Clear and kind." in result
        assert "<script>alert" not in result
    assert client.get(address).status_code == 302


def test_a_limit_is_shown_and_its_reason_asked_for(
    app: Flask, council: Council, client_for
) -> None:
    audit = _made(app, council)
    client = client_for(council.people["other_head"])
    address = _start(client, audit)
    page = client.get(address).text
    assert "Why does the overall grade stand" not in page
    with app.app_context():
        risk = next(
            each.code
            for each in db.session.get_one(Audit, audit.id).tool_version.sections
            if each.limiting == "risk"
        )
    differs = {f"{risk}_view": "differ", f"{risk}_grade": "inadequate"}
    differs |= {f"{risk}_reason": "threshold", f"{risk}_words": "No safety plan."}
    data = _agreeing(page) | differs
    answer = client.submit(address, data)
    assert answer.status_code == 400
    assert "the overall grade must be Inadequate" in answer.text
    assert "Why does the overall grade stand all the same?" in answer.text
    answer = client.submit(address, data | {"limit_reason": "The risk had ended."})
    assert answer.status_code == 302


def test_somebody_elses_moderation_does_not_exist(app: Flask, council: Council, client_for) -> None:
    address = _start(client_for(council.people["other_head"]), _made(app, council))
    for person, status in (("auditor", 403), ("review_head", 404), ("viewer", 404)):
        client = client_for(council.people[person])
        assert client.get(address).status_code == status, person
        token = client.token_in(client.get("/account").text)
        for move in ("", "/release", "/return"):
            answer = client.send(f"{address}{move}", {"comments": "x"}, token=token)
            assert answer.status_code == status, (person, move)


def test_giving_it_back_and_returning_it(app: Flask, council: Council, client_for) -> None:
    audit = _made(app, council)
    client = client_for(council.people["other_head"])
    address = _start(client, audit)
    token = client.token_in(client.get(address).text)
    answer = client.send(f"{address}/release", token=token, follow_redirects=True)
    assert "is back in the queue for somebody else" in answer.text
    address = _start(client, audit)
    assert "You are moderating" in client.get("/moderation/").text
    answer = client.submit(f"{address}/return", {"comments": ""})
    assert "Enter what is to be corrected" in answer.text
    answer = client.submit(f"{address}/return", {"comments": "Say who saw him."})
    assert answer.status_code == 302
    with app.app_context():
        assert db.session.get_one(Audit, audit.id).state is AuditState.RETURNED
    result = client_for(council.people["auditor"]).get(f"/moderation/audits/{audit.id}").text
    assert "Say who saw him." in result


# E3: the auditor, the moderator and the QA lead raise actions after an audit; nobody else does.
@pytest.mark.parametrize(
    ("person", "status"),
    [("auditor", 302), ("qa_lead", 302), ("head", 403), ("worker", 403), ("viewer", 404)],
)
def test_who_raises_an_action_after_an_audit(
    app: Flask, council: Council, client_for, person: str, status: int
) -> None:
    audit = _made(app, council)
    client = client_for(council.people[person])
    token = client.token_in(client.get("/account").text)
    data = {"owner": "Wendy Worker", "kind": "improvement", "what": "See him alone.", "key": "one"}
    path = f"/audits/{audit.id}/raise-action"
    for _ in range(2):
        assert client.send(path, data, token=token).status_code == status
    with app.app_context():
        # Sent twice, raised once.
        assert db.session.query(Action).count() == (status == 302)


def test_an_action_is_raised_on_a_page(app: Flask, council: Council, client_for) -> None:
    audit = _made(app, council)
    client = client_for(council.people["auditor"])
    path = f"/audits/{audit.id}/raise-action"
    answer = client.submit(path, {"owner": "auditor"})
    assert "Select what kind of action it is" in answer.text
    assert "Enter what is to be done" in answer.text
    assert "Which of these people?" in answer.text
    past = {"due_on-day": 1, "due_on-month": 1, "due_on-year": 2020}
    data = {"owner": "Wendy Worker", "kind": "priority", "what": "See him alone."}
    assert "The due date must be today or later" in client.submit(path, data | past).text
    answer = client.submit(path, data, follow_redirects=True)
    assert "Wendy Worker has been told." in answer.text
    assert audit.reference in answer.text
