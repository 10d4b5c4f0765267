"""Proposing who audits which case of a draw: S6 from the facts, the rest from the solver (S7)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from qa_app import history
from qa_app.accounts import settings
from qa_app.audits.services import independence_of_many
from qa_app.domain.allocation import Auditor, Pair, Question
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.independence import IndependenceFacts
from qa_app.domain.proposal import Asked, Barred, Placed, Proposal
from qa_app.formatting import count_words
from qa_app.programme.models import Draw, DrawnCase
from qa_app.programme.queries.allocation import Candidate, Candidates, candidates_for, others_for
from qa_app.programme.queries.draws import what_for
from qa_app.programme.services.allocation_state import flags_of, hold, keep, services_of
from qa_app.programme.solver import solve

_NAMED = 5


class NobodyToAsk(DomainError):
    """Nobody is expected to audit there, or nobody of them may."""


@dataclass(frozen=True)
class _Known:
    """What S6 and S7 read: cases, auditors, the facts of each case and the pairs that may be."""

    cases: list[DrawnCase]
    people: tuple[Candidate, ...]
    facts: Mapping[UUID, IndependenceFacts]
    pairs: Mapping[tuple[str, str], Pair]


def propose(draw: Draw, *, by: UUID, at: datetime, seen: int | None = None) -> Proposal:
    """Find who audits which case, and keep it with the draw. Nothing is given yet.

    Raises NothingToAllocate, NobodyToAsk and ChangedMeanwhile.
    """
    cases, today = hold(draw, seen), london_date(at)
    found = candidates_for(draw, today)
    if not found.people:
        raise NobodyToAsk(_nobody_words(draw, found))
    known = _known(cases, found.people, today)
    difference = settings.number("load_difference", today)
    proposal = Proposal(
        at=at.isoformat(),
        by=str(by),
        difference=difference,
        people={
            str(each.person_id): Asked(
                each.name, each.post, each.kind.value, each.expected, each.given
            )
            for each in found.people
        },
        cases=_answered(known, _solved(known, draw.seed, difference), today),
        left_out=found.left_out,
    )
    keep(draw, proposal)
    history.record("allocation_proposed", draw, by=by, at=at)
    return proposal


def _known(cases: list[DrawnCase], people: tuple[Candidate, ...], today: date) -> _Known:
    facts = independence_of_many([each.case for each in cases], today)
    services: dict[UUID, UUID | None] = {each.person_id: each.service_id for each in people}
    oversight = {person for each in facts.values() for person in each.oversight}
    services |= services_of(oversight - set(services), today)
    pairs = {
        (drawn.case_reference, each.key): flags_of(
            each.person_id, drawn, facts[drawn.case_id], services
        )
        for drawn in cases
        for each in people
        if not facts[drawn.case_id].bars(each.person_id)
    }
    return _Known(cases, people, facts, pairs)


def _solved(known: _Known, seed: str, difference: int) -> dict[str, str]:
    """case reference → key of its auditor."""
    return solve(
        Question(
            seed=seed,
            cases=tuple(each.case_reference for each in known.cases),
            auditors=tuple(
                Auditor(each.key, each.kind.value, each.expected, each.given)
                for each in known.people
            ),
            pairs=known.pairs,
            difference=difference,
        )
    )


def _answered(known: _Known, answer: Mapping[str, str], today: date) -> dict[str, Placed]:
    by_key = {each.key: each for each in known.people}
    others = others_for(
        {
            each.id: known.facts[each.case_id]
            for each in known.cases
            if each.case_reference not in answer
        },
        [each.person_id for each in known.people],
        today,
    )
    return {
        str(drawn.id): _placed(
            drawn,
            by_key.get(answer.get(drawn.case_reference, "")),
            known,
            others.get(drawn.id, ()),
        )
        for drawn in known.cases
    }


def _placed(
    drawn: DrawnCase, auditor: Candidate | None, known: _Known, others: Collection[str]
) -> Placed:
    facts = known.facts[drawn.case_id]
    bars = [(each, facts.bars(each.person_id)) for each in known.people]
    barred = tuple(
        Barred(str(each.person_id), tuple(bar.reason for bar in found))
        for each, found in bars
        if found
    )
    if auditor is None:
        return Placed(drawn.case_reference, barred=barred, others=tuple(others))
    pair = known.pairs[drawn.case_reference, auditor.key]
    return Placed(
        reference=drawn.case_reference,
        auditor=str(auditor.person_id),
        colleague=pair.colleague,
        own_service=pair.own_service,
        waived=bool(facts.conflicts(auditor.person_id)),
        barred=barred,
    )


def _nobody_words(draw: Draw, found: Candidates) -> str:
    if found.nobody_expected:
        return (
            f"No audits are expected of anybody in {what_for(draw)} yet. Say who is expected to "
            "audit, then propose again"
        )
    named = ", ".join(f"{name} {why}" for name, why in found.left_out[:_NAMED])
    more = len(found.left_out) - _NAMED
    also = f", and so with {count_words(more, 'other')}" if more > 0 else ""
    return f"Nobody can be asked in {what_for(draw)}: {named}{also}. Expect audits of more people"
