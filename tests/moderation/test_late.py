"""Late moderations: each step of the ladder once, to the right people (M0, M3, E6)."""

from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app import history
from qa_app.accounts.models import Absence, Person, PostHolding
from qa_app.audits.models import Audit, AuditSource
from qa_app.database import db, saving
from qa_app.domain.calendar import LONDON
from qa_app.domain.grades import GRADES, Grade
from qa_app.history import Event
from qa_app.moderation import services
from qa_app.moderation.jobs import SCHEDULED
from qa_app.moderation.models import ModerationClock, ModerationStep
from qa_app.moderation.services import giving
from qa_app.moderation.services.late import tell_of_late
from qa_app.notify.models import Notice
from qa_app.notify.scheduled import run_all
from tests.council import Council, hold
from tests.moderation.choosing import chosen
from tests.moderation.dialogue import answered, asked, second_taken
from tests.moderation.factory import a_concern, a_submitted_audit

OUT, GOOD, RI, BAD = GRADES
SENT = datetime(2026, 5, 1, 12, tzinfo=LONDON)  # a Friday; Monday 4 May is a bank holiday
ADA, HETTY, HUGH, RHONA, DORA, QUINN = (
    "Ada Auditor", "Hetty Head", "Hugh Head", "Rhona Head", "Dora Director", "Quinn Lead",
)  # fmt: skip


def at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=LONDON)


def start(council: Council, audit: Audit, key: str, at: datetime = SENT):
    person = db.session.get_one(Person, council.people[key])
    return services.start(audit, person, by=person.id, at=at)


def look(day: date) -> dict[str, set[str]]:
    """What the job did on a day: each new step, with the names of those it told."""
    before = set(db.session.scalars(select(ModerationStep.id)))
    with saving():
        tell_of_late(at_noon(day))
    names = {str(row.id): row.name for row in db.session.query(Person)}
    return {
        row.step: {names[each] for each in row.told}
        for row in db.session.query(ModerationStep)
        if row.id not in before
    }


def climb(first: date, last: date) -> dict[date, dict[str, set[str]]]:
    """The days between on which a step was taken, looking every day."""
    days = (first + timedelta(n) for n in range((last - first).days + 1))
    return {day: steps for day in days if (steps := look(day))}


def notices(key: str = "moderation-late:") -> list[Notice]:
    rows = db.session.query(Notice).filter(Notice.key.startswith(key))
    return rows.order_by(Notice.created_at, Notice.id).all()


def away(council: Council, key: str, deputy: str | None, first: date, last: date) -> None:
    db.session.add(
        Absence(
            person_id=council.people[key],
            first_on=first,
            last_on=last,
            deputy_id=council.people[deputy] if deputy else None,
            noted_by=council.people["qa_lead"],
            noted_at=SENT,
        )
    )
    db.session.flush()


# E6, M0: others: ten working days over the early May bank holiday; at due, the owner; +5 and +10
# (over the spring one, 25 May), the line above.
def test_the_ladder_of_an_audit_that_somebody_has(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council, at=SENT)
    start(council, audit, "review_head")
    assert climb(date(2026, 5, 1), date(2026, 7, 31)) == {
        date(2026, 5, 18): {"due": {RHONA}},
        date(2026, 5, 26): {"team_manager": {DORA}},
        date(2026, 6, 2): {"head_of_service": {DORA}},
    }


# E6: after an Inadequate, two working days; +15 and +20 too, over both May bank holidays.
def test_the_ladder_after_an_inadequate(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council, grade=BAD, at=SENT)
    giving.give(audit, council.people["review_head"], by=council.people["qa_lead"], at=SENT)
    assert climb(date(2026, 5, 1), date(2026, 7, 31)) == {
        date(2026, 5, 6): {"due": {RHONA}},
        date(2026, 5, 13): {"team_manager": {DORA}},
        date(2026, 5, 20): {"head_of_service": {DORA}},
        date(2026, 5, 28): {"service_director": {DORA}},
        date(2026, 6, 4): {"corporate_director": {DORA}},
    }


# E6: a concern: everybody up to the service director at once, the corporate director a day later.
def test_the_ladder_of_a_concern_over_christmas(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council, at=at_noon(date(2026, 12, 22)))
    a_concern(audit)
    start(council, audit, "review_head", at_noon(date(2026, 12, 22)))
    assert climb(date(2026, 12, 22), date(2027, 1, 31)) == {
        date(2026, 12, 24): {"priority_due": {RHONA, DORA}},
        date(2026, 12, 29): {"priority_corporate_director": {DORA}},
    }


# M0: over Easter; where nobody has it: the QA lead, and the heads of other services who could.
def test_an_audit_that_nobody_has_over_easter(context: Flask, council: Council) -> None:
    a_submitted_audit(council, grade=BAD, at=at_noon(date(2026, 4, 2)))
    assert climb(date(2026, 4, 2), date(2026, 4, 15)) == {
        date(2026, 4, 8): {"due": {QUINN, HUGH, RHONA}},
        date(2026, 4, 15): {"team_manager": {DORA}},
    }


# M2: somebody of the audited service only where there is nobody else.
def test_ones_own_service_is_told_last(context: Flask, council: Council) -> None:
    chairs = {"auditor": "chair", "case": "100003", "grade": BAD, "at": SENT}
    a_submitted_audit(council, **chairs)
    assert look(date(2026, 5, 6)) == {"due": {QUINN, HUGH}}
    for key in ("other_head", "director"):
        away(council, key, None, date(2026, 5, 1), date(2026, 5, 31))
    a_submitted_audit(council, **chairs)
    assert look(date(2026, 5, 7)) == {"due": {QUINN, HETTY}}


# M0: the days are London's, in the night of the change to summer time and from it.
@pytest.mark.parametrize(
    ("sent", "before", "due"),
    [
        # 29 March 2026: 00:30 on Monday in London is still Sunday in UTC
        (
            datetime(2026, 3, 29, 23, 30, tzinfo=UTC),
            datetime(2026, 3, 31, 22, 59, tzinfo=UTC),
            datetime(2026, 3, 31, 23, 1, tzinfo=UTC),
        ),
        # 25 October 2026: winter time again, London and UTC agree
        (
            datetime(2026, 10, 24, 23, 30, tzinfo=UTC),
            datetime(2026, 10, 26, 23, 59, tzinfo=UTC),
            datetime(2026, 10, 27, 0, 1, tzinfo=UTC),
        ),
    ],
)
def test_the_day_turns_over_in_london(
    context: Flask, council: Council, sent: datetime, before: datetime, due: datetime
) -> None:
    a_submitted_audit(council, grade=BAD, at=sent)
    assert tell_of_late(before)["steps"] == 0
    assert tell_of_late(due)["steps"] == 1


# M5: a second moderator's clock is five working days from the day of the disagreement.
def test_the_second_moderators_clock(context: Flask, council: Council) -> None:
    audit = answered(asked(council, at=SENT), "overall", at=at_noon(date(2026, 5, 21))).audit
    assert climb(date(2026, 5, 21), date(2026, 6, 1)) == {date(2026, 5, 29): {"due": {QUINN, DORA}}}
    (step,) = db.session.query(ModerationStep)
    assert step.clock is ModerationClock.SECOND
    second_taken(council, audit)
    # Nobody is above the corporate director: the QA lead is told.
    assert look(date(2026, 6, 5)) == {"team_manager": {QUINN}}


# M3: of a blind one only the QA lead and directors, who can read it anyway, are told.
@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize("grade", GRADES)
def test_no_possible_moderator_is_told_of_a_blind_one(
    context: Flask, council: Council, grade: Grade, begun: bool
) -> None:
    audit = a_submitted_audit(council, grade=grade, at=SENT)
    chosen(audit, blind=True)
    if begun:
        start(council, audit, "review_head")
    else:
        giving.give(audit, council.people["review_head"], by=council.people["qa_lead"], at=SENT)
    steps = climb(date(2026, 5, 1), date(2026, 7, 31))
    told = set[str]().union(*(names for day in steps.values() for names in day.values()))
    assert told == {QUINN, DORA}
    assert next(iter(steps.values())) == {"due": {QUINN}}
    assert not db.session.query(Notice).filter(
        Notice.key.startswith("moderation-late:"),
        Notice.person_id == council.people["review_head"],
    ).count()  # fmt: skip


def test_a_blind_one_that_was_revealed_is_like_any_other(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council, at=SENT)
    chosen(audit, blind=True)
    moderation = start(council, audit, "review_head")
    moderation.revealed_at = SENT
    db.session.flush()
    assert look(date(2026, 5, 18)) == {"due": {RHONA}}


# E6: away: the deputy, or the next up; and the QA lead, who alone can move it.
@pytest.mark.parametrize(("deputy", "told"), [("head", {HETTY, QUINN}), (None, {DORA, QUINN})])
def test_somebody_away_has_a_deputy_or_the_next_up(
    context: Flask, council: Council, deputy: str | None, told: set[str]
) -> None:
    start(council, a_submitted_audit(council, at=SENT), "review_head")
    away(council, "review_head", deputy, date(2026, 5, 10), date(2026, 5, 30))
    assert look(date(2026, 5, 18)) == {"due": told}


# E6: a post without anybody is passed over; with nobody left in the line, the QA lead is told.
def test_a_vacant_post_is_passed_over(context: Flask, council: Council) -> None:
    start(council, a_submitted_audit(council, at=SENT), "review_head")
    held = db.session.query(PostHolding).filter_by(person_id=council.people["director"]).one()
    held.ended_on = date(2026, 5, 1)
    db.session.flush()
    assert climb(date(2026, 5, 18), date(2026, 5, 26)) == {
        date(2026, 5, 18): {"due": {RHONA}},
        date(2026, 5, 26): {"team_manager": {QUINN}},
    }


def test_somebody_who_left_is_taken_for_away(context: Flask, council: Council) -> None:
    start(council, a_submitted_audit(council, at=SENT), "review_head")
    rhona = db.session.get_one(Person, council.people["review_head"])
    rhona.left_on = date(2026, 5, 4)
    db.session.flush()
    assert climb(date(2026, 5, 18), date(2026, 5, 26)) == {
        date(2026, 5, 18): {"due": {QUINN}},
        date(2026, 5, 26): {"team_manager": {DORA}},
    }


# E6: once each, however often one looks; after an outage one message a person with a list.
def test_after_an_outage_everybody_gets_one_message(context: Flask, council: Council) -> None:
    made = [a_submitted_audit(council, grade=BAD, at=SENT) for _ in range(40)]
    for audit in made[:3]:
        start(council, audit, "review_head")
    assert set(look(date(2026, 6, 8))) == {
        "due", "team_manager", "head_of_service", "service_director", "corporate_director",
    }  # fmt: skip
    told = {notice.person_id for notice in notices()}
    assert len(notices()) == len(told) == 4  # Rhona, Hugh, Quinn, Dora
    rhona = next(each for each in notices() if each.person_id == council.people["review_head"])
    assert rhona.subject == "40 audits to be moderated, due or late"
    assert rhona.body.startswith(
        f"Yours to moderate: {made[0].reference} (33 days late, 6 May 2026)"
    )
    assert "Waiting for a moderator: " in rhona.body
    assert "; and " in rhona.body
    assert max(len(each.body) for each in notices()) <= 2_000
    assert look(date(2026, 6, 8)) == {}
    assert len(notices()) == 4


# Notices hold references only: no grade, nothing of the case.
def test_a_notice_says_which_audit_and_when(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council, grade=BAD, at=SENT)
    start(council, audit, "review_head")
    look(date(2026, 5, 6))
    (notice,) = notices()
    assert notice.subject == f"Moderation of audit {audit.reference}: due today"
    assert notice.body == f"Yours to moderate: {audit.reference} (due today, 6 May 2026)."
    assert notice.path == "/moderation/"
    look(date(2026, 5, 13))
    notice = notices()[-1]
    assert (notice.person_id, notice.path) == (council.people["director"], "/")
    assert notice.body.startswith("With somebody else, and you can see that it is done:")


# I1: each step is in the audit's history.
def test_each_step_is_in_the_history(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council, at=SENT)
    start(council, audit, "review_head")
    look(date(2026, 5, 26))
    events = [e for e in history.timeline(audit_id=audit.id) if e.verb == "moderation_late"]
    assert {event.sentence for event in events} == {
        "Told of what is late: whoever has it, on the due date",
        "Told of what is late: team manager, 5 working days late",
    }
    assert {event.actor_id for event in events} == {None}
    assert history.verify().intact


# M0: a concern that is raised moves the clock, and the new one begins anew.
def test_a_moved_clock_begins_anew(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council, at=SENT)
    start(council, audit, "review_head")
    assert look(date(2026, 5, 18)) == {"due": {RHONA}}
    a_concern(audit)
    assert set(look(date(2026, 5, 19))) == {"priority_due", "priority_corporate_director"}
    assert {row.due_on for row in db.session.query(ModerationStep)} == {
        date(2026, 5, 18), date(2026, 5, 6),
    }  # fmt: skip


# M0: nothing is late of what was finished, not chosen, imported, or waits for its auditor.
def test_what_is_not_late(context: Flask, council: Council) -> None:
    chosen(a_submitted_audit(council, at=SENT), selected=False)
    a_submitted_audit(council, at=SENT).source = AuditSource.IMPORTED
    asked(council, at=SENT)
    db.session.flush()
    assert look(date(2026, 9, 1)) == {}


# M0: how long and how steep are settings, as they stood when it was sent.
def test_the_clocks_are_settings(context: Flask, council: Council) -> None:
    hold("moderate_within", 3)
    hold("ladder_team_manager", 1)
    start(council, a_submitted_audit(council, at=SENT), "review_head")
    assert climb(date(2026, 5, 1), date(2026, 5, 9)) == {
        date(2026, 5, 7): {"due": {RHONA}},
        date(2026, 5, 8): {"team_manager": {DORA}},
    }


def test_it_is_one_of_the_jobs_that_run_by_the_clock(app: Flask, council: Council) -> None:
    with app.app_context(), saving():
        a_submitted_audit(council, grade=BAD, at=SENT)
    with app.app_context():
        (outcome,) = [
            each for each in run_all(SCHEDULED, at_noon(date(2026, 5, 6)))
            if each.name == "late moderations"
        ]  # fmt: skip
    assert (outcome.error, outcome.counts) == ("", {"steps": 1, "people": 3})


AT_ONCE = 8


# E6: of many machines that look at the same moment, each step is taken by exactly one.
def test_eight_at_once_take_each_step_once(app: Flask, council: Council) -> None:
    with app.app_context(), saving():
        for number in range(12):
            audit = a_submitted_audit(council, grade=GRADES[number % 4], at=SENT)
            if number % 3 == 0:
                start(council, audit, "review_head")
    together, outcomes = Barrier(AT_ONCE), []

    def run() -> None:
        with app.app_context():
            together.wait()
            with saving():
                outcomes.append(tell_of_late(at_noon(date(2026, 6, 8))))
            db.session.remove()

    threads = [Thread(target=run) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        steps = db.session.query(ModerationStep).count()
        # Twelve audits climb three steps, the three Inadequate ones five.
        assert steps == 9 * 3 + 3 * 5
        assert sorted(each["steps"] for each in outcomes) == [0] * (AT_ONCE - 1) + [steps]
        assert db.session.query(Event).filter_by(verb="moderation_late").count() == steps
        told = [notice.person_id for notice in notices()]
        assert len(told) == len(set(told)) == 4
        assert history.verify().intact
