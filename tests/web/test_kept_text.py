"""What was written is not lost when a form meets a refusal, without scripts (A8, AU-4, AU-11)."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from qa_app.accounts.models import Account, SignInSession
from qa_app.accounts.passwords import hash_password
from qa_app.audits.draft import Draft
from qa_app.database import db, now, saving
from qa_app.history import Event
from qa_app.kept import secret_of_tokens
from tests.audits.making import given, the_audit
from tests.web.typed import form_in

PASSWORD = "wharfedale marmalade kettle"
MINE, OTHER = "other.auditor@example.test", "auditor@example.test"
TEXT = (
    'Seen on 3 May, "at home" & <i>alone</i>:\n\n\tshe said “no” – twice.\n'
    "  Später noch einmal: \U0001f9f8 ’tis {{ 7*7 }}\nEnd."
)


@pytest.fixture(scope="module")
def password_hash():
    return hash_password(PASSWORD)


@pytest.fixture
def path(app, council, password_hash):
    """The address of a section of an audit that the other auditor does; two have passwords."""
    with app.app_context(), saving():
        for account in db.session.scalars(select(Account)):
            account.password_hash = password_hash
        return f"/audits/{given(council).id}/sections/risk"


@pytest.fixture
def client(app, path):
    """The auditor's browser, signed in by the door."""
    client = app.test_client()
    assert enter(client).status_code == 302
    return client


def enter(client, email=MINE):
    return client.submit("/sign-in", {"email": email, "password": PASSWORD})


def expire(app):
    with app.app_context(), saving():
        db.session.execute(update(SignInSession).values(seen_at=now() - timedelta(minutes=31)))


def write(client, path, between=None, text=TEXT):
    """Open the section, let something happen, and press Save."""
    form = form_in(client.get(path).text, having="risk.evidence")
    if between:
        between()
    form.fields["question.risk.analysis"] = "good"
    return form.press(client, **{"risk.evidence": text.replace("\n", "\r\n"), "save": "1"})


def stored(app, field="risk.evidence"):
    with app.app_context():
        return Draft(the_audit()).text(field)


def test_signed_out_and_in_again_every_character_is_saved(app, client, path):
    # A8, AU-4: without scripts, and with a slip of the finger on the way
    answer = write(client, path, lambda: expire(app))
    assert answer.status_code == 403
    assert "What you wrote is not lost" in answer.text
    wrong = form_in(answer.text, having="kept-path").press(client, email=MINE, password="wrong")
    assert "Check your e-mail address and password" in wrong.text
    again = form_in(wrong.text, having="kept-path").press(client, email=MINE, password=PASSWORD)
    assert again.status_code == 200
    assert "Send what you wrote" in again.text
    assert stored(app) == "", "signing in alone sends nothing"
    form = form_in(again.text, having="risk.evidence")
    assert form.action == path
    done = form.press(client)
    assert done.location.endswith("/sections/voice")
    assert stored(app) == TEXT
    with app.app_context():
        assert Draft(the_audit()).question_answers


def test_a_newer_save_is_not_covered_on_that_way(app, client, path, client_for, council):
    # A8: the versions go along
    def meanwhile():
        expire(app)
        assert write(client_for(council.people["other_auditor"]), path, text="Newer").location

    answer = write(client, path, meanwhile)
    again = form_in(answer.text, having="kept-path").press(client, email=MINE, password=PASSWORD)
    done = form_in(again.text, having="risk.evidence").press(client)
    assert done.status_code == 409
    assert "Which do you want to keep?" in done.text
    assert stored(app) == "Newer"


def test_somebody_else_who_signs_in_there_does_not_save_it_as_theirs(app, client, path):
    # A8, AU-11: the page knows whose it was, and the text stays in it for them
    answer = write(client, path, lambda: expire(app))
    other = form_in(answer.text, having="kept-path").press(client, email=OTHER, password=PASSWORD)
    assert "only whoever wrote it can send it" in other.text
    assert client.get("/my-account").status_code == 302, "nobody is signed in"
    with app.app_context():
        verbs = db.session.scalars(select(Event.verb).order_by(Event.sequence)).all()
    assert verbs[-2:] == ["signed_in", "signed_out"]
    mine = form_in(other.text, having="kept-path").press(client, email=MINE, password=PASSWORD)
    form_in(mine.text, having="risk.evidence").press(client)
    assert stored(app) == TEXT


def renew(client, email=MINE):
    """Sign out and in again, as in another tab."""
    client.send("/sign-out", token=client.token_in(client.get("/my-account").text))
    assert enter(client, email).status_code == 302


def test_a_page_of_an_earlier_session_can_be_sent_again(app, client, path):
    # AU-11: its token is refused, and what it carried is not lost for it
    answer = write(client, path, lambda: renew(client))
    assert answer.status_code == 400
    assert "You have signed in again since this page was opened" in answer.text
    done = form_in(answer.text, having="risk.evidence").press(client)
    assert done.location.endswith("/sections/voice")
    assert stored(app) == TEXT


def test_signing_in_elsewhere_before_that_page_is_used_loses_nothing(app, client, path):
    # A8: the sign-in page's own token is an old one then
    answer = write(client, path, lambda: expire(app))
    assert enter(client).status_code == 302
    again = form_in(answer.text, having="kept-path").press(client, email=MINE, password=PASSWORD)
    assert again.status_code == 400
    form = form_in(again.text, having="risk.evidence")
    assert PASSWORD not in again.text
    form.press(client)
    assert stored(app) == TEXT


def test_a_lost_cookie_loses_nothing(app, client, path):
    # A8: the browser was told to forget, while the sign-in page was open
    answer = write(client, path, lambda: expire(app))
    client.delete_cookie("qa_session")
    form = form_in(answer.text, having="kept-path")
    again = form.press(client, email=MINE, password=PASSWORD)
    assert again.status_code == 400
    let_in = form_in(again.text, having="kept-path").press(client, email=MINE, password=PASSWORD)
    form_in(let_in.text, having="risk.evidence").press(client)
    assert stored(app) == TEXT


def test_what_somebody_else_wrote_is_shown_and_not_sent(app, client, path):
    # AU-11
    answer = write(client, path, lambda: renew(client, OTHER))
    assert answer.status_code == 400
    assert "she said “no” – twice." in answer.text
    assert form_in(answer.text, having="risk.evidence") is None
    assert stored(app) == ""


# AU-11: what no page of ours sent cannot be sent on by a person who is made to sign in
@pytest.mark.parametrize("token", ["", "made up", "ImFiYyI.aAAAAA.x", None])
def test_a_form_from_elsewhere_is_only_shown(app, path, token):
    client = app.test_client()
    sent = {"risk.evidence": "Bad words", "save": "1"}
    if token is None:  # ours, and of nobody
        token = client.token_in(client.get("/sign-in").text)
    answer = client.post(path, data=sent | {"csrf_token": token})
    assert answer.status_code == 403
    assert "Bad words" in answer.text
    assert form_in(answer.text, having="kept-path") is None
    carried = {
        "kept-path": path, "kept-token": token, "kept:risk.evidence": "Bad words",
        "email": MINE, "password": PASSWORD,
    }  # fmt: skip
    assert client.submit("/sign-in", carried).status_code == 302
    assert stored(app) == ""


# AU-10: nor to where no form of ours goes
PATHS = (
    "//elsewhere.example/audits", "https://elsewhere.example/", "/\\elsewhere.example", "audits",
    "javascript:alert(1)", "/nowhere", "/sign-in", "/healthz", "", "/audits//x",
)  # fmt: skip


@pytest.mark.parametrize("wanted", PATHS)
def test_it_is_sent_to_no_place_but_ours(app, path, council, wanted):
    client = app.test_client()
    mine = app.test_client()
    enter(mine)
    token = mine.token_in(mine.get("/my-account").text)
    carried = {
        "kept-path": wanted, "kept-token": token, "kept:note": "Words",
        "email": MINE, "password": PASSWORD,
    }  # fmt: skip
    answer = client.submit("/sign-in", carried)
    assert (answer.status_code, answer.location) == (302, "/")


def test_a_password_is_never_sent_back(app, client):
    # A8, IN-7
    path = "/my-account/password"
    form = form_in(client.get(path).text, having="current", at=path)
    expire(app)
    typed = {"current": "one secret", "password": "two secret", "again": "three secret"}
    answer = form.press(client, **typed, note="kept words")
    assert answer.status_code == 403
    assert "kept words" in answer.text
    assert "secret" not in answer.text
    assert form_in(answer.text, having="kept-path") is None


def test_only_the_names_of_machines_hide_a_text(app, client, path):
    # A8: a council's own question may be called "current-version", or "again"
    sent = {"question.plan.current-version": "One", "risk.passwords": "Two", "a.again": "Three"}
    expire(app)
    answer = client.post(path, data=sent | {"version:risk.evidence": "3", "save": "1"})
    for text in sent.values():
        assert f"\n{text}</textarea>" in answer.text
    assert answer.text.count("<textarea") == 3


# A8: the audit was taken away meanwhile, or the address is none
@pytest.mark.parametrize(("who", "status"), [("auditor", 404), ("qa_lead", 403)])
def test_who_may_not_write_there_gets_their_text_back(client_for, council, path, who, status):
    client = client_for(council.people[who])
    answer = client.send(path, {"risk.evidence": "Long thoughts", "save": "1"})
    assert answer.status_code == status
    assert "Long thoughts" in answer.text


def test_when_the_database_is_away_the_same_can_be_sent_again(app, client, path, monkeypatch):
    # DU-4, DU-5: by the page that was sent, with its own token
    def away(**_):
        raise OperationalError("", {}, Exception())

    view = app.view_functions["audits.section"]
    away.permission = view.permission
    page = client.get(path).text
    form = form_in(page, having="risk.evidence")
    monkeypatch.setitem(app.view_functions, "audits.section", away)
    text = {"risk.evidence": TEXT.replace("\n", "\r\n"), "save": "1"}
    answer = form.press(client, **text)
    assert answer.status_code == 503
    again = form_in(answer.text, having="risk.evidence")
    assert again.press(client).status_code == 503
    monkeypatch.setitem(app.view_functions, "audits.section", view)
    assert again.press(client).location.endswith("/sections/voice")
    assert stored(app) == TEXT


def test_tokens_tell_whose_they_are_and_nothing_else(app, council):
    # AU-11
    with app.app_context():
        mine, again = (secret_of_tokens(council.people["auditor"]) for _ in range(2))
        theirs = secret_of_tokens(council.people["head"])
    assert mine != again
    assert mine.partition(".")[2] == again.partition(".")[2] != theirs.partition(".")[2]
    assert council.people["auditor"].hex not in mine
