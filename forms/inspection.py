"""To which day the list for inspectors goes. Sent in the address."""

from forms.base import DateField, GovForm, Needed


class InspectionForm(GovForm):
    """The last day of the six months."""

    class Meta:
        """A form that only asks needs no token."""

        csrf = False

    as_at = DateField(
        "Last day of the six months",
        [Needed("Enter the last day")],
        description="The list has the audits of the six months that end with this day, as they "
        "stood then.",
        thing="The last day",
    )
