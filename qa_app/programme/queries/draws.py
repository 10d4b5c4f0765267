"""Reading draws, their cases and their replacements, as pages show them."""

from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import defer, joinedload

from qa_app import history
from qa_app.accounts.queries import names
from qa_app.audits.models import Audit
from qa_app.cases.models import Case
from qa_app.database import db
from qa_app.domain.calendar import Month
from qa_app.domain.sampling import ExcludedBecause
from qa_app.programme.models import (
    Batch,
    Cycle,
    CycleState,
    Draw,
    DrawnCase,
    DrawState,
    Substitution,
    SubstitutionState,
)

SHOWN = 200
COMMAND_LINE = "the command line"


class DrawRow(NamedTuple):
    """A draw in a list: what for, with which tool, how many were drawn, and by whom."""

    draw: Draw
    what_for: str
    tool: str
    drawn: int
    made_by: str
    discarded_by: str


class Happening(NamedTuple):
    """One entry of a draw's timeline."""

    sentence: str
    at: Any
    who: str


def what_for(draw: Draw) -> str:
    """The month of its cycle, or the name of its batch."""
    if draw.cycle is not None:
        return Month.of(draw.cycle.month).words
    return draw.batch.name if draw.batch is not None else ""


def _with_what_for() -> Select[Draw]:
    return select(Draw).options(
        joinedload(Draw.cycle), joinedload(Draw.batch), joinedload(Draw.tool_version)
    )


def _in_a_list() -> Select[Draw]:
    # What makes a draw large stays where it is.
    return _with_what_for().options(
        defer(Draw.facts), defer(Draw.exclusions), defer(Draw.allocation)
    )


def draw_of(draw_id: UUID) -> Draw | None:
    """One draw with its cycle or batch, its tool and its list (one query)."""
    query = _with_what_for().options(joinedload(Draw.frame)).where(Draw.id == draw_id)
    return db.session.scalars(query).one_or_none()


def draw_named(text: str) -> Draw | None:
    """The draw of a number ("3" or "D-0003") or an id; None where there is none."""
    number = text.strip().upper().removeprefix("D-")
    if number.isascii() and number.isdigit() and len(number) < 10:
        return db.session.scalars(select(Draw).where(Draw.number == int(number))).one_or_none()
    try:
        return db.session.get(Draw, UUID(text.strip()))
    except ValueError:
        return None


def draw_rows(limit: int = SHOWN) -> list[DrawRow]:
    """Every draw that was ever made, newest first, also those not used (two queries)."""
    query = _in_a_list().order_by(Draw.number.desc()).limit(limit)
    return _as_rows(list(db.session.scalars(query)))


def draws_beside(draw: Draw) -> list[DrawRow]:
    """The other draws of the same cycle or batch, newest first (two queries)."""
    same = (
        Draw.cycle_id == draw.cycle_id
        if draw.cycle_id is not None
        else Draw.batch_id == draw.batch_id
    )
    query = _in_a_list().where(same, Draw.id != draw.id).order_by(Draw.number.desc())
    return _as_rows(list(db.session.scalars(query.limit(SHOWN))))


def _as_rows(draws: list[Draw]) -> list[DrawRow]:
    who = names([draw.made_by for draw in draws] + [draw.discarded_by for draw in draws])
    return [
        DrawRow(
            draw,
            what_for(draw),
            draw.tool_version.name,
            sum(stratum["drawn"] for stratum in draw.strata),
            who[draw.made_by] if draw.made_by else COMMAND_LINE,
            who[draw.discarded_by] if draw.discarded_by else "",
        )
        for draw in draws
    ]


def cases_of(draw: Draw) -> list[DrawnCase]:
    """The cases and reserves of a draw, each with its case, team and audit (two queries)."""
    query = (
        select(DrawnCase)
        .where(DrawnCase.draw_id == draw.id)
        .order_by(DrawnCase.is_reserve, DrawnCase.stratum, DrawnCase.position)
        .options(
            joinedload(DrawnCase.case).joinedload(Case.team),
            joinedload(DrawnCase.audit).selectinload(Audit.parties),
        )
    )
    return list(db.session.scalars(query))


def drawn_case_of(draw_id: UUID, drawn_id: UUID) -> DrawnCase | None:
    """One case of a draw, with what a page shows of it."""
    query = (
        select(DrawnCase)
        .where(DrawnCase.id == drawn_id, DrawnCase.draw_id == draw_id)
        .options(
            joinedload(DrawnCase.draw),
            joinedload(DrawnCase.case).joinedload(Case.team),
            joinedload(DrawnCase.audit),
        )
    )
    return db.session.scalars(query).one_or_none()


def as_drawn(draw: Draw) -> tuple[list[str], dict[str, list[str]]]:
    """What was drawn, and the reserves by stratum, as they were before any replacement.

    A reserve that was taken, and perhaps replaced in its turn, is still told by its substitution.
    """
    taken = set(
        db.session.scalars(
            select(Substitution.reserve_id)
            .join(DrawnCase, DrawnCase.id == Substitution.reserve_id)
            .where(DrawnCase.draw_id == draw.id)
        )
    )
    rows = db.session.execute(
        select(DrawnCase.id, DrawnCase.is_reserve, DrawnCase.stratum, DrawnCase.case_reference)
        .where(DrawnCase.draw_id == draw.id)
        .order_by(DrawnCase.position)
    ).all()
    reserves: dict[str, list[str]] = {each["stratum"]: [] for each in draw.strata if each["wanted"]}
    for row in rows:
        if row.is_reserve or row.id in taken:
            reserves.setdefault(row.stratum, []).append(row.case_reference)
    drawn = [row.case_reference for row in rows if not row.is_reserve and row.id not in taken]
    return drawn, reserves


def draw_json(draw: Draw) -> dict[str, Any]:
    """A stored draw as it was made: frame_hash, rules, strata, drawn, reserves, exclusions."""
    drawn, reserves = as_drawn(draw)
    return {
        "frame_hash": draw.frame.hash,
        "rules": draw.rules,
        "strata": draw.strata,
        "drawn": drawn,
        "reserves": reserves,
        "exclusions": draw.exclusions,
    }


def substitutions_of(draw: Draw) -> list[Substitution]:
    """What was asked for in place of cases of a draw, oldest first (one query)."""
    query = _substitutions().join(DrawnCase, DrawnCase.id == Substitution.replaced_id)
    query = query.where(DrawnCase.draw_id == draw.id).order_by(Substitution.asked_at)
    return list(db.session.scalars(query))


def substitutions(limit: int = SHOWN) -> list[Substitution]:
    """The replacements of draws that stand: those that wait first, then newest first."""
    waiting = Substitution.state == SubstitutionState.ASKED
    query = (
        _substitutions()
        .join(DrawnCase, DrawnCase.id == Substitution.replaced_id)
        .join(Draw, Draw.id == DrawnCase.draw_id)
        .where(or_(~waiting, Draw.state != DrawState.DISCARDED))
        .order_by(waiting.desc(), Substitution.asked_at.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


def _substitutions() -> Select[Substitution]:
    replaced = joinedload(Substitution.replaced)
    return select(Substitution).options(
        replaced.joinedload(DrawnCase.case).joinedload(Case.team),
        replaced.joinedload(DrawnCase.draw).joinedload(Draw.cycle),
        replaced.joinedload(DrawnCase.draw).joinedload(Draw.batch),
        joinedload(Substitution.reserve).joinedload(DrawnCase.case),
        joinedload(Substitution.asker),
        joinedload(Substitution.decider),
    )


def story_of(draw: Draw) -> list[Happening]:
    """What has happened to a draw, newest first (two queries)."""
    events = history.timeline(subject_id=draw.id)
    who = names([event.actor_id for event in events])
    return [
        Happening(
            event.sentence,
            event.at,
            who.get(event.actor_id, "") if event.actor_id else COMMAND_LINE,
        )
        for event in events
    ]


def passed_over(substitution: Substitution) -> list[tuple[str, ExcludedBecause]]:
    """The reserves before the one taken, which were not fit: reference and reason (two queries)."""
    approved = select(history.Event.details).where(
        history.Event.subject_id == substitution.replaced.draw_id,
        history.Event.verb == "substitution_approved",
    )
    told: dict[str, str] = {}
    for details in db.session.scalars(approved):
        if details["substitution"] == str(substitution.id):
            told = dict(each.split(":") for each in details["passed_over"])
    rows = db.session.execute(
        select(DrawnCase.id, DrawnCase.case_reference)
        .where(DrawnCase.id.in_([UUID(drawn_id) for drawn_id in told]))
        .order_by(DrawnCase.position)
    )
    return [(row.case_reference, ExcludedBecause(told[str(row.id)])) for row in rows]


def to_draw_for() -> list[tuple[Cycle | Batch, str]]:
    """The months and batches that are not closed, with their names (two queries)."""
    cycles = select(Cycle).where(Cycle.state != CycleState.CLOSED).order_by(Cycle.month)
    batches = select(Batch).where(Batch.closed_at.is_(None)).order_by(Batch.starts_on, Batch.name)
    found: list[tuple[Cycle | Batch, str]] = [
        (cycle, Month.of(cycle.month).words) for cycle in db.session.scalars(cycles)
    ]
    return found + [(batch, batch.name) for batch in db.session.scalars(batches)]
