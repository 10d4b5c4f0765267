"""The pages of the reports room."""

from qa_app.reports.views import behind, figures
from qa_app.reports.views.room import blueprint

__all__ = ["behind", "blueprint", "figures"]
