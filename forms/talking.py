"""Talking about a moderation: a message, a meeting, and that they talked (M4)."""

from typing import Final
from uuid import UUID

from forms.base import (
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
from forms.harmless import HarmlessForm, harmless_field

LENGTHS: Final = ((15, "15 minutes"), (30, "30 minutes"), (45, "45 minutes"), (60, "1 hour"))


class MessageForm(HarmlessForm):
    """A message; a word on what may identify somebody is asked for where it is found (A11)."""

    text = LongTextField(
        "Your message",
        [Needed("Enter your message")],
        description="Say what you saw and where it can be seen on the child’s record. Do not name "
        "the child or the family.",
        rows=6,
        max_length=4_000,
        count=True,
    )
    harmless = harmless_field()
    send = SubmitField("Send it")


class MeetingForm(GovForm):
    """When and where they talk; `shown` says which meeting the page showed."""

    shown = HiddenField()
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
    save = SubmitField("Arrange it")


class TalkedForm(GovForm):
    """On which day they talked, and who took part."""

    on = DateField(
        "On what day did you talk?",
        [Needed("Enter the day on which you talked")],
        description="For example, 27 3 2027",
        thing="The day",
    )
    who = ManyField(
        "Who took part?",
        [Needed("Select who took part")],
        description="An auditor and a moderator, at least.",
        thing="Who took part",
        coerce=UUID,
    )
    save = SubmitField("Save")
