"""The public version of a report's figures: what it prints, what it hides and why (R5)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from qa_app.domain.errors import DomainError
from qa_app.domain.measures import AUTHORITY
from qa_app.reports.disclosure import SUPPRESSED, Because, Limits, Mark, Outcome, legend
from qa_app.reports.figures import Figures, Key, ReportFigure
from qa_app.reports.public.books import EarlierPublished
from qa_app.reports.public.counts import Book, Count, Counted, book_of, words_of
from qa_app.reports.public.rules import RULES, Printed
from qa_app.reports.public.staging import outcomes_of
from qa_app.reports.public.tables import worth_printing
from qa_app.reports.reportasked import ReportAsked

NOTHING_LEFT: Final = (
    "Nothing of this report can be published: all of its counts are so small that they are hidden. "
    "Make a report of more services or plan types, or of a longer period"
)
_UNKNOWN: Final = "Nothing says yet how it may be printed in public."
_STATISTIC: Final = "It is worked out from counts that are not printed, and could give them away."
_WITHOUT: Final = "The number that it is out of is hidden."
_DIFFERS: Final = "Another figure of the report counts the same and says another number."


@dataclass(frozen=True)
class Hidden:
    """A figure that the public version does not print as it stands.

    `words` name it, `value` is what it says, for those who publish the report; `mark` is what
    stands in its place, `why` the reason in words. `given_away` says that figures printed in full
    tell it all the same.
    """

    key: Key
    words: str
    value: str
    mark: Mark
    why: str
    primary: bool = False
    given_away: bool = False

    def to_row(self) -> dict[str, Any]:
        """As it is stored with the version."""
        return asdict(self) | {"key": self.key._asdict(), "mark": self.mark.value}

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "Hidden":
        """What to_row() said."""
        return cls(**{**row, "key": Key(**row["key"]), "mark": Mark(row["mark"])})


@dataclass(frozen=True)
class PublicVersion:
    """The figures as the public has them, what is hidden in the report's order, and what “c” means
    ("" where nothing is marked so)."""

    figures: Figures
    hidden: Sequence[Hidden]
    legend: str


def publicly(
    asked: ReportAsked, figures: Figures, earlier: Sequence[EarlierPublished] = ()
) -> PublicVersion:
    """The public version of a report, beside those that were published before.

    A hidden figure is “c”; one that is not printed at all is not among the figures. The same
    figures give the same choice on every machine. DomainError where the report is so narrow that
    none of its counts can be printed.
    """
    limits = Limits()
    left_out = worth_printing(asked, figures, limits)
    book = book_of(asked, (figure for figure in figures if figure.key not in left_out))
    outcomes = outcomes_of(book, earlier, limits)
    counted = {each.figure.key: each for each in book.counted}
    told = [_told(figure, counted, outcomes, left_out) for figure in figures]
    printed = [public for public, _ in told if public is not None]
    if not asked.whole:
        # A small month of the whole authority still has what people wrote to tell.
        _refuse_nothing(book, printed)
    marked = any(figure.text == SUPPRESSED for figure in printed)
    return PublicVersion(
        Figures(tuple(_in_order(printed))),
        [hidden for _, hidden in told if hidden is not None],
        legend(limits) if marked else "",
    )


def _told(
    figure: ReportFigure,
    counted: Mapping[Key, Counted],
    outcomes: Mapping[Count, Outcome],
    left_out: Mapping[Key, str],
) -> tuple[ReportFigure | None, Hidden | None]:
    each = counted.get(figure.key)
    if each is None:
        return None, _left_out(figure, left_out.get(figure.key) or _why_never(figure))
    part = outcomes.get(each.part)
    whole = outcomes.get(each.whole) if each.whole else part
    if part is None or whole is None:
        return None, _left_out(figure, _WITHOUT)
    hidden = next((one for one in (part, whole) if one.mark is not Mark.SHOWN), None)
    if hidden is None:
        return replace(figure, audits=()), None
    if not figure.numerator and part.mark is Mark.SHOWN:
        public: ReportFigure | None = ReportFigure.number(figure.key, 0)
    else:
        public = None if hidden.mark is Mark.LEFT_OUT else figure.hidden()
    return public, Hidden(
        figure.key,
        words_of(figure.key),
        figure.text,
        hidden.mark,
        hidden.why if hidden is part else f"{_WITHOUT} {hidden.why}",
        hidden is part and part.because is Because.PRIMARY,
        hidden.given_away,
    )


def _why_never(figure: ReportFigure) -> str:
    rule = RULES.get(figure.key.measure)
    if rule is None:
        return _UNKNOWN
    if rule.printed is Printed.NEVER:
        return rule.why
    return _STATISTIC if figure.numerator is None else _DIFFERS


def _left_out(figure: ReportFigure, why: str) -> Hidden:
    return Hidden(figure.key, words_of(figure.key), figure.text, Mark.LEFT_OUT, why)


def _refuse_nothing(book: Book, printed: Sequence[ReportFigure]) -> None:
    some = any(each.figure.numerator for each in book.counted)
    if some and not any(figure.numerator for figure in printed):
        raise DomainError(NOTHING_LEFT)


def _in_order(figures: Sequence[ReportFigure]) -> Iterator[ReportFigure]:
    """The figures with their categories in an order that tells nothing of hidden ones.

    Themes stand with the most found first; where “c” stood among them would say how large it is.
    So the printed ones of the whole authority come first, then “c”, then zeros, by name.
    """
    places = {
        (figure.key.measure, figure.key.category): _place(figure)
        for figure in reversed(figures)
        if figure.key.scope == AUTHORITY and figure.key.measure.startswith("T-")
    }
    at = 0
    while at < len(figures):
        run = [figures[at]]
        while at + len(run) < len(figures) and _together(figures[at], figures[at + len(run)]):
            run.append(figures[at + len(run)])
        at += len(run)
        if run[0].key.measure.startswith("T-"):
            run.sort(key=lambda figure: _order(places, figure.key))
        yield from run


def _together(one: ReportFigure, other: ReportFigure) -> bool:
    return (one.key.measure, one.key.period, one.key.scope) == (
        other.key.measure,
        other.key.period,
        other.key.scope,
    )


def _place(figure: ReportFigure) -> tuple[int, int]:
    if figure.numerator is None:
        return 1, 0
    return (0, -figure.numerator) if figure.numerator else (2, 0)


def _order(
    places: Mapping[tuple[str, str], tuple[int, int]], key: Key
) -> tuple[tuple[int, int], str]:
    whole = places.get((f"{key.measure[:3]}", key.category), (3, 0))
    return whole, key.category.casefold()
