"""Covering an audit: another auditor does it, and the expectation moves with it (P5)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from qa_app import history
from qa_app.accounts.line import Line
from qa_app.accounts.models import COUNTED_AUDITORS, Person, Post
from qa_app.accounts.queries import posts_held
from qa_app.audits import services as audits
from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.notify import services as notify
from qa_app.programme.models import (
    BatchAudit,
    BatchAuditor,
    Cover,
    Cycle,
    CycleState,
    Exemption,
    Expectation,
)
from qa_app.programme.services.cycles import expectation_of, set_expectation
from qa_app.programme.services.giving import NoPost


class CoverNeedsReason(DomainError):
    """P5: an audit is covered with the reason."""


def cover(audit: Audit, auditor: Person, reason: str, *, by: UUID, at: datetime) -> Cover:
    """Give an unfinished audit to another auditor, with what is expected of whom (P5).

    Both are told, and so is the line manager of whoever is covered. Raises CoverNeedsReason,
    NoPost, AlreadyTheirs, NotIndependent and MoveNotAllowed.
    """
    reason = reason.strip()
    if not reason:
        raise CoverNeedsReason("Enter why the audit is covered", "reason")
    today = london_date(at)
    posts = posts_held(auditor.id, today)
    if not posts:
        raise NoPost(f"{auditor.name} holds no post today. Choose another auditor", "auditor")
    # Of two who cover it at once, the second moves it on from whoever the first one chose.
    audit = audits.locked(audit)
    covered_id = audit.auditor_id
    audits.reassign(audit, auditor, posts[0].kind, reason, by=by, at=at)
    covered = db.session.get_one(Person, covered_id)
    _move_expectation(audit, covered, auditor, posts[0], by, at)
    _move_in_batch(audit, covered, auditor)
    row = Cover(
        audit_id=audit.id,
        covered_for=covered.id,
        covered_by=auditor.id,
        reason=reason,
        at=at,
        by=by,
    )
    db.session.add(row)
    db.session.flush()
    _tell_manager(audit, covered, auditor, row, at)
    return row


def _move_expectation(
    audit: Audit, covered: Person, auditor: Person, post: Post, by: UUID, at: datetime
) -> None:
    """One less expected of whoever is covered and one more of whoever covers: due stays the same.

    Where nothing is due of the one who is covered (they were exempted, P3), nothing moves: the
    exemption stands and is printed, and the audit is one beyond what is due (P4).
    """
    cycle = db.session.scalars(select(Cycle).where(Cycle.month == audit.cycle_month)).one_or_none()
    if cycle is None:
        return
    theirs = _due_of(cycle, covered, post)
    if theirs is None:
        return
    theirs.number -= 1
    number = theirs.number
    history.record(
        "expectation_moved", theirs, by=by, at=at, audit_id=audit.id,
        number=number, covered_for=covered.id, covered_by=auditor.id,
    )  # fmt: skip
    _expect_one_more(cycle, post, auditor, by, at)


def _due_of(cycle: Cycle, covered: Person, post: Post) -> Expectation | None:
    """An expectation of whoever is covered of which something is due, locked; None without one.

    One that counts in MTM-2 as the covering post does comes first. The figures of a closed cycle
    stand (P6): there it must count alike.
    """
    query = (
        select(Expectation)
        .where(Expectation.cycle_id == cycle.id, Expectation.person_id == covered.id)
        .order_by(Expectation.post_id.is_(None), Expectation.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    found = list(db.session.scalars(query))
    counted = post.kind in COUNTED_AUDITORS
    alike = [each for each in found if (each.post_kind in COUNTED_AUDITORS) is counted]
    others = [each for each in found if each not in alike]
    if cycle.state is CycleState.CLOSED:
        others = []
    return _first_due(cycle, [*alike, *others])


def _first_due(cycle: Cycle, expectations: Sequence[Expectation]) -> Expectation | None:
    in_time = select(func.coalesce(func.sum(Exemption.number), 0)).where(
        Exemption.granted_on <= cycle.due_on
    )
    for each in expectations:
        query = in_time.where(Exemption.expectation_id == each.id)
        if each.number > db.session.scalars(query).one():
            return each
    return None


def _expect_one_more(cycle: Cycle, post: Post, auditor: Person, by: UUID, at: datetime) -> None:
    """One more of the post, or of the person beside it where somebody else held it before."""
    expectation = expectation_of(cycle, post, None)
    if expectation is None or expectation.person_id in (None, auditor.id):
        number = 1 + _locked_number(expectation)
        of_post = set_expectation(cycle, post=post, person=auditor, number=number, by=by, at=at)
        of_post.person = auditor
        return
    number = 1 + _locked_number(expectation_of(cycle, None, auditor))
    set_expectation(cycle, post=None, person=auditor, number=number, by=by, at=at, kind=post.kind)


def _locked_number(expectation: Expectation | None) -> int:
    if expectation is None:
        return 0
    db.session.flush()
    db.session.refresh(expectation, with_for_update=True)
    return expectation.number


def _move_in_batch(audit: Audit, covered: Person, auditor: Person) -> None:
    """The same for an audit of a batch, which has people and numbers of its own (P7)."""
    belongs = db.session.get(BatchAudit, audit.id)
    if belongs is None:
        return
    theirs = db.session.get(BatchAuditor, (belongs.batch_id, covered.id), with_for_update=True)
    if theirs is None:
        return
    if theirs.number > 1:
        theirs.number -= 1
    else:
        db.session.delete(theirs)
    mine = db.session.get(BatchAuditor, (belongs.batch_id, auditor.id), with_for_update=True)
    if mine is None:
        db.session.add(BatchAuditor(batch_id=belongs.batch_id, person_id=auditor.id, number=1))
    else:
        mine.number += 1


def _tell_manager(audit: Audit, covered: Person, auditor: Person, row: Cover, at: datetime) -> None:
    found = Line(london_date(at)).manager_of(covered.id)
    manager = None if found is None else db.session.get(Person, found)
    # Whoever covers has been told already.
    if manager is None or manager.id == auditor.id:
        return
    notify.queue(
        manager.id,
        manager.email,
        f"Audit {audit.reference} is covered",
        f"{auditor.name} does this audit in place of {covered.name}, whom you manage.",
        "/",
        f"covered:{row.id}:{manager.id}",
        at,
    )
