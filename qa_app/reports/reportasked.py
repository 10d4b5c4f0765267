"""Which report somebody asks for: its kind, its period and its parameters."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qa_app.domain.calendar import Month, Quarter, financial_year_words
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import PlanType
from qa_app.domain.publishing import MONTHLY, ReportKind
from qa_app.reports.asked import GradeBasis, Selected


@dataclass(frozen=True)
class ReportAsked:
    """A report of a kind and period. `services` (names) and `plan_types` narrow which audits it
    counts, none being all of them; `tools` (codes) likewise. `theme` is a briefing's code.

    `period` is written 2023-02, 2022/23-Q4 or 2022/23, by the kind; DomainError otherwise.
    """

    kind: ReportKind
    period: str
    services: tuple[str, ...] = ()
    plan_types: tuple[PlanType, ...] = ()
    tools: tuple[str, ...] = ()
    selection: Selected = Selected.ALL
    grades: GradeBasis = GradeBasis.FINAL
    theme: str = ""

    def __post_init__(self) -> None:
        if not self.months:
            raise DomainError("Choose the report’s period", "period")
        if self.kind is ReportKind.BRIEFING and not self.theme:
            raise DomainError("Choose the theme that the briefing is about", "theme")

    @property
    def months(self) -> list[Month]:
        """The months of the period."""
        if self.kind in MONTHLY:
            return [Month.parse(self.period)]
        if self.kind is ReportKind.QUARTERLY:
            return Quarter.parse(self.period).months
        return _year(self.period)

    @property
    def period_words(self) -> str:
        """``February 2023``, ``January to March 2023 (2022/23-Q4)``, ``2022/23``."""
        if self.kind in MONTHLY:
            return self.months[0].words
        if self.kind is ReportKind.QUARTERLY:
            return f"{Quarter.parse(self.period).words} ({self.period})"
        return self.period

    @property
    def title(self) -> str:
        """``Quarterly thematic report, January to March 2023 (2022/23-Q4)``."""
        return f"{self.kind.words}, {self.period_words}"

    @property
    def whole(self) -> bool:
        """Whether nothing narrows it: the authority's own figures."""
        narrowed = (self.services, self.plan_types, self.tools)
        return not any(narrowed) and self.selection is Selected.ALL

    def to_json(self) -> dict[str, Any]:
        """The parameters as they are stored and printed."""
        return {
            "services": list(self.services),
            "plan_types": [plan.value for plan in self.plan_types],
            "tools": list(self.tools),
            "selection": self.selection.value,
            "grades": self.grades.value,
            "theme": self.theme,
        }

    @classmethod
    def from_json(cls, kind: ReportKind, period: str, said: Mapping[str, Any]) -> "ReportAsked":
        """What to_json() said."""
        return cls(
            kind,
            period,
            tuple(said.get("services", ())),
            tuple(PlanType(each) for each in said.get("plan_types", ())),
            tuple(said.get("tools", ())),
            Selected(said.get("selection", Selected.ALL)),
            GradeBasis(said.get("grades", GradeBasis.FINAL)),
            str(said.get("theme", "")),
        )

    @property
    def key(self) -> str:
        """SHA-256 of kind, period and parameters: there is one report of each (R3)."""
        said = [self.kind.value, self.period, self.to_json()]
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _year(period: str) -> list[Month]:
    begins = period[:4]
    if not begins.isdigit() or financial_year_words(int(begins)) != period:
        raise DomainError("Enter a financial year, for example 2022/23", "period")
    return [month for number in (1, 2, 3, 4) for month in Quarter(int(begins), number).months]
