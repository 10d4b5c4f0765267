"""What every change of an allocation shares: holding the draw, and the proposal kept with it."""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from qa_app.database import db
from qa_app.domain.allocation import Pair
from qa_app.domain.errors import DomainError
from qa_app.domain.independence import IndependenceFacts, oversight_is_colleagues
from qa_app.domain.proposal import Proposal
from qa_app.formatting import date_words
from qa_app.programme.models import Draw, DrawnCase, DrawState
from qa_app.programme.queries.allocation import to_give
from qa_app.programme.services.cycles import lock
from qa_app.tracker.queries import standings

Services = Mapping[UUID, UUID | None]
"""The service of each person who may count (S6)."""


class NothingToAllocate(DomainError):
    """Every case of the draw was given, or the draw was discarded."""


class ChangedMeanwhile(DomainError):
    """The draw is not as the page showed it."""


class NotProposed(DomainError):
    """There is no proposal, or not for the cases that are to be given now."""


def hold(draw: Draw, seen: int | None) -> list[DrawnCase]:
    """Hold the draw until the transaction ends, and give the cases that are still to be given.

    Of two who press at once the second waits here, and then finds what the first one did. `seen`
    is the version that the page showed. Raises NothingToAllocate and ChangedMeanwhile.
    """
    lock(draw)
    if draw.state is DrawState.DISCARDED:
        raise NothingToAllocate(f"{draw.reference} was discarded: nothing of it is given")
    cases = to_give(draw)
    if not cases:
        when = f" on {date_words(draw.confirmed_at)}" if draw.confirmed_at else ""
        raise NothingToAllocate(
            f"{draw.reference} is allocated: every case was given{when}. Nothing more was given now"
        )
    if seen is not None and seen != draw.version:
        raise ChangedMeanwhile(
            "Somebody changed this allocation after you opened the page. Look again at who gets "
            "which case"
        )
    return cases


def proposal_of(draw: Draw, cases: Collection[DrawnCase]) -> Proposal:
    """The proposal for exactly these cases. Raises NotProposed."""
    if draw.allocation is None:
        raise NotProposed("Nothing has been proposed yet: propose who audits which case first")
    proposal = Proposal.from_json(draw.allocation)
    if set(proposal.cases) != {str(each.id) for each in cases}:
        raise NotProposed("The cases of this draw have changed since: propose the allocation again")
    return proposal


def keep(draw: Draw, proposal: Proposal) -> None:
    """Keep a proposal with its draw; the draw gets a new version."""
    draw.allocation = proposal.as_json()
    db.session.flush()


def services_of(person_ids: Collection[UUID], today: date) -> dict[UUID, UUID | None]:
    """The service of each of these people who holds a post (one query)."""
    found = standings(person_ids, today) if person_ids else {}
    return {person_id: standing.service_id for person_id, standing in found.items()}


def flags_of(
    person_id: UUID, drawn: DrawnCase, facts: IndependenceFacts, services: Services
) -> Pair:
    """What is to be said of an auditor with a case that they may have (S6)."""
    own, team = services.get(person_id), drawn.case.team
    return Pair(
        colleague=oversight_is_colleagues(person_id, own, facts.ties, facts.period, services),
        own_service=own is not None and team is not None and team.service_id == own,
    )
