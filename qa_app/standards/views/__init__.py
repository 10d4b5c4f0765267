"""The pages of practice standards and audit tools. Importing it adds each to the blueprint."""

from qa_app.standards.views import (
    practice,
    practice_changes,
    themes,
    tool_drafts,
    tool_parts,
    tool_preview,
    tools,
)
from qa_app.standards.views.room import blueprint

__all__ = [
    "blueprint",
    "practice",
    "practice_changes",
    "themes",
    "tool_drafts",
    "tool_parts",
    "tool_preview",
    "tools",
]
