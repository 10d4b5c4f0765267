"""What was expected in each cycle, what was due and what was done (P4, MTM-2)."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from qa_app.accounts.models import COUNTED_AUDITORS, Post
from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.calendar import Month
from qa_app.programme.models import Cycle, Exemption, Expectation
from qa_app.standards.models import ToolVersion


@dataclass
class Completion:
    """One cycle's figures. Those named `other_…` are of auditors that MTM-2 prints beside.

    `exempted` are exemptions granted up to the cycle's due date, so that due = expected − exempted;
    `exempted_late` those granted after it, which change nothing (P4). `done` counts due audits
    completed by the month's last day, `late` those completed after it. `done_audit_ids` are the
    audits that `done` counts, in the order of completion.
    """

    expected: int = 0
    exempted: int = 0
    exempted_late: int = 0
    due: int = 0
    done: int = 0
    late: int = 0
    done_audit_ids: list[UUID] = field(default_factory=list)
    late_audit_ids: list[UUID] = field(default_factory=list)
    other_expected: int = 0
    other_exempted: int = 0
    other_due: int = 0
    other_done: int = 0
    other_late: int = 0
    other_done_audit_ids: list[UUID] = field(default_factory=list)


class _Key(NamedTuple):
    month: date
    person_id: UUID | None
    counted: bool


def completion(
    first_month: date, last_month: date, *, of_posts: ColumnElement[bool] | None = None
) -> dict[date, Completion]:
    """What was due and done in each cycle from one month to another, both included (two queries).

    Keys are the months' first days; a month without a cycle is there with zeros. An audit counts
    as done as far as its auditor's due number reaches: one done in spite of an exemption was not
    due, and stands in no figure here (MTM-1 has it). With `of_posts`, a condition on Post,
    only what is expected of such posts is counted, and the audits of their holders.
    """
    months = Month.range(Month.of(first_month), Month.of(last_month))
    found = {month.first: Completion() for month in months}
    if not found:
        return found
    between = (months[0].first, months[-1].first)
    which: ColumnElement[bool] = Cycle.month.between(*between)
    if of_posts is not None:
        which &= Expectation.post_id.in_(select(Post.id).where(of_posts))
    due = _add_expectations(found, which)
    _add_audits(found, between, due)
    return found


def _add_expectations(found: dict[date, Completion], which: ColumnElement[bool]) -> dict[_Key, int]:
    due: dict[_Key, int] = defaultdict(int)
    for row in db.session.execute(_expectations(which)):
        counted = row.post_kind in COUNTED_AUDITORS
        exempted = min(row.exempted or 0, row.number)
        each = found[row.month]
        due[_Key(row.month, row.person_id, counted)] += row.number - exempted
        if counted:
            each.expected += row.number
            each.exempted += exempted
            each.exempted_late += row.all_exempted or 0
            each.exempted_late -= row.exempted or 0
            each.due += row.number - exempted
        else:
            each.other_expected += row.number
            each.other_exempted += exempted
            each.other_due += row.number - exempted
    return due


def _expectations(which: ColumnElement[bool]):  # type: ignore[no-untyped-def]  # a SQL expression
    in_time = func.sum(Exemption.number).filter(Exemption.granted_on <= Cycle.due_on)
    return (
        select(
            Cycle.month,
            Expectation.person_id,
            Expectation.post_kind,
            Expectation.number,
            in_time.label("exempted"),
            func.sum(Exemption.number).label("all_exempted"),
        )
        .join(Cycle, Cycle.id == Expectation.cycle_id)
        .outerjoin(Exemption, Exemption.expectation_id == Expectation.id)
        .where(which)
        .group_by(Expectation.id, Cycle.id)
    )


def _add_audits(
    found: dict[date, Completion], between: tuple[date, date], due: dict[_Key, int]
) -> None:
    for audit in db.session.execute(_completed(between)):
        counted = audit.auditor_post in COUNTED_AUDITORS
        key = _Key(audit.cycle_month, audit.auditor_id, counted)
        if due[key] <= 0:
            continue
        due[key] -= 1
        in_time = audit.completed_on <= Month.of(audit.cycle_month).last
        _count(found[audit.cycle_month], audit.id, counted, in_time)


def _count(each: Completion, audit_id: UUID, counted: bool, in_time: bool) -> None:
    if counted and in_time:
        each.done += 1
        each.done_audit_ids.append(audit_id)
    elif counted:
        each.late += 1
        each.late_audit_ids.append(audit_id)
    elif in_time:
        each.other_done += 1
        each.other_done_audit_ids.append(audit_id)
    else:
        each.other_late += 1


def _completed(between: tuple[date, date]):  # type: ignore[no-untyped-def]  # a SQL expression
    return (
        select(
            Audit.id, Audit.cycle_month, Audit.auditor_id, Audit.auditor_post, Audit.completed_on
        )
        .join(ToolVersion, ToolVersion.id == Audit.tool_version_id)
        .where(
            Audit.cycle_month.between(*between),
            Audit.completed_on.is_not(None),
            ToolVersion.counts_in_mtm,
        )
        .order_by(Audit.completed_on, Audit.submitted_at, Audit.id)
    )


def newest_cycles(limit: int = 24) -> list[Cycle]:
    """The cycles, newest first."""
    query = select(Cycle).order_by(Cycle.month.desc()).limit(limit)
    return list(db.session.scalars(query))
