"""The tracker's pages."""

from qa_app.tracker.views import changes, lists, moves
from qa_app.tracker.views.room import blueprint

__all__ = ["blueprint", "changes", "lists", "moves"]
