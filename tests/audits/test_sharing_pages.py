"""The second auditor by the pages: added by the QA lead, at work, and named to every reader."""

import re

import pytest
from sqlalchemy import select

from qa_app.accounts.models import Account, Person, PersonSource
from qa_app.audits.models import Audit, AuditParty
from qa_app.database import db, now, saving
from qa_app.domain.calendar import date_words
from qa_app.domain.permissions import Party, Role, Scope
from qa_app.notify.models import Notice
from tests.audits.making import Writer, written
from tests.audits.moving import PEOPLE, S, an_audit, date_after, put_into, share, share_outside
from tests.council import find, grant
from tests.notify.conftest import post_office
from tests.queries import count_queries

__all__ = ["post_office"]
PASSWORD = "wharfedale marmalade kettle"
PARTNER = "per.partner@police.test"


def text_of(answer):
    return " ".join(re.sub("<[^>]+>", "", answer.text).split())


def page(audit_id):
    return f"/audits/{audit_id}/co-auditor"


@pytest.fixture
def lead(council, client_for):
    return client_for(council.people["qa_lead"])


@pytest.fixture
def audit_id(app, council):
    return an_audit(app, council)


def outside(**more):
    day = date_after(30)
    data = {
        "name": "Per Partner", "organisation": "Cityshire Police", "email": PARTNER,
        "last_day-day": day.day, "last_day-month": day.month, "last_day-year": day.year,
    }  # fmt: skip
    return data | more


def seconds(app):
    with app.app_context():
        return [
            party.name
            for party in db.session.scalars(
                select(AuditParty).where(AuditParty.party == Party.CO_AUDITOR)
            )
        ]


def test_the_qa_lead_adds_a_colleague(app, council, client_for, lead, audit_id):
    assert f'href="{page(audit_id)}"' in lead.get(f"/audits/{audit_id}").text
    shown = text_of(lead.get(page(audit_id)))
    assert "manages or belongs to the team that this child is allocated to" in shown
    answer = lead.submit(page(audit_id), {"auditor": str(council.people["iro"])})
    assert (answer.status_code, answer.location) == (302, page(audit_id))
    assert "Iris Reviewer does audit A-2026-11-001 with Otto Auditor." in text_of(
        lead.get(page(audit_id))
    )
    theirs = client_for(council.people["iro"])
    assert "You do this audit with Otto Auditor," in text_of(theirs.get(f"/audits/{audit_id}"))
    mine = client_for(council.people["other_auditor"])
    assert "You do this audit with Iris Reviewer," in text_of(mine.get(f"/audits/{audit_id}"))
    assert "shared with you by Otto Auditor" in text_of(theirs.get("/audits"))


# S6: the list does not offer them, and a forged choice is refused like any other answer
@pytest.mark.parametrize("key", ["manager", "chair", "other_auditor", "worker", "viewer"])
def test_somebody_who_may_not_is_no_choice(app, council, lead, audit_id, key):
    answer = lead.submit(page(audit_id), {"auditor": str(council.people[key])})
    assert (answer.status_code, seconds(app)) == (400, [])
    assert "select one of the answers shown" in answer.text


def test_a_partner_is_invited_and_the_link_is_shown_once(app, client, lead, audit_id):
    # I2
    answer = lead.send(f"{page(audit_id)}/partner", outside())
    assert (answer.status_code, answer.location) == (302, page(audit_id))
    shown = lead.get(page(audit_id))
    link = re.search(r"http://[^<\s]+(/choose-password/[^<\s]+)", shown.text)
    assert f"can sign in until {date_words(date_after(30))}" in text_of(shown)
    assert "/choose-password/" not in lead.get(page(audit_id)).text

    client.submit(link[1], {"password": PASSWORD, "again": PASSWORD})
    answer = client.submit("/sign-in", {"email": PARTNER, "password": PASSWORD})
    home = text_of(client.get(answer.location))
    assert "Audits that are shared with you" in home
    assert "You hold no role" not in home
    assert "You do this audit with Otto Auditor," in text_of(client.get(f"/audits/{audit_id}"))


def test_where_mail_can_take_it_the_link_goes_to_the_partner_alone(
    app, lead, audit_id, post_office
):
    # AU-6
    lead.send(f"{page(audit_id)}/partner", outside())
    assert "/choose-password/" not in lead.get(page(audit_id)).text
    with app.app_context():
        told = select(Notice.email, Notice.person_id).where(Notice.key.startswith("link:"))
        assert db.session.execute(told).all() == [(PARTNER, None)]


REFUSED = [
    # (what is sent, what the page says)
    ({"name": " "}, "Enter the partner’s full name"),
    ({"name": "x" * 91}, "Full name must be 90 characters or fewer"),
    ({"organisation": ""}, "Enter the partner’s organisation"),
    ({"email": "nobody"}, "Enter an e-mail address like"),
    ({"email": "iro@example.test"}, "belongs to Iris Reviewer, who works here"),
    ({"last_day-year": ""}, "Last day of the account must include a year"),
    ({"last_day-year": "2099"}, "or an earlier day"),
    ({"last_day-year": "2020"}, "The last day must be today or later"),
]


@pytest.mark.parametrize(("wrong", "said"), REFUSED)
def test_what_is_wrong_is_said_and_nobody_is_added(app, lead, audit_id, wrong, said):
    answer = lead.send(f"{page(audit_id)}/partner", outside(**wrong))
    assert (answer.status_code, said in text_of(answer)) == (400, True)
    assert seconds(app) == []
    with app.app_context():
        partners = select(Account).where(Account.email == PARTNER)
        assert db.session.scalars(partners).all() == []


def test_a_second_auditor_is_taken_off_with_the_reason(app, council, lead, audit_id):
    with app.app_context(), saving():
        share(council, find(Audit))
    refused = lead.send(f"{page(audit_id)}/remove", {"reason": "other", "words": ""})
    assert (refused.status_code, "Enter why they are taken off" in refused.text) == (400, True)
    answer = lead.send(f"{page(audit_id)}/remove", {"reason": "away", "words": ""})
    assert answer.status_code == 302
    assert "Iris Reviewer does audit A-2026-11-001 no more" in text_of(lead.get(answer.location))
    assert seconds(app) == []
    timeline = text_of(lead.get(f"/audits/{audit_id}"))
    assert "The second auditor was taken off: They cannot take part" in timeline


# --- state and who, by direct POST

OPEN = (S.GIVEN, S.IN_PROGRESS, S.RETURNED)
DIRECT = [
    # (path after /co-auditor, data, whether somebody is there already)
    ("", lambda council: {"auditor": str(council.people["iro"])}, False),
    ("/partner", lambda council: outside(), False),
    ("/remove", lambda council: {"reason": "done", "words": ""}, True),
]
WHO = [
    # (who, on a draft, once it can be read): the QA lead alone (S6); others may not, or it is
    # not there for them (I2)
    ("qa_lead", 302, 302), ("other_auditor", 403, 403), ("auditor", 404, 404),
    ("manager", 404, 403), ("worker", 404, 403), ("head", 404, 403), ("director", 404, 403),
    ("viewer", 404, 404), ("administrator", 404, 404),
]  # fmt: skip


@pytest.mark.parametrize(("after", "data", "shared"), DIRECT)
@pytest.mark.parametrize(("key", "draft", "readable"), WHO)
@pytest.mark.parametrize("state", [S.IN_PROGRESS, S.RETURNED])
def test_who_may_share_it(
    app, council, client_for, audit_id, after, data, shared, key, draft, readable, state
):
    assert {each for each, *_ in WHO} == set(PEOPLE)
    with app.app_context(), saving():
        if shared:
            share(council, find(Audit), "auditor" if key != "auditor" else "iro")
        put_into(state, audit_id)
    answer = client_for(council.people[key]).send(page(audit_id) + after, data(council))
    assert answer.status_code == (readable if state is S.RETURNED else draft)
    assert bool(seconds(app)) is (shared if answer.status_code != 302 else not shared)


@pytest.mark.parametrize(("after", "data", "shared"), DIRECT)
@pytest.mark.parametrize("state", list(S))
def test_in_which_states_it_is_shared(app, council, lead, audit_id, after, data, shared, state):
    with app.app_context(), saving():
        if shared:
            share(council, find(Audit))
        put_into(state, audit_id)
    assert lead.get(page(audit_id)).status_code == 200
    answer = lead.send(page(audit_id) + after, data(council))
    if state in OPEN:
        assert answer.status_code == 302
        return
    assert answer.status_code == 409
    assert "Who does this audit can no longer be changed" in text_of(answer)
    assert bool(seconds(app)) is shared


@pytest.mark.parametrize(("after", "data", "shared"), DIRECT)
def test_pressing_twice_does_it_once(app, council, lead, audit_id, after, data, shared):
    # CO-5
    if shared:
        with app.app_context(), saving():
            share(council, find(Audit))
    sent = [lead.send(page(audit_id) + after, data(council)).status_code for _ in range(2)]
    assert sent == [302, 409]
    assert len(seconds(app)) == (0 if shared else 1)


# --- at work


@pytest.fixture
def joint(app, council, client_for, audit_id):
    """A partner's client on the joint audit, and the audit's id."""
    with app.app_context(), saving():
        who = share_outside(council, find(Audit))
    return client_for(who), audit_id


def test_both_are_told_while_the_other_writes(app, council, client_for, joint):
    # A8
    partner, audit_id = joint
    mine = client_for(council.people["other_auditor"])
    assert "is writing too" not in text_of(mine.get(f"/audits/{audit_id}"))
    with app.app_context(), saving():
        who = db.session.scalars(select(Person).where(Person.email == PARTNER)).one()
        Writer(find(Audit), who.id, now())({"risk.evidence": "Theirs"})
    assert "Per Partner is writing too" in text_of(mine.get(f"/audits/{audit_id}"))
    assert "is writing too" not in text_of(partner.get(f"/audits/{audit_id}"))
    lead = client_for(council.people["qa_lead"])
    assert "Per Partner is writing in it" in text_of(lead.get(f"/audits/{audit_id}"))


def test_the_second_auditor_checks_it_and_the_first_sends_it(app, council, client_for):
    # A10
    with app.app_context(), saving():
        audit_id = written(council).id
        who = share_outside(council, find(Audit))
    partner, mine = client_for(who), client_for(council.people["other_auditor"])
    review = partner.get(f"/audits/{audit_id}/review")
    assert "Otto Auditor sends it: tell them that you are done" in text_of(review)
    assert "Send for moderation" not in review.text
    assert partner.send(f"/audits/{audit_id}/submit").status_code == 403
    assert "Send for moderation" in mine.get(f"/audits/{audit_id}/review").text
    assert mine.send(f"/audits/{audit_id}/submit").status_code == 302
    # I2: both are named to whoever reads it
    shown = text_of(client_for(council.people["manager"]).get(f"/audits/{audit_id}"))
    assert "Otto Auditor, Team Manager, with Per Partner, Cityshire Police" in shown
    assert "Otto Auditor" in text_of(partner.get(f"/audits/{audit_id}"))


def test_a_partner_who_declares_an_interest_is_off_it_and_signed_out(app, joint):
    # S6, AZ-8
    partner, audit_id = joint
    shown = text_of(partner.get(f"/audits/{audit_id}/interest"))
    assert "you are taken off this audit, and Otto Auditor goes on with it" in shown
    answer = partner.submit(f"/audits/{audit_id}/interest", {})
    assert (answer.status_code, answer.location) == (302, "/")
    assert partner.get("/").location.startswith("/sign-in")
    assert seconds(app) == []


def test_a_colleague_who_declares_an_interest_stays_signed_in(app, council, client_for, audit_id):
    # S6
    with app.app_context(), saving():
        share(council, find(Audit))
    client = client_for(council.people["iro"])
    answer = client.submit(f"/audits/{audit_id}/interest", {})
    assert (answer.status_code, answer.location) == (302, "/audits/interests")
    assert "Your interest is on record" in client.get(answer.location).text
    assert client.get(f"/audits/{audit_id}").status_code == 404


def test_the_page_costs_the_same_however_many_people_audit(app, council, lead, audit_id):
    costs = []
    for more in (0, 20):
        with app.app_context(), saving():
            add_auditors(council, more)
        with count_queries(app) as counted:
            lead.get(page(audit_id))
        costs.append(len(counted))
    assert costs[0] == costs[1], str(counted)


def add_auditors(council, number):
    for each in range(number):
        name = f"Auditor {each}"
        found = Person(name=name, name_key=name.lower(), source=PersonSource.DEMO)
        db.session.add(found)
        db.session.flush()
        council.people[name] = found.id
        grant(council, name, Role.AUDITOR, Scope.OWN, None)
