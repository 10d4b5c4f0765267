"""A mail server, for the links that are sent."""

from tests.notify.conftest import post_office

__all__ = ["post_office"]
