"""`qa-app report`: a draft of any report as a file, from the rows as they stand now.

Nothing is stored: a draft made here is for reading and for programs. What is published is made on
the pages, where a head of service approves it (R3).
"""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

import click
from flask.cli import with_appcontext

from qa_app.database import now
from qa_app.domain.calendar import Month, Quarter, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import PlanType
from qa_app.domain.publishing import MONTHLY, ReportKind
from qa_app.reports.asked import GradeBasis, PartKind, Selected
from qa_app.reports.building import document_of, figures_of
from qa_app.reports.commands import MonthType, QuarterType
from qa_app.reports.facts import Facts
from qa_app.reports.figures.themes import DEVELOPMENT, theme_figures
from qa_app.reports.kinds import RECIPES
from qa_app.reports.public import publicly
from qa_app.reports.publishing.checks import data_checks
from qa_app.reports.queries.factual import read_facts
from qa_app.reports.render import LAYOUTS, write
from qa_app.reports.reportasked import ReportAsked
from qa_app.reports.services import find_part
from qa_app.standards import queries as standards

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]


class YearType(click.ParamType[str]):
    """A financial year written 2022/23."""

    name = "year"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The year as it is written, or a usage error in plain words (exit 2)."""
        try:
            return ReportAsked(ReportKind.ANNUAL, str(value).strip()).period
        except DomainError as error:
            self.fail(f"{error.message}, not “{value}”.", param, ctx)


_OPTIONS: Final[Sequence[Decorator]] = (
    click.option("--service", "services", multiple=True, help="Only this service, by its name."),
    click.option(
        "--plan-type",
        "plan_types",
        multiple=True,
        type=click.Choice([each.value for each in PlanType]),
        help="Only children on this plan.",
    ),
    click.option("--tool", "tools", multiple=True, help="Only audits by this tool, by its code."),
    click.option(
        "--selection",
        type=click.Choice([each.value for each in Selected]),
        default=Selected.ALL.value,
        show_default=True,
        help="All audits, or only those of randomly chosen cases.",
    ),
    click.option(
        "--grades",
        type=click.Choice([each.value for each in GradeBasis]),
        default=GradeBasis.FINAL.value,
        show_default=True,
        help="Whose grade is counted.",
    ),
    click.option("--public", is_flag=True, help="The public version: small counts are hidden."),
    click.option(
        "--format",
        "layout",
        type=click.Choice(list(LAYOUTS)),
        required=True,
        help="What kind of file.",
    ),
    click.option(
        "--out",
        required=True,
        type=click.Path(dir_okay=False, allow_dash=True),
        help="Where the file goes; - is the standard output.",
    ),
)


def _asked_for(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that every report has."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group("report")
def report() -> None:
    """Write a draft of a report to a file. Nothing is stored and nothing is published.

    What the data-quality checks found goes to the standard error, one finding a line; it stops
    publishing, and nothing else.
    """


@report.command()
@click.option("--quarter", type=QuarterType(), required=True, help="The quarter, as 2022/23-Q4.")
@_asked_for
@with_appcontext
def quarterly(quarter: Quarter, **options: Any) -> None:
    """The quarterly thematic report."""
    _run(ReportKind.QUARTERLY, str(quarter), **options)


@report.command()
@click.option("--year", type=YearType(), required=True, help="The financial year, as 2022/23.")
@_asked_for
@with_appcontext
def annual(year: str, **options: Any) -> None:
    """The annual thematic report: the same chapters, by quarter."""
    _run(ReportKind.ANNUAL, year, **options)


@report.command()
@click.option("--month", type=MonthType(), required=True, help="The month, as 2023-02.")
@click.option(
    "--kind",
    type=click.Choice([each.value for each in MONTHLY]),
    required=True,
    help="Which of the monthly set.",
)
@click.option(
    "--theme",
    default="",
    help="A briefing's theme, by its code. Else it is the area for development that most audits of "
    "the month had.",
)
@_asked_for
@with_appcontext
def monthly(month: Month, kind: str, theme: str, **options: Any) -> None:
    """One report of the monthly set."""
    _run(ReportKind(kind), str(month), theme=theme, **options)


def _run(kind: ReportKind, period: str, *, layout: str, out: str, **options: Any) -> None:
    public, at = options.pop("public"), now()
    try:
        if kind is ReportKind.BRIEFING and not options["theme"]:
            options["theme"] = _most_found(period, at, **options)
        asked = _asked(kind, period, **options)
        _refuse_what_is_not(asked, at)
        facts = read_facts(*RECIPES[kind].span(asked), at)
        _refuse_theme(asked, facts)
        with _clean_output():
            content = _draft(asked, facts, layout, public=public)
    except DomainError as error:
        raise click.UsageError(f"{error.message.rstrip('.')}.") from error
    _put(content, out)
    for finding in data_checks(asked, facts):
        click.echo(f"{finding.check}: {finding.words}", err=True)


def _asked(
    kind: ReportKind,
    period: str,
    *,
    services: Sequence[str],
    plan_types: Sequence[str],
    tools: Sequence[str],
    selection: str,
    grades: str,
    theme: str = "",
) -> ReportAsked:
    return ReportAsked(
        kind,
        period,
        tuple(find_part(PartKind.SERVICE, name).name for name in services),
        tuple(PlanType(each) for each in plan_types),
        tuple(tools),
        Selected(selection),
        GradeBasis(grades),
        theme,
    )


def _most_found(period: str, at: datetime, **options: Any) -> str:
    """The code of the theme under which most audits of a month had an area for development, of
    equals the first by name. DomainError where none had one."""
    asked = _asked(ReportKind.HIGHLIGHT, period, **options)
    facts = read_facts(asked.months[0], asked.months[-1], at)
    figures = theme_figures(facts, asked, period, asked.months)
    first = next(each for each in figures if each.key.measure == DEVELOPMENT)
    if not first.numerator:
        raise DomainError(
            "Choose the theme that the briefing is about, with --theme: no audit of "
            f"{asked.period_words} has an area for development under any",
            "theme",
        )
    click.echo(f"The briefing is about “{first.key.category}”.", err=True)
    return next(each.code for each in facts.themes if each.name == first.key.category)


def _refuse_what_is_not(asked: ReportAsked, at: datetime) -> None:
    """DomainError for a period that has not begun, and for a tool that there is not."""
    if asked.months[0] > Month.of(london_date(at)):
        raise DomainError(f"{asked.period} has not begun. Choose a period that has", "period")
    known = {version.code for version in standards.all_versions()}
    for tool in asked.tools:
        if tool not in known:
            raise DomainError(
                f"There is no audit tool “{tool}”. Use one of: {', '.join(sorted(known))}", "tool"
            )


def _refuse_theme(asked: ReportAsked, facts: Facts) -> None:
    codes = sorted(theme.code for theme in facts.themes)
    if asked.theme and asked.theme not in codes:
        raise DomainError(
            f"There is no theme “{asked.theme}”. Use one of: {', '.join(codes)}", "theme"
        )


def _draft(asked: ReportAsked, facts: Facts, layout: str, *, public: bool) -> bytes:
    figures, legend = figures_of(asked, facts), ""
    if public:
        version = publicly(asked, figures)
        figures, legend = version.figures, version.legend
    document = document_of(asked, facts, figures, public=public, legend=legend)
    # JSON says the period as it was asked for: a program need not read "January to March 2023".
    return write(document, figures, layout, more={"period": asked.period} | asked.to_json())


@contextmanager
def _clean_output() -> Iterator[None]:
    """The solver of disclosure control prints to the process's standard output, whatever Python
    thinks that is; it is sent to the standard error meanwhile."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _put(content: bytes, out: str) -> None:
    try:
        with click.open_file(out, "wb") as file:
            file.write(content)
    except OSError as error:
        raise click.UsageError(f"“{out}” cannot be written: {error.strerror}.") from error
