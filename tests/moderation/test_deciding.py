"""Committing a moderation: both grades kept, the final one derived (M2, M4, M7, A7)."""

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, GradeRow, GradeSource, LimitOverride
from qa_app.database import db, now, saving
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import GRADES, Grade, LimitingRule
from qa_app.domain.moderation import ReasonCode
from qa_app.domain.workflow import AuditState
from qa_app.moderation import queries, services
from qa_app.moderation.models import Moderation, ModerationState
from qa_app.moderation.services import GradeGiven
from qa_app.notify.models import Notice
from tests.council import Council
from tests.moderation.factory import a_submitted_audit, agreeing, sections_to_grade

OUT, GOOD, RI, BAD = GRADES
SEEN = ReasonCode.EVIDENCE_MISSED


def _taken(council: Council, **more: object) -> Moderation:
    audit = a_submitted_audit(council, **more)
    moderator = db.session.get_one(Person, council.people["other_head"])
    return services.start(audit, moderator, by=moderator.id, at=now())


def _commit(moderation: Moderation, given: dict[str, GradeGiven], **more: object) -> None:
    fixed = {"opened_record": True, "feedback": "Clear and kind.", "at": now()}
    services.commit(moderation, given, by=moderation.moderator_id, **(fixed | more))


def _rows(audit: Audit, source: GradeSource) -> dict[object, GradeRow]:
    query = select(GradeRow).where(GradeRow.audit_id == audit.id, GradeRow.source == source)
    return {row.section_id: row for row in db.session.scalars(query)}


def _risk(audit: Audit) -> str:
    return next(each.code for each in sections_to_grade(audit) if each.limiting == "risk")


def test_agreeing_makes_the_audit_final_with_every_grade_kept(
    context: Flask, council: Council
) -> None:
    moderation = _taken(council)
    audit = moderation.audit
    with saving():
        _commit(moderation, agreeing(audit))
    assert (audit.state, audit.final_grade) == (AuditState.FINAL, GOOD)
    assert moderation.state is ModerationState.COMMITTED
    sections = len(sections_to_grade(audit))
    assert sections >= 10
    for source in (GradeSource.AUDITOR, GradeSource.MODERATOR, GradeSource.FINAL):
        assert len(_rows(audit, source)) == sections + 1, source


# M7: the auditor's, moderator's and final grades are rows of their own, never overwritten.
@pytest.mark.parametrize("moderator", [each for each in GRADES if each is not GOOD])
def test_a_different_grade_stands_and_the_auditors_is_kept(
    context: Flask, council: Council, moderator: Grade
) -> None:
    moderation = _taken(council)
    audit = moderation.audit
    code = _risk(audit)
    words = "The visit of 3 May was not written up."
    given = agreeing(audit, overall=GradeGiven(moderator, SEEN, words))
    given[code] = GradeGiven(moderator, SEEN, words)
    with saving():
        _commit(moderation, given)
    assert audit.final_grade is moderator
    assert audit.auditor_grade is GOOD
    lines = {line.title: line for line in queries.side_by_side(audit)}
    overall = lines["Overall"]
    assert (overall.auditor.grade, overall.moderator.grade, overall.final.grade) == (
        GOOD, moderator, moderator,
    )  # fmt: skip
    assert (overall.moderator.reason_code, overall.moderator.reason) == (SEEN, words)
    assert sum(line.differs for line in lines.values()) == 2


def test_the_auditor_is_told_and_the_timeline_says_what_came_of_it(
    context: Flask, council: Council
) -> None:
    moderation = _taken(council)
    audit = moderation.audit
    with saving():
        _commit(moderation, agreeing(audit, overall=GradeGiven(RI, ReasonCode.THRESHOLD, "Drift.")))
    sentences = [event.sentence for event in history.timeline(audit_id=audit.id)]
    assert "Moderated: changed from Good to Requires improvement" in sentences
    assert "Final grade: Requires improvement. The moderator's grade" in sentences
    subjects = list(
        db.session.scalars(
            select(Notice.subject).where(Notice.person_id == council.people["auditor"])
        )
    )
    assert f"Audit {audit.reference} has its final grade" in subjects


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
    moderation = _taken(council)
    with pytest.raises(DomainError) as refused:
        _commit(moderation, agreeing(moderation.audit, **changed), **more)
    assert refused.value.field == field
    db.session.rollback()


def test_the_auditors_inadequate_needs_the_record_too(context: Flask, council: Council) -> None:
    moderation = _taken(council, grade=BAD)
    given = agreeing(moderation.audit, overall=GradeGiven(RI, SEEN, "Seen since."))
    with pytest.raises(services.RecordNotOpened):
        _commit(moderation, given, opened_record=False)


def test_a_missing_section_is_asked_for(context: Flask, council: Council) -> None:
    moderation = _taken(council)
    given = agreeing(moderation.audit)
    code = _risk(moderation.audit)
    del given[code]
    with pytest.raises(DomainError) as refused:
        _commit(moderation, given)
    assert refused.value.field == f"{code}_grade"


# A7 (a): risk and safety Inadequate limits the moderator's overall grade too: a reason is asked.
def test_a_limit_on_the_overall_grade_asks_for_a_reason(context: Flask, council: Council) -> None:
    moderation = _taken(council)
    code = _risk(moderation.audit)
    given = agreeing(moderation.audit, **{code: GradeGiven(BAD, SEEN, "No safety plan.")})
    with pytest.raises(services.LimitReasonNeeded, match="the overall grade must be Inadequate"):
        _commit(moderation, given)
    with saving():
        _commit(moderation, given, limit_reason="The risk had ended.")
    assert moderation.audit.final_grade is GOOD
    overall = queries.side_by_side(moderation.audit)[0]
    assert "The risk had ended." in overall.moderator.reason


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
        _commit(moderation, agreeing(audit, **{code: GradeGiven(BAD, SEEN, "No plan.")}))
    assert audit.final_grade is GOOD


def test_only_whoever_took_it_finishes_it_and_only_once(context: Flask, council: Council) -> None:
    moderation = _taken(council)
    given = agreeing(moderation.audit)
    with pytest.raises(services.NotYours):
        services.commit(
            moderation, given, opened_record=True, feedback="", at=now(),
            by=council.people["review_head"],
        )  # fmt: skip
    with saving():
        _commit(moderation, given)
    with pytest.raises(services.NotYours):
        _commit(moderation, given)
