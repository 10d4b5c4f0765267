"""Which report a form asks for: its kind, its period and which audits it counts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from forms.drafting import NewReportForm
from qa_app.domain.calendar import (
    Quarter,
    financial_year_of,
    financial_year_words,
    london_date,
)
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import PlanType
from qa_app.domain.publishing import MONTHLY, ReportKind
from qa_app.reports.asked import GradeBasis, Selected
from qa_app.reports.queries import parts
from qa_app.reports.reportasked import ReportAsked
from qa_app.standards import queries as standards
from qa_app.standards.queries.themes import themes

KINDS: Final[Mapping[ReportKind, str]] = {
    ReportKind.HIGHLIGHT: "The month in figures: grades, audits done, priority actions.",
    ReportKind.COMPLIANCE: "What was due and done, by role and service: late audits, exemptions, "
    "moderation, waivers, voices.",
    ReportKind.QUALITY_MATTERS: "What is working well, what needs to improve, what we do next.",
    ReportKind.BRIEFING: "Seven minutes on one theme, for team meetings.",
    ReportKind.QUARTERLY: "Everything of a quarter, for the board and for inspectors.",
    ReportKind.ANNUAL: "The same of a year, April to March.",
}
_YEARS: Final = 6
_FIELDS: Final = ("month", "quarter", "year")


def _period_field(kind: ReportKind) -> str:
    if kind in MONTHLY:
        return "month"
    return "quarter" if kind is ReportKind.QUARTERLY else "year"


def offer(form: NewReportForm, kind: ReportKind, at: datetime) -> None:
    """Keep what this kind asks, and hand in what there is to choose from."""
    period = _period_field(kind)
    unused = [name for name in _FIELDS if name != period]
    if kind is not ReportKind.BRIEFING:
        unused.append("theme")
    for name in unused:
        del form[name]
    today = london_date(at)
    this = financial_year_of(today)
    years = range(this, this - _YEARS, -1)
    if "quarter" in form:
        quarters = [Quarter(year, number) for year in years for number in (4, 3, 2, 1)]
        begun = [each for each in quarters if each.months[0].first <= today]
        form.quarter.choices = [(str(each), f"{each.words} ({each})") for each in begun]
    if "year" in form:
        form.year.choices = [(each, each) for each in map(financial_year_words, years)]
    if "theme" in form:
        form.theme.choices = [(each.code, each.name) for each in themes()]
    services = [each for each in parts.units() if each.service_id == each.id]
    form.services.choices = [(each.name, each.name) for each in services]
    tools = {each.code: each.name for each in standards.all_versions()}
    form.tools.choices = sorted(tools.items(), key=lambda each: each[1].casefold())


def asked_in(form: NewReportForm, kind: ReportKind) -> ReportAsked:
    """What the form asks for. DomainError for a period that is none."""
    return ReportAsked(
        kind,
        str(form[_period_field(kind)].data),
        tuple(form.services.data or ()),
        tuple(PlanType(each) for each in form.plan_types.data or ()),
        tuple(form.tools.data or ()),
        Selected(form.selection.data or Selected.ALL),
        GradeBasis(form.grades.data or GradeBasis.FINAL),
        str(form.theme.data) if "theme" in form else "",
    )


def field_of(error: DomainError, kind: ReportKind) -> str | None:
    """The form's field that a refusal is about."""
    if error.field in ("theme", None):
        return error.field
    return _period_field(kind)
