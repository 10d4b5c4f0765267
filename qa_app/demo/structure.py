"""The council's shape as tables: services, teams, what each team works on, and who leads."""

from dataclasses import dataclass
from typing import Final, NamedTuple

from qa_app.accounts.models import PostKind
from qa_app.domain.grades import PlanType
from qa_app.domain.permissions import Role, Scope

COUNCIL_NAME: Final = "Wexcombe County Council"
ROOT_NAME: Final = "Children and Young People"

# Numbers that the regulator keeps for drama: nobody answers them.
TELEPHONES: Final = {
    "duty_team_telephone": "01632 960 101",
    "emergency_duty_team_telephone": "01632 960 102",
    "designated_officer_telephone": "01632 960 103",
}


class Rank(NamedTuple):
    """A post's rank and whether it holds line management (as the shipped job titles say)."""

    rank: int
    line: bool = False


_K = PostKind
RANKS: Final = {
    _K.CORPORATE_DIRECTOR: Rank(80, True),
    _K.SERVICE_DIRECTOR: Rank(70, True),
    _K.HEAD_OF_SERVICE: Rank(60, True),
    _K.QA_LEAD: Rank(55),
    _K.SERVICE_MANAGER: Rank(50, True),
    _K.IRO: Rank(45),
    _K.CONFERENCE_CHAIR: Rank(45),
    _K.QA_OFFICER: Rank(45),
    _K.TEAM_MANAGER: Rank(40, True),
    _K.PRACTICE_LEAD: Rank(20),
    _K.SENIOR_SOCIAL_WORKER: Rank(15),
    _K.SOCIAL_WORKER: Rank(10),
    _K.EARLY_HELP_PRACTITIONER: Rank(10),
    _K.PERSONAL_ADVISER: Rank(10),
    _K.ADMINISTRATOR: Rank(0),
    _K.OTHER: Rank(0),
}

# A role with its scope: of the unit that the post is in, where the scope has one.
ROLES: Final[dict[PostKind, tuple[tuple[Role, Scope], ...]]] = {
    _K.CORPORATE_DIRECTOR: ((Role.MODERATOR, Scope.ALL),),
    _K.SERVICE_DIRECTOR: (),  # each has the services that it answers for: see people
    _K.HEAD_OF_SERVICE: ((Role.MODERATOR, Scope.SERVICE),),
    _K.QA_LEAD: ((Role.QA_LEAD, Scope.ALL),),
    _K.SERVICE_MANAGER: ((Role.AUDITOR, Scope.OWN), (Role.PRACTITIONER, Scope.SERVICE)),
    _K.IRO: ((Role.AUDITOR, Scope.OWN),),
    _K.CONFERENCE_CHAIR: ((Role.AUDITOR, Scope.OWN),),
    _K.QA_OFFICER: ((Role.AUDITOR, Scope.OWN),),
    _K.TEAM_MANAGER: ((Role.AUDITOR, Scope.OWN), (Role.PRACTITIONER, Scope.TEAM)),
    _K.PRACTICE_LEAD: ((Role.AUDITOR, Scope.OWN),),
    _K.SENIOR_SOCIAL_WORKER: ((Role.PRACTITIONER, Scope.OWN),),
    _K.SOCIAL_WORKER: ((Role.PRACTITIONER, Scope.OWN),),
    _K.EARLY_HELP_PRACTITIONER: ((Role.PRACTITIONER, Scope.OWN),),
    _K.PERSONAL_ADVISER: ((Role.PRACTITIONER, Scope.OWN),),
    _K.ADMINISTRATOR: ((Role.ADMINISTRATOR, Scope.ALL),),
    _K.OTHER: ((Role.VIEWER, Scope.ALL),),
}


@dataclass(frozen=True)
class TeamPlan:
    """A team: what its workers are, how many, and how many cases of each plan they hold."""

    code: str
    name: str
    kind: PostKind
    workers: int
    cases: tuple[tuple[PlanType, int], ...] = ()


@dataclass(frozen=True)
class ServicePlan:
    """A service with its teams; `director` is which of the two service directors answers for it."""

    code: str
    name: str
    director: int
    teams: tuple[TeamPlan, ...]
    has_service_manager: bool = True


_P = PlanType
_SW = PostKind.SOCIAL_WORKER


def _assessment(number: int) -> TeamPlan:
    cases = ((_P.CHILD_IN_NEED, 44), (_P.CHILD_PROTECTION, 6))
    return TeamPlan(f"ASSESS{number}", f"Assessment Team {number}", _SW, 4, cases)


def _family_support(place: str) -> TeamPlan:
    cases = (
        (_P.CHILD_IN_NEED, 46),
        (_P.CHILD_PROTECTION, 42),
        (_P.CHILD_IN_CARE, 8),
        (_P.PRIVATE_FOSTERING, 2),
    )
    return TeamPlan(f"FAMILY-{place[0]}", f"Family Support Team {place}", _SW, 5, cases)


SERVICES: Final = (
    ServicePlan("MASH", "MASH and Assessment", 0, (
        TeamPlan("HUB", "Multi-Agency Safeguarding Hub", _SW, 4, ((_P.CHILD_IN_NEED, 22),)),
        _assessment(1), _assessment(2), _assessment(3),
    )),
    ServicePlan("SAFEGUARD", "Safeguarding and Family Support", 0, tuple(
        _family_support(place) for place in ("North", "South", "East", "West")
    )),
    ServicePlan("CARE", "Corporate Parenting", 0, (
        TeamPlan("CARE1", "Children in Care Team 1", _SW, 5, ((_P.CHILD_IN_CARE, 88),)),
        TeamPlan("CARE2", "Children in Care Team 2", _SW, 5, ((_P.CHILD_IN_CARE, 88),)),
        TeamPlan("LEAVING", "Leaving Care Team", _K.PERSONAL_ADVISER, 7,
                 ((_P.CARE_EXPERIENCED, 124),)),
    )),
    ServicePlan("DISABLED", "Children with Disabilities", 1, (
        TeamPlan("DISABLED1", "Disabled Children's Team", _SW, 5,
                 ((_P.CHILD_IN_NEED, 44), (_P.CHILD_PROTECTION, 6), (_P.CHILD_IN_CARE, 16))),
        TeamPlan("BREAKS", "Short Breaks Team", _SW, 3, ((_P.CHILD_IN_NEED, 36),)),
    ), has_service_manager=False),
    ServicePlan("EARLY", "Early Help", 1, (
        TeamPlan("EARLY-N", "Early Help North", _K.EARLY_HELP_PRACTITIONER, 4,
                 ((_P.EARLY_HELP, 82),)),
        TeamPlan("EARLY-S", "Early Help South", _K.EARLY_HELP_PRACTITIONER, 4,
                 ((_P.EARLY_HELP, 82),)),
        TeamPlan("SOLUTIONS", "Family Solutions Team", _K.EARLY_HELP_PRACTITIONER, 4,
                 ((_P.EARLY_HELP, 74),)),
    )),
    ServicePlan("FOSTER", "Fostering and Permanence", 1, (
        TeamPlan("FOSTERING", "Fostering Support Team", _SW, 4, ((_P.FOSTERING_HOUSEHOLD, 62),)),
        TeamPlan("PERMANENCE", "Permanence Team", _SW, 3, ((_P.CHILD_IN_CARE, 34),)),
    )),
    ServicePlan("REVIEW", "Safeguarding and Review", 1, (
        TeamPlan("REVIEWING", "Independent Reviewing Team", _K.IRO, 6),
        TeamPlan("CONFERENCE", "Conference Team", _K.CONFERENCE_CHAIR, 5),
    )),
)  # fmt: skip

VACANT_TEAM: Final = "FAMILY-E"
INTERIM_TEAM: Final = "ASSESS3"

# Posts above the services: kind, title.
CENTRE: Final = (
    (_K.CORPORATE_DIRECTOR, "Corporate Director"),
    (_K.SERVICE_DIRECTOR, "Service Director (Safeguarding)"),
    (_K.SERVICE_DIRECTOR, "Service Director (Early Help and Permanence)"),
    (_K.QA_LEAD, "Quality Assurance Lead"),
    (_K.PRACTICE_LEAD, "Principal Social Worker"),
    (_K.QA_OFFICER, "Quality Assurance Officer"),
    (_K.QA_OFFICER, "Quality Assurance Officer"),
    (_K.ADMINISTRATOR, "Systems Administrator"),
    (_K.OTHER, "Improvement Board Member"),
)


@dataclass(frozen=True)
class DemoLogin:
    """An account to try the product with: its label, its address, and whose it is."""

    key: str
    label: str
    kind: PostKind
    unit: str | None


# One for each role, in the order in which a newcomer would try them.
LOGINS: Final = (
    DemoLogin("qa.lead", "QA lead", _K.QA_LEAD, None),
    DemoLogin("auditor", "Auditor", _K.TEAM_MANAGER, "CARE1"),
    DemoLogin("head.of.service", "Moderator, head of service", _K.HEAD_OF_SERVICE, "CARE"),
    DemoLogin("director", "Moderator, corporate director", _K.CORPORATE_DIRECTOR, None),
    DemoLogin("social.worker", "Practitioner", _K.SOCIAL_WORKER, "FAMILY-N"),
    DemoLogin("team.manager", "Team manager", _K.TEAM_MANAGER, "FAMILY-N"),
    DemoLogin("iro", "Independent reviewing officer", _K.IRO, "REVIEWING"),
    DemoLogin("viewer", "Viewer", _K.OTHER, None),
    DemoLogin("administrator", "Administrator", _K.ADMINISTRATOR, None),
)
DOMAIN: Final = "demo.example"
