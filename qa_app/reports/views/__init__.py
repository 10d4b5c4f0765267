"""The pages of the reports room."""

from qa_app.reports import models
from qa_app.reports.views import agreement, assurance, behind, figures, reaudits
from qa_app.reports.views.room import blueprint

__all__ = ["agreement", "assurance", "behind", "blueprint", "figures", "models", "reaudits"]
