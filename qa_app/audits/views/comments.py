"""What moderators asked to be corrected, and the auditors' answers (M6)."""

from uuid import UUID

from flask import abort, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from forms.comments import AnswerCommentForm
from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, PinnedComment
from qa_app.audits.queries.comments import comment_of, comments_of
from qa_app.audits.views.blueprints import blueprint
from qa_app.audits.views.frame import audit_page
from qa_app.audits.views.way import place_of
from qa_app.database import now, saving
from qa_app.domain.permissions import Permission
from qa_app.domain.workflow import AuditState
from qa_app.formatting import count_words
from qa_app.security import can, fetch, note_access, permission_required, signed_in_id


@blueprint.route("/<uuid:audit_id>/comments")
@permission_required(Permission.AUDIT_READ)
def comments(audit_id: UUID) -> ResponseReturnValue:
    """Everything that was asked, by the times the audit was returned, with what was answered."""
    return _page(fetch(Audit, audit_id, needs=Permission.AUDIT_READ), {})


@blueprint.route("/<uuid:audit_id>/comments/<uuid:comment_id>", methods=["POST"])
@permission_required(Permission.AUDIT_WRITE)
def answer_comment(audit_id: UUID, comment_id: UUID) -> ResponseReturnValue:
    """The auditors' answer to one comment."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_WRITE)
    comment = comment_of(audit, comment_id)
    if comment is None:
        abort(404)
    form = _form(comment_id)
    if not form.validate() or not _answer(audit, comment, form):
        return _page(audit, {comment_id: form}, 400)
    flash(_left(audit), "success")
    return redirect(url_for("audits.comments", audit_id=audit_id))


def _form(comment_id: UUID) -> AnswerCommentForm:
    return AnswerCommentForm(prefix=f"comment-{comment_id}-")


def _answer(audit: Audit, comment: PinnedComment, form: AnswerCommentForm) -> bool:
    """Save it; False where what was typed has to be looked at again."""
    try:
        with saving():
            services.answer_comment(
                audit,
                comment.id,
                text=form.text.data,
                harmless=form.harmless.data or "",
                by=signed_in_id(),
                at=now(),
            )
    except services.MayIdentify as error:
        form.refuse_words((error.sentence(each), each.fields[0]) for each in error.found)
        return False
    return True


def _left(audit: Audit) -> str:
    left = len(Draft(audit).open_comments)
    if left:
        return (
            f"Your answer is saved, and is kept with the audit. {count_words(left, 'thing')} left."
        )
    return (
        "Your answer is saved, and is kept with the audit. Everything that the moderator asks is "
        "answered: check the audit, and send it again."
    )


def _page(
    audit: Audit, sent: dict[UUID, AnswerCommentForm], status: int = 200
) -> ResponseReturnValue:
    draft = Draft(audit)
    answers = audit.state is AuditState.RETURNED and can(Permission.AUDIT_WRITE, audit)
    forms = {each.id: _form(each.id) for each in draft.open_comments} | sent if answers else {}
    note_access("audit_viewed", audit, audit_id=audit.id)
    return audit_page(
        "audits/comments.html",
        audit,
        # What is answered where nothing is asked any more has no control to be mended at.
        status=status if answers or status == 200 else 409,
        rounds=comments_of(audit, draft),
        forms=forms,
        form=next(iter(sent.values()), None) if answers else None,
        places={each.id: place_of(draft, each) for each in draft.open_comments} if answers else {},
    )
