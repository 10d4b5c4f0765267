"""Children we are worried about today: who sees whom, what a row says, what it costs (E1)."""

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app.accounts.queries import actor
from qa_app.audits import services
from qa_app.audits.models import Audit, Concern, ReferralTo, SafetyDecision
from qa_app.audits.queries.worried import Children, children
from qa_app.cases.models import Case
from qa_app.database import db, now, saving
from qa_app.domain.answers import SafeNow
from qa_app.domain.calendar import LONDON, london_date
from qa_app.domain.permissions import Party
from qa_app.history import Event
from tests.audits.making import given
from tests.council import Council
from tests.moderation.factory import tie
from tests.queries import count_queries

AT = datetime(2026, 11, 18, 15, 0, tzinfo=LONDON)
HOUR = timedelta(hours=1)
SAFE, HELD, NEITHER = SafetyDecision


def worry(council: Council, case: str = "100001", at: datetime = AT, **beyond) -> Concern:
    about = [council.people[key] for key in beyond.pop("about", ())]
    audit = given(council, case=case, auditor="auditor", at=at)
    concern = services.raise_concern(
        audit, worry=f"The worry about {case}", by=council.people["auditor"], at=at,
        beyond=services.Beyond(implicated=about, **beyond),
    )  # fmt: skip
    db.session.flush()
    return concern


def settle(council: Council, concern: Concern, at: datetime) -> None:
    by = council.people["head"]
    services.decide(concern, SAFE, "Seen at home", by, at)
    services.confirm_recorded(concern, by, at)


def seen(council: Council, key: str, at: datetime = AT + HOUR) -> Children:
    db.session.flush()
    return children(actor(council.people[key], london_date(at)), at)


def cases(found: Children) -> tuple[list[str], list[str]]:
    return tuple(
        [row.concern.case_reference for row in rows] for rows in (found.open, found.settled)
    )


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        # E1: those of the services that a head reaches
        ("head", ["100001", "100003"]),
        ("other_head", ["100004"]),
        ("review_head", []),
        # E1: all, for a director and the QA lead
        ("director", ["100001", "100003", "100004"]),
        ("qa_lead", ["100001", "100003", "100004"]),
        # I2: nobody else, whatever they are told of
        ("manager", []),
        ("viewer", []),
        ("administrator", []),
    ],
)
def test_who_sees_which_children(context: Flask, council: Council, key, expected) -> None:
    for case in ("100001", "100003", "100004"):
        worry(council, case)
    assert cases(seen(council, key)) == (expected, [])


@pytest.mark.parametrize("key", ["head", "director", "qa_lead"])
def test_whom_it_is_about_does_not_see_it(context: Flask, council: Council, key: str) -> None:
    # E1: never to the implicated, whatever their role
    worry(council, "100001", about=[key])
    worry(council, "100003")
    assert cases(seen(council, key)) == (["100003"], [])


def test_the_undecided_come_first_and_those_settled_today_last(context, council) -> None:
    # E1: open ones first, those settled today below, those of another day not at all
    first, second, third = (worry(council, case) for case in ("100001", "100002", "100003"))
    services.decide(first, SAFE, "Seen", council.people["head"], AT)
    settle(council, second, AT + HOUR)
    services.decide(third, NEITHER, "Nobody in", council.people["head"], AT)
    old = worry(council, "100004", AT - timedelta(days=2))
    settle(council, old, AT - timedelta(days=1))
    assert cases(seen(council, "director", AT + 2 * HOUR)) == (["100003", "100001"], ["100002"])


def test_a_withdrawn_one_is_settled(context: Flask, council: Council) -> None:
    # E7: it is not a worry any more, and is seen on the day
    concern = worry(council)
    services.withdraw_concern(concern, "Another child", council.people["head"], AT)
    found = seen(council, "head")
    assert cases(found) == ([], ["100001"])
    assert found.settled[0].safe.answer == "The concern was withdrawn"
    assert cases(seen(council, "head", AT + timedelta(days=1))) == ([], [])


def test_somebody_outside_who_is_not_told_keeps_it_open(context: Flask, council: Council) -> None:
    # E1: its front door is told the same day
    concern = worry(council, authority="Kent")
    settle(council, concern, AT)
    assert cases(seen(council, "head")) == (["100001"], [])
    call = services.TelephoneCall("Front door", AT)
    services.refer(concern, ReferralTo.OTHER_AUTHORITY, call, council.people["head"], AT)
    assert cases(seen(council, "head")) == ([], ["100001"])


@pytest.mark.parametrize(
    ("decide", "answer", "how", "who"),
    [
        # E1: nobody has decided: what the auditor answered
        (None, "Not known yet", "The auditor answered: No", ""),
        # E1: seen or known to be safe: how, by whom, since when
        ((SAFE, "Seen at school", None), "Yes", "Seen at school", "Hetty Head"),
        # E1: a strategy discussion: when, and what came of it
        ((HELD, "", services.StrategyDiscussion(AT, "Visit today")),
         "A strategy discussion was held", "18 November 2026, 15:00: Visit today", "Hetty Head"),
        # E1: or why not
        ((NEITHER, "Nobody in", None), "Not known yet", "Nobody in", "Hetty Head"),
    ],
)  # fmt: skip
def test_whether_the_child_is_safe_and_how_that_is_known(
    context, council, decide, answer, how, who
) -> None:
    concern = worry(council)
    db.session.get_one(Audit, concern.audit_id).safe_now = SafeNow.NO
    if decide is not None:
        decision, note, strategy = decide
        by = council.people["head"]
        services.decide(concern, decision, note, by, AT + HOUR, strategy=strategy)
    (row,) = seen(council, "head").open
    since = AT if decide is None else AT + HOUR
    assert (row.safe.answer, row.safe.how, row.safe.who) == (answer, how, who)
    assert row.safe.since == since


def test_a_blind_moderator_does_not_learn_the_auditors_answer(context, council) -> None:
    # M3
    concern = worry(council)
    audit = db.session.get_one(Audit, concern.audit_id)
    audit.safe_now = SafeNow.NO
    tie(council, audit, "head", Party.BLIND_MODERATOR)
    (row,) = seen(council, "head").open
    assert row.safe.how == ""


def test_what_was_done_and_what_is_outstanding(context: Flask, council: Council) -> None:
    # E1: everything with its clock, in words
    concern = worry(council, about_adult=True, authority="Kent")
    (row,) = seen(council, "head", AT + 40 * HOUR).open
    assert row.done == []
    assert [(each.what, each.by, each.overdue) for each in row.outstanding] == [
        ("Somebody to acknowledge it", "by 18 November 2026, 16:00", True),
        ("The safety decision", "by 18 November 2026, 23:00", True),
        ("To tell the front door of the authority where the child lives",
         "by the end of 18 November 2026", True),
        ("To tell the designated officer (LADO)", "by the end of 19 November 2026", True),
        ("To confirm it on the child’s record", "", False),
    ]  # fmt: skip
    assert row.action.source_key == f"concern:{concern.id}"
    assert row.word.words == "Overdue"
    services.record_call(concern, services.TelephoneCall("Duty", AT), council.people["head"], AT)
    settle(council, concern, AT + HOUR)
    (row,) = seen(council, "head", AT + HOUR).open
    assert row.done == [
        "Telephoned: Duty answered, 18 November 2026, 15:00",
        "Acknowledged: Hetty Head, 18 November 2026, 16:00",
        "Safety decision: Hetty Head, 18 November 2026, 16:00",
        "On the child’s record: Hetty Head, 18 November 2026, 16:00",
    ]


def made(app: Flask, council: Council, cases: tuple[str, ...], **beyond) -> None:
    with app.app_context(), saving():
        for case in cases:
            worry(council, case, now() - timedelta(minutes=10), **beyond)


def test_the_page_shows_a_row_a_child(app: Flask, council: Council, client_for) -> None:
    made(app, council, ("100001",), about_adult=True)
    page = client_for(council.people["head"]).get("/concerns/").text
    for text in ("Case 100001", "5 to 9", "Child protection (CP)", "Safeguarding Team 1",
                 "Wendy Worker", "Not known yet", "Somebody to acknowledge it",
                 "To tell the designated officer (LADO)", "Open (1)", "P-2026-11-001",
                 "Manny Manager"):  # fmt: skip
        assert text in page, text
    # The worry itself is read on the concern's own page.
    assert "The worry about" not in page
    with app.app_context():
        query = select(Event).where(Event.verb == "concerns_listed")
        assert db.session.scalars(query).one().details["count"] == 1


def test_an_empty_page_says_what_that_means(council: Council, client_for) -> None:
    page = client_for(council.people["qa_lead"]).get("/concerns/").text
    assert "No concern is open." in page
    assert "It does not mean that every child is safe" in page


@pytest.mark.parametrize(
    ("key", "status"),
    [("head", 200), ("director", 200), ("qa_lead", 200), ("manager", 403), ("worker", 403),
     ("auditor", 403), ("viewer", 403), ("administrator", 403)],
)  # fmt: skip
def test_who_may_open_the_page(council: Council, client_for, key: str, status: int) -> None:
    assert client_for(council.people[key]).get("/concerns/").status_code == status


@pytest.mark.parametrize("key", ["head", "director"])
def test_home_leads_there(app: Flask, council: Council, client_for, key: str) -> None:
    assert 'href="/concerns/"' in client_for(council.people[key]).get("/").text
    made(app, council, ("100001",))
    assert 'href="/concerns/"' in client_for(council.people[key]).get("/").text


# The page asks the same number of questions whatever is on it.
def test_a_long_list_costs_what_a_short_one_does(app: Flask, council, client_for) -> None:
    made(app, council, ("100001",), authority="Kent")
    client, costs = client_for(council.people["director"]), []
    for _ in range(2):
        client.get("/concerns/")
        with count_queries(app) as asked:
            client.get("/concerns/")
        costs.append(len(asked))
        with app.app_context(), saving():
            for case in council.cases.values():
                db.session.get_one(Case, case).family_reference = None
        made(app, council, ("100002", "100003", "100004"), authority="Kent", about_adult=True)
    assert costs[0] == costs[1] <= 14, costs
