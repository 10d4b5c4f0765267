"""Facts of cycles: what was due from the posts of each kind in each unit, and done (P4)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from qa_app.accounts.models import COUNTED_AUDITORS, PostKind
from qa_app.domain.calendar import Month
from qa_app.reports.facts import CycleFact
from qa_app.reports.queries.factual.onestatement import Rows
from qa_app.reports.queries.factual.units import Units


class _Key(NamedTuple):
    month: Month
    post: PostKind
    service: str
    unit: str


class _Auditor(NamedTuple):
    month: date
    person: UUID | None
    counted: bool


@dataclass
class _Cycle:
    """What is added up for one fact."""

    expected: int = 0
    exempted: int = 0
    exempted_late: int = 0
    done: list[UUID] = field(default_factory=list)
    late: int = 0


def cycle_facts(rows: Rows, units: Units) -> tuple[CycleFact, ...]:
    """What was due and done of posts of one kind in one unit, by month, kind, service and unit.

    An audit counts as done as far as its auditor's due number reaches (programme.completion); the
    post it is counted under is the auditor's own of that kind, where they have several.
    """
    cycles: dict[_Key, _Cycle] = defaultdict(_Cycle)
    due: dict[_Auditor, list[_Key]] = defaultdict(list)
    for row in sorted(rows["expected"], key=lambda row: row.id):
        service, unit = units.service(row.team_id), units.name(row.team_id)
        key = _Key(Month.of(row.month), row.post_kind, service, unit)
        exempted = min(row.in_time, row.number)
        cycle = cycles[key]
        cycle.expected += row.number
        cycle.exempted += exempted
        cycle.exempted_late += row.exempted - row.in_time
        auditor = _Auditor(row.month, row.person_id, row.post_kind in COUNTED_AUDITORS)
        due[auditor] += [key] * (row.number - exempted)
    _add_audits(rows, cycles, due)
    moderated = {row.audit_id for row in rows["moderation"]}
    return tuple(_fact(key, cycles[key], moderated) for key in sorted(cycles))


def _add_audits(rows: Rows, cycles: dict[_Key, _Cycle], due: dict[_Auditor, list[_Key]]) -> None:
    for row in sorted(rows["done"], key=_when):
        post: PostKind = row.auditor_post
        left = due[_Auditor(row.cycle_month, row.auditor_id, post in COUNTED_AUDITORS)]
        if not left:
            continue
        key = next((each for each in left if each.post is post), left[0])
        left.remove(key)
        if row.completed_on <= Month.of(row.cycle_month).last:
            cycles[key].done.append(row.id)
        else:
            cycles[key].late += 1


def _when(row: Any) -> tuple[date, bool, datetime | None, UUID]:
    return row.completed_on, row.submitted_at is None, row.submitted_at, row.id


def _fact(key: _Key, cycle: _Cycle, moderated: Collection[UUID]) -> CycleFact:
    return CycleFact(
        month=key.month,
        post=key.post,
        counted=key.post in COUNTED_AUDITORS,
        unit=key.unit,
        service=key.service,
        expected=cycle.expected,
        exempted=cycle.exempted,
        exempted_late=cycle.exempted_late,
        due=cycle.expected - cycle.exempted,
        done=tuple(cycle.done),
        late=cycle.late,
        moderated=tuple(audit for audit in cycle.done if audit in moderated),
    )
