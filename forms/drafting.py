"""Beginning a report: its period and which audits it counts; its next version; the library."""

from forms.base import (
    GovForm,
    ListField,
    LongTextField,
    ManyField,
    Needed,
    SubmitField,
    TextField,
)
from forms.tools import RevisionForm
from qa_app.domain.grades import PlanType
from qa_app.domain.publishing import ReportKind

WHY_LENGTH = 2_000


class NewReportForm(GovForm):
    """Which report of a kind. The view hands in quarters, years, services, tools and themes, and
    takes out what the kind has no use for."""

    month = TextField(
        "Month",
        [Needed("Enter the month, for example 2023-02")],
        description="Year and month, for example 2023-02",
        type="month",
        width=10,
        max_length=7,
    )
    quarter = ListField("Quarter", [Needed("Select the quarter")])
    year = ListField("Year", [Needed("Select the year")], description="April to March")
    theme = ListField("Theme", [Needed("Select the theme that the briefing is about")])
    services = ManyField("Services", description="None selected means the whole authority.")
    plan_types = ManyField(
        "Plan types",
        choices=[(each.value, each.words) for each in PlanType],
        description="None selected means every plan type.",
    )
    tools = ManyField(
        "Audit tools", description="None selected means the tools that count in the measures."
    )
    selection = ListField(
        "Which audits",
        empty=None,
        choices=[("all", "All audits"), ("random", "Randomly chosen cases")],
        default="all",
    )
    grades = ListField(
        "Whose grade",
        empty=None,
        choices=[("final", "Final grade"), ("auditor", "Auditor’s grade")],
        default="final",
    )
    save = SubmitField("Begin the report")


class NewVersionForm(GovForm):
    """Why a published report gets another version."""

    why = LongTextField(
        "Why is there another version?",
        [Needed("Enter why there is to be another version")],
        description="It is printed in the report, in public too. For example, a grade was amended "
        "after publication. Name no child, family, worker or auditor.",
        rows=4,
        max_length=WHY_LENGTH,
        thing="Why there is another version",
    )
    save = SubmitField("Begin the new version")


class DiscardForm(RevisionForm):
    """Throw a draft away."""

    save = SubmitField("Throw the draft away", look="warning")


class LibraryForm(GovForm):
    """What to show of the library. Sent in the address; the view hands in the years."""

    class Meta:
        """A form that only asks needs no token."""

        csrf = False

    kind = ListField(
        "Report",
        empty="Every report",
        choices=[(kind.value, kind.words) for kind in ReportKind],
    )
    year = ListField("Year", empty="Every year")
