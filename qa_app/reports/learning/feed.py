"""What the academy is fed with: themes, where they were found, and what is done about them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final
from uuid import UUID

from qa_app.reports.exports import Cell
from qa_app.reports.learning.issues import Across, IssuesLog, Span
from qa_app.reports.models import LearningResponse

FEWEST: Final = 6
FEW: Final = "c"
"""What stands in place of a count of 1 to 5 for those who do not lead (R5)."""
HEADINGS: Final = ("theme", "period", "whose", "audits", "of", "response", "kind", "due", "done")


@dataclass(frozen=True)
class FeedLine:
    """A theme with how often it was found in the year to date, and one response to it at most:
    a theme with several stands once for each. `audits` is "c" where it is hidden."""

    theme: str
    period: str
    whose: str
    audits: str
    of: str
    response: str = ""
    kind: str = ""
    due: date | None = None
    done: date | None = None

    def to_row(self) -> dict[str, str]:
        """The line by HEADINGS, days written 2023-05-03 and "" where there is none."""
        said = asdict(self)
        return {name: str(said[name] or "") for name in HEADINGS}

    def cells(self) -> list[Cell]:
        """The line in the order of HEADINGS."""
        return list(self.to_row().values())


def feed(
    log: IssuesLog,
    responses: Mapping[UUID, Sequence[LearningResponse]],
    *,
    leads: bool,
) -> list[FeedLine]:
    """The themes of the year to date, the most found first.

    For who leads, by service and team beside the whole authority; for the others the authority
    alone, without counts of 1 to 5: an audit has several themes, so that nothing adds up to one.
    """
    lines: list[FeedLine] = []
    period, n = log.asked.words(Span.YEAR), log.n(Span.YEAR)
    parts = [log.across(each, Span.YEAR) for each in (Across.SERVICE, Across.TEAM) if leads]
    for line in sorted(log.lines, key=lambda each: -each.counts[Span.YEAR]):
        count = line.counts[Span.YEAR]
        standing = responses.get(line.theme.id, ())
        if not count and not standing:
            continue
        shown = str(count) if leads or not 0 < count < FEWEST else FEW
        first = FeedLine(line.theme.name, period, "Whole authority", shown, str(n))
        lines += [_with(first, each) for each in standing] or [first]
        for names, table in parts:
            found = table.get(line.theme.id, Counter())
            lines += [
                FeedLine(line.theme.name, period, name, str(found[name]), "")
                for name in names
                if name in found
            ]
    return lines


def _with(line: FeedLine, response: LearningResponse) -> FeedLine:
    return FeedLine(
        line.theme,
        line.period,
        line.whose,
        line.audits,
        line.of,
        response.title,
        response.kind.words,
        response.due_on,
        response.done_on,
    )
