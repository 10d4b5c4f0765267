"""The next reserve of a stratum that is still fit to be audited (S3, S4)."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from qa_app.cases.models import Case
from qa_app.database import db
from qa_app.domain.sampling import ExcludedBecause
from qa_app.programme.models import CaseFate, Draw, DrawnCase
from qa_app.programme.queries import earlier, frames
from qa_app.standards.models import FrameKind


class PassedOver(NamedTuple):
    """A reserve that was not fit when its turn came."""

    drawn: DrawnCase
    because: ExcludedBecause


class NextReserve(NamedTuple):
    """The reserve to take, or None, and those before it that are not fit."""

    taken: DrawnCase | None
    passed_over: list[PassedOver]


def next_reserve(replaced: DrawnCase, today: date) -> NextReserve:
    """The next reserve in drawn order that is still fit (S3, S4; four queries).

    One whose social worker has enough cases in the cycle is taken only where there is no other.
    """
    reserves = reserves_of(replaced)
    reasons = _unfit(replaced, reserves, today)
    worker = ExcludedBecause.WORKER_HAS_ENOUGH
    for second_best in (None, worker):
        passed: list[PassedOver] = []
        for reserve in reserves:
            because = reasons.get(reserve.id)
            if because is None or because is second_best:
                return NextReserve(reserve, passed)
            passed.append(PassedOver(reserve, because))
    return NextReserve(None, [PassedOver(each, reasons[each.id]) for each in reserves])


def reserves_of(replaced: DrawnCase) -> list[DrawnCase]:
    """The reserves of its stratum that were not taken yet, in drawn order (one query)."""
    query = (
        select(DrawnCase)
        .where(
            DrawnCase.draw_id == replaced.draw_id,
            DrawnCase.stratum == replaced.stratum,
            DrawnCase.fate == CaseFate.RESERVE,
        )
        .order_by(DrawnCase.position)
        .options(joinedload(DrawnCase.case).joinedload(Case.worker))
    )
    return list(db.session.scalars(query))


def _unfit(
    replaced: DrawnCase, reserves: Iterable[DrawnCase], today: date
) -> dict[UUID, ExcludedBecause]:
    draw, rules = replaced.draw, replaced.draw.rules
    cases = {each.id: each.case for each in reserves}
    lately = earlier.audited_lately(
        draw.tool_version,
        today,
        rules["not_audited_again_within_months"],
        references=[case.reference for case in cases.values()],
    )
    cycle = earlier.in_cycle(_going(draw), besides=replaced.case_reference)
    found: dict[UUID, ExcludedBecause] = {}
    for drawn_id, case in cases.items():
        closed = case.closed_on is not None and case.closed_on <= today
        worker = frames.worker_of(case.worker)
        limit = rules["cases_of_one_worker"]
        if closed and rules["frame"] != FrameKind.RECENTLY_CLOSED:
            found[drawn_id] = ExcludedBecause.CLOSED
        elif case.reference in lately:
            found[drawn_id] = ExcludedBecause.AUDITED_LATELY
        elif cycle.holds(case):
            found[drawn_id] = ExcludedBecause.FAMILY_IN_CYCLE
        elif limit and worker and cycle.workers[worker] >= limit:
            found[drawn_id] = ExcludedBecause.WORKER_HAS_ENOUGH
    return found


def _going(draw: Draw) -> earlier.Going:
    month = draw.cycle.month if draw.cycle is not None else None
    return earlier.Going(month=month, batch_id=draw.batch_id)


def none_left(drawn: DrawnCase, passed: Iterable[PassedOver] = ()) -> str:
    """No reserve can be taken: what was not fit about each, and what to do."""
    why = "; ".join(f"{each.drawn.case_reference}: {each.because.words.lower()}" for each in passed)
    return (
        f"No reserve of “{drawn.stratum}” is left{f' ({why})' if why else ''}. "
        "The case stays in the draw. Say in the report that it could not be audited, or discard "
        "the draw and draw again."
    )
