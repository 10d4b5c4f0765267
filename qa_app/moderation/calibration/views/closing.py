"""Closing a session, writing what was agreed, and keeping the file for practice: the QA lead's."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.calibration import CloseForm, agreed_form
from qa_app.database import now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.moderation.calibration import services
from qa_app.moderation.calibration.queries.results import agreed_answer, results_of
from qa_app.moderation.calibration.views.room import (
    as_fields,
    as_given,
    blueprint,
    invited,
    saved,
    session_or_404,
)
from qa_app.moderation.models import CalibrationState
from qa_app.security import note_access, permission_required, signed_in_id


@blueprint.route("/<uuid:session_id>/close", methods=["GET", "POST"])
@permission_required(Permission.CALIBRATION_MANAGE)
def close(session_id: UUID) -> ResponseReturnValue:
    """What closing does, and whom it tells."""
    session, form = session_or_404(session_id), CloseForm()
    services.refuse_other_states(session, [CalibrationState.OPEN])
    if form.validate_on_submit() and saved(
        form, lambda: services.close(session, by=signed_in_id(), at=now())
    ):
        flash(
            "The session is closed, and everybody invited was told. Next, look at the grades "
            "together and write what you agree.",
            "success",
        )
        return redirect(url_for("calibration.results", session_id=session_id))
    invites = invited(session)
    return render_template(
        "calibration/close.html",
        form=form,
        session=session,
        invites=invites,
        missing=[each for each in invites if each.committed_at is None],
        barred=services.why_not_close(session, invites, london_date(now())),
    )


@blueprint.route("/<uuid:session_id>/agreed", methods=["GET", "POST"])
@permission_required(Permission.CALIBRATION_MANAGE)
def agreed(session_id: UUID) -> ResponseReturnValue:
    """The agreed answer, with everybody's grades in view, and what was learnt."""
    session = session_or_404(session_id)
    services.refuse_other_states(session, [CalibrationState.CLOSED])
    results = results_of(session, signed_in_id())
    form = agreed_form({line.code: line.title for line in results.lines})(
        why=session.agreed_why, learnt=session.learnt, **as_fields(agreed_answer(session))
    )
    if form.validate_on_submit() and saved(
        form,
        lambda: services.agree(
            session,
            as_given(form.given()),
            why=form.why.data,
            learnt=form.learnt.data or "",
            by=signed_in_id(),
            at=now(),
        ),
    ):
        flash("The agreed answer is saved. Everybody who was invited can read it.", "success")
        return redirect(url_for("calibration.results", session_id=session_id))
    note_access("calibration_viewed", session)
    return render_template("calibration/agreed.html", form=form, session=session, results=results)


@blueprint.route("/<uuid:session_id>/gold", methods=["POST"])
@permission_required(Permission.CALIBRATION_MANAGE)
def gold(session_id: UUID) -> ResponseReturnValue:
    """Put the file among those to practise on, or take it from there."""
    session = session_or_404(session_id)
    wanted = request.form.get("gold") == "yes"
    with saving():
        services.mark_gold(session, wanted, by=signed_in_id(), at=now())
    told = (
        "The file is a gold standard now: every auditor and moderator can practise on it. Their "
        "tries are seen by nobody else."
        if wanted
        else "The file is no longer there to practise on. Who has tried it keeps their own result."
    )
    flash(told, "success")
    return redirect(url_for("calibration.show", session_id=session_id))
