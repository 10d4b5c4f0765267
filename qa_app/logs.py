"""Structured logs to stderr: what happened, where and how long it took; never what was written."""

import logging
import sys
import time

import structlog
from flask import Flask, Response, g, request


def configure() -> None:
    """One JSON line an event, on stderr, so that a command's stdout stays its own."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
        )
    )
    root = logging.getLogger()
    if not any(getattr(known, "qa_app", False) for known in root.handlers):
        handler.qa_app = True  # type: ignore[attr-defined]
        root.addHandler(handler)
    root.setLevel(logging.WARNING)
    logging.getLogger("qa_app").setLevel(logging.INFO)


def _start() -> None:
    g.began = time.perf_counter()


def _finish(response: Response) -> Response:
    # The rule, not the address: an address may carry what somebody searched for.
    rule = request.url_rule.rule if request.url_rule else "-"
    took = (time.perf_counter() - g.get("began", time.perf_counter())) * 1000
    if request.endpoint not in {"static", "home.health"}:
        logging.getLogger("qa_app.requests").info(
            "%s %s %s %.0f ms", request.method, rule, response.status_code, took
        )
    return response


def init_app(app: Flask) -> None:
    """Log each request by its rule and status."""
    configure()
    app.before_request(_start)
    app.after_request(_finish)
