"""The pages of the home room."""

from qa_app.home.views import notices, service, waiting
from qa_app.home.views.room import blueprint

__all__ = ["blueprint", "notices", "service", "waiting"]
