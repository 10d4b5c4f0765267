"""Changing a proposed allocation by hand, and confirming it, which gives the audits (S5 to S7)."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.accounts.queries import posts_held
from qa_app.audits.models import Audit
from qa_app.audits.services import NotIndependent, independence_of, independence_of_many
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import Selection
from qa_app.domain.independence import IndependenceFacts
from qa_app.domain.proposal import Asked, Proposal
from qa_app.programme.models import BatchKind, Draw, DrawnCase, DrawState
from qa_app.programme.queries.draws import what_for
from qa_app.programme.services.allocation_state import (
    NothingToAllocate,
    flags_of,
    hold,
    keep,
    proposal_of,
    services_of,
)
from qa_app.programme.services.giving import NoPost, give_audit


class CannotGive(DomainError):
    """One case of the allocation cannot be given, and so none was."""


def change_allocation(
    draw: Draw,
    drawn: DrawnCase,
    auditor: Person,
    *,
    by: UUID,
    at: datetime,
    seen: int | None = None,
) -> Proposal:
    """Put one case of the proposal to somebody else, checked again as it stands now (S6).

    Raises NotIndependent with every reason, NoPost, NotProposed, NotInProposal, NothingToAllocate
    and ChangedMeanwhile.
    """
    proposal = proposal_of(draw, hold(draw, seen))
    before, today = proposal.case(str(drawn.id)), london_date(at)
    facts = independence_of(drawn.case, today)
    bars = facts.bars(auditor.id)
    if bars:
        raise NotIndependent(auditor.name, bars)
    posts = posts_held(auditor.id, today)
    if not posts:
        raise NoPost(f"{auditor.name} holds no post today. Choose another auditor", "auditor")
    flags = flags_of(auditor.id, drawn, facts, services_of({auditor.id, *facts.oversight}, today))
    placed = replace(
        before,
        auditor=str(auditor.id),
        by_hand=True,
        colleague=flags.colleague,
        own_service=flags.own_service,
        waived=bool(facts.conflicts(auditor.id)),
        # What stood against them when it was proposed may have been waived since.
        barred=tuple(bar for bar in before.barred if bar.auditor != str(auditor.id)),
    )
    post = f"{posts[0].title}, {posts[0].team.name}"
    asked = Asked(auditor.name, post, posts[0].kind.value, 0, beside=True)
    proposal = proposal.with_case(str(drawn.id), placed, str(auditor.id), asked)
    keep(draw, proposal)
    history.record("allocation_changed", draw, by=by, at=at, drawn=drawn.id)
    return proposal


def confirm_allocation(
    draw: Draw, *, by: UUID, at: datetime, seen: int | None = None
) -> list[Audit]:
    """Give every case that the proposal gives somebody, all or none, and tell each auditor (S5).

    What the proposal gives nobody stays to be allocated. Pressed twice, the second finds nothing
    to give. Raises CannotGive naming the case, NotProposed, NothingToAllocate, ChangedMeanwhile.
    """
    cases = hold(draw, seen)
    proposal = proposal_of(draw, cases)
    wanted = [each for each in cases if str(each.id) in proposal.placed]
    if not wanted:
        raise NothingToAllocate("Nobody may audit any of these cases: there is nothing to give")
    facts = independence_of_many([each.case for each in wanted], london_date(at))
    given = []
    for drawn in wanted:
        auditor = db.session.get_one(Person, UUID(proposal.placed[str(drawn.id)]))
        drawn.audit = _give(draw, drawn, auditor, facts[drawn.case_id], by, at)
        given.append(drawn.audit)
    if draw.state is DrawState.MADE:
        draw.state, draw.confirmed_by, draw.confirmed_at = DrawState.CONFIRMED, by, at
    keep(draw, proposal.after_giving(str(each.id) for each in wanted))
    history.record("draw_confirmed", draw, by=by, at=at, given=len(given))
    return given


def _give(
    draw: Draw,
    drawn: DrawnCase,
    auditor: Person,
    facts: IndependenceFacts,
    by: UUID,
    at: datetime,
) -> Audit:
    thematic = draw.batch is not None and draw.batch.kind is BatchKind.THEMATIC
    try:
        return give_audit(
            drawn.case,
            auditor,
            None if draw.cycle is None else draw.cycle.month,
            Selection.THEMATIC if thematic else Selection.RANDOM,
            f"Drawn for “{what_for(draw)}”" if thematic else "",
            by,
            at,
            tool=draw.tool_version,
            batch=draw.batch,
            facts=facts,
        )
    except DomainError as error:
        raise CannotGive(
            f"Case {drawn.case_reference} cannot be given: {error.message}. No audit was given"
        ) from error
