"""Who checks the facts of an audit, what they said, and what became of it (A12)."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from qa_app.accounts.models import Account, Person
from qa_app.accounts.periods import open_on
from qa_app.audits.models import Audit, AuditParty, Contribution, FactCheck, FactPoint
from qa_app.audits.queries.contributions import last_day_to_reply, signed_contributions
from qa_app.database import db
from qa_app.domain.answers import ContributionKind
from qa_app.domain.facts import Asked, check_closed
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import MODERATION_BEGUN, AuditState
from qa_app.standards.models import Section

_ASKED = (Party.SOCIAL_WORKER, Party.TEAM_MANAGER)


def people_to_ask(audit: Audit, today: date) -> list[tuple[Person, Party]]:
    """The present social worker and the team manager pinned to the audit, as far as they can sign
    in here and did not do the audit themselves; each person once (one query)."""
    query = (
        select(Person, AuditParty.party)
        .join(AuditParty, AuditParty.person_id == Person.id)
        .join(Account, Account.person_id == Person.id)
        .where(
            AuditParty.audit_id == audit.id,
            AuditParty.party.in_(_ASKED),
            AuditParty.ended_on.is_(None),
            open_on(today),
            Person.id.is_distinct_from(audit.auditor_id),
            # E1: whoever a concern on it is about is asked nothing.
            Person.id.not_in(
                select(AuditParty.person_id).where(
                    AuditParty.audit_id == audit.id, AuditParty.party == Party.IMPLICATED
                )
            ),
        )
        .order_by(AuditParty.party, Person.name)
    )
    found: dict[UUID, tuple[Person, Party]] = {}
    for person, party in db.session.execute(query):
        found.setdefault(person.id, (person, party))
    return list(found.values())


def checks_of(audit: Audit) -> list[FactCheck]:
    """Everybody asked, with their points, as they stand now: the social worker first."""
    query = (
        select(FactCheck)
        .where(FactCheck.audit_id == audit.id)
        .order_by(FactCheck.party, FactCheck.id)
        .options(joinedload(FactCheck.person), selectinload(FactCheck.points))
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def own_check(audit: Audit, person_id: UUID) -> FactCheck | None:
    """What one person was asked, as it stands now; None where they were not."""
    return next((each for each in checks_of(audit) if each.person_id == person_id), None)


def asked_of(checks: list[FactCheck]) -> list[Asked]:
    """The checks in plain values, for the rules."""
    return [
        Asked(
            answered=check.answered_at is not None,
            open_points=sum(point.answered_at is None for point in check.points),
        )
        for check in checks
    ]


def moderation_has_begun(audit: Audit) -> bool:
    """Whether a moderator has it, or had it and did not put it back."""
    return audit.state in (*MODERATION_BEGUN, AuditState.FINAL) or any(
        each.party in (Party.BLIND_MODERATOR, Party.MODERATOR) for each in audit.parties
    )


def why_closed(audit: Audit, check: FactCheck, today: date) -> str | None:
    """Why the person asked cannot answer now; None where they can."""
    return check_closed(
        audit.state,
        today,
        check.due_on,
        answered=check.answered_at is not None,
        begun=moderation_has_begun(audit),
    )


@dataclass(frozen=True)
class FactsReading:
    """What the social worker and the team manager did about an audit, for those who read it.

    `titles` are the sections' by their codes; `reply_until` is None until the grade is final.
    """

    checks: list[FactCheck]
    contributions: list[Contribution]
    titles: dict[str, str]
    begun: bool
    reply_until: date | None

    @property
    def open_points(self) -> list[FactPoint]:
        """What was said not to be right and has no answer yet, in the order of the page."""
        return [
            point for check in self.checks for point in check.points if point.answered_at is None
        ]

    @property
    def replies(self) -> list[Contribution]:
        """What was signed once the audit could be read; views are of the time before."""
        return [each for each in self.contributions if each.kind is ContributionKind.REPLY]

    @property
    def any_points(self) -> bool:
        """Whether anything was said not to be right."""
        return any(check.points for check in self.checks)

    def of(self, person_id: UUID) -> FactCheck | None:
        """What this person was asked."""
        return next((each for each in self.checks if each.person_id == person_id), None)

    def about(self, point: FactPoint) -> str:
        """What a point is about, as its page says it."""
        return self.titles.get(point.section_code) or "The audit as a whole"


def facts_of(audit: Audit) -> FactsReading:
    """All of it, in at most five queries."""
    checks = checks_of(audit)
    titles = section_titles(audit) if any(check.points for check in checks) else {}
    return FactsReading(
        checks=checks,
        contributions=signed_contributions(audit),
        titles=titles,
        begun=moderation_has_begun(audit),
        reply_until=last_day_to_reply(audit),
    )


def section_titles(audit: Audit) -> dict[str, str]:
    """The titles of all sections of the audit's tool by code, in order."""
    query = (
        select(Section.code, Section.title)
        .where(Section.version_id == audit.tool_version_id)
        .order_by(Section.position)
    )
    return {row.code: row.title for row in db.session.execute(query)}


def point_of(audit: Audit, point_id: UUID) -> FactPoint | None:
    """One point of this audit; None where it has no such point."""
    query = (
        select(FactPoint)
        .join(FactCheck, FactCheck.id == FactPoint.check_id)
        .where(FactPoint.id == point_id, FactCheck.audit_id == audit.id)
        .options(joinedload(FactPoint.check).joinedload(FactCheck.person))
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).one_or_none()
