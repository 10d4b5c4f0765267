"""What must be right before a report is published, and what a later one changed (R3, R7, R8)."""

from qa_app.reports.publishing.checks import data_checks
from qa_app.reports.publishing.finding import CheckFinding
from qa_app.reports.publishing.texts import placeholder_in, text_checks

__all__ = ["CheckFinding", "data_checks", "placeholder_in", "text_checks"]
