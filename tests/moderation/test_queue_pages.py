"""The queue's page: what stands in its bytes, and going on with the next audit (M0 to M3, M5)."""

import re
from datetime import timedelta

import pytest
from flask import Flask

from qa_app.audits.models import Audit
from qa_app.database import db, now, saving
from qa_app.domain.calendar import date_words, london_date
from qa_app.domain.grades import GRADES, Grade
from qa_app.moderation.models import Moderation
from qa_app.moderation.services import giving
from tests.council import Council
from tests.moderation.choosing import chosen
from tests.moderation.dialogue import disputed
from tests.moderation.factory import a_concern, a_submitted_audit
from tests.queries import count_queries

OUT, GOOD, RI, BAD = GRADES


def _row(page: str, reference: str) -> str:
    """The row of one audit, tags and all."""
    return next(row for row in re.findall(r"<tr.*?</tr>", page, re.DOTALL) if reference in row)


def _masked(page: str) -> str:
    """The page without its token and the seconds left to its session, which always change."""
    return re.sub(r'value="[^"]{30,}"|data-left="[0-9]+"', "", page)


# M3: a blind row has no grade, no last day and no urgency in its bytes; its page is the same
# whatever its auditor judged, in the queue of whoever can take it and of whoever cannot.
@pytest.mark.parametrize("key", ["review_head", "head"])
def test_the_page_is_the_same_whatever_a_blind_audits_grade(
    app: Flask, council: Council, client_for, key: str
) -> None:
    sent = now() - timedelta(days=7)
    with app.app_context(), saving():
        audit = a_submitted_audit(council, auditor="other_auditor", at=sent)
        a_submitted_audit(council, auditor="other_auditor", at=sent - timedelta(days=1))
        a_submitted_audit(council, auditor="other_auditor", at=sent + timedelta(days=1))
        chosen(audit, blind=True)
        audit_id, reference = audit.id, audit.reference
    client, pages = client_for(council.people[key]), []
    for grade in GRADES:
        with app.app_context(), saving():
            audit = db.session.get_one(Audit, audit_id)
            audit.auditor_grade = audit.overall_grade = grade
        pages.append(_masked(client.get("/moderation/").text))
    assert pages.count(pages[0]) == len(GRADES)
    row = _row(pages[0], reference)
    assert f"Waiting since {date_words(london_date(sent))}, " in row
    assert ("Blind: you grade first" in row) is (key == "review_head")
    for word in ("app-grade", "due", "late", "Overdue", *(grade.words for grade in GRADES)):
        assert word not in row.replace("Auditor’s grade", "")


# M0, M2, M5: every part of the page, each with what can be done.
def test_the_parts_of_the_page(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        begun, given, free, other = (
            a_submitted_audit(council, auditor="other_auditor", case="100003") for _ in range(4)
        )
        a_concern(free)
        wanted = disputed(council)
        lead = {"by": council.people["qa_lead"], "at": now()}
        giving.give(given, council.people["director"], **lead)
        giving.give(other, council.people["review_head"], **lead)
        names = {each: each.reference for each in (begun, given, free, other, wanted)}
        begun, given, free, other, wanted = names.values()
        first = db.session.query(Audit).filter_by(reference=begun).one().id
    client = client_for(council.people["director"])
    token = client.token_in(client.get("/moderation/").text)
    assert client.send(f"/moderation/audits/{first}/start", token=token).status_code == 302
    page = client.get("/moderation/").text
    parts = [
        ("You are moderating", begun, "Continue"),
        ("Given to you: 1 audit", given, "/start"),
        ("A second moderator is wanted: 1 audit", wanted, "/second"),
        ("Waiting for a moderator: 1 audit", free, "Significant-harm concern"),
        ("Waiting for somebody else: 1 audit", other, "Given to Rhona Head"),
    ]
    places = [page.index(title) for title, _, _ in parts]
    assert places == sorted(places)
    for _, reference, words in parts:
        assert words in _row(page, reference)
    assert "5 working days from the auditor’s answer" in _row(page, wanted)
    assert "Moderate next" in page


# M2: the given first, then the first free one; then there is nothing more.
def test_moderate_next_takes_them_in_order(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        made = [
            a_submitted_audit(council, grade=grade, at=now() - timedelta(days=days))
            for grade, days in ((GOOD, 3), (BAD, 1), (OUT, 9))
        ]
        held = a_submitted_audit(council, at=now() - timedelta(days=20))
        held.facts_until = london_date(now())
        giving.give(made[0], council.people["review_head"], by=council.people["qa_lead"], at=now())
        order = [made[0].id, made[1].id, made[2].id]
    client = client_for(council.people["review_head"])
    for audit_id in order:
        token = client.token_in(client.get("/moderation/").text)
        answer = client.send("/moderation/next", token=token, follow_redirects=True)
        assert answer.status_code == 200
        assert "You have taken audit" in answer.text
        with app.app_context():
            newest = db.session.query(Moderation).order_by(Moderation.started_at.desc()).first()
            assert newest.audit_id == audit_id
    page = client.get("/moderation/").text
    assert "Moderate next" not in page
    assert "Not yet: its facts are checked until" in page
    answer = client.send("/moderation/next", token=client.token_in(page), follow_redirects=True)
    assert "No audit waits for you to moderate now." in answer.text


def test_an_audit_given_to_somebody_else_is_not_taken(
    app: Flask, council: Council, client_for
) -> None:
    with app.app_context(), saving():
        audit = a_submitted_audit(council)
        lead = {"by": council.people["qa_lead"], "at": now()}
        giving.give(audit, council.people["other_head"], **lead)
        path = f"/moderation/audits/{audit.id}/start"
    client = client_for(council.people["review_head"])
    answer = client.send(path, token=client.token_in(client.get("/account").text))
    assert answer.status_code == 409
    assert "was given to Hugh Head. Nothing has been changed." in answer.text


# A fixed number of questions, whatever waits: twenty of each kind cost what one costs.
def test_a_long_queue_costs_what_a_short_one_does(app: Flask, council: Council, client_for) -> None:
    counts = []
    for number in (1, 6):
        with app.app_context(), saving():
            for turn in range(number):
                grade: Grade = GRADES[turn % 4]
                chosen(a_submitted_audit(council, grade=grade), blind=True)
                a_submitted_audit(council, grade=grade)
                a_submitted_audit(council, auditor="other_auditor", grade=grade)
                given = a_submitted_audit(council, grade=grade)
                lead = {"by": council.people["qa_lead"], "at": now()}
                giving.give(given, council.people[("director", "review_head")[turn % 2]], **lead)
                disputed(council)
        client = client_for(council.people["director"])
        with count_queries(app) as asked:
            assert client.get("/moderation/").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 20, counts
