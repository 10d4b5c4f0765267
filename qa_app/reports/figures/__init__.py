"""Figures worked out from the facts of a data cut: pure functions, one module a subject."""

from qa_app.reports.figures.figure import Figures, Key, ReportFigure

__all__ = ["Figures", "Key", "ReportFigure"]
