"""GOV.UK form components as WTForms widgets: each renders the whole form group of its field.

Label or legend, hint, error and control are tied together by id, so that a screen reader says all
of them, with the field's notes where a view sets some (`forms.described`). Options of every widget,
given where a template calls the field:

- ``heading=True``: the label or legend is the page's h1;
- ``size``: ``"s"``, ``"m"`` or ``"l"``, how large the label or legend is;
- any other name becomes an attribute of the control (``data_field="evidence"`` → ``data-field``).
"""

from collections.abc import Mapping
from typing import Any, Final

from markupsafe import Markup
from wtforms.widgets import html_params

from forms.described import described_by, hint_and_error, notes_of

NO_MARKUP: Final = Markup("")

_GROUP: Final = Markup(
    '<div class="govuk-form-group{error_class}{classes}"{attributes}>{inside}</div>'
)
_LABEL: Final = Markup('<label class="govuk-label govuk-label--{size}" for="{id}">{text}</label>')
_LABEL_HEADING: Final = Markup('<h1 class="govuk-label-wrapper">{label}</h1>')
_FIELDSET: Final = Markup(
    '<fieldset class="govuk-fieldset"{described}>'
    '<legend class="govuk-fieldset__legend govuk-fieldset__legend--{size}">{legend}</legend>'
    "{inside}</fieldset>"
)
_LEGEND_HEADING: Final = Markup('<h1 class="govuk-fieldset__heading">{text}</h1>')
_INPUT: Final = Markup("<input{attributes}>")
# A browser drops the first line break of a text box: this one is there to be dropped.
_TEXTAREA: Final = Markup("<textarea{attributes}>\n{text}</textarea>")
_COUNT: Final = Markup(
    '<div class="govuk-hint govuk-character-count__message" id="{id}-info">'
    "You can enter up to {maximum} characters</div>"
)
_SELECT: Final = Markup("<select{attributes}>{options}</select>")
_OPTION: Final = Markup("<option{attributes}>{text}</option>")
_CHOICES: Final = Markup('<div class="govuk-{kind}" data-module="govuk-{kind}">{items}</div>')
_CHOICE: Final = Markup(
    '<div class="govuk-{kind}__item"><input{attributes}>'
    '<label class="govuk-label govuk-{kind}__label" for="{id}">{text}</label>{hint}</div>'
)
_CHOICE_HINT: Final = Markup(
    '<div class="govuk-hint govuk-{kind}__hint" id="{id}-hint">{text}</div>'
)
_REVEAL: Final = Markup('<div class="govuk-{kind}__conditional" id="{id}-more">{inside}</div>')
_DATE: Final = Markup('<div class="govuk-date-input" id="{id}">{parts}</div>')
_DATE_PART: Final = Markup(
    '<div class="govuk-date-input__item"><div class="govuk-form-group">'
    '<label class="govuk-label govuk-date-input__label" for="{id}">{text}</label>'
    "<input{attributes}></div></div>"
)
_BUTTON: Final = Markup("<button{attributes}>{text}</button>")


def _attributes(values: Mapping[str, Any]) -> Markup:
    """With a space before; those that are None or False are left out."""
    kept = {name: value for name, value in values.items() if value is not None}
    return Markup(" " + html_params(**kept)) if kept else NO_MARKUP  # noqa: S704 -- it escapes


def _group(field: Any, inside: Markup, classes: str = "", **attributes: Any) -> Markup:
    return _GROUP.format(
        error_class=" govuk-form-group--error" if field.errors else "",
        classes=classes,
        attributes=_attributes(attributes),
        inside=inside + notes_of(field),
    )


def _labelled(field: Any, control: Markup, size: str, heading: bool) -> Markup:
    label = _LABEL.format(size="l" if heading else size, id=field.id, text=field.label.text)
    if heading:
        label = _LABEL_HEADING.format(label=label)
    return label + hint_and_error(field) + control


def _fieldset(field: Any, inside: Markup, legend: str, size: str, heading: bool) -> Markup:
    return _FIELDSET.format(
        described=_attributes({"aria-describedby": described_by(field)}),
        size="l" if heading else size,
        legend=_LEGEND_HEADING.format(text=legend) if heading else legend,
        inside=hint_and_error(field) + inside,
    )


class InputWidget:
    """One line, a password or a file.

    ``width`` is how many characters the box shows: 2, 3, 4, 5, 10, 20 or 30.
    """

    def __init__(self, type: str = "text", width: int | None = None, **attributes: Any) -> None:
        self.type = type
        self.look = "govuk-file-upload" if type == "file" else "govuk-input"
        self.classes = f" govuk-input--width-{width}" if width else ""
        self.attributes = attributes

    def __call__(
        self, field: Any, *, heading: bool = False, size: str = "s", **attributes: Any
    ) -> Markup:
        error = f" {self.look}--error" if field.errors else ""
        values = {
            "class_": f"{self.look}{self.classes}{error}",
            "id": field.id,
            "name": field.name,
            "type": self.type,
            # A password is never sent back to the page; a file cannot be.
            "value": None if self.type in {"password", "file"} else field._value(),
            "aria-describedby": described_by(field),
        }
        control = _INPUT.format(attributes=_attributes(values | self.attributes | attributes))
        return _group(field, _labelled(field, control, size, heading))


class TextareaWidget:
    """Several lines; with ``count`` the page says how many characters are left."""

    def __init__(self, rows: int = 6, count: bool = False) -> None:
        self.rows = rows
        self.count = count

    def __call__(
        self, field: Any, *, heading: bool = False, size: str = "s", **attributes: Any
    ) -> Markup:
        counted = self.count and field.max_length
        classes = "govuk-textarea" + (" govuk-textarea--error" if field.errors else "")
        control = _TEXTAREA.format(
            attributes=_attributes(
                {
                    "class_": classes + (" govuk-js-character-count" if counted else ""),
                    "id": field.id,
                    "name": field.name,
                    "rows": self.rows,
                    "spellcheck": "true",
                    "aria-describedby": described_by(field, *[f"{field.id}-info"] * bool(counted)),
                }
                | attributes
            ),
            text=field._value(),
        )
        inside = _labelled(field, control, size, heading)
        if not counted:
            return _group(field, inside)
        inside += _COUNT.format(id=field.id, maximum=f"{field.max_length:,}")
        counting = {"data-module": "govuk-character-count", "data-maxlength": field.max_length}
        return _group(field, inside, " govuk-character-count", **counting)


class SelectWidget:
    """A list to pick one from; the first, empty entry is `field.empty`."""

    def __call__(
        self, field: Any, *, heading: bool = False, size: str = "s", **attributes: Any
    ) -> Markup:
        options = [(choice.value, choice.text) for choice in field.choices]
        if field.empty is not None:
            options.insert(0, ("", field.empty))
        control = _SELECT.format(
            attributes=_attributes(
                {
                    "class_": "govuk-select" + (" govuk-select--error" if field.errors else ""),
                    "id": field.id,
                    "name": field.name,
                    "aria-describedby": described_by(field),
                }
                | attributes
            ),
            options=NO_MARKUP.join(
                _OPTION.format(
                    attributes=_attributes({"value": value, "selected": field.is_chosen(value)}),
                    text=text,
                )
                for value, text in options
            ),
        )
        return _group(field, _labelled(field, control, size, heading))


class ChoicesWidget:
    """Radios or checkboxes. ``reveal`` maps a choice's value to what is asked when it is chosen."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __call__(
        self,
        field: Any,
        *,
        heading: bool = False,
        size: str = "s",
        reveal: Mapping[str, Any] | None = None,
        **attributes: Any,
    ) -> Markup:
        items = NO_MARKUP
        for number, choice in enumerate(field.choices):
            inside = (reveal or {}).get(choice.value)
            items += self._item(field, number, choice, inside is not None, attributes)
            if inside is not None:
                items += _REVEAL.format(kind=self.kind, id=field.choice_id(number), inside=inside())
        items = _CHOICES.format(kind=self.kind, items=items)
        if field.legend is None:
            return _group(field, hint_and_error(field) + items)
        return _group(field, _fieldset(field, items, field.legend, size, heading))

    def _item(
        self, field: Any, number: int, choice: Any, reveals: bool, attributes: dict[str, Any]
    ) -> Markup:
        item_id = field.choice_id(number)
        hint = _CHOICE_HINT.format(kind=self.kind, id=item_id, text=choice.hint)
        alone = described_by(field) if field.legend is None else None
        control = {
            "class_": f"govuk-{self.kind}__input",
            "id": item_id,
            "name": field.name,
            "type": "radio" if self.kind == "radios" else "checkbox",
            "value": choice.value,
            "checked": field.is_chosen(choice.value),
            "aria-describedby": f"{item_id}-hint" if choice.hint else alone,
            "data-aria-controls": f"{item_id}-more" if reveals else None,
        }
        return _CHOICE.format(
            kind=self.kind,
            attributes=_attributes(control | attributes),
            id=item_id,
            text=choice.text,
            hint=hint if choice.hint else NO_MARKUP,
        )


class DateWidget:
    """Day, month and year in one fieldset; only the wrong ones are marked."""

    def __call__(
        self, field: Any, *, heading: bool = False, size: str = "s", **attributes: Any
    ) -> Markup:
        parts = NO_MARKUP
        for part, text in field.parts.items():
            wrong = " govuk-input--error" if part in field.wrong_parts else ""
            width = 4 if part == "year" else 2
            parts += _DATE_PART.format(
                id=f"{field.id}-{part}",
                text=part.capitalize(),
                attributes=_attributes(
                    {
                        "class_": f"govuk-input govuk-date-input__input"
                        f" govuk-input--width-{width}{wrong}",
                        "id": f"{field.id}-{part}",
                        "name": f"{field.name}-{part}",
                        "type": "text",
                        "inputmode": "numeric",
                        "value": text,
                    }
                    | attributes
                ),
            )
        inside = _DATE.format(id=field.id, parts=parts)
        return _group(field, _fieldset(field, inside, field.label.text, size, heading))


class ButtonWidget:
    """A submit button that ignores a second press; ``look`` is "secondary" or "warning"."""

    def __init__(self, look: str = "") -> None:
        self.look = look

    def __call__(self, field: Any, *, text: str = "", **attributes: Any) -> Markup:
        look = f" govuk-button--{self.look}" if self.look else ""
        values = {
            "class_": f"govuk-button{look}",
            "type": "submit",
            "id": field.id,
            "name": field.name,
            "value": "1",
            "data-module": "govuk-button",
            "data-prevent-double-click": "true",
        }
        return _BUTTON.format(
            attributes=_attributes(values | attributes), text=text or field.label.text
        )
