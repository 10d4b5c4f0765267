"""The moderation room's pages."""

from qa_app.moderation.views import actions, deciding, queue, results
from qa_app.moderation.views.room import blueprint

__all__ = ["actions", "blueprint", "deciding", "queue", "results"]
