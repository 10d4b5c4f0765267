"""A figure from elsewhere, set beside those of a report (R1)."""

from typing import Any

from forms.base import DateField, GovForm, ListField, Needed, NumberField, SubmitField, TextField


class _NumberNeeded(Needed):
    """Refuses no answer; zero is one."""

    def __call__(self, form: Any, field: Any) -> None:
        if field.data != 0:
            super().__call__(form, field)


class OtherFigureForm(GovForm):
    """One figure. The view hands in the sections of the report."""

    section = ListField("Section", [Needed("Select the section in which the figure stands")])
    words = TextField(
        "What it counts",
        [Needed("Enter what the figure counts")],
        description="As the report prints it before the number. For example: Complaints answered "
        "within 10 working days",
        max_length=300,
    )
    numerator = NumberField(
        "How many",
        [_NumberNeeded("Enter how many there were")],
        description="For example, 12",
        thing="How many",
    )
    denominator = NumberField(
        "Out of how many (optional)",
        description="For example, 20. The percentage is worked out. Leave it empty for a plain "
        "count.",
        thing="Out of how many",
    )
    source = TextField(
        "Who counted it",
        [Needed("Enter where the figure comes from")],
        description="A team or a survey, not a person. For example: complaints team",
    )
    as_at = DateField(
        "On which day",
        [Needed("Enter the day of the figure")],
        description="The day up to which it was counted, for example 31 3 2023",
    )
    save = SubmitField("Add the figure")
