"""Who asks, and what an object says of itself: plain facts for the table of permissions."""

from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Role(StrEnum):
    """The roles as stored (product.md, People)."""

    AUDITOR = "auditor"
    MODERATOR = "moderator"
    QA_LEAD = "qa_lead"
    PRACTITIONER = "practitioner"
    VIEWER = "viewer"
    ADMINISTRATOR = "administrator"

    @property
    def words(self) -> str:
        """The role as a page says it."""
        return ROLE_WORDS[self]


ROLE_WORDS = {
    Role.AUDITOR: "Auditor",
    Role.MODERATOR: "Moderator",
    Role.QA_LEAD: "QA lead",
    Role.PRACTITIONER: "Practitioner",
    Role.VIEWER: "Viewer",
    Role.ADMINISTRATOR: "Administrator",
}


class Scope(StrEnum):
    """How far a role reaches: one's own work, a team, a service, or everything."""

    OWN = "own"
    TEAM = "team"
    SERVICE = "service"
    ALL = "all"


class Party(StrEnum):
    """How a person is part of an audit, an action, a concern or a calibration session.

    A blind moderator is one who has not committed their first grades: they read nothing of the
    auditor's judgement until then (M3). A helper does an action together with its owner, who leads
    it. Somebody implicated in a concern sees nothing of it, nor of
    what it is about (E1).
    """

    AUDITOR = "auditor"
    CO_AUDITOR = "co_auditor"
    SOCIAL_WORKER = "social_worker"
    TEAM_MANAGER = "team_manager"
    IRO = "iro"
    CHAIR = "chair"
    DECISION_MAKER = "decision_maker"
    BLIND_MODERATOR = "blind_moderator"
    MODERATOR = "moderator"
    OWNER = "owner"
    HELPER = "helper"
    VERIFIER = "verifier"
    RAISER = "raiser"
    TOLD = "told"
    INVITED = "invited"
    IMPLICATED = "implicated"


@dataclass(frozen=True, slots=True)
class Reach:
    """A role held today; `teams` is None where it reaches everything, empty for one's own work."""

    role: Role
    teams: frozenset[UUID] | None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks."""

    person_id: UUID
    reaches: tuple[Reach, ...]
    rank: int = 0

    def holds(self, role: Role) -> bool:
        """Whether the role is held at all, whatever its scope."""
        return any(reach.role is role for reach in self.reaches)

    def reaches_team(self, role: Role, team_id: UUID | None) -> bool:
        """Whether the role is held for this team (an object of no team needs a scope of all)."""
        return any(
            reach.role is role
            and (reach.teams is None or (team_id is not None and team_id in reach.teams))
            for reach in self.reaches
        )


@dataclass(frozen=True, slots=True)
class Subject:
    """What an object says of itself when asked who may touch it.

    `readable` is False while an audit is still its auditor's draft, and while an action waits for
    nobody outside its service to decide. `named` is None, or the only people who may see a
    confidential object (I3).
    """

    team_id: UUID | None = None
    parties: frozenset[tuple[Party, UUID]] = field(default_factory=frozenset)
    named: frozenset[UUID] | None = None
    readable: bool = True

    def involves(self, person_id: UUID, *parties: Party) -> bool:
        """Whether the person is one of these parties."""
        return any((party, person_id) in self.parties for party in parties)
