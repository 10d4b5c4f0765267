"""The issues log as values: how often each theme was found, where, and with which trend (T2)."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from qa_app.domain.answers import FindingAbout, FindingKind
from qa_app.domain.calendar import Month, Quarter, financial_year_of, financial_year_words
from qa_app.domain.comparing import Counted, compare
from qa_app.domain.grades import PlanType
from qa_app.standards.models import Theme


class Span(StrEnum):
    """Which months a figure of the log counts, up to the log's month."""

    MONTH = "month"
    BEFORE = "before"
    QUARTER = "quarter"
    YEAR = "year"


class Across(StrEnum):
    """By what the log's second table is divided."""

    SECTION = "section"
    SERVICE = "service"
    PLAN_TYPE = "plan_type"
    TEAM = "team"

    @property
    def words(self) -> str:
        """The division as a page says it."""
        return self.value.replace("_", " ").capitalize()


class Counting(StrEnum):
    """Which findings a figure of the log counts."""

    DEVELOPMENT = "development"
    RECORDING = "recording"
    STRENGTH = "strength"

    @property
    def words(self) -> str:
        """They, as a title says it."""
        return {
            "development": "Areas for development",
            "recording": "Areas for development about recording only",
            "strength": "Strengths",
        }[self.value]


@dataclass(frozen=True)
class IssuesAsked:
    """A month, and what the log is narrowed to: a service, a plan type, a section's title."""

    month: Month
    service_id: UUID | None = None
    plan_type: PlanType | None = None
    section: str = ""

    def months(self, span: Span) -> list[Month]:
        """The months of a span: the quarter and the financial year as far as the log's month."""
        if span is Span.BEFORE:
            return [self.month.previous()]
        first = {
            Span.MONTH: self.month,
            Span.QUARTER: Quarter.of(self.month.first).months[0],
            Span.YEAR: Month(financial_year_of(self.month.first), 4),
        }[span]
        return Month.range(first, self.month)

    def words(self, span: Span) -> str:
        """``March 2023``, ``2022/23-Q4 to date``, ``2022/23 to date``."""
        if span is Span.QUARTER:
            return f"{Quarter.of(self.month.first)} to date"
        if span is Span.YEAR:
            return f"{financial_year_words(financial_year_of(self.month.first))} to date"
        return self.months(span)[0].words


class Found(NamedTuple):
    """A finding under one theme as it is counted; an audit counts once under each."""

    audit_id: UUID
    theme_id: UUID
    kind: FindingKind
    about: FindingAbout | None
    section: str


class Audited(NamedTuple):
    """A finished audit whose findings are known."""

    id: UUID
    month: Month
    service: str
    plan_type: str
    team: str


@dataclass(frozen=True)
class ThemeLine:
    """One theme of the log: audits with an area for development in each span, those about recording
    only and those with a strength in the month; what the month says against the one before."""

    theme: Theme
    counts: Mapping[Span, int]
    recording: int
    strengths: int
    trend: str


@dataclass(frozen=True)
class IssuesLog:
    """The log of a month. `audits` are counted, `unfiled` are not since nobody filed all that was
    found in them."""

    asked: IssuesAsked
    themes: Sequence[Theme]
    audits: Sequence[Audited]
    found: Sequence[Found]
    unfiled: int
    sections: Sequence[str] = field(default=())

    @cached_property
    def lines(self) -> list[ThemeLine]:
        """Each theme in use and each that was found, the most found in the month first."""
        counts = {span: self._counts(span, Counting.DEVELOPMENT) for span in Span}
        recording = self._counts(Span.MONTH, Counting.RECORDING)
        strengths = self._counts(Span.MONTH, Counting.STRENGTH)
        seen = {each.theme_id for each in self.found}
        lines = [
            ThemeLine(
                theme,
                {span: counts[span][theme.id] for span in Span},
                recording[theme.id],
                strengths[theme.id],
                self._trend(counts[Span.MONTH][theme.id], counts[Span.BEFORE][theme.id]),
            )
            for theme in self.themes
            if theme.ended_at is None or theme.id in seen
        ]
        return sorted(lines, key=_most_found)

    def n(self, span: Span) -> int:
        """The audits of a span."""
        return len(self._of(span))

    def across(self, across: Across, span: Span) -> tuple[list[str], dict[UUID, Counter[str]]]:
        """The parts by name, and the audits with an area for development by theme and part."""
        of = {each.id: each for each in self._of(span)}
        part: Callable[[Found], str] = {
            Across.SECTION: lambda each: each.section,
            Across.SERVICE: lambda each: of[each.audit_id].service,
            Across.PLAN_TYPE: lambda each: of[each.audit_id].plan_type,
            Across.TEAM: lambda each: of[each.audit_id].team,
        }[across]
        pairs = {
            (each.audit_id, each.theme_id, part(each))
            for each in self._found(span, Counting.DEVELOPMENT)
        }
        table: dict[UUID, Counter[str]] = {}
        for _, theme_id, name in pairs:
            table.setdefault(theme_id, Counter())[name] += 1
        return sorted({name for _, _, name in pairs}), table

    def _of(self, span: Span) -> list[Audited]:
        months = set(self.asked.months(span))
        return [each for each in self.audits if each.month in months]

    def _found(self, span: Span, counting: Counting) -> list[Found]:
        of = {each.id for each in self._of(span)}
        return [each for each in self.found if each.audit_id in of and _is_counted(each, counting)]

    def _counts(self, span: Span, counting: Counting) -> Counter[UUID]:
        pairs = {(each.audit_id, each.theme_id) for each in self._found(span, counting)}
        if counting is Counting.RECORDING:
            # A theme's areas for development in an audit are all about recording, or it is not.
            pairs -= {
                (each.audit_id, each.theme_id)
                for each in self._found(span, Counting.DEVELOPMENT)
                if each.about is not FindingAbout.RECORDING
            }
        return Counter(theme_id for _, theme_id in pairs)

    def _trend(self, k: int, before: int) -> str:
        """R6: what the month says against the one before, held to what the figures can carry."""
        now, then = (
            Counted(count, self.n(span), "audits", "found to need it", self.asked.words(span))
            for count, span in ((k, Span.MONTH), (before, Span.BEFORE))
        )
        return compare(now, then).value


def _most_found(line: ThemeLine) -> tuple[int, int, str]:
    return -line.counts[Span.MONTH], -line.counts[Span.YEAR], line.theme.name.casefold()


def _is_counted(each: Found, counting: Counting) -> bool:
    if counting is Counting.STRENGTH:
        return each.kind is FindingKind.STRENGTH
    if each.kind is not FindingKind.DEVELOPMENT:
        return False
    return counting is Counting.DEVELOPMENT or each.about is FindingAbout.RECORDING
