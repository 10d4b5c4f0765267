"""The fields of every form but the date: text, numbers, choices, files and buttons.

A field's ``description`` is its hint. Nothing typed is cleared when it is refused. Text comes in
without the characters that no database, spreadsheet or document can hold (IN-5).
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final, NamedTuple

from flask_wtf.file import FileField
from wtforms import BooleanField, Field
from wtforms.validators import StopValidation

from forms.widgets import (
    ButtonWidget,
    ChoicesWidget,
    InputWidget,
    SelectWidget,
    TextareaWidget,
)

SHORT_TEXT: Final = 200
NARRATIVE: Final = 20_000

# NUL breaks PostgreSQL, a lone surrogate breaks UTF-8, the others break XLSX and DOCX, which are
# XML (1.0, section 2.2).
_UNSTORABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_LINE_BREAKS: Final = re.compile("\r\n?")


def clean_text(text: str | None) -> str | None:
    """Text that can be stored anywhere, with ``\\n`` for line breaks; everything else as typed."""
    if text is None:
        return None
    return _UNSTORABLE.sub("", _LINE_BREAKS.sub("\n", text)).strip()


def clean_line(text: str | None) -> str | None:
    """The same in one line."""
    cleaned = clean_text(text)
    return None if cleaned is None else " ".join(cleaned.split())


class Needed:
    """Refuses an empty answer with an instruction, such as "Select a grade for risk and safety"."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: Any, field: Any) -> None:
        if field.process_errors:
            raise StopValidation  # what was typed is wrong: that alone is said
        if field.data in (None, "", [], False):
            raise StopValidation(self.message)


class NeededIf(Needed):
    """Needed only where ``applies(form)`` holds, such as a reason for a "no"."""

    def __init__(self, applies: Callable[[Any], bool], message: str) -> None:
        super().__init__(message)
        self.applies = applies

    def __call__(self, form: Any, field: Any) -> None:
        if self.applies(form):
            super().__call__(form, field)


class _NotTooLong:
    def __call__(self, form: Any, field: Any) -> None:
        if isinstance(field.data, str) and len(field.data) > field.max_length:
            raise StopValidation(
                f"{field.thing} must be {field.max_length:,} characters or fewer; "
                f"it has {len(field.data):,}"
            )


class GovField(Field):  # type: ignore[misc]  # its parent carries no types
    """A field that knows the noun of its messages (``thing``) and where its error link goes."""

    def __init__(self, label: str = "", validators: Any = None, **options: Any) -> None:
        thing = options.pop("thing", None)
        super().__init__(label, validators, **options)
        self.thing: str = thing or self.label.text

    @property
    def anchor(self) -> str:
        """The id of the control on which an error link puts the focus."""
        return str(self.id)


class TextField(GovField):
    """One line, up to ``max_length`` characters (200)."""

    clean = staticmethod(clean_line)
    longest = SHORT_TEXT
    data: Any

    def __init__(self, label: str = "", validators: Any = None, **options: Any) -> None:
        self.max_length: int = options.pop("max_length", self.longest)
        options.setdefault("widget", self.make_widget(options))
        super().__init__(label, [_NotTooLong(), *(validators or [])], **options)

    def process_formdata(self, valuelist: list[str]) -> None:
        if valuelist:
            self.data = self.clean(valuelist[0])

    def make_widget(self, options: dict[str, Any]) -> Any:
        names = ("type", "width", "autocomplete", "inputmode", "spellcheck")
        return InputWidget(**{name: options.pop(name) for name in names if name in options})

    def _value(self) -> str:
        return "" if self.data is None else str(self.data)


class LongTextField(TextField):
    """Several lines, up to 20,000 characters; ``count=True`` shows how many are left."""

    clean = staticmethod(clean_text)
    longest = NARRATIVE

    def make_widget(self, options: dict[str, Any]) -> Any:
        return TextareaWidget(options.pop("rows", 6), options.pop("count", False))


class PasswordField(TextField):
    """A password: never cleaned, cut or shown again; ``autocomplete`` helps password managers."""

    clean = staticmethod(lambda text: text)
    longest = 1_000

    def make_widget(self, options: dict[str, Any]) -> Any:
        options.update(type="password", spellcheck="false")
        return super().make_widget(options)


class NumberField(TextField):
    """A whole number; its data is an int or None."""

    def __init__(self, label: str = "", validators: Any = None, **options: Any) -> None:
        super().__init__(label, validators, **{"width": 5, "inputmode": "numeric"} | options)

    def process_formdata(self, valuelist: list[str]) -> None:
        text = clean_line(valuelist[0]) if valuelist else ""
        self.data = int(text) if text and re.fullmatch("-?[0-9]{1,9}", text) else None
        if text and self.data is None:
            raise ValueError(f"{self.thing} must be a whole number, like 12")

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else super()._value()


class Choice(NamedTuple):
    """One answer of a question; a plain (value, text) or (value, text, hint) does as well."""

    value: str
    text: str
    hint: str = ""


class ChoiceField(GovField):
    """One answer out of ``choices``, as radios; data is ``coerce(value)``, or None.

    The view may set `choices` after the form is made, with rows from the database.
    """

    widget: Any = ChoicesWidget("radios")

    def __init__(
        self,
        label: str = "",
        validators: Any = None,
        choices: Iterable[Sequence[str]] = (),
        coerce: Callable[[str], Any] = str,
        **options: Any,
    ) -> None:
        super().__init__(label, validators, **options)
        self.legend: str | None = self.label.text
        self.coerce = coerce
        self.choices = choices

    @property
    def choices(self) -> list[Choice]:
        return self._choices

    @choices.setter
    def choices(self, choices: Iterable[Sequence[str]]) -> None:
        self._choices = [Choice(str(value), *rest) for value, *rest in choices]

    def choice_id(self, number: int) -> str:
        """The first has the field's own id, so that an error link focuses it."""
        return str(self.id) if number == 0 else f"{self.id}-{number + 1}"

    def is_chosen(self, value: str) -> bool:
        return value == ("" if self.data is None else str(self.data))

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = self._coerced(valuelist[0]) if valuelist and valuelist[0] else None

    def _coerced(self, value: str) -> Any:
        try:
            return self.coerce(value)
        except (ValueError, KeyError):
            raise ValueError(self._unknown) from None

    @property
    def _unknown(self) -> str:
        return f"{self.thing}: select one of the answers shown"

    # Not while the data comes in: the view may hand in the choices after that.
    def pre_validate(self, form: Any) -> None:
        if self.process_errors:
            raise StopValidation
        chosen = self.data if isinstance(self.data, list) else [self.data]
        known = {choice.value for choice in self.choices}
        if any(str(each) not in known for each in chosen if each is not None):
            raise StopValidation(self._unknown)


class ListField(ChoiceField):
    """One out of many, as a list box; ``empty`` is its first entry, None for none."""

    widget = SelectWidget()

    def __init__(self, *args: Any, empty: str | None = "Select one", **options: Any) -> None:
        super().__init__(*args, **options)
        self.empty = empty


class ManyField(ChoiceField):
    """Any number of answers, as checkboxes. Data is a list of what ``coerce`` makes of each."""

    widget = ChoicesWidget("checkboxes")

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = [self._coerced(value) for value in valuelist]

    def is_chosen(self, value: str) -> bool:
        return value in {str(each) for each in self.data or ()}


class CheckField(GovField, BooleanField):  # type: ignore[misc]  # its parent carries no types
    """One checkbox that confirms something; with ``legend`` it stands in a fieldset."""

    widget = ChoicesWidget("checkboxes")

    def __init__(self, label: str = "", validators: Any = None, **options: Any) -> None:
        self.legend: str | None = options.pop("legend", None)
        super().__init__(label, validators, **options)
        self.choices = [Choice("y", self.label.text)]

    def choice_id(self, number: int) -> str:
        return str(self.id)

    def is_chosen(self, value: str) -> bool:
        return bool(self.data)


class UploadField(GovField, FileField):  # type: ignore[misc]  # its parent carries no types
    """A file; data is the uploaded file or None. ``accept`` (".xlsx,.csv") is only a help."""

    def __init__(self, label: str = "", validators: Any = None, **options: Any) -> None:
        widget = InputWidget("file", accept=options.pop("accept", None))
        super().__init__(label, validators, widget=widget, **options)


class SubmitField(GovField, BooleanField):  # type: ignore[misc]  # its parent carries no types
    """A button; data tells whether it was the one pressed. ``look``: "secondary" or "warning"."""

    def __init__(self, label: str = "Save and continue", **options: Any) -> None:
        super().__init__(label, widget=ButtonWidget(options.pop("look", "")), **options)
