"""A YAML file as nodes that know their line, and what a file of this product never uses refused.

YAML 1.2, so that yes and no stay text. No anchors and aliases, no tags, no directives, one
document, no more than 1 MB, no deep nesting: a file is read as it looks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

__all__ = ["LineFault", "MappingNode", "Node", "ScalarNode", "SequenceNode", "compose", "line_of"]

LARGEST: Final = 1_000_000
DEEPEST: Final = 8


@dataclass(frozen=True, order=True)
class LineFault:
    """What is wrong in a line of a file (counted from 1), and what to do about it."""

    line: int
    message: str

    def __str__(self) -> str:
        return f"Line {self.line}: {self.message}."


class Unreadable(Exception):
    """The file is no YAML that this product reads; `fault` says why."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.fault = LineFault(line, message)


def line_of(node: Node) -> int:
    """The line on which something begins, counted from 1."""
    return int(node.start_mark.line) + 1


def compose(data: bytes) -> Node:
    """The file's one document as a node. Raises Unreadable with the line and what to do."""
    text = _decoded(data)
    try:
        for event in _events(text):
            _refuse_unused(event)
        node: Node | None = YAML(typ="safe", pure=True).compose(text)
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise Unreadable(line, "Take out the character that cannot be printed") from error
    except MarkedYAMLError as error:
        raise _in_words(error) from error
    except (YAMLError, ValueError) as error:
        raise Unreadable(1, "This cannot be read as YAML") from error
    if node is None:
        raise Unreadable(1, "The file is empty: download a tool to see what one looks like")
    return node


def _decoded(data: bytes) -> str:
    if len(data) > LARGEST:
        raise Unreadable(1, "The file is larger than 1 MB: no audit tool is")
    try:
        # A lone CR is a line break to YAML too; counted as one here, so that lines are right.
        return data.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise Unreadable(line, "Save the file as text in UTF-8: this line holds other bytes") from (
            error
        )


def _events(text: str) -> Iterator[Any]:
    depth = 0
    for event in YAML(typ="safe", pure=True).parse(text):
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if depth > DEEPEST:
            raise Unreadable(
                event.start_mark.line + 1, "This is nested too deeply: no part of a tool is"
            )
        yield event


def _refuse_unused(event: Any) -> None:
    line = event.start_mark.line + 1
    if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
        raise Unreadable(line, "Write the text out: references (& and *) are not read")
    if isinstance(event, DocumentStartEvent):
        if event.version or event.tags:
            raise Unreadable(line, "Take out the lines that begin with %")
    elif getattr(event, "tag", None):
        raise Unreadable(line, "Take out the tag that begins with ! and put the text in quotes")


# What ruamel.yaml says, what somebody who wrote the file can do about it, and whether that is where
# the part begins rather than where the reading came to an end.
_WORDS: Final = (
    (
        "mapping values are not allowed",
        "Put quotes around the text: it holds a colon; or move this line out: it stands too far in",
        False,
    ),
    ("cannot start any token", "Put the text in quotes, and use spaces instead of tabs", False),
    (
        "could not find expected ':'|expected alphabetic or numeric",
        "Put a colon and a space after the key, or quotes around the text",
        False,
    ),
    (
        "expected <block end>|did not find expected|expected the node content",
        "Line up the keys of one part: it stands too far in or out, or a quote is open",
        False,
    ),
    ("unexpected end of stream", "Close the quotes that are opened here", True),
    ("expected ',' or", "Close the bracket that is opened here, and put commas in it", True),
    ("expected a single document", "Keep one tool in a file: take out what follows", False),
)


def _in_words(error: MarkedYAMLError) -> Unreadable:
    said = f"{error.problem or ''} {error.context or ''}"
    words, begins = "This line cannot be read as YAML: compare it with a downloaded tool", False
    for pattern, known, at_begin in _WORDS:
        if re.search(pattern, said):
            words, begins = known, at_begin
            break
    marks = [error.problem_mark, error.context_mark]
    mark = next((each for each in (reversed(marks) if begins else marks) if each), None)
    return Unreadable(1 if mark is None else int(mark.line) + 1, words)
