"""Making the file of a session: where it comes from, its introduction, its sections."""

from uuid import UUID

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from forms.calibration import (
    FROM_AUDIT,
    DetailsForm,
    DiscardForm,
    FileSectionForm,
    NewSessionForm,
)
from qa_app.audits.models import Audit
from qa_app.database import db, now
from qa_app.domain.grades import PlanType
from qa_app.domain.permissions import Permission
from qa_app.moderation.calibration import services
from qa_app.moderation.calibration.queries.files import Hit, about, all_parts, hits_of
from qa_app.moderation.calibration.services import CalibrationRefused
from qa_app.moderation.calibration.views.room import blueprint, saved, session_or_404
from qa_app.moderation.models import CalibrationSession, CalibrationState
from qa_app.security import can, note_access, permission_required, signed_in_id
from qa_app.standards.queries import tools


@blueprint.route("/new", methods=["GET", "POST"])
@permission_required(Permission.CALIBRATION_MANAGE)
def new() -> ResponseReturnValue:
    """Make a session, from a final audit or from nothing."""
    form = NewSessionForm()
    form.tool.choices = [(each.code, each.name) for each in tools().values() if each.graded]
    made: list[CalibrationSession] = []
    if form.validate_on_submit() and saved(form, lambda: made.append(_make(form))):
        flash(
            "The session is made, and only you and other QA leads see it. Go through the file: "
            "nothing in it may lead to a child or family.",
            "success",
        )
        return redirect(url_for("calibration.show", session_id=made[0].id))
    return render_template("calibration/new.html", form=form)


def _make(form: NewSessionForm) -> CalibrationSession:
    by, at, title = signed_in_id(), now(), form.title.data
    if form.source.data == FROM_AUDIT:
        return services.make_from_audit(_audit(form.audit.data), title, by=by, at=at)
    tool, plan_type = tools()[str(form.tool.data)], PlanType(str(form.plan_type.data))
    return services.make_typed(tool, plan_type, title, by=by, at=at)


def _audit(reference: str) -> Audit:
    """The audit of this number, for somebody who may read it."""
    audit = db.session.scalars(select(Audit).where(Audit.reference == reference)).one_or_none()
    if audit is None or not can(Permission.AUDIT_READ, audit):
        raise CalibrationRefused("There is no audit of this number that you may read", "audit")
    return audit


def _draft(session_id: UUID) -> CalibrationSession:
    session = session_or_404(session_id)
    services.refuse_other_states(session, [CalibrationState.DRAFT])
    note_access("calibration_viewed", session)
    return session


def _hits(session: CalibrationSession, part: str) -> list[Hit]:
    return [each for each in hits_of(session) if each.part == part]


@blueprint.route("/<uuid:session_id>/details", methods=["GET", "POST"])
@permission_required(Permission.CALIBRATION_MANAGE)
def details(session_id: UUID) -> ResponseReturnValue:
    """The title and the introduction."""
    session = _draft(session_id)
    form = DetailsForm(
        title=session.title, about=about(session), age_band=about(session, "age_band")
    )
    if form.validate_on_submit():
        texts = {name: form[name].data or "" for name in ("title", "about", "age_band")}
        if saved(form, lambda: services.describe(session, **texts, by=signed_in_id(), at=now())):
            return _back(session, "about", "The title and the introduction are saved.")
    return render_template(
        "calibration/details.html", form=form, session=session, hits=_hits(session, "about")
    )


@blueprint.route("/<uuid:session_id>/sections/<code>", methods=["GET", "POST"])
@permission_required(Permission.CALIBRATION_MANAGE)
def section(session_id: UUID, code: str) -> ResponseReturnValue:
    """What the file says of one section."""
    session = _draft(session_id)
    part = next((each for each in all_parts(session) if each.code == code), None)
    if part is None:
        abort(404)
    form = FileSectionForm(evidence=part.evidence, impact=part.impact, answers=part.answers)
    if form.validate_on_submit():
        texts = {name: form[name].data or "" for name in ("evidence", "impact", "answers")}
        if saved(
            form,
            lambda: services.write_section(session, code, **texts, by=signed_in_id(), at=now()),
        ):
            return _back(session, code, f"“{part.title}” is saved.")
    return render_template(
        "calibration/section.html",
        form=form,
        session=session,
        part=part,
        hits=_hits(session, code),
    )


def _back(session: CalibrationSession, part: str, sentence: str) -> ResponseReturnValue:
    """To the session; or to the same page, where words are left that may identify somebody."""
    if not _hits(session, part):
        flash(sentence, "success")
        return redirect(url_for("calibration.show", session_id=session.id))
    flash(f"{sentence} Words that may identify somebody are left in it: they are listed below.")
    if part == "about":
        return redirect(url_for("calibration.details", session_id=session.id))
    return redirect(url_for("calibration.section", session_id=session.id, code=part))


@blueprint.route("/<uuid:session_id>/discard", methods=["GET", "POST"])
@permission_required(Permission.CALIBRATION_MANAGE)
def discard(session_id: UUID) -> ResponseReturnValue:
    """Throw a draft away."""
    session, form = session_or_404(session_id), DiscardForm()
    services.refuse_other_states(session, [CalibrationState.DRAFT])
    title = session.title
    if form.validate_on_submit() and saved(
        form, lambda: services.discard(session, by=signed_in_id(), at=now())
    ):
        flash(f"“{title}” is thrown away. Nobody had been told of it.", "success")
        return redirect(url_for("calibration.index"))
    return render_template("calibration/discard.html", form=form, session=session)
