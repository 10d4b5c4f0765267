"""The measure of one response as the data stands now (T3)."""

from datetime import datetime

from qa_app.domain.calendar import Month, london_date
from qa_app.domain.publishing import ReportKind
from qa_app.reports.figures.learning import BeforeAfter, before_and_after
from qa_app.reports.models import LearningResponse
from qa_app.reports.queries.factual import read_facts
from qa_app.reports.queries.learning import judged_of
from qa_app.reports.reportasked import ReportAsked


def judge(response: LearningResponse, at: datetime) -> BeforeAfter:
    """The months before and those after that are over, counted from facts read at this moment."""
    judged = judged_of(response)
    window, today = judged.window, london_date(at)
    this = Month.of(today)
    # A response due far ahead is judged by months that have not come: there is nothing to read.
    first = min(window.before[0], this)
    last = max(first, min(window.after[-1], this))
    asked = ReportAsked(ReportKind.HIGHLIGHT, str(last))
    return before_and_after(read_facts(first, last, at), asked, judged, today)
