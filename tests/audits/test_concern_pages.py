"""Raising a concern and following it, on the pages (A9, E1, E7)."""

import re

import pytest
from sqlalchemy import select

from qa_app.accounts import settings
from qa_app.audits import services
from qa_app.audits.models import Concern, SafetyDecision
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.history import Event
from tests.audits.making import given, the_audit
from tests.council import find


@pytest.fixture
def path(app, council):
    """The address of an audit that was given and not begun."""
    with app.app_context(), saving():
        settings.change("duty_team_telephone", "01632 960 001", london_date(now()), None, now())
        return f"/audits/{given(council).id}"


@pytest.fixture
def me(council, client_for):
    """The auditor's browser."""
    return client_for(council.people["other_auditor"])


@pytest.fixture
def concern(app, council, path):
    """The address of an open concern."""
    with app.app_context(), saving():
        raised = services.raise_concern(
            the_audit(),
            worry="The worry itself",
            by=council.people["other_auditor"],
            at=now(),
        )
        return f"/concerns/{raised.id}"


def test_the_telephone_comes_first(me, path):
    page = me.get(f"{path}/concern").text

    assert page.index("Telephone now") < page.index("What are you worried about?")
    assert 'href="tel:01632960001"' in page
    assert "999" in page
    # The emergency duty team's number is not set, and the page says so.
    assert "Number not set" in page


def test_who_will_be_told_is_listed_before_it_is_sent(me, path):
    page = me.get(f"{path}/concern").text

    for name in ("Wendy Worker", "Manny Manager", "Hetty Head", "Cleo Chair", "Quinn Lead"):
        assert name in page
    # Brothers and sisters are filled in from the family.
    assert 'value="100002"' in page


def test_a_concern_is_raised_without_having_got_through(app, me, path):
    answer = me.submit(f"{path}/concern", {
        "answered": "no", "worry": "He is hit", "siblings": "100002, 100003", "send": "1",
    }, follow_redirects=True)  # fmt: skip

    assert answer.status_code == 200
    assert "Concern raised." in answer.text
    assert "Nobody is recorded as having answered the telephone yet" in answer.text
    with app.app_context():
        assert find(Concern).siblings == "100002, 100003"
    assert "See what has been done" in me.get(path).text


def test_a_call_goes_with_it(app, me, path):
    answer = me.submit(f"{path}/concern", {
        "answered": "yes", "call_whom": "Manny Manager", "call_time": "00:00",
        "call_on-day": "1", "call_on-month": "11", "call_on-year": "2026",
        "worry": "He is hit", "siblings": "", "send": "1",
    }, follow_redirects=True)  # fmt: skip

    assert "Manny Manager, 1 November 2026, 00:00" in answer.text
    assert "Telephone now" not in answer.text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Select whether you have spoken to somebody"),
        ({"answered": "no"}, "Enter what you are worried about"),
        ({"answered": "yes", "worry": "w"}, "Enter who answered the telephone"),
        ({"answered": "yes", "worry": "w", "call_time": "soon"}, "as hours and minutes"),
        # I5: a child is never a name
        ({"answered": "no", "worry": "w", "siblings": "Tom, Ann"}, "never by name"),
        (
            {"answered": "yes", "worry": "w", "call_whom": "M", "call_time": "12:00",
             "call_on-day": "1", "call_on-month": "1", "call_on-year": "2099"},
            "must be in the past",
        ),
    ],
)  # fmt: skip
def test_what_is_missing_is_said_and_nothing_is_cleared(app, me, path, sent, said):
    answer = me.submit(f"{path}/concern", sent | {"send": "1"})

    assert answer.status_code == 400
    assert said in answer.text
    assert (sent.get("worry", "") + "</textarea>") in answer.text
    with app.app_context():
        assert db.session.scalars(select(Concern)).all() == []


def test_a_second_concern_is_not_swallowed(me, path, concern):
    answer = me.submit(f"{path}/concern", {"answered": "no", "worry": "More", "send": "1"})

    assert answer.status_code == 400
    assert "A concern is already open" in answer.text


@pytest.mark.parametrize(
    ("key", "status"),
    [
        # E1: those told, whoever raised it, the QA lead, the leaders of the service
        ("other_auditor", 200), ("worker", 200), ("manager", 200), ("chair", 200),
        ("head", 200), ("director", 200), ("qa_lead", 200),
        # I2: nobody else
        ("auditor", 404), ("other_head", 404), ("viewer", 404), ("administrator", 404),
    ],
)  # fmt: skip
def test_who_may_open_a_concern(council, client_for, concern, key, status):
    answer = client_for(council.people[key]).get(concern)

    assert answer.status_code == status
    assert ("The worry itself" in answer.text) == (status == 200)


def test_the_concern_is_followed_to_its_end(app, council, client_for, concern):
    manager = client_for(council.people["manager"])
    manager.send(f"{concern}/acknowledge", token=manager.token_in(manager.get(concern).text))
    manager.submit(f"{concern}/call", {
        "call_whom": "Duty team", "call_time": "9:30",
        "call_on-day": "1", "call_on-month": "11", "call_on-year": "2026",
    })  # fmt: skip
    manager.submit(f"{concern}/decision", {"decision": "child_safe", "note": "Seen at school"})
    page = manager.get(concern).text
    manager.send(f"{concern}/recorded", token=manager.token_in(page))
    page = manager.get(concern).text

    for text in (
        "Acknowledged",
        "Duty team, 1 November 2026, 09:30",
        "Seen at school",
        "The child was seen, or is known to be safe",
        "Confirmed by Manny Manager",
    ):
        assert text in page
    told = re.findall(r'moj-timeline__title">([^<]+)<', page)
    assert told[:4] == [
        "Confirmed that the concern is on the child&#39;s record",
        "Recorded the safety decision",
        "Recorded the telephone call about the concern",
        "Acknowledged the concern",
    ]
    with app.app_context():
        viewed = select(Event).where(Event.verb == "concern_viewed")
        assert len(db.session.scalars(viewed).all()) >= 4


@pytest.mark.parametrize(
    ("key", "step", "status"),
    [
        # E1: only those told acknowledge; the decision is a manager's
        ("other_auditor", "acknowledge", 403),
        ("director", "acknowledge", 403),
        ("worker", "decision", 403),
        ("other_auditor", "decision", 403),
        ("qa_lead", "decision", 403),
        ("other_auditor", "recorded", 403),
        # E7: a withdrawal needs a head of service
        ("manager", "withdraw", 403),
        ("qa_lead", "withdraw", 403),
        ("other_auditor", "withdraw", 403),
        ("viewer", "acknowledge", 404),
    ],
)
def test_nobody_takes_a_step_that_is_not_theirs(
    app, council, client_for, concern, key, step, status
):
    client = client_for(council.people[key])
    token = client.token_in(client.get("/my-account").text)
    answer = client.send(
        f"{concern}/{step}", {"decision": "child_safe", "note": "n", "reason": "r"}, token=token
    )

    assert answer.status_code == status
    with app.app_context():
        found = find(Concern)
        assert (found.acknowledged_at, found.decided_at, found.withdrawn_at) == (None, None, None)


def test_a_decision_needs_its_words(council, client_for, concern):
    head = client_for(council.people["head"])
    answer = head.submit(f"{concern}/decision", {"decision": SafetyDecision.NEITHER_YET.value})

    assert answer.status_code == 400
    assert "Enter how the child is known to be safe" in answer.text


def test_a_head_of_service_withdraws_it_and_the_action_stays(council, client_for, concern):
    head = client_for(council.people["head"])
    refused = head.submit(f"{concern}/withdraw", {})
    assert refused.status_code == 400
    head.submit(f"{concern}/withdraw", {"reason": "Another child was meant"})
    page = head.get(concern).text

    assert "Withdrawn by Hetty Head" in page
    assert "Another child was meant" in page
    assert "acknowledge the concern" not in page


def test_what_somebody_wrote_is_never_markup(app, me, path):
    # IN-1
    answer = me.submit(f"{path}/concern", {
        "answered": "no", "worry": "<script>alert(1)</script>", "siblings": "", "send": "1",
    }, follow_redirects=True)  # fmt: skip

    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


def test_nobody_raises_a_concern_on_an_audit_that_is_not_theirs(council, client_for, path):
    for key, status in (("auditor", 404), ("viewer", 404), ("administrator", 404)):
        assert client_for(council.people[key]).get(f"{path}/concern").status_code == status
