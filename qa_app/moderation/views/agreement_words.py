"""Agreement in words: the tables of its figures, and of auditor's against final grade (M9)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from qa_app.domain.agreement import Agreement
from qa_app.domain.grades import GRADES, Grade
from qa_app.domain.intervals import TOO_FEW
from qa_app.domain.measures import percentage_text
from qa_app.formatting import count_words, n_of
from qa_app.moderation.queries.agreement import Counts

Cell = str | dict[str, Any]
Address = Callable[[Grade | None, Grade | None], str]

_SHARES: Final = {
    "exact": ("Same grade", "The auditor’s grade stood."),
    "within_one": (
        "Within one grade",
        "The two are the same or next to each other, as Good and Requires improvement are.",
    ),
    "lenient": ("Auditor more lenient", "The auditor’s grade was better than the final one."),
    "severe": ("Auditor more severe", "The auditor’s grade was worse than the final one."),
}
_COEFFICIENTS: Final = {
    "kappa": (
        "Linear-weighted kappa",
        (
            "How far the two agree beyond what chance would give, from 1 (always) through 0 (no "
            "better than chance) down to −1; the further apart, the more a difference counts."
        ),
    ),
    "ac2": (
        "Gwet’s AC2",
        (
            "The same from 1 down to −1, with a measure of chance that is not misled where nearly "
            "all audits have one grade."
        ),
    ),
}
_ORDER: Final = ("exact", "within_one", "kappa", "ac2", "lenient", "severe")
_AND_ALL: Final = (*GRADES, None)
_WORDS: Final = _SHARES | _COEFFICIENTS
OF_MODERATOR: Final = _COEFFICIENTS | {
    "exact": ("Same grade", "The second moderator gave the same overall grade as you."),
    "within_one": ("Within one grade", _SHARES["within_one"][1]),
    "lenient": ("You more lenient", "Your grade was better than the second moderator’s."),
    "severe": ("You more severe", "Your grade was worse than the second moderator’s."),
}
"""The figures of a moderator beside second moderators."""
_UNDEFINED: Final = "No value: all grades are the same"


def too_few(n: int) -> str:
    """What stands in the place of figures that are not shown."""
    return f"{TOO_FEW.capitalize()}: {count_words(n, 'audit')}"


def figures(found: Agreement, told: Mapping[str, tuple[str, str]] = _WORDS) -> list[list[Cell]]:
    """A row for each figure: its name, value, 95% interval, and what it says."""
    return [
        [told[name][0], _value(found, name), _interval(found, name), told[name][1]]
        for name in _ORDER
    ]


def group_columns(first: str) -> list[dict[str, Any]]:
    """The headings of `group_rows`."""
    names = [first, "Audits", *(f"{_WORDS[name][0]} (95% interval)" for name in _ORDER)]
    return [{"text": name} for name in names]


def group_rows(groups: Iterable[tuple[str, Agreement]]) -> list[list[Cell]]:
    """A row for each group: its name, n, and each figure with its interval."""
    return [[name, *_group(found)] for name, found in groups]


def confusion_columns() -> list[dict[str, Any]]:
    """The headings of `confusion_rows`: the final grade."""
    finals = [f"Final: {grade.words}" for grade in GRADES]
    return [{"text": "Auditor’s grade"}] + [
        {"text": text, "numeric": True} for text in (*finals, "All")
    ]


def confusion_rows(counts: Counts, address: Address) -> list[list[Cell]]:
    """A row for each grade of the auditor, and the totals last; what is not 0 opens its audits."""
    totals = [sum(column) for column in zip(*counts, strict=True)]
    return [
        _confusion_row(grade, row, address)
        for grade, row in zip(_AND_ALL, (*counts, totals), strict=True)
    ]


def _confusion_row(grade: Grade | None, row: list[int], address: Address) -> list[Cell]:
    cells = zip(_AND_ALL, (*row, sum(row)), strict=True)
    return [
        grade.words if grade else "All",
        *(_number(count, address(grade, final)) for final, count in cells),
    ]


def _number(count: int, href: str) -> Cell:
    return {"text": str(count), "href": href} if count else "0"


def _group(found: Agreement) -> list[Cell]:
    if found.exact is None:
        return [too_few(found.n), *("–" for _ in _ORDER)]
    return [str(found.n), *(_with_interval(found, name) for name in _ORDER)]


def _with_interval(found: Agreement, name: str) -> str:
    between = _interval(found, name)
    return f"{_value(found, name)}, {between}" if between != "–" else _value(found, name)


def _value(found: Agreement, name: str) -> str:
    if name in _SHARES:
        return n_of(found.number(getattr(found, name)), found.n)
    value = getattr(found, f"{name}_linear")
    return _UNDEFINED if value is None else _decimal(value)


def _interval(found: Agreement, name: str) -> str:
    low, high = getattr(found, f"{name}_low"), getattr(found, f"{name}_high")
    written = _percent if name in _SHARES else _decimal
    return "–" if low is None else f"{written(low)} to {written(high)}"


def _percent(share: float) -> str:
    return percentage_text(round(share * 10_000), 10_000, 1)


def _decimal(value: float) -> str:
    # A typographic minus: a hyphen before a number reads as a dash.
    return f"{value:.2f}".replace("-", "−")
