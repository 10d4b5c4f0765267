"""The auditor's answer, its clock, and what no answer means (M4, M5)."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app import history
from qa_app.accounts import settings
from qa_app.accounts.models import Absence, Person
from qa_app.audits.models import Audit, GradeSource
from qa_app.audits.queries import standing_grades
from qa_app.database import db, now, saving
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState
from qa_app.history import Event
from qa_app.moderation import queries, services
from qa_app.moderation.jobs import SCHEDULED
from qa_app.moderation.models import AuditorsAnswer, Moderation, ModerationReply
from qa_app.moderation.services import Answered
from qa_app.notify.models import Notice
from tests.council import Council, find
from tests.moderation.dialogue import GOOD, RI, answered, asked
from tests.moderation.factory import sections_to_grade, tie

SENT = datetime(2026, 11, 18, 10, 0, tzinfo=UTC)
DUE = date(2026, 11, 25)


def noon(day: date) -> datetime:
    """Noon of a day in winter, when London keeps UTC."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)


def away(council: Council, key: str, first: date, last: date) -> Absence:
    """Somebody is away."""
    person = council.people[key]
    row = Absence(person_id=person, first_on=first, last_on=last, noted_by=person, noted_at=SENT)
    db.session.add(row)
    db.session.flush()
    return row


def told(kind: str) -> list[Notice]:
    """The notices whose key begins so, in the order of their keys."""
    return list(db.session.scalars(select(Notice).where(Notice.key.like(f"{kind}:%"))))


def verbs(audit: Audit) -> list[str]:
    """What happened, newest first."""
    return [event.verb for event in history.timeline(audit_id=audit.id)]


# M4: accepted: final with the moderator's grades; the moderator and both auditors are told.
def test_accepting_makes_it_final_with_the_moderators_grades(
    context: Flask, council: Council
) -> None:
    moderation = asked(council)
    tie(council, moderation.audit, "iro", Party.CO_AUDITOR)
    with saving():
        answered(moderation)
    audit = moderation.audit
    assert (audit.state, audit.final_grade, audit.auditor_grade) == (AuditState.FINAL, RI, GOOD)
    assert moderation.answer is AuditorsAnswer.ACCEPTED
    replies = queries.replies_of(moderation.id)
    assert {code: reply.accepts for code, reply in replies.items()} == {
        "overall": True, "risk": True,
    }  # fmt: skip
    final = standing_grades(audit.id, GradeSource.FINAL)
    assert len(final) == len(sections_to_grade(audit)) + 1
    assert sum(grade is RI for grade in final.values()) == 2
    assert verbs(audit)[:2] == ["audit_final", "moderation_answered"]
    assert [each.person_id for each in told("answered")] == [council.people["other_head"]]
    assert {each.person_id for each in told("final")} == {
        council.people["auditor"], council.people["iro"],
    }  # fmt: skip


# M5: disagreeing with any of them, with words: a second moderator is needed.
@pytest.mark.parametrize("refused", [("overall",), ("risk",), ("overall", "risk")])
def test_disagreeing_asks_for_a_second_moderator(
    context: Flask, council: Council, refused: tuple[str, ...]
) -> None:
    moderation = asked(council)
    with saving():
        answered(moderation, *refused)
    audit = moderation.audit
    assert (audit.state, audit.final_grade) == (AuditState.AWAITING_SECOND, None)
    assert moderation.answer is AuditorsAnswer.DISAGREED
    lines = queries.side_by_side(audit)
    disputed = queries.disputed(lines, queries.replies_of(moderation.id))
    # Overall is always decided again, whichever grade it was about.
    assert [line.code for line in disputed] == ["overall", *(["risk"] if "risk" in refused else [])]
    assert [each.person_id for each in told("second-needed")] == [council.people["qa_lead"]]
    assert [each.person_id for each in told("answered")] == [council.people["other_head"]]
    sentence = history.timeline(audit_id=audit.id)[0].sentence
    assert sentence == f"Answered the moderator: disagreed with {len(refused)} of 2 grades"


INCOMPLETE = [
    # M4: every grade that differs is answered
    ({"overall": Answered(True)}, "risk_view"),
    ({}, "overall_view"),
    # M4: disagrees and says why
    ({"overall": Answered(True), "risk": Answered(False, "  ")}, "risk_words"),
]


@pytest.mark.parametrize(("answers", "field"), INCOMPLETE)
def test_an_answer_is_complete(context: Flask, council: Council, answers, field: str) -> None:
    moderation = asked(council)
    with pytest.raises(DomainError) as refused:
        services.answer(moderation, answers, by=council.people["auditor"], at=now())
    assert refused.value.field == field
    assert moderation.audit.state is AuditState.IN_DISCUSSION


# M4: the auditor answers, once; nobody else does.
def test_only_the_auditor_answers_and_only_once(context: Flask, council: Council) -> None:
    moderation = asked(council)
    for key in ("other_head", "qa_lead", "manager"):
        with pytest.raises(services.NotAskedNow):
            answered(moderation, by=council.people[key])
    with saving():
        answered(moderation, "overall")
    with pytest.raises(services.NotAskedNow):
        answered(moderation)
    assert db.session.query(ModerationReply).count() == 2


@pytest.mark.parametrize(
    ("sent", "due"),
    [
        # M4: five working days
        (SENT, DUE),
        # M4: London's day counts: 23:30 UTC in summer is the next day there
        (datetime(2026, 7, 14, 23, 30, tzinfo=UTC), date(2026, 7, 22)),
        # M4: Christmas 2026, with Boxing Day's substitute on the 28th
        (datetime(2026, 12, 22, 9, tzinfo=UTC), date(2026, 12, 31)),
        # M4: Easter 2027: Good Friday on 26 March, Easter Monday on the 29th
        (datetime(2027, 3, 23, 9, tzinfo=UTC), date(2027, 4, 1)),
    ],
)
def test_the_answer_is_due_after_five_working_days(
    context: Flask, council: Council, sent: datetime, due: date
) -> None:
    assert asked(council, sent).answer_due_on == due
    assert services.answer_due(sent, council.people["auditor"]) == due


def test_the_time_for_an_answer_is_a_setting(context: Flask, council: Council) -> None:
    with saving():
        settings.change(
            "auditor_answers_within", "2", valid_from=SENT.date(),
            by=council.people["administrator"], at=SENT,
        )  # fmt: skip
    assert asked(council, SENT).answer_due_on == date(2026, 11, 20)


# M4: absence pauses the clock: known when it is sent, and noted afterwards.
def test_days_away_are_not_counted(context: Flask, council: Council) -> None:
    away(council, "auditor", date(2026, 11, 19), date(2026, 11, 23))
    away(council, "other_head", date(2026, 11, 24), date(2026, 11, 30))
    moderation = asked(council, SENT)
    assert moderation.answer_due_on == date(2026, 11, 30)
    later = away(council, "auditor", date(2026, 11, 30), date(2026, 12, 1))
    for _ in range(3):
        with saving():
            services.stand_without_reply(noon(date(2026, 11, 29)))
    assert moderation.answer_due_on == date(2026, 12, 2)
    assert verbs(moderation.audit).count("moderation_paused") == 1
    assert {each.person_id for each in told("answer-moved")} == {
        council.people["auditor"], council.people["other_head"],
    }  # fmt: skip
    # A day that was promised stays, also where the absence is ended.
    later.ended_at = SENT
    db.session.flush()
    services.stand_without_reply(noon(date(2026, 11, 29)))
    assert moderation.answer_due_on == date(2026, 12, 2)


# M4: an absence that somebody notes only when its days are over saves the auditor's answer still.
def test_an_absence_noted_at_the_last_moment_counts(context: Flask, council: Council) -> None:
    moderation = asked(council, SENT)
    away(council, "auditor", date(2026, 11, 20), DUE)
    done = services.stand_without_reply(noon(DUE + timedelta(days=1)))
    assert done == {"answers due later": 1, "audits without a reply made final": 0}
    assert moderation.audit.state is AuditState.IN_DISCUSSION


# M5: the whole last day counts, London's; from the next one on the moderator's grade stands.
@pytest.mark.parametrize(
    ("at", "stands"),
    [
        (noon(DUE), False),
        (datetime(2026, 11, 25, 23, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 26, 0, 1, tzinfo=UTC), True),
    ],
)
def test_without_an_answer_in_time_the_moderators_grades_stand(
    context: Flask, council: Council, at: datetime, stands: bool
) -> None:
    moderation = asked(council, SENT)
    with saving():
        counts = services.stand_without_reply(at)
    assert counts["audits without a reply made final"] == stands
    audit = moderation.audit
    if not stands:
        assert audit.state is AuditState.IN_DISCUSSION
        return
    assert (audit.state, audit.final_grade) == (AuditState.FINAL, RI)
    assert moderation.answer is AuditorsAnswer.NO_REPLY
    assert queries.side_by_side(audit)[0].final.reason == (
        "The moderator's grade: the auditor did not reply in time"
    )
    assert verbs(audit)[:2] == ["audit_final", "moderation_no_reply"]
    assert [each.person_id for each in told("answered")] == [council.people["other_head"]]
    with pytest.raises(services.NotAskedNow):
        answered(moderation)


def leave(council: Council, key: str, last_on: date) -> None:
    """Somebody leaves the council, with this day as their last."""
    db.session.get_one(Person, council.people[key]).left_on = last_on
    db.session.flush()


# M5: for an auditor who left, an absence counts up to their last day: nobody comes back from it.
@pytest.mark.parametrize("told_before", [False, True])
def test_an_auditor_who_left_while_away_keeps_no_audit_open(
    context: Flask, council: Council, told_before: bool
) -> None:
    moderation = asked(council, SENT)
    away(council, "auditor", date(2026, 11, 20), date(2027, 6, 30))
    if told_before:
        services.stand_without_reply(noon(date(2026, 11, 21)))
        assert moderation.answer_due_on > date(2027, 6, 30)
    leave(council, "auditor", date(2026, 11, 23))
    # From the 24th on, days count again: 19, 24, 25, 26 and 27 November.
    services.stand_without_reply(noon(date(2026, 11, 27)))
    assert moderation.audit.state is AuditState.IN_DISCUSSION
    services.stand_without_reply(noon(date(2026, 11, 28)))
    assert (moderation.audit.state, moderation.answer) == (
        AuditState.FINAL, AuditorsAnswer.NO_REPLY,
    )  # fmt: skip


# M4, M5: whoever leaves only later is away as anybody else is.
def test_an_auditor_who_will_leave_is_away_until_then(context: Flask, council: Council) -> None:
    moderation = asked(council, SENT)
    away(council, "auditor", date(2026, 11, 20), date(2027, 6, 30))
    leave(council, "auditor", date(2026, 12, 31))
    services.stand_without_reply(noon(date(2026, 12, 30)))
    assert moderation.audit.state is AuditState.IN_DISCUSSION


# M5: an answer after the last day counts as long as nobody has made the audit final.
def test_a_late_answer_is_better_than_none(context: Flask, council: Council) -> None:
    moderation = asked(council, SENT)
    answered(moderation, "overall", at=noon(DUE + timedelta(days=1)))
    services.stand_without_reply(noon(DUE + timedelta(days=2)))
    assert moderation.audit.state is AuditState.AWAITING_SECOND


def test_the_worker_does_it_by_the_clock() -> None:
    assert services.stand_without_reply in [job.run for job in SCHEDULED]


# M5: exactly once, though the job runs on several machines at the same moment, and the auditor
# answers at that moment too: one of them comes first, and the others find it done.
@pytest.mark.parametrize("auditor_too", [False, True])
def test_no_reply_is_exactly_once(app: Flask, council: Council, auditor_too: bool) -> None:
    with app.app_context(), saving():
        moderation_id = asked(council, SENT).id
    late, workers = noon(DUE + timedelta(days=1)), 4
    together, made = threading.Barrier(workers + auditor_too), []

    def run() -> None:
        with app.app_context():
            together.wait()
            with saving():
                made.append(services.stand_without_reply(late))
            db.session.remove()

    def reply() -> None:
        with app.app_context():
            moderation = db.session.get_one(Moderation, moderation_id)
            db.session.rollback()
            together.wait()
            try:
                with saving():
                    services.answer(
                        moderation,
                        {"overall": Answered(True), "risk": Answered(True)},
                        by=council.people["auditor"],
                        at=late,
                    )
            except services.NotAskedNow:
                pass
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(workers)]
    threads += [threading.Thread(target=reply)] * auditor_too
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == workers
    with app.app_context():
        moderation, audit = find(Moderation), find(Audit)
        no_reply = moderation.answer is AuditorsAnswer.NO_REPLY
        assert no_reply or auditor_too
        assert sum(each["audits without a reply made final"] for each in made) == no_reply
        assert audit.state is AuditState.FINAL
        happened = [event.verb for event in db.session.scalars(select(Event))]
        assert happened.count("audit_final") == 1
        assert happened.count("moderation_no_reply") == no_reply
        assert happened.count("moderation_answered") == (not no_reply)
        assert len(told("answered")) == len(told("final")) == 1
        assert len(standing_grades(audit.id, GradeSource.FINAL)) == (
            sum(row.source is GradeSource.FINAL for row in audit.grades)
        )
        assert history.verify().intact
