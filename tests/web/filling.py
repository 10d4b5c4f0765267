"""Forms as a browser finds them on a page, filled in and sent; and every page behind the links."""

import io
import re
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from qa_app.database import now
from qa_app.domain.calendar import london_date
from tests.client import CheckedClient
from tests.web.access_matrix import World

TEXTS = frozenset({"text", "email", "tel", "search", "password"})
DATE_PARTS = ("day", "month", "year")
# Their answers are no pages about anybody's work, and leaving ends the crawl.
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
OF_A_SHAPE = 3
NOT_FOLLOWED = ("/sign-out", "/static/", "/healthz", "/readyz")


@dataclass
class Form:
    """One form of a page: what is sent as it stands, and what each control may hold."""

    path: str
    action: str
    method: str = "get"
    hidden: dict[str, str] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """Every control but the token."""
        names = [*self.hidden, *self.texts, *self.choices, *self.buttons]
        return [name for name in dict.fromkeys(names) if name != "csrf_token"]

    def filled(self, text: str, **wanted: str) -> dict[str, str]:
        """Every box with the text, every choice with its last answer unless another is wanted.

        Dates are today's. `wanted` names controls with "__" for a dot; a button that it names
        is pressed, any other is left.
        """
        day = london_date(now())
        parts = dict(zip(DATE_PARTS, (day.day, day.month, day.year), strict=True))
        sent = dict(self.hidden) | {name: values[-1] for name, values in self.choices.items()}
        for name in self.texts:
            part = name.rpartition("-")[2]
            sent[name] = str(parts[part]) if part in parts else text
        return sent | {name.replace("__", "."): value for name, value in wanted.items()}


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.forms, self.links = path, list[Form](), list[str]()
        self.form: Form | None = None
        self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in values:
            self.links.append(urljoin(self.path, values["href"]))
        elif tag == "form":
            action = urljoin(self.path, values.get("action") or self.path)
            self.form = Form(self.path, action, values.get("method", "get").lower())
            self.forms.append(self.form)
        elif self.form is not None and tag in {"input", "textarea", "select", "option", "button"}:
            self._control(tag, values, self.form)

    def _control(self, tag: str, values: dict[str, str], form: Form) -> None:
        name, kind, value = values.get("name", ""), values.get("type", "text"), values.get("value")
        if tag == "select":
            self.select = name
        elif tag == "option":
            form.choices.setdefault(self.select, []).append(value or "")
        elif tag == "button" or kind == "submit":
            form.buttons.append(name)
        elif tag == "textarea" or kind in TEXTS:
            form.texts.append(name)
        elif kind == "hidden":
            form.hidden[name] = value or ""
        elif kind in {"radio", "checkbox"}:
            form.choices.setdefault(name, []).append(value or "y")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None


def read(path: str, html: str) -> _Reader:
    """The links and forms of a page."""
    reader = _Reader(path)
    reader.feed(html)
    return reader


def forms_of(client: FlaskClient, path: str) -> list[Form]:
    """The forms of a page that change something, but for the button that signs out."""
    answer = client.get(path)
    if answer.status_code != 200 or answer.mimetype != "text/html":
        return []
    forms = read(path, answer.text).forms
    return [each for each in forms if each.method == "post" and "sign-out" not in each.action]


def form_of(client: FlaskClient, path: str, *having: str) -> Form:
    """The first form of a page that has these controls."""
    forms = forms_of(client, path)
    found = [form for form in forms if set(having) <= set(form.names)]
    assert found, f"{path} has no form with {having}: {[form.names for form in forms]}"
    return found[0]


def send(client: FlaskClient, form: Form, data: Mapping[str, Any]) -> TestResponse:
    """Send a form with the token that its page carried."""
    return client.post(form.action, data={"csrf_token": form.hidden.get("csrf_token", ""), **data})


def unchecked(world: World, person: str) -> FlaskClient:
    """A client whose pages nobody checks: what is no text cannot be shown back as good markup."""
    client, checked = FlaskClient(world.app, world.app.response_class), world.client(person)
    with checked.session_transaction() as ours, client.session_transaction() as theirs:
        theirs.update(ours)
    return client


def crawl(client: CheckedClient, start: list[str]) -> Iterator[TestResponse]:
    """Every answer behind these addresses and the links of their pages; of addresses that differ
    only in an id or in what they ask, the first few."""
    waiting, seen, shapes = list(dict.fromkeys(start)), set(start), Counter[str]()
    while waiting:
        path = waiting.pop(0)
        answer = client.get(path)
        yield answer
        if answer.mimetype != "text/html" or answer.status_code >= 300:
            waiting += _new([answer.headers.get("Location", "")], seen, shapes)
            continue
        waiting += _new(read(path, answer.text).links, seen, shapes)


def _new(links: list[str], seen: set[str], shapes: Counter[str]) -> list[str]:
    found = []
    for link in links:
        parts = urlsplit(link)
        address = parts.path + (f"?{parts.query}" if parts.query else "")
        outside = parts.netloc or not address.startswith("/") or address.startswith(NOT_FOLLOWED)
        shape = ID.sub("*", parts.path)
        if outside or address in seen or shapes[shape] >= OF_A_SHAPE:
            continue
        shapes[shape] += 1
        seen.add(address)
        found.append(address)
    return found


def marked(answer: TestResponse, marks: list[str]) -> list[str]:
    """Which of these words are in an answer: its text, its headers or, in a workbook, its parts."""
    from_headers = "\n".join(f"{name}: {value}" for name, value in answer.headers)
    text = from_headers + _text_of(answer)
    return [mark for mark in marks if mark in text]


def _text_of(answer: TestResponse) -> str:
    if answer.data[:4] == b"%PDF":
        read = ["pdftotext", "-raw", "-", "-"]
        done = subprocess.run(read, input=answer.data, capture_output=True, check=True)
        return done.stdout.decode()
    if answer.data[:2] != b"PK":
        return answer.get_data(as_text=True)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())
