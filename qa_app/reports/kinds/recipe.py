"""What a kind of report must say of itself to be built, published and downloaded."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from qa_app.domain.calendar import Month
from qa_app.reports.document import Section
from qa_app.reports.facts import Facts
from qa_app.reports.figures import Figures, ReportFigure
from qa_app.reports.reportasked import ReportAsked


@dataclass(frozen=True)
class Slot:
    """A place where a person writes. `code` is its own in the report; one that is `needed` must be
    written before the report is published (R7)."""

    code: str
    heading: str
    hint: str
    needed: bool = True


@dataclass(frozen=True)
class Other:
    """A figure from elsewhere beside ours (R1): ``12 of 20 (60%), complaints team, 3 May 2023``."""

    section: str
    words: str
    text: str


@dataclass(frozen=True)
class Telling:
    """What sections are made from. `figures` are those that may be printed: in a public version
    what is hidden is hidden already, so sections know nothing else.

    `basis` is printed under every table; `texts` are what people wrote, by slot; `suggestions` the
    sentences for each slot (none in a public version); `legend` what "c" means, "" where nothing
    is hidden; `names` a theme's name by its code.
    """

    asked: ReportAsked
    figures: Figures
    basis: str
    texts: Mapping[str, str] = field(default_factory=dict)
    suggestions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    others: Sequence[Other] = ()
    legend: str = ""
    public: bool = False
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Recipe:
    """How one kind of report is made.

    `span` gives the first and last month whose facts it needs (trends and comparisons look back);
    `figures` works them out; `suggestions` are sentences for each slot that state only what the
    figures say (R6); `sections` puts everything in its order.
    """

    slots: tuple[Slot, ...]
    span: Callable[[ReportAsked], tuple[Month, Month]]
    figures: Callable[[Facts, ReportAsked], Sequence[ReportFigure]]
    suggestions: Callable[[Figures, ReportAsked], Mapping[str, Sequence[str]]]
    sections: Callable[[Telling], Sequence[Section]]
