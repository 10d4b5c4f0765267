"""Forms of the tracker."""

from typing import Final

from forms.base import (
    CheckField,
    ChoiceField,
    DateField,
    GovForm,
    HiddenField,
    ListField,
    LongTextField,
    Needed,
    NeededIf,
    SubmitField,
    TextField,
)
from qa_app.domain.actions import ActionKind, ActionStatus

EVERY_STATUS: Final = "all"


class FilterForm(GovForm):
    """What the list shows. It comes in the address, so that the list can be sent as a link."""

    class Meta:
        csrf = False

    mine = CheckField("Only what you own, cover or help with")
    failed = CheckField("Only what needs somebody")
    team = ListField("Team", empty="Every team")
    kind = ListField(
        "Kind",
        choices=[(kind.value, kind.words) for kind in ActionKind],
        coerce=ActionKind,
        empty="Every kind",
    )
    owner = ListField("Owner", empty="Everybody")
    status = ListField(
        "Status",
        choices=[
            *((status.value, status.words) for status in ActionStatus),
            (EVERY_STATUS, "Every status"),
        ],
        empty="Outstanding",
    )
    due = ListField(
        "Due",
        choices=[
            ("overdue", "Overdue"),
            ("week", "To do in the next 7 days"),
            ("later", "To do later than that"),
        ],
        empty="At any time",
    )
    partner = ListField("Partner agency", empty="With or without one")


class VersionedForm(GovForm):
    """A form that says which version of the action its page showed."""

    version = HiddenField()

    @property
    def seen(self) -> int | None:
        """The version that the page showed; None where the form did not say."""
        text = str(self.version.data or "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


class DoneForm(VersionedForm):
    """The owner says that it is done (E4)."""

    evidence = LongTextField(
        "What shows that it has been done?",
        [Needed("Enter what shows that this has been done")],
        description="Say what was done, by whom, and where it can be seen on the child’s record. "
        "A link to the case system can be pasted in. Do not name the child or the family.",
        thing="What shows that it has been done",
        max_length=4_000,
        count=True,
    )
    done_on = DateField(
        "When was it done?",
        [Needed("Enter the date on which it was done")],
        description="For example, 27 3 2023",
        thing="The date done",
    )
    save = SubmitField("Mark as done")


class VerifyForm(VersionedForm):
    """Somebody else looks at the evidence: done, or something is missing (E4)."""

    VERIFIED = "verified"
    RETURNED = "returned"

    decision = ChoiceField(
        "Does the evidence show that it has been done?",
        [Needed("Select whether the evidence shows that it has been done")],
        choices=[
            (VERIFIED, "Yes, verify it", "The action is then complete."),
            (RETURNED, "No, something is missing", "It goes back to its owner."),
        ],
    )
    note = LongTextField(
        "How you checked it (optional)", rows=3, max_length=4_000, thing="How you checked it"
    )
    missing = LongTextField(
        "What is missing?",
        [
            NeededIf(
                lambda form: form.decision.data == VerifyForm.RETURNED,
                "Enter what is missing, so that the owner knows what to do",
            )
        ],
        rows=4,
        max_length=4_000,
        thing="What is missing",
    )
    save = SubmitField("Save decision")


class DueDateForm(VersionedForm):
    """A new due date, with the reason (E3)."""

    due_on = DateField(
        "New due date", [Needed("Enter the new due date")], description="For example, 27 3 2023"
    )
    reason = LongTextField(
        "Why does it change?", [Needed("Enter why the due date changes")], rows=4,
        max_length=2_000, thing="Why it changes",
    )  # fmt: skip
    save = SubmitField("Change the due date")


class OwnerFields(GovForm):
    """A person found by name; where several match, `which` offers them."""

    owner = TextField(
        "Who is to do it?",
        [Needed("Enter a name or an e-mail address")],
        description="Part of the name, or the whole e-mail address",
        autocomplete="off",
        spellcheck="false",
        thing="Who is to do it",
    )
    which = ChoiceField("Which of these people?", thing="Which person")


class OwnerForm(VersionedForm, OwnerFields):
    """Another owner, with the reason."""

    reason = LongTextField(
        "Why does it go to somebody else?",
        [Needed("Enter why it goes to somebody else")],
        rows=3,
        max_length=2_000,
        thing="Why it goes to somebody else",
    )
    save = SubmitField("Give it to this person")
