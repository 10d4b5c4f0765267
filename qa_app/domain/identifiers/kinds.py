"""The kinds of thing that may identify somebody (A11), and one place where such a thing stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

Span = tuple[int, int]
"""Start and end in the text, as in a slice."""


class IdentifierKind(StrEnum):
    """What it looks like."""

    NHS_NUMBER = "nhs_number"
    POSTCODE = "postcode"
    DATE_OF_BIRTH = "date_of_birth"
    TELEPHONE = "telephone"
    EMAIL = "email"
    TITLED_NAME = "titled_name"

    @property
    def words(self) -> str:
        """With its article, to stand after "this looks like"."""
        return _WORDS[self]


_WORDS: Final[Mapping[IdentifierKind, str]] = {
    IdentifierKind.NHS_NUMBER: "an NHS number",
    IdentifierKind.POSTCODE: "a postcode",
    IdentifierKind.DATE_OF_BIRTH: "a date of birth",
    IdentifierKind.TELEPHONE: "a telephone number",
    IdentifierKind.EMAIL: "an e-mail address",
    IdentifierKind.TITLED_NAME: "a name with a title",
}


@dataclass(frozen=True)
class Found:
    """One hint: `text` is what stands from `start` up to `end` in what was searched."""

    kind: IdentifierKind
    start: int
    end: int
    text: str
