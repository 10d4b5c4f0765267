"""A test client that checks each page it fetches, and sends the token as a browser would."""

import re
from typing import Any

from flask import has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.pages import check_page

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


class CheckedClient(FlaskClient):
    """Every page fetched by any test is checked (docs: architecture, page checks)."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        """Fetch, then check what came."""
        # A request inside a test's app context would share its `g` and its session.
        assert not has_app_context(), "leave the app context before using a client"
        response = super().open(*args, **kwargs)
        if response.mimetype == "text/html" and response.status_code not in range(300, 400):
            check_page(response.text, response.status_code)
        return response

    def submit(self, path: str, data: dict[str, Any] | None = None, **kwargs: Any) -> TestResponse:
        """GET a page, then POST its form to the same path with its CSRF token and this data."""
        page = self.get(path)
        assert page.status_code == 200, f"{path} answered {page.status_code}"
        return self.send(path, data, token=self.token_in(page.text), **kwargs)

    def send(
        self, path: str, data: dict[str, Any] | None = None, *, token: str = "", **kwargs: Any
    ) -> TestResponse:
        """POST with a CSRF token (one of the home page's unless given)."""
        token = token or self.token_in(self.get("/").text)
        return self.post(path, data={"csrf_token": token, **(data or {})}, **kwargs)

    @staticmethod
    def token_in(page: str) -> str:
        """The CSRF token of a page's first form."""
        found = _TOKEN.search(page)
        return found.group(1) if found else ""
