"""What the issues log shows, sent in the address; and filing findings anew (T1, T2)."""

from forms.base import GovForm, ListField, Needed, SubmitField, TextField
from forms.reports import MONTH_HINT


class IssuesForm(GovForm):
    """The log's month and filters. The view hands in services and sections."""

    class Meta:
        """A form that only asks needs no token."""

        csrf = False

    month = TextField(
        "Month",
        [Needed("Enter the month, for example 2023-03")],
        description=MONTH_HINT,
        type="month",
        width=10,
        max_length=7,
    )
    by = ListField("Divided by", empty=None)
    over = ListField("Counting", empty=None)
    service = ListField("Service", empty="Whole authority")
    plan_type = ListField("Plan type", empty="Every plan type")
    section = ListField("Section", empty="Every section")


class FilingForm(GovForm):
    """A page of findings to file; which goes where is in names of its own."""

    save = SubmitField("File those that are chosen")
