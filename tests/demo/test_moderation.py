"""The demonstration's moderation: what was drawn, given blind, answered and decided again."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, or_, select

from qa_app.accounts.models import Absence, Person
from qa_app.accounts.queries import actor
from qa_app.audits.models import (
    Amendment,
    Audit,
    AuditSource,
    GradeRow,
    GradeSource,
    ModerationChoice,
    PinnedComment,
)
from qa_app.database import db
from qa_app.demo import programme
from qa_app.demo.making import compose
from qa_app.domain.calendar import Month, add_months, london_date
from qa_app.domain.grades import Grade, Limiting
from qa_app.domain.late import people_told
from qa_app.domain.permissions import Permission, allowed
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import (
    AuditorsAnswer,
    Moderation,
    ModerationMessage,
    ModerationMode,
    ModerationReply,
    ModerationStage,
    ModerationState,
    ModerationTalk,
    ModerationWaiver,
)
from qa_app.moderation.queries import (
    asked_moderation,
    barred_from_blind,
    differing,
    queue_for,
    replies_of,
    second_reviews_of,
    side_by_side,
)
from qa_app.moderation.queries.agreement import PairsAsked
from qa_app.moderation.queries.choices import choices_of, months_chosen
from qa_app.moderation.queries.late import Surroundings, come_due, steps_taken
from qa_app.moderation.queries.learning import decided_again_of
from qa_app.moderation.queries.meeting import standing_meeting
from qa_app.moderation.queries.overtime import over_time
from qa_app.moderation.services import stand_without_reply
from qa_app.moderation.services.late import tell_of_late
from qa_app.standards.models import Section
from tests.demo.conftest import AT, SEED, TODAY
from tests.demo.test_audits import all_audits

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("demo")]

_A, _S = AuditorsAnswer, AuditState


def login(key: str) -> Person:
    return db.session.scalars(select(Person).where(Person.email == f"{key}@demo.example")).one()


def moderations(*conditions) -> list[Moderation]:
    query = select(Moderation).where(*conditions).order_by(Moderation.started_at)
    return list(db.session.scalars(query))


def test_what_was_drawn_in_the_last_year_can_be_drawn_again_from_its_seed():
    # M1: all are moderated; M3: a seeded share of them blind
    months = months_chosen()
    assert months[0] == Month.of(TODAY).first
    assert add_months(months[0], -11) == months[-1]
    for month in months:
        found = choices_of(month)
        assert found.differing == 0
        assert {each.choice.selected for each in found.rows} == {True}
        assert {each.choice.blind_share for each in found.rows} == {20}


def test_about_a_fifth_is_drawn_blind_and_few_were_made_sighted():
    # M3
    choices = list(db.session.scalars(select(ModerationChoice)))
    blind = [each for each in choices if each.blind]
    assert 0.15 < len(blind) / len(choices) < 0.25
    made_sighted = [each for each in blind if each.sighted_at is not None]
    assert 1 <= len(made_sighted) <= 0.15 * len(blind)
    assert all(each.sighted_reason and each.sighted_at > each.at for each in made_sighted)


def test_every_moderation_is_of_the_mode_that_was_drawn():
    # M3: one with a concern is sighted
    choices = {each.audit_id: each for each in db.session.scalars(select(ModerationChoice))}
    for each in moderations(Moderation.stage == ModerationStage.FIRST):
        choice = choices.get(each.audit_id)
        blind = choice is not None and choice.blind and choice.sighted_at is None
        assert (each.mode is ModerationMode.BLIND) == blind, each.audit.reference
    assert len(moderations(Moderation.mode == ModerationMode.BLIND)) > 40


def test_blind_moderators_committed_overall_risk_and_one_other_section_first():
    # M3, M7
    sections = {each.id: each for each in db.session.scalars(select(Section))}
    for each in moderations(
        Moderation.mode == ModerationMode.BLIND, Moderation.state == ModerationState.COMMITTED
    ):
        rows = db.session.scalars(
            select(GradeRow).where(
                GradeRow.audit_id == each.audit_id, GradeRow.source == GradeSource.MODERATOR_BLIND
            )
        ).all()
        graded = [sections[row.section_id] for row in rows if row.section_id is not None]
        assert len(rows) == 3
        assert sorted(section.code for section in graded) == sorted(each.blind_sections)
        assert [section.limiting for section in graded].count(Limiting.RISK) == 1
        assert {(row.at, row.by) for row in rows} == {(each.revealed_at, each.moderator_id)}
        assert each.started_at < each.revealed_at < each.committed_at
        assert each.opened_record  # M2


def test_nobody_moderated_blind_what_they_could_read():
    # M3: by the roles that they hold, leaving aside that they have moderated it since
    for each in moderations(Moderation.mode == ModerationMode.BLIND):
        subject = each.audit.permission_subject()
        others = frozenset(pair for pair in subject.parties if pair[1] != each.moderator_id)
        before = replace(subject, parties=others)
        asking = actor(each.moderator_id, TODAY)
        assert not allowed(Permission.AUDIT_READ, asking, before), each.audit.reference


def test_another_overall_grade_was_answered_and_the_same_one_was_not():
    # M4
    first = Moderation.stage == ModerationStage.FIRST
    asked = Counter()
    for each in moderations(first, Moderation.state == ModerationState.COMMITTED):
        lines = side_by_side(each.audit)
        differs = lines[0].differs
        assert (each.answer_due_on is not None) == differs, each.audit.reference
        if not differs:
            assert each.answer is None
            continue
        asked[each.answer] += 1
        answered = set(replies_of(each.id))
        silent = each.answer in (None, _A.NO_REPLY)
        assert answered == (set() if silent else {line.code for line in differing(lines)})
        if each.answered_at is not None:
            assert each.committed_at < each.answered_at < AT
    assert asked[None] == 1
    assert asked[_A.ACCEPTED] > asked.total() / 2
    assert asked[_A.NO_REPLY] >= 3
    assert asked[_A.DISAGREED] >= 8


def test_without_a_reply_the_moderators_grade_stood_after_the_last_day():
    # M5
    for each in moderations(Moderation.answer == _A.NO_REPLY):
        assert london_date(each.answered_at) == each.answer_due_on + timedelta(days=1)
        assert each.audit.final_at == each.answered_at
        final = side_by_side(each.audit)[0].final
        assert "did not reply in time" in final.reason
        assert final.by is None


def test_a_disagreement_was_decided_by_somebody_senior():
    # M5: about what was disputed; in the others the first moderator's grades stand
    seconds = moderations(
        Moderation.stage == ModerationStage.SECOND, Moderation.state == ModerationState.COMMITTED
    )
    with_auditor = 0
    for each in seconds:
        audit = each.audit
        (first,) = moderations(
            Moderation.audit_id == audit.id, Moderation.stage == ModerationStage.FIRST
        )
        assert first.answer is _A.DISAGREED
        assert first.answered_at < each.started_at < each.committed_at == audit.final_at
        refused = {code for code, reply in replies_of(first.id).items() if not reply.accepts}
        lines = side_by_side(audit)
        assert {line.code for line in lines if line.second is not None} == refused
        for line in lines:
            deciding = line.second or line.moderator
            assert line.final.grade is deciding.grade
            assert line.second is None or line.second_words
        with_auditor += audit.final_grade is audit.auditor_grade
    assert 2 <= with_auditor < len(seconds)
    by_second = {}
    for each in seconds:
        by_second.setdefault(each.moderator_id, []).append(each.audit)
    for person_id, audits in by_second.items():
        for review in second_reviews_of(audits, person_id, TODAY).values():
            # They have moderated it by now: that is all that keeps them from it.
            assert {bar.rule for bar in review.bars} == {"M5"}
            assert "senior" not in review.sentence("Somebody")


def test_somebody_one_signs_in_as_was_decided_against():
    assert decided_again_of(login("head.of.service").id).rows


def test_agreement_is_shown_for_at_least_twelve_months():
    # M9: from ten audits on
    months = Month.of(add_months(TODAY, -17)), Month.of(TODAY)
    assert len(over_time(PairsAsked(*months, AT)).shown) >= 12


def test_the_moderator_one_signs_in_as_has_one_of_each_kind():
    # M0, M1, M3
    head = login("head.of.service")
    queue = queue_for(head.id, TODAY)
    hidden, drafted = sorted(queue.mine, key=lambda row: not row.blind)
    assert (hidden.blind, drafted.blind) == (True, False)
    draft = db.session.get_one(Moderation, drafted.moderation_id)
    assert draft.draft["agreement"] == "except"
    assert draft.draft_saved_at < AT
    assert [row.blind for row in queue.given] == [False]
    takeable = [row for row in queue.free if row.blind and row.facts_until is None]
    assert takeable
    assert not barred_from_blind(actor(head.id, TODAY), [row.audit for row in takeable])


def test_what_is_graded_blind_now_is_kept_from_its_moderator():
    # M3: with what came of it on the tracker
    (hidden,) = (
        each for each in moderations(Moderation.state == ModerationState.OPEN) if each.hidden
    )
    asking = actor(hidden.moderator_id, TODAY)
    assert not allowed(Permission.AUDIT_READ, asking, hidden.audit.permission_subject())
    assert hidden.blind_sections
    assert not hidden.draft


def test_the_director_can_decide_one_disagreement_and_is_deciding_another():
    # M5
    queue = queue_for(login("director").id, TODAY)
    assert len(queue.seconds) == 1
    assert [row.second for row in queue.mine].count(True) == 1


def test_the_auditor_is_asked_and_talks_with_the_moderator():
    # M4
    (audit,) = all_audits(Audit.state == _S.IN_DISCUSSION)
    moderation = asked_moderation(audit)
    assert audit.auditor_id == login("auditor").id
    assert moderation.answer_due_on > TODAY
    said = list(
        db.session.scalars(
            select(ModerationMessage)
            .where(ModerationMessage.audit_id == audit.id)
            .order_by(ModerationMessage.at)
        )
    )
    assert [each.by == audit.auditor_id for each in said] == [False, True, False]
    assert standing_meeting(audit).starts_at > AT
    assert london_date(standing_meeting(audit).starts_at) <= moderation.answer_due_on


def test_what_is_returned_says_what_is_to_be_corrected():
    # M6
    for audit in all_audits(Audit.state == _S.RETURNED):
        pins = db.session.scalars(
            select(PinnedComment).where(PinnedComment.audit_id == audit.id)
        ).all()
        mine = audit.auditor_id == login("auditor").id
        assert [each.answered_at is None for each in pins].count(False) == mine
        assert len(pins) == (2 if mine else 1)


def test_late_moderations_have_climbed_the_ladder_to_the_people_it_would_tell():
    # M0, E6
    due = [each for each in come_due(TODAY) if each.due_on < TODAY]
    taken = steps_taken([each.row.audit.id for each in due])
    around = Surroundings(due, TODAY)
    assert len(due) >= 3
    assert max(len(taken[each.key]) for each in due) >= 2
    codes = {step.code: step for each in due for step in each.steps(TODAY, [])}
    waived = db.session.scalars(select(ModerationWaiver.moderator_id)).one()
    for each in due:
        for step in taken[each.key]:
            # Whoever may take it by a waiver of today could not have been told then.
            told = set(people_told(codes[step.step], each.whose, around.around(each))) - {waived}
            assert set(step.told) - {str(waived)} == set(map(str, told)), each.row.audit.reference


def test_nothing_is_left_for_the_clock_to_catch_up_with():
    # M0, M5: the demonstration stands as its worker would have left it
    assert stand_without_reply(AT) == {
        "answers due later": 0,
        "audits without a reply made final": 0,
    }
    assert tell_of_late(AT)["steps"] == 0


def test_one_final_audit_was_amended_and_one_conflict_waived():
    # M2, M8
    amended = db.session.scalars(select(Amendment)).one()
    assert amended.audit.state is _S.FINAL
    assert amended.audit.auditor_id == login("auditor").id
    assert amended.field.startswith("text.")
    waiver = db.session.scalars(select(ModerationWaiver)).one()
    assert waiver.granted_by == login("director").id
    assert waiver.bars
    assert waiver.ended_at is None


def test_the_head_of_service_will_be_away_and_has_a_deputy():
    absence = db.session.scalars(select(Absence)).one()
    assert absence.person_id == login("head.of.service").id
    assert absence.first_on > TODAY
    assert absence.deputy is not None


def test_what_is_under_way_changes_no_month_before():
    # the MTM figures of the months that are over do not depend on it
    def done(rows: list[dict]) -> Counter:
        return Counter(
            (row["completed_month"], row.get("final_grade"), row["auditor_grade"])
            for row in rows
            if row.get("completed_month", date.max) < Month.of(TODAY).first
        )

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(programme, "UNDER_WAY", ())
        without = compose(SEED, today=TODAY, at=AT).ledger.rows[Audit.__table__]
    saved = Audit.completed_month, Audit.final_grade, Audit.auditor_grade
    query = select(*saved).where(Audit.source == AuditSource.MADE, Audit.completed_on.is_not(None))
    with_it = [dict(row._mapping) for row in db.session.execute(query)]

    assert done(with_it) == done(without)


def test_nothing_that_was_said_has_a_gap_or_names_anybody():
    # A11
    names = set(db.session.scalars(select(Person.name)))
    said = [
        *db.session.scalars(select(ModerationReply.words)),
        *db.session.scalars(select(ModerationMessage.text)),
        *db.session.scalars(select(GradeRow.reason)),
        *db.session.scalars(select(Moderation.feedback)),
        *db.session.scalars(select(PinnedComment.text)),
        *db.session.scalars(select(PinnedComment.answer)),
        *(text for each in db.session.scalars(select(Moderation.draft)) for text in each.values()),
    ]
    assert len(said) > 1_000
    assert not [text for text in said if "{" in text or "LAC" in text]
    assert not [text for text in set(said) if any(name in text for name in names)]


def test_talks_were_noted_between_the_grades_and_the_answer():
    # M4
    talks = list(db.session.scalars(select(ModerationTalk)))
    assert len(talks) > 10
    for talk in talks:
        (first,) = moderations(
            Moderation.audit_id == talk.audit_id, Moderation.stage == ModerationStage.FIRST
        )
        assert first.committed_at < talk.noted_at < first.answered_at
        assert talk.audit.auditor_name in talk.who
        assert first.moderator_name in talk.who


def test_an_inadequate_outcome_was_never_left_in_discussion_with_a_concern():
    # E1: where a concern is open its auditor answers the same day
    asked = or_(Audit.auditor_grade == Grade.INADEQUATE, Audit.final_grade == Grade.INADEQUATE)
    query = (
        select(func.count(Moderation.id))
        .join(Audit, Audit.id == Moderation.audit_id)
        .where(asked, Audit.state == _S.IN_DISCUSSION)
    )
    assert db.session.scalar(query) == 0
