"""The form that notes a board's meeting."""

from forms.base import DateField, GovForm, Needed, SubmitField, TextField


class MeetingForm(GovForm):
    """Which board, and on which day."""

    board = TextField(
        "Name of the board",
        [Needed("Enter the name of the board")],
        description="Write it the same way each time: a pack begins after its meeting before.",
    )
    held_on = DateField(
        "Day of the meeting",
        [Needed("Enter the day of the meeting")],
        description="For example, 27 3 2027",
    )
    save = SubmitField("Add the meeting")
