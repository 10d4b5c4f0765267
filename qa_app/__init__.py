"""Case-file audit and quality assurance for an English council's children's services."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from qa_app import blueprints, config, errors, logs, pages, security
from qa_app.accounts import sessions
from qa_app.demo import guard
from qa_app.extensions import db, migrate

HERE = Path(__file__).resolve().parent


def template_folder() -> Path:
    """Where the templates are: inside an installed package, or beside it in a checkout."""
    inside = HERE / "templates"
    return inside if inside.is_dir() else HERE.parent / "templates"


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Make the app from the environment (or from `settings`, in tests).

    Raises ConfigurationError when something it cannot run without is missing.
    """
    app = Flask(__name__, template_folder=str(template_folder()), static_folder="static")
    app.config.from_mapping(config.load() if settings is None else settings)
    logs.init_app(app)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(HERE / "migrations"))
    security.init_app(app)
    sessions.init_app(app)
    errors.init_app(app)
    pages.init_app(app)
    blueprints.register(app)
    if app.config.get("PROXIES"):
        hops = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    guard.check(app)
    return app
