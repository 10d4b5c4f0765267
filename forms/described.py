"""What describes a field's control: its hint, its error, and quiet notes below it.

Notes are what a writer may want to look at again. A view sets them as `field.notes`, a list of
sentences; a field without them has none.
"""

from typing import Any, Final

from markupsafe import Markup

_NOTHING: Final = Markup("")
_HINT: Final = Markup('<div class="govuk-hint" id="{id}-hint">{text}</div>')
_ERROR: Final = Markup(
    '<p class="govuk-error-message" id="{id}-error">'
    '<span class="govuk-visually-hidden">Error:</span> {text}</p>'
)
_NOTES: Final = Markup('<ul class="app-notes" id="{id}-notes">{items}</ul>')
_NOTE: Final = Markup("<li>{text}</li>")


def notes_of(field: Any) -> Markup:
    """The list of the field's notes; nothing where it has none."""
    notes = getattr(field, "notes", ())
    items = Markup("").join(_NOTE.format(text=each) for each in notes)
    return _NOTES.format(id=field.id, items=items) if notes else items


def described_by(field: Any, *more: str) -> str | None:
    """The ids of all that describes a field's control, and `more`; None for nothing."""
    ids = [f"{field.id}-hint"] if field.description else []
    ids += [f"{field.id}-error"] if field.errors else []
    ids += [f"{field.id}-notes"] if getattr(field, "notes", ()) else []
    return " ".join([*ids, *more]) or None


def hint_and_error(field: Any) -> Markup:
    """What stands between a field's label and its control."""
    hint = _HINT.format(id=field.id, text=field.description) if field.description else _NOTHING
    error = _ERROR.format(id=field.id, text=field.errors[0]) if field.errors else _NOTHING
    return hint + error
