"""What is done about a theme, and how it will be judged (T3, T4)."""

from collections.abc import Collection, Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, TypeVar

from qa_app.domain.calendar import Month, add_months
from qa_app.domain.identifiers import find_identifiers

K = TypeVar("K", bound=Hashable)


class ThemeChangeKind(StrEnum):
    """What became of a theme (T1)."""

    MERGED = "merged"
    SPLIT = "split"
    ENDED = "ended"
    REOPENED = "reopened"


class ResponseKind(StrEnum):
    """T3: what is done about a theme."""

    TRAINING = "training"
    GUIDANCE = "guidance"
    BRIEFING = "briefing"
    SERVICE_ACTION = "service_action"

    @property
    def words(self) -> str:
        """The kind as a page says it."""
        return RESPONSE_WORDS[self]


RESPONSE_WORDS: Final[Mapping[ResponseKind, str]] = {
    ResponseKind.TRAINING: "Training",
    ResponseKind.GUIDANCE: "Guidance",
    ResponseKind.BRIEFING: "Briefing",
    ResponseKind.SERVICE_ACTION: "Action of a service",
}


class JudgedBy(StrEnum):
    """T3: the measure by which a response is judged, before and after."""

    THEME = "theme"
    SECTION = "section"
    STANDARD = "standard"
    GRADES = "grades"

    @property
    def words(self) -> str:
        """The measure as a list of choices says it."""
        return JUDGED_WORDS[self]


JUDGED_WORDS: Final[Mapping[JudgedBy, str]] = {
    JudgedBy.THEME: "Share of audits with an area for development under this theme",
    JudgedBy.SECTION: "Share of a section’s grades that are Good or Outstanding",
    JudgedBy.STANDARD: "Share of audits in which a practice standard was met",
    JudgedBy.GRADES: "Share of audits graded Good or Outstanding",
}


def heirs(
    changes: Iterable[tuple[K, ThemeChangeKind, K | None]],
) -> dict[K, K]:
    """For each theme that stands merged, the theme as which its findings are read (T1).

    `changes` are (theme, what became of it, into which), the oldest first. A theme that was merged
    and taken into use again is itself from then on. Chains are followed to their end; a loop, which
    the services never make, ends where it began.
    """
    into: dict[K, K] = {}
    for theme, kind, other in changes:
        if kind is ThemeChangeKind.MERGED and other is not None:
            into[theme] = other
        elif kind is ThemeChangeKind.REOPENED:
            into.pop(theme, None)
    return {theme: _end_of(theme, into) for theme in into}


def _end_of(theme: K, into: Mapping[K, K]) -> K:
    seen = {theme}
    while into.get(theme, theme) not in seen:
        theme = into[theme]
        seen.add(theme)
    return theme


class ResponseState(StrEnum):
    """Where a response stands."""

    OVERDUE = "overdue"
    PLANNED = "planned"
    DONE = "done"
    CONCLUDED = "concluded"
    DROPPED = "dropped"

    @property
    def words(self) -> str:
        """The state as a page says it."""
        return STATE_WORDS[self]


STATE_WORDS: Final[Mapping[ResponseState, str]] = {
    ResponseState.OVERDUE: "Overdue",
    ResponseState.PLANNED: "Planned",
    ResponseState.DONE: "Done, waiting to be judged",
    ResponseState.CONCLUDED: "Concluded",
    ResponseState.DROPPED: "Given up",
}


def response_state(
    *, due_on: date, done_on: date | None, concluded: bool, dropped: bool, today: date
) -> ResponseState:
    """Where a response stands on a day; one is overdue from the day after it was due."""
    if dropped:
        return ResponseState.DROPPED
    if concluded:
        return ResponseState.CONCLUDED
    if done_on is not None:
        return ResponseState.DONE
    return ResponseState.OVERDUE if due_on < today else ResponseState.PLANNED


@dataclass(frozen=True)
class Window:
    """The months by which a response is judged. `after` begins with the month after it was done, so
    that the month in which it happened is in neither."""

    before: tuple[Month, ...]
    after: tuple[Month, ...]

    @classmethod
    def around(cls, day: date, before: int, after: int) -> "Window":
        """So many whole months before the day's own month, and so many after it."""
        month = Month.of(day)
        first = Month.of(add_months(month.first, -before))
        last = Month.of(add_months(month.first, after))
        return cls(
            tuple(Month.range(first, month.previous())), tuple(Month.range(month.next(), last))
        )

    def over(self, today: date) -> tuple[Month, ...]:
        """The months after it that are over on a day: the others cannot be counted yet."""
        return tuple(month for month in self.after if month.last < today)

    def is_over(self, today: date) -> bool:
        """Whether every month after it is over."""
        return len(self.over(today)) == len(self.after)


class ExampleState(StrEnum):
    """T4: where an example of good practice stands."""

    ASKED = "asked"
    AGREED = "agreed"
    REFUSED = "refused"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"

    @property
    def words(self) -> str:
        """The state as a page says it."""
        return EXAMPLE_WORDS[self]


EXAMPLE_WORDS: Final[Mapping[ExampleState, str]] = {
    ExampleState.ASKED: "Waiting for the team’s consent",
    ExampleState.AGREED: "The team agreed",
    ExampleState.REFUSED: "The team did not agree",
    ExampleState.PUBLISHED: "Published",
    ExampleState.WITHDRAWN: "Withdrawn",
}


def example_state(
    *, consented: bool, refused: bool, published: bool, withdrawn: bool
) -> ExampleState:
    """Where an example stands: what happened last says it."""
    if withdrawn:
        return ExampleState.WITHDRAWN
    if published:
        return ExampleState.PUBLISHED
    if refused:
        return ExampleState.REFUSED
    return ExampleState.AGREED if consented else ExampleState.ASKED


MASK: Final = "[left out]"
"""What stands in place of words that may identify somebody."""


def masked(text: str, known_names: Collection[str] = (), hidden: Collection[str] = ()) -> str:
    """A finding as it is shown beside others: without what may identify a child or family (T2).

    What the patterns of A11 find is left out, and each of the `hidden` words (a case reference).
    They find much and promise nothing, so that it is still shown to those alone who may read it.
    """
    spans = [(each.start, each.end) for each in find_identifiers(text, known_names=known_names)]
    for words in hidden:
        at = text.find(words) if words else -1
        while at >= 0:
            spans.append((at, at + len(words)))
            at = text.find(words, at + len(words))
    shown, last = [], 0
    for start, end in sorted(spans):
        if start >= last:
            shown += [text[last:start], MASK]
        last = max(last, end)
    return "".join([*shown, text[last:]])
