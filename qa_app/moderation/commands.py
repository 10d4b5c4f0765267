"""`qa-app agreement`: how far auditors' grades and final grades agree, on the command line."""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import click
from flask.cli import with_appcontext

from qa_app.database import now
from qa_app.domain.agreement import Agreement
from qa_app.domain.calendar import Month
from qa_app.domain.errors import DomainError
from qa_app.domain.intervals import TOO_FEW
from qa_app.domain.measures import percentage_text
from qa_app.moderation.queries.agreement import (
    By,
    PairsAsked,
    agreement_from,
    pairs_counted,
    pairs_counted_by,
)

# The published name of each figure, and where it is found.
_FIGURES: Final = {
    "n": "n",
    "exact": "exact",
    "within_one": "within_one",
    "kappa_linear": "kappa_linear",
    "kappa_linear_low": "kappa_low",
    "kappa_linear_high": "kappa_high",
    "ac2_linear": "ac2_linear",
    "ac2_linear_low": "ac2_low",
    "ac2_linear_high": "ac2_high",
    "lenient": "lenient",
    "severe": "severe",
}
_SHARES: Final = {
    "exact": "Same grade",
    "within_one": "Within one grade",
    "lenient": "Auditor more lenient",
    "severe": "Auditor more severe",
}
_COEFFICIENTS: Final = {"kappa": "Weighted kappa", "ac2": "Gwet’s AC2"}
_UNDEFINED: Final = "–"
_NOTE: Final = """\
The auditor’s grade against the final grade, of audits that were moderated, imported ones included,
by month of completion. Kappa and AC2 have linear weights over the four grades: 1 is full agreement,
0 what chance would give. Where nearly all audits have one grade, kappa can be low although grades
hardly ever differ; AC2 is not."""


class Line(NamedTuple):
    """A group's figures; `key` and `name` are empty for all audits together."""

    key: str
    name: str
    found: Agreement


class Printed(NamedTuple):
    """What was asked, and the figures that answer it."""

    asked: PairsAsked
    by: By | None
    lines: Sequence[Line]


def _figures(found: Agreement) -> dict[str, Any]:
    return {name: getattr(found, field) for name, field in _FIGURES.items()}


def _json(printed: Printed) -> str:
    if printed.by is None:
        return json.dumps(_figures(printed.lines[0].found), indent=1)
    rows = [
        {"by": line.key or None, "name": line.name, **_figures(line.found)}
        for line in printed.lines
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1)


def _text(printed: Printed) -> str:
    rows = _one(printed.lines[0].found) if printed.by is None else _several(printed)
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    table = "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
    asked = printed.asked
    title = (
        f"Agreement between auditor’s and final grade, {asked.first.words} to {asked.last.words}"
    )
    return "\n\n".join([title, table, _NOTE])


def _one(found: Agreement) -> list[list[str]]:
    """A line for each figure, with its interval."""
    rows = [["", "", "95% interval"], ["Pairs of grades", str(found.n), ""]]
    rows += [
        [words, _share(found, name), _between(found, name, _percent)]
        for name, words in _SHARES.items()
    ]
    return rows + [
        [words, _coefficient(found, name), _between(found, name, _decimal)]
        for name, words in _COEFFICIENTS.items()
    ]


def _several(printed: Printed) -> list[list[str]]:
    """A line for each group."""
    heading = [str(printed.by).capitalize(), "Pairs", *_SHARES.values()]
    rows = [[*heading, *(f"{words} (95% interval)" for words in _COEFFICIENTS.values())]]
    for line in printed.lines:
        found = line.found
        shares = [_share(found, name) for name in _SHARES]
        rows.append([line.name, str(found.n), *shares])
        for name in _COEFFICIENTS:
            between = _between(found, name, _decimal)
            rows[-1].append(_coefficient(found, name) + (f" ({between})" if between else ""))
    return rows


def _share(found: Agreement, name: str) -> str:
    share = getattr(found, name)
    if share is None:
        return TOO_FEW
    number = found.number(share)
    return f"{number} of {found.n} ({percentage_text(number, found.n)})"


def _coefficient(found: Agreement, name: str) -> str:
    if found.exact is None:
        return TOO_FEW
    value = getattr(found, f"{name}_linear")
    return _UNDEFINED if value is None else _decimal(value)


def _between(found: Agreement, name: str, written: Callable[[float], str]) -> str:
    low, high = getattr(found, f"{name}_low"), getattr(found, f"{name}_high")
    return "" if low is None else f"{written(low)} to {written(high)}"


def _decimal(value: float) -> str:
    return f"{value:.2f}"


def _percent(share: float) -> str:
    return percentage_text(round(share * 10_000), 10_000, 1)


def _answer(asked: PairsAsked, by: By | None, at: datetime) -> Printed:
    if by is None:
        return Printed(asked, by, [Line("", "", agreement_from(pairs_counted(asked), at))])
    groups = pairs_counted_by(asked, by)
    return Printed(asked, by, [Line(each.key, each.name, each.agreement(at)) for each in groups])


_FORMATS: Final[dict[str, Callable[[Printed], str]]] = {"text": _text, "json": _json}


def _month(ctx: click.Context, param: click.Parameter, value: str) -> Month:
    try:
        return Month.parse(value)
    except DomainError as error:
        raise click.BadParameter(f"{error.message}, not “{value}”.", ctx, param) from error


@click.command("agreement")
@click.option("--from", "first", callback=_month, required=True, help="First month, as 2022-11.")
@click.option("--to", "last", callback=_month, required=True, help="Last month, as 2023-04.")
@click.option(
    "--by",
    type=click.Choice([each.value for each in By]),
    help="One line for each of these, instead of all audits together.",
)
@click.option(
    "--format",
    "layout",
    type=click.Choice(list(_FORMATS)),
    default="text",
    show_default=True,
    help="A table to read, or JSON for a program.",
)
@with_appcontext
def agreement(first: Month, last: Month, by: str | None, layout: str) -> None:
    """Print how far auditors' grades and final grades agree (M9, Q-4).

    Audits completed in these months that were moderated, imported ones included. In JSON shares
    are fractions from 0 to 1; a figure is null below 10 pairs (a setting) or where undefined.
    """
    at = now()
    try:
        asked = PairsAsked(first, last, at)
    except DomainError as error:
        raise click.UsageError(f"{error.message.rstrip('.')}.") from error
    click.echo(_FORMATS[layout](_answer(asked, By(by) if by else None, at)))
