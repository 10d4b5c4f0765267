"""Taking an audit from the queue, and a blind moderator's first grades (M3)."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.blind import FirstGradesForm, first_grades_form
from qa_app.accounts.models import Person
from qa_app.accounts.queries import names
from qa_app.audits.models import Audit
from qa_app.database import db, now, saving
from qa_app.domain.blind import READS_IT
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.moderation import queries, services
from qa_app.moderation.models import Moderation, ModerationState
from qa_app.moderation.queries.given import ToModerate
from qa_app.moderation.views.room import blueprint
from qa_app.security import fetch, note_access, permission_required, signed_in_id

_NEEDS = Permission.MODERATE


@blueprint.route("/moderation/audits/<uuid:audit_id>/start", methods=["POST"])
@permission_required(Permission.MODERATION_START)
def start(audit_id: UUID) -> ResponseReturnValue:
    """Take an audit for moderation; one of two who press at once gets it (CO-3)."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_SEE)
    person_id, at = signed_in_id(), now()
    review = queries.review_of(audit, person_id, london_date(at))
    if review.bars:
        _note_refused(audit, review)
        sentence = review.sentence(names([person_id])[person_id])
        raise services.MayNotModerate(f"{sentence} Nothing has been changed.")
    fetch(ToModerate, audit_id, needs=Permission.MODERATION_START, options=[person_id])
    moderator = db.session.get_one(Person, person_id)
    try:
        with saving():
            moderation = services.start(audit, moderator, by=person_id, at=at)
    except services.MayNotModerate:
        _note_refused(audit, queries.Review((READS_IT,), own_service=False))
        raise
    return _begin(moderation)


def _note_refused(audit: Audit, review: queries.Review) -> None:
    with saving():
        services.note_refused(audit, review, by=signed_in_id(), at=now())


def _begin(moderation: Moderation) -> ResponseReturnValue:
    taken = f"You have taken audit {moderation.audit.reference}."
    if moderation.hidden:
        flash(
            f"{taken} Grade it first without seeing how its auditor graded it: then you see that.",
            "success",
        )
        return redirect(url_for("moderation.first_grades", moderation_id=moderation.id))
    flash(f"{taken} Finish it, or give it back.", "success")
    return redirect(url_for("moderation.show", moderation_id=moderation.id))


@blueprint.route("/moderation/<uuid:moderation_id>/first-grades", methods=["GET", "POST"])
@permission_required(_NEEDS)
def first_grades(moderation_id: UUID) -> ResponseReturnValue:
    """The audit without its auditor's judgement, and the grades that are given first."""
    moderation = fetch(Moderation, moderation_id, needs=_NEEDS)
    if moderation.state is not ModerationState.OPEN:
        return redirect(url_for("moderation.show_result", audit_id=moderation.audit_id))
    if not moderation.hidden:
        return redirect(url_for("moderation.show", moderation_id=moderation.id))
    services.check_yours(moderation, signed_in_id())
    reading = queries.BlindReading(moderation)
    form = first_grades_form(
        [(each.code, each.title, each.descriptors) for each in reading.graded_first]
    )()
    if form.validate_on_submit():
        return _commit(moderation, form)
    note_access("audit_viewed_blind", moderation.audit, audit_id=moderation.audit_id)
    page = render_template(
        "moderation/blind.html", form=form, moderation=moderation, reading=reading
    )
    return page, 400 if form.errors else 200


def _commit(moderation: Moderation, form: FirstGradesForm) -> ResponseReturnValue:
    with saving():
        services.commit_first(
            moderation,
            form.grades(),
            opened_record=bool(form.opened_record.data),
            by=signed_in_id(),
            at=now(),
        )
    flash(
        "Your first grades are kept as you gave them. Now you see the auditor’s beside them: go on "
        "with the moderation.",
        "success",
    )
    return redirect(url_for("moderation.show", moderation_id=moderation.id))
