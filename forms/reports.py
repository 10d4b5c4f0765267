"""What to show of the figures: months, basis, selection and part. Sent in the address."""

from forms.base import GovForm, ListField, Needed, TextField

MONTH_HINT = "Year and month, for example 2022-11"


class MonthsForm(GovForm):
    """From which month to which, both included."""

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


class MeasuresForm(MonthsForm):
    """The filters beside the measures. The view hands in the services and teams to choose from."""

    grades = ListField(
        "Whose grade",
        empty=None,
        choices=[("final", "Final grade"), ("auditor", "Auditor’s grade")],
        default="final",
    )
    selection = ListField(
        "Which audits",
        empty=None,
        choices=[("all", "All audits"), ("random", "Randomly chosen cases")],
        default="all",
    )
    service = ListField("Service", empty="Whole authority")
    team = ListField("Team", empty="Every team")
    plan_type = ListField("Plan type", empty="Every plan type")
