"""The moderation room's pages."""

from qa_app.moderation.views import actions, agreement, deciding, queue, results, returning
from qa_app.moderation.views.room import blueprint

__all__ = ["actions", "agreement", "blueprint", "deciding", "queue", "results", "returning"]
