"""What somebody wrote, kept through a refusal on its way, so that it can be sent again (A8).

The text stays in the page: nothing of somebody who is signed out is stored here. Who wrote it is
known from the form's own CSRF token, which is signed and holds a keyed hash of the person
(`secret_of_tokens`). So nobody can be made to send what did not come from a page of their own:
neither what a stranger's site posted here, which has no such token, nor what was written by whoever
was signed in before (AU-11).
"""

import secrets
from dataclasses import dataclass
from typing import NamedTuple, Self
from uuid import UUID

from flask import current_app
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import HTTPException

from qa_app import history

PREFIX = "kept:"
PATH, TOKEN = "kept-path", "kept-token"

_TOKEN_FIELD = "csrf_token"  # noqa: S105 -- the name of a form's field
_SECRETS = frozenset({"password", "current", "again"})
_BUTTON = "1"
_DATE_PARTS = ("-day", "-month", "-year")
_LINES_SHOWN = 12
_LINE = 70


def mark_of(person_id: UUID) -> str:
    """A person as pages name them to their own scripts: 24 hex digits that say nothing else."""
    return history.fingerprint(f"person {person_id}", str(current_app.secret_key))[:24]


def secret_of_tokens(person_id: UUID) -> str:
    """What the CSRF tokens of a new session are made of: random, and whose session it is."""
    return f"{secrets.token_hex(20)}.{mark_of(person_id)}"


def _writer_of(token: str) -> str:
    """The mark of the person to whose page we gave this token, of any age; "" for no such one."""
    signer = URLSafeTimedSerializer(str(current_app.secret_key), salt="wtf-csrf-token")
    try:
        return str(signer.loads(token)).partition(".")[2]
    except BadData:
        return ""


def _takes_changes(path: str) -> bool:
    """Whether a path is one of ours that a form of somebody signed in may be sent to (AU-10)."""
    if not path.startswith("/"):
        return False
    try:
        endpoint, _ = current_app.url_map.bind("").match(path.partition("?")[0], method="POST")
    except HTTPException:  # also where it would be sent on to another spelling
        return False
    return getattr(current_app.view_functions[endpoint], "permission", None) is not None


class Box(NamedTuple):
    """A text as the page shows it; `rows` is how high."""

    name: str
    label: str
    text: str
    rows: int


def _is_machine(name: str, text: str) -> bool:
    """Whether a field says nothing to a person: versions, ids, buttons."""
    if name == "version" or name.startswith(("version:", "shown:", "keep:")) or not text.strip():
        return True
    if text == _BUTTON and not name.endswith(_DATE_PARTS):
        return True
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _label(name: str) -> str:
    words = name.removeprefix("question.").replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:].replace(".", ": ")


def _rows(text: str) -> int:
    lines = sum(1 + len(line) // _LINE for line in text.splitlines())
    return min(max(lines, 1), _LINES_SHOWN)


@dataclass(frozen=True)
class Kept:
    """A form as it was sent: where to, what was in it, and the token that it had.

    `whole` is False where a password or a file was in it: neither is ever sent back. `carried`
    says that it came through the sign-in page.
    """

    path: str
    fields: tuple[tuple[str, str], ...]
    token: str
    whole: bool = True
    carried: bool = False

    @classmethod
    def sent(cls, form: MultiDict[str, str], path: str, *, files: bool = False) -> Self:
        """The form of a request, or the one that it carries through the sign-in page."""
        if PATH in form:
            return cls(
                form[PATH],
                tuple(
                    (name.removeprefix(PREFIX), text)
                    for name, text in form.items(multi=True)
                    if name.startswith(PREFIX)
                ),
                form.get(TOKEN, ""),
                carried=True,
            )
        fields = tuple(
            (name, text)
            for name, text in form.items(multi=True)
            if name not in _SECRETS and name != _TOKEN_FIELD
        )
        whole = not files and not _SECRETS & set(form)
        return cls(path, fields, form.get(_TOKEN_FIELD, ""), whole)

    def __bool__(self) -> bool:
        return bool(self.boxes)

    @property
    def boxes(self) -> list[Box]:
        """What a person typed or chose, in page order."""
        return [
            Box(name, _label(name), text, _rows(text))
            for name, text in self.fields
            if not _is_machine(name, text)
        ]

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """The rest, which goes along unseen."""
        return [(name, text) for name, text in self.fields if _is_machine(name, text)]

    @property
    def can_be_sent(self) -> bool:
        """Whether it came from a page of ours, to a path of ours, with nothing missing."""
        return bool(self and self.whole and self.writer and _takes_changes(self.path))

    @property
    def writer(self) -> str:
        """The mark of the person whose page it was; "" where that is not known."""
        return _writer_of(self.token)

    def is_of(self, person_id: UUID) -> bool:
        """Whether this person wrote it."""
        return self.writer == mark_of(person_id)
