"""The page that follows the programme, and chasing in bulk (P4, P6)."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.cases.models import Case
from qa_app.database import db, new_id, now, saving
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.grades import Selection
from qa_app.domain.reminders import ReminderStep
from qa_app.domain.workflow import AuditState
from qa_app.notify.models import Notice
from qa_app.programme import services
from qa_app.programme.models import Batch, BatchAudit, BatchAuditor, BatchKind, Reminder
from tests.queries import count_queries

PAGE = "/programme/following"


def give(council, auditor="other_auditor", case="100001"):
    """An audit of this month's cycle, in it as the app has it."""
    return services.give_audit(
        db.session.get_one(Case, council.cases[case]),
        db.session.get_one(Person, council.people[auditor]),
        london_date(now()),
        Selection.RANDOM,
        "",
        by=council.people["qa_lead"],
        at=now(),
    )


def months():
    this = Month.of(london_date(now()))
    return this, this.previous()


@pytest.fixture
def lead(council, client_for):
    """The QA lead's browser."""
    return client_for(council.people["qa_lead"])


@pytest.fixture
def references(app, council):
    """The references of an audit each of Otto and Iris."""
    with app.app_context(), saving():
        audits = [give(council), give(council, "iro", "100003")]
        return [audit.reference for audit in audits]


def test_an_empty_month_says_why(lead):
    page = lead.get(PAGE).text
    this, _ = months()
    assert f"Who has what: {this.words}" in page
    assert f"Nothing is expected in {this.words}." in page


def test_the_month_at_a_glance(council, lead, references):
    # P4: expected, exempt, due and done are all printed
    page = lead.get(PAGE).text
    assert "0 of 2" in page
    for reference in references:
        assert re.search(rf'<a class="govuk-link" href="/audits/[^"]+">{reference}</a>', page)
    for words in ("Not started", "Otto Auditor", "Safeguarding Team 1", "By role", "By service",
                  "By team", "Nothing given yet", "Chase in bulk"):  # fmt: skip
        assert words in page
    _, before = months()
    assert references[0] not in lead.get(f"{PAGE}?month={before}").text


def test_filters_are_tags_that_can_be_taken_away(council, lead, references):
    this, _ = months()
    service = council.teams["CARE"]
    page = lead.get(f"{PAGE}?service={service}&state=not_started").text
    assert references[0] in page
    assert references[1] not in page
    assert "Remove </span>Service: Corporate Parenting" in page
    assert f'href="/programme/following?month={this}&amp;state=not_started"' in page
    assert "Nothing is in this state" in lead.get(f"{PAGE}?state=late").text
    # What nobody offered asks for nothing.
    for query in ("month=1999-01", "team=x", "role=nobody", "state=asleep", "batch=x"):
        assert references[0] in lead.get(f"{PAGE}?{query}").text


def test_a_batch_is_followed_by_its_own_address(app, council, lead):
    # P7
    with app.app_context(), saving():
        audit = give(council)
        batch = Batch(
            kind=BatchKind.DIP_SAMPLE, name="Dip sample of visits", tool_code="core", number=2,
            starts_on=audit.due_on, ends_on=audit.due_on, made_at=now(),
        )  # fmt: skip
        db.session.add(batch)
        db.session.flush()
        db.session.add_all([
            BatchAuditor(batch_id=batch.id, person_id=audit.auditor_id, number=2),
            BatchAudit(batch_id=batch.id, audit_id=audit.id),
        ])  # fmt: skip
        path, reference = f"{PAGE}?batch={batch.id}", audit.reference
    page = lead.get(path).text
    assert "Who has what: Dip sample of visits" in page
    assert reference in page
    assert "Remove </span>Batch: Dip sample of visits" in page
    answer = lead.send(f"{PAGE}/chase", {"batch": path.partition("=")[2], "everybody": "1"})
    assert answer.location == path


def test_a_moderator_sees_their_services_and_opens_what_they_may_read(
    app, council, client_for, references
):
    # I2: until it is submitted an audit is its auditor's and the QA lead's
    page = client_for(council.people["other_head"]).get(PAGE).text
    assert references[0] in page
    assert f">{references[0]}</a>" not in page
    assert references[1] not in page
    assert "Chase in bulk" not in page
    assert "/cover" not in page


@pytest.mark.parametrize("key", ["auditor", "worker", "viewer", "administrator"])
def test_others_do_not_follow_the_programme(council, client_for, key):
    assert client_for(council.people[key]).get(PAGE).status_code == 403


def test_a_buddy_is_shown(app, council, lead, references):
    # P5
    with app.app_context(), saving():
        services.name_buddy(
            db.session.get_one(Person, council.people["other_auditor"]),
            db.session.get_one(Person, council.people["auditor"]),
            london_date(now()), None, by=council.people["qa_lead"], at=now(),
        )  # fmt: skip
    assert "Buddy: Ada Auditor" in lead.get(PAGE).text


def told(app):
    with app.app_context():
        steps = db.session.scalars(select(Reminder.step)).all()
        subjects = db.session.scalars(
            select(Notice.subject).where(Notice.key.startswith("reminder:"))
        ).all()
        return steps, subjects


def test_those_ticked_are_reminded_once_a_day(app, council, lead, references):
    # P6
    this, _ = months()
    sent = {"month": str(this), "people": [str(council.people["iro"])], "ticked": "1"}
    answer = lead.send(f"{PAGE}/chase", sent, follow_redirects=True)
    assert "1 auditor reminded of 1 audit." in answer.text
    again = lead.send(f"{PAGE}/chase", sent | {"everybody": "1"}, follow_redirects=True)
    assert "1 auditor reminded of 1 audit. 1 had been reminded today already" in again.text
    nobody = lead.send(f"{PAGE}/chase", sent, follow_redirects=True)
    assert "Nobody was reminded. 1 had been reminded today already" in nobody.text
    steps, subjects = told(app)
    assert steps == [ReminderStep.BY_HAND] * 2
    assert {subject.split(" is ")[0] for subject in subjects} == {
        f"Audit {reference}" for reference in references
    }


def test_everybody_in_the_list_means_the_list_as_narrowed(app, council, lead, references):
    # P6
    sent = {"service": str(council.teams["CARE"]), "everybody": "1"}
    answer = lead.send(f"{PAGE}/chase", sent)
    assert f"service={council.teams['CARE']}" in answer.location
    assert [subject.split(" is ")[0] for subject in told(app)[1]] == [f"Audit {references[0]}"]


def test_nobody_ticked_is_said_on_the_page(app, lead, references):
    answer = lead.send(f"{PAGE}/chase", {"ticked": "1"})
    assert "Tick the auditors who are to be reminded" in answer.text
    assert references[0] in answer.text
    assert told(app) == ([], [])


def test_who_is_not_in_the_list_is_not_reminded(app, council, lead, references):
    # P6: nobody is reminded of an audit that was submitted
    with app.app_context(), saving():
        values = {"state": AuditState.AWAITING_MODERATION, "completed_on": london_date(now())}
        done = Audit.reference == references[0]
        db.session.execute(update(Audit).where(done).values(**values))
    sent = {"people": [str(council.people["other_auditor"])], "ticked": "1"}
    answer = lead.send(f"{PAGE}/chase", sent)
    assert "select one of the answers shown" in answer.text
    assert told(app) == ([], [])


@pytest.mark.parametrize("key", ["head", "director", "auditor", "viewer"])
def test_only_the_qa_lead_chases(council, client_for, key):
    client = client_for(council.people[key])
    assert client.send(f"{PAGE}/chase", {"everybody": "1"}).status_code == 403


def test_the_page_costs_the_same_with_1_and_40_rows(app, council, lead):
    costs = []
    for number in (1, 40):
        with app.app_context(), saving():
            if number == 1:
                give(council)
                expectation_for(council, 1)
            else:
                expectation_for(council, 40)
        with count_queries(app) as asked:
            page = lead.get(PAGE).text
        assert page.count("Nothing given yet") >= number
        assert len(asked) <= 8, asked
        costs.append(len(asked))
    assert costs[0] == costs[1]


def expectation_for(council, number):
    """So many people with an expectation and an audit each."""
    audit = db.session.scalars(select(Audit.__table__.c.id)).first()
    table = Audit.__table__
    row = dict(db.session.execute(select(table).where(table.c.id == audit)).mappings().one())
    cycle = services.ensure_cycle(london_date(now()), None, now())
    for each in range(number):
        person = Person(name=f"P{number}-{each}", name_key=f"p{number}-{each}", source="demo")
        db.session.add(person)
        db.session.flush()
        services.set_expectation(cycle, post=None, person=person, number=2, by=None, at=now())
        more = {"id": new_id(), "reference": f"A-{number}-{each}", "auditor_id": person.id}
        later = {"due_on": row["due_on"] + timedelta(days=each)}
        db.session.execute(table.insert().values(**(row | more | later)))
