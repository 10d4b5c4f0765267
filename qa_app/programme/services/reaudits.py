"""Giving a case to be audited again into a month's cycle, and telling QA leads of what is due
(E2, E8)."""

from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from qa_app.accounts.models import Person
from qa_app.accounts.queries import actor, people_with, posts_held
from qa_app.audits.models import Audit
from qa_app.audits.queries.lists import may_read
from qa_app.audits.queries.reaudits import ReAuditRow, owed
from qa_app.audits.services import reaudits as audits
from qa_app.domain.calendar import add_months, date_words, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Role
from qa_app.domain.reaudits import ReAuditState
from qa_app.notify import services as notify
from qa_app.programme.models import Cycle
from qa_app.programme.services.cycles import ensure_cycle
from qa_app.programme.services.giving import NoPost, expect_it, refuse_second

RE_AUDITS = "/programme/re-audits"
_LATEST = 12  # months: a case is audited again while it is remembered what was found


class DayRefused(DomainError):
    """A re-audit is due on a day that is over, or years away."""


def give_re_audit(first: Audit, auditor: Person, due_on: date, *, by: UUID, at: datetime) -> Audit:
    """Give the case of an Inadequate audit to another auditor, in the cycle of the month in which
    it is to be done, due on its last working day at the latest (P1, E8).

    What is expected of the auditor in that month covers it (P4). Raises DayRefused, NoPost,
    CycleClosed, BeingAudited, and what `audits.services.reaudits.give_again` raises.
    """
    today = london_date(at)
    if due_on < today:
        raise DayRefused("Enter today’s date or a later one", "due_on")
    if due_on > add_months(today, _LATEST):
        raise DayRefused("Enter a date within a year from today", "due_on")
    posts = posts_held(auditor.id, today)
    if not posts:
        raise NoPost(f"{auditor.name} holds no post today. Choose another auditor", "auditor")
    cycle = ensure_cycle(due_on, by, at)
    if first.case is not None:
        refuse_second(first.case, besides=first)
    audit = audits.give_again(
        first,
        auditor,
        posts[0].kind,
        due_on=_in_cycle(due_on, cycle, today),
        cycle_month=cycle.month,
        by=by,
        at=at,
    )
    if audit.tool_version is not None and audit.tool_version.counts_in_mtm:
        expect_it(cycle, posts[0], auditor, by, at)
    return audit


def _in_cycle(due_on: date, cycle: Cycle, today: date) -> date:
    """A day after the month's last working day is that day, unless it is over."""
    return cycle.due_on if today <= cycle.due_on < due_on else due_on


class Told(NamedTuple):
    """How many notices were promised: of what is due soon, and of what is late."""

    due: int = 0
    late: int = 0


def remind_of_re_audits(at: datetime) -> Told:
    """Tell each QA lead once of a re-audit that is due soon and not given, and once when late.

    A notice's key is the proof that it was promised: this may run as often as anybody likes, on any
    number of machines. After a stretch in which nothing ran, what is late by then is told as late
    alone.
    """
    today = london_date(at)
    counts = {ReAuditState.DUE: 0, ReAuditState.LATE: 0}
    for lead in people_with(Role.QA_LEAD, today):
        # E1, M3: what they may not read they are not told of.
        rows = owed(today, may_read(actor(lead.id, today)))
        for state in counts:
            wanted = [_notice(row, lead) for row in rows if row.state is state]
            counts[state] += notify.queue_many(wanted, at)
    return Told(counts[ReAuditState.DUE], counts[ReAuditState.LATE])


def _notice(row: ReAuditRow, lead: Person) -> notify.Message:
    day, reference = date_words(row.due_on), row.first.reference
    late = row.state is ReAuditState.LATE
    return notify.Message(
        lead.id,
        lead.email,
        f"The re-audit of {reference} {'is late' if late else f'is due by {day}'}",
        f"The case of audit {reference} {'was' if late else 'is'} to be audited again by {day}, by "
        "another auditor, and nobody has been given it yet. Give it to somebody, or call it off "
        "and say why.",
        RE_AUDITS,
        f"re-audit:{row.state.value}:{row.first.id}:{row.due_on}:{lead.id}",
    )
