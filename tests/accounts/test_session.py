"""Sessions: what ends them, whatever the cookie says."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, update

from qa_app.accounts.models import Account, RoleGrant, SignInSession
from qa_app.accounts.passwords import hash_password
from qa_app.database import db, now, saving

PASSWORD = "wharfedale marmalade kettle"
NEW = "an entirely different trombone"
EMAIL = "auditor@example.test"


@pytest.fixture(scope="module")
def password_hash():
    return hash_password(PASSWORD)


@pytest.fixture
def account(app, council, password_hash):
    with app.app_context(), saving():
        found = db.session.scalars(select(Account).where(Account.email == EMAIL)).one()
        found.password_hash = password_hash
        return found.id


@pytest.fixture
def signed_in(app, account):
    """A client that came in by the door."""
    client = app.test_client()
    assert client.submit("/sign-in", {"email": EMAIL, "password": PASSWORD}).status_code == 302
    return client


def cookie_of(client):
    return client.get_cookie("qa_session").value


def with_cookie(app, value):
    client = app.test_client()
    client.set_cookie("qa_session", value)
    return client


def is_in(client):
    return client.get("/my-account").status_code == 200


def change(app, statement):
    with app.app_context(), saving():
        db.session.execute(statement)


def test_signing_in_begins_a_new_session(app, account):
    # AU-1: what was in the cookie before is worth nothing
    client = app.test_client()
    client.get("/sign-in")
    before = cookie_of(client)
    client.submit("/sign-in", {"email": EMAIL, "password": PASSWORD})
    assert cookie_of(client) != before
    assert not is_in(with_cookie(app, before))
    tokens = []
    for _ in range(2):
        other = app.test_client()
        other.submit("/sign-in", {"email": EMAIL, "password": PASSWORD})
        with other.session_transaction() as cookie:
            tokens.append(cookie["_user_id"])
    assert tokens[0] != tokens[1]


def sign_out(app, client, account):
    client.send("/sign-out", token=client.token_in(client.get("/my-account").text))


def change_password(app, client, account):
    data = {"current": PASSWORD, "password": NEW, "again": NEW}
    assert client.submit("/my-account/password", data).status_code == 302


def close(app, client, account):
    change(app, update(Account).where(Account.id == account).values(closed_at=now()))


def end_elsewhere(app, client, account):
    other = app.test_client()
    other.submit("/sign-in", {"email": EMAIL, "password": PASSWORD})
    other.send("/my-account/end-sessions", token=other.token_in(other.get("/my-account").text))


def remove_account(app, client, account):
    change(app, delete(SignInSession))
    change(app, delete(Account).where(Account.id == account))


def idle(app, client, account):
    change(app, update(SignInSession).values(seen_at=now() - timedelta(minutes=31)))


def twelve_hours(app, client, account):
    change(app, update(SignInSession).values(started_at=now() - timedelta(hours=12, minutes=1)))


# AU-2, AU-4, AZ-8: each of these ends the session on the server
ENDS = (sign_out, change_password, close, end_elsewhere, remove_account, idle, twelve_hours)


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_a_saved_cookie_is_dead_afterwards(app, signed_in, account, end):
    saved = cookie_of(signed_in)
    assert is_in(with_cookie(app, saved))
    end(app, signed_in, account)
    answer = with_cookie(app, saved).get("/my-account")
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


def test_changing_the_password_keeps_this_browser_signed_in_and_no_other(app, signed_in, account):
    other = app.test_client()
    other.submit("/sign-in", {"email": EMAIL, "password": PASSWORD})
    change_password(app, signed_in, account)
    assert is_in(signed_in)
    assert not is_in(other)
    assert (
        app.test_client().submit("/sign-in", {"email": EMAIL, "password": NEW}).status_code == 302
    )


WRONG_CHANGES = (
    # (current, new, again, what the page says)
    ("not my password at all", NEW, NEW, "Check the password you have now"),
    (PASSWORD, "short", "short", "at least 15 characters"),
    (PASSWORD, NEW, "something else", "Enter the same password twice"),
)


@pytest.mark.parametrize(("current", "new", "again", "said"), WRONG_CHANGES)
def test_a_password_is_only_changed_by_somebody_who_knows_it(
    app, signed_in, account, current, new, again, said
):
    data = {"current": current, "password": new, "again": again}
    answer = signed_in.submit("/my-account/password", data)
    assert said in answer.text
    assert (
        app.test_client().submit("/sign-in", {"email": EMAIL, "password": PASSWORD}).status_code
        == 302
    )


def test_the_current_password_cannot_be_guessed_there_either(app, signed_in, account):
    # AU-5
    for _ in range(10):
        data = {"current": "a wrong one", "password": NEW, "again": NEW}
        signed_in.submit("/my-account/password", data)
    answer = signed_in.submit(
        "/my-account/password", {"current": PASSWORD, "password": NEW, "again": NEW}
    )
    assert "Check the password you have now" in answer.text


def test_a_page_keeps_a_session_from_going_idle(app, signed_in, account):
    # AU-4
    for _ in range(3):
        change(app, update(SignInSession).values(seen_at=now() - timedelta(minutes=29)))
        assert is_in(signed_in)


def test_a_removed_role_is_felt_at_the_next_request(app, council, client_for):
    # AZ-8
    client = client_for(council.people["administrator"])
    assert client.get("/people").status_code == 200
    yesterday = now().date() - timedelta(days=1)
    change(
        app,
        update(RoleGrant)
        .where(RoleGrant.person_id == council.people["administrator"])
        .values(valid_until=yesterday),
    )
    assert client.get("/people").status_code == 403


def test_a_role_counts_from_its_first_day_to_its_last(app, council, client_for):
    client, today = client_for(council.people["administrator"]), now().date()
    mine = RoleGrant.person_id == council.people["administrator"]
    for first, last, status in (
        (today, today, 200),
        (today + timedelta(days=1), None, 403),
        (date(2020, 1, 1), today - timedelta(days=1), 403),
    ):
        change(app, update(RoleGrant).where(mine).values(valid_from=first, valid_until=last))
        assert client.get("/people").status_code == status, (first, last)


def test_the_cookie_is_kept_from_scripts_and_other_sites(app, client):
    # AU-3; Secure and the __Host- prefix are proved with the production settings
    cookie = client.get("/sign-in").headers["Set-Cookie"]
    for part in ("HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_my_account_lists_my_sessions_and_ends_the_others(app, signed_in, account):
    app.test_client().submit("/sign-in", {"email": EMAIL, "password": PASSWORD})
    page = signed_in.get("/my-account").text
    assert page.count("Another browser") == 1
    token = signed_in.token_in(page)
    answer = signed_in.send("/my-account/end-sessions", token=token)
    assert answer.location == "/my-account"
    assert "Another browser" not in signed_in.get("/my-account").text


def test_signing_out_needs_a_session(app, client):
    page = client.get("/sign-in")
    assert client.send("/sign-out", token=client.token_in(page.text)).status_code == 403
