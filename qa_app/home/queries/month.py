"""The running month as the QA lead needs it."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, func, select, true

from qa_app.audits.models import Audit, AuditSource, Concern
from qa_app.audits.queries.choosing import to_be_moderated
from qa_app.audits.queries.late_concerns import is_open
from qa_app.audits.queries.lists import may_read
from qa_app.audits.queries.reaudits import owed_count
from qa_app.database import db
from qa_app.domain.calendar import Month
from qa_app.domain.permissions import Actor
from qa_app.domain.workflow import AuditState
from qa_app.home.queries.administering import failed_mail
from qa_app.home.queries.reporting import Reporting, reporting_from, versions_of
from qa_app.programme.queries import Completion, completion


class MonthSoFar(NamedTuple):
    """This cycle's figures, last cycle's stragglers, and what stands in the way."""

    month: Month
    completion: Completion
    given: int
    not_submitted_before: int
    waiting_for_moderation: int
    open_concerns: int
    failed_mail: int
    re_audits: int
    reporting: Reporting


def month_so_far(today: date, actor: Actor) -> MonthSoFar:
    """The running cycle, last month's reports and what waits (three queries); of re-audits that are
    owed (E8), those of audits that this person may read."""
    month = Month.of(today)
    unfinished = (AuditState.GIVEN, AuditState.IN_PROGRESS, AuditState.RETURNED)
    counts = (
        select(
            _audits(Audit.cycle_month == month.first, Audit.state != AuditState.WITHDRAWN),
            _audits(
                Audit.cycle_month == month.previous().first,
                Audit.state.in_(unfinished),
            ),
            _audits(to_be_moderated(), Audit.source == AuditSource.MADE),
            select(func.count()).select_from(Concern).where(is_open()).scalar_subquery(),
            failed_mail(),
            owed_count(may_read(actor)).scalar_subquery(),
        )
    ).subquery()
    last = month.previous()
    versions = versions_of(last).subquery()
    # One row, or one for each version: the page asks few questions.
    together = select(counts, versions).select_from(counts).outerjoin(versions, true())
    rows = db.session.execute(together).all()
    many = len(counts.c)
    reports = reporting_from(last, [row[many:] for row in rows if row[many] is not None])
    done = completion(month.first, month.first)[month.first]
    given, before, waiting, concerns, failed, owed = rows[0][:many]
    return MonthSoFar(month, done, given, before, waiting, concerns, failed, owed, reports)


def _audits(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(Audit).where(*conditions).scalar_subquery()
