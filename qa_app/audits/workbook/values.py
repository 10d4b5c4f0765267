"""Understands the cells of the old workbook: grades, posts, yes and no, dates, case numbers.

Each function takes a cell as the reader gives it and returns what it means, or raises Misread with
a plain reason. An empty cell is "".
"""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Final

from qa_app.accounts.models import PostKind
from qa_app.audits.workbook.spellings import GRADES, NO, NO_DUE_DATE, POSTS, STILL_OPEN, YES
from qa_app.domain.grades import Grade

_NOT_WORDS: Final = re.compile(r"[\W_]+")
_SPACES: Final = re.compile(r"\s+")
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_CASE: Final = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9/._-]{0,39}")
_WHOLE: Final = re.compile(r"[0-9]+\.0+")
_EXCEL_EPOCH: Final = date(1899, 12, 30)
_SERIALS: Final = range(36_526, 73_051)  # 1 January 2000 to 31 December 2099
FIRST_DAY: Final = date(2000, 1, 1)
LAST_DAY: Final = date(2099, 12, 31)
LONGEST_NAME: Final = 200
# Its action's reference is longer, and has 60 characters at most.
LONGEST_REFERENCE: Final = 50


class Misread(Exception):
    """A cell that cannot be understood; the reason is for the person who has the workbook."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_MONTHS: Final = {
    name[:length]: number
    for number, name in enumerate(
        (
            "january", "february", "march", "april", "may", "june", "july", "august",
            "september", "october", "november", "december",
        ),
        start=1,
    )
    for length in {3, 4, len(name)}
}  # fmt: skip
_WEEKDAYS: Final = frozenset(("mon", "tue", "wed", "thu", "fri", "sat", "sun"))


def plain(cell: object) -> str:
    """The cell's text in lower case, its punctuation turned into single spaces."""
    return _NOT_WORDS.sub(" ", str(cell)).strip().casefold()


def spelling(cell: object) -> str:
    """Like `plain`, but a sign that is no dash stays: "?" is not the same as an empty cell."""
    found = plain(cell)
    if found:
        return found
    sign = str(cell).strip()
    return "" if sign.strip("-–—.") == "" else sign


def key(name: str) -> str:
    """What two spellings of one name share: lower case, single spaces."""
    return _SPACES.sub(" ", name).strip().casefold()


def shown(cell: object) -> str:
    """A cell as the spreadsheet shows it, no longer than 80 characters."""
    if isinstance(cell, (date, datetime)):
        return f"{cell:%d/%m/%Y}"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    text = str(cell).strip()
    return text if len(text) <= 80 else text[:79] + "…"


def text(cell: object) -> str:
    """A cell of free text, without the control characters that a database refuses."""
    if not isinstance(cell, str):
        return shown(cell)
    written = cell.strip()
    return written if written.isprintable() else _CONTROLS.sub("", written)


def name(cell: object) -> str:
    """A person's or team's name with single spaces."""
    written = " ".join(text(cell).split())
    if len(written) > LONGEST_NAME:
        raise Misread(f"A name has at most {LONGEST_NAME} characters")
    return written


def reference(cell: object) -> str:
    """An audit's own number, as text; 1.0 is "1"."""
    written = " ".join(text(cell).split())
    if len(written) > LONGEST_REFERENCE:
        raise Misread(f"An audit reference has at most {LONGEST_REFERENCE} characters")
    return written


def case_reference(cell: object) -> str:
    """The case system's number as text: digits, with letters and / . - _ between them."""
    if isinstance(cell, float):
        if cell.is_integer() and 0 < cell < 1e15:
            return str(int(cell))
        raise Misread("Enter the case number in full")
    written = "".join(str(cell).split())
    if not written:
        raise Misread("Enter a case number")
    if written[0] == "=":
        raise Misread("Type the case number in place of the formula")
    if _CASE.fullmatch(written) is None or isinstance(cell, (date, bool)):
        raise Misread("Enter a case number, not words")
    return written.partition(".")[0] if _WHOLE.fullmatch(written) else written


def grade(cell: object) -> Grade | None:
    """A grade in any of its usual spellings; None for an empty cell."""
    spelt = spelling(cell)
    if not spelt:
        return None
    found = GRADES.get(spelt)
    if found is None:
        raise Misread("Enter Outstanding, Good, Requires improvement or Inadequate")
    return found


def post(titles: Mapping[str, PostKind]) -> Callable[[object], PostKind | None]:
    """A reader of posts that knows the authority's own job titles, by `key`, besides POSTS."""

    def read(cell: object) -> PostKind | None:
        spelt = spelling(cell)
        if not spelt:
            return None
        title = key(str(cell))
        found = titles.get(title) or titles.get(title.partition("(")[0].strip())
        found = found or POSTS.get(spelt) or POSTS.get(plain(title.partition("(")[0]))
        if found is None:
            raise Misread("Enter a post that is known here, for example Team Manager or IRO")
        return found

    return read


def team(teams: Mapping[str, str], any_team: bool) -> Callable[[object], str | None]:
    """A reader of team names, by `key`; with `any_team` an unlisted one is taken as written."""

    def read(cell: object) -> str | None:
        written = name(cell)
        if not written:
            return None
        found = teams.get(key(written))
        if found is None and not any_team:
            raise Misread("No team has this name. Correct it, or add the team first")
        return found or written

    return read


def yes_or_no(cell: object) -> bool:
    """Yes or no; an empty cell is no."""
    spelt = str(int(cell)) if isinstance(cell, (bool, float)) and cell in (0, 1) else spelling(cell)
    if spelt in YES:
        return True
    if spelt in NO:
        return False
    raise Misread("Enter yes or no")


def a_date(cell: object) -> date:
    """A day between 2000 and 2099, from a date cell, Excel's serial number, or text (day first)."""
    found = _date_of(cell)
    if found is None:
        raise Misread("Enter a date that exists, for example 24/12/2022")
    if not FIRST_DAY <= found <= LAST_DAY:
        raise Misread("Enter a date from the year 2000 on")
    return found


def past_date(today: date) -> Callable[[object], date]:
    """A reader of dates that refuses those after `today`."""

    def read(cell: object) -> date:
        if cell == "" or not str(cell).strip():
            raise Misread("Enter the date on which the audit was completed")
        found = a_date(cell)
        if found > today:
            raise Misread("Enter a date that is not in the future")
        return found

    return read


def done_date(today: date) -> Callable[[object], date | None]:
    """A reader of completion dates of actions: None for words that mean that it is still open."""
    past = past_date(today)

    def read(cell: object) -> date | None:
        if cell.__class__ is str and spelling(cell) in STILL_OPEN:
            return None
        return past(cell)

    return read


def due_date(cell: object) -> date | None:
    """When an action is due; None for words that give no date."""
    if cell.__class__ is str and spelling(cell) in NO_DUE_DATE:
        return None
    return a_date(cell)


def written(nothing: Iterable[str]) -> Callable[[object], str]:
    """A reader of free text to which these words mean that nothing was written."""
    empty = frozenset(nothing)

    def read(cell: object) -> str:
        found = text(cell)
        return "" if len(found) < 24 and plain(found) in empty else found

    return read


def _date_of(cell: object) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, float):
        return _EXCEL_EPOCH + timedelta(days=int(cell)) if int(cell) in _SERIALS else None
    return _date_in_text(str(cell))


def _date_in_text(cell: str) -> date | None:
    """Day, month, year in that order, or year first; the month as a number or a word.

    A month in words may stand before the day: no other reading of it is possible.
    """
    cell = re.sub(r"\s+of\s+", " ", cell.strip(), flags=re.IGNORECASE)
    cell = re.sub(r"^(20\d\d)(\d\d)(\d\d)$", r"\1-\2-\3", cell)
    parts = [part for part in re.split(r"[\s/.,\-]+|(?<=\d)T(?=\d)", cell) if part]
    if parts and parts[0][:3].casefold() in _WEEKDAYS:
        del parts[0]
    if len(parts) == 1 and parts[0].isdecimal() and int(parts[0]) in _SERIALS:
        return _EXCEL_EPOCH + timedelta(days=int(parts[0]))
    if parts and parts[0].casefold() in _MONTHS:
        parts[:2] = reversed(parts[:2])
    if len(parts) < 3 or not all(":" in part for part in parts[3:4]):
        return None
    year_first = len(parts[0]) == 4 and parts[0].isdecimal()
    day, month, year = (parts[2], parts[1], parts[0]) if year_first else parts[:3]
    day = re.sub(r"(?<=\d)(st|nd|rd|th)$", "", day, flags=re.IGNORECASE)
    number = _MONTHS.get(month.casefold()) or (int(month) if month.isdecimal() else 0)
    if not (day.isdecimal() and year.isdecimal() and len(year) in {2, 4}):
        return None
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), number, int(day))
    except ValueError:
        return None
