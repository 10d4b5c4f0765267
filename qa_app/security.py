"""Deny by default: who is signed in, what they may do, on which object, and the headers sent.

Every view carries one marker: `@public`, or `@permission_required(...)`. A permission that is about
an object is checked by `fetch()`, which finds the object and asks both questions in one place: does
it exist for this person (404), and may they do this with it (403).
"""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, ClassVar, ParamSpec, Protocol, TypeVar, cast
from uuid import UUID

from flask import Flask, Response, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from qa_app import history
from qa_app.database import db, now, saving, set_reading
from qa_app.domain.permissions import NOTHING, PERMISSIONS, Actor, Permission, Subject, allowed
from qa_app.errors import signed_out
from qa_app.extensions import csrf, login_manager

P = ParamSpec("P")

# Permissions about no object in particular: the decorator alone decides them.
PAGE_PERMISSIONS = frozenset(
    {
        Permission.HOME_READ,
        Permission.OWN_ACCOUNT,
        Permission.PEOPLE_MANAGE,
        Permission.SETTINGS_MANAGE,
        Permission.TITLES_MANAGE,
        Permission.CASES_IMPORT,
        Permission.CASES_READ,
        Permission.IMPORT_READ,
        Permission.AUDITS_IMPORT,
        Permission.AUDITS_LIST,
        Permission.AUDIT_GIVE,
        Permission.MODERATION_QUEUE,
        Permission.CONCERNS_LIST,
        Permission.ASSURANCE_READ,
        Permission.ACTIONS_HAND_OVER,
        Permission.SERVICE_ACTION_RAISE,
        Permission.PLANS_LIST,
        Permission.MODERATION_MANAGE,
        Permission.MODERATION_WAIVE,
        Permission.CALIBRATION_LIST,
        Permission.CALIBRATION_MANAGE,
        Permission.ABSENCE_NOTE,
        Permission.ACTIONS_LIST,
        Permission.PROGRAMME_MANAGE,
        Permission.PROGRAMME_READ,
        Permission.DRAW_READ,
        Permission.TIME_REQUEST_ASK,
        Permission.EXEMPTION_GRANT,
        Permission.INTEREST_DECLARE,
        Permission.WAIVER_GRANT,
        Permission.TOOLS_READ,
        Permission.TOOLS_MANAGE,
        Permission.STANDARDS_MANAGE,
        Permission.MEASURES_READ,
        Permission.REPORTS_READ,
        Permission.REPORT_READ_IN_FULL,
        Permission.REPORTS_DRAFT,
        Permission.REPORT_APPROVE,
        Permission.REPORT_WITHDRAW,
        Permission.BOARDS_MANAGE,
        Permission.ISSUES_LOG_READ,
        Permission.THEMES_MANAGE,
        Permission.LEARNING_READ,
        Permission.LEARNING_MANAGE,
        Permission.INSPECTION_LIST,
        Permission.TOKENS_MANAGE,
    }
)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# A page shows its object when it is fetched, and when it comes back with what was wrong (I1).
SHOWING = frozenset({200, 400, 409})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class SignedIn(Protocol):
    """What the accounts room gives as the current user."""

    person_id: UUID
    is_authenticated: bool

    def actor(self) -> Actor:
        """The person with the roles held today."""
        ...


class Guarded(Protocol):
    """An object that can say who may touch it."""

    seen_with: ClassVar[Permission]

    def permission_subject(self) -> Subject:
        """The facts that the table of permissions reads."""
        ...


G = TypeVar("G", bound=Guarded)


def public(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Mark a view that needs no session. The list is short and tested (AZ-2)."""
    view.permission = None  # type: ignore[attr-defined]
    return view


def permission_required(
    permission: Permission,
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Mark a view with the permission that it needs, and refuse those without it.

    For a permission about an object the view must `fetch` the object with it: a view that answers
    without having asked raises RuntimeError, whatever it did.
    """
    if permission not in PERMISSIONS:
        raise KeyError(f"{permission} has no row in qa_app/domain/permissions.py")

    def decorate(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            if permission in PAGE_PERMISSIONS and not can(permission):
                abort(403)
            answer = view(*args, **kwargs)
            if permission not in PAGE_PERMISSIONS and permission not in g.checked:
                raise RuntimeError(f"{request.endpoint} never asked for {permission} on its object")
            return answer

        guarded.permission = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def signed_in() -> SignedIn:
    """The current user (only where a session is certain)."""
    return cast(SignedIn, current_user)


def signed_in_id() -> UUID:
    """The id of the person signed in."""
    return signed_in().person_id


def actor() -> Actor:
    """The current user's roles, worked out once a request."""
    if "actor" not in g:
        g.actor = signed_in().actor()
    return cast(Actor, g.actor)


def can(permission: Permission, subject: Guarded | None = None) -> bool:
    """Whether the person signed in holds a permission, on an object where one is given."""
    if not current_user.is_authenticated:
        return False
    facts = NOTHING if subject is None else subject.permission_subject()
    # What somebody may do by what they are to the object needs no role, and so no query for them.
    # A role only ever adds to it (tests/domain/test_roles_only_add.py).
    if "actor" not in g and allowed(permission, Actor(signed_in_id(), ()), facts):
        return True
    return allowed(permission, actor(), facts)


def fetch(model: type[G], object_id: UUID, *, needs: Permission, options: Iterable[Any] = ()) -> G:
    """Load an object for a permission. A class that is no table says by `find` how, and `options`
    are what it is told beside the id.

    404 where it does not exist or may not even be seen by this person (the two look the same);
    403 where it may be seen but not this done with it.
    """
    finder = getattr(model, "find", None)
    if finder is not None:
        found = cast(G | None, finder(object_id, *options))
    else:
        found = db.session.get(model, object_id, options=list(options))
    may = found is not None and can(needs, found)
    if found is None or not (may or can(found.seen_with, found)):
        abort(404)
    if not may:
        abort(403)
    g.checked.add(needs)
    return found


def note_access(verb: str, subject: Any, *, audit_id: UUID | None = None, **details: Any) -> None:
    """Put a read in the history once the answer is made, in a transaction of its own (I1)."""
    row = {"subject": history.Reference.to(subject), "audit_id": audit_id, "details": details}
    g.setdefault("accesses", []).append((verb, row))


def _begin() -> ResponseReturnValue | None:
    g.checked = set()
    history.origin.set(("web", request.remote_addr or ""))
    set_reading(request.method in SAFE_METHODS)
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.endpoint == "static" or _is_public(view):
        return None
    if not hasattr(view, "permission"):
        raise RuntimeError(f"{request.endpoint} names no permission")
    if hasattr(view, "scopes"):
        # Read by other programs: the view's own guard asks for a key, never for a session.
        return None
    if current_user.is_authenticated:
        return None
    if request.method not in SAFE_METHODS or request.is_json:
        return signed_out()
    return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))


def _is_public(view: Any) -> bool:
    return getattr(view, "permission", ...) is None


def _record_accesses(response: Response) -> Response:
    accesses = g.pop("accesses", None)
    if accesses and response.status_code in SHOWING:
        set_reading(False)
        db.session.rollback()
        person, at = signed_in_id(), now()
        with saving():
            for verb, row in accesses:
                details = {"audit_id": row["audit_id"], **row["details"]}
                history.record(verb, row["subject"], by=person, at=at, **details)
    return response


def _add_headers(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers[name] = value
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response


def init_app(app: Flask) -> None:
    """Switch the guards on."""
    login_manager.init_app(app)
    login_manager.session_protection = None
    app.before_request(_begin)
    csrf.init_app(app)
    # After-request functions run in reverse order: headers last.
    app.after_request(_add_headers)
    app.after_request(_record_accesses)
    app.jinja_env.globals.update(can=can, Permission=Permission)
