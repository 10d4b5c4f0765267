"""Headers on every kind of answer, the cookie in production, and CSRF on every change."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import update

from qa_app import config, create_app
from qa_app.accounts.models import SignInSession
from qa_app.database import db, now, saving
from tests.client import CheckedClient
from tests.conftest import SECRET

EXPECTED = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


def check(answer, status):
    assert answer.status_code == status
    for name, value in EXPECTED.items():
        assert answer.headers.getlist(name) == [value], name


ANSWERS = (
    # (method, path, status): every kind of answer (AU-12)
    ("GET", "/sign-in", 200),
    ("GET", "/people", 200),
    ("GET", "/my-account", 200),
    ("GET", "/nowhere", 404),
    ("GET", "/people/not-an-id", 404),
    ("GET", "/sign-out", 405),
    ("POST", "/sign-out", 400),
    ("GET", "/programme", 403),
)


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_every_answer_carries_the_headers_and_is_stored_nowhere(
    council, client_for, method, path, status
):
    # AU-12
    client = client_for(council.people["administrator"])
    if path == "/sign-in":
        client.delete_cookie("qa_session")
    answer = client.open(path, method=method)
    check(answer, status)
    assert answer.headers["Cache-Control"] == "no-store"


def test_redirects_and_refusals_of_nobody_carry_them_too(client):
    check(client.get("/my-account"), 302)
    check(client.post("/sign-in"), 400)
    check(client.post("/sign-out"), 403)
    check(client.post("/sign-out", json={}), 401)


def test_an_error_of_ours_carries_them_and_shows_no_trace(app, client, monkeypatch):
    # IN-7
    def broken(**_):
        raise ValueError("canary")

    broken.permission = None
    monkeypatch.setitem(app.view_functions, "accounts.sign_in", broken)
    answer = client.get("/sign-in")
    check(answer, 500)
    assert "canary" not in answer.text
    assert "Traceback" not in answer.text


def test_a_body_that_is_too_large_is_refused_with_them(client):
    check(client.post("/sign-in", data=b"x" * (13 * 1024 * 1024)), 413)


def test_static_files_carry_them_and_may_be_kept(client):
    answer = client.get("/static/app.css")
    check(answer, 200)
    assert "no-store" not in answer.headers.get("Cache-Control", "")
    answer.close()


@pytest.fixture
def production(settings):
    """The app as it is set up behind TLS."""
    made = config.load(
        {"DATABASE_URL": str(settings["SQLALCHEMY_DATABASE_URI"]), "SECRET_KEY": SECRET}
    )
    app = create_app(made)
    app.test_client_class = CheckedClient
    return app


def test_in_production_the_cookie_is_bound_to_this_host_over_tls(app, production):
    # AU-3
    answer = production.test_client().get("/sign-in", base_url="https://qa.council.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-qa_session=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie.split("; ")
    assert "Domain=" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


def test_over_plain_http_nothing_promises_tls(client):
    assert "Strict-Transport-Security" not in client.get("/sign-in").headers


# What parts of addresses look like that are neither an identifier nor free.
WRITTEN = {"AnyConverter": "up", "MonthConverter": "2026-11"}


def unsafe_rules(app):
    """(method, path) of every rule that may change something, with ids that nobody has."""
    rules = []
    for rule in app.url_map.iter_rules():
        if not UNSAFE & (rule.methods or set()):
            continue
        values = {
            name: "01a20397-9255-72e5-aa72-7784205780b3"
            if type(converter).__name__ == "UUIDConverter"
            else WRITTEN.get(type(converter).__name__, "1")
            for name, converter in rule._converters.items()
        }
        with app.test_request_context():
            path = rule.build(values, append_unknown=False)[1]
        rules += [(method, path) for method in sorted(UNSAFE & (rule.methods or set()))]
    return rules


def test_nothing_is_changed_without_the_token(app, council, client_for):
    # AU-11
    rules = unsafe_rules(app)
    clients = [client_for(council.people[key]) for key in ("administrator", "qa_lead", "auditor")]
    missed = [
        (method, path, answer.status_code)
        for client in clients
        for method, path in rules
        if (answer := client.open(path, method=method)).status_code != 400
    ]
    assert missed == []
    assert len(rules) > 20


def test_a_token_of_somebody_else_is_refused(council, client_for):
    # AU-11
    mine, theirs = (client_for(council.people[key]) for key in ("administrator", "qa_lead"))
    token = theirs.token_in(theirs.get("/my-account").text)
    assert mine.send("/my-account/end-sessions", token=token).status_code == 400


def test_a_token_of_two_hours_ago_still_saves(app, council, client_for):
    # AU-11: an hour's writing is not lost for the age of a token
    with time_machine.travel(now() - timedelta(hours=2)):
        client = client_for(council.people["administrator"])
        token = client.token_in(client.get("/my-account").text)
    with app.app_context(), saving():
        db.session.execute(update(SignInSession).values(seen_at=now()))
    answer = client.send("/my-account/end-sessions", token=token)
    assert answer.status_code == 302


def test_an_error_page_gives_back_what_was_typed_but_no_password(
    app, council, client_for, monkeypatch
):
    # A8, IN-7
    def broken(**_):
        raise ValueError

    broken.permission = None
    monkeypatch.setitem(app.view_functions, "accounts.change_password", broken)
    client = client_for(council.people["viewer"])
    typed = {"current": "one secret", "password": "two secret", "again": "three secret"}
    answer = client.send(
        "/my-account/password",
        {**typed, "note": "kept words"},
        token=client.token_in(client.get("/my-account").text),
    )
    assert answer.status_code == 500
    assert "kept words" in answer.text
    assert "secret" not in answer.text
