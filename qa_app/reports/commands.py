"""`qa-app measures`: the published figures on the command line."""

import json
from collections.abc import Callable
from typing import Any

import click
from flask.cli import with_appcontext

from qa_app.database import now
from qa_app.domain.calendar import Month, Quarter
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import PlanType
from qa_app.domain.reaudits import REGRESSION_TO_THE_MEAN, Movement
from qa_app.reports import exports, services
from qa_app.reports.asked import GradeBasis, Part, PartKind, Selected
from qa_app.reports.measureset import MeasureSet
from qa_app.reports.queries.reaudits import moved_by_quarter, quarters
from qa_app.reports.text import as_text


class MonthType(click.ParamType[Month]):
    """A month written 2022-12."""

    name = "month"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Month:
        """The month, or a usage error in plain words (exit 2)."""
        if isinstance(value, Month):
            return value
        try:
            return Month.parse(value)
        except DomainError as error:
            self.fail(f"{error.message}, not “{value}”.", param, ctx)


def _json(found: MeasureSet) -> str:
    return json.dumps([figure.to_row() for figure in found.figures], ensure_ascii=False, indent=1)


def _csv(found: MeasureSet) -> str:
    return exports.csv_text(found.figures).rstrip("\n")


_FORMATS: dict[str, Callable[[MeasureSet], str]] = {"text": as_text, "csv": _csv, "json": _json}


def _part(names: dict[PartKind, str | None]) -> Part | None:
    given = [(kind, name) for kind, name in names.items() if name]
    if len(given) > 1:
        raise click.UsageError("Give one of --team, --service and --plan-type, not several.")
    return services.find_part(*given[0]) if given else None


@click.command("measures")
@click.option("--from", "first", type=MonthType(), required=True, help="First month, as 2022-11.")
@click.option("--to", "last", type=MonthType(), required=True, help="Last month, as 2023-04.")
@click.option(
    "--grades",
    type=click.Choice([each.value for each in GradeBasis]),
    default=GradeBasis.FINAL.value,
    show_default=True,
    help="Whose grade MTM-1 counts.",
)
@click.option(
    "--selection",
    type=click.Choice([each.value for each in Selected]),
    default=Selected.ALL.value,
    show_default=True,
    help="All audits, or only those of randomly chosen cases.",
)
@click.option("--team", help="Only this team, by its name.")
@click.option("--service", help="Only this service, by its name.")
@click.option(
    "--plan-type",
    type=click.Choice([each.value for each in PlanType]),
    help="Only children on this plan.",
)
@click.option(
    "--format",
    "layout",
    type=click.Choice(list(_FORMATS)),
    default="text",
    show_default=True,
    help="A table to read, or rows for a program.",
)
@with_appcontext
def measures(
    first: Month,
    last: Month,
    grades: str,
    selection: str,
    team: str | None,
    service: str | None,
    plan_type: str | None,
    layout: str,
) -> None:
    """Print MTM-1 to MTM-4 for each month of a range.

    In JSON and CSV each row is one figure; MTM-1's total is the row of category "Total audits",
    which has no denominator.
    """
    named = {PartKind.TEAM: team, PartKind.SERVICE: service, PartKind.PLAN_TYPE: plan_type}
    try:
        found = services.measures(
            first, last, grades=grades, selection=selection, scope=_part(named), at=now()
        )
    except DomainError as error:
        raise click.UsageError(f"{error.message.rstrip('.')}.") from error
    click.echo(_FORMATS[layout](found))


class QuarterType(click.ParamType[Quarter]):
    """A quarter of the financial year written 2022/23-Q4."""

    name = "quarter"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Quarter:
        """The quarter, or a usage error in plain words (exit 2)."""
        if isinstance(value, Quarter):
            return value
        try:
            return Quarter.parse(value)
        except DomainError as error:
            self.fail(f"{error.message}, not “{value}”.", param, ctx)


@click.command("re-audits")
@click.option("--from", "first", type=QuarterType(), required=True, help="First, as 2022/23-Q4.")
@click.option("--to", "last", type=QuarterType(), required=True, help="Last, as 2023/24-Q1.")
@click.option(
    "--format",
    "layout",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="A table to read, or rows for a program.",
)
@with_appcontext
def re_audits(first: Quarter, last: Quarter, layout: str) -> None:
    """Print Q-6: how many pairs of an Inadequate audit and its re-audit moved up, stayed the same
    or moved down, of the re-audits finalised in each quarter."""
    try:
        found = moved_by_quarter(quarters(first, last, now()))
    except DomainError as error:
        raise click.UsageError(f"{error.message.rstrip('.')}.") from error
    if layout == "json":
        rows = [
            {"quarter": str(each.quarter), "pairs": each.moved.n}
            | {movement.value: each.moved.of(movement) for movement in Movement}
            for each in found
        ]
        click.echo(json.dumps(rows, indent=1))
        return
    click.echo(f"{'Quarter':<12}{'Pairs':>7}{'Better':>9}{'The same':>11}{'Worse':>8}")
    for each in found:
        moved = each.moved
        click.echo(f"{each.quarter!s:<12}{moved.n:>7}{moved.up:>9}{moved.same:>11}{moved.down:>8}")
    click.echo(REGRESSION_TO_THE_MEAN)
