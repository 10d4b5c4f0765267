"""Error pages in plain words; a broken rule becomes a page that says what to do."""

import logging
import secrets
from typing import Final

from flask import Flask, Response, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from qa_app.database import db
from qa_app.domain.errors import DomainError
from qa_app.kept import Kept

logger = logging.getLogger(__name__)

NOT_THEIRS: Final = (
    "This was written while somebody else was signed in here. It is not saved under your name: "
    "only whoever wrote it can send it."
)
PAGES = frozenset({400, 403, 404, 405, 409, 413, 429, 500, 503})


def wants_json() -> bool:
    """Whether the caller is a script of ours rather than a page load."""
    return request.is_json or request.accept_mimetypes.best == "application/json"


def page(
    status: int, message: str = "", *, look: int | None = None, **context: object
) -> ResponseReturnValue:
    """The error page of a status (one without a page of its own is shown as 400 or 500).

    `look` is the page that is shown where it is not the status's own.
    """
    # An error page shows nothing of the object: it is no read of it (I1).
    g.pop("accesses", None)
    if wants_json():
        return jsonify({"error": message or status}), status
    name = look or (status if status in PAGES else (400 if status < 500 else 500))
    return render_template(f"errors/{name}.html", message=message, **context), status


def _kept() -> Kept | None:
    """What was typed: shown for copying, and sent again where that helps (A8)."""
    try:
        kept = Kept.sent(request.form, request.full_path.rstrip("?"), files=bool(request.files))
    except HTTPException:  # too large to be read: then its page says so
        return None
    return kept or None


def signed_out() -> ResponseReturnValue:
    """The answer to a change that came without a session.

    Whoever wrote it signs in on that page, and sends it again with one press (A8, AU-4).
    """
    if request.is_json:
        return page(401, "You are signed out. Sign in and try again.")
    return page(403, "Sign in and try again.", look=401, kept=_kept())


def _broken_rule(error: DomainError) -> ResponseReturnValue:
    db.session.rollback()
    return page(409, error.message, kept=_kept())


def _http_error(error: HTTPException) -> ResponseReturnValue | Response:
    status = error.code or 500
    if 300 <= status < 400:
        return Response(status=status, headers=dict(error.get_headers()))
    return page(status, getattr(error, "shown", ""), kept=_kept())


def _csrf_failed(error: CSRFError) -> ResponseReturnValue:
    kept = _kept()
    if kept is None or not kept.can_be_sent:
        message = "The page was open too long or came from elsewhere. Go back and try again."
        return page(400, message, kept=kept)
    if not current_user.is_authenticated:
        return page(400, look=401, kept=kept)
    if not kept.is_of(current_user.person_id):
        return page(400, NOT_THEIRS, kept=kept)
    message = "You have signed in again since this page was opened, so it was not saved yet."
    return page(400, message, kept=kept, send_again=True)


def _somebody_else_saved(error: StaleDataError) -> ResponseReturnValue:
    db.session.rollback()
    message = "Somebody else changed this at the same moment. Look again before you save."
    return page(409, message, kept=_kept())


def _database_away(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    # The exception's text may name hosts and statements: only its kind is logged.
    logger.error("database unavailable: %s", type(error).__name__)
    g.plain_page = True
    return page(503, kept=_kept())


def _unexpected(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    reference = secrets.token_hex(4).upper()
    # The traceback is logged with its frames, without the message: a message may carry narrative.
    frames = []
    trace = error.__traceback__
    while trace is not None:
        frames.append(f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    logger.error("error %s: %s at %s", reference, type(error).__name__, " < ".join(frames[-8:]))
    g.plain_page = True
    return page(500, reference=reference, kept=_kept())


def init_app(app: Flask) -> None:
    """Register the pages; tests see the same ones as users."""
    app.register_error_handler(DomainError, _broken_rule)
    app.register_error_handler(CSRFError, _csrf_failed)
    app.register_error_handler(StaleDataError, _somebody_else_saved)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(PoolTimeout, _database_away)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(Exception, _unexpected)
