"""Forms of the library of practice standards."""

from forms.base import (
    ChoiceField,
    DateField,
    GovForm,
    HiddenField,
    ListField,
    LongTextField,
    ManyField,
    Needed,
    SubmitField,
    TextField,
)
from qa_app.domain.grades import PlanType

_PLANS = [(plan.value, plan.words) for plan in PlanType]
_LATER = "Today or later: audits already done keep what was in force in their period"


class LibraryFilterForm(GovForm):
    """What the library shows; every part may be left empty."""

    class Meta:
        csrf = False

    chapter = ListField("Chapter", empty="Every chapter")
    plan = ListField("Plan type", empty="Every plan", choices=_PLANS)
    source = ListField("Source", empty="Every source")
    on = DateField(
        "In force on", description="For example, 27 3 2023. Empty is today", thing="The day"
    )


class WordingForm(GovForm):
    """What a version of a standard says."""

    title = TextField("Title", [Needed("Enter a title")])
    expectation = LongTextField(
        "Expectation",
        [Needed("Enter the expectation")],
        description="Who does what by when, so that two auditors would agree whether it was met.",
        rows=6,
        max_length=4_000,
    )
    source = ChoiceField("Where does it come from?", [Needed("Select where it comes from")])
    source_detail = TextField(
        "What in it (optional)",
        description="The Act, regulation or guidance, with the section or chapter.",
        max_length=300,
    )
    national_timescale = TextField(
        "National timescale (optional)", description="Such as: within 15 working days"
    )
    local_timescale = TextField(
        "Local timescale (optional)",
        description="Only where it differs from the national one, or where there is none.",
    )
    plan_types = ManyField(
        "Which plans is it about? (optional)", choices=_PLANS, description="None means every plan."
    )


class AddStandardForm(WordingForm):
    """A new standard. Its number comes first on the page."""

    number = TextField(
        "Number", [Needed("Enter a number")], description="Like 4.3", max_length=5, width=5
    )
    chapter = TextField(
        "Name of the chapter (optional)",
        description="Only for the first standard of a new chapter.",
        max_length=100,
    )
    valid_from = DateField(
        "In force from", [Needed("Enter the day from which it is in force")], description=_LATER,
        thing="The day",
    )  # fmt: skip
    save = SubmitField("Add this standard")


class VersionedStandardForm(GovForm):
    """A form that says which version of the standard its page showed."""

    version = HiddenField()

    @property
    def seen(self) -> int:
        """The version that the page showed; 0, which none has, where the form did not say."""
        text = str(self.version.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


class ChangeStandardForm(VersionedStandardForm, WordingForm):
    """Another wording from a day on."""

    change = LongTextField(
        "What changes, and why?",
        [Needed("Enter what changes, and why")],
        description="It stands beside the new version.",
        rows=3,
        max_length=400,
        thing="What changes",
    )
    valid_from = DateField(
        "From which day?", [Needed("Enter the day from which the new wording is in force")],
        description=_LATER, thing="The day",
    )  # fmt: skip
    save = SubmitField("Change this standard")


class EndStandardForm(VersionedStandardForm):
    """The last day of a standard."""

    last_day = DateField(
        "What is its last day in force?", [Needed("Enter the last day")], description=_LATER,
        thing="The last day",
    )  # fmt: skip
    save = SubmitField("End this standard", look="warning")
