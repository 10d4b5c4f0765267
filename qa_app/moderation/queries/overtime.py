"""Agreement over time: how often the two grades were the same, month by month (M9)."""

from collections.abc import Sequence
from dataclasses import dataclass

from qa_app.domain.agreement import Agreement
from qa_app.domain.calendar import Month, add_months
from qa_app.domain.runchart import Run, run_of
from qa_app.formatting import count_words
from qa_app.moderation.queries.agreement import By, PairsAsked, pairs_counted_by


@dataclass(frozen=True)
class OverTime:
    """Every month of a period in order, with what was found; None for a month without a pair."""

    period: str
    found: Sequence[tuple[str, Agreement | None]]

    @property
    def shown(self) -> list[tuple[str, Agreement, float]]:
        """The months with enough audits: name, what was found, and the share in percent."""
        return [
            (name, each, 100 * each.exact)
            for name, each in self.found
            if each is not None and each.exact is not None
        ]

    @property
    def run(self) -> Run | None:
        """The median and the shifts of the months that are shown; None where none is."""
        return run_of([share for *_, share in self.shown])

    @property
    def words(self) -> str:
        """What the chart shows and whether anything has changed; its alternative text too."""
        run, shown = self.run, self.shown
        if run is None:
            return "No month has enough audits to show how far the grades agree in it."
        first = f"The share of audits whose grade stood, in {count_words(len(shown), 'month')}"
        sentences = [f"{first}: the median is {run.median:.0f}%."]
        sentences += [
            f"From {shown[first][0]} to {shown[last][0]} it was "
            f"{'above' if shown[first][2] > run.median else 'below'} the median every time, more "
            "often in a row than chance would usually bring: something has changed."
            for first, last in run.shifts
        ]
        if not run.shifts:
            sentences.append("It goes up and down as chance would have it; no change shows.")
        if left := len(self.found) - len(shown):
            verb = "is" if left == 1 else "are"
            sentences.append(f"{count_words(left, 'month')} with too few audits {verb} left out.")
        return " ".join(sentences)


def over_time(asked: PairsAsked) -> OverTime:
    """How far the grades agree in each month asked for (one query)."""
    groups = {group.key: group for group in pairs_counted_by(asked, By.MONTH)}
    months = [asked.first]
    while months[-1] < asked.last:
        months.append(Month.of(add_months(months[-1].first, 1)))
    return OverTime(
        period_words(asked),
        [
            (month.words, groups[str(month)].agreement(asked.at) if str(month) in groups else None)
            for month in months
        ],
    )


def period_words(asked: PairsAsked) -> str:
    """The months in words: "May 2023", "May 2023 to July 2023"."""
    if asked.first == asked.last:
        return asked.first.words
    return f"{asked.first.words} to {asked.last.words}"
