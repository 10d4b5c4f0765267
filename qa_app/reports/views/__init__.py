"""The pages of the reports room."""

from qa_app.reports.views import agreement, behind, figures
from qa_app.reports.views.room import blueprint

__all__ = ["agreement", "behind", "blueprint", "figures"]
