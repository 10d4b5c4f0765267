"""One-time links: good once, for a time, and readable nowhere."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from qa_app.accounts import links, sessions
from qa_app.accounts import sign_in as door
from qa_app.accounts.models import Account, OneTimeLink, SignInSession
from qa_app.accounts.passwords import hash_password
from qa_app.database import db, now, saving
from qa_app.notify.delivery import deliver
from qa_app.notify.mail import Mailer
from qa_app.notify.models import Notice

PASSWORD = "wharfedale marmalade kettle"
EMAIL = "auditor@example.test"


def account_of(email=EMAIL):
    return db.session.scalars(select(Account).where(Account.email == email)).one()


def make(app, valid_for=links.INVITED_FOR, at=None):
    """The path of a new link."""
    with app.app_context(), saving():
        return links.path_of(links.make_link(account_of(), valid_for, by=None, at=at or now()))


def choose(client, path, password=PASSWORD, again=None):
    return client.submit(path, {"password": password, "again": again or password})


def sign_in(client, password=PASSWORD):
    answer = client.submit("/sign-in", {"email": EMAIL, "password": password})
    return answer.status_code == 302


def test_a_link_sets_a_password_once(app, client, council):
    path = make(app)
    answer = choose(client, path)
    assert answer.location == "/sign-in"
    assert "Your password is set" in client.get("/sign-in").text
    assert sign_in(client)
    assert app.test_client().get(path).status_code == 404


def test_looking_at_a_link_uses_nothing_up(app, client, council):
    # Mail scanners open every link.
    path = make(app)
    for _ in range(3):
        assert app.test_client().get(path).status_code == 200
    assert choose(client, path).status_code == 302


LIVES = (
    # an invitation is good for 72 hours, a reset for one
    (links.INVITED_FOR, timedelta(hours=71, minutes=59), 200),
    (links.INVITED_FOR, timedelta(hours=72, minutes=1), 404),
    (links.RESET_FOR, timedelta(minutes=59), 200),
    (links.RESET_FOR, timedelta(minutes=61), 404),
)


@pytest.mark.parametrize(("valid_for", "age", "status"), LIVES)
def test_a_link_is_good_for_its_time(app, client, council, valid_for, age, status):
    path = make(app, valid_for, at=now() - age)
    assert client.get(path).status_code == status


def test_a_newer_link_ends_the_older_one(app, client, council):
    older, newer = make(app), make(app)
    assert client.get(older).status_code == 404
    assert client.get(newer).status_code == 200


@pytest.mark.parametrize("path", ["/choose-password/x", "/choose-password/" + "A" * 43])
def test_a_made_up_link_looks_like_a_used_one(client, council, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert "This link does not work any more" in answer.text


def test_a_link_to_a_closed_account_opens_nothing(app, client, council):
    path = make(app)
    with app.app_context(), saving():
        account_of().closed_at = now()
    assert client.get(path).status_code == 404


def test_a_link_that_was_used_meanwhile_is_refused_at_the_last_moment(app, client, council):
    path = make(app)
    token = client.token_in(client.get(path).text)
    choose(app.test_client(), path)
    answer = client.send(path, {"password": PASSWORD, "again": PASSWORD}, token=token)
    assert answer.status_code == 404


def test_two_uses_that_meet_set_one_password(app, council):
    path = make(app)
    token = path.rpartition("/")[2]
    first, second = hash_password(PASSWORD), hash_password("another trombone elbow")
    with app.app_context():
        with saving():
            links.choose_password(token, first, at=now())
        with pytest.raises(links.LinkUsedUp), saving():
            links.choose_password(token, second, at=now())
        assert account_of().password_hash == first


REFUSED = (
    ("short", "short", "at least 15 characters"),
    ("Welcome to Summer!", "Welcome to Summer!", "common words"),
    ("Ada Auditor example", "Ada Auditor example", "common words"),
    (PASSWORD, "something else entirely", "Enter the same password twice"),
)


@pytest.mark.parametrize(("password", "again", "message"), REFUSED)
def test_a_refused_password_leaves_the_link_good(app, client, council, password, again, message):
    path = make(app)
    answer = choose(client, path, password, again)
    assert answer.status_code == 200
    assert message in answer.text
    assert f'value="{password}"' not in answer.text
    assert choose(client, path).status_code == 302


def test_a_password_is_taken_as_it_is_pasted(app, client, council):
    password = "  ключ   от квартиры, где деньги  "
    choose(client, make(app), password)
    assert not sign_in(app.test_client(), password.strip())
    assert sign_in(app.test_client(), password)


def test_choosing_a_password_ends_every_session_of_the_account(app, client, council):
    # AU-2
    with app.app_context(), saving():
        sessions.begin(account_of(), at=now())
    choose(client, make(app))
    with app.app_context():
        assert all(row.ended_at for row in db.session.scalars(select(SignInSession)))


def ask(client, email=EMAIL):
    return client.submit("/forgotten-password", {"email": email})


def test_the_answer_to_a_forgotten_password_is_always_the_same(app, client, council):
    # AU-6
    with app.app_context(), saving():
        account_of("head@example.test").closed_at = now()
    answers = {
        ask(app.test_client(), email).text.replace(email, "ADDRESS")
        for email in (EMAIL, "nobody@example.test", "head@example.test")
    }
    assert len(answers) == 1
    with app.app_context():
        assert list(db.session.scalars(select(Notice.email))) == [EMAIL]


def test_the_link_is_in_the_e_mail_and_nowhere_in_the_database(app, client, council, post_office):
    ask(client)
    with app.app_context():
        with Mailer(app.config) as send:
            deliver(now(), send)
        kept = [
            str({column.key: getattr(row, column.key) for column in model.__table__.columns})
            for model in (Notice, OneTimeLink)
            for row in db.session.scalars(select(model))
        ]
    sent = post_office.text_to(EMAIL)
    path = next(word for word in sent.split() if word.startswith("http")).partition("8000")[2]
    token = path.rpartition("/")[2]
    assert len(token) == 43
    assert token not in "".join(kept)
    assert choose(client, path).status_code == 302
    assert sign_in(client)


def test_nobodys_mailbox_can_be_filled(app, council):
    for _ in range(6):
        ask(app.test_client())
    with app.app_context():
        assert len(db.session.scalars(select(Notice)).all()) == links.MOST_ASKED


def test_asking_for_a_link_leaves_the_password_as_it_is(app, client, council):
    choose(client, make(app))
    ask(client)
    assert sign_in(client)


def test_a_lost_link_is_never_shown_to_its_person_inside_the_service(app, client, council):
    ask(client)
    with app.app_context():
        assert db.session.scalars(select(Notice.person_id)).all() == [None]


def test_a_link_lets_in_an_account_that_guesses_have_locked(app, client, council):
    with app.app_context():
        for _ in range(10):
            door.count_guess(EMAIL, at=now())
    assert choose(client, make(app)).status_code == 302
