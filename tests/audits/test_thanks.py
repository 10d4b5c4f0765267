"""Thanking somebody for good work: to whom, for what, once, and who reads it."""

import pytest
from sqlalchemy import select

from qa_app.audits.models import Finding, Thanks
from qa_app.audits.queries.thanks import people_to_thank, thanks_count
from qa_app.audits.services import withdraw
from qa_app.audits.services.thanking import (
    NothingSaid,
    NothingToThankFor,
    NotOfThisAudit,
    thank,
)
from qa_app.database import db, saving
from qa_app.history import Event
from qa_app.notify.models import Notice
from tests.audits.making import AT, given, submitted, the_audit, written

WORDS = "You went back three times until the boy spoke. It shows on every page."


def thanked(council, audit, text=WORDS, *, to="worker", by="other_auditor"):
    return thank(audit, council.people[to], text, by=council.people[by], at=AT)


def test_the_recipient_is_told_without_a_word_of_it(context, council):
    # I2
    with saving():
        sent = thanked(council, written(council))

    notice = db.session.scalars(select(Notice).where(Notice.key.startswith("thanks:"))).one()
    assert notice.person_id == council.people["worker"]
    assert notice.subject == f"A thank-you from Otto Auditor, audit {the_audit().reference}"
    assert notice.path == f"/audits/{sent.audit_id}/contribution"
    for word in ("boy", "100001", "three"):
        assert word not in notice.subject + notice.body
    event = db.session.scalars(select(Event).where(Event.verb == "thanked")).one()
    assert (event.audit_id, event.details) == (sent.audit_id, {})


def test_the_same_twice_is_one(context, council):
    audit = written(council)
    first, second = thanked(council, audit), thanked(council, audit, f"  {WORDS} ")
    other = thanked(council, audit, "And again")

    assert first.id == second.id != other.id
    assert thanks_count(audit) == 2


@pytest.mark.parametrize(
    ("to", "by", "text", "error"),
    [
        # A4: nobody but the child's social worker and their manager did what the audit found
        ("head", "other_auditor", WORDS, NotOfThisAudit),
        ("chair", "other_auditor", WORDS, NotOfThisAudit),
        # nobody thanks themselves
        ("worker", "worker", WORDS, NotOfThisAudit),
        ("worker", "other_auditor", "  ", NothingSaid),
        ("worker", "other_auditor", "x" * 1_001, NothingSaid),
    ],
)
def test_what_is_refused(context, council, to, by, text, error):
    with pytest.raises(error):
        thanked(council, written(council), text, to=to, by=by)


def test_there_has_to_be_a_strength(context, council):
    # A4
    audit = given(council)
    with pytest.raises(NothingToThankFor):
        thanked(council, audit)


def test_a_withdrawn_audit_thanks_nobody(context, council):
    audit = withdraw(written(council), "Not now", by=council.people["qa_lead"], at=AT)
    with pytest.raises(NothingToThankFor):
        thanked(council, audit)


def test_everybody_pinned_as_worker_or_manager_can_be_thanked(context, council):
    people = people_to_thank(written(council), council.people["other_auditor"])
    assert [(person.name, party.value) for person, party in people] == [
        ("Wendy Worker", "social_worker"), ("Manny Manager", "team_manager"),
    ]  # fmt: skip


# The pages


@pytest.fixture
def path(app, council):
    """The address of an audit that was sent, with a strength."""
    with app.app_context(), saving():
        return f"/audits/{submitted(council).id}"


def test_it_is_read_by_its_sender_and_its_recipient_alone(council, client_for, path):
    me, lead = (client_for(council.people[key]) for key in ("other_auditor", "qa_lead"))
    assert "Thank somebody for good work" in me.get(path).text
    answer = me.submit(f"{path}/thanks", {"to": str(council.people["worker"]), "text": WORDS,
                                          "send": "1"})  # fmt: skip
    assert answer.location.endswith("/thanks")
    page = me.get(f"{path}/thanks").text
    assert "Wendy Worker has been told" in page
    assert WORDS in page
    worker = client_for(council.people["worker"]).get(f"{path}/contribution").text
    assert "Otto Auditor thanks you" in worker
    assert WORDS in worker
    # The QA lead learns how many there are, and not what they say.
    page = lead.get(f"{path}/thanks").text
    assert "1 thank-you sent from this audit in all" in page
    for client, address in (
        (lead, f"{path}/thanks"), (lead, path), (client_for(council.people["head"]), path),
        (client_for(council.people["manager"]), f"{path}/contribution"),
        (client_for(council.people["manager"]), path),
    ):  # fmt: skip
        assert "three times" not in client.get(address).text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"to": ""}, "Select whom you thank"),
        ({"text": ""}, "Enter your thank-you"),
        ({"text": "x" * 1_001}, "must be 1,000 characters or fewer"),
        ({"to": "somebody"}, "select one of the answers shown"),
    ],
)
def test_what_is_wrong_is_said(council, client_for, path, changes, message):
    me = client_for(council.people["other_auditor"])
    filled = {"to": str(council.people["worker"]), "text": WORDS, "send": "1"} | changes
    answer = me.submit(f"{path}/thanks", filled)
    assert answer.status_code == 400
    assert message in answer.text


def test_without_a_strength_the_page_says_what_to_do(app, council, client_for, path):
    with app.app_context(), saving():
        db.session.query(Finding).delete()
    me = client_for(council.people["other_auditor"])
    assert "There is no strength in this audit yet." in me.get(f"{path}/thanks").text
    filled = {"to": str(council.people["worker"]), "text": WORDS, "send": "1"}
    assert me.send(f"{path}/thanks", filled).status_code == 409
    with app.app_context():
        assert db.session.scalars(select(Thanks)).all() == []


# Those who work on the audit and the QA lead send them; 403 for others who may read it.
@pytest.mark.parametrize(
    ("key", "status"),
    [("other_auditor", 200), ("qa_lead", 200), ("head", 403), ("worker", 403), ("viewer", 404)],
)
def test_who_may_send_one(council, client_for, path, key, status):
    assert client_for(council.people[key]).get(f"{path}/thanks").status_code == status
