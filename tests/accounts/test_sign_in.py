"""Signing in: who gets in, and how little the door tells those who do not."""

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from qa_app.accounts import sign_in as door
from qa_app.accounts.addresses import safe_next
from qa_app.accounts.models import Account, SignInAttempt
from qa_app.accounts.passwords import hash_password
from qa_app.database import db, now, saving
from qa_app.history import Event

PASSWORD = "wharfedale marmalade kettle"
EMAIL = "auditor@example.test"


@pytest.fixture(scope="module")
def password_hash():
    return hash_password(PASSWORD)


@pytest.fixture
def account(app, council, password_hash):
    """The auditor's account, with a password."""
    with app.app_context(), saving():
        found = db.session.scalars(select(Account).where(Account.email == EMAIL)).one()
        found.password_hash = password_hash
        return found.id


def enter(client, email=EMAIL, password=PASSWORD, **more):
    return client.submit("/sign-in", {"email": email, "password": password, **more})


def verbs(app):
    with app.app_context():
        return list(db.session.scalars(select(Event.verb).order_by(Event.sequence)))


def test_the_right_address_and_password_open_the_door(app, client, account):
    answer = enter(client)
    assert (answer.status_code, answer.location) == (302, "/")
    assert client.get("/my-account").status_code == 200
    assert verbs(app)[-1] == "signed_in"


@pytest.mark.parametrize("typed", ["AUDITOR@EXAMPLE.TEST", "  auditor@example.test "])
def test_an_address_is_known_in_any_case_and_with_spaces_round_it(client, account, typed):
    assert enter(client, typed).status_code == 302


def close(app, account):
    with app.app_context(), saving():
        db.session.get_one(Account, account).closed_at = now()


def without_password(app, account):
    with app.app_context(), saving():
        db.session.get_one(Account, account).password_hash = None


def lock(app, account):
    with app.app_context():
        for _ in range(10):
            door.count_guess(EMAIL, at=now())


FAILURES = (
    # (what is so, address, password)
    ("unknown", None, "nobody@example.test", PASSWORD),
    ("wrong", None, EMAIL, "wharfedale marmalade kettlE"),
    ("closed", close, EMAIL, PASSWORD),
    ("never set", without_password, EMAIL, PASSWORD),
    ("locked", lock, EMAIL, PASSWORD),
)


def test_every_way_of_failing_looks_the_same(app, client, account):
    # AU-6
    pages = {}
    for name, prepare, email, password in FAILURES:
        if prepare:
            prepare(app, account)
        answer = enter(app.test_client(), email, password)
        assert answer.status_code == 200, name
        body = answer.text.replace(email, "ADDRESS")
        pages[name] = body.replace(client.token_in(answer.text), "TOKEN")
    assert len(set(pages.values())) == 1
    assert "Check your e-mail address and password" in pages["unknown"]


@pytest.mark.parametrize(("name", "prepare", "email", "password"), FAILURES)
def test_every_way_of_failing_works_out_one_hash(
    app, account, monkeypatch, name, prepare, email, password
):
    # AU-6: the hash is nearly all of the time that an answer takes
    if prepare:
        prepare(app, account)
    hashes = []
    monkeypatch.setattr(door, "is_right", lambda *given: hashes.append(given) or False)
    enter(app.test_client(), email, password)
    assert len(hashes) == 1


def test_failing_takes_about_as_long_for_an_unknown_address_as_for_a_known_one(app, account):
    # AU-6
    took = {"nobody@example.test": [], EMAIL: []}
    with app.app_context():
        door.sign_in("warm@example.test", "up", at=now())
        for number in range(5):
            for email, times in took.items():
                began = time.perf_counter()
                door.sign_in(email, f"wrong {number}", at=now())
                times.append(time.perf_counter() - began)
    unknown, known = (statistics.median(times) for times in took.values())
    assert 0.5 < unknown / known < 2


def test_ten_guesses_lock_an_account_for_five_minutes_and_no_longer(app, account):
    # AU-5
    at = now()
    with app.app_context():
        for number in range(10):
            assert door.sign_in(EMAIL, f"wrong {number}", at=at) is None
        assert door.sign_in(EMAIL, PASSWORD, at=at + timedelta(minutes=4)) is None
        assert door.sign_in(EMAIL, PASSWORD, at=at + timedelta(minutes=5, seconds=1)) is not None


def test_other_accounts_are_not_locked_with_it(app, account):
    # AU-5
    with app.app_context():
        for _ in range(12):
            door.count_guess("head@example.test", at=now())
        assert door.sign_in(EMAIL, PASSWORD, at=now()) is not None


def test_hammering_does_not_keep_an_account_locked(app, account):
    # AU-5: it unlocks by itself, though somebody tries all the time
    at = now()
    with app.app_context():
        for second in range(0, 300, 5):
            guess = door.count_guess(EMAIL, at=at + timedelta(seconds=second))
            with saving():
                door.allowed(EMAIL, guess, at=at + timedelta(seconds=second))
        assert door.sign_in(EMAIL, PASSWORD, at=at + timedelta(seconds=301)) is not None


def test_at_most_ten_of_many_guesses_at_once_are_looked_at(app, account):
    # AU-5: counted over all workers
    def guess(_):
        with app.app_context():
            at = now()
            mine = door.count_guess(EMAIL, at=at)
            with saving():
                return door.allowed(EMAIL, mine, at=at)

    with ThreadPoolExecutor(8) as pool:
        looked_at = sum(pool.map(guess, range(40)))
    assert 1 <= looked_at <= 10


def test_a_right_guess_is_not_held_against_anyone(app, account):
    with app.app_context():
        for _ in range(12):
            assert door.sign_in(EMAIL, PASSWORD, at=now()) is not None


def test_old_guesses_are_thrown_away_and_no_address_is_kept_readable(app, account):
    with app.app_context():
        door.count_guess(EMAIL, at=now() - timedelta(days=2))
        door.count_guess("other@example.test", at=now())
        rows = db.session.scalars(select(SignInAttempt)).all()
        assert len(rows) == 1
        assert "example" not in rows[0].email_hash


def test_no_password_is_in_the_history_or_the_log(app, client, account, caplog):
    enter(client, password="canary in the coal mine")
    with app.app_context():
        details = str([(e.details, e.address) for e in db.session.scalars(select(Event))])
    assert "canary" not in details + caplog.text


NEXT = (
    # (where to, where one lands) — AU-10: never off the site
    ("/audits/12?tab=a", "/audits/12?tab=a"),
    ("/", "/"),
    ("", "/"),
    ("https://evil.example/", "/"),
    ("//evil.example", "/"),
    ("///evil.example", "/"),
    ("/\\evil.example", "/"),
    ("\\\\evil.example", "/"),
    ("/\t/evil.example", "/"),
    ("/\n/evil.example", "/"),
    (" //evil.example", "/"),
    ("javascript:alert(1)", "/"),
    ("evil.example", "/"),
    ("/%09/evil.example", "/%09/evil.example"),
)


@pytest.mark.parametrize(("wanted", "lands"), NEXT)
def test_one_lands_where_one_was_going_and_never_elsewhere(wanted, lands):
    # AU-10
    assert safe_next(wanted) == lands


def test_next_is_kept_from_the_first_page_to_the_last(client, account):
    answer = client.get("/my-account")
    assert answer.status_code == 302
    page = client.get(answer.location)
    assert 'value="/my-account"' in page.text
    answer = enter(client, next="/my-account")
    assert answer.location == "/my-account"


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example"])
def test_a_forged_next_leads_home(client, account, wanted):
    # AU-10
    assert enter(client, next=wanted).location == "/"


def test_somebody_who_is_signed_in_needs_no_door(council, client_for):
    client = client_for(council.people["auditor"])
    assert client.get("/sign-in?next=/my-account").location == "/my-account"
    assert client.get("/sign-in?next=//evil.example").location == "/"


def test_there_is_no_account_until_somebody_makes_one(app):
    # AU-14
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Account)) == 0
