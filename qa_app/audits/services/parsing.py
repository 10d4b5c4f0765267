"""What a box's text stands for, and how what is stored is written as text."""

from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from qa_app.domain.errors import DomainError

YES: Final = "yes"
NO: Final = "no"

E = TypeVar("E", bound=StrEnum)


class UnknownAnswer(DomainError):
    """An answer that is not one of those shown."""


def member(enum: type[E], value: str) -> E | None:
    """One of the answers by its stored word; None for "". Raises UnknownAnswer."""
    if not value:
        return None
    try:
        return enum(value)
    except ValueError:
        raise UnknownAnswer("Select one of the answers shown") from None


def truth(value: str) -> bool | None:
    """Yes or no; None for "". Raises UnknownAnswer."""
    if value not in ("", YES, NO):
        raise UnknownAnswer("Select one of the answers shown")
    return value == YES if value else None


def day(value: str) -> date | None:
    """A date written 2026-11-22; None for "". Raises UnknownAnswer."""
    try:
        return date.fromisoformat(value) if value else None
    except ValueError:
        raise UnknownAnswer("Enter a real date, like 3 5 2023") from None


def said(value: bool | None) -> str:
    """Yes or no as a box has it; "" where nothing was said."""
    return "" if value is None else YES if value else NO
