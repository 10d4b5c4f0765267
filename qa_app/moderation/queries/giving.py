"""Whom an audit can be given to for moderation: bars, work in hand, absences (M2, M3, M5)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from qa_app.accounts.absences import deputies
from qa_app.accounts.models import Person, RoleGrant, Team
from qa_app.accounts.periods import grant_on
from qa_app.accounts.queries import names, people_with
from qa_app.audits.models import Audit
from qa_app.database import db
from qa_app.domain.blind import READS_IT
from qa_app.domain.calendar import london_date
from qa_app.domain.independence import Bar
from qa_app.domain.permissions import Actor, Party, Reach, Role, Scope
from qa_app.moderation.models import (
    Moderation,
    ModerationStage,
    ModerationState,
    ModeratorGiven,
)
from qa_app.moderation.queries.blind import could_read, readers_of
from qa_app.moderation.queries.independence import DID_IT, Independence
from qa_app.moderation.queries.inhand import UNSTARTED, InHand, in_hand
from qa_app.moderation.queries.reading import first_moderation
from qa_app.moderation.queries.second import MODERATED_IT, NOT_SENIOR
from qa_app.moderation.queries.staff import Staff
from qa_app.tracker.queries import standings

WAIVABLE: Final = frozenset({"M2", "S6"})
"""The rules whose bars a waiver lifts."""


@dataclass(frozen=True)
class Candidate:
    """Somebody who moderates, as regards one audit.

    `bars` keep them from it, `conflicts` are the bars of M2 and S6 whether or not a waiver lifts
    them; `senior` whether they rank above the first moderator (M5). `in_hand` counts what they are
    moderating and were given. `away` today, `deputy` standing in for them.
    """

    person: Person
    post: str
    service: str
    rank: int
    bars: tuple[Bar, ...]
    conflicts: tuple[Bar, ...]
    own_service: bool
    waived: bool
    in_hand: int
    away: bool
    deputy: str

    @property
    def free(self) -> bool:
        """Whether nothing keeps them from it."""
        return not self.bars

    @property
    def free_from_outside(self) -> bool:
        """Whether nothing does but that they are not senior (M5)."""
        return not set(self.bars) - {NOT_SENIOR}

    @property
    def can_be_waived(self) -> bool:
        """Whether a waiver could let them moderate it."""
        reasons = {bar.reason for bar in self.conflicts}
        return bool(reasons) and DID_IT not in reasons and not self.waived

    @property
    def reasons(self) -> str:
        """What keeps them from it, after their name."""
        return ", and ".join(bar.reason for bar in self.bars)

    @property
    def order(self) -> tuple[bool, bool, bool, int, str]:
        """The free first, one's own service after the others (M2), away after present; then the
        least loaded."""
        return (not self.free, self.own_service, self.away, self.in_hand, self.person.name)


def in_hand_of(audit: Audit) -> InHand:
    """The audit with who has it and who was given it."""
    return in_hand(Audit.id == audit.id)[0]


def candidates(row: InHand, today: date) -> list[Candidate]:
    """Everybody who moderates, with what bars each from this audit; best placed first.

    The same few queries for two moderators and for fifty.
    """
    people = [
        person
        for person in people_with(Role.MODERATOR, today)
        if person.left_on is None or person.left_on >= today
    ]
    ids = [person.id for person in people]
    independence = Independence([row.audit], ids, today)
    more = _Bars(row, ids, independence, today)
    load, away = _load(ids), deputies(ids, today)
    services, stand_ins = _service_names(independence.staff), names(away.values())
    found = []
    for person in people:
        review = independence.review(row.audit, person.id)
        post = independence.staff.post_of(person.id)
        found.append(
            Candidate(
                person=person,
                post=post.title if post else "no post",
                service=services.get(post.service_id, "") if post else "",
                rank=post.rank if post else 0,
                bars=(*review.bars, *more.of(person.id)),
                conflicts=independence.review(row.audit, person.id, waivers=False).bars,
                own_service=review.own_service,
                waived=review.waived,
                in_hand=load.get(person.id, 0),
                away=person.id in away,
                deputy=stand_ins.get(away.get(person.id) or person.id, ""),
            )
        )
    return sorted(found, key=lambda each: each.order)


class _Bars:
    """The bars beside M2: of a blind moderation (M3), and of a second one (M5)."""

    def __init__(
        self, row: InHand, ids: Collection[UUID], independence: Independence, today: date
    ) -> None:
        self._reads: frozenset[UUID] = frozenset()
        self._above = -1
        self._rank = independence.staff.rank
        self._moderated: frozenset[UUID] = frozenset()
        if row.stage is ModerationStage.SECOND:
            self._above = _rank_of_first(row.audit)
            self._moderated = frozenset(
                party.person_id
                for party in row.audit.parties
                if party.party in (Party.MODERATOR, Party.BLIND_MODERATOR) and party.person_id
            ) - {row.open.moderator_id if row.open else None}  # fmt: skip
        elif replace(row, open=None).blind:
            self._reads = _readers(row.audit, ids, today)

    def of(self, person_id: UUID) -> Iterable[Bar]:
        """What keeps this person from it, beside M2."""
        if person_id in self._reads:
            yield READS_IT
        if person_id in self._moderated:
            yield MODERATED_IT
        elif self._rank(person_id) <= self._above:
            yield NOT_SENIOR


def _rank_of_first(audit: Audit) -> int:
    """The first moderator's rank on the day on which they committed (M5)."""
    first = first_moderation(audit.id)
    if first is None or first.moderator_id is None or first.committed_at is None:
        return 0
    day = london_date(first.committed_at)
    found = standings([first.moderator_id], day).get(first.moderator_id)
    return found.rank if found is not None else 0


def _readers(audit: Audit, ids: Collection[UUID], today: date) -> frozenset[UUID]:
    """Those who can read the audit, or have: as `barred_from_blind`, for many people (M3)."""
    may = {each for each, asking in actors(ids, today).items() if could_read(asking, audit)}
    return readers_of(audit, ids) | may


def actors(person_ids: Collection[UUID], today: date) -> dict[UUID, Actor]:
    """The roles of many people on a day, as `accounts.queries.actor` gives them for one; without
    their ranks (one query)."""
    scope_team, reached = aliased(Team), aliased(Team)
    query = (
        select(RoleGrant.person_id, RoleGrant.id, RoleGrant.role, RoleGrant.scope, reached.id)
        .outerjoin(scope_team, scope_team.id == RoleGrant.team_id)
        .outerjoin(reached, reached.path.like(scope_team.path + "%"))
        .where(RoleGrant.person_id.in_(person_ids), grant_on(today))
    )
    found: dict[UUID, dict[tuple[UUID, Role, Scope], set[UUID]]] = {}
    for person_id, grant_id, role, scope, team_id in db.session.execute(query):
        teams = found.setdefault(person_id, {}).setdefault((grant_id, role, scope), set())
        teams |= {team_id} - {None}
    return {
        person_id: Actor(
            person_id,
            tuple(
                Reach(role, None if scope is Scope.ALL else frozenset(teams))
                for (_, role, scope), teams in grants.items()
            ),
        )
        for person_id, grants in found.items()
    }


def _service_names(staff: Staff) -> dict[UUID | None, str]:
    """The names of the services to which posts belong."""
    query = select(Team.id, Team.name).where(Team.id.in_(set(staff.services.values()) - {None}))
    return {row.id: row.name for row in db.session.execute(query)}


def _load(ids: Collection[UUID]) -> dict[UUID, int]:
    """How many audits each of these is moderating or was given, of those that still wait: an audit
    may become final without its moderator (M1)."""
    open_ = select(Moderation.moderator_id.label("person"), Moderation.audit_id).where(
        Moderation.moderator_id.in_(ids), Moderation.state == ModerationState.OPEN
    )
    given = (
        select(ModeratorGiven.person_id, ModeratorGiven.audit_id)
        .join(Audit, Audit.id == ModeratorGiven.audit_id)
        .where(
            ModeratorGiven.person_id.in_(ids),
            ModeratorGiven.ended_at.is_(None),
            Audit.state.in_(UNSTARTED),
        )
    )
    both = open_.union(given).subquery()
    rows = db.session.execute(select(both.c.person, func.count()).group_by(both.c.person))
    return {row[0]: row[1] for row in rows}
