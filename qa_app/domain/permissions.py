"""Who may do what: a table of conditions over plain facts.

`PERMISSIONS[p]` is a list of ways; a way is a list of conditions that must all hold. A permission
is held when one way holds. Conditions read an Actor (who asks, with the roles held today) and a
Subject (what the object says of itself), and nothing else.
"""

from collections.abc import Callable
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
    """How a person is part of an audit."""

    AUDITOR = "auditor"
    SOCIAL_WORKER = "social_worker"
    TEAM_MANAGER = "team_manager"
    IRO = "iro"
    CHAIR = "chair"
    DECISION_MAKER = "decision_maker"
    MODERATOR = "moderator"
    OWNER = "owner"
    VERIFIER = "verifier"
    RAISER = "raiser"
    TOLD = "told"


class Permission(StrEnum):
    """Everything that a route, button or list can ask for."""

    HOME_READ = "home.read"
    OWN_ACCOUNT = "account.own"
    PEOPLE_MANAGE = "people.manage"
    SETTINGS_MANAGE = "settings.manage"
    TITLES_MANAGE = "titles.manage"
    CASES_IMPORT = "cases.import"
    CASES_READ = "cases.read"
    AUDITS_IMPORT = "audits.import"
    AUDITS_LIST = "audits.list"
    AUDIT_GIVE = "audit.give"
    AUDIT_SEE = "audit.see"
    AUDIT_READ = "audit.read"
    AUDIT_WRITE = "audit.write"
    AUDIT_SUBMIT = "audit.submit"
    AUDIT_WITHDRAW = "audit.withdraw"
    CONCERN_RAISE = "concern.raise"
    CONCERN_READ = "concern.read"
    CONCERN_ACKNOWLEDGE = "concern.acknowledge"
    CONCERN_DECIDE = "concern.decide"
    CONCERN_WITHDRAW = "concern.withdraw"
    MODERATION_QUEUE = "moderation.queue"
    MODERATION_START = "moderation.start"
    MODERATION_READ = "moderation.read"
    MODERATE = "moderation.commit"
    ACTIONS_LIST = "actions.list"
    ACTION_READ = "action.read"
    ACTION_RAISE = "action.raise"
    ACTION_WORK = "action.work"
    ACTION_VERIFY = "action.verify"
    ACTION_CHANGE_DUE = "action.change_due"
    ACTION_WITHDRAW = "action.withdraw"
    PROGRAMME_MANAGE = "programme.manage"
    TOOLS_READ = "tools.read"
    MEASURES_READ = "measures.read"
    REPORTS_READ = "reports.read"
    IMPORT_READ = "import.read"


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

    `readable` is False while an audit is still its auditor's draft, and while an action is not yet
    done. `named` is None, or the only people who may see a confidential object (I3).
    """

    team_id: UUID | None = None
    parties: frozenset[tuple[Party, UUID]] = field(default_factory=frozenset)
    named: frozenset[UUID] | None = None
    readable: bool = True

    def involves(self, person_id: UUID, *parties: Party) -> bool:
        """Whether the person is one of these parties."""
        return any((party, person_id) in self.parties for party in parties)


Condition = Callable[[Actor, Subject], bool]


def signed_in(actor: Actor, subject: Subject) -> bool:
    """Anybody with a session."""
    return True


def holding(role: Role) -> Condition:
    """Holds the role, whatever its scope."""
    return lambda actor, subject: actor.holds(role)


def reaching(role: Role) -> Condition:
    """Holds the role for the object's team."""
    return lambda actor, subject: actor.reaches_team(role, subject.team_id)


def being(*parties: Party) -> Condition:
    """Is one of these parties to the object."""
    return lambda actor, subject: subject.involves(actor.person_id, *parties)


def not_being(*parties: Party) -> Condition:
    """Is none of these parties to the object."""
    return lambda actor, subject: not subject.involves(actor.person_id, *parties)


def readable(actor: Actor, subject: Subject) -> bool:
    """The object has left its author's desk."""
    return subject.readable


_WORKING_IT = being(Party.AUDITOR, Party.MODERATOR)
_CASE_PEOPLE = being(Party.SOCIAL_WORKER, Party.TEAM_MANAGER, Party.IRO, Party.CHAIR)
_QA_LEAD = holding(Role.QA_LEAD)
_MODERATOR_OF_SERVICE = reaching(Role.MODERATOR)
_MANAGER_OF_TEAM = reaching(Role.PRACTITIONER)

_READS_AUDIT: list[list[Condition]] = [
    [_WORKING_IT],
    [_QA_LEAD],
    [_CASE_PEOPLE, readable],
    [_MANAGER_OF_TEAM, readable],
    [_MODERATOR_OF_SERVICE, readable],
]
_PART_OF_ACTION: list[list[Condition]] = [
    [being(Party.OWNER, Party.VERIFIER, Party.RAISER, Party.AUDITOR)],
    [_CASE_PEOPLE],
    [_MANAGER_OF_TEAM],
    [_MODERATOR_OF_SERVICE],
    [_QA_LEAD],
]

PERMISSIONS: dict[Permission, list[list[Condition]]] = {
    Permission.HOME_READ: [[signed_in]],
    Permission.OWN_ACCOUNT: [[signed_in]],
    Permission.PEOPLE_MANAGE: [[holding(Role.ADMINISTRATOR)]],
    Permission.SETTINGS_MANAGE: [[holding(Role.ADMINISTRATOR)]],
    Permission.TITLES_MANAGE: [[_QA_LEAD], [holding(Role.ADMINISTRATOR)]],
    Permission.CASES_IMPORT: [[_QA_LEAD], [holding(Role.ADMINISTRATOR)]],
    Permission.CASES_READ: [[_QA_LEAD]],
    Permission.IMPORT_READ: [[_QA_LEAD], [holding(Role.ADMINISTRATOR)]],
    Permission.AUDITS_IMPORT: [[_QA_LEAD]],
    Permission.AUDITS_LIST: [
        [holding(Role.AUDITOR)],
        [holding(Role.MODERATOR)],
        [holding(Role.PRACTITIONER)],
        [_QA_LEAD],
    ],
    Permission.AUDIT_GIVE: [[_QA_LEAD]],
    # I2: case content is for those who work on the case or the audit, and those who answer for it.
    # To see that an audit exists is wider than to read it, by its waiting for a moderator.
    Permission.AUDIT_SEE: [*_READS_AUDIT, [holding(Role.MODERATOR), readable]],
    Permission.AUDIT_READ: _READS_AUDIT,
    Permission.AUDIT_WRITE: [[being(Party.AUDITOR)]],
    Permission.AUDIT_SUBMIT: [[being(Party.AUDITOR)]],
    Permission.AUDIT_WITHDRAW: [[_QA_LEAD]],
    # A9: raised at any moment by whoever is reading the file.
    Permission.CONCERN_RAISE: [[_WORKING_IT], [_QA_LEAD]],
    Permission.CONCERN_READ: [
        [being(Party.TOLD, Party.RAISER)],
        [_QA_LEAD],
        [_MODERATOR_OF_SERVICE],
    ],
    Permission.CONCERN_ACKNOWLEDGE: [[being(Party.TOLD)]],
    # E1: the safety decision is a manager's.
    Permission.CONCERN_DECIDE: [
        [being(Party.TOLD), holding(Role.MODERATOR)],
        [being(Party.TOLD), _MANAGER_OF_TEAM],
    ],
    # E7: a head of service or above, of the child's service.
    Permission.CONCERN_WITHDRAW: [[_MODERATOR_OF_SERVICE]],
    Permission.MODERATION_QUEUE: [[holding(Role.MODERATOR)]],
    # M2: never the auditor nor the case's own people; line management is checked by the service.
    Permission.MODERATION_START: [
        [
            holding(Role.MODERATOR),
            readable,
            not_being(
                Party.AUDITOR, Party.SOCIAL_WORKER, Party.TEAM_MANAGER, Party.IRO, Party.CHAIR
            ),
        ]
    ],
    Permission.MODERATION_READ: _READS_AUDIT,
    Permission.MODERATE: [[being(Party.MODERATOR)]],
    Permission.ACTIONS_LIST: [
        [holding(Role.PRACTITIONER)],
        [holding(Role.AUDITOR)],
        [holding(Role.MODERATOR)],
        [_QA_LEAD],
    ],
    # E4: once done, an action is seen by those outside the service who may verify it.
    Permission.ACTION_READ: [*_PART_OF_ACTION, [holding(Role.MODERATOR), readable]],
    Permission.ACTION_RAISE: [[_WORKING_IT], [_QA_LEAD]],
    Permission.ACTION_WORK: [[being(Party.OWNER)]],
    # E4: never one's own; rank and service are checked by the tracker's service.
    Permission.ACTION_VERIFY: [
        [holding(Role.MODERATOR), not_being(Party.OWNER)],
        [_MANAGER_OF_TEAM, not_being(Party.OWNER)],
        [_QA_LEAD, not_being(Party.OWNER)],
    ],
    Permission.ACTION_CHANGE_DUE: [[_MODERATOR_OF_SERVICE], [_MANAGER_OF_TEAM], [_QA_LEAD]],
    # E5: by a head of service who sees it; that they are of another service than the owner is
    # checked by the tracker's service.
    Permission.ACTION_WITHDRAW: [
        [_MODERATOR_OF_SERVICE, not_being(Party.OWNER)],
        [holding(Role.MODERATOR), readable, not_being(Party.OWNER)],
        [holding(Role.MODERATOR), being(Party.RAISER, Party.AUDITOR), not_being(Party.OWNER)],
    ],
    Permission.PROGRAMME_MANAGE: [[_QA_LEAD]],
    Permission.TOOLS_READ: [[signed_in]],
    Permission.MEASURES_READ: [[_QA_LEAD], [holding(Role.MODERATOR)]],
    Permission.REPORTS_READ: [[_QA_LEAD], [holding(Role.MODERATOR)], [holding(Role.VIEWER)]],
}

NOTHING = Subject()


def allowed(permission: Permission, actor: Actor, subject: Subject = NOTHING) -> bool:
    """Whether the actor holds the permission on the subject. Unknown permissions are refused."""
    if subject.named is not None and actor.person_id not in subject.named:
        return False
    return any(
        all(condition(actor, subject) for condition in way)
        for way in PERMISSIONS.get(permission, [])
    )
