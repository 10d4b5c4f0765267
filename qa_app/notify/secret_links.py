"""Links that are a secret in themselves: the database holds what they stand for, never the link.

The token of a link is worked out from the id of its row and the app's secret key. So the outbox
can promise to send it and send it later, and a copy of the database opens nothing.
"""

import base64
import hashlib
import hmac
from uuid import UUID

from flask import current_app

_PREFIX = "secret:"


def token_of(link_id: UUID) -> str:
    """The token of a link: HMAC-SHA-256 of its id under SECRET_KEY, 43 characters for a URL."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    digest = hmac.new(key, b"one-time link " + link_id.bytes, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def stored_path(before: str, link_id: UUID) -> str:
    """What a notice keeps in place of the path: `before` ends with a slash."""
    return f"{_PREFIX}{before}{link_id}"


def is_secret(path: str) -> bool:
    """Whether a notice's path stands for a secret link."""
    return path.startswith(_PREFIX)


def opened_path(path: str) -> str:
    """The path to print into the e-mail: a secret one with its token, any other as it is."""
    if not is_secret(path):
        return path
    before, _, link_id = path.removeprefix(_PREFIX).rpartition("/")
    return f"{before}/{token_of(UUID(link_id))}"
