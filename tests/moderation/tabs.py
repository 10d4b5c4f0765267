"""A tab in which a moderator writes: what its page holds, and what it sends, over HTTP.

It does what frontend/modules/autosave.mjs does, or a browser without scripts.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from werkzeug.test import TestResponse

from tests.client import CheckedClient
from tests.pages import Page


@dataclass
class Box:
    """A box of a page; `theirs` is what was saved somewhere else, once the page was told; `adrift`
    what was sent without an answer."""

    text: str
    version: int
    saved: str
    theirs: tuple[str, int] | None = None
    adrift: set[str] = field(default_factory=set)


class Tab:
    """The page of a moderation as it was opened."""

    def __init__(self, client: CheckedClient, address: str) -> None:
        self.client, self.address = client, address
        self.boxes: dict[str, Box] = {}
        self.sent: dict[str, list[str]] = {}
        self.open()

    def open(self) -> None:
        """Look at it anew."""
        answer = self.client.get(self.address)
        assert answer.status_code == 200, answer.status_code
        self.token = self.client.token_in(answer.text)
        page = Page(answer.text, 200)
        versions = {
            each.get("name", "").removeprefix("version:"): int(each.get("value", ""))
            for each in page.all("input")
            if each.get("name", "").startswith("version:")
        }
        shown: dict[str, list[str]] = {}
        for name, value in _controls(page):
            shown.setdefault(name, []).extend([] if value is None else [value])
        self.boxes = {
            name: Box(",".join(values), versions[name], ",".join(values))
            for name, values in shown.items()
            if name in versions
        }

    def __getitem__(self, name: str) -> Box:
        return self.boxes[name]

    def autosave(self, name: str, *, lost: bool = False) -> TestResponse:
        """Send one box by itself, and take the answer as the page's script does; unless it is
        `lost` on its way."""
        box = self.boxes[name]
        answer = self.post({"field": name, "text": box.text, "version": box.version})
        if lost:
            box.adrift.add(box.text)
        elif answer.status_code == 200:
            box.saved, box.version, box.adrift = box.text, answer.json["version"], set()
        elif answer.status_code == 409 and "theirs" in answer.json:
            theirs, version = answer.json["theirs"], answer.json["version"]
            own = theirs in {*box.adrift, box.text}
            box.adrift = set()
            if not own:
                box.theirs = (theirs, version)
            else:  # a save whose answer was lost
                box.saved, box.version = theirs, version
                return self.autosave(name) if box.text != theirs else answer
        return answer

    def post(self, content: Any, **more: Any) -> TestResponse:
        """JSON to the address that keeps a draft."""
        headers = {"X-CSRFToken": self.token}
        return self.client.post(f"{self.address}/draft", json=content, headers=headers, **more)

    def choose(self, name: str, keep: str) -> None:
        """Answer which of two versions is kept, in the page."""
        box = self.boxes[name]
        assert box.theirs is not None
        (theirs, box.version), box.theirs = box.theirs, None
        box.saved = theirs
        if keep == "theirs":
            box.text = theirs
        elif keep == "both":
            box.text = f"{theirs}\n\n{box.text}".strip()

    def form(self, **more: str) -> dict[str, Any]:
        """What the form carries as it stands, by name."""
        sent: dict[str, Any] = {"csrf_token": self.token}
        for name, box in self.boxes.items():
            sent[f"version:{name}"] = str(box.version)
            if name in ("except_for", "opened_record"):
                sent[name] = [each for each in box.text.split(",") if each]
            elif box.text or name.endswith(("_grade", "_reason", "_words")) or name == "feedback":
                sent[name] = box.text
        return sent | more

    def press_later(self) -> TestResponse:
        """“Save for later”."""
        return self.client.post(f"{self.address}/draft", data=self.form(later="1"))

    def press_finish(self) -> TestResponse:
        """“Finish this moderation”."""
        return self.client.post(self.address, data=self.form(save="1"))


def _controls(page: Page) -> list[tuple[str, str | None]]:
    """Each control that can be filled in, with what it holds; None for what is not chosen."""
    found: list[tuple[str, str | None]] = []
    for each in page.all("input", "select", "textarea"):
        name = each.get("name", "")
        if each.tag == "textarea":
            found.append((name, (each.text or "").removeprefix("\n")))
        elif each.tag == "select":
            found.append((name, _selected(each)))
        elif each.get("type") in ("radio", "checkbox"):
            found.append((name, each.get("value") if each.get("checked") is not None else None))
    return found


def _selected(select: Element) -> str:
    chosen = [each for each in select.iter("option") if each.get("selected") is not None]
    return chosen[0].get("value", "") if chosen else ""


def asked_about(answer: TestResponse) -> dict[str, tuple[str, str, str]]:
    """name → the version, mine and theirs of each box that the server asks about."""
    assert answer.status_code == 409, answer.status_code
    page = Page(answer.text, 409)
    mine = {
        each.get("name", ""): (each.text or "").removeprefix("\n") for each in page.all("textarea")
    }
    versions = {
        each.get("name", "").removeprefix("version:"): each.get("value", "")
        for each in page.all("input")
        if each.get("name", "").startswith("version:")
    }
    theirs = re.findall(r'id="theirs-\d+">.*?<p class="app-prose">(.*?)</p>', answer.text, re.S)
    return {
        name: (versions[name], mine[name], text) for name, text in zip(mine, theirs, strict=True)
    }
