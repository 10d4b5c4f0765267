"""Settings from the environment. Production refuses to start with anything missing or weak."""

import os
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

MINIMUM_SECRET_LENGTH = 32


class ConfigurationError(RuntimeError):
    """The environment does not allow the app to start; the message says what to set."""


def _database_url(raw: str) -> str:
    """Name the psycopg 3 driver where a plain PostgreSQL address was given."""
    for prefix in ("postgres://", "postgresql://"):
        if raw.startswith(prefix):
            return "postgresql+psycopg://" + raw.removeprefix(prefix)
    return raw


def _engine_options(url: str) -> dict[str, Any]:
    """Options of the engine: parameters hidden, or an error would carry narrative into a log."""
    options: dict[str, Any] = {"hide_parameters": True}
    if url.startswith("postgresql"):
        options |= {"pool_size": 5, "max_overflow": 5, "pool_timeout": 3}
        options["connect_args"] = {"connect_timeout": 3}
    return options


def load(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Read the configuration, as a dict for `app.config`.

    Raises ConfigurationError when DATABASE_URL or SECRET_KEY is missing or too short, or when
    debug is asked for: there is no default secret (SC-2).
    """
    env = os.environ if environ is None else environ
    secret = env.get("SECRET_KEY", "")
    if len(secret) < MINIMUM_SECRET_LENGTH:
        raise ConfigurationError(
            f"Set SECRET_KEY to at least {MINIMUM_SECRET_LENGTH} random characters, for example "
            'with: python3 -c "import secrets; print(secrets.token_hex(32))"'
        )
    url = _database_url(env.get("DATABASE_URL", ""))
    if not url:
        raise ConfigurationError(
            "Set DATABASE_URL, for example postgresql://qa_app@127.0.0.1/qa_app "
            "or sqlite:////var/lib/qa-app/qa.sqlite3"
        )
    if env.get("FLASK_DEBUG", "0") not in {"", "0"}:
        raise ConfigurationError("Unset FLASK_DEBUG: this app never runs with debug pages.")
    demo = env.get("QA_DEMO", "0") == "1"
    over_http = demo or env.get("QA_HTTP_ON_LOOPBACK", "0") == "1"
    return {
        "SECRET_KEY": secret,
        "SQLALCHEMY_DATABASE_URI": url,
        "SQLALCHEMY_ENGINE_OPTIONS": _engine_options(url),
        "DEMO": demo,
        "UPLOAD_DIRECTORY": env.get("QA_UPLOADS", ""),
        "MAIL_SERVER": env.get("QA_MAIL_SERVER", ""),
        "MAIL_PORT": int(env.get("QA_MAIL_PORT", "25")),
        "MAIL_FROM": env.get("QA_MAIL_FROM", ""),
        "BASE_URL": env.get("QA_BASE_URL", "http://127.0.0.1:8000"),
        "PROXIES": int(env.get("QA_PROXIES", "0")),
        "SESSION_COOKIE_NAME": "qa_session" if over_http else "__Host-qa_session",
        "SESSION_COOKIE_SECURE": not over_http,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_PATH": "/",
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
        "SESSION_IDLE": timedelta(minutes=30),
        # An hour's writing must not be refused for the age of a token (AU-11).
        "WTF_CSRF_TIME_LIMIT": None,
        # The addresses of static files carry a hash of their content (pages.py).
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(days=365),
        "MAX_CONTENT_LENGTH": 12 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 4 * 1024 * 1024,
        "MAX_FORM_PARTS": 2_000,
    }
