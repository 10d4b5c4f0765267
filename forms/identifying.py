"""Confirming that words identify no child or family (A11): a box for each of them."""

from collections.abc import Sequence

from forms.base import GovForm, HiddenField, SubmitField, TextField


class IdentifyingForm(GovForm):
    """A reason for each of the words, or none where they will be removed."""

    confirm = SubmitField("Confirm")


def identifying_form(words: Sequence[str]) -> type[IdentifyingForm]:
    """A form with a reason (up to 400 characters) for each of these words, in their order."""
    fields: dict[str, object] = {}
    for number, each in enumerate(words, start=1):
        fields[f"words_{number}"] = HiddenField(default=each)
        fields[f"reason_{number}"] = TextField(
            "Why does it identify no child or family?",
            description="For example: a member of staff, or an agency's public number. Leave it "
            "empty if you will remove the words.",
            max_length=400,
        )
    return type("EachForm", (IdentifyingForm,), fields)
