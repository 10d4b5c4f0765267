"""A figure of a report, with the audits that it counts; and a report's figures, found by name."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, NamedTuple
from uuid import UUID

from qa_app.domain.measures import AUTHORITY, percentage_text
from qa_app.domain.measures import Figure as MeasureFigure

SUPPRESSED: Final = "c"
LEFT_OUT: Final = ""


class Key(NamedTuple):
    """What names a figure: its measure (MTM-1, Q-2, T-1, …: reports/figures/catalogue.py), the
    period (2023-02, 2022/23-Q4, 2022/23), the category (a grade, a section, a theme) and whose it
    is (``authority``, or the name of a service, team, plan type or role)."""

    measure: str
    period: str
    category: str
    scope: str = AUTHORITY


@dataclass(frozen=True)
class ReportFigure:
    """One figure. `numerator` and `denominator` are None where a public version hides them, and
    `text` is then "c"; a `denominator` is None as well where the figure is a plain count.

    `audits` are the audits (or, for MTM-4 and the actions' figures, the actions) that make up the
    numerator: a figure opens onto them (R2). They are never printed.
    """

    key: Key
    numerator: int | None
    denominator: int | None
    text: str
    audits: tuple[UUID, ...] = ()

    @classmethod
    def of(cls, figure: MeasureFigure, audits: Iterable[UUID] = ()) -> "ReportFigure":
        """A figure of the measures page, as one of a report."""
        key = Key(figure.measure, figure.period, figure.category, figure.scope)
        return cls(key, figure.numerator, figure.denominator, figure.text, tuple(audits))

    @classmethod
    def share(
        cls, key: Key, audits: Iterable[UUID], of: int, *, decimals: int = 1
    ) -> "ReportFigure":
        """So many of so many, printed ``12 of 31 (38.7%)``; ``0 of 0`` where there is nothing."""
        counted = tuple(audits)
        text = f"{len(counted):,} of {of:,}"
        if of:
            text += f" ({percentage_text(len(counted), of, decimals)})"
        return cls(key, len(counted), of, text, counted)

    @classmethod
    def count(cls, key: Key, audits: Iterable[UUID]) -> "ReportFigure":
        """A plain count."""
        counted = tuple(audits)
        return cls(key, len(counted), None, f"{len(counted):,}", counted)

    @classmethod
    def number(cls, key: Key, number: int) -> "ReportFigure":
        """A plain count of which nobody needs to open the rows."""
        return cls(key, number, None, f"{number:,}")

    def hidden(self, text: str = SUPPRESSED) -> "ReportFigure":
        """The figure as a public version prints it where it hides it."""
        return replace(self, numerator=None, denominator=None, text=text, audits=())

    def to_row(self) -> dict[str, str | int | None]:
        """The figure as a row of JSON or CSV: the keys of the measures, in their order."""
        return {
            "measure": self.key.measure,
            "period": self.key.period,
            "category": self.key.category,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "text": self.text,
            "scope": self.key.scope,
        }

    @classmethod
    def from_row(cls, row: Mapping[str, str | int | None]) -> "ReportFigure":
        """What to_row() said; without the audits behind it."""
        names = (str(row[name]) for name in ("measure", "period", "category", "scope"))
        return cls(
            Key(*names), _number(row["numerator"]), _number(row["denominator"]), str(row["text"])
        )


def _number(value: str | int | None) -> int | None:
    return value if value is None else int(value)


@dataclass(frozen=True)
class Figures:
    """A report's figures in their order. ValueError where two have the same name."""

    rows: tuple[ReportFigure, ...] = ()

    def __post_init__(self) -> None:
        if len(self.by_key) != len(self.rows):
            raise ValueError(f"two figures have the same name: {_twice(self.rows)}")

    @cached_property
    def by_key(self) -> Mapping[Key, ReportFigure]:
        """Each by its name."""
        return {figure.key: figure for figure in self.rows}

    def __iter__(self) -> Iterator[ReportFigure]:
        return iter(self.rows)

    def get(
        self, measure: str, period: object, category: str, scope: str = AUTHORITY
    ) -> ReportFigure | None:
        """The figure of this name, None where the report has none."""
        return self.by_key.get(Key(measure, str(period), category, scope))

    def need(
        self, measure: str, period: object, category: str, scope: str = AUTHORITY
    ) -> ReportFigure:
        """The figure of this name. KeyError where the report has none."""
        return self.by_key[Key(measure, str(period), category, scope)]

    def of(self, measure: str, *, scope: str | None = None) -> list[ReportFigure]:
        """The figures of one measure, of one scope where it is named, in the report's order."""
        return [
            figure
            for figure in self.rows
            if figure.key.measure == measure and scope in (None, figure.key.scope)
        ]

    def categories(self, measure: str) -> list[str]:
        """The categories of a measure, each once, in the report's order."""
        return list(dict.fromkeys(figure.key.category for figure in self.of(measure)))

    def scopes(self, measure: str) -> list[str]:
        """The scopes of a measure, each once, in the report's order."""
        return list(dict.fromkeys(figure.key.scope for figure in self.of(measure)))


def _twice(rows: Iterable[ReportFigure]) -> list[Key]:
    seen: set[Key] = set()
    twice = []
    for figure in rows:
        if figure.key in seen:
            twice.append(figure.key)
        seen.add(figure.key)
    return twice
