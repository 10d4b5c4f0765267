"""A mail server beside the app."""

import pytest

from tests.notify.mail_server import mail_server


@pytest.fixture
def post_office(app):
    """(what was received); the app's mail goes there for the length of the test."""
    with mail_server() as (received, port):
        app.config.update(MAIL_SERVER="127.0.0.1", MAIL_PORT=port, MAIL_FROM="qa@council.example")
        yield received
        app.config.update(MAIL_SERVER="", MAIL_PORT=25, MAIL_FROM="")
