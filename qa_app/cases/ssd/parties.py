"""Everybody who was something to a child, so that nobody audits their own work (S6)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from qa_app.cases.ssd.derive import PRECEDENCE, Child
from qa_app.cases.ssd.rows import Involved, PeriodRow
from qa_app.cases.ssd.tables import REFERRALS


@dataclass(frozen=True, slots=True)
class ExtractInvolvement:
    """Who was what to a case. `id` is the case system's, or made from the row that says it."""

    id: str
    case: str
    professional: str
    role: Involved
    team: str | None
    started_on: date
    ended_on: date | None


def involvements_of(reference: str, child: Child, since: date) -> Iterator[ExtractInvolvement]:
    """Everybody who was something to the child (S6): as recorded, and as plans and referrals say.

    A referral's worker took the decision at the threshold on its date. A worker named by a plan, an
    episode or a care leaver record (which has no start: from `since`) counts for its time, unless
    an involvement of theirs as worker is recorded. Parts that are none of the rule's are left out.
    """
    recorded = {row.worker for row in child.involved if row.role in _WORKED}
    for row in sorted(child.involved, key=lambda row: row.id):
        if row.role is not Involved.OTHER:
            yield from _involvement(row.id, reference, row, row.worker, row.role, since)
    for rank, row in sorted(child.periods, key=lambda item: (item[0], item[1].id)):
        table = PRECEDENCE[rank][0]
        name = f"{table.columns[0].name[:4]}:{row.id}"[:39]
        if table is REFERRALS:
            decided = row._replace(end=row.start)
            role = Involved.DECISION_MAKER
            yield from _involvement(name, reference, decided, row.worker, role, since)
            continue
        if row.worker not in recorded:
            yield from _involvement(name, reference, row, row.worker, Involved.WORKER, since)
        if row.adviser not in {*recorded, row.worker}:
            role = Involved.PERSONAL_ADVISER
            yield from _involvement(f"{name}+", reference, row, row.adviser, role, since)


_WORKED = (Involved.WORKER, Involved.PERSONAL_ADVISER)


def _involvement(
    name: str, case: str, row: PeriodRow, person: str | None, role: Involved, since: date
) -> Iterator[ExtractInvolvement]:
    """One involvement, if somebody is named. A made name holds ":", which no recorded one can."""
    if person is not None:
        start = row.start or since
        yield ExtractInvolvement(name, case, person, role, row.team, start, row.end)
