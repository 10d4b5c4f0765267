"""The mail server is away for a day, while actions fall late, owners leave and somebody covers;
then it is back: one digest a person, what is urgent alone, and every proof there (E1, E3, E6)."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.audits.queries.inadequate import stand_inadequate
from qa_app.database import db, saving
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.notify.models import Notice
from qa_app.tracker import services
from qa_app.tracker.models import Action, LadderTaken
from qa_app.tracker.queries.told import steps_of
from qa_app.tracker.services.late import tell_of_late_actions
from qa_app.tracker.services.living import see_that_all_are_owned
from tests.council import Council
from tests.notify.conftest import post_office
from tests.notify.waiting import notices, send_all
from tests.postgres import free_port
from tests.tracker.factory import an_action
from tests.tracker.ladder import at_noon, away

__all__ = ["post_office"]
# A Wednesday at noon in winter; the day before, all of it was raised.
AT = datetime(2026, 11, 18, 12, tzinfo=UTC)
TODAY = date(2026, 11, 18)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
S = ActionStatus


def rounds(at: datetime) -> None:
    """Everything that the clock does about actions."""
    with saving():
        see_that_all_are_owned(at)
    with saving():
        tell_of_late_actions(at, stand_inadequate)


def some_actions(council: Council) -> None:
    """Due today and tomorrow, of a worker and of two managers; one of them a priority action."""
    with saving():
        for owner in ("worker", "worker", "manager", "auditor", "auditor"):
            for days in (0, 1):
                an_action(
                    council, kind=ActionKind.LEARNING, owner=owner,
                    due_on=TODAY + timedelta(days=days), at=at_noon(TODAY - DAY),
                )  # fmt: skip
        an_action(council, kind=ActionKind.PRIORITY, owner="worker", at=at_noon(TODAY - DAY))


def what_comes_between(council: Council, hour: int) -> None:
    """What people do in that day, by the hour."""
    at, people = AT + hour * HOUR, council.people
    with saving():
        if hour == 2:  # the worker leaves; the manager has it all now
            db.session.get_one(Person, people["worker"]).left_on = TODAY - DAY
        elif hour == 4:  # and is away from then on: the conference chair covers
            away(council, "manager", "chair", TODAY, TODAY + 9 * DAY)
        elif hour == 6:  # one is given to somebody else by hand, and comes back
            action = db.session.query(Action).filter_by(owner_id=people["auditor"]).first()
            for key in ("other_auditor", "auditor"):
                person = db.session.get_one(Person, people[key])
                services.reassign(action, owner=person, reason="Ill.", by=people["director"], at=at)
                at += timedelta(minutes=1)
        elif hour == 8:  # one is done, which somebody is to verify
            action = db.session.query(Action).filter_by(owner_id=people["auditor"]).first()
            services.start(action, by=action.owner_id, at=at)
            services.finish(action, evidence="Seen.", done_on=TODAY, by=action.owner_id, at=at)


def flat(text: str) -> str:
    return " ".join(text.split())


def test_a_day_without_mail_while_actions_change_hands(
    context: Flask, council: Council, post_office, record_property
) -> None:
    some_actions(council)
    send_all(context, AT - DAY)
    # Only what comes from now on matters.
    post_office.messages.clear()
    before = {each.id for each in notices()}
    working = context.config["MAIL_PORT"]
    context.config["MAIL_PORT"] = free_port()
    for hour in range(24):
        what_comes_between(council, hour)
        rounds(AT + hour * HOUR)
        send_all(context, AT + hour * HOUR + timedelta(minutes=5))
    assert post_office.messages == []
    waiting = [each for each in notices() if each.id not in before]
    assert {each.attempts for each in waiting} == {0}, "an evening without a server counts nothing"

    context.config["MAIL_PORT"] = working
    back = AT + DAY
    send_all(context, back)
    send_all(context, back + timedelta(minutes=2))

    # One digest a person, whatever it holds, and what is urgent alone.
    ordinary = Counter(each.email for each in waiting if not each.urgent)
    urgent = Counter((each.email, each.subject) for each in waiting if each.urgent)
    got = [(str(each["To"]), str(each["Subject"])) for each in post_office.messages]
    assert Counter(each for each in got if each in urgent) == urgent
    assert Counter(to for to, subject in got if (to, subject) not in urgent) == dict.fromkeys(
        ordinary, 1
    )
    for email, number in ordinary.items():
        (message,) = [
            each
            for each in post_office.messages
            if each["To"] == email and (email, str(each["Subject"])) not in urgent
        ]
        if number > 1:
            assert message["Subject"] == f"{number} messages from Case file audit"
    # Each thing that was to be said stands in one message to whom it was meant for, word for word.
    texts = [
        (str(each["To"]), flat(each.get_body(("plain",)).get_content()))
        for each in post_office.messages
    ]
    for each in waiting:
        assert sum(to == each.email and flat(each.body) in text for to, text in texts) == 1
    # Every proof: taken by the server, once.
    sent = [each for each in notices() if each.id not in before]
    assert all(each.sent_at and each.attempts == 1 and not each.error for each in sent)
    told = 0
    for action in db.session.query(Action):
        for step in steps_of(action.id):
            assert step.told
            assert all("the mail server took it" in person.means for person in step.told)
            told += len(step.told)
    steps = db.session.query(LadderTaken).count()
    assert steps >= 9
    people = {each.person_id for each in waiting}
    assert council.people["worker"] not in {
        each.person_id for each in waiting if each.created_at > AT + 2 * HOUR
    }
    assert db.session.scalar(select(Notice.id).where(Notice.sent_at.is_(None)).limit(1)) is None
    record_property(
        "counted",
        f"{len(waiting)} notices of {len(people)} people, {len(urgent)} urgent, {steps} steps of "
        f"the ladder with {told} proofs: {len(got)} e-mails",
    )
