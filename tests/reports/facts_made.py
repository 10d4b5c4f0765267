"""Facts made by hand, for tests of figures, reports and what is hidden in public.

    made = FactsMade()
    made.audit("2023-02", final=GOOD, team="Team 1", service="Safeguarding")
    facts = made.facts("2022-11", "2023-04")

Ids and references are numbered from 1 in the order of making, so that the same calls make the same
facts. `published_facts()` are the authority's published table; `small_facts()` a strategy.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from qa_app.accounts.models import PostKind
from qa_app.domain.answers import FindingAbout, FindingKind, VoiceOf
from qa_app.domain.calendar import Month
from qa_app.domain.grades import ComplianceAnswer, Grade, PlanType, Selection
from qa_app.reports.facts import (
    ActionFact,
    AuditFact,
    CycleFact,
    Facts,
    FindingFact,
    ModerationFact,
    Moved,
    SectionFact,
    StandardFact,
    StockFact,
    ThemeFact,
    TimeFact,
    Unit,
    VoiceFact,
    WaiverFact,
)
from tests.reports.rows import PUBLISHED

IN, RI, GOOD, OUT = (
    Grade.INADEQUATE,
    Grade.REQUIRES_IMPROVEMENT,
    Grade.GOOD,
    Grade.OUTSTANDING,
)
AT = datetime(2023, 6, 1, 9, 30, tzinfo=UTC)
THEMES = (
    ThemeFact("chronology", "Chronologies"),
    ThemeFact("childs_voice", "The child’s voice"),
    ThemeFact("supervision", "Supervision"),
)
UNITS = {
    "Team 1": "Safeguarding",
    "Team 2": "Safeguarding",
    "Team 3": "Corporate Parenting",
}


@dataclass
class FactsMade:
    """Rows of facts as they are made, one method a kind; each gives back the row it made."""

    themes: Sequence[ThemeFact] = THEMES
    number: int = 0
    audits: list[AuditFact] = field(default_factory=list)
    cycles: list[CycleFact] = field(default_factory=list)
    stocks: list[StockFact] = field(default_factory=list)
    actions: list[ActionFact] = field(default_factory=list)
    concerns: list[TimeFact] = field(default_factory=list)
    moves: list[Moved] = field(default_factory=list)
    waivers: list[WaiverFact] = field(default_factory=list)
    units: dict[str, Unit] = field(default_factory=dict)

    def an_id(self) -> UUID:
        """The next id."""
        self.number += 1
        return UUID(int=self.number)

    def unit(self, name: str, service: str) -> Unit:
        """The unit of this name, made once."""
        if name not in self.units:
            top = name if name == service else service
            service_id = self.units[top].service_id if top in self.units else self.an_id()
            self.units[name] = Unit(self.an_id(), name, service_id, service)
            if top not in self.units and service_id is not None:
                self.units[top] = Unit(service_id, top, service_id, top)
        return self.units[name]

    def audit(
        self,
        month: str = "2023-02",
        *,
        final: Grade | None = GOOD,
        team: str = "Team 1",
        service: str | None = None,
        **more: Any,
    ) -> AuditFact:
        """An audit of a counted tool, completed on the 10th, final on the 20th unless it is told
        otherwise. Anything of AuditFact can be said in `more`."""
        place = self.unit(team, service or UNITS.get(team, "Safeguarding"))
        year, number = Month.parse(month).year, Month.parse(month).month
        audit_id = self.an_id()
        made = AuditFact(
            id=audit_id,
            reference=f"A-{month}-{audit_id.int:03}",
            month=Month.parse(month),
            completed_on=date(year, number, 10),
            imported=False,
            counts=True,
            graded=True,
            tool="case-file-audit",
            selection=Selection.RANDOM,
            plan_type=PlanType.CHILD_PROTECTION,
            age_band="5 to 9",
            team_id=place.id,
            team=place.name,
            service_id=place.service_id,
            service=place.service,
            auditor_post=PostKind.TEAM_MANAGER,
            auditor=final or GOOD,
            final=final,
            final_on=None if final is None else date(year, number, 20),
            concern=False,
            re_audit=False,
            moderation=None
            if final is None
            else ModerationFact("sighted", False, date(year, number, 20)),
        )
        made = replace(made, **more)
        self.audits.append(made)
        return made

    def several(self, number: int, month: str = "2023-02", **more: Any) -> list[AuditFact]:
        """So many audits alike."""
        return [self.audit(month, **more) for _ in range(number)]

    def cycle(
        self,
        month: str = "2023-02",
        *,
        expected: int = 1,
        done: Sequence[UUID] = (),
        moderated: Sequence[UUID] = (),
        post: PostKind = PostKind.TEAM_MANAGER,
        unit: str = "Team 1",
        service: str | None = None,
        **more: Any,
    ) -> CycleFact:
        """What was due of the posts of one kind in a unit: what was expected, less `exempted`."""
        exempted = int(more.pop("exempted", 0))
        made = CycleFact(
            month=Month.parse(month),
            post=post,
            counted=True,
            unit=unit,
            service=service or UNITS.get(unit, "Safeguarding"),
            expected=expected,
            exempted=exempted,
            exempted_late=0,
            due=expected - exempted,
            done=tuple(done),
            late=0,
            moderated=tuple(moderated),
        )
        made = replace(made, **more)
        self.cycles.append(made)
        return made

    def stock(self, month: str = "2023-02", outstanding: int = 0, **more: int) -> StockFact:
        """MTM-4 at the end of a month, with so many actions outstanding."""
        ids = tuple(self.an_id() for _ in range(outstanding))
        counts = {"other_concerns": 0, "graded_upward": 0, "closed_unverified": 0} | more
        made = StockFact(Month.parse(month), ids, **counts)
        self.stocks.append(made)
        return made

    def action(self, raised_on: date = date(2023, 2, 10), **more: Any) -> ActionFact:
        """A priority action, open, due a month after it was raised."""
        action_id = self.an_id()
        due = Month.of(raised_on).next().last
        made = ActionFact(
            id=action_id,
            reference=f"P-{action_id.int:03}",
            audit_id=None,
            priority=True,
            imported=False,
            status="open",
            raised_on=raised_on,
            first_due=due,
            due_on=due,
            done_on=None,
            verified_on=None,
            settled_on=None,
            withdrawn=False,
            impact="",
            theme="",
            team="Team 1",
            service="Safeguarding",
        )
        made = replace(made, **more)
        self.actions.append(made)
        return made

    def concern(self, raised_on: date = date(2023, 2, 10), **more: Any) -> TimeFact:
        """A concern about significant harm, acknowledged and decided on its day."""
        made = TimeFact(
            self.an_id(), self.an_id(), raised_on, raised_on, raised_on, None, "Safeguarding"
        )
        made = replace(made, **more)
        self.concerns.append(made)
        return made

    def moved(self, before: Grade, after: Grade, on: date = date(2023, 2, 10)) -> Moved:
        """A re-audit that got its final grade."""
        made = Moved(self.an_id(), self.an_id(), on, before, after)
        self.moves.append(made)
        return made

    def waiver(self, on: date = date(2023, 2, 10), *, moderation: bool = False) -> WaiverFact:
        """An audit, or a moderation, that was allowed in spite of a conflict."""
        made = WaiverFact(self.an_id(), on, moderation, PostKind.TEAM_MANAGER, "Safeguarding")
        self.waivers.append(made)
        return made

    def finding(
        self,
        theme: str = "chronology",
        kind: FindingKind = FindingKind.DEVELOPMENT,
        about: FindingAbout | None = FindingAbout.PRACTICE,
        section: str = "assessment",
        others: tuple[str, ...] = (),
    ) -> FindingFact:
        """A finding to be handed to an audit: `made.audit(findings=(made.finding(…),))`."""
        title = section.replace("_", " ").capitalize()
        return FindingFact(self.an_id(), kind, about, theme, others, section, title)

    def facts(self, first: str = "2022-11", last: str = "2023-04", at: datetime = AT) -> Facts:
        """All of it as the facts of a data cut, of the months from first to last."""
        return Facts(
            at=at,
            first=Month.parse(first),
            last=Month.parse(last),
            audits=tuple(self.audits),
            cycles=tuple(self.cycles),
            stocks=tuple(self.stocks),
            actions=tuple(self.actions),
            concerns=tuple(self.concerns),
            moved=tuple(self.moves),
            units=tuple(self.units.values()),
            themes=tuple(self.themes),
            waivers=tuple(self.waivers),
        )


def section(title: str = "Assessment", grade: Grade = GOOD) -> SectionFact:
    """A section of the core tool by its title, graded."""
    return SectionFact("case-file-audit", title.lower().replace(" ", "_"), title, grade)


def standard(
    number: str = "1.1", answer: ComplianceAnswer = ComplianceAnswer.YES, question: str = "q1"
) -> StandardFact:
    """An answer about a practice standard."""
    return StandardFact(number, question, answer)


def voices(**obtained: bool | None) -> tuple[VoiceFact, ...]:
    """Who was heard: `voices(child=True, parents=None)`."""
    return tuple(VoiceFact(VoiceOf(name), said) for name, said in obtained.items())


def published_facts(first: str = "2022-11", last: str = "2023-04") -> Facts:
    """The facts behind the authority's published table, and the paper's other three figures in
    February 2023: 15 / 37 completed, 15 moderated, 6 priority actions."""
    made = FactsMade()
    with PUBLISHED.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            for grade in Grade:
                number = int(row.get(grade.words) or row.get(grade.words.title()) or 0)
                made.several(
                    number,
                    row["month"],
                    final=grade,
                    imported=True,
                    selection=Selection.NOT_RECORDED,
                )
    done = tuple(audit.id for audit in made.audits if str(audit.month) == "2023-02")
    for month in Month.range(Month(2022, 11), Month(2023, 4)):
        if str(month) == "2023-02":
            made.cycle(str(month), expected=40, exempted=3, done=done, moderated=done)
            made.stock(str(month), outstanding=6)
        else:
            made.stock(str(month))
    return made.facts(first, last)


@st.composite
def small_facts(draw: st.DrawFn, months: Sequence[str] = ("2023-01", "2023-02")) -> Facts:
    """Any few audits of some months, with findings, voices, sections, cycles, stocks and actions;
    some await a final grade, some are targeted or re-audits."""
    made = FactsMade()
    for _ in range(draw(st.integers(0, 30))):
        _any_audit(draw, made, draw(st.sampled_from(months)))
    for month in months:
        of_month = [audit.id for audit in made.audits if str(audit.month) == month]
        for unit, post in (("Team 1", PostKind.TEAM_MANAGER), ("Team 3", PostKind.IRO)):
            _any_cycle(draw, made, month, unit, post, of_month)
        made.stock(month, draw(st.integers(0, 9)), other_concerns=draw(st.integers(0, 3)))
    for _ in range(draw(st.integers(0, 4))):
        raised = Month.parse(draw(st.sampled_from(months))).first
        made.action(raised)
        made.concern(raised)
    return made.facts(months[0], months[-1])


def _any_audit(draw: st.DrawFn, made: FactsMade, month: str) -> None:
    final = draw(st.sampled_from([*Grade, None]))
    of_theme = st.sampled_from([theme.code for theme in THEMES])
    kinds, abouts = st.sampled_from(FindingKind), st.sampled_from(FindingAbout)
    findings = tuple(
        made.finding(draw(of_theme), draw(kinds), draw(abouts))
        for _ in range(draw(st.integers(0, 2)) if final else 0)
    )
    heard = st.sampled_from([True, False, None])
    made.audit(
        month,
        final=final,
        team=draw(st.sampled_from(sorted(UNITS))),
        selection=draw(st.sampled_from(Selection)),
        plan_type=draw(st.sampled_from(PlanType)),
        findings=findings,
        sections=(section("Assessment", draw(st.sampled_from(Grade))),) if final else (),
        standards=(standard("1.1", draw(st.sampled_from(ComplianceAnswer))),) if final else (),
        voices=voices(child=draw(heard), parents=draw(heard), social_worker=draw(heard))
        if final
        else (),
    )


def _any_cycle(
    draw: st.DrawFn,
    made: FactsMade,
    month: str,
    unit: str,
    post: PostKind,
    audits: Sequence[UUID],
) -> None:
    expected, exempted = draw(st.integers(0, 12)), 0
    if expected:
        exempted = draw(st.integers(0, expected))
    taken = {audit for cycle in made.cycles for audit in cycle.done}
    free = [audit for audit in audits if audit not in taken]
    done = free[: draw(st.integers(0, expected - exempted))]
    moderated = done[: draw(st.integers(0, len(done)))]
    made.cycle(
        month, expected=expected, exempted=exempted, done=done, moderated=moderated, unit=unit,
        post=post,
    )  # fmt: skip
