"""What is amended later leaves the figures of an earlier data cut as they were (R4, M8)."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_app.audits import services
from qa_app.audits.models import Audit, GradeRow, GradeSource
from qa_app.audits.queries.amending import amendable
from qa_app.database import db
from qa_app.domain.agreement import confusion
from qa_app.domain.calendar import Month
from qa_app.domain.grades import GRADES, Grade, PlanType
from qa_app.domain.permissions import Actor, Reach, Role
from qa_app.domain.workflow import AuditState
from qa_app.moderation.queries.agreement import PairsAsked, SectionOf, pair_ids, pairs_counted
from qa_app.reports.asked import Asked, GradeBasis, Part, PartKind
from qa_app.reports.queries.behind import AWAITING, TOTAL, audits_behind
from qa_app.reports.services import measures
from qa_app.standards.queries import current_version, sections_of
from tests.reports.rows import GOOD, IN, OUT, RI, an_action, an_audit, moderated, noon

MAY = Month(2023, 5)
COMPLETED = date(2023, 5, 12)
START = noon(date(2023, 6, 1))
DAY = timedelta(days=1)
PLANS = (PlanType.CHILD_PROTECTION, PlanType.CHILD_IN_NEED, PlanType.CHILD_IN_CARE)


@pytest.fixture
def lead(council):
    return council.people["qa_lead"]


def amend(audit: Audit, field: str, new: str, at: datetime, lead) -> None:
    """Amend it where that is another value; nothing else."""
    stands = next(each.stands for each in amendable(audit) if each.field == field)
    if stands != new:
        services.amend(audit, field, new, shown=stands, reason="Why", by=lead, at=at)


def graded(at: datetime, part: Part | None = None) -> dict[str, int]:
    """MTM-1 of May at a data cut, by the words of the grade; and what awaits one."""
    found = measures(MAY, MAY, scope=part, at=at)
    counted = {each.category: each.numerator for each in found.of("MTM-1")}
    counted.pop("Total audits")
    return counted | {AWAITING: found.awaiting[MAY]}


def of_plan(plan: PlanType) -> Part:
    return Part(PartKind.PLAN_TYPE, plan.words, plan_type=plan)


def numbers(*grades: Grade | None) -> dict[str, int]:
    """The same, from grades: None awaits one."""
    counted = {grade.words: grades.count(grade) for grade in GRADES}
    return counted | {AWAITING: grades.count(None)}


# R4: an amendment counts from its own moment on, and the cut at that moment has it.
def test_a_grade_amended_later_changes_no_earlier_figure(context, lead) -> None:
    audit = an_audit(COMPLETED, GOOD, GOOD)
    amend(audit, "grade.overall", IN, START, lead)
    amend(audit, "grade.overall", RI, START + DAY, lead)
    moment = timedelta(microseconds=1)
    assert graded(START - moment) == numbers(GOOD)
    assert graded(START) == numbers(IN)
    assert graded(START + DAY - moment) == numbers(IN)
    assert graded(START + DAY) == numbers(RI)


# R4: nor does a final grade that came after the cut.
def test_a_final_grade_that_came_later_was_awaited(context, lead) -> None:
    audit = an_audit(COMPLETED, GOOD, GOOD, final_at=START)
    amend(audit, "grade.overall", OUT, START + DAY, lead)
    assert graded(START - DAY) == numbers(None)
    assert graded(START) == numbers(GOOD)
    assert graded(START + DAY) == numbers(OUT)


def test_a_plan_type_amended_later_moves_no_earlier_figure(context, lead) -> None:
    audit = an_audit(COMPLETED, IN, IN, plan_type=PLANS[0])
    unknown = an_audit(COMPLETED, GOOD, GOOD)
    an_action(audit, COMPLETED)
    amend(audit, "plan_type", PLANS[1], START, lead)
    amend(unknown, "plan_type", PLANS[1], START, lead)
    before, after = START - DAY, START + DAY
    assert graded(before, of_plan(PLANS[0])) == numbers(IN)
    assert graded(before, of_plan(PLANS[1])) == numbers()
    assert graded(after, of_plan(PLANS[0])) == numbers()
    assert graded(after, of_plan(PLANS[1])) == numbers(IN, GOOD)
    for at, plan, number in ((before, 0, 1), (before, 1, 0), (after, 0, 0), (after, 1, 1)):
        found = measures(MAY, MAY, scope=of_plan(PLANS[plan]), at=at)
        assert found.of("MTM-4")[0].numerator == number, "E5: its action goes with it"


# MTM-4 asks for the grade at the end of a month: an amendment since is none of it.
def test_a_grade_amended_later_leaves_the_stock_of_its_month(context, lead) -> None:
    audit = an_audit(COMPLETED, IN, IN)
    an_action(audit, COMPLETED)
    amend(audit, "grade.overall", GOOD, START + DAY, lead)
    june = Month(2023, 6)
    found = measures(MAY, june, at=noon(date(2023, 7, 3)))
    assert [each.numerator for each in found.of("MTM-4")] == [1, 0]


# R2: a figure of an earlier cut opens onto the audits that made it up then.
def test_an_earlier_figure_opens_onto_the_audits_behind_it_then(context, council, lead) -> None:
    amended, plain = (an_audit(COMPLETED, GOOD, GOOD) for _ in range(2))
    amend(amended, "grade.overall", IN, START, lead)
    actor = Actor(lead, (Reach(Role.QA_LEAD, None),))

    def behind(at: datetime, category: str) -> set[object]:
        asked = Asked(MAY, MAY, at, GradeBasis.FINAL)
        return {row.id for row in audits_behind(asked, "MTM-1", category, actor, None).rows}

    assert behind(START - DAY, GOOD) == {amended.id, plain.id}
    assert behind(START, GOOD) == {plain.id}
    assert behind(START, IN) == {amended.id}
    assert behind(START, TOTAL) == {amended.id, plain.id}
    assert behind(noon(COMPLETED) - DAY, "awaiting") == {amended.id, plain.id}


# M9, R4: agreement at a cut has the final grades of that cut, overall and by section.
def test_agreement_at_an_earlier_cut_stays_as_it_was(context, lead) -> None:
    tool = current_version("core")
    section = sections_of(tool)[0]
    audit = an_audit(COMPLETED, GOOD, GOOD, tool_version_id=tool.id)
    for source in (GradeSource.AUDITOR, GradeSource.FINAL):
        db.session.add(
            GradeRow(
                audit_id=audit.id, source=source, section_id=section.id, grade=GOOD,
                at=noon(COMPLETED),
            )
        )  # fmt: skip
    moderated(audit, noon(COMPLETED))
    amend(audit, "grade.overall", IN, START, lead)
    amend(audit, f"grade.{section.code}", RI, START, lead)
    before = PairsAsked(MAY, MAY, START - DAY)
    after = PairsAsked(MAY, MAY, START)
    assert pairs_counted(before) == confusion([(GOOD, GOOD)])
    assert pairs_counted(after) == confusion([(GOOD, IN)])
    assert list(db.session.scalars(pair_ids(before, GOOD, GOOD))) == [audit.id]
    assert list(db.session.scalars(pair_ids(before, GOOD, IN))) == []
    of_section = SectionOf(tool.code, section.code)
    assert pairs_counted(PairsAsked(MAY, MAY, START - DAY, section=of_section)) == confusion(
        [(GOOD, GOOD)]
    )
    assert pairs_counted(PairsAsked(MAY, MAY, START, section=of_section)) == confusion([(GOOD, RI)])


class Step(NamedTuple):
    """An amendment of one of the audits, some hours after the one before."""

    audit: int
    hours: int
    value: Grade | PlanType

    @property
    def field(self) -> str:
        return "grade.overall" if isinstance(self.value, Grade) else "plan_type"


GRADE, PLAN = st.sampled_from(GRADES), st.sampled_from(PLANS)
AUDITS = st.lists(st.tuples(GRADE, GRADE, PLAN, st.integers(0, 60)), min_size=1, max_size=5)
STEPS = st.lists(
    st.builds(Step, st.integers(0, 4), st.integers(0, 30), st.one_of(GRADE, PLAN)), max_size=10
)
CUTS = st.lists(st.integers(-5, 320), min_size=1, max_size=4)


def told(
    start: tuple[Grade, Grade, PlanType, int], steps: list[tuple[int, Step]], cut: int
) -> tuple[Grade | None, PlanType]:
    """The grade and the plan of one audit at a cut, as its history tells them."""
    _, grade, plan, final = start
    for hour, step in steps:
        if hour <= cut and isinstance(step.value, Grade):
            grade = step.value
        elif hour <= cut:
            plan = step.value
    return (grade if final <= cut else None), plan


# R4: the same data cut gives the same figures, whatever is amended when; hours are since START.
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(audits=AUDITS, steps=STEPS, cuts=CUTS)
def test_a_figure_at_any_past_cut_equals_a_recount_from_history(
    context, lead, audits, steps, cuts
) -> None:
    db.session.rollback()
    made = []
    for auditor, final, plan, hour in audits:
        at = START + timedelta(hours=hour)
        audit = an_audit(COMPLETED, auditor, final, plan_type=plan, final_at=at)
        moderated(audit, at)
        made.append(audit)
    history: list[tuple[int, Step]] = []
    hour = max(each[3] for each in audits)
    for step in steps:
        hour += step.hours
        if step.audit < len(made):
            at = START + timedelta(hours=hour)
            amend(made[step.audit], step.field, step.value, at, lead)
            history.append((hour, step))
    for cut in cuts:
        at = START + timedelta(hours=cut)
        stood = [
            told(start, [each for each in history if each[1].audit == place], cut)
            for place, start in enumerate(audits)
        ]
        assert graded(at) == numbers(*(grade for grade, _ in stood))
        for plan in PLANS:
            of_it = [grade for grade, planned in stood if planned is plan]
            assert graded(at, of_plan(plan)) == numbers(*of_it)
        pairs = [
            (start[0], grade)
            for start, (grade, _) in zip(audits, stood, strict=True)
            if grade is not None
        ]
        assert pairs_counted(PairsAsked(MAY, MAY, at)) == confusion(pairs)
    assert all(audit.state is AuditState.FINAL for audit in made)
