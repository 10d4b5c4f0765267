"""One's session, as open pages ask about it (A8, AU-4, AC-7): JSON for scripts, else a page."""

from flask import jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf

from qa_app.accounts import sessions
from qa_app.accounts.views.my_account import me
from qa_app.accounts.views.room import blueprint
from qa_app.database import now, saving
from qa_app.domain.permissions import Permission
from qa_app.errors import wants_json
from qa_app.kept import mark_of
from qa_app.security import permission_required, signed_in_id


def _state() -> ResponseReturnValue:
    """{"person", "left" (seconds), "last", "token"}: whose session, how long, with which token."""
    left, last = me().time_left(now())
    token = generate_csrf()
    return jsonify({"person": mark_of(signed_in_id()), "left": left, "last": last, "token": token})


@blueprint.get("/my-account/session", endpoint="session")
@permission_required(Permission.OWN_ACCOUNT)
def session_state() -> ResponseReturnValue:
    """Where one arrives after signing in again; and what a page's own script asks, which keeps
    nothing alive."""
    if wants_json():
        sessions.leave_unseen()
        return _state()
    return render_template("accounts/session.html")


@blueprint.post("/my-account/session")
@permission_required(Permission.OWN_ACCOUNT)
def stay_signed_in() -> ResponseReturnValue:
    """Stay signed in, as somebody asked who was warned."""
    with saving():
        sessions.stay(me(), at=now())
    return _state() if wants_json() else redirect(url_for("accounts.session"))
