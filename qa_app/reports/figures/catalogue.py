"""Every measure that a report can print: what is counted, of what, on which basis (measures.md).

An id ends in "s" where the scopes are services, in "t" teams, in "p" plan types and in "r" roles of
auditors; without one they are what `whose` says. An id that ends in "b" is what stands beside a
measure and is never inside it. Rows are added to the module of their subject in figures/defined/.
"""

from collections.abc import Iterable, Mapping
from typing import Final

from qa_app.reports.figures.defined.actions import ACTIONS
from qa_app.reports.figures.defined.compliance import COMPLIANCE
from qa_app.reports.figures.defined.definition import Definition, Whose
from qa_app.reports.figures.defined.published import BESIDE, PUBLISHED
from qa_app.reports.figures.defined.quality import QUALITY
from qa_app.reports.figures.defined.themes import THEMES

__all__ = ["CATALOGUE", "Definition", "Whose", "by_id"]


def by_id(rows: Iterable[Definition]) -> Mapping[str, Definition]:
    """Definitions by their ids. ValueError where two have the same."""
    found: dict[str, Definition] = {}
    for row in rows:
        if row.id in found:
            raise ValueError(f"two measures are called {row.id}")
        found[row.id] = row
    return found


CATALOGUE: Final[Mapping[str, Definition]] = by_id(
    (*PUBLISHED, *BESIDE, *QUALITY, *THEMES, *COMPLIANCE, *ACTIONS)
)
"""Every measure by its id."""
