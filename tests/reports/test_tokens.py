"""Keys for other programs: who makes them, that they are shown once, kept as a hash, and end."""

import hashlib
from datetime import timedelta

import pytest

from qa_app import history
from qa_app.database import db, now, saving
from qa_app.domain.calendar import add_months, london_date
from qa_app.domain.keys import KeyRefused, KeyScope
from qa_app.history import Event
from qa_app.reports.models import ApiToken
from qa_app.reports.queries.tokens import key_of
from qa_app.reports.services import tokens
from tests.council import hold
from tests.pages import Page, words
from tests.queries import count_queries
from tests.reports.keys import Program

SOON = 30


def _form(**other: object) -> dict[str, object]:
    day = london_date(now()) + timedelta(days=SOON)
    return {
        "name": "Power BI of performance",
        "scopes": ["audits", "measures"],
        "expires_on-day": str(day.day),
        "expires_on-month": str(day.month),
        "expires_on-year": str(day.year),
    } | other


def _secret(page: str) -> str:
    (box,) = [each for each in Page(page, 200).all("textarea") if each.get("id") == "the-key"]
    return words(box)


@pytest.mark.parametrize("person", ["qa_lead", "administrator"])
def test_a_key_is_shown_once_and_kept_as_a_hash(app, council, client_for, person) -> None:
    client = client_for(council.people[person])
    secret = _secret(client.submit("/reports/keys/new", _form()).text)
    assert secret.startswith("qa_")
    assert len(secret) == 46
    listed = client.get("/reports/keys").text
    assert secret not in listed
    assert f"begins {secret[:11]}" in listed
    with app.app_context():
        token = db.session.query(ApiToken).one()
        assert token.hash == hashlib.sha256(secret.encode()).hexdigest()
        assert token.start == secret[:11]
        assert token.scopes == ["measures", "audits"]
        kept = [str(value) for value in vars(token).values()]
        assert not [value for value in kept if secret in value]
        assert not [each for each in db.session.query(Event) if secret in str(each.details)]
        (event,) = db.session.query(Event).filter_by(verb="token_made")
        assert event.sentence == "Made the key “Power BI of performance” for measures, audits"
    assert Program(app, secret).get("/api/v1/audits").status_code == 200
    assert Program(app, secret).get("/api/v1/themes").status_code == 403


# I2: whoever reads cases, or published reports, makes no keys.
@pytest.mark.parametrize("person", ["auditor", "head", "director", "worker", "viewer", "manager"])
def test_nobody_else_makes_or_sees_keys(council, client_for, person) -> None:
    client = client_for(council.people[person])
    assert client.get("/reports/keys").status_code == 403
    assert client.get("/reports/keys/new").status_code == 403


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"name": " "}, "Enter what the key is for"),
        ({"scopes": []}, "Select what the key may read"),
        ({"scopes": ["everything"]}, "What it may read"),
        ({"expires_on-year": ""}, "The last day"),
        ({"expires_on-year": "2020"}, "The last day must be today or later"),
        # I2: no key lasts for ever; the setting says how long.
        ({"expires_on-year": "2999"}, "A key holds for 12 months at most. Enter "),
    ],
)
def test_a_key_that_is_not_whole_is_refused(app, council, client_for, other, said) -> None:
    client = client_for(council.people["qa_lead"])
    page = client.submit("/reports/keys/new", _form(**other))
    assert page.status_code == 400
    assert said in page.text
    with app.app_context():
        assert db.session.query(ApiToken).count() == 0


def test_how_long_a_key_may_last_is_a_setting(context, council) -> None:
    hold("key_lasts_longest", 3)
    by, today = council.people["qa_lead"], london_date(now())
    latest = add_months(today, 3)
    tokens.make_key("First", [KeyScope.AUDITS], latest, by=by, at=now())
    with pytest.raises(KeyRefused, match="3 months at most"):
        tokens.make_key("Second", [KeyScope.AUDITS], latest + timedelta(days=1), by=by, at=now())


def test_reloading_the_page_makes_no_second_key(app, council, client_for) -> None:
    client = client_for(council.people["qa_lead"])
    client.submit("/reports/keys/new", _form())
    again = client.submit("/reports/keys/new", _form())
    assert "A key called “Power BI of performance” is in use" in again.text
    with app.app_context():
        assert db.session.query(ApiToken).count() == 1


def test_a_key_is_ended_once_and_its_name_is_free_again(app, council, client_for) -> None:
    client = client_for(council.people["administrator"])
    secret = _secret(client.submit("/reports/keys/new", _form()).text)
    with app.app_context():
        path = f"/reports/keys/{db.session.query(ApiToken.id).scalar()}/end"
    assert client.submit(path).status_code == 302
    assert "opens nothing any more" in client.get("/reports/keys").text
    assert Program(app, secret).get("/api/v1/audits").status_code == 401
    refused = client.submit(path)
    assert refused.status_code == 409
    assert "is not in use any more" in refused.text
    assert client.submit("/reports/keys/new", _form()).status_code == 200
    with app.app_context():
        assert db.session.query(Event).filter_by(verb="token_revoked").count() == 1
        assert history.verify().intact


def test_two_keys_with_the_same_beginning_are_told_apart(context, council) -> None:
    by, today = council.people["qa_lead"], london_date(now())
    day = today + timedelta(days=SOON)
    first = tokens.make_key("First", [KeyScope.AUDITS], day, by=by, at=now())
    second = tokens.make_key("Second", [KeyScope.AUDITS], day, by=by, at=now())
    second.token.start = first.token.start
    db.session.flush()
    assert key_of(first.secret, today) == first.token
    assert key_of(first.secret[:-1], today) is None
    assert key_of(first.secret[:11], today) is None


def test_the_list_says_when_there_is_none(council, client_for) -> None:
    assert "There is no key yet." in client_for(council.people["qa_lead"]).get("/reports/keys").text


def test_the_list_asks_as_much_for_many_keys_as_for_one(app, council, client_for) -> None:
    client = client_for(council.people["qa_lead"])
    by, day = council.people["qa_lead"], london_date(now()) + timedelta(days=SOON)
    numbers = []
    for made in (1, 20):
        with app.app_context(), saving():
            for number in range(made):
                tokens.make_key(f"{made}/{number}", [KeyScope.AUDITS], day, by=by, at=now())
        with count_queries(app) as asked:
            client.get("/reports/keys")
        numbers.append(len(asked))
    assert numbers[0] == numbers[1] <= 8
