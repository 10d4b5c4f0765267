"""Concerns that wait for something, and the steps that the clock took about them (E1)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from qa_app.accounts import settings
from qa_app.audits.models import (
    Audit,
    AuditParty,
    Concern,
    ConcernReferral,
    ConcernStep,
    SafetyDecision,
)
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Party
from qa_app.domain.safety import Step, Waits, steps_to_take
from qa_app.domain.settings import Numbers

_MANY: Final = 500


def undecided() -> ColumnElement[bool]:
    """The condition that a concern has no safety decision: “neither yet” is none."""
    return or_(Concern.decision.is_(None), Concern.decision == SafetyDecision.NEITHER_YET)


def untold() -> ColumnElement[bool]:
    """The condition that somebody outside is still to be told of a concern."""
    return exists().where(
        ConcernReferral.concern_id == Concern.id, ConcernReferral.told_at.is_(None)
    )


def waits() -> ColumnElement[bool]:
    """The condition that a concern stands and its clock still runs for something."""
    something = or_(Concern.acknowledged_at.is_(None), undecided(), untold())
    return and_(Concern.withdrawn_at.is_(None), something)


def is_open() -> ColumnElement[bool]:
    """The condition that something of the safety route is still to be done (E1)."""
    return and_(Concern.withdrawn_at.is_(None), or_(waits(), Concern.recorded_at.is_(None)))


def about(person_id: UUID) -> ColumnElement[bool]:
    """The condition that a concern is about this person, who learns nothing of it."""
    party = aliased(AuditParty)
    return exists().where(
        party.audit_id == Concern.audit_id,
        party.person_id == person_id,
        party.party == Party.IMPLICATED,
    )


def number_of(concern: Concern) -> Numbers:
    """The settings as they stood on the day on which the concern was raised."""
    return partial(settings.number, on=london_date(concern.raised_at))


@dataclass(frozen=True)
class Waiting:
    """A concern whose clock runs, with those whom nobody has told and the steps taken before."""

    concern: Concern
    untold: Collection[ConcernReferral]
    taken: Collection[str]

    def due(self, at: datetime) -> list[Step]:
        """The steps that are to be taken now."""
        return steps_to_take(
            waits_of(self.concern, self.untold), at,
            taken=self.taken, number=number_of(self.concern),
        )  # fmt: skip


def referrals_of(
    concern_ids: Collection[UUID], *more: ColumnElement[bool]
) -> list[ConcernReferral]:
    """Who outside is to be told of these concerns, or was (one query)."""
    query = select(ConcernReferral).where(ConcernReferral.concern_id.in_(concern_ids), *more)
    return list(db.session.scalars(query.order_by(ConcernReferral.due_on, ConcernReferral.kind)))


def waits_of(concern: Concern, untold_to: Collection[ConcernReferral]) -> Waits:
    """What of a concern still waits, as the domain asks for it."""
    return Waits(
        raised_at=concern.raised_at,
        acknowledged=concern.acknowledged_at is not None,
        decided=concern.decision not in (None, SafetyDecision.NEITHER_YET),
        referrals={each.kind.value: each.due_on for each in untold_to},
    )


def waiting_concerns() -> list[Waiting]:
    """Every concern that waits for something, the first raised first (four queries)."""
    return _with_steps(list(db.session.scalars(_query(waits()).order_by(Concern.id))))


def held(concern_ids: Collection[UUID]) -> list[Waiting]:
    """These concerns as they are now, held until the transaction ends, where they still wait.

    In one order on every machine, so that no two wait for each other.
    """
    wanted, found = sorted(concern_ids), list[Concern]()
    for start in range(0, len(wanted), _MANY):
        query = _query(Concern.id.in_(wanted[start : start + _MANY]), waits()).order_by(Concern.id)
        found += db.session.scalars(
            query.with_for_update(of=Concern).execution_options(populate_existing=True)
        )
    return _with_steps(found)


def _query(*conditions: ColumnElement[bool]) -> Select[Concern]:
    return (
        select(Concern)
        .where(*conditions)
        .options(joinedload(Concern.audit).selectinload(Audit.parties), selectinload(Concern.told))
    )


def _with_steps(concerns: list[Concern]) -> list[Waiting]:
    untold_to: dict[UUID, list[ConcernReferral]] = {each.id: [] for each in concerns}
    taken: dict[UUID, set[str]] = {each.id: set() for each in concerns}
    wanted = list(untold_to)
    for start in range(0, len(wanted), _MANY):
        some = wanted[start : start + _MANY]
        referrals = select(ConcernReferral).where(
            ConcernReferral.concern_id.in_(some), ConcernReferral.told_at.is_(None)
        )
        for referral in db.session.scalars(referrals.execution_options(populate_existing=True)):
            untold_to[referral.concern_id].append(referral)
        steps = select(ConcernStep.concern_id, ConcernStep.step).where(
            ConcernStep.concern_id.in_(some)
        )
        for concern_id, step in db.session.execute(steps):
            taken[concern_id].add(step)
    return [Waiting(each, untold_to[each.id], taken[each.id]) for each in concerns]
