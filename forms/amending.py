"""The form with which the QA lead amends one thing in a final audit (M8)."""

from collections.abc import Sequence
from typing import Any

from forms.base import (
    ChoiceField,
    HiddenField,
    LongTextField,
    Needed,
    SubmitField,
    TextField,
)
from forms.harmless import HarmlessForm, harmless_field

_REASON = 1_000


class AmendForm(HarmlessForm):
    """The new value and the reason; `shown` is the old value as the page showed it."""

    new: ChoiceField | LongTextField
    reason: LongTextField
    harmless: TextField
    shown: HiddenField
    save: SubmitField


def amend_form(what: str, choices: Sequence[tuple[str, str]]) -> type[AmendForm]:
    """A form for this thing (“overall final grade”): one of the choices or, without any, a text."""
    needed = [Needed(f"{'Select' if choices else 'Enter'} the new {what}")]
    label = f"New {what}"
    fields: dict[str, Any] = {
        "new": ChoiceField(label, needed, choices=choices, thing=label)
        if choices
        else LongTextField(label, needed, rows=10, thing=label),
        "reason": LongTextField(
            "Why is it amended?",
            [Needed("Enter why it is amended")],
            description="Everybody who may read the audit reads this.",
            rows=4,
            max_length=_REASON,
            thing="Why it is amended",
        ),
        "harmless": harmless_field(),
        "shown": HiddenField(),
        "save": SubmitField("Amend it"),
    }
    return type("FullAmendForm", (AmendForm,), fields)
