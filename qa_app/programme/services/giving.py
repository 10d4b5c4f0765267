"""Giving one audit of one case, in a month or in a batch (P1, P4, P7, S5, S6)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, select

from qa_app import history
from qa_app.accounts.models import Person, Post
from qa_app.accounts.queries import posts_held
from qa_app.audits import services as audits
from qa_app.audits.models import Audit
from qa_app.cases.models import Case
from qa_app.database import db
from qa_app.domain.calendar import Month, date_words, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import Selection
from qa_app.domain.independence import IndependenceFacts
from qa_app.domain.workflow import AuditState
from qa_app.programme.models import Batch, BatchAudit, BatchAuditor, Cycle
from qa_app.programme.queries.batches import audits_given
from qa_app.programme.services.batches import refuse_closed_batch
from qa_app.programme.services.cycles import ensure_cycle, expectation_of, set_expectation
from qa_app.standards.models import ToolVersion


class CycleOver(DomainError):
    """Nothing more is given in a month that has passed (P6)."""


class BatchOver(DomainError):
    """Nothing more is given in a batch after its last day (P7)."""


class NoPost(DomainError):
    """An auditor without a post: MTM-2 could not tell how to count the audit."""


class BeingAudited(DomainError):
    """Another audit of the case is under way: pressing a button twice gives one audit."""


class ReasonNeeded(DomainError):
    """S5: a case that a person picked needs the reason."""


def give_audit(
    case: Case,
    auditor: Person,
    month: date | None,
    selection: Selection,
    reason: str,
    by: UUID,
    at: datetime,
    *,
    tool: ToolVersion | None = None,
    batch: Batch | None = None,
    facts: IndependenceFacts | None = None,
) -> Audit:
    """Give a case to an auditor in a month's cycle, due on its last working day (P1, S6).

    With `batch` it belongs to that and to no month, and is due on its last day (P7). `tool` is the
    current core tool unless said. The auditor's post, or their place in the batch, expects at least
    as many audits as were given to them there. Raises NotIndependent, CaseClosed, ToolNotForPlan,
    CycleOver, CycleClosed, BatchOver, BatchClosed, NoPost, BeingAudited and ReasonNeeded.
    """
    if selection is not Selection.RANDOM and not reason.strip():
        raise ReasonNeeded("Enter why this case was chosen", "reason")
    cycle, due_on = _when(month, batch, by, at)
    posts = posts_held(auditor.id, london_date(at))
    if not posts:
        raise NoPost(f"{auditor.name} holds no post today. Choose another auditor", "auditor")
    refuse_second(case)
    audit = audits.give(
        case,
        auditor,
        posts[0].kind,
        cycle_month=None if cycle is None else cycle.month,
        due_on=due_on,
        selection=selection,
        reason=reason.strip(),
        by=by,
        at=at,
        tool=tool,
        facts=facts,
    )
    if batch is not None:
        _put_into(batch, audit, auditor)
    elif cycle is not None and audit.tool_version is not None and audit.tool_version.counts_in_mtm:
        expect_it(cycle, posts[0], auditor, by, at)
    return audit


def _when(
    month: date | None, batch: Batch | None, by: UUID, at: datetime
) -> tuple[Cycle | None, date]:
    """The cycle, None for a batch, and the due date."""
    today = london_date(at)
    if batch is not None:
        refuse_closed_batch(batch)
        if batch.ends_on < today:
            raise BatchOver(
                f"“{batch.name}” ended on {date_words(batch.ends_on)}. Choose another, or move its "
                "last day first",
                "batch",
            )
        return None, batch.ends_on
    if month is None or Month.of(month) < Month.of(today):
        raise CycleOver("Choose this month or a later one: that cycle is over", "month")
    cycle = ensure_cycle(month, by, at)
    return cycle, cycle.due_on


def _put_into(batch: Batch, audit: Audit, auditor: Person) -> None:
    """An audit of a batch; whoever has more than they were asked for is asked for as many (P7)."""
    db.session.add(BatchAudit(batch=batch, audit=audit))
    db.session.flush()
    given = audits_given(batch.id).get(auditor.id, 0)
    asked = db.session.get(BatchAuditor, (batch.id, auditor.id))
    if asked is None:
        db.session.add(BatchAuditor(batch_id=batch.id, person_id=auditor.id, number=given))
    else:
        asked.number = max(asked.number, given)


def refuse_second(case: Case, besides: Audit | None = None) -> None:
    """Raise BeingAudited where another audit of the case is under way, `besides` this one; the
    case's row is held until the transaction ends."""
    # The case's row is locked, so that two who give it at once are told apart.
    db.session.get_one(Case, case.id, with_for_update=True)
    under_way = select(Audit).where(
        Audit.case_id == case.id, Audit.state.not_in((AuditState.FINAL, AuditState.WITHDRAWN))
    )
    if besides is not None:
        under_way = under_way.where(Audit.id != besides.id)
    found = db.session.scalars(under_way.limit(1)).first()
    if found is not None:
        raise BeingAudited(
            f"This case is being audited: {found.reference}, by {found.auditor_name}. "
            + ("Choose another case." if besides is None else "Give the re-audit after that.")
        )


def expect_it(cycle: Cycle, post: Post, auditor: Person, by: UUID, at: datetime) -> None:
    """See that what was given is expected: of the post, or of the person beside it.

    A post whose holder changed within the cycle keeps its first holder's expectation, so that
    everybody's audits are measured against their own number.
    """
    given = _given(cycle, auditor)
    expectation = expectation_of(cycle, post, None)
    if expectation is not None and expectation.person_id is None:
        expectation.person = auditor
    elif expectation is not None and expectation.person_id != auditor.id:
        expectation = expectation_of(cycle, None, auditor)
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
    # Only what MTM-2 counts as done can be due (P7).
    query = (
        select(func.count())
        .select_from(Audit)
        .join(ToolVersion, ToolVersion.id == Audit.tool_version_id)
        .where(
            Audit.cycle_month == cycle.month,
            Audit.auditor_id == auditor.id,
            Audit.state != AuditState.WITHDRAWN,
            ToolVersion.counts_in_mtm,
        )
    )
    return db.session.scalars(query).one()
