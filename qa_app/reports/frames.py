"""Tables shaped from figures: months as columns. The counting is done in SQL before."""

import importlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

from qa_app.domain.measures import Figure

if TYPE_CHECKING:
    import pandas as pd


def by_month(figures: Sequence[Figure]) -> "pd.DataFrame":
    """Figures of one measure as a table: a row for each category, a column for each period.

    Each cell holds the Figure itself; rows and columns keep the order in which they came. An empty
    sequence gives an empty table.
    """
    # Read at the first table and not at the start: docs/adr/0006-figures-start-fast.md.
    pandas = importlib.import_module("pandas")
    tidy = pandas.DataFrame(
        {
            "category": [figure.category for figure in figures],
            "period": [figure.period for figure in figures],
            "figure": pandas.Series(list(figures), dtype=object),
        }
    )
    wide = tidy.pivot(index="category", columns="period", values="figure")
    ordered: pd.DataFrame = wide.loc[tidy["category"].unique(), tidy["period"].unique()]
    return ordered


def rows(figures: Sequence[Figure]) -> list[tuple[str, list[Figure]]]:
    """The same as plain rows: each category with its figures, one for each period."""
    table = by_month(figures)
    return [(str(category), list(row)) for category, row in table.iterrows()]


def texts(figures: Sequence[Figure]) -> list[list[str]]:
    """The same as printed: each row its category and the text of each period's figure."""
    return [[category, *(figure.text for figure in found)] for category, found in rows(figures)]
