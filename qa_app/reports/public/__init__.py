"""Public versions of reports: what they print, and what they hide and why (R5)."""

from qa_app.reports.public.books import EarlierPublished
from qa_app.reports.public.narrative import Risk, narrative_risks
from qa_app.reports.public.version import Hidden, PublicVersion, publicly

__all__ = [
    "EarlierPublished",
    "Hidden",
    "PublicVersion",
    "Risk",
    "narrative_risks",
    "publicly",
]
