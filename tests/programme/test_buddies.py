"""Buddies: named by the QA lead, told, shown, and with no right to read by it (P5, I2)."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from qa_app.accounts.models import Person, PostKind
from qa_app.accounts.queries import actor
from qa_app.audits.queries import page_of
from qa_app.audits.queries.lists import Filters
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission, allowed
from qa_app.history import Event
from qa_app.notify.models import Notice
from qa_app.programme.models import Buddy
from qa_app.programme.queries.buddies import (
    Candidate,
    buddies,
    buddies_of,
    candidates,
    suggested,
)
from qa_app.programme.services import BuddyRefused, end_buddy, name_buddy
from tests.audits.making import AT, given
from tests.factories import an_imported_audit
from tests.queries import count_queries

TODAY = date(2026, 11, 18)


def name(council, auditor="auditor", buddy="other_auditor", since=TODAY, until=None, at=AT):
    return name_buddy(
        db.session.get_one(Person, council.people[auditor]),
        db.session.get_one(Person, council.people[buddy]),
        since,
        until,
        by=council.people["qa_lead"],
        at=at,
    )


def test_a_buddy_stands_from_a_day_until_a_day(context, council):
    # P5
    name(council, until=TODAY + timedelta(days=30))
    auditor = council.people["auditor"]
    for days, there in ((-1, False), (0, True), (30, True), (31, False)):
        found = buddies_of([auditor], TODAY + timedelta(days=days))
        assert (auditor in found) is there, days
    assert buddies_of([auditor], TODAY)[auditor] == ("Otto Auditor", "other.auditor@example.test")


def test_both_are_told(context, council):
    name(council)
    told = {notice.email: notice.body for notice in db.session.scalars(select(Notice))}
    assert "other.auditor@example.test" in told["auditor@example.test"]
    assert "You do not read their audits" in told["other.auditor@example.test"]


def test_naming_and_ending_stand_in_the_history(context, council):
    # I1
    with saving():
        row = name(council)
    with saving():
        end_buddy(row, by=council.people["qa_lead"], at=AT)
    verbs = db.session.scalars(select(Event.verb).where(Event.subject_id == row.id)).all()
    assert verbs == ["buddy_named", "buddy_ended"]


@pytest.mark.parametrize(
    ("options", "field"),
    [
        # nobody is their own buddy
        ({"buddy": "auditor"}, "buddy"),
        # days that cross, and days that have passed
        ({"until": TODAY - timedelta(days=1)}, "until"),
        ({"since": TODAY - timedelta(days=9), "until": TODAY - timedelta(days=2)}, "until"),
        # one buddy at a time
        ({"buddy": "iro", "since": TODAY + timedelta(days=10)}, "since"),
        ({"buddy": "iro", "since": TODAY - timedelta(days=5), "until": TODAY}, "since"),
    ],
)
def test_what_is_refused(context, council, options, field):
    name(council, until=TODAY + timedelta(days=10))
    with pytest.raises(BuddyRefused) as refused:
        name(council, **options)
    assert refused.value.field == field


def test_one_buddy_follows_another(context, council):
    name(council, until=TODAY + timedelta(days=10))
    name(council, buddy="iro", since=TODAY + timedelta(days=11))
    assert len(buddies(TODAY)[0]) == 2


def test_a_time_ends_today_and_one_to_come_is_taken_back(context, council):
    row = name(council)
    end_buddy(row, by=council.people["qa_lead"], at=AT)
    assert row.until == TODAY
    later = name(council, buddy="iro", since=TODAY + timedelta(days=5))
    end_buddy(later, by=council.people["qa_lead"], at=AT)
    db.session.flush()
    assert db.session.scalars(select(Buddy.id)).all() == [row.id]
    # Harmless afterwards.
    end_buddy(row, by=council.people["qa_lead"], at=AT + timedelta(days=3))
    assert row.until == TODAY
    assert buddies(TODAY + timedelta(days=1)) == ([], [row])


# I2: to help is not to read.
def test_a_buddy_gains_no_right_to_read(context, council):
    audit = given(council, auditor="auditor")
    buddy = council.people["other_auditor"]
    before = [p for p in Permission if allowed(p, actor(buddy, TODAY), audit.permission_subject())]
    name(council)
    db.session.flush()
    after = [p for p in Permission if allowed(p, actor(buddy, TODAY), audit.permission_subject())]
    assert after == before
    assert Permission.AUDIT_READ not in after
    assert page_of(actor(buddy, TODAY), Filters()).audits == []


def test_a_buddy_cannot_open_the_audit(app, council, client_for):
    # I2
    with app.app_context(), saving():
        path = f"/audits/{given(council, auditor='auditor').id}"
        name(council, since=london_date(now()), at=now())
    for address in (path, f"{path}/sections/risk", f"/programme{path}/protected-time"):
        assert client_for(council.people["other_auditor"]).get(address).status_code == 404


def test_the_auditor_sees_their_buddy_on_the_audit(app, council, client_for):
    # P5
    with app.app_context(), saving():
        path = f"/audits/{given(council, auditor='auditor').id}"
        name(council, since=london_date(now()), at=now())
    page = client_for(council.people["auditor"]).get(path).text
    assert "Your buddy is Otto Auditor" in page
    assert "mailto:other.auditor@example.test" in page
    assert "Your buddy" not in client_for(council.people["qa_lead"]).get(path).text


@pytest.mark.parametrize(
    ("auditor", "order"),
    [
        # the experienced of the same role first, then the other experienced, then the rest
        ("new manager", ["old manager", "middle manager", "old chair", "new chair"]),
        ("new chair", ["old chair", "old manager", "middle manager", "new manager"]),
    ],
)
def test_who_is_suggested_first(auditor, order):
    kinds = {"manager": PostKind.TEAM_MANAGER, "chair": PostKind.CONFERENCE_CHAIR}
    finished = {"new": 0, "middle": 3, "old": 9}
    everybody = [
        Candidate(each, each, kinds[each.split()[1]], "A post", finished[each.split()[0]])
        for each in ("new manager", "middle manager", "old manager", "new chair", "old chair")
    ]
    assert [each.name for each in suggested(auditor, everybody)] == order


def test_finished_audits_are_counted(context, council):
    for number in range(4):
        audit = an_imported_audit(f"A{number}")
        audit.auditor_id = council.people["iro"]
    given(council, auditor="auditor")
    db.session.flush()
    found = {each.name: each.finished for each in candidates(TODAY)}
    assert (found["Iris Reviewer"], found["Ada Auditor"]) == (4, 0)
    assert candidates(TODAY)[-1].experienced


@pytest.fixture
def lead(council, client_for):
    """The QA lead's browser."""
    return client_for(council.people["qa_lead"])


def test_the_qa_lead_names_and_ends_a_buddy(app, council, lead):
    # P5
    assert "Nobody has a buddy now" in lead.get("/programme/buddies").text
    path = f"/programme/buddies?auditor={council.people['auditor']}"
    today = london_date(now())
    sent = {
        "buddy": str(council.people["other_auditor"]), "since-day": str(today.day),
        "since-month": str(today.month), "since-year": str(today.year), "save": "1",
    }  # fmt: skip
    answer = lead.submit(path, sent, follow_redirects=True)
    assert "Otto Auditor is Ada Auditor’s buddy. Both have been told." in answer.text
    assert "Until it is ended" in answer.text
    again = lead.submit(path, sent)
    assert "Ada Auditor has Otto Auditor as buddy" in again.text
    action = re.search(r'action="(/programme/buddies/[^"]+/end)"', answer.text)[1]
    ended = lead.send(action, {}, follow_redirects=True)
    assert "are no longer buddies after today" in ended.text


def test_what_is_missing_is_asked_for(council, lead):
    path = f"/programme/buddies?auditor={council.people['auditor']}"
    answer = lead.submit(path, {"save": "1", "until-day": "1"})
    for message in ("Select who helps them", "Last day must include a month and year"):
        assert message in answer.text


def test_a_buddy_that_is_not_there_is_not_found(council, lead):
    missing = council.people["auditor"]
    assert lead.send(f"/programme/buddies/{missing}/end").status_code == 404


def test_an_unknown_auditor_asks_for_nothing(lead):
    assert "A buddy for" not in lead.get("/programme/buddies?auditor=somebody").text


@pytest.mark.parametrize("key", ["auditor", "head", "director", "viewer", "administrator"])
def test_only_the_qa_lead_names_buddies(council, client_for, key):
    assert client_for(council.people[key]).get("/programme/buddies").status_code == 403


def test_the_page_costs_the_same_however_many(app, council, lead):
    costs = []
    for pairs in (1, 20):
        with app.app_context(), saving():
            for number in range(pairs):
                since = TODAY + timedelta(days=pairs * 40 + number)
                name(council, since=since, until=since)
        with count_queries(app) as asked:
            page = lead.get(f"/programme/buddies?auditor={council.people['auditor']}").text
        assert "Otto Auditor" in page
        assert len(asked) <= 8, asked
        costs.append(len(asked))
    assert costs[0] == costs[1]
