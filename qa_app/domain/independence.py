"""Who may not audit a case (S6) and who may not moderate an audit (M2), with the reason."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Final
from uuid import UUID

from qa_app.domain.calendar import date_words

Managers = Mapping[UUID, UUID | None]
"""Each person's line manager; somebody missing, or with None, has none."""

Period = tuple[date, date]
"""First and last day, both included."""


class TieRole(StrEnum):
    """What somebody was to a child whose file is audited."""

    SOCIAL_WORKER = "social_worker"
    TEAM_MANAGER = "team_manager"
    IRO = "iro"
    CHAIR = "chair"
    DECISION_MAKER = "decision_maker"

    @property
    def words(self) -> str:
        return _ROLE_WORDS[self]


_ROLE_WORDS: Final[Mapping[TieRole, str]] = {
    TieRole.SOCIAL_WORKER: "social worker",
    TieRole.TEAM_MANAGER: "team manager",
    TieRole.IRO: "independent reviewing officer",
    TieRole.CHAIR: "conference chair",
    TieRole.DECISION_MAKER: "decision-maker",
}


OVERSIGHT_ROLES: Final = frozenset({TieRole.IRO, TieRole.CHAIR})


@dataclass(frozen=True)
class CaseTie:
    """Somebody's part in the case, or in a brother's or sister's (``sibling``).

    ``ended_on`` is the last day of it; None while it lasts. ``started_on`` is None where nobody
    knows, and then it is taken to be long ago.
    """

    person_id: UUID
    name: str
    role: TieRole
    started_on: date | None
    ended_on: date | None = None
    sibling: bool = False

    def overlaps(self, period: Period) -> bool:
        first, last = period
        begun = self.started_on is None or self.started_on <= last
        return begun and (self.ended_on is None or self.ended_on >= first)

    @property
    def sentence(self) -> str:
        """The tie after a person's name: "was this child's social worker until 3 February 2023"."""
        whose = f"this child's {self.role.words}"
        if self.sibling:
            whose = f"the {self.role.words} of this child's brother or sister"
        if self.ended_on is None:
            return f"is {whose}"
        return f"was {whose} until {date_words(self.ended_on)}"


@dataclass(frozen=True)
class Conflict:
    """Why somebody may not audit a case; ``reason`` follows their name in a sentence."""

    reason: str
    rule: str = "S6"


@dataclass(frozen=True)
class Bar:
    """Why somebody may not moderate, verify or decide; ``reason`` follows their name."""

    reason: str
    rule: str


def conflicts_for_auditor(
    person_id: UUID,
    ties: Iterable[CaseTie],
    period: Period,
    case_team_id: UUID | None,
    team_ids: frozenset[UUID],
    interest_declared: bool = False,
) -> list[Conflict]:
    """Every reason why this person may not audit the case (S6); empty where they may.

    ``ties`` are everybody's, to the child and to brothers and sisters; those of the period under
    review count. ``team_ids`` are the teams that the person manages, at any level, or belongs to.
    """
    reasons = [tie.sentence for tie in ties if tie.person_id == person_id and tie.overlaps(period)]
    if case_team_id in team_ids:
        reasons.append("manages or belongs to the team that this child is allocated to")
    if interest_declared:
        reasons.append("has declared an interest in this case")
    return [Conflict(reason) for reason in dict.fromkeys(reasons)]


@dataclass(frozen=True)
class IndependenceFacts:
    """What S6 reads about one case, for everybody at once.

    ``ties`` are everybody's to the child and to brothers and sisters; ``of_the_team`` those who in
    the period belonged to the child's team or managed it, at any level; ``interests`` those who
    declared an interest in the case (``family_interests``: in a brother's or sister's); ``waivers``
    gives for an auditor the waiver that stands and has not been used.
    """

    period: Period
    ties: tuple[CaseTie, ...]
    team_id: UUID | None
    of_the_team: frozenset[UUID]
    interests: frozenset[UUID] = frozenset()
    family_interests: frozenset[UUID] = frozenset()
    waivers: Mapping[UUID, UUID] = field(default_factory=dict)

    def conflicts(self, person_id: UUID) -> list[Conflict]:
        """Every reason why S6 forbids this person the case; empty where it does not.

        A waiver takes no reason away: see `bars`.
        """
        teams = frozenset(
            team for team in (self.team_id,) if team is not None and person_id in self.of_the_team
        )
        declared = person_id in self.interests
        found = conflicts_for_auditor(
            person_id, self.ties, self.period, self.team_id, teams, declared
        )
        if person_id in self.family_interests:
            found.append(
                Conflict("has declared an interest in the case of this child's brother or sister")
            )
        return found

    @property
    def oversight(self) -> frozenset[UUID]:
        """Those who were this child's reviewing officer or chair in the period."""
        return frozenset(
            tie.person_id
            for tie in self.ties
            if tie.role in OVERSIGHT_ROLES and not tie.sibling and tie.overlaps(self.period)
        )

    def bars(self, person_id: UUID) -> list[Conflict]:
        """The reasons that keep this person from the case: none where a waiver stands."""
        return [] if person_id in self.waivers else self.conflicts(person_id)


def oversight_is_colleagues(
    auditor_id: UUID,
    auditor_service_id: UUID | None,
    ties: Iterable[CaseTie],
    period: Period,
    service_of: Mapping[UUID, UUID | None],
) -> bool:
    """Whether the child's IRO or chair is a colleague in the auditor's own service (S6).

    The audit may go ahead; its moderator is then from another service and grades the section on
    independent oversight. ``service_of`` gives each person's service.
    """
    return auditor_service_id is not None and any(
        tie.role in OVERSIGHT_ROLES
        and not tie.sibling
        and tie.person_id != auditor_id
        and tie.overlaps(period)
        and service_of.get(tie.person_id) == auditor_service_id
        for tie in ties
    )


@dataclass(frozen=True)
class ModeratorFacts:
    """What decides whether somebody may moderate an audit (M2).

    ``ties`` are those that the audit pinned. ``oversight_by_colleague`` is the answer of
    `oversight_is_colleagues` for the auditor. A second auditor bars as the first does: their facts
    are asked too, with ``auditor_words`` that tell them apart.
    """

    moderator_id: UUID
    auditor_id: UUID
    managers: Managers
    ties: tuple[CaseTie, ...]
    period: Period
    moderator_service_id: UUID | None = None
    audited_service_id: UUID | None = None
    auditor_service_id: UUID | None = None
    oversight_by_colleague: bool = False
    auditor_words: str = "the auditor"

    @property
    def own_service(self) -> bool:
        """Whether the audited case is in the moderator's own service: allowed, last and flagged."""
        return (
            self.moderator_service_id is not None
            and self.moderator_service_id == self.audited_service_id
        )


def line_above(person_id: UUID, managers: Managers) -> list[UUID]:
    """The line managers above somebody, nearest first. A line that runs in a circle ends there."""
    line: list[UUID] = []
    above = managers.get(person_id)
    while above is not None and above != person_id and above not in line:
        line.append(above)
        above = managers.get(above)
    return line


def _in_auditors_colleagues_service(facts: ModeratorFacts) -> bool:
    return facts.oversight_by_colleague and facts.moderator_service_id == facts.auditor_service_id


_BARS: Final[tuple[tuple[str, Callable[[ModeratorFacts], bool], str], ...]] = (
    ("M2", lambda facts: facts.moderator_id == facts.auditor_id, "did this audit"),
    (
        "M2",
        lambda facts: facts.managers.get(facts.auditor_id) == facts.moderator_id,
        "is {auditor}'s line manager",
    ),
    (
        "M2",
        lambda facts: facts.auditor_id in line_above(facts.moderator_id, facts.managers),
        "is managed by {auditor}",
    ),
    (
        "S6",
        _in_auditors_colleagues_service,
        "is from the service of {auditor} and of this child's reviewing officer or chair",
    ),
)

_BARRED_ROLES: Final = frozenset(
    {TieRole.SOCIAL_WORKER, TieRole.TEAM_MANAGER, TieRole.IRO, TieRole.CHAIR}
)


def bars_for_moderator(facts: ModeratorFacts) -> list[Bar]:
    """Every reason why this person may not moderate the audit (M2, S6); empty where they may."""
    bars = [
        Bar(reason.format(auditor=facts.auditor_words), rule)
        for rule, applies, reason in _BARS
        if applies(facts)
    ]
    bars += [
        Bar(tie.sentence, "M2")
        for tie in facts.ties
        if tie.person_id == facts.moderator_id
        and tie.role in _BARRED_ROLES
        and not tie.sibling
        and tie.overlaps(facts.period)
    ]
    return list(dict.fromkeys(bars))
