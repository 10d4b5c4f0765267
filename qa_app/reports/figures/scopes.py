"""The parts whose figures a report prints: services, teams and plan types by name.

An audit that names none is in a part of that name, so that the parts add up to the whole (CO-6).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Final

from qa_app.domain.measures import AUTHORITY
from qa_app.reports.facts import AuditFact
from qa_app.reports.figures.catalogue import Whose

NO_SERVICE: Final = "No service recorded"
NO_TEAM: Final = "No team recorded"
NO_PLAN: Final = "No plan recorded"


def by_scope(audits: Iterable[AuditFact], whose: Whose) -> dict[str, list[AuditFact]]:
    """The audits of each part by its name, in the order of names; the whole for the authority.

    Teams of one name in two services are told apart by the service.
    """
    every = list(audits)
    if whose is Whose.AUTHORITY:
        return {AUTHORITY: every}
    name_of = _names(every)[whose]
    found: dict[str, list[AuditFact]] = {}
    for audit in every:
        found.setdefault(name_of(audit), []).append(audit)
    return dict(sorted(found.items()))


def service_of(audit: AuditFact) -> str:
    """The audit's service by name."""
    return audit.service or NO_SERVICE


def _names(audits: list[AuditFact]) -> Mapping[Whose, Callable[[AuditFact], str]]:
    services: dict[str, set[str]] = {}
    for audit in audits:
        services.setdefault(audit.team, set()).add(audit.service)

    def team_of(audit: AuditFact) -> str:
        if not audit.team:
            return NO_TEAM
        alone = len(services[audit.team]) == 1
        return audit.team if alone else f"{audit.team} ({service_of(audit)})"

    return {
        Whose.SERVICE: service_of,
        Whose.TEAM: team_of,
        Whose.PLAN_TYPE: lambda audit: audit.plan_type.words if audit.plan_type else NO_PLAN,
    }
