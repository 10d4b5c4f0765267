"""The list of re-audits, giving one and calling one off, as the QA lead does (E2, E8)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from qa_app.audits.models import Audit, AuditParty, ReAudit
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Party
from tests.audits.again import done_again, first_audit, given_again
from tests.queries import count_queries

LIST = "/programme/re-audits"


@pytest.fixture
def first_id(app, council):
    """An audit that stands as Inadequate."""
    with app.app_context(), saving():
        return first_audit(council).id


@pytest.fixture
def lead(council, client_for):
    """The QA lead's browser."""
    return client_for(council.people["qa_lead"])


def rows(app):
    with app.app_context():
        return [(each.audit_id, each.reason) for each in db.session.scalars(select(ReAudit))]


def soon(days: int = 10) -> dict[str, str]:
    day = london_date(now()) + timedelta(days=days)
    return {
        "due_on-day": str(day.day),
        "due_on-month": str(day.month),
        "due_on-year": str(day.year),
    }


# E2: owed ones by due date, with what to do.
def test_what_is_owed_is_listed(lead, first_id):
    page = lead.get(LIST).text
    assert "18 February 2027" in page
    assert f"{LIST}/{first_id}/give" in page
    assert f"{LIST}/{first_id}/call-off" in page
    assert "To be given (1)" in page


def test_lists_say_why_they_are_empty(lead):
    for show, words in (
        ("", "No case waits to be audited again."),
        ("under-way", "No re-audit is under way."),
        ("done", "No re-audit is final yet."),
        ("called-off", "No re-audit was called off."),
        ("nonsense", "No case waits to be audited again."),
    ):
        assert words in lead.get(f"{LIST}?show={show}&page=x").text


# E8: given to another auditor; the first one is not among the choices, and the page says why.
def test_a_re_audit_is_given(app, council, lead, first_id):
    path = f"{LIST}/{first_id}/give"
    page = lead.get(path).text
    assert "Otto Auditor did audit" in page
    chosen = {"auditor": str(council.people["auditor"]), **soon()}
    answer = lead.submit(path, chosen)
    assert answer.location.endswith("show=under-way")
    assert "was given to Ada Auditor to be audited again" in lead.get(answer.location).text
    [(audit_id, _)] = rows(app)
    with app.app_context():
        assert db.session.get_one(Audit, audit_id).cycle_month is not None
    assert "This case is not to be given again." in lead.get(path).text
    again = lead.send(path, chosen)
    assert again.status_code == 409
    assert len(rows(app)) == 1


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({}, "Select an auditor"),
        ({"due_on-day": "", "due_on-month": "", "due_on-year": ""}, "Enter the day by which"),
        (soon(-3), "Enter today’s date or a later one"),
        (soon(400), "Enter a date within a year"),
    ],
)
def test_what_is_missing_is_said(app, council, lead, first_id, sent, words):
    who = {} if not sent else {"auditor": str(council.people["auditor"])}
    answer = lead.submit(f"{LIST}/{first_id}/give", {**soon(), **who, **sent})
    assert answer.status_code == 400
    assert words in answer.text
    assert rows(app) == []


# E8: somebody who is not among the choices is refused, whatever is sent.
def test_the_first_auditor_cannot_be_sent(app, council, lead, first_id):
    sent = {"auditor": str(council.people["other_auditor"]), **soon()}
    assert lead.submit(f"{LIST}/{first_id}/give", sent).status_code == 400
    assert rows(app) == []


# E8: called off with a reason, listed with it, and given all the same later.
def test_a_re_audit_is_called_off_and_taken_up_again(app, council, lead, first_id):
    path = f"{LIST}/{first_id}/call-off"
    assert lead.submit(path, {"reason": ""}).status_code == 400
    answer = lead.submit(path, {"reason": "The case moved to another authority"})
    page = lead.get(answer.location).text
    assert "The case moved to another authority" in page
    assert "Give it all the same" in page
    assert rows(app) == [(None, "The case moved to another authority")]
    assert "There is nothing to call off." in lead.get(path).text
    assert "It was called off" in lead.get(f"{LIST}/{first_id}/give").text
    sent = {"auditor": str(council.people["auditor"]), **soon()}
    assert lead.submit(f"{LIST}/{first_id}/give", sent).status_code == 302
    assert rows(app)[0][1] == ""


def test_an_audit_that_asks_for_none_says_so(app, council, lead):
    with app.app_context(), saving():
        good = first_audit(council, grade="good").id
    assert "need not be audited again" in lead.get(f"{LIST}/{good}/give").text
    assert "There is nothing to call off." in lead.get(f"{LIST}/{good}/call-off").text
    sent = {"reason": "No need"}
    assert lead.send(f"{LIST}/{good}/call-off", sent).status_code == 409


# Q-6: what is done shows which way it moved, and more than one pair a sentence on why a rise is no
# proof.
def test_what_is_done_shows_its_movement(app, council, lead, first_id):
    with app.app_context(), saving():
        done_again(council, db.session.get_one(Audit, first_id))
    page = lead.get(f"{LIST}?show=done").text
    assert "Better" in page
    assert "Side by side" in page
    assert "regression to the mean" not in page
    with app.app_context(), saving():
        done_again(council, first_audit(council, case="100003"), "inadequate")
    page = lead.get(f"{LIST}?show=done").text
    assert "1 moved to a better grade, 1 stayed the same and 0 moved to a worse one" in page
    assert "regression to the mean" in page


# E2: an Inadequate re-audit asks for another one.
def test_an_inadequate_re_audit_is_owed_another(app, council, lead, first_id):
    with app.app_context(), saving():
        again = done_again(council, db.session.get_one(Audit, first_id), "inadequate")
        reference = again.reference
    assert reference in lead.get(LIST).text


WHO = {
    "qa_lead": (200, 302), "head": (200, 403), "director": (200, 403), "other_head": (200, 403),
    "auditor": (403, 403), "worker": (403, 403), "manager": (403, 403), "viewer": (403, 403),
    "administrator": (403, 403),
}  # fmt: skip


# E8: heads and directors read those of their services; the QA lead alone decides.
@pytest.mark.parametrize(("key", "read", "post"), [(k, *v) for k, v in WHO.items()])
def test_who_may_do_what(app, council, client_for, first_id, key, read, post):
    me = client_for(council.people[key])
    page = me.get(LIST)
    assert page.status_code == read
    if read == 200:
        assert (str(first_id) in page.text) is (key != "other_head")
        assert ("Give it" in page.text) is (key == "qa_lead")
    sent = {"auditor": str(council.people["auditor"]), **soon()}
    assert me.send(f"{LIST}/{first_id}/call-off", {"reason": "Closed"}).status_code == post
    assert me.send(f"{LIST}/{first_id}/give", sent).status_code == post
    assert len(rows(app)) == (key == "qa_lead")


# I2: a head sees that it was given, and not the draft.
def test_a_head_sees_no_draft(app, council, client_for, first_id):
    with app.app_context(), saving():
        given_again(council, db.session.get_one(Audit, first_id))
    page = client_for(council.people["head"]).get(f"{LIST}?show=under-way").text
    assert "Given; not yours to read" in page
    assert "Ada Auditor" not in page


# The lists cost no more with more rows.
@pytest.mark.parametrize("show", ["owed", "under-way", "done"])
def test_no_list_costs_more_with_more_rows(app, council, lead, show):
    counts = []
    for case in ("100001", "100003"):
        with app.app_context(), saving():
            first = first_audit(council, case=case)
            if show == "under-way":
                given_again(council, first)
            if show == "done":
                done_again(council, first)
        with count_queries(app) as asked:
            assert lead.get(f"{LIST}?show={show}").status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


# E8: the QA lead's home says how many wait, as far as they may read of them.
def test_home_says_how_many_wait(app, council, client_for, lead, first_id):
    assert "1 case waits to be given to another auditor" in lead.get("/").text
    with app.app_context(), saving():
        party = AuditParty(
            audit_id=first_id, party=Party.IMPLICATED, person_id=council.people["qa_lead"],
            name="Quinn Lead",
        )  # fmt: skip
        db.session.add(party)
    assert "to be given to another auditor" not in lead.get("/").text
