"""What a form of this product is made of: import fields and `GovForm` from here."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField

from forms.dates import DateField
from forms.fields import (
    NARRATIVE,
    SHORT_TEXT,
    CheckField,
    Choice,
    ChoiceField,
    GovField,
    ListField,
    LongTextField,
    ManyField,
    Needed,
    NeededIf,
    NumberField,
    PasswordField,
    SubmitField,
    TextField,
    UploadField,
    clean_line,
    clean_text,
)

__all__ = [
    "NARRATIVE",
    "SHORT_TEXT",
    "CheckField",
    "Choice",
    "ChoiceField",
    "DateField",
    "GovField",
    "GovForm",
    "HiddenField",
    "ListField",
    "LongTextField",
    "ManyField",
    "Needed",
    "NeededIf",
    "NumberField",
    "PasswordField",
    "SubmitField",
    "TextField",
    "UploadField",
    "clean_line",
    "clean_text",
]


class GovForm(FlaskForm):  # type: ignore[misc]  # its parent carries no types
    """A form whose errors are instructions, each linked to the control that it is about."""

    def refuse(self, message: str, field: str | None = None) -> None:
        """Add what a rule refused, to the field it names or else to the first one."""
        target = self._fields.get(field) or next(iter(self._visible()))
        target.errors = [*target.errors, message]

    def errors_for_summary(self) -> list[tuple[str, str]]:
        """(message, href) of each error in page order; every href is a control of the page."""
        return [
            (message, f"#{field.anchor}") for field in self._visible() for message in field.errors
        ]

    def _visible(self) -> list[Any]:
        return [field for field in self if isinstance(field, GovField)]
