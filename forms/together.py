"""Doing an audit with people: talking it through, their own view, thanks, the child's record."""

from typing import Final
from uuid import UUID

from forms.base import (
    CheckField,
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
from forms.clock import ClockField

LENGTHS: Final = ((30, "30 minutes"), (45, "45 minutes"), (60, "1 hour"), (90, "1 hour 30 minutes"))


class InvitationForm(GovForm):
    """When and where the audit is talked through, and with whom (A5)."""

    guests = ManyField(
        "Whom do you invite?",
        [Needed("Select whom you invite")],
        thing="Whom you invite",
        coerce=UUID,
    )
    day = DateField("Day", [Needed("Enter the day")], description="For example, 27 3 2027")
    start = ClockField(
        "Start", [Needed("Enter when it starts")], description="For example, 14:30", width=5
    )
    minutes = ListField(
        "How long?",
        [Needed("Select how long it takes")],
        choices=[(str(minutes), words) for minutes, words in LENGTHS],
        coerce=int,
    )
    place = TextField(
        "Where?",
        [Needed("Enter where it is")],
        description="A room, or “Teams: I will call you”. Nothing about the child: it stands in "
        "calendars.",
    )
    save = SubmitField("Invite them")


class ViewForm(GovForm):
    """A social worker's or team manager's own view; `shown` says which text the page held."""

    shown = HiddenField()
    text = LongTextField(
        "Your view",
        description="What went well, what was hard, what the file does not show. No names.",
        rows=10,
        max_length=10_000,
    )
    sign = SubmitField("Sign and send")
    save = SubmitField("Save and come back later", look="secondary")


class ThanksForm(GovForm):
    """A thank-you to one of those pinned to the audit."""

    to = ChoiceField("Whom do you thank?", [Needed("Select whom you thank")], coerce=UUID)
    text = LongTextField(
        "Your thank-you",
        [Needed("Enter your thank-you")],
        description="Say what you saw, and what difference it made. No names of the family.",
        rows=5,
        max_length=1_000,
        count=True,
    )
    send = SubmitField("Send it")


class RecordForm(GovForm):
    """Whether the summary is on the child's record, and since when."""

    done = CheckField(
        "It is on the child’s record",
        [Needed("Tick the box when the summary is on the child's record")],
    )
    on = DateField(
        "Since what day?",
        [Needed("Enter the day on which it went onto the record")],
        description="For example, 27 3 2027",
        thing="The day",
    )
    save = SubmitField("Save")
