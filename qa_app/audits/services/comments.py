"""What a moderator asks to be corrected, pinned to where it is; and the auditors' answers (M6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from qa_app import history
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, PinnedComment
from qa_app.audits.queries.comments import comment_of
from qa_app.audits.services.clearing import check_identify_nobody
from qa_app.audits.services.moderating import return_for_correction
from qa_app.audits.services.state import locked
from qa_app.database import db
from qa_app.domain.correcting import MOST_COMMENTS
from qa_app.domain.errors import DomainError
from qa_app.domain.workflow import AuditMove, AuditState, MoveNotAllowed, advance
from qa_app.formatting import count_words


class CommentRefused(DomainError):
    """Nothing asked, too much of it, or about something that the audit does not ask."""


class AnswerRefused(DomainError):
    """An answer without words, or to something that was answered already."""


class Pin(NamedTuple):
    """What is asked, and where: a question's code with its section's, a section's alone, or
    neither for the audit as a whole."""

    text: str
    section: str = ""
    question: str = ""


def return_with_comments(
    audit: Audit,
    pins: Sequence[Pin],
    *,
    words: str = "",
    harmless: str = "",
    by: UUID,
    at: datetime,
) -> Audit:
    """Give the audit back to its auditor, with what is asked of them (M6); they are told once.

    `words` are what the moderator says beside it, checked as the comments are: words that may
    identify somebody need `harmless`, why they do not (A11). Raises CommentRefused, MayIdentify
    (its fields are “pin.0”, “pin.1”… and “feedback”) and MoveNotAllowed.
    """
    audit = locked(audit)
    advance(audit.state, AuditMove.RETURN)
    _check(Draft(audit), pins)
    texts = {f"pin.{place}": pin.text for place, pin in enumerate(pins)} | {"feedback": words}
    check_identify_nobody(audit, texts, harmless, "What the moderator asks", by=by, at=at)
    db.session.add_all(
        PinnedComment(
            audit_id=audit.id,
            section_code=pin.section,
            question_code=pin.question,
            text=pin.text.strip(),
            pinned_by=by,
            pinned_at=at,
        )
        for pin in pins
    )
    db.session.flush()
    number = count_words(len(pins), "thing")
    history.record("comments_pinned", audit, by=by, at=at, audit_id=audit.id, number=number)
    return return_for_correction(audit, by, at, asked=len(pins))


def _check(draft: Draft, pins: Sequence[Pin]) -> None:
    if draft.audit.tool_version_id is None:
        raise CommentRefused(
            "This audit was imported from the old workbook, so it has no pages that could be "
            "corrected. Finish its moderation, or give it back to the queue"
        )
    if not any(pin.text.strip() for pin in pins):
        raise CommentRefused("Enter what is to be corrected")
    if any(not pin.text.strip() or not _is_asked(draft, pin) for pin in pins):
        raise CommentRefused("Select where it is, and enter what is to be corrected")
    if len(pins) > MOST_COMMENTS:
        raise CommentRefused(f"Ask for up to {MOST_COMMENTS} things at once")


def _is_asked(draft: Draft, pin: Pin) -> bool:
    if pin.question:
        return draft.homes.get(pin.question) == pin.section
    return not pin.section or pin.section in {each.code for each in draft.sections}


def answer_comment(
    audit: Audit, comment_id: UUID, *, text: str, harmless: str = "", by: UUID, at: datetime
) -> PinnedComment:
    """The auditors' one answer to a comment: what was changed, or why not (M6).

    It stays as it is; whoever moderates next reads it. Raises AnswerRefused, MayIdentify and
    MoveNotAllowed where the audit is not with its auditor.
    """
    audit = locked(audit)
    if audit.state is not AuditState.RETURNED:
        raise MoveNotAllowed(
            "This can be answered while the audit is back with its auditor. It is "
            f"“{audit.state.words.lower()}”. Nothing has been changed."
        )
    comment = comment_of(audit, comment_id)
    if comment is None or comment.answered_at is not None:
        raise AnswerRefused("This was answered already, and stays as it is")
    if not text.strip():
        raise AnswerRefused("Enter what you changed, or why not", "text")
    label = "An answer to the moderator"
    check_identify_nobody(audit, {"text": text}, harmless, label, by=by, at=at)
    comment.answer, comment.answered_by, comment.answered_at = text.strip(), by, at
    db.session.flush()
    history.record("comment_answered", audit, by=by, at=at, audit_id=audit.id)
    return comment
