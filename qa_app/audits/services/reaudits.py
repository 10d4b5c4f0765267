"""Auditing a case again after an Inadequate audit: given, or called off (E2, E8)."""

from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select

from qa_app import history
from qa_app.accounts.models import Person, PostKind
from qa_app.audits.models import Audit, ReAudit, ReAuditAnswer
from qa_app.audits.queries.inadequate import inadequate_since
from qa_app.audits.queries.reaudits import due_of
from qa_app.audits.services.another import refuse_first_auditors
from qa_app.audits.services.giving import CaseClosed, ToolNotForPlan, give
from qa_app.audits.services.state import locked
from qa_app.database import db
from qa_app.domain.calendar import date_words, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import Selection
from qa_app.domain.workflow import AuditState

LONGEST_REASON = 400


class NotOwed(DomainError):
    """The audit asks for no re-audit: it does not stand as Inadequate, or was imported."""


class GivenAlready(DomainError):
    """The case is being audited again, or was: pressing a button twice gives one audit."""


class CannotBeGiven(DomainError):
    """Nothing can be audited again: the case is closed, or on a plan that the tool is not for."""


class SayWhyNot(DomainError):
    """A re-audit is called off with its reason."""


class CalledOffAlready(DomainError):
    """The re-audit was called off: pressing a button twice does it once."""


def give_again(
    first: Audit,
    auditor: Person,
    auditor_post: PostKind,
    *,
    due_on: date,
    cycle_month: date | None,
    by: UUID,
    at: datetime,
) -> Audit:
    """Give the case of an audit that stands as Inadequate to another auditor, with the tool that
    the first one had; it looks at what was done since, and its auditor is told (A1, E8).

    Where it was called off before, or the re-audit was withdrawn, this one takes its place. Raises
    NotOwed, GivenAlready, NotAnother, CannotBeGiven and NotIndependent.
    """
    first = locked(first)
    standing, due = _standing(first), _due(first)
    _refuse_given(standing)
    if (
        first.case is None
        or first.tool_version is None
        or first.completed_on is None
        or due is None
    ):
        raise NotOwed(
            f"Audit {first.reference} does not stand as Inadequate, so its case need not be "
            "audited again. Nothing has been changed."
        )
    refuse_first_auditors(first, auditor)
    try:
        audit = give(
            first.case,
            auditor,
            auditor_post,
            cycle_month=cycle_month,
            due_on=due_on,
            selection=Selection.RE_AUDIT,
            reason=f"Re-audit of {first.reference}",
            by=by,
            at=at,
            tool=first.tool_version,
            since=first.completed_on + timedelta(days=1),
        )
    except (CaseClosed, ToolNotForPlan) as error:
        raise CannotBeGiven(_why_not(first, error, london_date(at))) from None
    row = _decided(first, standing, due, by, at)
    row.audit, row.reason = audit, ""
    db.session.flush()
    history.record(
        "re_audit_given", first, by=by, at=at, audit_id=first.id, due=date_words(due_on),
        re_audit=audit.id,
    )  # fmt: skip
    return audit


def call_off(first: Audit, reason: str, *, by: UUID, at: datetime) -> ReAudit:
    """Decide, with the reason, that the case of an Inadequate audit is not audited again (E8).

    It can be given all the same later. Raises SayWhyNot, NotOwed, GivenAlready, CalledOffAlready.
    """
    reason = reason.strip()
    if not reason:
        raise SayWhyNot("Enter why the case is not audited again", "reason")
    if len(reason) > LONGEST_REASON:
        raise SayWhyNot(f"The reason must be {LONGEST_REASON} characters or fewer", "reason")
    first = locked(first)
    standing, due = _standing(first), _due(first)
    _refuse_given(standing)
    if standing is not None and standing.reason:
        raise CalledOffAlready(
            "It was decided already that this case is not audited again. Nothing has been changed."
        )
    if due is None:
        raise NotOwed(
            f"Audit {first.reference} does not stand as Inadequate, so there is nothing to call "
            "off. Nothing has been changed."
        )
    row = _decided(first, standing, due, by, at)
    row.audit_id, row.reason = None, reason
    db.session.flush()
    history.record("re_audit_called_off", first, by=by, at=at, audit_id=first.id, reason=reason)
    return row


def _standing(first: Audit) -> ReAudit | None:
    query = (
        select(ReAudit)
        .where(ReAudit.first_audit_id == first.id)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).one_or_none()


def _refuse_given(row: ReAudit | None) -> None:
    if row is not None and row.audit is not None and row.audit.state is not AuditState.WITHDRAWN:
        raise GivenAlready(
            f"This case is audited again already: {row.audit.reference}, by "
            f"{row.audit.auditor_name}. Nothing has been changed."
        )


def _due(first: Audit) -> date | None:
    since = inadequate_since([first.id]).get(first.id)
    return None if since is None else due_of(since)


def _decided(first: Audit, row: ReAudit | None, due: date, by: UUID, at: datetime) -> ReAudit:
    """The row of what is decided; what was answered in a withdrawn re-audit is of no other."""
    if row is None:
        row = ReAudit(first_audit=first, due_on=due)
        db.session.add(row)
    elif row.audit_id is not None:
        db.session.execute(delete(ReAuditAnswer).where(ReAuditAnswer.re_audit_id == row.id))
    row.decided_at, row.decided_by = at, by
    return row


def _why_not(first: Audit, error: DomainError, today: date) -> str:
    case = first.case
    closed = None if case is None else case.closed_on
    if closed is not None and closed <= today:
        what = f"Case {first.case_reference} was closed on {date_words(closed)}"
    else:
        what = f"The audit tool of {first.reference} is not for the plan that the child is on now"
    return (
        f"{what}, so it cannot be audited again in the same way. Call the re-audit off, and say why"
    )
