"""A final audit with everything on it: a point on its facts, a comment, an earlier text."""

from datetime import datetime

from qa_app.accounts.models import Person
from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit
from qa_app.audits.queries.facts import checks_of
from qa_app.audits.services import Change, Pin, Point
from qa_app.database import db
from qa_app.domain.answers import FactAnswer
from qa_app.domain.grades import Grade
from qa_app.domain.moderation import ReasonCode
from tests.audits.making import AT, answer_comments, submitted
from tests.council import Council

AUDITOR, MODERATOR, LEAD = "other_auditor", "review_head", "qa_lead"
BEFORE, STANDS = "Evidence about risk", "What the visits of 3 May show"


def take(audit: Audit, council: Council, key: str = MODERATOR, at: datetime = AT) -> None:
    """It is moderated by this person."""
    moderator = db.session.get_one(Person, council.people[key])
    services.take_for_moderation(audit, moderator, moderator.id, at)


def finish(audit: Audit, council: Council, grade: Grade = Grade.GOOD, at: datetime = AT) -> Audit:
    """Its moderator gave this overall grade, and every section Good."""
    take(audit, council, at=at)
    by = council.people[MODERATOR]
    sections = {section.id: Grade.GOOD for section in Draft(audit).sections}
    grades = sections | {None: grade}
    reason = services.GradeReason(ReasonCode.THRESHOLD.value, "As the descriptor says")
    services.record_moderator_grades(audit, grades, {None: reason}, by=by, at=at)
    return services.finalise(audit, grades, "the moderator's grade", by, at)


def a_final_audit(council: Council, **options: str) -> Audit:
    """Submitted, disputed, returned with a comment, changed, sent again, and final."""
    audit = submitted(council, checked=False, **options)
    worker, me = council.people["worker"], council.people[AUDITOR]
    checks = {check.person_id for check in checks_of(audit)}
    if worker in checks:
        services.answer_check(audit, points=[Point("risk", "It was in May")], by=worker, at=AT)
    take(audit, council)
    services.return_with_comments(
        audit, [Pin("Say when", "risk")], by=council.people[MODERATOR], at=AT
    )
    draft = Draft(audit)
    version = services.box(draft, "risk.evidence").version
    services.save_fields(audit, [Change("risk.evidence", STANDS, version)], me, AT)
    for check in checks_of(audit):
        for point in check.points:
            services.answer_point(
                audit, point.id, answer=FactAnswer.CORRECTED, text="It is May now", by=me, at=AT
            )
    answer_comments(audit, me)
    services.submit(audit, by=me, at=AT)
    return finish(audit, council)
