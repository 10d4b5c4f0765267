"""Accounts given for a time: the last day is included; after it they are as good as closed."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select, update

from qa_app.accounts import access, links, people
from qa_app.accounts import sign_in as door
from qa_app.accounts.invitations import link_for
from qa_app.accounts.models import Account, Person, PersonSource
from qa_app.accounts.passwords import hash_password
from qa_app.accounts.people import AccountState, Wanted
from qa_app.database import db, now, saving
from qa_app.domain.calendar import add_months, london_date
from qa_app.history import Event
from qa_app.notify.models import Notice

PASSWORD = "wharfedale marmalade kettle"
EMAIL = "auditor@example.test"
LAST = date(2027, 6, 30)
# London is an hour ahead of UTC in June: the last day is over at 23:00.
BEFORE, AFTER = datetime(2027, 6, 30, 22, 59, tzinfo=UTC), datetime(2027, 6, 30, 23, 1, tzinfo=UTC)
DAY_BEFORE = datetime(2027, 6, 29, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def password_hash():
    return hash_password(PASSWORD)


@pytest.fixture
def account(app, council, password_hash):
    """The auditor's account, until the last day of June."""
    with app.app_context(), saving():
        found = db.session.scalars(select(Account).where(Account.email == EMAIL)).one()
        found.password_hash, found.ends_on = password_hash, LAST
        return found.id


def change(app, **values):
    with app.app_context(), saving():
        db.session.execute(update(Account).where(Account.email == EMAIL).values(**values))


WHEN = [
    # AU-6, AZ-8: the London day counts, both ends included
    (DAY_BEFORE, True),
    (BEFORE, True),
    (AFTER, False),
]


@pytest.mark.parametrize(("at", "lets_in"), WHEN)
def test_one_can_sign_in_until_the_end_of_the_last_day(app, account, at, lets_in):
    with app.app_context():
        assert (door.sign_in(EMAIL, PASSWORD, at=at) is not None) is lets_in


@pytest.mark.parametrize(("at", "lets_in"), WHEN)
def test_a_session_ends_with_the_account_at_the_next_press(
    app, account, council, client_for, at, lets_in
):
    # AZ-8
    with time_machine.travel(BEFORE - timedelta(minutes=5), tick=False):
        client = client_for(council.people["auditor"])
        assert client.get("/my-account").status_code == 200
    if at is DAY_BEFORE:
        return
    with time_machine.travel(at, tick=False):
        answer = client.get("/my-account")
    assert answer.status_code == (200 if lets_in else 302)


def test_an_account_that_ended_answers_like_one_that_never_was(app, account):
    # AU-6: the page, and nearly all of the time, which is the hash
    pages = set()
    with time_machine.travel(AFTER, tick=False):
        for email in (EMAIL, "nobody@example.test"):
            client = app.test_client()
            answer = client.submit("/sign-in", {"email": email, "password": PASSWORD})
            assert answer.status_code == 200
            text = answer.text.replace(email, "ADDRESS")
            pages.add(text.replace(client.token_in(answer.text), "TOKEN"))
    assert len(pages) == 1


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.test"])
def test_a_hash_is_worked_out_all_the_same(app, account, monkeypatch, email):
    # AU-6
    hashes = []
    monkeypatch.setattr(door, "is_right", lambda *given: hashes.append(given) or True)
    with app.app_context():
        assert door.sign_in(email, PASSWORD, at=AFTER) is None
    assert len(hashes) == 1


def test_it_ends_also_while_the_password_is_being_worked_out(app, account, monkeypatch):
    # AZ-8: the newer state stands
    def slowly(*given):
        change(app, ends_on=LAST - timedelta(days=1))
        return True

    monkeypatch.setattr(door, "is_right", slowly)
    with app.app_context():
        assert door.sign_in(EMAIL, PASSWORD, at=BEFORE) is None


@pytest.mark.parametrize(("at", "sent"), [(BEFORE, 1), (AFTER, 0)])
def test_no_link_is_sent_to_an_account_that_ended(app, account, at, sent):
    # AU-6
    with app.app_context(), saving():
        links.send_reset(EMAIL, at=at)
    with app.app_context():
        notices = db.session.scalars(select(Notice).where(Notice.key.startswith("link:"))).all()
        assert len(notices) == sent


@pytest.mark.parametrize(("at", "opens"), [(BEFORE, True), (AFTER, False)])
def test_a_link_of_before_opens_nothing_afterwards(app, account, at, opens):
    # AZ-8
    with app.app_context():
        with saving():
            found = db.session.get_one(Account, account)
            link = links.make_link(found, links.INVITED_FOR, by=None, at=DAY_BEFORE)
            path = links.path_of(link)
        token = path.removeprefix(links.PATH)
        assert (links.account_of(token, at=at) is not None) is opens


def test_no_new_link_is_made_for_it(app, account, council):
    with app.app_context():
        person = db.session.get_one(Person, council.people["auditor"])
        with pytest.raises(access.AccessRefused, match="ended on 30 June 2027"):
            link_for(person, EMAIL, by=None, at=AFTER)


def test_without_a_last_day_there_is_no_end(app, account):
    change(app, ends_on=None)
    with app.app_context():
        assert door.sign_in(EMAIL, PASSWORD, at=AFTER + timedelta(days=9_000)) is not None


# --- the administrator's pages


@pytest.fixture
def admin(council, client_for):
    return client_for(council.people["administrator"])


@pytest.fixture
def page(council):
    return f"/people/{council.people['auditor']}"


def typed(day):
    if day is None:
        return {"last_day-day": "", "last_day-month": "", "last_day-year": ""}
    return {"last_day-day": day.day, "last_day-month": day.month, "last_day-year": day.year}


def ends_on(app):
    with app.app_context():
        return db.session.scalars(select(Account).where(Account.email == EMAIL)).one().ends_on


def today():
    return london_date(now())


def test_an_administrator_sees_the_last_day_and_changes_it(app, account, admin, page):
    assert "30 June 2027" in admin.get(page).text
    later = today() + timedelta(days=90)
    answer = admin.submit(f"{page}/last-day", typed(later))
    assert (answer.status_code, answer.location) == (302, page)
    assert "lasts until" in admin.get(page).text
    assert ends_on(app) == later
    with app.app_context():
        event = db.session.scalars(select(Event).where(Event.verb == "person_changed")).one()
        assert event.sentence == "Details changed: last day of the account"


def test_saving_it_as_it_stands_changes_nothing(app, account, admin, page):
    admin.submit(f"{page}/last-day", typed(LAST))
    with app.app_context():
        assert db.session.scalars(select(Event).where(Event.verb == "person_changed")).all() == []


def test_a_day_that_is_over_ends_the_account_and_its_sessions_at_once(
    app, account, admin, page, council, client_for
):
    # AZ-8
    theirs = client_for(council.people["auditor"])
    assert theirs.get("/my-account").status_code == 200
    admin.submit(f"{page}/last-day", typed(today() - timedelta(days=1)))
    assert "has ended" in admin.get(page).text
    assert theirs.get("/my-account").status_code == 302
    # AU-2: and a later last day does not bring the session back
    admin.submit(f"{page}/last-day", typed(today() + timedelta(days=9)))
    assert theirs.get("/my-account").status_code == 302


def test_an_account_that_ended_is_listed_as_such(app, account, admin, page):
    change(app, ends_on=today() - timedelta(days=1))
    assert "Ada Auditor" in admin.get("/people?account=ended").text
    assert "Ada Auditor" not in admin.get("/people?account=open").text
    text = admin.get(page).text
    assert "Make a new one-time link" not in text
    assert ">Ended</strong>" in "".join(text.split("\n"))


STATES = [
    # (closed, days until the last day, has a password, state)
    (False, None, True, AccountState.OPEN),
    (False, 0, True, AccountState.OPEN),
    (False, -1, True, AccountState.ENDED),
    (False, 0, False, AccountState.INVITED),
    (False, -1, False, AccountState.ENDED),
    (True, -1, True, AccountState.CLOSED),
    (True, None, False, AccountState.CLOSED),
]


@pytest.mark.parametrize(("closed", "days", "password", "state"), STATES)
def test_each_state_is_found_by_its_filter_and_no_other(
    app, account, closed, days, password, state
):
    change(
        app,
        closed_at=now() if closed else None,
        ends_on=None if days is None else today() + timedelta(days=days),
        password_hash="hash" if password else None,
    )
    with app.app_context():
        found = db.session.get_one(Account, account)
        assert people.state_of(found, today()) is state
        for each in AccountState:
            rows = people.list_people(Wanted(text="Ada Auditor", state=each), today()).rows
            assert [row.state for row in rows] == ([state] if each is state else [])


def make_partner(app):
    with app.app_context(), saving():
        db.session.execute(
            update(Person).where(Person.email == EMAIL)
            .values(source=PersonSource.PARTNER, organisation="Cityshire Police")
        )  # fmt: skip


PARTNERS = [
    # I2: a partner's account always ends, within half a year
    (lambda: None, "a partner’s account always has one"),
    (lambda: add_months(today(), 6) + timedelta(days=1), "or an earlier day"),
    (lambda: add_months(today(), 6), None),
]


@pytest.mark.parametrize(("day", "said"), PARTNERS)
def test_a_partners_account_always_ends(app, account, admin, page, day, said):
    make_partner(app)
    assert "Cityshire Police" in admin.get(page).text
    answer = admin.submit(f"{page}/last-day", typed(day()))
    assert answer.status_code == (302 if said is None else 200)
    assert said is None or said in answer.text
    assert ends_on(app) == (day() if said is None else LAST)


def test_anybody_elses_may_have_no_end(app, account, admin, page):
    assert admin.submit(f"{page}/last-day", typed(None)).status_code == 302
    assert ends_on(app) is None


def test_nobody_lengthens_their_own(app, admin, council):
    own = f"/people/{council.people['administrator']}"
    assert "/last-day" not in admin.get(own).text
    answer = admin.submit(f"{own}/last-day", typed(today() + timedelta(days=9)))
    assert "You cannot change your own access" in answer.text


def test_a_partner_is_not_somebody_without_a_post(app, account, admin):
    make_partner(app)
    with app.app_context(), saving():
        db.session.execute(update(Person).where(Person.email == EMAIL).values(staff_id=None))
        person = db.session.scalars(select(Person).where(Person.email == EMAIL)).one()
        for holding in person.holdings:
            db.session.delete(holding)
    assert "Ada Auditor" not in admin.get("/people/gaps").text


@pytest.mark.parametrize("key", ["qa_lead", "auditor", "director", "viewer"])
def test_only_an_administrator_changes_it(app, account, council, client_for, page, key):
    change(app, ends_on=today() + timedelta(days=3))
    answer = client_for(council.people[key]).send(f"{page}/last-day", typed(today()))
    assert answer.status_code == 403
