"""Cycles, what is expected of whom, exemptions, and giving audits (P1 to P4)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from qa_app import history
from qa_app.accounts import settings
from qa_app.accounts.models import Person, Post, PostKind
from qa_app.accounts.queries import posts_held
from qa_app.audits import services as audits
from qa_app.audits.models import Audit
from qa_app.cases.models import Case
from qa_app.database import db
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import Selection
from qa_app.domain.workflow import AuditState
from qa_app.programme.models import (
    Cycle,
    CycleState,
    Exemption,
    ExemptionReason,
    Expectation,
)


class CycleOver(DomainError):
    """Nothing more is given in a month that has passed (P6)."""


class NoPost(DomainError):
    """An auditor without a post: MTM-2 could not tell how to count the audit."""


class BeingAudited(DomainError):
    """Another audit of the case is under way: pressing a button twice gives one audit."""


class TooManyExempted(DomainError):
    """An exemption of more audits than are expected."""


class ReasonNeeded(DomainError):
    """S5: a case that a person picked needs the reason."""


def ensure_cycle(month: date, by: UUID | None, at: datetime) -> Cycle:
    """The cycle of the month in which a day lies, opened where there is none yet (P1)."""
    first = Month.of(month).first
    cycle = db.session.scalars(select(Cycle).where(Cycle.month == first)).one_or_none()
    if cycle is not None:
        return cycle
    cycle = Cycle(
        month=first,
        due_on=settings.calendar().last_working_day_of(first),
        state=CycleState.OPEN,
    )
    db.session.add(cycle)
    db.session.flush()
    history.record("cycle_opened", cycle, by=by, at=at, month=Month.of(first).words)
    return cycle


def set_expectation(
    cycle: Cycle,
    *,
    post: Post | None,
    person: Person | None,
    number: int,
    by: UUID | None,
    at: datetime,
    kind: PostKind | None = None,
) -> Expectation:
    """Say how many audits a post is expected to do in a cycle (P2, P4).

    `person` holds the post (None while it is vacant); `post` is None for somebody asked beside
    their post, and then `kind` says as what they count.
    """
    expectation = _expectation(cycle, post, person)
    if expectation is None:
        expectation = Expectation(
            cycle=cycle,
            post=post,
            person=person,
            post_kind=post.kind if post is not None else kind or PostKind.OTHER,
            number=number,
        )
        db.session.add(expectation)
    expectation.number = number
    db.session.flush()
    history.record("expectation_set", expectation, by=by, at=at, number=number)
    return expectation


def _expectation(cycle: Cycle, post: Post | None, person: Person | None) -> Expectation | None:
    query = select(Expectation).where(Expectation.cycle_id == cycle.id)
    if post is not None:
        query = query.where(Expectation.post_id == post.id)
    else:
        query = query.where(
            Expectation.post_id.is_(None),
            Expectation.person_id == (person.id if person is not None else None),
        )
    return db.session.scalars(query).one_or_none()


def exempt(
    expectation: Expectation,
    *,
    number: int,
    reason: ExemptionReason,
    note: str,
    by: UUID,
    at: datetime,
) -> Exemption:
    """Grant an exemption (P3). After the cycle's due date it is kept, and reduces nothing (P4).

    Raises TooManyExempted for more audits than are still expected.
    """
    already = sum(each.number for each in expectation.exemptions)
    if not 0 < number <= expectation.number - already:
        raise TooManyExempted(
            f"Enter a number from 1 to {expectation.number - already}: no more are expected",
            "number",
        )
    exemption = Exemption(
        expectation=expectation,
        number=number,
        reason=reason,
        note=note,
        granted_on=london_date(at),
        granted_by=by,
        granted_at=at,
    )
    db.session.add(exemption)
    db.session.flush()
    history.record("exemption_granted", exemption, by=by, at=at, number=number, reason=reason.value)
    return exemption


def give_audit(
    case: Case,
    auditor: Person,
    month: date,
    selection: Selection,
    reason: str,
    by: UUID,
    at: datetime,
) -> Audit:
    """Give a case to an auditor in a month's cycle, due on its last working day (P1, S6).

    The auditor's post expects at least as many audits as were given to them in the cycle. Raises
    NotIndependent, CaseClosed, CycleOver, NoPost, BeingAudited and ReasonNeeded.
    """
    today = london_date(at)
    if Month.of(month) < Month.of(today):
        raise CycleOver("Choose this month or a later one: that cycle is over", "month")
    if selection is not Selection.RANDOM and not reason.strip():
        raise ReasonNeeded("Enter why this case was chosen", "reason")
    posts = posts_held(auditor.id, today)
    if not posts:
        raise NoPost(f"{auditor.name} holds no post today. Choose another auditor", "auditor")
    _refuse_second(case)
    cycle = ensure_cycle(month, by, at)
    audit = audits.give(
        case,
        auditor,
        posts[0].kind,
        cycle_month=cycle.month,
        due_on=cycle.due_on,
        selection=selection,
        reason=reason.strip(),
        by=by,
        at=at,
    )
    _cover(cycle, posts[0], auditor, by, at)
    return audit


def _refuse_second(case: Case) -> None:
    # The case's row is locked, so that two who give it at once are told apart.
    db.session.get_one(Case, case.id, with_for_update=True)
    under_way = select(Audit).where(
        Audit.case_id == case.id, Audit.state.not_in((AuditState.FINAL, AuditState.WITHDRAWN))
    )
    found = db.session.scalars(under_way.limit(1)).first()
    if found is not None:
        raise BeingAudited(
            f"This case is being audited: {found.reference}, by {found.auditor_name}. "
            "Choose another case."
        )


def _cover(cycle: Cycle, post: Post, auditor: Person, by: UUID, at: datetime) -> None:
    """See that what was given is expected: of the post, or of the person beside it.

    A post whose holder changed within the cycle keeps its first holder's expectation, so that
    everybody's audits are measured against their own number.
    """
    given = _given(cycle, auditor)
    expectation = _expectation(cycle, post, None)
    if expectation is not None and expectation.person_id is None:
        expectation.person = auditor
    elif expectation is not None and expectation.person_id != auditor.id:
        expectation = _expectation(cycle, None, auditor)
        if expectation is None:
            set_expectation(
                cycle, post=None, person=auditor, number=given, by=by, at=at, kind=post.kind
            )
            return
    if expectation is None:
        set_expectation(cycle, post=post, person=auditor, number=given, by=by, at=at)
    elif expectation.number < given:
        expectation.number = given
        history.record("expectation_set", expectation, by=by, at=at, number=given)


def _given(cycle: Cycle, auditor: Person) -> int:
    query = (
        select(func.count())
        .select_from(Audit)
        .where(
            Audit.cycle_month == cycle.month,
            Audit.auditor_id == auditor.id,
            Audit.state != AuditState.WITHDRAWN,
        )
    )
    return db.session.scalars(query).one()
