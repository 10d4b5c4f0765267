"""The authority's measures of the latest months against the months before, as R6 allows."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from qa_app.domain.calendar import Month
from qa_app.domain.comparing import Counted, comparison, how_many
from qa_app.domain.grades import Grade, listed
from qa_app.domain.measures import (
    GRADES_MEASURE,
    OUTSTANDING_CATEGORY,
    OUTSTANDING_MEASURE,
    TOTAL_CATEGORY,
)
from qa_app.formatting import count_words
from qa_app.reports.figures import Figures

Known = Mapping[Month, Figures]
"""The figures of each month, of the version that stands now."""

_SAID: Final = (
    ("graded Good or Outstanding", (Grade.GOOD, Grade.OUTSTANDING)),
    ("graded Inadequate", (Grade.INADEQUATE,)),
)


def moved(latest: Sequence[Month], known: Known) -> list[str]:
    """Sentences about the months that a pack's reports are of, against as many months before.

    `latest` are those months. A month of which no figures were published is no part of either, and
    is named. Nothing here counts an audit twice.
    """
    now = [month for month in latest if month in known]
    if not now:
        return ["No figures of the authority as a whole are in this pack."]
    earlier = _before(now[0], len(now))
    before = [month for month in earlier if month in known]
    if len(before) < len(earlier):
        missing = [month.words for month in earlier if month not in known]
        told = [f"No figures were published of {listed(missing)}, so nothing is compared."]
        return [*told, *_outstanding(now, known)]
    sentences = [
        comparison(
            _counted(now, known, said, grades, "in"), _counted(before, known, said, grades, "in")
        )
        for said, grades in _SAID
    ]
    return [*sentences, how_many(len(sentences)), *_outstanding(now, known)]


def _before(first: Month, number: int) -> list[Month]:
    months = [first.previous()]
    while len(months) < number:
        months.append(months[-1].previous())
    return months[::-1]


def _counted(
    months: Sequence[Month], known: Known, said: str, grades: Sequence[Grade], preposition: str
) -> Counted:
    k = sum(_number(known[month], month, grade.words) for month in months for grade in grades)
    n = sum(_number(known[month], month, TOTAL_CATEGORY) for month in months)
    return Counted(k, n, "audits", said, f"{preposition} {_span(months)}")


def _number(figures: Figures, month: Month, category: str) -> int:
    found = figures.get(GRADES_MEASURE, month, category)
    return (found.numerator or 0) if found else 0


def _outstanding(months: Sequence[Month], known: Known) -> Iterator[str]:
    """A stock: what there was, without a word of what it means."""
    last = months[-1]
    found = known[last].get(OUTSTANDING_MEASURE, last, OUTSTANDING_CATEGORY)
    if found is not None and found.numerator is not None:
        actions = count_words(found.numerator, "priority action")
        yield f"At the end of {last.words}, {actions} stood outstanding."


def _span(months: Sequence[Month]) -> str:
    first, last = months[0], months[-1]
    return first.words if first == last else f"{first.words} to {last.words}"
