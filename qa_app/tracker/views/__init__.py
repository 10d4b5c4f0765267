"""The tracker's pages."""

from qa_app.tracker.views import assurance, changes, lists, moves
from qa_app.tracker.views.room import blueprint

__all__ = ["assurance", "blueprint", "changes", "lists", "moves"]
