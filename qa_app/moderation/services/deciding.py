"""Committing a first moderation: its grades beside the auditor's, and what follows (M4, M7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from qa_app import history
from qa_app.audits import services as audits
from qa_app.audits.models import GradeSource
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import Grade, LimitBroken, limits_broken
from qa_app.domain.moderation import ReasonCode, must_open_record
from qa_app.moderation import queries
from qa_app.moderation.models import (
    Moderation,
    ModerationMode,
    ModerationStage,
    ModerationState,
)
from qa_app.moderation.queries import LIMIT_MARK, OVERALL
from qa_app.moderation.services.answering import ask, needs_answer
from qa_app.moderation.services.standing import make_final
from qa_app.moderation.services.taking import NotYours, held


@dataclass(frozen=True)
class GradeGiven:
    """A moderator's grade; with a code and words where it differs from the auditor's (M4)."""

    grade: Grade
    code: ReasonCode | None = None
    words: str = ""


class GradeNeeded(DomainError):
    """The audit as a whole, or a section that the auditor could not grade, has no grade yet."""


class ReasonNeeded(DomainError):
    """A grade differs from the auditor's without a reason code and words (M4)."""


class RecordNotOpened(DomainError):
    """Nobody said that they opened the child's record, where M2 asks for it."""


class LimitReasonNeeded(DomainError):
    """The overall grade is better than its sections allow, without a reason (A7)."""

    def __init__(self, broken: list[LimitBroken]) -> None:
        self.broken = broken
        sentences = ". ".join(limit.sentence for limit in broken)
        super().__init__(
            f"{sentences}. Change the overall grade, or enter why it stands all the same",
            "limit_reason",
        )


Given = Mapping[str, GradeGiven]
"""The moderator's grades by section code, and under OVERALL."""


def commit(
    moderation: Moderation,
    given: Given,
    *,
    opened_record: bool,
    feedback: str,
    limit_reason: str = "",
    by: UUID,
    at: datetime,
) -> None:
    """Record the moderator's grades beside the auditor's (M2, M4, M7).

    The same overall grade makes the audit final; another one is sent to its auditor, who answers
    (see `answering`). An audit whose tool is not graded (P7) has no grades to give: the moderator's
    feedback finishes it. Raises GradeNeeded, ReasonNeeded, RecordNotOpened and LimitReasonNeeded,
    each naming its field; NotYours, also where the first grades of a blind one are still to come.
    """
    moderation = held(moderation, by)
    if moderation.stage is not ModerationStage.FIRST or moderation.hidden:
        raise NotYours(
            "This moderation is finished on another page. Open it from Moderation. Nothing has "
            "been changed."
        )
    audit = moderation.audit
    # Said with the first grades of a blind moderation, it is said for all of it.
    opened_record = opened_record or bool(moderation.opened_record)
    if audit.graded:
        _grade(moderation, given, opened_record, limit_reason, by, at)
    else:
        history.record(
            "moderation_committed", audit, by=by, at=at, audit_id=audit.id, outcome=NO_GRADE
        )
    moderation.state, moderation.committed_at = ModerationState.COMMITTED, at
    moderation.opened_record, moderation.feedback = opened_record, feedback.strip()
    if audit.graded and needs_answer(audit, given[OVERALL].grade):
        ask(moderation, by=by, at=at)
    else:
        make_final(audit, by=by, at=at)


NO_GRADE: Final = "this kind of audit is not graded"


def _grade(
    moderation: Moderation,
    given: Given,
    opened_record: bool,
    limit_reason: str,
    by: UUID,
    at: datetime,
) -> None:
    audit = moderation.audit
    reading = queries.Reading(audit)
    _check_complete(reading, given)
    overall, blind = given[OVERALL].grade, moderation.mode is ModerationMode.BLIND
    if must_open_record(audit.auditor_grade, overall, blind=blind) and not opened_record:
        raise RecordNotOpened(
            "Confirm that you opened the child’s record, or open it before you finish",
            "opened_record",
        )
    broken = limits_set_aside(reading, given)
    if broken and not limit_reason.strip():
        raise LimitReasonNeeded(broken)
    record_grades(reading, given, limit_reason, source=GradeSource.MODERATOR, by=by, at=at)
    outcome = outcome_words(audit.auditor_grade, overall)
    history.record("moderation_committed", audit, by=by, at=at, audit_id=audit.id, outcome=outcome)


def record_grades(
    reading: queries.Reading,
    given: Given,
    limit_reason: str,
    *,
    source: GradeSource,
    by: UUID,
    at: datetime,
) -> None:
    """Add a moderator's rows, each with its code and words; the limit's reason is the overall
    grade's. Nothing is checked."""
    ids: dict[str, UUID | None] = {OVERALL: None}
    ids |= {each.section.code: each.section.id for each in reading.sections}
    audits.record_moderator_grades(
        reading.audit,
        {ids[code]: each.grade for code, each in given.items()},
        {ids[code]: _reason(code, each, limit_reason) for code, each in given.items()},
        by=by,
        at=at,
        source=source,
    )


def limits_set_aside(reading: queries.Reading, given: Given) -> list[LimitBroken]:
    """The limiting rules that the moderator's grades break and the auditor had not set aside (A7).

    A rule that the auditor set aside with a reason is not asked about again.
    """
    sections = {
        each.section.title: (
            each.section.limiting,
            given[each.section.code].grade if each.section.code in given else None,
        )
        for each in reading.sections
    }
    return [
        broken
        for broken in limits_broken(given[OVERALL].grade, sections)
        if broken.rule not in reading.overrides
    ]


def outcome_words(auditor: Grade | None, moderator: Grade) -> str:
    """“agreed with Good”, “graded Inadequate, where the auditor graded Good”."""
    if auditor is moderator:
        return f"agreed with {moderator.words}"
    if auditor is None:
        return f"graded {moderator.words}"
    return f"graded {moderator.words}, where the auditor graded {auditor.words}"


def _check_complete(reading: queries.Reading, given: Given) -> None:
    auditors = {each.section.code: each.auditor for each in reading.sections}
    auditors[OVERALL] = reading.audit.auditor_grade
    for code in auditors.keys() - given.keys():
        raise GradeNeeded("Select a grade for each section and for the audit", f"{code}_grade")
    for code, each in given.items():
        differs = auditors[code] is not None and each.grade is not auditors[code]
        if differs and (each.code is None or not each.words.strip()):
            raise ReasonNeeded("Enter why your grade differs from the auditor’s", f"{code}_words")


def _reason(code: str, given: GradeGiven, limit_reason: str) -> audits.GradeReason:
    words = given.words.strip()
    if code == OVERALL and limit_reason.strip():
        words = "\n\n".join(filter(None, (words, f"{LIMIT_MARK}{limit_reason.strip()}")))
    return audits.GradeReason(given.code.value if given.code else "", words)
