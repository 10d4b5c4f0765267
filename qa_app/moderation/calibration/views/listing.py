"""My sessions, those to practise on, how I compared; and the QA lead's page of one session."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from qa_app.database import now
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.formatting import count_words, date_words
from qa_app.moderation.calibration import services
from qa_app.moderation.calibration.queries import lists
from qa_app.moderation.calibration.queries.files import Part, about, all_parts, hits_of
from qa_app.moderation.calibration.queries.people import ROLES
from qa_app.moderation.calibration.queries.seen import Shown
from qa_app.moderation.calibration.views.room import blueprint, invited
from qa_app.moderation.models import CalibrationInvite, CalibrationSession, CalibrationState
from qa_app.security import actor, can, fetch, note_access, permission_required, signed_in_id


@blueprint.route("/")
@permission_required(Permission.CALIBRATION_LIST)
def index() -> ResponseReturnValue:
    """What I am asked to grade, what came of it, and files to practise on."""
    managing = can(Permission.CALIBRATION_MANAGE)
    return render_template(
        "calibration/index.html",
        mine=lists.my_sessions(signed_in_id()),
        managed=lists.all_sessions() if managing else None,
        practises=any(actor().holds(role) for role in ROLES),
        today=london_date(now()),
    )


@blueprint.route("/mine")
@permission_required(Permission.CALIBRATION_LIST)
def mine() -> ResponseReturnValue:
    """How my grades compared with the agreed ones, session by session."""
    past = lists.my_past(signed_in_id())
    return render_template("calibration/mine.html", past=past, all=lists.together(past))


@blueprint.route("/<uuid:session_id>")
@permission_required(Permission.CALIBRATION_READ)
def show(session_id: UUID) -> ResponseReturnValue:
    """The QA lead's page of a session; everybody else is led to what they can do with it."""
    found = fetch(Shown, session_id, needs=Permission.CALIBRATION_READ)
    session = found.session
    if not can(Permission.CALIBRATION_MANAGE):
        return redirect(_way(found))
    note_access("calibration_viewed", session)
    today = london_date(now())
    return render_template(
        "calibration/show.html",
        session=session,
        parts=all_parts(session),
        about=about(session),
        age_band=about(session, "age_band"),
        invites=invited(session),
        today=today,
        own=found.invite_of(signed_in_id()),
        **_of_state(session, today),
    )


def _way(found: Shown) -> str:
    own = found.invite_of(signed_in_id())
    closed = found.session.state is CalibrationState.CLOSED
    endpoint = "results" if closed and own is not None and own.invited else "grade"
    return url_for(f"calibration.{endpoint}", session_id=found.session.id)


def _of_state(session: CalibrationSession, today: date) -> dict[str, Any]:
    """What the page needs besides in this state."""
    invites = invited(session)
    if session.state is CalibrationState.DRAFT:
        hits = hits_of(session)
        left = services.left_to_do(session, len(invites), today)
        parts = all_parts(session)
        tasks = _tasks(session, parts, invites, {hit.part for hit in hits})
        return {"hits": hits, "left": left, "tasks": tasks}
    if session.state is CalibrationState.OPEN:
        return {"barred": services.why_not_close(session, invites, today)}
    return {}


def _tasks(
    session: CalibrationSession,
    parts: list[Part],
    invites: list[CalibrationInvite],
    with_hits: set[str],
) -> list[dict[str, Any]]:
    """What there is to write, with how far it is, each leading to its page."""
    items = [_task("Title and introduction", "about", bool(about(session)), with_hits)]
    items[0]["href"] = url_for("calibration.details", session_id=session.id)
    for part in parts:
        item = _task(part.title, part.code, part.is_written, with_hits, "Left out: empty")
        item["href"] = url_for("calibration.section", session_id=session.id, code=part.code)
        items.append(item)
    until = f", by {date_words(session.deadline)}" if session.deadline else ""
    people = f"{len(invites)} invited{until}" if invites else "To do"
    items.append(
        {
            "text": "Who grades it, and by when",
            "href": url_for("calibration.invite", session_id=session.id),
            "status": people,
            "done": bool(invites and session.deadline),
        }
    )
    return items


def _task(
    text: str, part: str, written: bool, with_hits: set[str], otherwise: str = "To do"
) -> dict[str, Any]:
    if part in with_hits:
        return {"text": text, "status": "Words to remove", "colour": "yellow"}
    if written:
        return {"text": text, "status": "Written", "done": True}
    colour = "grey" if otherwise != "To do" else "blue"
    return {"text": text, "status": otherwise, "colour": colour}


def committed_words(session: CalibrationSession) -> str:
    """How many of those invited have committed, and nothing else of how they are doing."""
    invites = invited(session)
    done = sum(each.committed_at is not None for each in invites)
    return f"{done} of {count_words(len(invites), 'person', 'people')}"
