"""Making a draw for a cycle or a batch, and discarding one (S1 to S4). No draw is ever deleted."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from qa_app import history
from qa_app.database import db, next_number
from qa_app.domain.errors import DomainError
from qa_app.domain.sampling import FrameCase, StratumBy
from qa_app.domain.workflow import AuditState
from qa_app.programme.models import (
    Batch,
    CaseFate,
    Cycle,
    Draw,
    DrawnCase,
    DrawState,
    Frame,
)
from qa_app.programme.queries import earlier, frames
from qa_app.programme.services.batches import refuse_closed_batch
from qa_app.programme.services.cycles import lock, refuse_closed
from qa_app.programme.services.working_out import Asked, WorkedOut, work_out
from qa_app.standards.models import ToolVersion, ToolVersionState


class ToolRefused(DomainError):
    """A tool that is not published, or not the batch's own."""


class DrawStanding(DomainError):
    """Another draw for the same cycle and tool stands."""


class CannotDiscard(DomainError):
    """A draw that was discarded before, or whose audits are with their auditors."""


def make_draw(
    of: Cycle | Batch, tool: ToolVersion, asked: Asked, *, by: UUID | None, at: datetime
) -> Draw:
    """Draw for a cycle or a batch, and store the draw with its frame, rules and facts (S1, S2).

    A second draw for the same cycle and tool is refused (DrawStanding) until the first one is
    discarded with a reason: whoever tries seeds until one pleases is seen. Raises CycleClosed,
    BatchClosed and ToolRefused, and what `work_out` raises.
    """
    _lock(of)
    _refuse_tool(of, tool)
    _refuse_second(of, tool)
    done = work_out(of, tool, asked, at=at)
    made = Draw(
        number=next_number("draw"),
        cycle_id=of.id if isinstance(of, Cycle) else None,
        batch_id=of.id if isinstance(of, Batch) else None,
        tool_version_id=tool.id,
        frame=_kept(done, tool, at),
        seed=done.rules["seed"],
        seed_given=done.rules["seed_given"],
        size=done.rules["size"],
        rules=done.rules,
        facts=done.facts.to_json(),
        strata=done.to_json()["strata"],
        exclusions=done.to_json()["exclusions"],
        state=DrawState.MADE,
        made_by=by,
        made_at=at,
        cases=_rows(done),
    )
    db.session.add(made)
    db.session.flush()
    history.record(
        "draw_made", made, by=by, at=at, size=made.size, seed=made.seed,
        frame=made.frame.hash, seal=done.seal,
    )  # fmt: skip
    return made


def _lock(of: Cycle | Batch) -> None:
    """Hold the cycle or batch, so that of two who draw at once the second sees the first's."""
    lock(of)
    if isinstance(of, Batch):
        refuse_closed_batch(of)
    else:
        refuse_closed(of)


def _refuse_tool(of: Cycle | Batch, tool: ToolVersion) -> None:
    if tool.state is not ToolVersionState.PUBLISHED:
        raise ToolRefused("Choose a tool that is published", "tool")
    if isinstance(of, Batch) and of.tool_code != tool.code:
        raise ToolRefused(f"“{of.name}” is audited with the tool “{of.tool_code}”", "tool")


def _refuse_second(of: Cycle | Batch, tool: ToolVersion) -> None:
    same = Draw.batch_id == of.id if isinstance(of, Batch) else Draw.cycle_id == of.id
    query = (
        select(Draw)
        .join(ToolVersion, ToolVersion.id == Draw.tool_version_id)
        .where(same, ToolVersion.code == tool.code, Draw.state.in_(earlier.STANDING))
    )
    standing = db.session.scalars(query.limit(1)).first()
    if standing is not None:
        raise DrawStanding(
            f"Draw {standing.reference} was made with this tool already. Use it, or discard it "
            "with a reason before you draw again"
        )


def _kept(done: WorkedOut, tool: ToolVersion, at: datetime) -> Frame:
    """The row of this list: the same list has one, however often it is drawn from."""
    same = select(Frame).where(Frame.hash == done.frame_hash)
    known = db.session.scalars(same).one_or_none()
    if known is not None:
        return known
    frame = Frame(
        hash=done.frame_hash,
        kind=tool.frame,
        as_at=done.listed.as_at,
        size=len(done.listed.cases),
        content=[list(case) for case in done.listed.cases],
        made_at=at,
    )
    try:
        with db.session.begin_nested():
            db.session.add(frame)
    except IntegrityError:
        # Somebody else drew from the same list a moment ago.
        return db.session.scalars(same).one()
    return frame


def _rows(done: WorkedOut) -> list[DrawnCase]:
    by = StratumBy(done.rules["by"])
    places: list[tuple[int, str, bool, FrameCase]] = [
        (n, case.stratum(by), False, case) for n, case in enumerate(done.result.drawn, start=1)
    ]
    for name, cases in done.result.reserves.items():
        places += [(n, name, True, case) for n, case in enumerate(cases, start=1)]
    ids = frames.case_ids(case.reference for *_, case in places)
    return [
        DrawnCase(
            position=position,
            stratum=stratum,
            is_reserve=reserve,
            fate=CaseFate.RESERVE if reserve else CaseFate.DRAWN,
            case_id=ids[case.reference],
            case_reference=case.reference,
        )
        for position, stratum, reserve, case in places
    ]


def discard(made: Draw, reason: str, *, by: UUID, at: datetime) -> Draw:
    """Discard a draw with a reason; it stays to be seen. Raises CannotDiscard.

    One whose audits were given is discarded only after they were withdrawn.
    """
    lock(made)
    if made.state is DrawState.DISCARDED:
        raise CannotDiscard(f"Draw {made.reference} was discarded before")
    if not reason.strip():
        raise CannotDiscard("Enter why the draw is discarded", "reason")
    given = [each.audit for each in made.cases if each.audit is not None]
    still = [audit.reference for audit in given if audit.state is not AuditState.WITHDRAWN]
    if still:
        raise CannotDiscard(
            f"{len(still)} of its cases are being audited ({', '.join(still[:3])}"
            f"{', …' if len(still) > 3 else ''}). Ask for other cases in their place instead"
        )
    made.state, made.discarded_because = DrawState.DISCARDED, reason.strip()
    made.discarded_by, made.discarded_at = by, at
    db.session.flush()
    history.record("draw_discarded", made, by=by, at=at)
    return made
