"""How dates, times, numbers and codes read on a page. Plain functions, used as Jinja filters."""

import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from qa_app.domain.calendar import LONDON, Month
from qa_app.domain.grades import Grade, PlanType, listed
from qa_app.domain.measures import percentage_text

NOTHING: Final = "–"
"""What stands where there is no value, so that an empty cell is seen to be meant."""

# Named here, so that the server's locale never changes a page.
_WEEKDAYS: Final = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
_DAYS_NAMED_BY_WEEKDAY: Final = range(2, 7)


def in_london(moment: datetime) -> datetime:
    """An aware moment on London's clock. ValueError for a naive one: its zone would be a guess."""
    if moment.tzinfo is None:
        raise ValueError("Give a time with its time zone; the database's UtcDateTime does")
    return moment.astimezone(LONDON)


def _london_day(day: date) -> date:
    return in_london(day).date() if isinstance(day, datetime) else day


def date_words(day: date | None) -> str:
    """``3 May 2023``; a moment is dated as London dates it."""
    if day is None:
        return NOTHING
    day = _london_day(day)
    return f"{day.day} {month_words(day)}"


def time_words(moment: datetime | None) -> str:
    """``10:42`` on London's clock."""
    return NOTHING if moment is None else f"{in_london(moment):%H:%M}"


def datetime_words(moment: datetime | None) -> str:
    """``3 May 2023, 10:42`` on London's clock."""
    return NOTHING if moment is None else f"{date_words(moment)}, {time_words(moment)}"


def month_words(day: date) -> str:
    """``December 2022``."""
    return Month.of(_london_day(day)).words


def due_words(due: date | None, today: date) -> str:
    """``due today``, ``due Friday``, ``due 3 May``, ``3 days late``: days are calendar days."""
    if due is None:
        return "no due date"
    days = (due - today).days
    if days < 0:
        return f"{count_words(-days, 'day')} late"
    if days in _DAYS_NAMED_BY_WEEKDAY:
        return f"due {_WEEKDAYS[due.weekday()]}"
    words = date_words(due) if due.year != today.year else date_words(due).rsplit(" ", 1)[0]
    return {0: "due today", 1: "due tomorrow"}.get(days, f"due {words}")


def count_words(n: int, one: str, many: str | None = None) -> str:
    """``1 audit``, ``3 audits``, ``1,300 cases``; ``many`` where an s is not enough."""
    return f"{n:,} {one if n == 1 else many or one + 's'}"


def n_of(numerator: int, denominator: int, decimals: int = 2) -> str:
    """``16 of 33 (48.48%)``, as in a sentence; no percentage of nothing."""
    text = f"{numerator:,} of {denominator:,}"
    if denominator == 0:
        return text
    return f"{text} ({percentage_text(numerator, denominator, decimals)})"


def n_pct(numerator: int, denominator: int, decimals: int = 2) -> str:
    """``16 (48.48%)``, as in a table; zero is ``0`` (measures.md, MTM-1)."""
    if numerator == 0 or denominator == 0:
        return f"{numerator:,}"
    return f"{numerator:,} ({percentage_text(numerator, denominator, decimals)})"


def grade_words(grade: str | None) -> str:
    """``Requires improvement`` for ``requires_improvement``; ValueError for another code."""
    return "Not graded" if grade is None else Grade(grade).words


def plan_type_words(plan_type: str | None) -> str:
    """``Child protection (CP)`` for ``child_protection``; ValueError for another code."""
    return NOTHING if plan_type is None else PlanType(plan_type).words


class Piece(NamedTuple):
    """A part of what somebody wrote; `href` is its own address where it is a link, else ""."""

    text: str
    href: str = ""


_ADDRESS: Final = re.compile(r"https?://[^\s<>\"“”]+", re.IGNORECASE)


def link_pieces(text: str | None) -> list[Piece]:
    """What somebody wrote, cut where a web address begins and ends; together it is as written.

    Only http and https become links, and none that hides its server behind a name before an “@”.
    """
    pieces, last = [], 0
    for found in _ADDRESS.finditer(text or ""):
        address = found[0].rstrip(".,;:!?)’'")
        if not _is_plain(address):
            continue
        end = found.start() + len(address)
        pieces += [Piece((text or "")[last : found.start()]), Piece(address, address)]
        last = end
    pieces.append(Piece((text or "")[last:]))
    return [piece for piece in pieces if piece.text]


def _is_plain(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return False


def static_versions(folder: Path) -> dict[str, str]:
    """A short hash of each file under ``folder`` by its relative path, for ``?v=`` in its address.

    A changed file has another address, so browsers may keep each one for ever.
    """
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


FILTERS: Final[Mapping[str, Callable[..., str | list[Piece]]]] = {
    "date_words": date_words,
    "time_words": time_words,
    "datetime_words": datetime_words,
    "month_words": month_words,
    "due_words": due_words,
    "listed": listed,
    "count_words": count_words,
    "n_of": n_of,
    "n_pct": n_pct,
    "grade_words": grade_words,
    "plan_type_words": plan_type_words,
    "link_pieces": link_pieces,
}
"""For ``app.jinja_env.filters.update(FILTERS)``."""
