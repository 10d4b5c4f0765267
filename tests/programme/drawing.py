"""Draws of the small council, made without the draw itself, to be allocated."""

from datetime import date, timedelta

from sqlalchemy import func, select

from qa_app.accounts.models import Person, Post, PostHolding
from qa_app.cases.models import Case
from qa_app.database import db
from qa_app.domain.calendar import Month
from qa_app.domain.grades import PlanType
from qa_app.programme import services
from qa_app.programme.models import (
    Batch,
    BatchAuditor,
    BatchKind,
    CaseFate,
    Draw,
    DrawnCase,
    DrawState,
    Frame,
)
from qa_app.standards.models import FrameKind, Theme
from qa_app.standards.queries import current_version
from tests.audits.making import AT
from tests.council import Council

MONTH = date(2026, 11, 1)


def expect(council: Council, numbers: dict[str, int], *, month: date = MONTH, at=AT) -> None:
    """Say how many audits these people are expected to do in the month."""
    cycle = services.ensure_cycle(month, None, at)
    for key, number in numbers.items():
        person = db.session.get_one(Person, council.people[key])
        post = db.session.scalars(
            select(Post)
            .join(PostHolding, PostHolding.post_id == Post.id)
            .where(PostHolding.person_id == person.id)
            .order_by(Post.id)
        ).first()
        services.set_expectation(cycle, post=post, person=person, number=number, by=None, at=at)


def a_draw(
    council: Council,
    references: list[str],
    *,
    reserves: tuple[str, ...] = (),
    batch: Batch | None = None,
    tool: str = "core",
    month: date = MONTH,
    at=AT,
) -> Draw:
    """A draw of these cases in this order, with these reserves, for a month or for a batch."""
    version = current_version(tool)
    number = 1 + db.session.scalar(select(func.count()).select_from(Draw))
    frame = Frame(
        hash=f"{number:064d}", kind=FrameKind.OPEN, as_at=at.date(), size=len(references),
        content=[], made_at=at,
    )  # fmt: skip
    draw = Draw(
        number=number,
        cycle=None if batch else services.ensure_cycle(month, None, at),
        batch=batch,
        tool_version=version,
        frame=frame,
        seed="7",
        seed_given=True,
        size=len(references),
        rules={},
        facts={},
        strata=[],
        exclusions=[],
        state=DrawState.MADE,
        made_by=council.people["qa_lead"],
        made_at=at,
    )
    db.session.add(draw)
    for is_reserve, listed in ((False, references), (True, reserves)):
        for position, reference in enumerate(listed, start=1):
            draw.cases.append(
                DrawnCase(
                    position=position,
                    stratum="Every case",
                    is_reserve=is_reserve,
                    fate=CaseFate.RESERVE if is_reserve else CaseFate.DRAWN,
                    case_id=council.cases[reference],
                    case_reference=reference,
                )
            )
    db.session.flush()
    return draw


def a_batch(council: Council, numbers: dict[str, int], *, kind: BatchKind, at=AT) -> Batch:
    """A batch with these people, from today for a fortnight."""
    theme = db.session.scalars(select(Theme).order_by(Theme.name).limit(1)).one()
    batch = Batch(
        kind=kind,
        name="Neglect, autumn",
        theme_id=theme.id if kind is BatchKind.THEMATIC else None,
        tool_code="core",
        number=sum(numbers.values()),
        starts_on=at.date(),
        ends_on=at.date() + timedelta(days=14),
        made_at=at,
    )
    db.session.add(batch)
    db.session.flush()
    for key, number in numbers.items():
        db.session.add(
            BatchAuditor(batch_id=batch.id, person_id=council.people[key], number=number)
        )
    db.session.flush()
    return batch


def add_cases(council: Council, count: int, *, unit: str = "SAFE1", start: int = 0) -> list[str]:
    """This many more open cases of a team, without families; their references in order."""
    found = []
    for number in range(start, start + count):
        reference = f"2{number:05d}"
        case = Case(
            reference=reference,
            plan_type=PlanType.CHILD_IN_NEED,
            age_band="5 to 9",
            team_id=council.teams[unit],
            opened_on=AT.date() - timedelta(days=90),
            as_at=AT.date(),
        )
        db.session.add(case)
        db.session.flush()
        council.cases[reference] = case.id
        found.append(reference)
    return found


def this_month(today: date) -> date:
    """The first day of the month."""
    return Month.of(today).first
