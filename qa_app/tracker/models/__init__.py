"""The tables of the tracker: actions with their steps, and what follows them."""

from qa_app.tracker.models.action import (
    Action,
    ActionParty,
    ActionSource,
    ActionStep,
    DueDateChange,
)
from qa_app.tracker.models.following import LadderTaken, OtherLadder, OtherLadderKind

__all__ = [
    "Action",
    "ActionParty",
    "ActionSource",
    "ActionStep",
    "DueDateChange",
    "LadderTaken",
    "OtherLadder",
    "OtherLadderKind",
]
