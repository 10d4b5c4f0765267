"""Committing a moderation: both grades kept, the final one derived (M2, M4, M7, A7)."""

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, AuditSource, GradeRow, GradeSource, LimitOverride
from qa_app.database import db, now, saving
from qa_app.domain.calendar import date_words
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import GRADES, Grade, LimitingRule
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState
from qa_app.moderation import queries, services
from qa_app.moderation.models import ModerationMode, ModerationState
from qa_app.moderation.services import GradeGiven
from qa_app.notify.models import Notice
from tests.council import Council
from tests.moderation.dialogue import BAD, GOOD, OUT, RI, SEEN, committed, taken
from tests.moderation.factory import a_submitted_audit, agreeing, sections_to_grade, tie


def _rows(audit: Audit, source: GradeSource) -> dict[object, GradeRow]:
    query = select(GradeRow).where(GradeRow.audit_id == audit.id, GradeRow.source == source)
    return {row.section_id: row for row in db.session.scalars(query)}


def _risk(audit: Audit) -> str:
    return next(each.code for each in sections_to_grade(audit) if each.limiting == "risk")


def test_agreeing_makes_the_audit_final_with_every_grade_kept(
    context: Flask, council: Council
) -> None:
    moderation = taken(council)
    audit = moderation.audit
    with saving():
        committed(moderation, agreeing(audit))
    assert (audit.state, audit.final_grade) == (AuditState.FINAL, GOOD)
    assert moderation.state is ModerationState.COMMITTED
    sections = len(sections_to_grade(audit))
    assert sections >= 10
    for source in (GradeSource.AUDITOR, GradeSource.MODERATOR, GradeSource.FINAL):
        assert len(_rows(audit, source)) == sections + 1, source


# M4: another overall grade is not final: the auditor is asked. M7: both are rows of their own.
@pytest.mark.parametrize("moderator", [each for each in GRADES if each is not GOOD])
def test_another_grade_waits_for_the_auditors_answer(
    context: Flask, council: Council, moderator: Grade
) -> None:
    moderation = taken(council)
    audit = moderation.audit
    code = _risk(audit)
    words = "The visit of 3 May was not written up."
    given = agreeing(audit, overall=GradeGiven(moderator, SEEN, words))
    given[code] = GradeGiven(moderator, SEEN, words)
    with saving():
        committed(moderation, given)
    assert (audit.state, audit.final_grade) == (AuditState.IN_DISCUSSION, None)
    assert audit.auditor_grade is GOOD
    assert (moderation.state, moderation.answer) == (ModerationState.COMMITTED, None)
    lines = {line.title: line for line in queries.side_by_side(audit)}
    overall = lines["Overall"]
    assert (overall.auditor.grade, overall.moderator.grade, overall.final) == (
        GOOD, moderator, None,
    )  # fmt: skip
    assert (overall.moderator.reason_code, overall.words) == (SEEN, words)
    assert sum(line.differs for line in lines.values()) == 2


# M4: the same overall grade is agreed and final, whatever the sections; they keep their reasons.
def test_the_same_overall_grade_is_final_with_sections_that_differ(
    context: Flask, council: Council
) -> None:
    moderation = taken(council)
    given = agreeing(moderation.audit, plan=GradeGiven(RI, SEEN, "Drift."))
    with saving():
        committed(moderation, given)
    audit = moderation.audit
    assert (audit.state, audit.final_grade) == (AuditState.FINAL, GOOD)
    assert moderation.answer_due_on is None
    lines = {line.code: line for line in queries.side_by_side(audit)}
    assert (lines["plan"].words, lines["plan"].final.grade) == ("Drift.", RI)
    assert lines["overall"].final.reason == "The moderator's grade"


# M4: once each, in words that name no grade and nothing of the case.
def test_the_auditors_are_told_once_and_no_notice_says_a_grade(
    context: Flask, council: Council
) -> None:
    moderation = taken(council)
    audit = moderation.audit
    tie(council, audit, "iro", Party.CO_AUDITOR)
    with saving():
        committed(moderation, agreeing(audit, overall=GradeGiven(RI, SEEN, "Drift.")))
    due = date_words(moderation.answer_due_on)
    sentences = [event.sentence for event in history.timeline(audit_id=audit.id)]
    assert "Moderated: graded Requires improvement, where the auditor graded Good" in sentences
    assert f"Sent another grade to the auditor, who answers by {due}" in sentences
    told = {
        notice.person_id: notice
        for notice in db.session.scalars(select(Notice).where(Notice.key.like("answer-asked:%")))
    }
    people = council.people
    assert set(told) == {people["auditor"], people["iro"]}
    assert told[people["auditor"]].path == f"/moderation/audits/{audit.id}/answer"
    assert told[people["iro"]].path == f"/moderation/audits/{audit.id}"
    for notice in told.values():
        assert notice.subject == f"Please answer about audit {audit.reference} by {due}"
        for secret in ("Requires improvement", "Good", "Drift", audit.case_reference):
            assert secret not in notice.subject + notice.body


# M4: nobody to ask: an imported audit may name somebody unknown, or have no grade. Final at once.
@pytest.mark.parametrize("without", ["auditor_id", "auditor_grade"])
def test_where_nobody_can_answer_the_moderators_grade_is_final(
    context: Flask, council: Council, without: str
) -> None:
    moderation = taken(council)
    audit = moderation.audit
    audit.source = AuditSource.IMPORTED
    given = agreeing(audit, overall=GradeGiven(RI, SEEN, "Drift."))
    setattr(audit, without, None)
    with saving():
        committed(moderation, given)
    assert (audit.state, audit.final_grade) == (AuditState.FINAL, RI)


NOT_ENOUGH = {
    # M4: a different grade has a reason code and words
    "no code": ({"overall": GradeGiven(RI, None, "Drift.")}, {}, "overall_words"),
    "no words": ({"overall": GradeGiven(RI, SEEN, "  ")}, {}, "overall_words"),
    # M2: an Inadequate and an Outstanding need the child's record to have been opened
    "record not opened, Inadequate": (
        {"overall": GradeGiven(BAD, SEEN, "Drift.")}, {"opened_record": False}, "opened_record",
    ),
    "record not opened, Outstanding": (
        {"overall": GradeGiven(OUT, SEEN, "Warm.")}, {"opened_record": False}, "opened_record",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", NOT_ENOUGH)
def test_what_is_missing_is_asked_for(context: Flask, council: Council, what: str) -> None:
    changed, more, field = NOT_ENOUGH[what]
    moderation = taken(council)
    with pytest.raises(DomainError) as refused:
        committed(moderation, agreeing(moderation.audit, **changed), **more)
    assert refused.value.field == field
    db.session.rollback()


# M2: for a blind moderation the moderator says that they opened the record, whatever the grades;
# said with the first grades, it is said.
@pytest.mark.parametrize("said_before", [False, True])
def test_a_blind_moderation_needs_the_record(
    context: Flask, council: Council, said_before: bool
) -> None:
    moderation = taken(council)
    moderation.mode, moderation.revealed_at = ModerationMode.BLIND, now()
    moderation.opened_record = said_before or None
    given = agreeing(moderation.audit)
    if said_before:
        committed(moderation, given, opened_record=False)
        assert moderation.opened_record
        return
    with pytest.raises(services.RecordNotOpened):
        committed(moderation, given, opened_record=False)


# M3: the first grades come first, on a page of their own.
def test_a_blind_moderation_is_not_committed_before_its_first_grades(
    context: Flask, council: Council
) -> None:
    moderation = taken(council)
    moderation.mode = ModerationMode.BLIND
    with pytest.raises(services.NotYours):
        committed(moderation, agreeing(moderation.audit))


def test_the_auditors_inadequate_needs_the_record_too(context: Flask, council: Council) -> None:
    moderation = taken(council, grade=BAD)
    given = agreeing(moderation.audit, overall=GradeGiven(RI, SEEN, "Seen since."))
    with pytest.raises(services.RecordNotOpened):
        committed(moderation, given, opened_record=False)


def test_a_missing_section_is_asked_for(context: Flask, council: Council) -> None:
    moderation = taken(council)
    given = agreeing(moderation.audit)
    code = _risk(moderation.audit)
    del given[code]
    with pytest.raises(DomainError) as refused:
        committed(moderation, given)
    assert refused.value.field == f"{code}_grade"


# A7 (a): risk and safety Inadequate limits the moderator's overall grade too: a reason is asked.
def test_a_limit_on_the_overall_grade_asks_for_a_reason(context: Flask, council: Council) -> None:
    moderation = taken(council)
    code = _risk(moderation.audit)
    given = agreeing(moderation.audit, **{code: GradeGiven(BAD, SEEN, "No safety plan.")})
    with pytest.raises(services.LimitReasonNeeded, match="the overall grade must be Inadequate"):
        committed(moderation, given)
    with saving():
        committed(moderation, given, limit_reason="The risk had ended.")
    assert moderation.audit.final_grade is GOOD
    lines = queries.side_by_side(moderation.audit)
    assert "The risk had ended." in lines[0].moderator.reason
    assert lines[0].words == ""
    assert queries.set_aside(moderation.audit, lines, moderator="Hugh Head", second="") == [
        queries.SetAside(
            "Risk and safety is graded Inadequate, so the overall grade must be Inadequate",
            "Hugh Head", "The risk had ended.",
        ),
    ]  # fmt: skip


def test_a_limit_that_the_auditor_set_aside_is_not_asked_about_again(
    context: Flask, council: Council
) -> None:
    audit = a_submitted_audit(council, sections={"risk": BAD})
    code = _risk(audit)
    for row in audit.grades:
        assert row.grade in (GOOD, BAD)
    moderator = db.session.get_one(Person, council.people["other_head"])
    for rule in LimitingRule:
        db.session.add(
            LimitOverride(audit_id=audit.id, rule=rule, reason="It ended.", saved_at=now())
        )
    moderation = services.start(audit, moderator, by=moderator.id, at=now())
    with saving():
        committed(moderation, agreeing(audit, **{code: GradeGiven(BAD, SEEN, "No plan.")}))
    assert audit.final_grade is GOOD


def test_only_whoever_took_it_finishes_it_and_only_once(context: Flask, council: Council) -> None:
    moderation = taken(council)
    given = agreeing(moderation.audit)
    with pytest.raises(services.NotYours):
        services.commit(
            moderation, given, opened_record=True, feedback="", at=now(),
            by=council.people["review_head"],
        )  # fmt: skip
    with saving():
        committed(moderation, given)
    with pytest.raises(services.NotYours):
        committed(moderation, given)
