"""What could not be sent to somebody is told to the next one up, once (E1, E6, M0)."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from qa_app.accounts.absent import note_absence
from qa_app.accounts.models import Person
from qa_app.audits.models import AuditParty, Concern
from qa_app.audits.services import raise_concern
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Party, Role, Scope
from qa_app.history import Event
from qa_app.home.passing_on import pass_on_what_was_refused
from qa_app.notify.models import Notice
from qa_app.notify.passing import LADDERS, PASSED
from qa_app.notify.secret_links import stored_path
from tests.audits.making import given
from tests.council import grant
from tests.notify.test_worker import environment
from tests.notify.waiting import REFUSED, notice, refuse_thrice, send_all, tell

AT = datetime(2026, 11, 18, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def people(council, context):
    return council.people


def pass_on(at):
    """The job, as the worker does it; how many were passed on."""
    with saving():
        return pass_on_what_was_refused(at)["messages passed on"]


def passed(of="X-1"):
    """The notice that was made in place of another."""
    key = f"{PASSED}{notice(of).id}"
    return db.session.scalars(select(Notice).where(Notice.key == key)).one_or_none()


def refused(app, post_office, person_id, subject="X-1", at=AT, urgent=True, **more):
    """A message to somebody whose address does not work, after its last attempt."""
    email = db.session.get_one(Person, person_id).email
    post_office.refused.add(email)
    tell(person_id, subject, at, urgent, **more)
    return refuse_thrice(app, at)


def away(people, key, deputy=None):
    with saving():
        note_absence(
            db.session.get_one(Person, people[key]),
            # Tomorrow too: an hour before midnight what is tried thrice is tried until then.
            london_date(now()), london_date(now() + DAY),
            db.session.get_one(Person, people[deputy]) if deputy else None,
            by=people[key], at=now(),
        )  # fmt: skip


def test_the_line_manager_is_told_instead_once(context, post_office, people):
    at = refused(context, post_office, people["worker"], path="/tracker/1")
    assert [pass_on(at), pass_on(at), pass_on(at + DAY)] == [1, 0, 0]
    made = passed()
    assert made.person_id == people["manager"]
    assert made.email == "manager@example.test"
    assert made.subject == "Not told by e-mail: Wendy Worker"
    assert "Wendy Worker could not be told by e-mail" in made.body
    assert "“X-1”" in made.body
    # Only what the subject says, never more.
    assert "Words of X-1" not in made.body
    assert (made.path, made.urgent) == ("/tracker/1", True)
    assert notice("X-1").passed_on_at == at
    assert notice("X-1").sent_at is None
    events = db.session.scalars(select(Event).filter_by(verb="notice_passed_on")).all()
    assert [(each.subject_type, each.subject_id) for each in events] == [
        ("notice", notice("X-1").id)
    ]
    send_all(context, at)
    assert post_office.recipients == ["manager@example.test"]


def test_nothing_is_passed_on_before_the_third_refusal(context, post_office, people):
    post_office.refused.add("worker@example.test")
    tell(people["worker"], "X-1", AT, urgent=True)
    for minutes in (0, 1):
        send_all(context, AT + timedelta(minutes=minutes))
        assert pass_on(AT + timedelta(minutes=minutes)) == 0


@pytest.mark.parametrize("beginning", LADDERS[:-1])
def test_a_ladders_message_is_passed_on_though_it_is_not_urgent(
    context, post_office, people, beginning
):
    # E6, M0: ladders of actions, concerns and moderations
    at = refused(
        context, post_office, people["worker"], urgent=False, key=f"{beginning}{people['worker']}"
    )
    assert pass_on(at) == 1
    assert not passed().urgent


def test_any_other_message_is_given_up_and_shown(context, post_office, people):
    at = refused(context, post_office, people["worker"], urgent=False, key="given:1")
    assert pass_on(at) == 0
    assert passed() is None


def test_a_one_time_link_goes_to_nobody_else(context, post_office, people):
    post_office.refused.add("x@example.test")
    tell(people["worker"], "Choose", AT, path=stored_path("/choose-password/", people["worker"]))
    with saving():
        db.session.execute(update(Notice).values(person_id=None, email="x@example.test"))
    at = refuse_thrice(context, AT)
    assert notice("Choose").attempts == 3
    assert pass_on(at) == 0


@pytest.mark.parametrize(
    ("who", "absent", "told"),
    [
        # the manager is away and somebody stands in for them
        ("worker", [("manager", "auditor")], "auditor"),
        # nobody stands in: the next one up
        ("worker", [("manager", None)], "head"),
        ("worker", [("manager", None), ("head", "other_head")], "other_head"),
        # whoever stands in is the one who could not be told
        ("worker", [("manager", "worker")], "head"),
        # nobody is above the corporate director: the QA lead
        ("director", [], "qa_lead"),
        ("iro", [], "review_head"),
    ],
)
def test_whom_it_goes_to(context, post_office, people, who, absent, told):
    # E1: deputies, and the next one up
    for key, deputy in absent:
        away(people, key, deputy)
    at = refused(context, post_office, people[who], at=now())
    assert pass_on(at) == 1
    assert passed().person_id == people[told]


def test_a_manager_without_an_address_is_passed_over(context, post_office, people):
    with saving():
        db.session.get_one(Person, people["manager"]).email = None
    at = refused(context, post_office, people["worker"])
    pass_on(at)
    assert passed().person_id == people["head"]


def test_where_the_next_one_cannot_be_told_either_it_goes_further_up(context, post_office, people):
    post_office.refused.update({"manager@example.test", "head@example.test"})
    at = refused(context, post_office, people["worker"])
    for _ in range(3):
        assert pass_on(at) == 1
        at = refuse_thrice(context, at)
    assert pass_on(at) == 0
    (told,) = post_office.messages
    assert told["To"] == "director@example.test"
    assert told["Subject"] == ("Not told by e-mail: Wendy Worker, Manny Manager and Hetty Head")
    text = told.get_body(("plain",)).get_content()
    assert "They were to be told: “X-1”" in text
    assert "Tell Wendy Worker yourself" in text


def test_where_nobody_can_be_told_it_waits_and_is_tried_again(context, post_office, people):
    with saving():
        db.session.execute(update(Person).values(email=None).where(Person.name != "Wendy Worker"))
    at = refused(context, post_office, people["worker"])
    assert pass_on(at) == 0
    with saving():
        db.session.get_one(Person, people["head"]).email = "head@example.test"
    assert pass_on(at) == 1
    assert passed().person_id == people["head"]


def concern_about(council, by):
    """A concern with the manager of the child's team implicated."""
    audit = given(council)
    raise_concern(audit, worry="Worry", by=by, at=AT)
    concern = db.session.scalars(select(Concern)).one()
    db.session.add(
        AuditParty(
            audit_id=audit.id, party=Party.IMPLICATED, name="M", person_id=council.people["manager"]
        )
    )
    db.session.flush()
    return audit, concern


def test_nothing_goes_to_somebody_whom_the_concern_is_about(council, context, post_office, people):
    # E1: that adult sees nothing of it
    with saving():
        audit, concern = concern_about(council, people["other_auditor"])
        paths = [f"/concerns/{concern.id}", f"/audits/{audit.id}/review", "/tracker/"]
        db.session.execute(update(Notice).values(sent_at=AT))
    for number, path in enumerate(paths):
        at = refused(context, post_office, people["worker"], f"X-{number}", path=path)
    assert pass_on(at) == 3
    told = [passed(f"X-{number}").person_id for number in range(3)]
    assert told == [people["head"], people["head"], people["manager"]]


def test_what_is_long_past_is_left_alone(context, post_office, people):
    at = refused(context, post_office, people["worker"])
    assert pass_on(at + 15 * DAY) == 0


def test_processes_at_the_same_moment_pass_each_on_once(app, context, post_office, people):
    for number in range(20):
        tell(people["worker"], f"X-{number}", now(), urgent=True)
    with saving():
        db.session.execute(update(Notice).values(attempts=3, error=REFUSED))
    jobs = [
        subprocess.Popen(
            [sys.executable, "-m", "qa_app.cli", "jobs", "run"], env=environment(app),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    for job in jobs:
        _, log = job.communicate(timeout=90)
        assert job.returncode == 0, log
    db.session.rollback()
    made = db.session.scalars(select(Notice).where(Notice.key.startswith(PASSED))).all()
    assert len(made) == 20
    events = db.session.scalars(select(Event).filter_by(verb="notice_passed_on")).all()
    assert len(events) == 20


def test_the_qa_lead_reads_who_has_not_been_told_and_who_was_instead(
    app, council, client_for, post_office
):
    # the issue: after 3, shown to the QA lead and sent up instead
    people = council.people
    with app.app_context():
        at = refused(app, post_office, people["worker"], at=now() - timedelta(hours=2))
        pass_on(at)
        post_office.refused.add("iro@example.test")
        refused(app, post_office, people["iro"], "X-2", now() - timedelta(hours=2), urgent=False)
        tell(people["chair"], "X-3", now())
        post_office.refused.add("chair@example.test")
        send_all(app, now())
    client = client_for(people["qa_lead"])
    home = client.get("/").text
    assert "3 messages could not be sent by e-mail" in home
    assert 'href="/not-told"' in home
    page = client.get("/not-told").text
    for part in (
        "Wendy Worker", "X-1", "Manny Manager was told instead", "550",
        "Iris Reviewer", "Given up: tell them yourself", "Cleo Chair", "tried again",
    ):  # fmt: skip
        assert part in page
    # Addresses are the administrator's to put right.
    assert "worker@example.test" not in page


def test_the_page_says_so_where_everybody_has_been_told(council, client_for):
    page = client_for(council.people["qa_lead"]).get("/not-told").text
    assert "Everybody has been told" in page
    assert "No mail server is set" in page


def test_a_qa_lead_whom_a_concern_is_about_reads_nothing_of_it(
    app, council, client_for, post_office
):
    # E1
    people = council.people
    with app.app_context():
        with saving():
            grant(council, "manager", Role.QA_LEAD, Scope.ALL, None)
            _, concern = concern_about(council, people["other_auditor"])
            db.session.execute(update(Notice).values(sent_at=AT))
        at = now() - timedelta(hours=2)
        refused(app, post_office, people["worker"], at=at, path=f"/concerns/{concern.id}")
    client = client_for(people["manager"])
    assert "X-1" not in client.get("/not-told").text
    assert "could not be sent by e-mail" not in client.get("/").text
    assert "X-1" in client_for(people["qa_lead"]).get("/not-told").text


@pytest.mark.parametrize("who", ["worker", "auditor", "head", "administrator", "viewer"])
def test_who_has_not_been_told_is_the_qa_leads_to_read(council, client_for, who):
    assert client_for(council.people[who]).get("/not-told").status_code == 403
