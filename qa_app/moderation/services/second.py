"""The second moderator: taking an audit on which auditor and moderator disagree, and deciding (M5).

Second moderations are sighted. The second moderator decides the overall grade and the sections that
the auditor disputed; in the others the first moderator's grades stand.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.audits import services as audits
from qa_app.audits.models import Audit, GradeSource
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.moderation import must_open_record
from qa_app.domain.workflow import AuditMove, advance
from qa_app.formatting import time_words
from qa_app.moderation import queries
from qa_app.moderation.models import (
    Moderation,
    ModerationMode,
    ModerationStage,
    ModerationState,
)
from qa_app.moderation.queries import OVERALL, Compared
from qa_app.moderation.services.deciding import (
    Given,
    GradeGiven,
    GradeNeeded,
    LimitReasonNeeded,
    ReasonNeeded,
    RecordNotOpened,
    limits_set_aside,
    record_grades,
)
from qa_app.moderation.services.given import take_given
from qa_app.moderation.services.standing import make_final, tell_moderators
from qa_app.moderation.services.taking import AlreadyTaken, MayNotModerate, NotYours, held


def start_second(audit: Audit, moderator: Person, *, by: UUID, at: datetime) -> Moderation:
    """Take the audit as its second moderator.

    Raises MayNotModerate with every reason (M2, M5, S6), AlreadyTaken with the name of who has it,
    and MoveNotAllowed where it does not wait for a second moderator.
    """
    audit = audits.locked(audit)
    _refuse_taken(audit)
    advance(audit.state, AuditMove.START_SECOND)
    review = queries.second_review_of(audit, moderator.id, london_date(at))
    if review.bars:
        raise MayNotModerate(f"{review.sentence(moderator.name)} Nothing has been changed.")
    take_given(audit, ModerationStage.SECOND, moderator, at=at)
    audit = audits.take_second(audit, moderator, by=by, at=at)
    moderation = Moderation(
        audit_id=audit.id,
        moderator_id=moderator.id,
        moderator_name=moderator.name,
        mode=ModerationMode.SIGHTED,
        state=ModerationState.OPEN,
        stage=ModerationStage.SECOND,
        own_service=review.own_service,
        started_at=at,
    )
    db.session.add(moderation)
    db.session.flush()
    return moderation


def _refuse_taken(audit: Audit) -> None:
    """For a caller that holds the audit's row: whoever took it first has saved by now."""
    holder = queries.open_moderation(audit.id)
    if holder is not None:
        raise AlreadyTaken(
            f"{holder.moderator_name} took this audit at {time_words(holder.started_at)}. Nothing "
            "has been changed. Choose another one from the queue."
        )


def release_second(moderation: Moderation, *, by: UUID, at: datetime) -> None:
    """Put the audit back for another second moderator. Raises NotYours and MoveNotAllowed."""
    moderation = _held_second(moderation, by)
    moderation.state = ModerationState.RELEASED
    moderator = db.session.get_one(Person, moderation.moderator_id)
    audits.release_second(moderation.audit, moderator, by=by, at=at)


def decide_second(
    moderation: Moderation,
    given: Given,
    *,
    opened_record: bool,
    feedback: str,
    limit_reason: str = "",
    by: UUID,
    at: datetime,
) -> None:
    """Record the second moderator's grades, each with its words, and make the audit final (M5, M7).

    `given` holds the overall grade and that of each disputed section; others in it are not looked
    at. Auditor and both moderators are told. Raises GradeNeeded, ReasonNeeded, RecordNotOpened and
    LimitReasonNeeded, each naming its field; NotYours.
    """
    moderation = _held_second(moderation, by)
    audit = moderation.audit
    first = queries.first_moderation(audit.id)
    lines = queries.side_by_side(audit)
    disputed = queries.disputed(lines, queries.replies_of(first.id) if first is not None else {})
    _check_complete(disputed, given)
    decided = {line.code: given[line.code] for line in disputed}
    overall = decided[OVERALL].grade
    firsts = _firsts(lines)
    _check_record(audit, firsts[OVERALL], decided[OVERALL], opened_record)
    reading = queries.Reading(audit)
    broken = limits_set_aside(reading, firsts | decided)
    if broken and not limit_reason.strip():
        raise LimitReasonNeeded(broken)
    record_grades(reading, decided, limit_reason, source=GradeSource.SECOND_MODERATOR, by=by, at=at)
    outcome = f"graded {overall.words}"
    history.record("second_decided", audit, by=by, at=at, audit_id=audit.id, outcome=outcome)
    moderation.state, moderation.committed_at = ModerationState.COMMITTED, at
    moderation.opened_record, moderation.feedback = opened_record, feedback.strip()
    make_final(audit, by=by, at=at)
    tell_moderators(
        [each for each in (first, moderation) if each is not None],
        f"Audit {audit.reference} has its final grade",
        "Its second moderator has decided. Open the audit to see how.",
        "second-decided",
        at,
    )


def _held_second(moderation: Moderation, by: UUID) -> Moderation:
    moderation = held(moderation, by)
    if moderation.stage is not ModerationStage.SECOND:
        raise NotYours("This audit has no second moderator yet. Nothing has been changed.")
    return moderation


def _firsts(lines: Sequence[Compared]) -> dict[str, GradeGiven]:
    """The first moderator's grades by section code, and under OVERALL."""
    return {
        line.code: GradeGiven(line.moderator.grade)
        for line in lines
        if line.moderator is not None and line.moderator.grade is not None
    }


def _check_complete(disputed: Sequence[Compared], given: Given) -> None:
    for line in disputed:
        if line.code not in given:
            raise GradeNeeded(
                "Select a grade for the audit and each disputed section", f"{line.code}_grade"
            )
        if not given[line.code].words.strip():
            raise ReasonNeeded("Enter why you decide on this grade", f"{line.code}_words")


def _check_record(audit: Audit, first: GradeGiven, second: GradeGiven, opened_record: bool) -> None:
    needed = must_open_record(audit.auditor_grade, first.grade, second.grade)
    if needed and not opened_record:
        raise RecordNotOpened(
            "Confirm that you opened the child’s record, or open it before you decide",
            "opened_record",
        )
