"""A date in three boxes."""

import re
from datetime import date
from typing import Any, Final

from forms.fields import GovField, clean_line
from forms.widgets import DateWidget

_MONTHS: Final = tuple("jan feb mar apr may jun jul aug sep oct nov dec".split())  # noqa: SIM905


class DateField(GovField):
    """A day, a month (number or name) and a year of four digits; data is a date or None."""

    widget = DateWidget()

    def __init__(self, label: str = "", validators: Any = None, **options: Any) -> None:
        self.parts = {"day": "", "month": "", "year": ""}
        self.wrong_parts: list[str] = []
        super().__init__(label, validators, **options)

    @property
    def anchor(self) -> str:
        wrong = self.wrong_parts or list(self.parts)
        return f"{self.id}-{wrong[0]}"

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors: list[str] = []
        self.data = data if isinstance(data, date) else self.default
        if self.data is not None:
            self.parts = {part: str(getattr(self.data, part)) for part in self.parts}
        if formdata is not None and any(f"{self.name}-{part}" in formdata for part in self.parts):
            self.parts = {
                part: clean_line(formdata.get(f"{self.name}-{part}", "")) or ""
                for part in self.parts
            }
            self.data = self._date()
        self.raw_data = [text for text in self.parts.values() if text]

    def _date(self) -> date | None:
        missing = [part for part, text in self.parts.items() if not text]
        if len(missing) == len(self.parts):
            return None
        if missing:
            return self._refused(f"{self.thing} must include a {' and '.join(missing)}", missing)
        numbers = {part: _number_of(part, text) for part, text in self.parts.items()}
        wrong = [part for part, number in numbers.items() if number is None]
        if wrong == ["year"]:
            return self._refused(f"{self.thing}: the year must have 4 digits, like 2023", wrong)
        try:
            return date(numbers["year"] or 0, numbers["month"] or 0, numbers["day"] or 0)
        except ValueError:
            return self._refused(f"{self.thing} must be a real date, like 3 5 2023", wrong)

    def _refused(self, message: str, parts: list[str]) -> date | None:
        self.process_errors = [message]
        self.wrong_parts = parts or list(self.parts)
        return None

    def post_validate(self, form: Any, validation_stopped: bool) -> None:
        if self.errors and not self.wrong_parts:
            self.wrong_parts = list(self.parts)


def _number_of(part: str, text: str) -> int | None:
    if part == "month" and text[:3].lower() in _MONTHS:
        return _MONTHS.index(text[:3].lower()) + 1
    digits = "[0-9]{4}" if part == "year" else "[0-9]{1,2}"
    return int(text) if re.fullmatch(digits, text) else None
