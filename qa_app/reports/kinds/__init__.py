"""One recipe for each kind of report: which months it needs, its figures, its sections."""

from collections.abc import Mapping
from typing import Final

from qa_app.domain.publishing import ReportKind
from qa_app.reports.kinds import annual, briefing, compliance, highlight, quality_matters, quarterly
from qa_app.reports.kinds.recipe import Recipe, Slot

RECIPES: Final[Mapping[ReportKind, Recipe]] = {
    ReportKind.HIGHLIGHT: highlight.RECIPE,
    ReportKind.COMPLIANCE: compliance.RECIPE,
    ReportKind.QUALITY_MATTERS: quality_matters.RECIPE,
    ReportKind.BRIEFING: briefing.RECIPE,
    ReportKind.QUARTERLY: quarterly.RECIPE,
    ReportKind.ANNUAL: annual.RECIPE,
}
"""What each kind is made by."""

__all__ = ["RECIPES", "Recipe", "Slot"]
