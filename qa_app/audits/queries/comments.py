"""What moderators asked to be corrected in an audit, and what was answered (M6)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts.queries import names
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, PinnedComment
from qa_app.database import db
from qa_app.domain.workflow import AuditState


@dataclass(frozen=True)
class CommentReading:
    """One comment. `about` says in words what it is pinned to; `section` and `question` are the
    codes. `answered_at` is None while it has no answer."""

    id: UUID
    section: str
    question: str
    about: str
    text: str
    answer: str
    answered_by: str
    answered_at: datetime | None


@dataclass(frozen=True)
class CommentRound:
    """What was asked when the audit was returned once: by whom, when, and each comment."""

    asked_by: str
    asked_at: datetime
    comments: Sequence[CommentReading]

    @property
    def unanswered(self) -> int:
        """How many of them have no answer."""
        return sum(each.answered_at is None for each in self.comments)


def comments_of(audit: Audit, draft: Draft | None = None) -> list[CommentRound]:
    """Every comment with its answer, by the times the audit was returned, the newest first.

    One query where there are none; four where there are, and a draft that has read its parts saves
    some of them.
    """
    draft = draft or Draft(audit)
    rows = draft.comments
    known = names({person for each in rows for person in (each.pinned_by, each.answered_by)})
    rounds = [
        CommentRound(known.get(by, ""), at, [_read(draft, each, known) for each in comments])
        for (at, by), comments in groupby(rows, key=lambda each: (each.pinned_at, each.pinned_by))
    ]
    return rounds[::-1]


def _read(draft: Draft, comment: PinnedComment, known: dict[UUID, str]) -> CommentReading:
    about = draft.about(comment)
    return CommentReading(
        comment.id,
        comment.section_code,
        comment.question_code,
        about[:1].upper() + about[1:],
        comment.text,
        comment.answer,
        known.get(comment.answered_by, "") if comment.answered_by is not None else "",
        comment.answered_at,
    )


def comment_of(audit: Audit, comment_id: UUID) -> PinnedComment | None:
    """One comment of this audit as it stands now; None where it has no such comment."""
    query = (
        select(PinnedComment)
        .where(PinnedComment.id == comment_id, PinnedComment.audit_id == audit.id)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).one_or_none()


def comments_on_page(draft: Draft, section: str) -> dict[str, list[CommentReading]]:
    """What the moderator asks on the page of a section of a returned audit, by the box that it is
    pinned to: `question.<code>`, or "" for the section, or a question that is not on the page."""
    found: dict[str, list[CommentReading]] = {}
    standing = standing_round(draft)
    for each in standing.comments if standing is not None else ():
        if each.section == section:
            # One on a question that is not asked any more is shown with its section.
            here = each.question in draft.homes
            box = f"question.{each.question}" if here else ""
            found.setdefault(box, []).append(each if here else replace(each, question=""))
    return found


def standing_round(draft: Draft) -> CommentRound | None:
    """What was asked when a returned audit was returned last; None for any other audit, without a
    query, and where it was taken back to correct its facts before anybody moderated it."""
    if draft.audit.state is not AuditState.RETURNED:
        return None
    return next(iter(comments_of(draft.audit, draft)), None)
