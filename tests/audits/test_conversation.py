"""Talking the audit through (A5): the invitation, who is told, the calendar file, the answer."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from icalendar import Calendar
from sqlalchemy import select, update

from qa_app.accounts.models import Person, PostKind
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, AuditParty, Conversation
from qa_app.audits.queries.conversations import (
    appointment_of,
    invitation_to,
    latest_conversation,
    standing_conversation,
    talks_to_confirm,
)
from qa_app.audits.services import reassign
from qa_app.audits.services.conversations import (
    HasPassed,
    Invitation,
    NobodyInvited,
    call_off,
    invite,
)
from qa_app.calendar_file import calendar_file
from qa_app.database import db, now, saving
from qa_app.domain.calendar import LONDON
from qa_app.domain.workflow import AuditState, MoveNotAllowed
from qa_app.history import Event
from qa_app.notify.models import Notice
from tests.audits.making import AT, Writer, given, submitted, the_audit

STARTS = datetime(2026, 11, 24, 14, 0, tzinfo=UTC)
LINK = "https://qa.council.example/audits/1/conversation"


def invitation(council, *who, starts_at=STARTS, minutes=45, place="Teams: I will call you"):
    guests = frozenset(council.people[each] for each in who or ("worker", "manager"))
    return Invitation(starts_at, minutes, place, guests)


def invited(council, *who, at=AT, **changes):
    audit = the_audit_or_given(council)
    by = council.people["other_auditor"]
    return invite(audit, invitation(council, *who, **changes), by=by, at=at)


def the_audit_or_given(council) -> Audit:
    found = db.session.scalars(select(Audit)).one_or_none()
    return found or given(council)


def told(prefix="conversation") -> list[tuple[str, str]]:
    """Who was told what, by the subject without its audit."""
    rows = db.session.execute(
        select(Person.name, Notice.subject)
        .join(Notice, Notice.person_id == Person.id)
        .where(Notice.key.startswith(prefix))
        .order_by(Notice.created_at, Person.name, Notice.subject)
    )
    return [(name, subject.partition(": ")[2]) for name, subject in rows]


def event_of(conversation, at=AT):
    content = calendar_file(appointment_of(conversation, "A-2026-11-017", LINK, at))
    calendar = Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def test_everybody_invited_is_told_by_reference_alone(context, council):
    # A5, I2
    with saving():
        made = invited(council)

    assert {guest.person.name for guest in made.guests} == {"Wendy Worker", "Manny Manager"}
    words = "you are invited to talk it through on 24 November 2026, 14:00"
    assert told() == [("Manny Manager", words), ("Wendy Worker", words)]
    for notice in db.session.scalars(select(Notice).where(Notice.key.startswith("conversation"))):
        assert notice.path == f"/audits/{made.audit_id}/contribution"
        for word in ("100001", "Safeguarding", "protection", "Teams"):
            assert word not in notice.subject + notice.body
    event = db.session.scalars(select(Event).where(Event.verb == "conversation_invited")).one()
    assert (event.audit_id, event.sentence) == (
        made.audit_id, "Invited 2 people to talk the audit through",
    )  # fmt: skip


def test_the_same_invitation_twice_is_one(context, council):
    first, second = invited(council), invited(council, at=AT + timedelta(seconds=1))

    assert first.id == second.id
    assert len(told()) == 2


def test_a_new_invitation_takes_the_place_of_the_last(context, council):
    # A5: one stands at a time; who is new, who stays and who is not expected any more are told
    first = invited(council, "worker")
    second = invited(
        council, "manager", "worker", starts_at=STARTS + timedelta(hours=1), at=AT + timedelta(1)
    )
    third = invited(council, "manager", at=AT + timedelta(2))

    assert (first.cancelled_at, second.cancelled_at) == (AT + timedelta(1), AT + timedelta(2))
    assert standing_conversation(the_audit()).id == third.id
    assert told() == [
        ("Wendy Worker", "you are invited to talk it through on 24 November 2026, 14:00"),
        ("Manny Manager", "you are invited to talk it through on 24 November 2026, 15:00"),
        ("Wendy Worker", "the conversation is now on 24 November 2026, 15:00"),
        ("Manny Manager", "the conversation is now on 24 November 2026, 14:00"),
        ("Wendy Worker", "the conversation of 24 November 2026, 15:00 is called off"),
    ]
    # Each reads their own newest one.
    assert invitation_to(the_audit(), council.people["worker"]).id == second.id
    assert invitation_to(the_audit(), council.people["manager"]).id == third.id
    assert invitation_to(the_audit(), council.people["chair"]) is None


def test_it_can_be_called_off_once(context, council):
    # A5
    made = invited(council)
    audit, by = the_audit(), council.people["other_auditor"]

    assert call_off(audit, by=by, at=AT) is True
    assert call_off(audit, by=by, at=AT) is False
    assert standing_conversation(audit) is None
    assert latest_conversation(audit).id == made.id
    assert [words for _, words in told("conversation-off")] == [
        "the conversation of 24 November 2026, 14:00 is called off"
    ] * 2
    # and the same one may be invited to anew
    assert invited(council).id != made.id


@pytest.mark.parametrize(
    ("who", "error"),
    [
        # A5: somebody has to be invited
        ([], NobodyInvited),
        # A5: only the child's social worker and their manager
        (["head"], NobodyInvited),
        (["worker", "chair"], NobodyInvited),
        (["other_auditor"], NobodyInvited),
    ],
)
def test_only_the_worker_and_the_manager_are_invited(context, council, who, error):
    audit = given(council)
    wanted = replace(invitation(council), guests=frozenset(council.people[each] for each in who))
    with pytest.raises(error):
        invite(audit, wanted, by=council.people["other_auditor"], at=AT)


def test_whoever_no_longer_works_with_the_child_is_not_invited(context, council):
    # A5: the present ones
    given(council)
    db.session.execute(
        update(AuditParty)
        .where(AuditParty.person_id == council.people["worker"])
        .values(ended_on=date(2026, 9, 1))
    )
    with pytest.raises(NobodyInvited):
        invited(council, "worker")


def test_a_time_that_is_over_is_refused(context, council):
    with pytest.raises(HasPassed):
        invited(council, starts_at=AT)


def test_once_sent_nobody_is_invited_and_it_can_still_be_called_off(context, council):
    # CO-5
    audit = submitted(council)
    with pytest.raises(MoveNotAllowed):
        invited(council)
    db.session.add(
        Conversation(audit_id=audit.id, starts_at=STARTS, minutes=45, place="Room 1",
                     invited_by=council.people["other_auditor"], invited_at=AT)
    )  # fmt: skip
    db.session.flush()
    assert call_off(audit, by=council.people["other_auditor"], at=AT)


# The calendar file


def test_the_file_names_the_audit_and_nothing_of_the_case(context, council):
    # I2: a calendar is seen by others
    calendar, event = event_of(invited(council))

    assert str(calendar["METHOD"]) == "PUBLISH"
    assert str(event["SUMMARY"]) == "Audit conversation, audit A-2026-11-017"
    assert event.start == STARTS.astimezone(LONDON)
    assert event["DTSTART"].params["TZID"] == "Europe/London"
    assert event.end - event.start == timedelta(minutes=45)
    assert str(event["LOCATION"]) == "Teams: I will call you"
    for word in ("100001", "Worker", "Safeguarding", "child"):
        assert word not in event.to_ical().decode()


def test_a_change_replaces_the_entry_and_calling_off_takes_it_away(context, council):
    # RFC 5545: the same UID, a higher SEQUENCE each time
    first = invited(council, "worker")
    entries = [event_of(first)]
    second = invited(council, starts_at=STARTS + timedelta(hours=1))
    entries += [event_of(first), event_of(second)]
    call_off(the_audit(), by=council.people["other_auditor"], at=AT)
    entries.append(event_of(second))
    entries.append(event_of(invited(council, "worker")))

    assert len({str(event["UID"]) for _, event in entries}) == 1
    sequence = [event["SEQUENCE"] for _, event in entries]
    assert sequence == sorted(set(sequence))
    methods = [str(calendar["METHOD"]) for calendar, _ in entries]
    assert methods == ["PUBLISH", "CANCEL", "PUBLISH", "CANCEL", "PUBLISH"]
    states = [str(event.get("STATUS", "")) for _, event in entries]
    assert states == ["", "CANCELLED", "", "CANCELLED", ""]


def test_it_is_on_londons_clock_in_summer(context, council):
    made = invited(council, starts_at=datetime(2027, 6, 1, 13, 0, tzinfo=UTC))
    _, event = event_of(made)
    assert (event.start.hour, event.start.utcoffset()) == (14, timedelta(hours=1))


# The answer that it offers


OVER = STARTS + timedelta(minutes=45)


@pytest.mark.parametrize(
    ("who", "answered", "at", "offered"),
    [
        # A5: once it is over, its day is offered to whoever was invited
        (["worker", "manager"], {}, OVER, {"social_worker", "team_manager"}),
        (["worker"], {}, OVER, {"social_worker"}),
        # while it goes on there is nothing to say yet
        (["worker"], {}, OVER - timedelta(minutes=1), set()),
        # what is answered is not asked again
        (["worker", "manager"], {"voice.team_manager.obtained": "no"}, OVER, {"social_worker"}),
        # a reason that is half-written does not answer it
        (["worker"], {"voice.social_worker.why_not": "On"}, OVER, {"social_worker"}),
    ],
)
def test_its_day_is_offered_as_the_answer(context, council, who, answered, at, offered):
    invited(council, *who)
    audit = the_audit()
    if answered:
        Writer(audit, council.people["other_auditor"])(answered)
    talks = talks_to_confirm(standing_conversation(audit), Draft(audit).voices, at)
    assert {voice.value for voice in talks} == offered
    assert all(talk.on == date(2026, 11, 24) for talk in talks.values())


def test_without_a_conversation_nothing_is_offered():
    assert talks_to_confirm(None, {}, OVER) == {}


# The pages


@pytest.fixture
def path(app, council):
    """The address of an audit that was given and not begun."""
    with app.app_context(), saving():
        return f"/audits/{given(council).id}"


@pytest.fixture
def me(council, client_for):
    """The auditor's browser."""
    return client_for(council.people["other_auditor"])


def filled(council, **changes):
    day = (now() + timedelta(days=3)).astimezone(LONDON).date()
    return {
        "guests": [str(council.people["worker"]), str(council.people["manager"])],
        "day-day": str(day.day), "day-month": str(day.month), "day-year": str(day.year),
        "start": "14:30", "minutes": "60", "place": "Room 4", "save": "1",
    } | changes  # fmt: skip


def test_the_auditor_invites_changes_and_calls_off(app, me, council, path, client_for):
    page = me.get(f"{path}/conversation").text
    assert "Wendy Worker, social worker" in page
    assert "Manny Manager, team manager" in page
    answer = me.submit(f"{path}/conversation", filled(council))
    assert answer.location.endswith("/conversation")
    page = me.get(f"{path}/conversation").text
    assert "are invited for" in page
    assert "Room 4" in page
    me.submit(f"{path}/conversation", filled(council, place="Room 5"))
    assert "Room 5" in me.get(f"{path}/conversation").text
    me.send(f"{path}/conversation/call-off")
    assert "The conversation is called off" in me.get(f"{path}/conversation").text
    with app.app_context():
        assert standing_conversation(the_audit()) is None


def test_auditor_and_guests_take_the_file_away(me, council, path, client_for):
    assert me.get(f"{path}/conversation.ics").status_code == 404
    me.submit(f"{path}/conversation", filled(council, guests=[str(council.people["worker"])]))
    worker, manager = (client_for(council.people[key]) for key in ("worker", "manager"))
    for client, address in ((me, "conversation.ics"), (worker, "contribution/conversation.ics")):
        answer = client.get(f"{path}/{address}")
        assert answer.mimetype == "text/calendar"
        assert answer.headers["Content-Disposition"].startswith(
            'attachment; filename="audit-conversation-A-'
        )
        (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
        assert event.end - event.start == timedelta(hours=1)
    # Who was not invited has none to take; the auditor's own page is not theirs.
    assert manager.get(f"{path}/contribution/conversation.ics").status_code == 404
    assert worker.get(f"{path}/conversation.ics").status_code == 404


def test_a_guest_sees_when_and_where_and_nothing_of_the_draft(app, me, council, path, client_for):
    # A5, I2
    with app.app_context(), saving():
        Writer(the_audit(), council.people["other_auditor"])({"risk.evidence": "canarywords"})
    me.submit(f"{path}/conversation", filled(council))
    page = client_for(council.people["worker"]).get(f"{path}/contribution").text
    assert "14:30</strong>, 60 minutes: Room 4" in page
    assert "Take it into your calendar" in page
    assert "canarywords" not in page
    me.send(f"{path}/conversation/call-off")
    page = client_for(council.people["worker"]).get(f"{path}/contribution").text
    assert "is called off: you are not expected" in page
    assert "Take it out of your calendar" in page


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"guests": []}, "Select whom you invite"),
        ({"start": ""}, "Enter when it starts"),
        ({"start": "noon"}, "Start must be a time of day, like 9:30 or 14:00"),
        ({"minutes": ""}, "Select how long it takes"),
        ({"place": ""}, "Enter where it is"),
        ({"day-day": "31", "day-month": "2"}, "Day must be a real date"),
        ({"day-year": "2020"}, "Enter a day and a time that are still to come"),
        ({"guests": ["x"]}, "Whom you invite: select one of the answers shown"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_cleared(me, council, path, changes, message):
    answer = me.submit(f"{path}/conversation", filled(council) | changes)
    assert answer.status_code == 400
    assert message in answer.text
    if "place" not in changes:
        assert 'value="Room 4"' in answer.text


def test_a_finished_audit_is_past_inviting(app, me, council, path):
    with app.app_context(), saving():
        values = {"state": AuditState.AWAITING_MODERATION, "completed_on": AT.date()}
        db.session.execute(update(Audit).values(**values))
    page = me.get(f"{path}/conversation")
    assert "no longer being written" in page.text
    answer = me.send(f"{path}/conversation", filled(council))
    assert answer.status_code == 409


def test_where_nobody_is_pinned_it_says_what_to_do(app, me, path):
    with app.app_context(), saving():
        db.session.execute(update(AuditParty).values(ended_on=AT.date()))
    assert "Nobody can be invited here." in me.get(f"{path}/conversation").text


# I2: 404 for whoever may not know of it, 403 for whoever may only read it or is a guest.
@pytest.mark.parametrize(
    ("key", "status"), [("auditor", 404), ("qa_lead", 403), ("head", 404), ("worker", 404)]
)
def test_inviting_is_the_auditors_alone(council, client_for, path, key, status):
    assert client_for(council.people[key]).get(f"{path}/conversation").status_code == status


def test_the_voices_page_offers_the_day_and_saves_nothing_by_itself(app, me, council, path):
    # A5
    with app.app_context(), saving():
        invited(council, "worker", starts_at=now() + timedelta(minutes=2), at=now(), minutes=5)
        moment = standing_conversation(the_audit()).starts_at
    assert "You talk it through with Wendy Worker" in me.get(f"{path}/voices").text
    with time_machine.travel(moment + timedelta(minutes=6), tick=True):
        page = me.get(f"{path}/voices").text
        assert "You invited Wendy Worker for" in page
        assert "We did talk then" in page
        filled_in = me.get(f"{path}/voices?talked=social_worker").text
        assert "Filled in from the invitation, and not saved yet" in filled_in
        day = moment.astimezone(LONDON).date()
        assert f'value="{day.day}"' in filled_in
        # Neither looking at it nor a word that was not offered saves or fills in anything.
        assert "not saved yet" not in me.get(f"{path}/voices?talked=team_manager").text
    with app.app_context():
        assert Draft(the_audit()).voices == {}


def test_whoever_takes_the_audit_over_takes_the_conversation_over(context, council):
    # P5
    invited(council)
    auditor = db.session.get_one(Person, council.people["auditor"])
    audit = reassign(
        the_audit(), auditor, PostKind.TEAM_MANAGER, "Away", by=council.people["qa_lead"], at=AT
    )
    assert call_off(audit, by=auditor.id, at=AT)
