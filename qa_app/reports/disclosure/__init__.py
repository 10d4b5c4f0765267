"""Disclosure control: what a public version of a report may print (R5)."""

from qa_app.reports.disclosure.puzzle import Limits
from qa_app.reports.disclosure.suppressing import (
    SUPPRESSED,
    Because,
    Outcome,
    Published,
    legend,
    suppress,
)
from qa_app.reports.disclosure.tables import (
    Cell,
    Kind,
    LinkedTables,
    Mark,
    Row,
    Share,
    Sum,
    TablesWrong,
)
from qa_app.reports.disclosure.versions import Change, erratum, linked, suppress_after

__all__ = [
    "SUPPRESSED",
    "Because",
    "Cell",
    "Change",
    "Kind",
    "Limits",
    "LinkedTables",
    "Mark",
    "Outcome",
    "Published",
    "Row",
    "Share",
    "Sum",
    "TablesWrong",
    "erratum",
    "legend",
    "linked",
    "suppress",
    "suppress_after",
]
