"""Units, posts, the people who hold them, their roles and accounts."""

from datetime import datetime, timedelta
from random import Random
from typing import Final, cast

from sqlalchemy import Table

from qa_app.accounts.models import (
    Account,
    Person,
    PersonSource,
    Post,
    PostHolding,
    PostKind,
    RoleGrant,
    Team,
    name_key,
)
from qa_app.database import new_id
from qa_app.demo.council import Council, Member, Unit
from qa_app.demo.days import Days
from qa_app.demo.ledger import Ledger, known
from qa_app.demo.names import draw_names
from qa_app.demo.structure import (
    CENTRE,
    DOMAIN,
    INTERIM_TEAM,
    LOGINS,
    ROLES,
    ROOT_NAME,
    SERVICES,
    VACANT_TEAM,
    ServicePlan,
    TeamPlan,
)
from qa_app.domain.permissions import Role, Scope

_PEOPLE: Final = 150
_YEAR: Final = timedelta(days=365)


def build_people(rng: Random, days: Days, ledger: Ledger) -> Council:
    """Make the tree with its posts and people, and add their rows."""
    builder = _Builder(rng, days, ledger)
    builder.build()
    return builder.council


class _Builder:
    def __init__(self, rng: Random, days: Days, ledger: Ledger) -> None:
        self.rng, self.days, self.ledger = rng, days, ledger
        self.council = Council()
        self.names = draw_names(rng, _PEOPLE)
        # Everybody was there before the first audit, unless said otherwise.
        self.before = days.months[0].first - timedelta(days=400)

    def build(self) -> None:
        root = self._unit("ROOT", ROOT_NAME, None)
        for kind, title in CENTRE:
            self._member(kind, title, root, since=9)
        directors = self.council.of_kind(PostKind.SERVICE_DIRECTOR)
        for officer in self.council.of_kind(PostKind.QA_OFFICER):
            officer.given_manager = self.council.qa_lead
        for plan in SERVICES:
            self._service(root, plan, directors[plan.director])
        self._name_logins()
        for member in self.council.members:
            self._rows(member)
        for director, member in enumerate(directors):
            self._director_grants(director, member)

    def _unit(
        self, code: str, name: str, parent: Unit | None, plan: TeamPlan | None = None
    ) -> Unit:
        unit = Unit(new_id(), code, name, parent, plan)
        self.council.units[code] = unit
        self.ledger.add(
            Team,
            id=unit.id,
            code=code,
            name=name,
            parent_id=parent.id if parent else None,
            service_id=unit.service.id if unit.service else None,
            path="".join(f"{each.id.hex}/" for each in reversed(unit.line)),
        )
        return unit

    def _service(self, root: Unit, plan: ServicePlan, director: Member) -> None:
        unit = self._unit(plan.code, plan.name, root)
        head = self._member(PostKind.HEAD_OF_SERVICE, f"Head of {plan.name}", unit)
        head.given_manager = director
        if plan.has_service_manager:
            self._member(PostKind.SERVICE_MANAGER, "Service Manager", unit)
        for team in plan.teams:
            self._team(self._unit(team.code, team.name, unit, team))

    def _team(self, unit: Unit) -> None:
        plan = known(unit.plan)
        self._manager(unit)
        for place in range(plan.workers):
            kind = plan.kind
            if place == 0 and kind is PostKind.SOCIAL_WORKER:
                kind = PostKind.SENIOR_SOCIAL_WORKER
            # The first has been there for long, so that somebody always held every case.
            self._member(kind, kind.words, unit, since=12 if place == 0 else None)

    def _manager(self, unit: Unit) -> None:
        manager = self._member(PostKind.TEAM_MANAGER, "Team Manager", unit)
        if unit.code == VACANT_TEAM:
            manager.ended = self.days.today - timedelta(days=51)
            self.council.vacant_since = manager.ended
        if unit.code == INTERIM_TEAM:
            manager.ended = self.days.today - timedelta(days=75)
            interim = self._member(PostKind.TEAM_MANAGER, manager.title, unit)
            interim.post_id = manager.post_id
            interim.started = manager.ended + timedelta(days=6)

    def _member(self, kind: PostKind, title: str, unit: Unit, since: float | None = None) -> Member:
        name = self.names.pop()
        email = f"{name.lower().replace(' ', '.')}@{DOMAIN}"
        started = self.before - timedelta(days=self.rng.randint(0, 2200))
        if since is not None:
            started = self.days.today - since * _YEAR
        member = Member(new_id(), name, email, kind, title, unit, new_id(), started)
        self.council.members.append(member)
        return member

    def _name_logins(self) -> None:
        for login in LOGINS:
            member = next(
                each
                for each in self.council.of_kind(login.kind)
                if login.unit is None or login.unit in {unit.code for unit in each.unit.line}
            )
            member.email = f"{login.key}@{DOMAIN}"
            self.council.logins[login.key] = member

    def _rows(self, member: Member) -> None:
        add = self.ledger.add
        number = len(self.ledger.rows.get(_PEOPLE_ROWS, [])) + 1
        add(
            Person,
            id=member.id,
            external_id=f"W{4000 + number}",
            staff_id=f"S{10_000 + number}",
            name=member.name,
            name_key=name_key(member.name),
            email=member.email,
            line_manager_id=member.given_manager.id if member.given_manager else None,
            source=PersonSource.DEMO,
            left_on=member.ended,
        )
        self._post(member)
        add(
            PostHolding,
            post_id=member.post_id,
            person_id=member.id,
            started_on=member.started,
            ended_on=member.ended,
        )
        at = self._joined(member)
        add(
            Account,
            person_id=member.id,
            email=member.email,
            closed_at=self.days.clock(member.ended, 17) if member.ended else None,
        )
        self.ledger.note("person_added", "person", member.id, by=None, at=at)
        for role, scope in ROLES[member.kind]:
            unit = member.service if scope is Scope.SERVICE else member.unit
            self._grant(member, role, scope, unit if scope in _WITH_A_UNIT else None)

    def _post(self, member: Member) -> None:
        if member.post_id in {row["id"] for row in self.ledger.rows.get(_POSTS, [])}:
            return
        self.ledger.add(
            Post,
            id=member.post_id,
            title=member.title,
            kind=member.kind,
            rank=member.rank,
            line=member.line,
            team_id=member.unit.id,
            external_id=None,
        )

    def _joined(self, member: Member) -> datetime:
        # The product itself came with the first month that it shows.
        day = max(member.started, self.days.back(3, self.days.months[0].first))
        return self.days.clock(day, 9)

    def _director_grants(self, director: int, member: Member) -> None:
        for plan in SERVICES:
            if plan.director == director:
                self._grant(member, Role.MODERATOR, Scope.SERVICE, self.council.units[plan.code])

    def _grant(self, member: Member, role: Role, scope: Scope, unit: Unit | None) -> None:
        self.ledger.add(
            RoleGrant,
            person_id=member.id,
            post_id=member.post_id,
            role=role,
            scope=scope,
            team_id=unit.id if unit else None,
            valid_from=member.started,
            valid_until=member.ended,
        )
        self.ledger.note(
            "role_granted",
            "person",
            member.id,
            by=None,
            at=self._joined(member),
            role=role.words,
            scope=unit.name if unit else scope.value,
        )


_WITH_A_UNIT: Final = frozenset({Scope.TEAM, Scope.SERVICE})
_POSTS: Final = cast(Table, Post.__table__)
_PEOPLE_ROWS: Final = cast(Table, Person.__table__)
