"""Audits on which auditor and moderator differ, at each step of the way (M4, M5)."""

from datetime import datetime

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.database import db, now
from qa_app.domain.grades import GRADES
from qa_app.domain.moderation import ReasonCode
from qa_app.moderation import queries, services
from qa_app.moderation.models import Moderation
from qa_app.moderation.services import Answered, GradeGiven
from tests.council import Council
from tests.moderation.factory import a_submitted_audit, agreeing

OUT, GOOD, RI, BAD = GRADES
SEEN = ReasonCode.EVIDENCE_MISSED
VISIT = GradeGiven(RI, SEEN, "The visit of 3 May was not written up.")


def taken(
    council: Council, *, moderator: str = "other_head", at: datetime | None = None, **more: object
) -> Moderation:
    """An audit by `auditor`, every grade Good unless said, taken by a head of another service."""
    at = at or now()
    audit = a_submitted_audit(council, at=at, **more)
    person = db.session.get_one(Person, council.people[moderator])
    return services.start(audit, person, by=person.id, at=at)


def committed(
    moderation: Moderation, given: dict[str, GradeGiven] | None = None, **more: object
) -> Moderation:
    """The moderation committed: another grade overall and for risk unless said."""
    if given is None:
        given = agreeing(moderation.audit, overall=VISIT, risk=VISIT)
    fixed = {"opened_record": True, "feedback": "Clear and kind.", "at": now()}
    services.commit(moderation, given, by=moderation.moderator_id, **(fixed | more))
    return moderation


def asked(council: Council, at: datetime | None = None, **more: object) -> Moderation:
    """A moderation about which the auditor is asked: Requires improvement overall and for risk."""
    at = at or now()
    return committed(taken(council, at=at, **more), at=at)


def answered(
    moderation: Moderation, *refused: str, at: datetime | None = None, by: object = None
) -> Moderation:
    """The auditor's answer: accepts every differing grade but those refused."""
    audit = moderation.audit
    answers = {
        line.code: Answered(False, "It was written up on 4 May.")
        if line.code in refused
        else Answered(True)
        for line in queries.differing(queries.side_by_side(audit))
    }
    services.answer(moderation, answers, by=by or audit.auditor_id, at=at or now())
    return moderation


def disputed(council: Council, *refused: str, **more: object) -> Audit:
    """An audit that waits for a second moderator: the auditor disputes the overall grade, and
    whatever else is said."""
    moderation = asked(council, **more)
    return answered(moderation, "overall", *refused).audit


def second_taken(council: Council, audit: Audit, key: str = "director") -> Moderation:
    """The audit taken by a second moderator."""
    person = db.session.get_one(Person, council.people[key])
    return services.start_second(audit, person, by=person.id, at=now())


def decided(moderation: Moderation, given: dict[str, GradeGiven], **more: object) -> Moderation:
    """The second moderator's decision."""
    fixed = {"opened_record": True, "feedback": "Both read with care.", "at": now()}
    fixed["by"] = moderation.moderator_id
    services.decide_second(moderation, given, **(fixed | more))
    return moderation
