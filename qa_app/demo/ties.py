"""S6 and M2 over the council in memory: who is tied to a case, and who may moderate."""

from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from qa_app.cases.models import InvolvementRole
from qa_app.demo.cases import CaseFile, Part
from qa_app.demo.council import Council, Member, Unit
from qa_app.domain.independence import (
    CaseTie,
    ModeratorFacts,
    Period,
    TieRole,
    bars_for_moderator,
    conflicts_for_auditor,
    oversight_is_colleagues,
)

_ROLES = {
    InvolvementRole.SOCIAL_WORKER: TieRole.SOCIAL_WORKER,
    InvolvementRole.IRO: TieRole.IRO,
    InvolvementRole.CHAIR: TieRole.CHAIR,
    InvolvementRole.DECISION_MAKER: TieRole.DECISION_MAKER,
}


class Independence:
    """Answers for any auditor, moderator and case; the rules themselves are the domain's."""

    def __init__(self, council: Council) -> None:
        self.council = council
        self.services = {
            member.id: member.service.id if member.service else None for member in council.members
        }
        self.line_holders: dict[UUID, list[Member]] = defaultdict(list)
        for member in council.members:
            if member.line:
                self.line_holders[member.unit.id].append(member)
        above = {member.id: council.manager_of(member) for member in council.here}
        self.managers: dict[UUID, UUID | None] = {
            person_id: manager.id if manager else None for person_id, manager in above.items()
        }

    def ties(self, case: CaseFile, period: Period) -> list[CaseTie]:
        """Everybody's part in the case and its brothers' and sisters' in the period (A1, S6)."""
        found = [tie for each in case.family for tie in self._ties_of(each, each is not case)]
        unique = dict.fromkeys(tie for tie in found if tie.overlaps(period))
        return sorted(unique, key=lambda tie: (tie.sibling, tie.role, tie.started_on))

    def _ties_of(self, case: CaseFile, sibling: bool) -> Iterator[CaseTie]:
        for part in case.parts:
            yield _tie(part.member, _ROLES[part.role], part, sibling)
            if part.role is InvolvementRole.SOCIAL_WORKER:
                yield from self._manager_ties(part, sibling)

    def _manager_ties(self, part: Part, sibling: bool) -> Iterator[CaseTie]:
        for member in self.line_holders.get(part.unit.id, ()):
            if member.started <= (part.ended or member.started):
                both = Part(
                    member,
                    part.role,
                    part.unit,
                    max(part.started, member.started),
                    min(filter(None, (part.ended, member.ended)), default=None),
                )
                if both.ended is None or both.started <= both.ended:
                    yield _tie(member, TieRole.TEAM_MANAGER, both, sibling)

    def attached(self, unit: Unit, period: Period) -> frozenset[UUID]:
        """Everybody who in the period held a post in the team, or a line post above it."""
        line = unit.line
        return frozenset(
            member.id
            for member in self.council.members
            if member.unit in line and (member.line or member.unit is unit) and member.held(*period)
        )

    def may_audit(self, auditor: Member, case: CaseFile, period: Period) -> bool:
        """Whether S6 lets them, and no colleague of their service reviews this child."""
        ties = self.ties(case, period)
        teams = {case.unit.id} if auditor.id in self.attached(case.unit, period) else set()
        if conflicts_for_auditor(auditor.id, ties, period, case.unit.id, frozenset(teams)):
            return False
        service = self.services[auditor.id]
        return not oversight_is_colleagues(auditor.id, service, ties, period, self.services)

    def may_moderate(
        self, moderator: Member, auditor: Member, case: CaseFile, period: Period
    ) -> bool:
        """Whether M2 lets them, from another service than the one audited."""
        facts = ModeratorFacts(
            moderator_id=moderator.id,
            auditor_id=auditor.id,
            managers=self.managers,
            ties=tuple(self.ties(case, period)),
            period=period,
            moderator_service_id=self.services[moderator.id],
            audited_service_id=case.unit.service.id if case.unit.service else None,
            auditor_service_id=self.services[auditor.id],
        )
        return not facts.own_service and not bars_for_moderator(facts)


def _tie(member: Member, role: TieRole, part: Part, sibling: bool) -> CaseTie:
    return CaseTie(member.id, member.name, role, part.started, part.ended, sibling)
