"""The moderation queue: what is in it, for whom, in which order (M0 to M3, M5, A12)."""

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_app.accounts.models import Person
from qa_app.accounts.queries import actor
from qa_app.audits.models import Audit, AuditSource
from qa_app.audits.queries.choosing import is_to_be_blind, standing_choice
from qa_app.database import db, now
from qa_app.domain.calendar import london_date
from qa_app.domain.grades import GRADES, Grade
from qa_app.domain.permissions import Party, Role, Scope
from qa_app.domain.workflow import AuditState
from qa_app.moderation import queries, services
from qa_app.moderation.models import ModerationStage
from qa_app.moderation.queries.inhand import in_hand, is_blind, on_its_way
from qa_app.moderation.services import giving
from tests.council import Council, grant, hold
from tests.moderation.blind_world import first_grades
from tests.moderation.choosing import chosen
from tests.moderation.dialogue import disputed, second_taken
from tests.moderation.factory import a_concern, a_submitted_audit, tie

OUT, GOOD, RI, BAD = GRADES
TODAY = london_date(now())


def days_ago(days: int) -> datetime:
    return now() - timedelta(days=days)


def queue(council: Council, key: str = "review_head") -> queries.Queue:
    return queries.queue_for(council.people[key], TODAY)


def references(rows: list[queries.Waiting]) -> list[str]:
    return [row.audit.reference for row in rows]


def start(council: Council, audit: Audit, key: str = "review_head"):
    person = db.session.get_one(Person, council.people[key])
    return services.start(audit, person, by=person.id, at=now())


# Each: (grade, blind, concern, days ago), in the order in which the queue has them.
ORDER = [
    # M0: a concern first; among these an Inadequate, then the older one
    (BAD, False, True, 1),
    (GOOD, False, True, 2),
    # M0: then Inadequate, the older one first
    (BAD, False, False, 9),
    (BAD, False, False, 3),
    # M3: then by age alone, the blind ones among the others, whatever their grade
    (OUT, False, False, 8),
    (BAD, True, False, 7),
    (GOOD, False, False, 6),
    (OUT, True, False, 5),
    (RI, False, False, 4),
]


def test_the_order_of_the_queue(context: Flask, council: Council) -> None:
    wanted = {}
    for place in (4, 8, 0, 6, 2, 7, 1, 5, 3):
        grade, blind, concern, days = ORDER[place]
        audit = a_submitted_audit(council, grade=grade, at=days_ago(days))
        chosen(audit, blind=blind)
        if concern:
            a_concern(audit)
        wanted[place] = audit.reference
    assert references(queue(council).free) == [wanted[place] for place in range(len(ORDER))]


# M2: one's own service comes last in the choice, and is flagged; within it the order is the same.
def test_ones_own_service_comes_last(context: Flask, council: Council) -> None:
    own = [
        a_submitted_audit(council, auditor="other_auditor", grade=grade, at=days_ago(days))
        for grade, days in ((GOOD, 9), (BAD, 1))
    ]
    other = a_submitted_audit(council, auditor="chair", case="100004", at=days_ago(2))
    found = queue(council, "head").free
    assert references(found) == [each.reference for each in (other, own[1], own[0])]
    assert [row.review.own_service for row in found] == [False, True, True]


# M1: what was not chosen is in no queue, until a concern is raised about it.
def test_an_audit_that_was_not_chosen_is_absent(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council)
    chosen(audit, selected=False)
    for key in ("review_head", "head", "director"):
        found = queue(council, key)
        assert found == queries.Queue()
    a_concern(audit)
    assert references(queue(council).free) == [audit.reference]


# M3: nothing in a blind row depends on what the auditor judged, wherever it stands.
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=8, deadline=None
)
@given(grades=st.lists(st.sampled_from(GRADES), min_size=4, max_size=4))
def test_shuffling_the_grades_of_blind_audits_moves_nothing(context, council, grades) -> None:
    made = [a_submitted_audit(council, grade=grade, at=days_ago(5 + place))
            for place, grade in enumerate(grades)]  # fmt: skip
    for audit in made:
        chosen(audit, blind=True)
        audit.facts_until = TODAY
    db.session.flush()
    for key, part in (("review_head", "free"), ("head", "barred")):
        rows = getattr(queue(council, key), part)
        order = [row.audit for row in rows if row.audit in made]
        assert order == made[::-1]
        for row in (row for row in rows if row.audit in made):
            assert row.blind
            assert (row.grade, row.due, row.working_days) == (None, None, 0)
            assert row.facts_until == TODAY
    db.session.rollback()


# A12, M3: an Inadequate is not held up by the check of its facts, a blind one is, like any other.
@pytest.mark.parametrize(
    ("grade", "blind", "concern", "held"),
    [
        (BAD, False, False, False),
        (GOOD, False, False, True),
        (GOOD, False, True, False),
        (BAD, True, False, True),
        (GOOD, True, False, True),
        (GOOD, True, True, False),
    ],
)
def test_what_the_check_of_the_facts_holds_up(
    context: Flask, council: Council, grade: Grade, blind: bool, concern: bool, held: bool
) -> None:
    audit = a_submitted_audit(council, grade=grade)
    chosen(audit, blind=blind)
    audit.facts_until = TODAY
    if concern:
        a_concern(audit)
    db.session.flush()
    (row,) = queue(council).free
    assert (row.facts_until is not None) is held
    assert (queue(council).next is None) is held


# M3: whoever can read it cannot moderate it blind, and is told why; whatever the grade.
@pytest.mark.parametrize("grade", GRADES)
def test_a_reader_is_barred_from_a_blind_one_in_words(
    context: Flask, council: Council, grade: Grade
) -> None:
    chosen(a_submitted_audit(council, grade=grade, auditor="other_auditor"), blind=True)
    (row,) = queue(council, "head").barred
    assert row.why_not("Hetty Head") == (
        "Hetty Head can already read this audit, so cannot moderate it blind"
    )
    assert queue(council).free[0].blind


BARS = [
    # M2: the auditor's line manager
    ("head", "Hetty Head is the auditor's line manager"),
    # M2: the second auditor bars as the first does
    ("other_head", "Hugh Head is the second auditor's line manager"),
    # M2: the child's reviewing officer
    ("review_head", "Rhona Head is this child's independent reviewing officer"),
]


@pytest.mark.parametrize(("key", "words"), BARS)
def test_the_queue_says_why_not_you(context: Flask, council: Council, key: str, words: str) -> None:
    audit = a_submitted_audit(council)
    tie(council, audit, "other_auditor", Party.CO_AUDITOR)
    tie(council, audit, "review_head", Party.IRO)
    (row,) = queue(council, key).barred
    assert row.why_not(words[: words.index(" Head") + 5]) == words


# M2: given to somebody, nobody else takes it: they see to whom.
def test_an_audit_given_to_somebody_is_theirs_alone(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council)
    giving.give(audit, council.people["other_head"], by=council.people["qa_lead"], at=now())
    assert references(queue(council, "other_head").given) == [audit.reference]
    assert queue(council, "other_head").next.audit is audit
    (row,) = queue(council).barred
    assert row.why_not("Rhona Head") == "Given to Hugh Head"
    with pytest.raises(Exception, match="was given to Hugh Head"):
        start(council, audit)
    assert audit.state is AuditState.AWAITING_MODERATION
    assert start(council, audit, "other_head").state == "open"
    mine = queue(council, "other_head")
    assert (references(mine.mine), mine.given) == ([audit.reference], [])
    assert queue(council) == queries.Queue()


def test_of_what_one_moderates_blind_the_row_tells_nothing(context: Flask, council: Council):
    audit = a_submitted_audit(council, grade=BAD)
    chosen(audit, blind=True)
    moderation = start(council, audit)
    (row,) = queue(council).mine
    assert (row.blind, row.grade, row.due) == (True, None, None)
    services.commit_first(
        moderation, first_grades(moderation), by=moderation.moderator_id, at=now()
    )
    (row,) = queue(council).mine
    assert (row.blind, row.grade) == (False, BAD)
    assert row.due is not None


SECONDS = [
    # M5: senior to the first moderator, with a clock of five working days
    ("director", "seconds"),
    # M5: not senior: it is none of their business
    ("review_head", ""),
    # M5: nor the first moderator's, nor (M2) the auditor's line manager's
    ("other_head", ""),
    ("head", ""),
]


@pytest.mark.parametrize(("key", "part"), SECONDS)
def test_who_sees_that_a_second_moderator_is_wanted(
    context: Flask, council: Council, key: str, part: str
) -> None:
    audit = disputed(council)
    found = queue(council, key)
    parts = ("mine", "given", "seconds", "free", "barred")
    assert [each for each in parts if getattr(found, each)] == ([part] if part else [])
    if part:
        (row,) = found.seconds
        assert (row.second, row.working_days, row.audit) == (True, 5, audit)
        assert row.due > TODAY


# M5: a named outsider sees it; somebody senior then sees to whom it was given.
def test_a_named_outsider_sees_it_and_the_senior_one_sees_who(
    context: Flask, council: Council
) -> None:
    audit = disputed(council)
    director = council.people["director"]
    tie(council, audit, "director", Party.CHAIR)
    given = giving.give(
        audit, council.people["review_head"], outsider=True, reason="Nobody is senior",
        by=council.people["qa_lead"], at=now(),
    )  # fmt: skip
    assert (given.stage, given.outsider) == (ModerationStage.SECOND, True)
    assert references(queue(council).seconds) == [audit.reference]
    db.session.delete(next(each for each in audit.parties if each.person_id == director))
    db.session.flush()
    db.session.expire(audit)
    (row,) = queue(council, "director").barred
    assert row.why_not("Dora Director") == "Given to Rhona Head"
    moderation = second_taken(council, audit, "review_head")
    (row,) = queue(council).mine
    assert (row.moderation_id, row.second, row.blind) == (moderation.id, True, False)


# M0: no clock runs on an imported audit; it comes after the others.
def test_an_imported_audit_has_no_clock(context: Flask, council: Council) -> None:
    old = a_submitted_audit(council, grade=BAD, at=days_ago(99))
    old.source = AuditSource.IMPORTED
    new = a_submitted_audit(council, grade=OUT, at=days_ago(1))
    found = queue(council).free
    assert references(found) == [new.reference, old.reference]
    assert (found[1].due, found[1].blind) == (None, False)


# M0: the clock of each audit runs from its submission, as the settings stood on that day.
@pytest.mark.parametrize(
    ("grade", "concern", "sent", "due", "days"),
    [
        (BAD, False, date(2026, 4, 2), date(2026, 4, 8), 2),
        (GOOD, True, date(2026, 12, 24), date(2026, 12, 30), 2),
        (GOOD, False, date(2026, 5, 1), date(2026, 5, 18), 10),
    ],
)
def test_the_clock_over_a_bank_holiday(
    context: Flask, council: Council, grade: Grade, concern: bool, sent: date, due: date, days: int
) -> None:
    at = datetime(sent.year, sent.month, sent.day, 15, tzinfo=now().tzinfo)
    audit = a_submitted_audit(council, grade=grade, at=at)
    if concern:
        a_concern(audit)
    row = queries.queue_for(council.people["review_head"], sent).free[0]
    assert (row.due, row.working_days, row.waited) == (due, days, 0)
    hold("moderate_within", 3)
    hold("moderate_urgent_within", 1)
    assert queries.queue_for(council.people["review_head"], sent).free[0].due < due


# M3: the order's SQL, what is shown, and the choosing agree on which audits are blind.
def test_sql_and_python_agree_on_what_is_blind(context: Flask, council: Council) -> None:
    made = []
    for number in range(8):
        audit = a_submitted_audit(council, grade=GRADES[number % 4])
        choice = chosen(audit, blind=number != 1)
        made.append(audit)
        if number == 2:
            a_concern(audit)
        if number == 3:
            choice.sighted_at, choice.sighted_by = now(), council.people["qa_lead"]
        if number == 4:
            audit.graded = False
        if number == 5:
            chosen(audit, blind=False)
    start(council, made[6])
    start(council, made[7]).revealed_at = now()
    db.session.flush()
    in_sql = {row.audit.id for row in in_hand(on_its_way(), is_blind())}
    in_python = {row.audit.id for row in in_hand(on_its_way()) if row.blind}
    waiting = {
        each.id for each in made[:6]
        if is_to_be_blind(each, standing_choice(each.id), each is made[2])
    }  # fmt: skip
    assert in_sql == in_python == waiting | {made[6].id}
    assert waiting == {made[0].id}


def test_the_roles_may_be_handed_in(context: Flask, council: Council) -> None:
    grant(council, "review_head", Role.MODERATOR, Scope.SERVICE, "SAFE")
    chosen(a_submitted_audit(council), blind=True)
    person_id = council.people["review_head"]
    found = queries.queue_for(person_id, TODAY, actor(person_id, TODAY))
    assert found.barred[0].reasons == queue(council).barred[0].reasons != ()


def test_a_long_queue_says_that_there_is_more(
    context: Flask, council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qa_app.moderation.queries.waiting.SHOWN", 2)
    made = [a_submitted_audit(council, at=days_ago(days)) for days in (9, 8, 7)]
    start(council, made[2])
    found = queue(council)
    # What one has begun is never behind what waits.
    assert references(found.mine + found.free) == [made[2].reference, made[0].reference]
    assert found.more
