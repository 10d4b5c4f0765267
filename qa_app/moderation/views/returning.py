"""Ending a moderation without a grade: putting the audit back, or returning it (M6)."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.returning import AT_FIRST, Asked, ReturnForm, return_form
from qa_app.audits.draft import Draft
from qa_app.audits.services import CommentRefused, MayIdentify, Pin
from qa_app.database import now, saving
from qa_app.domain.permissions import Permission
from qa_app.formatting import count_words
from qa_app.moderation import services
from qa_app.moderation.models import Moderation
from qa_app.moderation.views.room import blueprint
from qa_app.security import fetch, permission_required, signed_in_id

_NEEDS = Permission.MODERATE
SECTION, QUESTION = "section", "question"
_LONGEST_ENTRY = 110
"""Characters of an entry in the list of places: more of a question is cut off."""


@blueprint.route("/moderation/<uuid:moderation_id>/release", methods=["POST"])
@permission_required(_NEEDS)
def release(moderation_id: UUID) -> ResponseReturnValue:
    """Put the audit back in the queue."""
    moderation = fetch(Moderation, moderation_id, needs=_NEEDS)
    reference = moderation.audit.reference
    with saving():
        services.release(moderation, by=signed_in_id(), at=now())
    flash(f"Audit {reference} is back in the queue for somebody else.", "success")
    return redirect(url_for("moderation.queue"))


@blueprint.route("/moderation/<uuid:moderation_id>/return", methods=["GET", "POST"])
@permission_required(_NEEDS)
def send_back(moderation_id: UUID) -> ResponseReturnValue:
    """Return the audit to its auditor, with what is to be corrected pinned to where it is."""
    moderation = fetch(Moderation, moderation_id, needs=_NEEDS)
    services.check_yours(moderation, signed_in_id())
    services.check_may_return(moderation)
    draft = Draft(moderation.audit)
    form, status = _form(draft), 200
    if request.method == "POST" and not form.add.data:
        status = 400
        if form.validate() and _return(moderation, draft, form):
            return redirect(url_for("moderation.queue"))
    return render_template("moderation/send_back.html", form=form, moderation=moderation), status


def places_of(draft: Draft) -> list[tuple[str, str]]:
    """Where a comment can be pinned: each section that is asked, then its questions."""
    return [
        (value, words if len(words) <= _LONGEST_ENTRY else f"{words[:_LONGEST_ENTRY]}…")
        for section in draft.sections
        for value, words in (
            (f"{SECTION}:{section.code}", section.title),
            *(
                (f"{QUESTION}:{each.code}", f"{section.title}: {each.wording}")
                for each in draft.questions_of(section)
            ),
        )
    ]


def _form(draft: Draft) -> ReturnForm:
    """As many places as the page had, one more where that was asked for. A link may say where the
    first comment goes."""
    text = request.form.get("shown", "")
    shown = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else AT_FIRST
    form = return_form(places_of(draft), shown + ("add" in request.form))()
    if request.method == "GET":
        form.where_0.data = request.args.get("place", "")
    return form


def _return(moderation: Moderation, draft: Draft, form: ReturnForm) -> bool:
    """Return it; False where what was typed has to be looked at again."""
    asked, audit = form.asked(), draft.audit
    words = f"Audit {audit.reference} went back to {audit.auditor_name}, who has been told"
    try:
        with saving():
            services.send_back(
                moderation,
                pins=[_pin(draft, each) for each in asked],
                feedback=form.feedback.data or "",
                harmless=form.harmless.data or "",
                by=signed_in_id(),
                at=now(),
            )
    except MayIdentify as error:
        _say(form, error, asked)
    except CommentRefused as error:
        form.refuse(error.message)
    else:
        flash(f"{words} of {count_words(len(asked), 'thing')} to correct.", "success")
        return True
    return False


def _pin(draft: Draft, asked: Asked) -> Pin:
    kind, _, code = asked.where.partition(":")
    if kind == QUESTION:
        return Pin(asked.says, draft.homes.get(code, ""), code)
    return Pin(asked.says, code)


def _say(form: ReturnForm, error: MayIdentify, asked: list[Asked]) -> None:
    fields = {f"pin.{number}": f"says_{each.place}" for number, each in enumerate(asked)}
    form.refuse_words(
        (error.sentence(each), fields.get(each.fields[0], each.fields[0])) for each in error.found
    )
