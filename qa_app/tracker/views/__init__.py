"""The tracker's pages."""

from qa_app.tracker.views import (
    assurance,
    board,
    changes,
    doing,
    handing_over,
    helpers,
    ladders,
    lists,
    moves,
    on_time,
    raising,
    verifying,
    withdrawing,
)
from qa_app.tracker.views.room import blueprint

__all__ = [
    "assurance",
    "blueprint",
    "board",
    "changes",
    "doing",
    "handing_over",
    "helpers",
    "ladders",
    "lists",
    "moves",
    "on_time",
    "raising",
    "verifying",
    "withdrawing",
]
