"""The whole way of one audit with the same words in every box: what they may never become.

IN-1: markup stays text. IN-7: no log, notice, event or job holds them, on errors neither.
I1, DP-5: whatever page showed them left an access event.
"""

import logging
from collections.abc import Iterator
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from qa_app.audits import services as audits
from qa_app.database import db
from qa_app.domain import events
from qa_app.extensions import Base
from qa_app.history import Event
from tests.client import CheckedClient
from tests.council import Council
from tests.pages import Page
from tests.web.filling import Form, crawl, form_of, forms_of, read, send

MARK = "qaqaqa"
PAYLOADS = (
    f"<script>{MARK}</script>", f"<img src=x onerror={MARK}>", f"\"><svg onload={MARK}>",
    f"'><b {MARK}=1>", f"</textarea><script>{MARK}</script>", f"</title><script>{MARK}</script>",
    f"<a href=\"javascript:{MARK}\">x</a>", f"<iframe srcdoc='<p {MARK}>'>", f"{{{{ {MARK} }}}}",
    f"{{% raw %}}{MARK}", f"<style>@import '{MARK}'</style>", f"<!--{MARK}-->",
    f"<math><mtext></form><form {MARK}>", f"&lt;script&gt;{MARK}", f"javascript:{MARK}",
)  # fmt: skip
# A line of 200 characters holds the first few; a text holds them all.
MARKUP = " ".join(PAYLOADS)
LISTS = ("/tracker/", "/tracker/board", "/")


class Way:
    """Everybody who has a part in it, and the forms they fill in."""

    def __init__(self, council: Council, client_for, text: str) -> None:
        self.text, self.line = text, text[:180]
        self.clients: dict[str, CheckedClient] = {}
        self.council, self.client_for = council, client_for

    def client(self, key: str) -> CheckedClient:
        if key not in self.clients:
            self.clients[key] = self.client_for(self.council.people[key])
        return self.clients[key]

    def fill(self, key: str, path: str, *having: str, **wanted: str) -> str:
        """Fill in and send a form; where it led to."""
        client = self.client(key)
        form = form_of(client, path, *having)
        content = form.filled(self.line) | dict.fromkeys(self._long(form), self.text)
        content |= {name.replace("__", "."): value for name, value in wanted.items()}
        answer = send(client, form, content)
        assert answer.status_code == 302, f"{path}: {answer.status_code} {_said(answer.text)}"
        return answer.location

    @staticmethod
    def _long(form: Form) -> list[str]:
        short = (
            "-day", "-month", "-year", "call_whom", "siblings", "owner", "call_time",
            "partner_agency",
        )  # fmt: skip
        return [name for name in form.texts if not name.endswith(short)]

    def press(self, key: str, page: str, action: str) -> None:
        client = self.client(key)
        forms = [each for each in forms_of(client, page) if each.action == action]
        assert forms, f"{page} has no button for {action}"
        assert send(client, forms[0], forms[0].hidden).status_code == 302

    def walk(self) -> None:
        audit = self._give()
        self._write(audit)
        concern = self._raise_concern(audit)
        self.press("other_auditor", f"{audit}/review", f"{audit}/submit")
        self._moderate(audit)
        self._act(audit)
        self.fill("head", concern, "reason")

    def _give(self) -> str:
        path = "/programme/give?case=100001"
        # The core tool comes first, and has every page that an audit can have.
        core = form_of(self.client("qa_lead"), path, "tool").choices["tool"][0]
        self.fill(
            "qa_lead",
            path,
            "auditor",
            tool=core,
            selection="targeted",
            reason=self.text[:200],
            auditor=str(self.council.people["other_auditor"]),
        )
        links = read("/", self.client("other_auditor").get("/audits").text).links
        return next(link for link in links if link.startswith("/audits/0"))

    def _write(self, audit: str) -> None:
        client = self.client("other_auditor")
        links = read(audit, client.get(audit).text).links
        for path in dict.fromkeys(link for link in links if "/sections/" in link):
            form = form_of(client, path)
            grades = {name: "good" for name, values in form.choices.items() if "good" in values}
            self.fill("other_auditor", path, **grades)
        for kind in ("strength", "development"):
            self.fill("other_auditor", f"{audit}/findings", "theme", kind=kind, add="1")
        voices = form_of(client, f"{audit}/voices")
        yes = dict.fromkeys(voices.choices, "yes")
        self.fill("other_auditor", f"{audit}/voices", **yes)
        self.fill("other_auditor", f"{audit}/overall", safe__now="no", overall__grade="good")

    def _raise_concern(self, audit: str) -> str:
        concern = self.fill("other_auditor", f"{audit}/concern", "worry", answered="yes",
                            siblings="100002", call_time="00:01", implicated="",
                            authority="Kent")  # fmt: skip
        self.press("manager", concern, f"{concern}/acknowledge")
        self.fill("manager", concern, "decision", decision="child_safe", held_time="00:01")
        self.press("manager", concern, f"{concern}/recorded")
        return concern

    def _moderate(self, audit: str) -> None:
        start = audit.replace("/audits/", "/moderation/audits/") + "/start"
        self.press("review_head", "/moderation/", start)
        links = read("/", self.client("review_head").get("/moderation/").text).links
        path = next(link for link in links if link.startswith("/moderation/0"))
        form = form_of(self.client("review_head"), path, "feedback")
        agreed = {name: "" for name in form.names if name.endswith(("_grade", "_words"))}
        self.fill("review_head", path, "feedback", **agreed | {
            "agreement": "except", "except_for": "plan",
            "plan_grade": "requires_improvement", "plan_words": self.text,
            "overall_view": "differ", "overall_grade": "requires_improvement",
            "overall_words": self.text,
        })  # fmt: skip

    def _act(self, audit: str) -> None:
        raise_one = audit.replace("/audits/", "/moderation/audits/")
        pages = set(read("/", self.client("review_head").get(raise_one).text).links)
        path = next((link for link in pages if "raise-action" in link), f"{audit}/raise-action")
        first, second = (
            self.fill("review_head", path, "what", owner="Manny", kind="improvement", looked="yes")
            for _ in range(2)
        )
        self.press("manager", first, f"{first}/start")
        self.fill("manager", f"{first}/done", "evidence")
        self.fill("qa_lead", f"{first}/verify", "decision", decision="returned")
        self.fill("manager", f"{first}/done", "evidence")
        self.fill("qa_lead", f"{first}/verify", "decision", decision="verified")
        self.fill("head", f"{second}/owner", "reason", owner="Wendy")
        self.fill("director", f"{second}/withdraw", "reason")


def _said(html: str) -> list[str]:
    return [part.split("<")[0] for part in html.split('href="#')[1:]]


def _answers(way: Way, keys: tuple[str, ...]) -> Iterator[tuple[str, object]]:
    for key in keys:
        for answer in crawl(way.client(key), ["/", "/audits", "/tracker/?status=all", "/notices"]):
            yield key, answer


@pytest.mark.one_database
def test_markup_in_every_box_stays_text(council: Council, client_for, record_property) -> None:
    # IN-1
    way = Way(council, client_for, MARKUP)
    way.walk()
    pages, alive = 0, []
    for _, answer in _answers(way, ("qa_lead", "head", "manager", "administrator")):
        if answer.mimetype != "text/html" or MARK not in answer.text:
            continue
        pages += 1
        for element in Page(answer.text, answer.status_code).all():
            names = [name for name in element.attrib if name.startswith("on") or MARK in name]
            links = [element.get(name, "") for name in ("href", "src", "action", "formaction")]
            live = any(link.strip().lower().startswith("javascript") for link in links)
            script = element.tag in {"script", "style"} and MARK in "".join(element.itertext())
            if names or live or script or element.tag in {"iframe", "math"}:
                alive.append((answer.request.path, element.tag, element.attrib))
    counted = f"{len(PAYLOADS)} payloads on {pages} pages, {len(alive)} alive"
    record_property("counted", counted)
    assert alive == []
    assert pages >= 8


def test_no_word_leaves_the_case(
    app: Flask, council: Council, client_for, caplog: pytest.LogCaptureFixture, monkeypatch
) -> None:
    # IN-7, I1, AZ-4: from the first word to the last, and when something breaks on the way.
    word = f"canary{uuid4().hex}"
    with caplog.at_level(logging.DEBUG):
        way = Way(council, client_for, word)
        way.walk()
        way.client("qa_lead").get(f"/audits?q={word}")

        def broken(*_args: object, **_options: object) -> None:
            raise ValueError(word)

        monkeypatch.setattr(audits, "raise_concern", broken)
        links = read("/", way.client("qa_lead").get("/audits").text).links
        path = next(link for link in links if link.startswith("/audits/0")) + "/concern"
        form = form_of(way.client("qa_lead"), path, "worry")
        content = form.filled(
            word, answered="no", siblings="100002", call_time="00:01", implicated=""
        )
        answer = send(way.client("qa_lead"), form, content)
        # What was typed is given back to whoever typed it, and goes nowhere else (A8).
        assert (answer.status_code, word in answer.text) == (500, True)
    assert "ValueError" in caplog.text
    assert word not in caplog.text
    with app.app_context():
        for name in ("event", "notice", "job", "sign_in_session"):
            rows = db.session.execute(select(Base.metadata.tables[name])).all()
            assert [row for row in rows if word in str(row)] == [], name


def test_every_page_that_shows_the_case_leaves_an_access_event(
    app: Flask, council: Council, client_for
) -> None:
    # I1, DP-5. Lists show an action's first words: opening it is the read that is noted.
    word = f"canary{uuid4().hex}"
    way = Way(council, client_for, word)
    way.walk()
    read_pages, unnoted = 0, []
    for key in ("qa_lead", "manager"):
        before = _accesses(app, council, key)
        for answer in crawl(way.client(key), ["/audits", "/tracker/?status=all"]):
            after = _accesses(app, council, key)
            if word.encode() in answer.data and answer.request.path not in LISTS:
                read_pages += 1
                if after == before:
                    unnoted.append((key, answer.request.path))
            before = after
    assert unnoted == []
    assert read_pages >= 5


def _accesses(app: Flask, council: Council, key: str) -> int:
    with app.app_context():
        query = select(Event.sequence).where(
            Event.verb.in_(events.ACCESS), Event.actor_id == council.people[key]
        )
        return len(list(db.session.scalars(query)))
