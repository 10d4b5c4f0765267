"""One object of each kind of the programme and the tools, for the access matrix."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from qa_app.accounts.models import Person
from qa_app.accounts.queries import posts_held
from qa_app.audits import services as audits
from qa_app.cases.models import Case
from qa_app.database import db, now
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.grades import PlanType
from qa_app.domain.sampling import ReplacedBecause, StratumBy
from qa_app.programme import services
from qa_app.programme.models import (
    Batch,
    BatchKind,
    Draw,
    DrawnCase,
    ExemptionReason,
)
from qa_app.programme.services.batches import BatchPlan
from qa_app.programme.services.working_out import Asked
from qa_app.standards.queries import current_version
from qa_app.standards.services import begin_draft
from tests.council import Council

# The parts of addresses under /tools and /practice-standards.
OF_TOOLS: dict[str, Any] = {
    "code": "core",
    "number": 2,
    "standard_number": "1.1",
    "section_code": "risk",
    "question_code": "risk.analysis",
    "way": "up",
}


def programme_of(council: Council) -> dict[str, object]:
    """Add them (the caller saves); arguments of routes by name."""
    lead, at = council.people["qa_lead"], now()
    month = Month.of(london_date(at))
    begin_draft(current_version("core"), by=lead, at=at)
    batch = _batch(lead)
    draw, first = _draw(council, batch)
    asked = services.ask_substitution(first, ReplacedBecause.NOT_NOW, "", by=lead, at=at)
    person = db.session.get_one(Person, council.people["auditor"])
    cycle = services.ensure_cycle(month.first, lead, at)
    (post,) = posts_held(person.id, london_date(at))
    expectation = services.set_expectation(
        cycle, post=post, person=person, number=2, by=lead, at=at
    )
    sent = services.ask_exemption(
        expectation, number=1, reason=ExemptionReason.LEAVE, note="", by=person.id, at=at
    )
    buddy = services.name_buddy(
        person, db.session.get_one(Person, council.people["manager"]), london_date(at), None,
        by=lead, at=at,
    )  # fmt: skip
    case = db.session.get_one(Case, council.cases["100002"])
    waiver = audits.grant_waiver(
        case, db.session.get_one(Person, council.people["chair"]),
        alternatives="Nobody else knows the law.", reason="A narrow field.", by=lead, at=at,
    )  # fmt: skip
    interest = audits.declare_interest(case, person, by=person.id, at=at)
    return {
        "month": month,
        "batch_id": batch.id,
        "draw_id": draw.id,
        "drawn_id": first.id,
        "substitution_id": asked.id,
        "expectation_id": expectation.id,
        "request_id": sent.request.id,
        "buddy_id": buddy.id,
        "waiver_id": waiver.id,
        "interest_id": interest.id,
        "case_id": case.id,
        "auditor_id": person.id,
    }


def _batch(lead: UUID) -> Batch:
    today = london_date(now())
    plan = BatchPlan(
        kind=BatchKind.LOOK_BACK, name="Decisions", purpose="", theme_id=None, tool_code="core",
        number=2, starts_on=today, ends_on=Month.of(today).next().last, report_due_on=None,
    )  # fmt: skip
    return services.plan_batch(plan, by=lead, at=now())


def _draw(council: Council, batch: Batch) -> tuple[Draw, DrawnCase]:
    """A draw of one case out of four that nobody audits, with its reserves."""
    for number in range(4):
        db.session.add(
            Case(
                reference=f"10001{number}",
                plan_type=PlanType.CHILD_IN_NEED,
                family_reference=f"F1{number}",
                age_band="5 to 9",
                team_id=council.teams["SAFE1"],
                worker_id=council.people["worker"],
                opened_on=london_date(now()) - timedelta(days=90),
                as_at=london_date(now()),
            )
        )
    db.session.flush()
    asked = Asked(1, StratumBy.TEAM, seed="7")
    draw = services.make_draw(
        batch, current_version("core"), asked, by=council.people["qa_lead"], at=now()
    )
    return draw, next(each for each in draw.cases if not each.is_reserve)
