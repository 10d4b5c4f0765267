"""The social worker's and the team manager's own page: what it shows, saves and signs (A5)."""

import re

import pytest
import time_machine
from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.audits.models import Contribution
from qa_app.audits.queries.hearing import views_of
from qa_app.audits.services import raise_concern, submit, withdraw
from qa_app.database import db, saving
from qa_app.domain.permissions import Party
from qa_app.history import Event
from qa_app.moderation import services as moderation
from qa_app.notify.models import Notice
from tests.audits.making import AT, Writer, given, submitted, the_audit, written
from tests.queries import count_queries

VIEW = "The family asked for fewer visits, and we agreed on it together."


@pytest.fixture
def path(app, council):
    """The address of an audit whose draft holds a word to look for."""
    with app.app_context(), saving():
        audit = given(council)
        Writer(audit, council.people["other_auditor"])({"risk.evidence": "canarywords"})
        return f"/audits/{audit.id}"


@pytest.fixture
def worker(council, client_for):
    """The social worker's browser."""
    return client_for(council.people["worker"])


def _send(client, path, page=None, **data):
    """Send the form as the browser would, with what the page said of the text that it showed."""
    page = page or client.get(f"{path}/contribution").text
    shown = re.search(r'name="shown"[^>]*value="(\d+)"', page)
    fields = {"shown": shown[1] if shown else "0", **data}
    return client.send(f"{path}/contribution", fields, token=client.token_in(page))


def test_the_page_says_what_the_audit_is_and_nothing_of_the_draft(worker, path):
    # A5, I2: who, which child, what to expect; the audit is still its auditor's
    page = worker.get(f"{path}/contribution").text
    for words in (
        "Otto Auditor", "100001", "5 to 9", "Child protection (CP)", "Safeguarding Team 1",
        "You have not been invited to a conversation yet", "What to expect", "Sign and send",
    ):  # fmt: skip
        assert words in page
    assert "canarywords" not in page
    assert f'href="{path}"' not in page
    assert worker.get(path).status_code == 404


def test_a_concern_is_no_part_of_it(app, worker, council, path):
    # E1: an adult whom a concern is about sees nothing of it
    with app.app_context(), saving():
        by = council.people["other_auditor"]
        raise_concern(the_audit(), worry="A worry.", siblings=[], by=by, at=AT)
    assert "oncern" not in worker.get(f"{path}/contribution").text


def test_a_view_is_saved_for_its_writer_alone(app, worker, council, path, client_for):
    # A5
    answer = _send(worker, path, text=VIEW, save="1")
    assert answer.location.endswith("/contribution")
    page = worker.get(f"{path}/contribution").text
    assert VIEW in page
    assert "not signed yet" in page
    for key, address in (
        ("manager", f"{path}/contribution"),
        ("other_auditor", f"{path}/voices"),
        ("other_auditor", f"{path}/review"),
        ("qa_lead", path),
    ):
        assert VIEW not in client_for(council.people[key]).get(address).text
    with app.app_context():
        assert views_of(the_audit()) == []
        assert not db.session.scalars(select(Event).where(Event.verb.like("%contribut%"))).all()


def test_signed_it_is_read_with_the_audit_and_never_changes(app, worker, council, path, client_for):
    # A5
    _send(worker, path, text=VIEW, sign="1")
    page = worker.get(f"{path}/contribution").text
    assert "Signed by you on" in page
    assert "<textarea" not in page
    for address in ("voices", "review"):
        page = client_for(council.people["other_auditor"]).get(f"{path}/{address}").text
        assert VIEW in page
        assert "Wendy Worker" in page
    _send(worker, path, text="Something else", sign="1")
    assert "You signed your view already" in worker.get(f"{path}/contribution").text
    with app.app_context():
        (view,) = views_of(the_audit())
        assert (view.name, view.party, view.role, view.text) == (
            "Wendy Worker", Party.SOCIAL_WORKER, "social worker", VIEW,
        )  # fmt: skip
        notice = db.session.scalars(select(Notice).where(Notice.key.startswith("signed:"))).one()
        assert notice.person_id == council.people["other_auditor"]
        assert "visits" not in notice.subject + notice.body


def test_an_empty_view_cannot_be_signed(worker, path):
    answer = _send(worker, path, text="  ", sign="1")
    assert answer.status_code == 400
    assert "Enter what you want to say before you sign it" in answer.text


def test_two_tabs_lose_nothing(app, worker, path):
    # A8: a save over a newer one shows both
    first = worker.get(f"{path}/contribution").text
    _send(worker, path, text="From the other tab", save="1")
    answer = _send(worker, path, page=first, text="From this tab", sign="1")
    assert answer.status_code == 400
    assert "You saved something else meanwhile" in answer.text
    for words in ("What is saved", "From the other tab", "From this tab"):
        assert words in answer.text
    with app.app_context():
        kept = db.session.scalars(select(Contribution)).one()
        assert (kept.text, kept.signed_at) == ("From the other tab", None)
    # Both having been shown, the next one stands.
    _send(worker, path, page=answer.text, text="From both tabs", save="1")
    assert "From both tabs" in worker.get(f"{path}/contribution").text


def test_the_same_text_from_two_tabs_is_no_conflict(worker, path):
    first = worker.get(f"{path}/contribution").text
    _send(worker, path, text=VIEW, save="1")
    assert _send(worker, path, page=first, text=VIEW, save="1").status_code == 302


def test_once_sent_a_view_is_no_longer_added(app, council, client_for):
    # A5, A12: from then on there is the check of the facts, and the reply
    with app.app_context(), saving():
        audit = written(council)
        path = f"/audits/{audit.id}"
    worker = client_for(council.people["worker"])
    _send(worker, path, text=VIEW, save="1")
    before = worker.get(f"{path}/contribution").text
    with app.app_context(), saving():
        submit(the_audit(), by=council.people["other_auditor"], at=AT)
    page = worker.get(f"{path}/contribution").text
    assert "The audit was sent before you signed your view" in page
    assert VIEW in page
    assert f'href="{path}"' in page
    assert _send(worker, path, page=before, text=VIEW, sign="1").status_code == 409
    manager = client_for(council.people["manager"]).get(f"{path}/contribution").text
    assert "a view can no longer be added to it" in manager


def test_a_withdrawn_audit_says_so(app, council, path, worker):
    with app.app_context(), saving():
        withdraw(the_audit(), "Not now", by=council.people["qa_lead"], at=AT)
    page = worker.get(f"{path}/contribution").text
    assert "This audit was withdrawn" in page
    assert "<textarea" not in page


# I2: the child's social worker and their manager alone; 403 for who may read the audit only.
@pytest.mark.parametrize(
    ("key", "status"),
    [("manager", 200), ("auditor", 404), ("chair", 404), ("head", 404), ("qa_lead", 403),
     ("other_auditor", 403), ("viewer", 404), ("administrator", 404)],
)  # fmt: skip
def test_whose_page_it_is(council, client_for, path, key, status):
    assert client_for(council.people[key]).get(f"{path}/contribution").status_code == status


def test_every_reader_reads_a_signed_view(app, council, client_for):
    # A5: under its own heading, with name and date
    with app.app_context(), saving():
        audit = submitted(council)
        db.session.add(
            Contribution(audit_id=audit.id, person_id=council.people["manager"],
                         party=Party.TEAM_MANAGER, kind="view", text=VIEW, saved_at=AT,
                         signed_at=AT)
        )  # fmt: skip
        address = f"/audits/{audit.id}"
    for key in ("head", "worker", "qa_lead", "other_auditor"):
        page = client_for(council.people[key]).get(address).text
        assert "In their own words" in page
        assert "Manny Manager, team manager" in page
        assert VIEW in page
        assert "Signed 18 November 2026" in page
    with app.app_context(), saving():
        head = db.session.get_one(Person, council.people["review_head"])
        taken = moderation.start(the_audit(), head, by=head.id, at=AT).id
    page = client_for(council.people["review_head"]).get(f"/moderation/{taken}").text
    assert "Manny Manager, team manager" in page
    assert VIEW in page


def test_the_page_asks_few_queries(app, worker, path):
    _send(worker, path, text=VIEW, save="1")
    with count_queries(app) as asked:
        worker.get(f"{path}/contribution")
    assert len(asked) <= 9, asked


def test_home_leads_there_from_the_first_day(council, client_for, path):
    # A5: for those whose own work it is
    with time_machine.travel(AT, tick=True):
        for key in ("worker", "manager"):
            home = client_for(council.people[key]).get("/").text
            assert f'href="{path}/contribution"' in home
