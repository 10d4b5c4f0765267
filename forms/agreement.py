"""What to show of the agreement between grades: months, and a split. Sent in the address."""

from forms.base import ListField
from forms.reports import MonthsForm


class AgreementForm(MonthsForm):
    """The choices beside the figures of oneself."""


class AgreementSplitForm(AgreementForm):
    """The same for those who lead. The view hands in what the reader may split by (M9)."""

    by = ListField("Split by", empty=None)
