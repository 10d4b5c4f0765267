"""Making a key for another program."""

from forms.base import DateField, GovForm, ManyField, Needed, SubmitField, TextField
from qa_app.domain.keys import KeyScope

_READS = {
    KeyScope.MEASURES: "The figures MTM-1 to MTM-4, by month",
    KeyScope.AUDITS: "One row for each audit: dates, team, grades once final; nothing written",
    KeyScope.ACTIONS: "One row for each action: dates and status; not what is to be done",
    KeyScope.THEMES: "How often each theme was found, by month",
}


class KeyForm(GovForm):
    """What the key is for, what it may read, and until when."""

    name = TextField(
        "What is it for?",
        [Needed("Enter what the key is for")],
        description="For example, Power BI of the performance team. It stands in the history of "
        "what was read.",
        max_length=100,
        thing="What it is for",
    )
    scopes = ManyField(
        "What may it read?",
        [Needed("Select what the key may read")],
        choices=[(scope.value, scope.words, _READS[scope]) for scope in KeyScope],
        thing="What it may read",
    )
    expires_on = DateField(
        "Last day",
        [Needed("Enter the last day on which it is used")],
        description="After this day it opens nothing. Make a new one before then.",
        thing="The last day",
    )
    save = SubmitField("Make the key")


class EndKeyForm(GovForm):
    """Whether a key is to be ended."""

    save = SubmitField("End the key")
