"""The moderation room's pages."""

from qa_app.moderation.views import (
    actions,
    agreement,
    answering,
    blind,
    choices,
    deciding,
    drafting,
    giving,
    learning,
    queue,
    results,
    returning,
    second,
    talking,
    waivers,
)
from qa_app.moderation.views.room import blueprint

__all__ = [
    "actions",
    "agreement",
    "answering",
    "blind",
    "blueprint",
    "choices",
    "deciding",
    "drafting",
    "giving",
    "learning",
    "queue",
    "results",
    "returning",
    "second",
    "talking",
    "waivers",
]
