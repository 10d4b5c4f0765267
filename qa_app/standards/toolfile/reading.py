"""Reading an audit tool from its file, with every fault and its line."""

from collections.abc import Collection
from dataclasses import dataclass

from qa_app.domain.toolfaults import faults
from qa_app.domain.tools import Condition, Path, QuestionContent, SectionContent, ToolContent
from qa_app.standards.toolfile.shape import Key, Walk, flag, many, mapping, number, text
from qa_app.standards.toolfile.yamlnodes import LineFault, Unreadable, compose

__all__ = ["LineFault", "Reading", "read_tool"]


@dataclass(frozen=True)
class Reading:
    """What a file holds: a tool without fault, or what is wrong with it by line."""

    tool: ToolContent | None
    faults: tuple[LineFault, ...] = ()


_CONDITION = mapping(
    {
        "question": Key(text, "", needed=True),
        "answers": Key(many(text), (), needed=True),
    },
    Condition,
)
_QUESTION = mapping(
    {
        "code": Key(text, "", needed=True),
        "kind": Key(text, "compliance", needed=True),
        "wording": Key(text, "", needed=True),
        "guidance": Key(text, ""),
        "standard": Key(text, ""),
        "plan_types": Key(many(text), ()),
        "only_if": Key(_CONDITION),
    },
    QuestionContent,
)
_DESCRIPTORS = mapping(
    {
        "outstanding": Key(text, "", needed=True),
        "good": Key(text, "", needed=True),
        "requires_improvement": Key(text, "", needed=True),
        "inadequate": Key(text, "", needed=True),
    },
    dict,
)
_SECTION = mapping(
    {
        "code": Key(text, "", needed=True),
        "title": Key(text, "", needed=True),
        "limiting": Key(text, "none", needed=True),
        "guidance": Key(text, "", needed=True),
        "plan_types": Key(many(text), ()),
        "only_if": Key(_CONDITION),
        "descriptors": Key(_DESCRIPTORS, {}),
        "questions": Key(many(_QUESTION), (), needed=True),
    },
    SectionContent,
)
_TOOL = mapping(
    {
        "code": Key(text, "", needed=True),
        "name": Key(text, "", needed=True),
        "version": Key(number, 1, needed=True),
        "purpose": Key(text, "", needed=True),
        "plan_types": Key(many(text), ()),
        "frame": Key(text, "open"),
        "frame_months": Key(number, 3),
        "usual_number": Key(number),
        "graded": Key(flag, True, needed=True),
        "voices": Key(flag, True, needed=True),
        "gates": Key(flag, True, needed=True),
        "moderated": Key(flag, True, needed=True),
        "counts_in_mtm": Key(flag, False, needed=True),
        "changes": Key(text, ""),
        "sections": Key(many(_SECTION), (), needed=True),
    },
    ToolContent,
)


def read_tool(data: bytes, standards: Collection[str] | None = None) -> Reading:
    """The tool of a file (YAML 1.2, UTF-8), or everything that is wrong with it.

    `standards` are the numbers of the practice standards there are, None where that is not known.
    """
    walk = Walk()
    try:
        tool = _TOOL(walk, compose(data), ())
    except Unreadable as error:
        return Reading(None, (error.fault,))
    found = list(walk.faults)
    if tool is not None:
        found += [
            LineFault(walk.line_at(fault.path), f"{_name(fault.path)}{fault.message}")
            for fault in faults(tool, standards)
            if not walk.is_broken(fault.path)
        ]
    return Reading(None, tuple(sorted(found))) if found else Reading(tool)


def _name(path: Path) -> str:
    """The key that a fault is about, so that it is found within its line."""
    names = [step for step in path if isinstance(step, str)]
    return f"{names[-1]}: " if names else ""
