"""The check of an audit's facts: who is asked, who may answer when, what holds at any moment
(A12)."""

from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest
from sqlalchemy import func, select

from qa_app.accounts.models import Account, Person
from qa_app.audits import services
from qa_app.audits.models import AuditParty, Contribution, FactCheck, FactPoint
from qa_app.audits.queries.contributions import signed_contributions
from qa_app.audits.queries.facts import checks_of, facts_of, people_to_ask
from qa_app.audits.services import Point
from qa_app.database import db
from qa_app.domain.answers import ContributionKind, FactAnswer
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import MODERATION_BEGUN, AuditState, MoveNotAllowed
from qa_app.history import Event
from qa_app.moderation import queries as moderation_queries
from qa_app.moderation import services as moderation
from qa_app.notify.models import Notice
from tests.audits.making import (
    AT,
    Writer,
    answer_comments,
    nothing_to_correct,
    submitted,
    written,
)
from tests.audits.moving import put_into
from tests.audits.test_other_tools import ANSWERS
from tests.audits.with_tools import given_with, small_tool

pytestmark = pytest.mark.usefixtures("context")
DAY = timedelta(days=1)
SUBMITTED_ON = date(2026, 11, 18)  # a Wednesday
REPLY = ContributionKind.REPLY


@pytest.fixture
def people(council):
    return council.people


@pytest.fixture
def audit(council):
    """Sent, and its facts not checked yet."""
    return submitted(council, checked=False)


def person(people, key) -> Person:
    return db.session.get_one(Person, people[key])


def take(audit, people, at=AT, key="review_head"):
    return moderation.start(audit, person(people, key), by=people[key], at=at)


def told(prefix: str) -> set[str]:
    """Who was told something under keys that begin so."""
    query = select(Person.name).join(Notice, Notice.person_id == Person.id)
    return set(db.session.scalars(query.where(Notice.key.startswith(prefix))))


def dispute(audit, by, at=AT, *says: str):
    points = [Point("risk", each) for each in says or ("It was in May",)]
    return services.answer_check(audit, points=points, by=by, at=at)


def agree(audit, by, at=AT):
    return services.answer_check(audit, points=[], by=by, at=at)


def point_of(audit) -> FactPoint:
    return facts_of(audit).open_points[0]


def stands(audit, by, at=AT):
    return services.answer_point(
        audit, point_of(audit).id, answer=FactAnswer.STANDS, text="It says June", by=by, at=at
    )


# A12: the present social worker and the team manager, from the first submission.
def test_both_are_asked_when_it_is_sent(audit):
    checks = checks_of(audit)
    assert [(each.person.name, each.party) for each in checks] == [
        ("Wendy Worker", Party.SOCIAL_WORKER), ("Manny Manager", Party.TEAM_MANAGER),
    ]  # fmt: skip
    assert audit.facts_until == date(2026, 11, 23)
    assert {each.due_on for each in checks} == {audit.facts_until}
    assert told("facts-asked:") == {"Wendy Worker", "Manny Manager"}


NOT_ASKED = [
    # A12: a social worker of before, who has handed the case over
    ("ended", {"Manny Manager"}),
    # A12: somebody whose account is closed cannot answer
    ("closed", {"Manny Manager"}),
    # A12: nor somebody whose account was for a time that is over
    ("over", {"Manny Manager"}),
    # S6, A12: an auditor by waiver does not check their own audit
    ("auditor", {"Manny Manager"}),
    # A12: a name without a person here
    ("nobody", {"Manny Manager"}),
]


@pytest.mark.parametrize(("why", "asked"), NOT_ASKED)
def test_whoever_cannot_answer_is_not_asked(council, people, why, asked):
    audit = written(council)
    pinned = db.session.query(AuditParty).filter_by(party=Party.SOCIAL_WORKER).one()
    account = db.session.query(Account).filter_by(person_id=people["worker"]).one()
    if why == "ended":
        pinned.ended_on = SUBMITTED_ON - DAY
    elif why == "closed":
        account.closed_at = AT
    elif why == "over":
        account.ends_on = SUBMITTED_ON - DAY
    elif why == "auditor":
        pinned.person_id = audit.auditor_id
    else:
        pinned.person_id = None
    db.session.flush()
    assert {each.name for each, _ in people_to_ask(audit, SUBMITTED_ON)} == asked


# A12: nobody there to ask, so nothing waits for them.
def test_without_anybody_to_ask_there_is_no_check(council, people):
    audit = written(council)
    db.session.query(AuditParty).filter(
        AuditParty.party.in_([Party.SOCIAL_WORKER, Party.TEAM_MANAGER])
    ).update({"person_id": None})
    db.session.expire_all()
    services.submit(audit, by=people["other_auditor"], at=AT)
    assert (audit.facts_until, checks_of(audit)) == (None, [])
    assert take(audit, people).state == "open"


# P7, A12: a tool that nobody moderates is final at once, and can be replied to.
def test_an_audit_that_is_not_moderated_has_no_check(council, people):
    audit = given_with(council, small_tool(graded=False, gates=False, moderated=False))
    Writer(audit, people["other_auditor"])(ANSWERS)
    services.submit(audit, by=people["other_auditor"], at=AT)
    assert (audit.state, audit.facts_until, checks_of(audit)) == (AuditState.FINAL, None, [])
    services.save_contribution(audit, kind=REPLY, text="Thanks", by=people["worker"], at=AT)


WORKING_DAYS = [
    # A12: three working days from a Wednesday reach the Monday
    (datetime(2026, 11, 18, 23, 30, tzinfo=UTC), date(2026, 11, 23)),
    # A12: the day is London's: half an hour before midnight there, in summer, is that day
    (datetime(2027, 5, 26, 22, 30, tzinfo=UTC), date(2027, 6, 1)),
    # A12: and half an hour after it the next one; the spring bank holiday (31 May) does not count
    (datetime(2027, 5, 26, 23, 30, tzinfo=UTC), date(2027, 6, 2)),
    # A12: over Christmas: 24, 29 and 30 December (the 28th stands in for Boxing Day)
    (datetime(2026, 12, 23, 12, 0, tzinfo=UTC), date(2026, 12, 30)),
]


@pytest.mark.parametrize(("at", "last"), WORKING_DAYS)
def test_the_check_lasts_three_working_days(council, people, at, last):
    audit = written(council)
    services.submit(audit, by=people["other_auditor"], at=at)
    assert audit.facts_until == last


MAY_BEGIN = [
    # A12: not before the check is over
    (Grade.GOOD, timedelta(), False, False),
    (Grade.OUTSTANDING, timedelta(days=5), False, False),
    # A12: the day after its last day
    (Grade.GOOD, timedelta(days=6), False, True),
    # A12: as soon as everybody asked has answered
    (Grade.GOOD, timedelta(), True, True),
    # M0, A12: an Inadequate at once
    (Grade.INADEQUATE, timedelta(), False, True),
]


@pytest.mark.parametrize(("grade", "after", "checked", "may"), MAY_BEGIN)
def test_moderation_begins_when_it_may(council, people, grade, after, checked, may):
    audit = submitted(council, grade=grade.value, checked=checked)
    queue = moderation_queries.queue_for(people["review_head"], (AT + after).date())
    assert [row.facts_until is None for row in queue.free] == [may]
    if may:
        assert take(audit, people, AT + after).state == "open"
        return
    with pytest.raises(services.FactsBeingChecked, match="are checked until 23 November 2026"):
        take(audit, people, AT + after)
    assert audit.state is AuditState.AWAITING_MODERATION


# E1, M0, A12: an open concern makes any audit urgent.
def test_an_audit_with_a_concern_does_not_wait(council, people, audit):
    services.raise_concern(audit, worry="A bruise", by=people["other_auditor"], at=AT)
    assert (
        moderation_queries.queue_for(people["review_head"], AT.date()).free[0].facts_until is None
    )
    assert take(audit, people).state == "open"


# E2, A12: the head of service is told at the submission, whatever the check.
def test_the_head_of_service_is_told_of_an_inadequate_at_once(council):
    submitted(council, grade="inadequate", checked=False)
    assert told("inadequate:") == {"Hetty Head"}


def test_the_check_ends_when_both_have_answered(audit, people):
    agree(audit, people["worker"])
    assert audit.facts_checked_at is None
    agree(audit, people["manager"], AT + DAY)
    assert audit.facts_checked_at == AT + DAY
    assert told("facts-answered:") == {"Otto Auditor"}


def test_a_point_keeps_it_open_until_the_auditor_has_answered(audit, people):
    agree(audit, people["manager"])
    dispute(audit, people["worker"])
    assert audit.facts_checked_at is None
    stands(audit, people["other_auditor"], AT + DAY)
    assert audit.facts_checked_at == AT + DAY
    assert told("point:") == {"Wendy Worker"}
    with pytest.raises(services.PointRefused, match="answered already"):
        services.answer_point(
            audit, checks_of(audit)[0].points[0].id, answer=FactAnswer.STANDS, text="No",
            by=people["other_auditor"], at=AT,
        )  # fmt: skip


def test_one_answers_once(audit, people):
    agree(audit, people["worker"])
    with pytest.raises(services.CheckClosed, match="You answered this already"):
        dispute(audit, people["worker"])
    assert not db.session.scalar(select(func.count()).select_from(FactPoint))


def test_only_those_asked_answer(audit, people):
    with pytest.raises(services.NotAsked):
        agree(audit, people["iro"])
    with pytest.raises(services.NotAsked):
        services.acknowledge_audit(audit, by=people["iro"], at=AT)


LATE = [
    # A12: on the last day
    (datetime(2026, 11, 23, 23, 30, tzinfo=UTC), None),
    # A12: and no more after it
    (datetime(2026, 11, 24, 0, 30, tzinfo=UTC), "until 23 November 2026"),
]


@pytest.mark.parametrize(("at", "why"), LATE)
def test_the_last_day_is_londons(audit, people, at, why):
    if why is None:
        assert agree(audit, people["worker"], at).agreed
        return
    with pytest.raises(services.CheckClosed, match=why):
        agree(audit, people["worker"], at)


@pytest.mark.parametrize(
    ("points", "why"),
    [
        # A12: a point says what is not right
        ([Point("", "  ")], "Enter what is not right"),
        # A12: of a section that the audit has
        ([Point("moon", "It is cheese")], "Select a section of this audit"),
        # A12: anything longer is a reply
        ([Point("", "One more")] * 21, "Enter up to 20 points"),
    ],
)
def test_a_point_that_says_nothing_is_refused(audit, people, points, why):
    with pytest.raises(services.PointRefused, match=why):
        services.answer_check(audit, points=points, by=people["worker"], at=AT)
    assert checks_of(audit)[0].answered_at is None


def test_correcting_takes_it_back_and_sending_it_again_tells_what_became_of_it(audit, people):
    auditor = people["other_auditor"]
    agree(audit, people["manager"])
    dispute(audit, people["worker"], AT, "It was in May", "I was on leave")
    services.correct_facts(audit, by=auditor, at=AT)
    assert audit.state is AuditState.RETURNED
    with pytest.raises(services.Incomplete) as refused:
        services.submit(audit, by=auditor, at=AT)
    assert [gap.message for gap in refused.value.gaps] == [
        "Answer what Wendy Worker said is not right"
    ] * 2

    for answer, text in ((FactAnswer.CORRECTED, "May now"), (FactAnswer.STANDS, "You were not")):
        services.answer_point(
            audit, point_of(audit).id, answer=answer, text=text, by=auditor, at=AT
        )
    assert not told("point:"), "they are told when it is sent again"
    assert audit.facts_checked_at is None
    services.submit(audit, by=auditor, at=AT + 2 * DAY)
    assert audit.facts_checked_at == AT + 2 * DAY
    assert told("points-answered:") == {"Wendy Worker"}
    # A12, M0: the days of completion and of moderation are those of the first submission.
    assert (audit.completed_on, audit.submitted_at) == (SUBMITTED_ON, AT)
    assert len(checks_of(audit)) == 2, "nobody is asked again"


def test_nothing_is_taken_back_without_a_point(audit, people):
    with pytest.raises(services.NothingToCorrect):
        services.correct_facts(audit, by=people["other_auditor"], at=AT)
    dispute(audit, people["worker"])
    stands(audit, people["other_auditor"])
    with pytest.raises(services.NothingToCorrect):
        services.correct_facts(audit, by=people["other_auditor"], at=AT)


def test_something_is_corrected_only_where_the_audit_can_be_changed(audit, people):
    dispute(audit, people["worker"])
    with pytest.raises(services.PointRefused, match="Take the audit back"):
        services.answer_point(
            audit, point_of(audit).id, answer=FactAnswer.CORRECTED, text="Done",
            by=people["other_auditor"], at=AT,
        )  # fmt: skip
    with pytest.raises(services.PointRefused, match="Enter why it stands"):
        services.answer_point(
            audit, point_of(audit).id, answer=FactAnswer.STANDS, text=" ",
            by=people["other_auditor"], at=AT,
        )  # fmt: skip


# A12: once a moderator has it, the check is closed, and the auditor may still say why it stands.
def test_moderation_that_has_begun_closes_the_check(council, people):
    audit = submitted(council, grade="inadequate", checked=False)
    dispute(audit, people["worker"])
    moderated = take(audit, people)
    with pytest.raises(services.CheckClosed, match="Moderation has begun"):
        agree(audit, people["manager"])
    with pytest.raises(MoveNotAllowed):
        services.correct_facts(audit, by=people["other_auditor"], at=AT)
    assert stands(audit, people["other_auditor"]).answer is FactAnswer.STANDS
    moderation.release(moderated, by=people["review_head"], at=AT)
    # Put back: nobody moderates it, so what is left of the check goes on.
    agree(audit, people["manager"])
    assert audit.facts_checked_at == AT


# M6, A12: what a moderator returned is not checked again, and its clock begins anew.
def test_what_a_moderator_returned_is_not_checked_again(council, people):
    audit = submitted(council)
    moderated = take(audit, people)
    moderation.send_back(
        moderated, pins=[services.Pin("Say more")], by=people["review_head"], at=AT
    )
    answer_comments(audit, people["other_auditor"])
    services.submit(audit, by=people["other_auditor"], at=AT + DAY)
    assert (audit.submitted_at, audit.facts_checked_at) == (AT + DAY, AT)
    assert told("points-answered:") == set()
    assert len(checks_of(audit)) == 2


def final(audit, people, at):
    """Make it final by its moderator."""
    taken = take(audit, people, at)
    services.finalise(taken.audit, {None: Grade.GOOD}, "by test", by=people["review_head"], at=at)


def test_a_reply_is_its_writers_until_it_is_signed_and_told_then(council, people):
    audit = submitted(council)
    take(audit, people)
    saved = services.save_contribution(
        audit, kind=REPLY, text="I think", by=people["worker"], at=AT
    )
    assert signed_contributions(audit) == []
    services.save_contribution(audit, kind=REPLY, text="I know", by=people["worker"], at=AT)
    signed = services.sign_contribution(audit, kind=REPLY, by=people["worker"], at=AT)
    assert (signed.id, signed.text, signed.party) == (saved.id, "I know", Party.SOCIAL_WORKER)
    assert signed_contributions(audit) == [signed]
    assert told("signed:") == {"Otto Auditor", "Rhona Head"}
    for change in (services.sign_contribution, services.send_contribution):
        more = {"text": "More"} if change is services.send_contribution else {}
        with pytest.raises(services.AlreadySigned):
            change(audit, kind=REPLY, by=people["worker"], at=AT, **more)
    assert signed.text == "I know"


def test_nothing_is_signed_without_words_or_by_a_stranger(audit, people):
    with pytest.raises(services.NothingWritten):
        services.sign_contribution(audit, kind=REPLY, by=people["worker"], at=AT)
    services.save_contribution(audit, kind=REPLY, text=" ", by=people["worker"], at=AT)
    with pytest.raises(services.NothingWritten):
        services.sign_contribution(audit, kind=REPLY, by=people["worker"], at=AT)
    with pytest.raises(services.NotPinned):
        services.save_contribution(audit, kind=REPLY, text="I", by=people["iro"], at=AT)


REPLIES = [
    # A12: until ten working days after the final grade: a Thursday to a Thursday, two weeks on
    (datetime(2026, 12, 3, 23, 0, tzinfo=UTC), True),
    # A12: and not on the day after
    (datetime(2026, 12, 4, 1, 0, tzinfo=UTC), False),
]


@pytest.mark.parametrize(("at", "may"), REPLIES)
def test_a_reply_can_be_made_for_ten_working_days(council, people, at, may):
    audit = submitted(council)
    final(audit, people, AT + DAY)
    save = {"kind": REPLY, "text": "I reply", "by": people["worker"], "at": at}
    if may:
        assert services.send_contribution(audit, **save).signed_at == at
        return
    with pytest.raises(services.NotNow, match="until 3 December 2026"):
        services.save_contribution(audit, **save)
    assert not db.session.scalar(select(func.count()).select_from(Contribution))


# A5, A12: a view belongs to the time before it is sent, a reply to the time after.
@pytest.mark.parametrize("kind", list(ContributionKind))
def test_each_kind_has_its_time(council, people, kind):
    audit = written(council)
    view = kind is ContributionKind.VIEW
    save = {"kind": kind, "text": "I", "by": people["manager"], "at": AT}
    if view:
        services.save_contribution(audit, **save)
    else:
        with pytest.raises(services.NotNow, match="once the audit has been sent"):
            services.save_contribution(audit, **save)
    services.submit(audit, by=people["other_auditor"], at=AT)
    if view:
        with pytest.raises(services.NotNow, match="You can reply"):
            services.sign_contribution(audit, kind=kind, by=people["manager"], at=AT)
    else:
        services.send_contribution(audit, **save)


def test_reading_is_acknowledged_once(audit, people):
    services.acknowledge_audit(audit, by=people["worker"], at=AT)
    again = services.acknowledge_audit(audit, by=people["worker"], at=AT + DAY)
    assert again.acknowledged_at == AT
    assert db.session.query(FactCheck).filter(FactCheck.acknowledged_at.is_not(None)).count() == 1


# I1, A12: what was said stands in no message and no event.
def test_no_message_or_event_holds_what_was_said(audit, people):
    secret = "Zebra crossing"
    dispute(audit, people["worker"], AT, secret)
    services.answer_point(
        audit, point_of(audit).id, answer=FactAnswer.STANDS, text=secret,
        by=people["other_auditor"], at=AT,
    )  # fmt: skip
    services.send_contribution(audit, kind=REPLY, text=secret, by=people["worker"], at=AT)
    db.session.commit()
    nothing_to_correct_by_the_other(audit, people)
    for notice in db.session.scalars(select(Notice)):
        assert secret not in f"{notice.subject} {notice.body} {notice.path} {notice.key}"
    verbs = {event.verb for event in db.session.scalars(select(Event))}
    assert {"facts_asked", "facts_disputed", "fact_answered", "reply_signed"} <= verbs
    assert not any(secret in str(event.details) for event in db.session.scalars(select(Event)))


def nothing_to_correct_by_the_other(audit, people):
    agree(audit, people["manager"])
    assert audit.facts_checked_at is not None


def test_the_helper_of_other_tests_answers_for_both(council):
    audit = submitted(council, checked=False)
    nothing_to_correct(audit)
    assert audit.facts_checked_at == AT


@pytest.mark.parametrize("state", [*sorted(MODERATION_BEGUN), AuditState.FINAL])
def test_a_point_can_be_answered_until_the_audit_is_final(audit, people, state):
    # A12: a point made on the last day is answered though somebody moderates, or decides again.
    dispute(audit, people["worker"])
    point = point_of(audit)
    put_into(state, audit.id)
    db.session.expire(audit)
    answer = partial(
        services.answer_point, audit, point.id, answer=FactAnswer.STANDS, text="It says June",
        by=people["other_auditor"], at=AT,
    )  # fmt: skip
    if state is AuditState.FINAL:
        with pytest.raises(MoveNotAllowed, match="The audit is final"):
            answer()
    else:
        assert answer().answer is FactAnswer.STANDS
