"""The list for inspectors as a table to be written."""

from datetime import date, datetime
from typing import Final

from qa_app.domain.calendar import date_words
from qa_app.domain.permissions import Actor
from qa_app.reports.queries import inspection
from qa_app.reports.queries.listing import ListTable

EARLIEST: Final = date(2000, 1, 1)


def day_refused(as_at: date, today: date) -> str:
    """Why no list can go to this day, as an instruction; "" where one can."""
    if as_at > today:
        return "The last day must be today or earlier"
    if as_at < EARLIEST:
        return f"The last day must be {date_words(EARLIEST)} or later"
    return ""


def inspection_table(as_at: date, reader: Actor | None, at: datetime) -> ListTable:
    """The audits of the six months to a day, for whoever reads them (None: the server)."""
    found = inspection.audits_for_inspectors(as_at, reader)
    first = inspection.since(as_at)
    return ListTable(
        name="inspection",
        things="audits for inspectors",
        title="Audits of six months",
        columns=inspection.COLUMNS,
        rows=[each.cells() for each in found],
        at=at,
        narrowed=(f"{first} to {as_at}",),
        more=(
            ("Audits", f"completed {date_words(first)} to {date_words(as_at)}, final by then"),
            ("Grades", "final grades, and what followed, as at the end of that day"),
        ),
    )
