"""Thematic audits, look-backs and dip samples."""

from forms.base import (
    ChoiceField,
    DateField,
    GovForm,
    ListField,
    LongTextField,
    Needed,
    NeededIf,
    NumberField,
    SubmitField,
    TextField,
)
from forms.cycles import NumbersForm

THEMATIC = "thematic"


class BatchForm(GovForm):
    """What a batch looks at, with which tool, how many, and when (P7)."""

    kind = ChoiceField("What is it?", [Needed("Select what it is")], thing="What it is")
    name = TextField(
        "Name", [Needed("Enter a name")], description="For example, Neglect, autumn 2026"
    )
    theme = ListField(
        "Theme",
        [
            NeededIf(
                lambda form: str(form.kind.data) == THEMATIC, "Select the theme that is looked at"
            )
        ],
        description="Needed for a thematic audit.",
        empty="No theme",
    )
    tool = ListField("Audit tool", [Needed("Select the audit tool")])
    number = NumberField(
        "How many audits?", [Needed("Enter how many audits")], thing="How many audits"
    )
    starts_on = DateField(
        "First day", [Needed("Enter the first day")], description="For example, 27 3 2023"
    )
    ends_on = DateField("Last day", [Needed("Enter the last day")])
    report_due_on = DateField("Report due (optional)", thing="The day on which the report is due")
    purpose = LongTextField(
        "What is it to find out? (optional)",
        description="Nothing about a single child.",
        rows=4,
        max_length=2_000,
        thing="What it is to find out",
    )
    save = SubmitField("Save the plan")


class BatchAuditorsForm(NumbersForm):
    """How many audits each auditor does; the boxes come with `with_numbers`."""

    save = SubmitField("Save the numbers")


class CloseBatchForm(GovForm):
    """Closing a batch."""

    close = SubmitField("Close it", look="warning")
