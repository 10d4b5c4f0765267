"""Nodes against a table of keys: plain values come out, and a fault for each line that differs.

All faults are found at once. What is broken is replaced by something harmless, and its place noted,
so that the rules after this one do not speak about it again.
"""

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from qa_app.domain.tools import Path
from qa_app.standards.toolfile.yamlnodes import (
    LineFault,
    MappingNode,
    Node,
    ScalarNode,
    SequenceNode,
    line_of,
)

_TAG: Final = "tag:yaml.org,2002:"
_WHOLE: Final = re.compile("[0-9]{1,9}")


@dataclass
class Walk:
    """What was found on the way: faults, the line of each place, and the places that are broken."""

    faults: list[LineFault] = field(default_factory=list)
    lines: dict[Path, int] = field(default_factory=dict)
    broken: set[Path] = field(default_factory=set)

    def refuse(self, line: int, path: Path, message: str) -> None:
        """Note a fault and its place."""
        self.faults.append(LineFault(line, message))
        self.broken.add(path)

    def line_at(self, path: Path) -> int:
        """The line of a place, or of the nearest thing around it."""
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]

    def is_broken(self, path: Path) -> bool:
        """Whether a place, or anything around it, was refused already."""
        return any(path[:n] in self.broken for n in range(1, len(path) + 1))


Reader = Callable[[Walk, Node, Path], Any]
"""Reads a node at a place; gives None where it was refused."""


@dataclass(frozen=True)
class Key:
    """A key of a mapping: how it is read, what stands for it when it is not there or broken."""

    read: Reader
    default: Any = None
    needed: bool = False


def text(walk: Walk, node: Node, path: Path) -> str | None:
    """Text, without the spaces around it; an empty value is an empty text."""
    if isinstance(node, ScalarNode) and node.tag == f"{_TAG}str":
        return str(node.value).strip()
    if isinstance(node, ScalarNode) and node.tag == f"{_TAG}null":
        return ""
    if isinstance(node, ScalarNode):
        walk.refuse(line_of(node), path, f'Put the text of {_name(path)} in quotes: "{node.value}"')
    else:
        walk.refuse(line_of(node), path, f"Give {_name(path)} one text")
    return None


def _name(path: Path) -> str:
    """The key that a place belongs to."""
    return [step for step in path if isinstance(step, str)][-1]


def flag(walk: Walk, node: Node, path: Path) -> bool | None:
    """`true` or `false`."""
    if isinstance(node, ScalarNode) and node.tag == f"{_TAG}bool":
        return str(node.value).lower() == "true"
    walk.refuse(line_of(node), path, f"Write true or false for {path[-1]}, without quotes")
    return None


def number(walk: Walk, node: Node, path: Path) -> int | None:
    """A whole number, in digits."""
    if isinstance(node, ScalarNode) and node.tag == f"{_TAG}int" and _WHOLE.fullmatch(node.value):
        return int(node.value)
    walk.refuse(line_of(node), path, f"Write a whole number for {path[-1]}, like 12")
    return None


def many(read: Reader) -> Reader:
    """A list, each of whose entries is read alike; those that are broken are left out."""

    def read_list(walk: Walk, node: Node, path: Path) -> tuple[Any, ...] | None:
        if not isinstance(node, SequenceNode):
            walk.refuse(line_of(node), path, f"Give {path[-1]} a list")
            return None
        entries = []
        for n, child in enumerate(node.value):
            walk.lines[*path, n] = line_of(child)
            entry = read(walk, child, (*path, n))
            if entry is not None:
                entries.append(entry)
            else:
                walk.broken.add(path)
        return tuple(entries)

    return read_list


def mapping(keys: Mapping[str, Key], make: Callable[..., Any]) -> Reader:
    """A mapping of these keys, from which `make(**values)` is made."""

    def read_mapping(walk: Walk, node: Node, path: Path) -> Any:
        if not isinstance(node, MappingNode):
            what = "This" if not path or isinstance(path[-1], int) else str(path[-1])
            needed = ", ".join(name for name, key in keys.items() if key.needed)
            walk.refuse(line_of(node), path, f"{what} needs keys with values: {needed}")
            return None
        walk.lines.setdefault(path, line_of(node))
        values = {name: key.default for name, key in keys.items()}
        found = _pairs(walk, node, path, keys)
        for name, child in found.items():
            value = keys[name].read(walk, child, (*path, name))
            values[name] = keys[name].default if value is None else value
        for name, key in keys.items():
            if key.needed and name not in found:
                walk.refuse(walk.lines[path], (*path, name), f"Add the key “{name}” to this part")
        return make(**values)

    return read_mapping


def _pairs(walk: Walk, node: MappingNode, path: Path, keys: Mapping[str, Key]) -> dict[str, Node]:
    """The known keys of a mapping with their values."""
    found: dict[str, Node] = {}
    for key_node, child in node.value:
        name = key_node.value if isinstance(key_node, ScalarNode) else ""
        line = line_of(key_node)
        if name not in keys:
            walk.faults.append(LineFault(line, _unknown(str(name), list(keys))))
        elif name in found:
            before = walk.lines[*path, name]
            message = f"Take out one of the two “{name}” of this part: line {before} has it already"
            walk.faults.append(LineFault(line, message))
        else:
            found[name] = child
            walk.lines[*path, name] = line
    return found


def _unknown(name: str, keys: list[str]) -> str:
    close = difflib.get_close_matches(name, keys, n=1)
    help_ = f"did you mean “{close[0]}”?" if close else f"use {', '.join(keys)}"
    return f"Take out or rename the key “{name[:60]}”: {help_}"
