"""Following the programme: what the lists show, cover, buddies, reminders by hand, an hour kept."""

from typing import Any, Final

from forms.base import (
    DateField,
    GovForm,
    HiddenField,
    ListField,
    ManyField,
    Needed,
    SubmitField,
    TextField,
)
from forms.clock import ClockField

LENGTHS: Final = (
    (60, "1 hour"), (90, "1 hour 30 minutes"), (120, "2 hours"), (150, "2 hours 30 minutes"),
    (180, "3 hours"), (240, "4 hours"), (300, "5 hours"), (360, "6 hours"), (420, "7 hours"),
)  # fmt: skip


class FollowForm(GovForm):
    """What the page shows. It comes in the address, so that it can be sent as a link."""

    class Meta:
        csrf = False

    month = ListField("Month", empty=None)
    batch = ListField("Batch", empty="None: the month")
    role = ListField("Role", empty="Every role")
    service = ListField("Service", empty="Every service")
    team = ListField("Team", empty="Every team")
    state = ListField("State", empty="Every state")


class ChaseForm(GovForm):
    """Whom to remind by hand. What the page shows goes along, to come back to it."""

    month = HiddenField()
    batch = HiddenField()
    role = HiddenField()
    service = HiddenField()
    team = HiddenField()
    state = HiddenField()
    people = ManyField("Who is to be reminded?", thing="Who is to be reminded")
    ticked = SubmitField("Remind those ticked")
    everybody = SubmitField("Remind everybody in this list", look="secondary")


class RemindersForm(GovForm):
    """What the list of reminders shows."""

    class Meta:
        csrf = False

    month = ListField("Month", empty="Every month")
    person = ListField("Who was told", empty="Everybody")


class CoverForm(GovForm):
    """Who does the audit now, and why (P5)."""

    auditor = ListField("Who does the audit now?", [Needed("Select an auditor")])
    reason = TextField(
        "Why is it covered?",
        [Needed("Enter why the audit is covered")],
        description="It stays in the audit's history, which is never changed. “Away” is enough: do "
        "not write about anybody's health.",
        max_length=400,
    )
    save = SubmitField("Cover this audit")


class ForWhomForm(GovForm):
    """Who is to have a buddy."""

    class Meta:
        csrf = False

    auditor = ListField("Who is new to auditing?")


class BuddyForm(GovForm):
    """Who helps, and how long."""

    buddy = ListField("Who helps them?", [Needed("Select who helps them")])
    since = DateField(
        "First day", [Needed("Enter the first day")], description="For example, 27 3 2027"
    )
    until = DateField(
        "Last day (optional)", description="Left empty, it lasts until you end it", thing="Last day"
    )
    save = SubmitField("Name this buddy")


class ProtectedTimeForm(GovForm):
    """When an auditor keeps time free for an audit."""

    day = DateField("Day", [Needed("Enter the day")], description="For example, 27 3 2027")
    start = ClockField(
        "Start", [Needed("Enter when you start")], description="For example, 9:30", width=5
    )
    length = ListField(
        "How long?",
        [Needed("Select how long")],
        choices=[(str(minutes), words) for minutes, words in LENGTHS],
        coerce=int,
    )
    make = SubmitField("Download the calendar entry")


def choices_of(field: Any) -> dict[str, str]:
    """The words of a list's choices, by their values."""
    return {choice.value: choice.text for choice in field.choices}
