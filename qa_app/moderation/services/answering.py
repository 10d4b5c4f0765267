"""Asking the auditor about grades that differ, their answer, and what no answer means (M4, M5).

Everything here takes the moderation's row for itself first and then the audit's, so that an answer
and the end of its time come one after the other, and whoever is second finds it done.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, cast
from uuid import UUID

from sqlalchemy import select

from qa_app import history
from qa_app.accounts import settings
from qa_app.audits import services as audits
from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.calendar import date_words, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import Grade
from qa_app.domain.moderation import answer_by
from qa_app.domain.workflow import AuditState
from qa_app.formatting import count_words
from qa_app.moderation import queries
from qa_app.moderation.models import (
    AuditorsAnswer,
    Moderation,
    ModerationReply,
    ModerationStage,
    ModerationState,
)
from qa_app.moderation.queries.meeting import days_off
from qa_app.moderation.services.standing import make_final, tell_moderators


class NotAskedNow(DomainError):
    """No answer is waited for: it was given, its time is over, or somebody else is asked."""


class AnswerNeeded(DomainError):
    """A grade that differs has no answer yet, or a disagreement no words."""


@dataclass(frozen=True)
class Answered:
    """The auditor's answer about one grade; with words where they disagree (M4)."""

    accepts: bool
    words: str = ""


def needs_answer(audit: Audit, overall: Grade) -> bool:
    """Whether the moderator's overall grade is another one than the auditor's, and there is an
    auditor to be asked (an imported audit may name somebody unknown, or no grade)."""
    known = audit.auditor_id is not None and audit.auditor_grade is not None
    return known and overall is not audit.auditor_grade


def answer_due(since: datetime, auditor_id: UUID) -> date:
    """The last day for this auditor's answer to what was sent at `since`: some working days after
    it (a setting, as it stood that day) on which they are not away (M4)."""
    sent_on = london_date(since)
    days = settings.number("auditor_answers_within", sent_on)
    return answer_by(sent_on, days, settings.calendar(), days_off(auditor_id, sent_on))


def ask(moderation: Moderation, *, by: UUID, at: datetime) -> None:
    """Send the moderator's grades, just committed, to the auditor for an answer. For a moderation
    of which `needs_answer` holds."""
    audit = moderation.audit
    due = answer_due(at, cast(UUID, audit.auditor_id))
    moderation.answer_due_on = due
    audits.discuss(audit, due, by=by, at=at)


def answer(
    moderation: Moderation, answers: Mapping[str, Answered], *, by: UUID, at: datetime
) -> None:
    """Record what the auditor makes of each grade that differs, by section code or OVERALL.

    Where all are accepted the audit is final with the moderator's grades; otherwise a second
    moderator decides, and is looked for (M5). Answers after the last day count as long as nobody
    made the audit final. Raises NotAskedNow, and AnswerNeeded naming its field.
    """
    moderation = _held(moderation)
    audit = audits.locked(moderation.audit)
    if not _is_waiting(moderation, audit) or audit.auditor_id != by:
        raise NotAskedNow(
            "No answer to this moderation is waited for any more: it was given, or its time is "
            "over. Nothing has been changed."
        )
    differing = queries.differing(queries.side_by_side(audit))
    codes = [line.code for line in differing]
    _check_complete(codes, answers)
    for code in codes:
        db.session.add(_reply(moderation, code, answers[code], by, at))
    refused = sum(not answers[code].accepts for code in codes)
    moderation.answered_at = at
    moderation.answer = AuditorsAnswer.DISAGREED if refused else AuditorsAnswer.ACCEPTED
    words = _answer_words(len(codes), refused)
    history.record("moderation_answered", audit, by=by, at=at, audit_id=audit.id, answer=words)
    if refused:
        _disagree(moderation, audit, by, at)
    else:
        _accept(moderation, audit, by, at)


def _check_complete(codes: list[str], answers: Mapping[str, Answered]) -> None:
    for code in codes:
        given = answers.get(code)
        if given is None:
            raise AnswerNeeded("Select whether you accept this grade", f"{code}_view")
        if not given.accepts and not given.words.strip():
            raise AnswerNeeded("Enter why you disagree with this grade", f"{code}_words")


def _reply(
    moderation: Moderation, code: str, given: Answered, by: UUID, at: datetime
) -> ModerationReply:
    return ModerationReply(
        moderation_id=moderation.id,
        section_code="" if code == queries.OVERALL else code,
        accepts=given.accepts,
        words=given.words.strip(),
        by=by,
        at=at,
    )


def _answer_words(asked: int, refused: int) -> str:
    if not refused:
        return "accepted"
    return f"disagreed with {refused} of {count_words(asked, 'grade')}"


def _accept(moderation: Moderation, audit: Audit, by: UUID, at: datetime) -> None:
    make_final(audit, by=by, at=at)
    tell_moderators(
        [moderation],
        f"The auditor of {audit.reference} accepted your grades",
        "The audit is final with them.",
        "answered",
        at,
    )


def _disagree(moderation: Moderation, audit: Audit, by: UUID, at: datetime) -> None:
    audits.disagree(audit, by=by, at=at)
    tell_moderators(
        [moderation],
        f"The auditor of {audit.reference} disagrees",
        "A second moderator, senior to you, decides. Open the audit to read why they disagree. "
        "You need do nothing.",
        "answered",
        at,
    )


def refresh_due(moderation: Moderation, *, at: datetime) -> bool:
    """Move the day of an answer on where the auditor's absences, as noted by now, ask for it (M4).

    It is never brought forward: a day that was promised stays. Auditor and moderator are told.
    For a caller that holds the moderation's row; True where the day moved.
    """
    audit, sent_at, due = moderation.audit, moderation.committed_at, moderation.answer_due_on
    if audit.auditor_id is None or sent_at is None or due is None:
        return False
    moved = answer_due(sent_at, audit.auditor_id)
    if moved <= due:
        return False
    moderation.answer_due_on = moved
    audits.move_answer(audit, moved, at=at)
    tell_moderators(
        [moderation],
        f"The answer about audit {audit.reference} is due {date_words(moved)} now",
        "Its auditor is away; those days are not counted. You need do nothing.",
        f"answer-moved:{moved.isoformat()}",
        at,
    )
    return True


def stand_without_reply(at: datetime) -> dict[str, int]:
    """For each answer that is waited for: move its day where its auditor is away, and where its
    time is over make the audit final with the moderator's grades, marked “no reply” (M5).

    To be run as often as anybody likes, on several machines at once; returns counts by words.
    """
    today, moved, stood = london_date(at), 0, 0
    for moderation_id in db.session.scalars(_WAITED_FOR).all():
        moderation = _held(db.session.get_one(Moderation, moderation_id))
        audit = audits.locked(moderation.audit)
        if not _is_waiting(moderation, audit):
            continue  # another machine, or the auditor, came first
        moved += refresh_due(moderation, at=at)
        if _is_over(moderation, audit, today):
            _stand(moderation, audit, at)
            stood += 1
    return {"answers due later": moved, "audits without a reply made final": stood}


_WAITED_FOR: Final = (
    select(Moderation.id)
    .join(Audit, Audit.id == Moderation.audit_id)
    .where(
        Audit.state == AuditState.IN_DISCUSSION,
        Moderation.state == ModerationState.COMMITTED,
        Moderation.answer_due_on.is_not(None),
        Moderation.answer.is_(None),
    )
    .order_by(Moderation.id)
)


def _is_over(moderation: Moderation, audit: Audit, today: date) -> bool:
    """Whether the last day of an answer has passed. A later day that an absence had brought is no
    promise to an auditor who has left since: nobody would ever answer."""
    due, auditor = moderation.answer_due_on, audit.auditor
    if due is None or moderation.committed_at is None:
        return False
    if auditor is not None and auditor.left_on is not None and auditor.left_on < today:
        due = min(due, answer_due(moderation.committed_at, auditor.id))
    return due < today


def _stand(moderation: Moderation, audit: Audit, at: datetime) -> None:
    moderation.answer, moderation.answered_at = AuditorsAnswer.NO_REPLY, at
    history.record("moderation_no_reply", audit, by=None, at=at, audit_id=audit.id)
    make_final(audit, no_reply=True, by=None, at=at)
    tell_moderators(
        [moderation],
        f"Audit {audit.reference} is final without a reply",
        "Its auditor did not answer in time, so your grades stand, marked “no reply”.",
        "answered",
        at,
    )


def _held(moderation: Moderation) -> Moderation:
    query = (
        select(Moderation)
        .where(Moderation.id == moderation.id)
        .with_for_update(of=Moderation)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).one()


def _is_waiting(moderation: Moderation, audit: Audit) -> bool:
    return (
        audit.state is AuditState.IN_DISCUSSION
        and moderation.state is ModerationState.COMMITTED
        and moderation.stage is ModerationStage.FIRST
        and moderation.answer is None
    )
