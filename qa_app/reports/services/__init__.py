"""What the reports room does: answers questions to the figures, keeps data cuts, publishes."""

from qa_app.reports.services.measuring import answer, find_part, measures

__all__ = ["answer", "find_part", "measures"]
