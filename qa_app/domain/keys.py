"""Keys with which other programs read figures: what each may read, and how long it holds."""

from datetime import date, datetime
from enum import StrEnum

from qa_app.domain.calendar import add_months, date_words
from qa_app.domain.errors import DomainError


class KeyScope(StrEnum):
    """What a key may read. None of it holds narrative, a case reference or a person's name."""

    MEASURES = "measures"
    AUDITS = "audits"
    ACTIONS = "actions"
    THEMES = "themes"

    @property
    def words(self) -> str:
        """The scope as a page says it."""
        return self.value.capitalize()


class KeyState(StrEnum):
    """How a key stands on a day."""

    IN_USE = "in_use"
    OVER = "over"
    ENDED = "ended"

    @property
    def words(self) -> str:
        """The state as a page says it."""
        return {"in_use": "In use", "over": "Its time is over", "ended": "Ended"}[self.value]


class KeyRefused(DomainError):
    """A key that cannot be made or ended as asked."""


def state_of(expires_on: date, revoked_at: datetime | None, today: date) -> KeyState:
    """How a key stands: one that was ended stays so, and one holds to the end of its last day."""
    if revoked_at is not None:
        return KeyState.ENDED
    return KeyState.OVER if expires_on < today else KeyState.IN_USE


def check_last_day(expires_on: date, today: date, longest: int) -> None:
    """KeyRefused where the last day is past, or more than `longest` months away (I2)."""
    if expires_on < today:
        raise KeyRefused("The last day must be today or later", "expires_on")
    latest = add_months(today, longest)
    if expires_on > latest:
        raise KeyRefused(
            f"A key holds for {longest} months at most. Enter {date_words(latest)} or earlier",
            "expires_on",
        )
