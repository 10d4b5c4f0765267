"""What came of a session: everybody's grades for those invited, and one's own for a try (M10)."""

from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from qa_app.domain.permissions import Permission
from qa_app.moderation.calibration.queries.files import parts_of, titles_of
from qa_app.moderation.calibration.queries.results import (
    agreed_answer,
    own_comparison,
    own_grades,
    results_of,
)
from qa_app.moderation.calibration.queries.seen import Closed, Shown, sees_agreed
from qa_app.moderation.calibration.views.room import blueprint
from qa_app.security import fetch, note_access, permission_required, signed_in_id


@blueprint.route("/<uuid:session_id>/results")
@permission_required(Permission.CALIBRATION_READ)
def results(session_id: UUID) -> ResponseReturnValue:
    """Everybody's grades beside each other, what was agreed and learnt, what the figures say."""
    session = fetch(Closed, session_id, needs=Permission.CALIBRATION_READ).session
    note_access("calibration_viewed", session)
    return render_template(
        "calibration/results.html",
        session=session,
        results=results_of(session, signed_in_id()),
        me=signed_in_id(),
    )


@blueprint.route("/<uuid:session_id>/compare")
@permission_required(Permission.CALIBRATION_READ)
def compare(session_id: UUID) -> ResponseReturnValue:
    """My own grades beside the agreed answer, and nobody else's."""
    found = fetch(Shown, session_id, needs=Permission.CALIBRATION_READ)
    session, own = found.session, found.invite_of(signed_in_id())
    if not sees_agreed(session, own):
        return redirect(url_for("calibration.show", session_id=session_id))
    note_access("calibration_viewed", session)
    mine = own_grades(own)
    return render_template(
        "calibration/compare.html",
        session=session,
        own=own,
        mine=mine,
        agreed=agreed_answer(session),
        found=own_comparison(session, mine),
        titles=titles_of(parts_of(session)),
    )
