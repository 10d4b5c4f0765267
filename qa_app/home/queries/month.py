"""The running month as the QA lead needs it."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, func, select

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
    re_audits: int = 0


def month_so_far(today: date, actor: Actor) -> MonthSoFar:
    """The running cycle and what waits (three queries); of re-audits that are owed (E8), those of
    audits that this person may read."""
    month = Month.of(today)
    unfinished = (AuditState.GIVEN, AuditState.IN_PROGRESS, AuditState.RETURNED)
    counts = db.session.execute(
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
    ).one()
    return MonthSoFar(month, completion(month.first, month.first)[month.first], *counts)


def _audits(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    return select(func.count()).select_from(Audit).where(*conditions).scalar_subquery()
