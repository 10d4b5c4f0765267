"""What the QA lead of the demonstration has set going: a year, draws, a thematic audit, requests.

The past is made in memory, row by row; this is done by the programme's own services, on the day.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.audits import services as audits
from qa_app.audits.models import Audit
from qa_app.cases.models import Case
from qa_app.database import db
from qa_app.demo.council import Council, Member
from qa_app.demo.days import Days
from qa_app.domain.calendar import Month, add_months
from qa_app.domain.sampling import ReplacedBecause, StratumBy
from qa_app.domain.workflow import OPEN_FOR_WRITING
from qa_app.programme import services
from qa_app.programme.models import (
    Batch,
    BatchKind,
    Cycle,
    CycleState,
    Draw,
    ExemptionReason,
    Expectation,
)
from qa_app.programme.queries.planning import YearPlan, kinds_of_post, months_from
from qa_app.programme.services.batches import BatchPlan
from qa_app.programme.services.working_out import Asked
from qa_app.standards.models import Theme
from qa_app.standards.queries import content_of, current_version
from qa_app.standards.services import begin_draft, save_section

_AUGUST: Final = 8
_THEME: Final = "voice"
_CHANGED_SECTION: Final = "recording"
_BATCH_SIZE: Final = 10
_BATCH_AUDITORS: Final = 5


@dataclass(frozen=True)
class Ahead:
    """The demonstration's QA lead at work."""

    council: Council
    days: Days
    seed: int
    at: datetime

    @property
    def lead(self) -> UUID:
        """Who does it all."""
        return self.council.qa_lead.id

    def set_going(self) -> None:
        """Do everything, in the order in which a QA lead would."""
        cycle = self._plan_the_year()
        self._draw_the_month(cycle)
        self._thematic_audit()
        self._requests(cycle)
        self._buddy()
        self._interest()
        self._draft()
        services.send_reminders(self.at)

    def _plan_the_year(self) -> Cycle:
        first = Month.of(self.days.today).next()
        months = months_from(first)
        numbers = {each.kind: 1 for each in kinds_of_post(self.days.today)}
        aside = frozenset(month for month in months if month.month == _AUGUST)
        services.plan_year(YearPlan(first, aside, numbers), by=self.lead, at=self.at)
        planned = select(Cycle).where(Cycle.state == CycleState.PLANNED).order_by(Cycle.month)
        # None is expected in August: the month after it is drawn for instead.
        return next(each for each in db.session.scalars(planned) if each.month.month != _AUGUST)

    def _draw_the_month(self, cycle: Cycle) -> None:
        """One draw thrown away with its reason, the next one proposed, a case of it in question."""
        expected = db.session.scalars(
            select(Expectation).where(
                Expectation.cycle_id == cycle.id, Expectation.person_id.is_not(None)
            )
        )
        size = sum(each.number for each in expected)
        first = self._draw(cycle, "core", Asked(size, StratumBy.SERVICE, seed=str(self.seed)))
        reason = "Drawn by service; the framework asks for a draw by team"
        services.discard(first, reason, by=self.lead, at=self.at)
        # The same demonstration every time, so its seeds are given and not left to chance.
        asked = Asked(size, StratumBy.TEAM, seed=str(self.seed + 1))
        draw = self._draw(cycle, "core", asked)
        services.propose(draw, by=self.lead, at=self.at)
        services.ask_substitution(
            next(each for each in draw.cases if not each.is_reserve),
            ReplacedBecause.NOT_NOW,
            "Final court hearing in the second week of the month",
            by=self.lead,
            at=self.at,
        )

    def _draw(self, of: Cycle | Batch, tool: str, asked: Asked) -> Draw:
        return services.make_draw(of, current_version(tool), asked, by=self.lead, at=self.at)

    def _thematic_audit(self) -> None:
        today = self.days.today
        theme = db.session.scalars(select(Theme).where(Theme.code == _THEME)).one()
        batch = services.plan_batch(
            BatchPlan(
                kind=BatchKind.THEMATIC,
                name="Children’s lived experience",
                purpose="What daily life is like for children on a plan, and whether plans say so.",
                theme_id=theme.id,
                tool_code="core",
                number=_BATCH_SIZE,
                starts_on=today,
                ends_on=self.days.calendar.add_working_days(today, 25),
                report_due_on=add_months(today, 2),
            ),
            by=self.lead,
            at=self.at,
        )
        pool = [each for each in self._auditors() if each not in self.council.logins.values()]
        each_does = _BATCH_SIZE // _BATCH_AUDITORS
        chosen = pool[:: len(pool) // _BATCH_AUDITORS][:_BATCH_AUDITORS]
        numbers = {member.id: each_does for member in chosen}
        services.set_auditors(batch, numbers, by=self.lead, at=self.at)
        asked = Asked(_BATCH_SIZE, StratumBy.SERVICE, seed=str(self.seed + 2))
        draw = self._draw(batch, "core", asked)
        services.propose(draw, by=self.lead, at=self.at)
        services.confirm_allocation(draw, by=self.lead, at=self.at)

    def _auditors(self) -> list[Member]:
        kinds = {each.kind for each in kinds_of_post(self.days.today)}
        return [member for member in self.council.here if member.kind in kinds]

    def _requests(self, cycle: Cycle) -> None:
        """One asked for an exemption, one for more time, and one was given more time."""
        asking = self.council.logins["auditor"]
        expectation = db.session.scalars(
            select(Expectation).where(
                Expectation.cycle_id == cycle.id, Expectation.person_id == asking.id
            )
        ).one()
        services.ask_exemption(
            expectation,
            number=1,
            reason=ExemptionReason.LEAVE,
            note="Two weeks of leave, agreed in September",
            by=asking.id,
            at=self.at,
        )
        manager = self.council.logins["team.manager"]
        for member, days in ((manager, 3), (asking, 8)):
            audit = self._unfinished(member)
            if audit is not None:
                services.ask_extension(
                    audit,
                    number=days,
                    reason=ExemptionReason.OTHER,
                    note="Two court hearings this week",
                    by=member.id,
                    at=self.at,
                )

    def _unfinished(self, member: Member) -> Audit | None:
        query = (
            select(Audit)
            .where(
                Audit.auditor_id == member.id,
                Audit.state.in_(OPEN_FOR_WRITING),
                Audit.completed_on.is_(None),
            )
            .order_by(Audit.due_on.desc())
        )
        return db.session.scalars(query).first()

    def _draft(self) -> None:
        """The next version of the core tool, with one section's guidance changed so far."""
        draft = begin_draft(current_version("core"), by=self.lead, at=self.at)
        section = next(each for each in content_of(draft).sections if each.code == _CHANGED_SECTION)
        guidance = f"{section.guidance} Ask whether the child could read it as their own story."
        save_section(
            draft,
            replace(section, guidance=guidance),
            old=_CHANGED_SECTION,
            revision=draft.revision,
            by=self.lead,
            at=self.at,
        )

    def _buddy(self) -> None:
        auditors = sorted(self._auditors(), key=lambda member: (member.started, member.name))
        old, new = (db.session.get_one(Person, each.id) for each in (auditors[0], auditors[-1]))
        until = add_months(self.days.today, 3)
        services.name_buddy(new, old, self.days.today, until, by=self.lead, at=self.at)

    def _interest(self) -> None:
        """An auditor knows a family of another service."""
        auditor = self.council.logins["iro"]
        case = db.session.scalars(
            select(Case).where(Case.closed_on.is_(None)).order_by(Case.reference)
        ).first()
        if case is not None:
            person = db.session.get_one(Person, auditor.id)
            audits.declare_interest(case, person, by=auditor.id, at=self.at)
