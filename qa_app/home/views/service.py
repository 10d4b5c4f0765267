"""Pages about the service itself: whether it is well, and how accessible it is."""

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from qa_app.home import queries
from qa_app.home.views.room import blueprint
from qa_app.security import public


@blueprint.route("/healthz")
@blueprint.route("/readyz")
@public
def health() -> ResponseReturnValue:
    """Whether the process answers (`/healthz`), and whether its database does too (`/readyz`)."""
    if request.path == "/readyz" and not _database_answers():
        return Response("the database does not answer\n", status=503, mimetype="text/plain")
    return Response("ok\n", mimetype="text/plain")


def _database_answers() -> bool:
    try:
        queries.touch()
    except SQLAlchemyError:
        return False
    return True


@blueprint.route("/accessibility")
@public
def accessibility() -> ResponseReturnValue:
    """The accessibility statement."""
    return render_template("home/accessibility.html")
