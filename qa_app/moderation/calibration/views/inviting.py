"""Choosing who grades the file, and opening the session to them."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.calibration import InviteForm, OpenForm, invite_form
from qa_app.accounts.queries import names
from qa_app.database import now
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.formatting import count_words
from qa_app.moderation.calibration import services
from qa_app.moderation.calibration.queries.files import source_of
from qa_app.moderation.calibration.queries.people import may_be_invited
from qa_app.moderation.calibration.views.room import blueprint, invited, saved, session_or_404
from qa_app.moderation.models import CalibrationSession, CalibrationState
from qa_app.security import permission_required, signed_in_id


@blueprint.route("/<uuid:session_id>/invite", methods=["GET", "POST"])
@permission_required(Permission.CALIBRATION_MANAGE)
def invite(session_id: UUID) -> ResponseReturnValue:
    """Who grades the file, a service at a time, and by when."""
    session = session_or_404(session_id)
    services.refuse_other_states(session, [CalibrationState.DRAFT, CalibrationState.OPEN])
    opened = session.state is CalibrationState.OPEN
    barred = source_of(session).people
    form = _form(session, barred, opened)
    if form.validate_on_submit():
        people = [UUID(hex=each) for each in form.people()]
        added: list[int] = []
        if saved(form, lambda: added.append(_invite(session, people, form))):
            flash(_told(opened, added[0], len(people)), "success")
            return redirect(url_for("calibration.show", session_id=session_id))
    return render_template(
        "calibration/invite.html",
        form=form,
        session=session,
        there=invited(session) if opened else [],
        barred=sorted(names(barred).values(), key=str.casefold),
    )


def _invite(session: CalibrationSession, people: list[UUID], form: InviteForm) -> int:
    return services.invite(session, people, form.deadline.data, by=signed_in_id(), at=now())


def _form(session: CalibrationSession, barred: frozenset[UUID], opened: bool) -> InviteForm:
    there = {each.person_id for each in invited(session)}
    left_out = barred | there if opened else barred
    groups = [
        (
            service.key,
            service.name,
            [(each.person_id.hex, each.name, each.words) for each in service.people],
        )
        for service in may_be_invited(london_date(now()), left_out)
    ]
    chosen = {
        f"service_{key}": [each[0] for each in people if UUID(hex=each[0]) in there]
        for key, _, people in groups
    }
    return invite_form(groups, needed=opened)(deadline=session.deadline, **chosen)


def _told(opened: bool, added: int, chosen: int) -> str:
    if opened:
        return f"Saved. {count_words(added, 'person', 'people')} more invited and told."
    people = count_words(chosen, "person is", "people are")
    return f"Saved. {people} invited: they are told when you open the session."


@blueprint.route("/<uuid:session_id>/open", methods=["GET", "POST"])
@permission_required(Permission.CALIBRATION_MANAGE)
def open_session(session_id: UUID) -> ResponseReturnValue:
    """What opening does, and whom it tells."""
    session, form = session_or_404(session_id), OpenForm()
    services.refuse_other_states(session, [CalibrationState.DRAFT])
    told: list[int] = []
    if form.validate_on_submit() and saved(
        form,
        lambda: told.append(services.open_session(session, by=signed_in_id(), at=now())),
    ):
        people = count_words(told[0], "person was", "people were")
        flash(
            f"The session is open. {people} told. Nobody sees anybody else’s grades until you "
            "close it.",
            "success",
        )
        return redirect(url_for("calibration.show", session_id=session_id))
    invites = invited(session)
    left = services.left_to_do(session, len(invites), london_date(now()))
    return render_template(
        "calibration/open.html", form=form, session=session, invites=invites, left=left
    )
