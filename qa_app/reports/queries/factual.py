"""Reading the facts of a data cut (R4)."""

from datetime import datetime

from qa_app.domain.calendar import Month
from qa_app.reports.facts import Facts


def read_facts(first: Month, last: Month, at: datetime) -> Facts:
    """The facts of the months from first to last, both included, as they stood at the cut."""
    return Facts(at, first, last)
