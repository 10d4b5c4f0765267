"""`qa-app draw` and `qa-app redraw`: the sample of a month, and the proof of an old one (S2)."""

import json
from datetime import date
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from qa_app.cases.commands import Day
from qa_app.database import db, now, saving
from qa_app.domain.calendar import Month
from qa_app.domain.errors import DomainError
from qa_app.domain.sampling import ExcludedBecause, StratumBy
from qa_app.programme import queries, services
from qa_app.programme.models import Cycle, Draw
from qa_app.standards.models import ToolVersion


class _Month(click.ParamType[Month]):
    """A month written 2023-05."""

    name = "month"

    def convert(self, value: Any, param: Any, ctx: Any) -> Month:
        """The month, or a usage error in plain words (exit 2)."""
        try:
            return value if isinstance(value, Month) else Month.parse(value)
        except DomainError as error:
            self.fail(f"{error.message}, not “{value}”.", param, ctx)


class _Fixed(click.ParamType[tuple[str, int]]):
    """A stratum with its number, written NAME=n; the name may hold an equals sign."""

    name = "name=n"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, int]:
        """(name, number), or a usage error (exit 2)."""
        if isinstance(value, tuple):
            return value
        name, equals, number = value.rpartition("=")
        if not equals or not name.strip() or not number.strip().isdecimal():
            self.fail(f"“{value}”: write it as 'NAME=n', like 'CIN Team North=3'.", param, ctx)
        return name.strip(), int(number)


@click.command("draw")
@click.option("--cycle", "month", type=_Month(), required=True, help="The month, as 2023-05.")
@click.option("--tool", "code", default="core", show_default=True, help="The audit tool’s code.")
@click.option("--size", type=click.IntRange(min=1), help="How many cases.")
@click.option(
    "--by",
    type=click.Choice([each.value for each in StratumBy]),
    default=StratumBy.TEAM.value,
    show_default=True,
    help="What the draw is stratified by.",
)
@click.option("--fixed", type=_Fixed(), multiple=True, help="A fixed number of a stratum.")
@click.option("--seed", default="", help="Leave it out for a random one, which is recorded.")
@click.option("--as-at", type=Day(), help="The list’s date (the newest import’s unless said).")
@click.option("--dry-run", is_flag=True, help="Draw, print it, and store nothing.")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
@with_appcontext
def draw(
    month: Month,
    code: str,
    size: int | None,
    by: str,
    fixed: tuple[tuple[str, int], ...],
    seed: str,
    as_at: date | None,
    dry_run: bool,
    style: str,
) -> None:
    """Draw the cases of a month’s audits at random, stratified, from a recorded seed.

    The same list of cases, rules and seed give the same draw for ever. A dry run needs no planned
    month. Ends with 1 where there is nothing to draw from.
    """
    asked = services.Asked(size, StratumBy(by), dict(fixed) or None, seed, as_at)
    try:
        told, made = _drawn(month, code, asked, dry_run)
    except DomainError as error:
        raise click.ClickException(f"{error.message.rstrip('.')}.") from error
    if style == "json":
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for line in _as_text(told):
        click.echo(line)
    click.echo("Nothing was stored." if made is None else f"Stored as draw {made}.")


def _drawn(
    month: Month, code: str, asked: services.Asked, dry_run: bool
) -> tuple[dict[str, Any], str | None]:
    tool, at = _tool(code), now()
    if dry_run:
        return services.work_out(month, tool, asked, at=at).to_json(), None
    with saving():
        made = services.make_draw(_cycle(month), tool, asked, by=None, at=at)
        return queries.draw_json(made), made.reference


def _tool(code: str) -> ToolVersion:
    tools = {tool.code: tool for tool in queries.tools_to_draw()}
    if code not in tools:
        raise DomainError(
            f"No published audit tool has the code “{code}”. There are: " + ", ".join(sorted(tools))
        )
    return tools[code]


def _cycle(month: Month) -> Cycle:
    cycle = db.session.scalars(select(Cycle).where(Cycle.month == month.first)).one_or_none()
    if cycle is None:
        raise DomainError(
            f"{month.words} is not planned yet. Plan the year’s months on the programme’s pages "
            "first, or add --dry-run to draw without storing anything"
        )
    return cycle


def _as_text(told: dict[str, Any]) -> list[str]:
    rules = told["rules"]
    lines = [
        (
            f"{len(told['drawn'])} of {rules['size']} cases drawn for {rules['cycle']} with tool "
            f"{rules['tool']} (version {rules['tool_version']}), seed {rules['seed']}."
        ),
        f"List of cases as at {rules['as_at']}, hash {told['frame_hash']}.",
        "",
        f"{rules['by']:<40}{'in list':>9}{'free':>7}{'wanted':>8}{'drawn':>7}{'reserves':>10}",
    ]
    for each in told["strata"]:
        lines.append(
            f"{each['stratum']:<40}{each['in_frame']:>9}{each['may_be_drawn']:>7}"
            f"{each['wanted']:>8}{each['drawn']:>7}{each['reserves']:>10}"
        )
    lines += ["", "Drawn, in order: " + ", ".join(told["drawn"]), ""]
    for name, references in told["reserves"].items():
        lines.append(f"Reserves of {name}: " + (", ".join(references) or "none"))
    lines.append("")
    for each in told["exclusions"]:
        words = ExcludedBecause(each["reason"]).words
        lines.append(f"Left out ({each['rule']}): {words}: {each['count']}")
    return lines


@click.command("redraw")
@click.argument("number_or_id")
@click.option("--format", "style", type=click.Choice(["text", "json"]), default="text")
@with_appcontext
def redraw(number_or_id: str, style: str) -> None:
    """Draw an old draw again from what was stored with it, and say whether it is the same.

    NUMBER_OR_ID is 3, D-0003 or the draw’s id. Ends with 0 where everything is equal: list,
    hash, rules, cases in order, reserves, numbers and exclusions; with 1 where anything differs.
    """
    made = queries.draw_named(number_or_id)
    if made is None:
        raise click.ClickException(f"There is no draw “{number_or_id}”.")
    proof = services.prove(made)
    if style == "json":
        click.echo(json.dumps(_proof_json(made, proof), ensure_ascii=False, indent=1))
    else:
        click.echo(f"Draw {made.reference}: {'equal' if proof.equal else 'NOT equal'}.")
        for difference in proof.differences:
            click.echo(f"- {difference}")
    if not proof.equal:
        raise click.exceptions.Exit(1)


def _proof_json(made: Draw, proof: services.Proof) -> dict[str, Any]:
    return {
        "draw": made.reference,
        "equal": proof.equal,
        "differences": list(proof.differences),
        "again": proof.again,
    }
