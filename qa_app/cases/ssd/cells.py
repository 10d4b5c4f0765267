"""One cell at a time: what it says, or why it cannot be read.

Every reader takes the cell's text, stripped and not empty, and raises `BadCell` with the reason. A
refused value is shown only where its shape cannot be a name, an NHS number or a birth date (I5).
"""

import re
from datetime import date
from functools import lru_cache
from typing import Final

from qa_app.domain.errors import DomainError

WITHHELD: Final = "withheld"
EARLIEST: Final = date(1990, 1, 1)
OLDEST_YEARS: Final = 110

_EMPTY = frozenset({"", "null", "(null)", "none", "nan", "nat", "n/a", "\\n"})
_LONGEST_EMPTY = max(map(len, _EMPTY))
_ID = re.compile(r"[A-Za-z0-9_./-]{1,40}")
_WHOLE_FLOAT = re.compile(r"(\d+)\.0")
_TEN_DIGITS = re.compile(r"\d{10}|\d{3}[ -]\d{3}[ -]\d{4}")
_NHS_WITHIN = re.compile(r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")
_TIME = re.compile(
    r"[T ]\s*\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?\s*([AP]M)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$", re.I
)
_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_ISO_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_UK = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_UK_WORDS = re.compile(r"(\d{1,2})[- ]([a-z]{3,9})[- ,]+(\d{4})", re.I)
_MONTH_NAMES = [
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
]
_MONTHS = [name[:3] for name in _MONTH_NAMES]
_DATE_LIKE = re.compile(
    r"[\d/.: +,-]*\d([\d/.: +,TZ-]|AM|PM|" + "|".join([*_MONTH_NAMES, "sept", *_MONTHS]) + r")*",
    re.I,
)
_YES = frozenset({"y", "yes", "true", "t", "1"})
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


class BadCell(DomainError):
    """The cell cannot be read; the message is the reason, without the value."""


def clean(text: str) -> str:
    """The cell without the spaces round it; "" for what databases write for nothing."""
    text = text.strip(" \t\r\n\xa0\ufeff")
    return "" if len(text) <= _LONGEST_EMPTY and text.lower() in _EMPTY else text


def read_id(text: str) -> str:
    """An identifier, kept as text (leading zeros too); "12.0" from a spreadsheet is "12"."""
    if not _ID.fullmatch(text):
        raise BadCell("is not an identifier: letters, digits and _ . / - only, 40 at most")
    whole = _WHOLE_FLOAT.fullmatch(text)
    return whole[1] if whole else text


def read_text(text: str) -> str:
    """A name of staff or of a team, with single spaces, at most 200 characters."""
    text = " ".join(_CONTROL.sub(" ", text).split())
    if len(text) > 200:
        raise BadCell("is longer than 200 characters")
    return text


def read_words(text: str) -> str:
    """Like `read_text`, for what is kept as it stands: no NHS number may be in it (I5)."""
    text = read_text(text)
    if _NHS_WITHIN.search(text):
        raise BadCell("holds ten digits, as an NHS number does")
    return text


def read_flag(text: str) -> bool:
    """Whether the cell says yes."""
    return text.lower() in _YES


@lru_cache(maxsize=65_536)
def read_date(text: str) -> date:
    """A date as ISO or UK text, with or without a time of day (which is dropped)."""
    parts = _parts(_TIME.sub("", text).strip())
    if parts is None:
        raise BadCell("is not a date: write 2023-03-31 or 31/03/2023")
    try:
        return date(*parts)
    except ValueError:
        raise BadCell("is not a day in the calendar") from None


def _parts(text: str) -> tuple[int, int, int] | None:
    if found := _ISO.fullmatch(text) or _ISO_COMPACT.fullmatch(text):
        return int(found[1]), int(found[2]), int(found[3])
    if found := _UK.fullmatch(text):
        return int(found[3]), int(found[2]), int(found[1])
    if found := _UK_WORDS.fullmatch(text):
        month = found[2].lower()
        if month[:3] in _MONTHS and (month in _MONTH_NAMES or month in (*_MONTHS, "sept")):
            return int(found[3]), _MONTHS.index(month[:3]) + 1, int(found[1])
    return None


def read_period_date(text: str, as_at: date, *, ends: bool) -> date:
    """A start or an end; one that cannot be is refused: before 1990, or after the extract was made.

    An end may lie up to a year ahead: planned ends are recorded, and the period is still open.
    """
    day = read_date(text)
    if day < EARLIEST:
        raise BadCell(f"is before {EARLIEST.year}")
    if day > as_at and not (ends and (day - as_at).days <= 366):
        raise BadCell(f"is after the extract’s date, {as_at.isoformat()}")
    return day


def read_birth(text: str, as_at: date) -> date:
    """A birth date; one after the extract's date, or in another century's childhood, is refused."""
    day = read_date(text)
    if day > as_at:
        raise BadCell("is a birth after the extract’s date")
    if day.year < as_at.year - OLDEST_YEARS:
        raise BadCell(f"is a birth more than {OLDEST_YEARS} years before the extract")
    return day


def age_band(born: date | None, expected: date | None, as_at: date) -> str | None:
    """The age band at the extract's date; None where no date says it.

    A child without a birth date whose birth is expected is "unborn", late ones too.
    """
    if born is None:
        return "unborn" if expected else None
    years = as_at.year - born.year - ((as_at.month, as_at.day) < (born.month, born.day))
    return next(words for below, words in AGE_BANDS if years < below)


AGE_BANDS: Final = (
    (5, "0 to 4"),
    (10, "5 to 9"),
    (16, "10 to 15"),
    (18, "16 to 17"),
    (1000, "18 and over"),
)


def may_be_nhs_number(text: str) -> bool:
    """Whether the text has an NHS number's shape: ten digits, with or without breaks."""
    return bool(_TEN_DIGITS.fullmatch(text))


def may_be_date(text: str) -> bool:
    """Whether the text is a date, written with its parts apart (eight digits may be a number)."""
    return not text.isdigit() and _is_date(text)


def may_be_name(text: str) -> bool:
    """Whether the text may be somebody's name: something, and no digit in it."""
    return bool(text) and not any(character.isdigit() for character in text)


def showable_id(text: str) -> str:
    """The identifier for a report, or "withheld" where it may be more than that."""
    plain = _ID.fullmatch(text) and any(character.isdigit() for character in text)
    return text if plain and not may_be_nhs_number(text) and not _is_date(text) else WITHHELD


def _is_date(text: str) -> bool:
    try:
        read_date(text)
    except BadCell:
        return False
    return True


def showable_date(text: str) -> str:
    """The date's text for a report, or "withheld" where it is anything but a date."""
    if len(text) > 40 or may_be_nhs_number(text) or not _DATE_LIKE.fullmatch(text):
        return WITHHELD
    return text
