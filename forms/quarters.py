"""From which quarter to which: the filter of what is counted by quarter. Sent in the address."""

from forms.base import GovForm, ListField


class QuartersForm(GovForm):
    """The view hands in the quarters to choose from."""

    class Meta:
        """A form that only asks needs no token."""

        csrf = False

    first = ListField("First quarter", name="from", empty=None)
    last = ListField("Last quarter", name="to", empty=None)
