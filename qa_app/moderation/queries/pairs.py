"""Whose agreement somebody may see (M9), and the audits behind a cell of its table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from qa_app.audits.models import Audit
from qa_app.audits.queries.lists import may_read
from qa_app.database import db
from qa_app.domain.grades import Grade
from qa_app.domain.permissions import Actor, Role
from qa_app.moderation.queries.agreement import By, PairsAsked, pair_ids

PAGE: Final = 50
_LEADERS: Final = (By.SERVICE, By.SECTION, By.MONTH)
_QA_LEAD: Final = (*_LEADERS, By.AUDITOR, By.MODERATOR)


@dataclass(frozen=True)
class PairAudits:
    """A page of the audits behind a cell: `total` make it up, of which `visible` may be read."""

    total: int
    visible: int
    audits: Sequence[Audit]
    next_after: UUID | None


def services_seen(actor: Actor) -> frozenset[UUID] | None:
    """The services whose agreement the actor sees, None being all of them.

    A service is among the teams that a role reaches only where all of it is reached.
    """
    if actor.holds(Role.QA_LEAD):
        return None
    reached = [reach.teams for reach in actor.reaches if reach.role is Role.MODERATOR]
    if None in reached:
        return None
    return frozenset(team for teams in reached for team in teams or ())


def splits_seen(actor: Actor) -> Sequence[By]:
    """What the actor may split agreement by: people only for the QA lead."""
    return _QA_LEAD if actor.holds(Role.QA_LEAD) else _LEADERS


def audits_of_pairs(
    asked: PairsAsked,
    grades: tuple[Grade | None, Grade | None],
    actor: Actor,
    after: UUID | None,
) -> PairAudits:
    """The audits behind the cell of an auditor's and a final grade, as far as the actor may read.

    None for a grade asks for a whole row or column; `after` is the last id of the page before.
    Two queries: how many there are and may be read, and one page of these, oldest row first.
    """
    behind, visible = Audit.id.in_(pair_ids(asked, *grades)), may_read(actor)
    total, seen = db.session.execute(
        select(func.count(), func.count().filter(visible)).select_from(Audit).where(behind)
    ).one()
    query = select(Audit).options(joinedload(Audit.team)).where(behind, visible)
    if after is not None:
        query = query.where(Audit.id > after)
    found = db.session.scalars(query.order_by(Audit.id).limit(PAGE + 1)).all()
    more = found[PAGE - 1].id if len(found) > PAGE else None
    return PairAudits(total, seen, found[:PAGE], more)
