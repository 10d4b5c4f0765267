"""What to show of the agreement between grades: months, and a split. Sent in the address."""

from forms.base import GovForm, ListField, Needed, TextField
from forms.reports import MONTH_HINT


class AgreementForm(GovForm):
    """The choices beside the figures of oneself."""

    class Meta:
        """A form that only asks needs no token."""

        csrf = False

    first = TextField(
        "First month",
        [Needed("Enter the first month, for example 2022-11")],
        name="from",
        description=MONTH_HINT,
        type="month",
        width=10,
        max_length=7,
    )
    last = TextField(
        "Last month",
        [Needed("Enter the last month, for example 2023-04")],
        name="to",
        description=MONTH_HINT,
        type="month",
        width=10,
        max_length=7,
    )


class AgreementSplitForm(AgreementForm):
    """The same for those who lead. The view hands in what the reader may split by (M9)."""

    by = ListField("Split by", empty=None)
