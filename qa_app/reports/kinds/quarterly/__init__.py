"""The quarterly thematic report: one module a chapter. The annual one is made of the same."""

from qa_app.reports.kinds.quarterly.recipe import RECIPE

__all__ = ["RECIPE"]
