"""A tab of somebody who writes an audit: what its page holds, and what it sends, over HTTP.

It does what a browser and frontend/modules/autosave.mjs do, and remembers what its writer was shown
and chose to drop. What is typed are marks, each of its kind, so that none can vanish unseen.
"""

import html
import re
from dataclasses import dataclass, field

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.client import CheckedClient

_MARK = re.compile(r"\bm\d+x\b")
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
_TEXTAREA = re.compile(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', re.DOTALL)
_CHECKED = re.compile(r'<input(?=[^>]* checked)[^>]* name="([^"]+)" type="radio" value="([^"]*)"')
_CONFLICT_MINE = re.compile(r'<textarea name="([^"]+)" hidden[^>]*>\n(.*?)</textarea>', re.DOTALL)
_PROSE = re.compile(r'<p class="app-prose">(.*?)</p>', re.DOTALL)
PAGES = {"sections/risk": ("risk.grade",), "voices": (), "overall": ("overall.grade",)}
"""The pages of boxes, and which of their choices are made."""
KEEPS = ("mine", "theirs", "both")


def marks(text: str) -> set[str]:
    """The marks in a text."""
    return set(_MARK.findall(text))


@dataclass
class Shown:
    """One box of a page.

    `version` is the one that the page knows, `saved` what it holds as far as the page knows, and
    `saves` how often the box had been saved by then; `loaded` what the page came with.
    """

    text: str
    version: int
    saves: int
    is_text: bool
    saved: str = ""
    loaded: tuple[str, int] = ("", 0)
    theirs: tuple[str, int, int] | None = None
    adrift: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.saved, self.loaded = self.text, (self.text, self.version)

    @property
    def is_untouched(self) -> bool:
        """Whether it goes back as it came."""
        return (self.text.strip(), self.version) == self.loaded

    def knows(self, text: str, version: int, saves: int) -> None:
        """The server said what it holds."""
        self.saved, self.version, self.saves = text, version, saves
        self.theirs = None
        self.adrift.clear()


@dataclass
class Conflict:
    """One box of the page that asks which version to keep."""

    mine: str
    theirs: str
    version: int
    saves: int = 0


class Tab:
    """One page of a browser, which somebody has for themselves."""

    def __init__(self, client: CheckedClient, path: str) -> None:
        self.client, self.path = client, path
        self.page = ""
        self.token = ""
        self.boxes: dict[str, Shown] = {}
        self.hidden: dict[str, str] = {}
        self.asked: dict[str, Conflict] = {}
        # By box: the marks that its writer was shown, and that are not in the box by their choice.
        self.dropped: dict[str, set[str]] = {}

    def _open(self, path: str, **sent: object) -> TestResponse:
        # Pages are checked elsewhere: here there are tens of thousands of them.
        return FlaskClient.open(self.client, path, **sent)  # type: ignore[arg-type]

    def open(self, page: str, saves: dict[str, int]) -> None:
        """Load a page; what was not saved is gone, as its writer was warned."""
        answer = self._open(f"{self.path}/{page}")
        assert answer.status_code == 200, (page, answer.status_code)
        self.page, self.asked = page, {}
        self.hidden = dict(_HIDDEN.findall(answer.text))
        self.token = self.hidden["csrf_token"]
        texts = {name: html.unescape(text) for name, text in _TEXTAREA.findall(answer.text)}
        texts = {name: text for name, text in texts.items() if f"version:{name}" in self.hidden}
        checked = dict(_CHECKED.findall(answer.text))
        chosen = {name: checked.get(name, "") for name in PAGES[page]}
        self.boxes = {
            name: Shown(text, self._version(name), saves.get(name, 0), name in texts)
            for name, text in {**texts, **chosen}.items()
        }
        for name, box in self.boxes.items():
            self.take_back(name, box.text)

    def _version(self, name: str) -> int:
        return int(self.hidden[f"version:{name}"])

    def drop(self, name: str, gone: set[str]) -> None:
        """Its writer saw these marks, and did away with them."""
        self.dropped.setdefault(name, set()).update(gone)

    def take_back(self, name: str, text: str) -> None:
        """What is in the box again was not done away with."""
        self.dropped.setdefault(name, set()).difference_update(marks(text))

    def autosave(self, name: str) -> TestResponse:
        """Send one box, as the script does."""
        box = self.boxes[name]
        content = {"field": name, "text": box.text, "version": box.version}
        headers = {"X-CSRFToken": self.token}
        return self._open(f"{self.path}/text", method="POST", json=content, headers=headers)

    def save(self) -> TestResponse:
        """Press the button: every box goes, touched or not."""
        data = dict(self.hidden) | {"save": "1"}
        data |= {f"version:{name}": str(box.version) for name, box in self.boxes.items()}
        data |= {name: box.text for name, box in self.boxes.items() if box.text or box.is_text}
        return self._open(f"{self.path}/{self.page}", method="POST", data=data)

    def was_asked(self, answer: TestResponse) -> dict[str, Conflict]:
        """Read the page with both versions of each box."""
        assert answer.status_code == 409
        mine = {name: html.unescape(text) for name, text in _CONFLICT_MINE.findall(answer.text)}
        prose = [html.unescape(text) for text in _PROSE.findall(answer.text)]
        hidden = dict(_HIDDEN.findall(answer.text))
        theirs = prose[1::2]
        self.asked = {
            name: Conflict(text, shown, int(hidden[f"version:{name}"]))
            for (name, text), shown in zip(mine.items(), theirs, strict=True)
        }
        return self.asked

    def answer(self, keeps: dict[str, str]) -> TestResponse:
        """Say which version of each box to keep."""
        data = {"csrf_token": self.token}
        for name, each in self.asked.items():
            data |= {name: each.mine, f"version:{name}": str(each.version)}
            data |= {f"keep:{name}": keeps[name]}
        return self._open(f"{self.path}/{self.page}", method="POST", data=data)

    def leave(self) -> None:
        """Nothing is open any more."""
        self.page, self.boxes, self.asked = "", {}, {}

    def look(self, name: str, version_id: object) -> str:
        """Open an earlier version of a box; the version of what stands now."""
        answer = self._open(f"{self.path}/versions/{name}/{version_id}")
        assert answer.status_code == 200
        hidden = dict(_HIDDEN.findall(answer.text))
        self.token = hidden["csrf_token"]
        return hidden["shown"]

    def restore(self, name: str, version_id: object, shown: str) -> TestResponse:
        """Press the button below an earlier version."""
        data = {"csrf_token": self.token, "shown": shown}
        return self._open(f"{self.path}/versions/{name}/{version_id}", method="POST", data=data)
