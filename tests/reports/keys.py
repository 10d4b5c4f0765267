"""A program that reads with a key, for tests of the API."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from qa_app.database import now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.keys import KeyScope
from qa_app.reports.services import tokens

ALL = tuple(KeyScope)


@dataclass
class Program:
    """A program with its key, which keeps no cookie."""

    app: Flask
    secret: str

    def get(self, path: str, method: str = "GET", **headers: str) -> TestResponse:
        """Ask with the key, as a program does."""
        client = self.app.test_client(use_cookies=False)
        asked = {"Authorization": f"Bearer {self.secret}", **headers}
        return client.open(path, method=method, headers=asked)

    def rows(self, path: str) -> list[dict[str, Any]]:
        """Every row of a list, page after page."""
        return [row for page in self.pages(path) for row in page["rows"]]

    def pages(self, path: str) -> Iterator[dict[str, Any]]:
        """Every page of a list."""
        following: str | None = path
        while following:
            answer = self.get(following)
            assert answer.status_code == 200, answer.text
            yield answer.json
            following = answer.json["next"]


def a_program(app: Flask, by, *scopes: KeyScope, last_day: date | None = None) -> Program:
    """A program with a new key of these scopes (all of them unless said)."""
    with app.app_context(), saving():
        wanted = scopes or ALL
        name = "Power BI, " + " and ".join(scope.value for scope in wanted)
        day = last_day or london_date(now()) + timedelta(days=30)
        return Program(app, tokens.make_key(name, wanted, day, by=by, at=now()).secret)
