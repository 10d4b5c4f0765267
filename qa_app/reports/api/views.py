"""The read API at /api/v1/: GET alone, with a key and never with a session."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from typing import Any, Final, TypeVar

from flask import Blueprint, Response, g, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import ValidationError
from werkzeug.exceptions import MethodNotAllowed, NotFound

from qa_app.database import db, now, saving, set_reading
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.keys import KeyScope
from qa_app.reports.api import reading
from qa_app.reports.api.document import described, document, rows_of
from qa_app.reports.api.reading import Page
from qa_app.reports.api.schemas import (
    ActionsAnswer,
    ActionsAsked,
    Answer,
    Asking,
    AuditsAnswer,
    AuditsAsked,
    MeasuresAnswer,
    MeasuresAsked,
    ThemesAnswer,
    ThemesAsked,
)
from qa_app.reports.api.writing import csv_answer, json_answer, problem
from qa_app.reports.models import ApiToken
from qa_app.reports.queries.tokens import key_of
from qa_app.reports.services import tokens

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")

View = Callable[[], ResponseReturnValue]
A = TypeVar("A", bound=Asking)

_PREFIX: Final = "/api/"
_BEARER: Final = "bearer"
_CHALLENGE: Final = 'Bearer realm="case file audit"'


def _get(path: str) -> Callable[[View], View]:
    """Route a view for GET (and HEAD) alone: no OPTIONS is answered without a key."""
    return blueprint.route(path, methods=["GET"], provide_automatic_options=False)


def key_required(*scopes: KeyScope) -> Callable[[View], View]:
    """Mark a view as one for programs, and refuse those without a key of one of these scopes.

    The marks are what security.py reads: such a view is never opened by a session.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded() -> ResponseReturnValue:
            token = _presented()
            if token is None:
                return _no_key()
            if not {scope.value for scope in scopes} & set(token.scopes):
                wanted = " or ".join(scope.value for scope in scopes)
                challenge = f'{_CHALLENGE}, error="insufficient_scope", scope="{wanted}"'
                detail = f"This key does not reach “{wanted}”. Ask for one that does."
                return problem(HTTPStatus.FORBIDDEN, detail, WWW_Authenticate=challenge)
            return _answered(view, token)

        guarded.permission = "a key"  # type: ignore[attr-defined]
        guarded.scopes = frozenset(scopes)  # type: ignore[attr-defined]
        return guarded

    return decorate


def _presented() -> ApiToken | None:
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != _BEARER or not secret.strip():
        return None
    return key_of(secret.strip(), london_date(now()))


def _no_key() -> Response:
    challenge = _CHALLENGE
    if "Authorization" in request.headers:
        challenge += ', error="invalid_token"'
    detail = "Send a key that is in use, as “Authorization: Bearer …”. The QA lead makes them."
    return problem(HTTPStatus.UNAUTHORIZED, detail, WWW_Authenticate=challenge)


def _answered(view: View, token: ApiToken) -> ResponseReturnValue:
    """The view's answer; once it is made, the read is noted in a transaction of its own (I1)."""
    token_id, answer = token.id, view()
    count = g.pop("rows_read", None)
    if count is not None:
        set_reading(False)
        db.session.rollback()
        with saving():
            things = str(request.endpoint).partition(".")[2]
            tokens.note_read(token_id, count=count, things=things, at=now())
    return answer


@blueprint.before_app_request
def _say_what_is_not_here() -> ResponseReturnValue | None:
    """An address or a method that the API does not have gets a problem, not a page."""
    error = request.routing_exception
    if not request.path.startswith(_PREFIX) or error is None:
        return None
    if isinstance(error, MethodNotAllowed):
        allowed = ", ".join(sorted(error.valid_methods or ()))
        detail = "This address is read with GET alone. Nothing can be changed through it."
        return problem(HTTPStatus.METHOD_NOT_ALLOWED, detail, Allow=allowed)
    if isinstance(error, NotFound):
        detail = f"There is no such list. Look at {url_for('api.openapi')} for those there are."
        return problem(HTTPStatus.NOT_FOUND, detail)
    return None


def _read(asked: type[A], answer: type[Answer], read: Callable[[A, datetime], Page]) -> Response:
    at = now()
    try:
        wanted = asked.model_validate(request.args.to_dict())
        page = read(wanted, at)
    except ValidationError as error:
        return problem(HTTPStatus.BAD_REQUEST, _fault(error, asked))
    except DomainError as error:
        return problem(HTTPStatus.BAD_REQUEST, f"{error.message.rstrip('.')}.")
    g.rows_read = len(page.rows)
    following = None
    if page.next_after is not None:
        values: dict[str, Any] = request.args.to_dict() | {"after": page.next_after}
        following = url_for(str(request.endpoint), **values)
    if wanted.format == "csv":
        return csv_answer(page, rows_of(answer), following)
    return json_answer(page, at, following)


def _fault(error: ValidationError, asked: type[Asking]) -> str:
    """What is wrong with the first parameter that is, and what it takes."""
    fields = {field.alias or name: field for name, field in asked.model_fields.items()}
    name = str(error.errors()[0]["loc"][0])
    if name not in fields:
        return f"There is a parameter that this list does not know. Use only {', '.join(fields)}."
    return f"Change “{name}”: {fields[name].description}."


@_get("/measures")
@key_required(KeyScope.MEASURES)
@described("measures", MeasuresAsked, MeasuresAnswer)
def measures() -> ResponseReturnValue:
    """Figures MTM-1 to MTM-4 by month, as the page of measures has them."""
    return _read(MeasuresAsked, MeasuresAnswer, reading.measures_page)


@_get("/audits")
@key_required(KeyScope.AUDITS)
@described("audits", AuditsAsked, AuditsAnswer)
def audits() -> ResponseReturnValue:
    """Completed audits without narrative; no grade of one that is not final."""
    return _read(AuditsAsked, AuditsAnswer, reading.audits_page)


@_get("/actions")
@key_required(KeyScope.ACTIONS)
@described("actions", ActionsAsked, ActionsAnswer)
def actions() -> ResponseReturnValue:
    """Actions with their dates and words for how they stand, without what is to be done."""
    return _read(ActionsAsked, ActionsAnswer, reading.actions_page)


@_get("/themes")
@key_required(KeyScope.THEMES)
@described("themes", ThemesAsked, ThemesAnswer)
def themes() -> ResponseReturnValue:
    """How often each theme was found in final audits, by month."""
    return _read(ThemesAsked, ThemesAnswer, reading.themes_page)


@_get("/openapi.json")
@key_required(*KeyScope)
def openapi() -> ResponseReturnValue:
    """This document. Any key opens it."""
    return jsonify(document())
