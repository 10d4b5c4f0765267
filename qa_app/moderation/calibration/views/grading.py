"""Grading a file blind: saved as it goes, checked, committed once (M10)."""

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.calibration import CommitForm, GradingForm, grading_form
from qa_app.database import now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.calibration import OVERALL
from qa_app.domain.grades import limits_broken
from qa_app.domain.permissions import Permission
from qa_app.moderation.calibration import services
from qa_app.moderation.calibration.queries.files import (
    Part,
    about,
    limits_of,
    parts_of,
    titles_of,
)
from qa_app.moderation.calibration.queries.results import Given, own_grades, stand_of
from qa_app.moderation.calibration.queries.seen import ToGrade
from qa_app.moderation.calibration.views.listing import committed_words
from qa_app.moderation.calibration.views.room import as_fields, as_given, blueprint, saved
from qa_app.moderation.models import CalibrationInvite, CalibrationSession, CalibrationState
from qa_app.security import fetch, note_access, permission_required, signed_in_id


@blueprint.route("/<uuid:session_id>/grade", methods=["GET", "POST"])
@permission_required(Permission.CALIBRATION_GRADE)
def grade(session_id: UUID) -> ResponseReturnValue:
    """The file with a grade and why for each section and the whole; nobody else's anywhere."""
    found = fetch(ToGrade, session_id, needs=Permission.CALIBRATION_GRADE)
    session, own = found.session, found.invite_of(signed_in_id())
    past = _past(session, own)
    if past is not None:
        return past
    parts, mine = parts_of(session), own_grades(own)
    form = grading_form(titles_of(parts))(stand=stand_of(mine), **as_fields(mine))
    status = 200
    if form.validate_on_submit():
        answer = _save(session, form)
        if answer is not None:
            return answer
        status = 409
    return _page(session, own, parts, form, status)


def _past(session: CalibrationSession, own: CalibrationInvite | None) -> ResponseReturnValue | None:
    """Where it is not, or no longer, for this person to grade: what there is instead."""
    closed = session.state is CalibrationState.CLOSED
    if own is not None and own.invited and closed:
        return redirect(url_for("calibration.results", session_id=session.id))
    if own is None or own.committed_at is None:
        # A gold-standard file that was taken back is no longer there to be tried.
        states = [CalibrationState.OPEN] + [CalibrationState.CLOSED] * session.gold
        services.refuse_other_states(session, states)
        return None
    if closed:
        return redirect(url_for("calibration.compare", session_id=session.id))
    note_access("calibration_viewed", session)
    return render_template(
        "calibration/committed.html",
        session=session,
        own=own,
        mine=own_grades(own),
        titles=titles_of(parts_of(session)),
        committed=committed_words(session),
    )


def _save(session: CalibrationSession, form: GradingForm) -> ResponseReturnValue | None:
    """Keep the grades; None where others were saved meanwhile, which the form then shows."""
    by, given = signed_in_id(), as_given(form.given())
    try:
        with saving():
            services.save_grades(session, given, by=by, at=now(), stand=form.stand.data)
    except services.SavedElsewhere as error:
        found = ToGrade.find(session.id)
        _show_both(form, own_grades(found.invite_of(by) if found else None), error.message)
        return None
    if form.check.data:
        return redirect(url_for("calibration.commit", session_id=session.id))
    flash("Saved. Come back when you like: nobody else sees it.", "success")
    return redirect(url_for("calibration.index"))


def _show_both(form: GradingForm, stored: Mapping[str, Given], message: str) -> None:
    """What is stored beside what was sent: neither is lost (A8)."""
    for code, each in stored.items():
        form[f"{code}_why"].notes = [f"In the other window: {each.grade.words}. {each.why}"]
    form.stand.data = stand_of(stored)
    form.refuse(message)


def _page(
    session: CalibrationSession,
    own: CalibrationInvite | None,
    parts: list[Part],
    form: GradingForm,
    status: int,
) -> ResponseReturnValue:
    note_access("calibration_viewed", session)
    opened = session.state is CalibrationState.OPEN
    page = render_template(
        "calibration/grade.html",
        session=session,
        parts=parts,
        form=form,
        about=about(session),
        age_band=about(session, "age_band"),
        committed=committed_words(session) if opened else None,
        today=london_date(now()),
    )
    return page, 400 if form.errors and status == 200 else status


@blueprint.route("/<uuid:session_id>/commit", methods=["GET", "POST"])
@permission_required(Permission.CALIBRATION_GRADE)
def commit(session_id: UUID) -> ResponseReturnValue:
    """My grades once more, before they are committed and change no more."""
    found = fetch(ToGrade, session_id, needs=Permission.CALIBRATION_GRADE)
    session, own = found.session, found.invite_of(signed_in_id())
    if own is None or _past(session, own) is not None:
        return redirect(url_for("calibration.grade", session_id=session_id))
    form = CommitForm()
    if form.validate_on_submit() and saved(
        form, lambda: services.commit_grades(session, by=signed_in_id(), at=now())
    ):
        flash(_committed(own), "success")
        return redirect(url_for("calibration.grade", session_id=session_id))
    parts, mine = parts_of(session), own_grades(own)
    grades = {code: each.grade for code, each in mine.items()}
    overall = grades.get(OVERALL)
    broken = limits_broken(overall, limits_of(parts, grades)) if overall is not None else []
    return render_template(
        "calibration/commit.html",
        session=session,
        form=form,
        mine=mine,
        titles=titles_of(parts),
        missing=services.not_graded(session, mine),
        broken=broken,
        practising=not own.invited,
    )


def _committed(own: CalibrationInvite) -> str:
    if own.invited:
        return (
            "Your grades are committed. You see everybody’s when the QA lead closes the session; "
            "you are told."
        )
    return "Your grades are committed. Here they are beside the agreed answer."
