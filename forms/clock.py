"""A time of day in one box."""

import re
from datetime import time
from typing import Final

from forms.base import TextField

_CLOCK: Final = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")


class ClockField(TextField):
    """A time of day, as 9:30 or 14.00; its data is a time or None."""

    def process_formdata(self, valuelist: list[str]) -> None:
        # A form without the box (an odd program) says nothing: what stood before is no answer.
        self.data = ""
        super().process_formdata(valuelist)
        found = _CLOCK.fullmatch(self.data or "")
        if self.data and found is None:
            self.data = None
            raise ValueError(f"{self.thing} must be a time of day, like 9:30 or 14:00")
        self.data = time(int(found[1]), int(found[2])) if found else None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return f"{self.data:%H:%M}" if isinstance(self.data, time) else ""
