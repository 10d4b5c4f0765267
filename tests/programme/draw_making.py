"""Lists of cases and draws for the tests of the programme's sampling."""

from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.cases.models import Case
from qa_app.cases.ssd.loading import import_extract, read_for_import
from qa_app.database import db, now, saving
from qa_app.domain.calendar import Month
from qa_app.domain.grades import PlanType
from qa_app.domain.sampling import StratumBy
from qa_app.programme import services
from qa_app.programme.models import Cycle, CycleState, Draw, DrawnCase
from qa_app.programme.services import Asked
from qa_app.standards.models import ToolVersion
from qa_app.standards.queries import current_version
from tests.council import Council
from tests.factories import an_imported_audit

AT = datetime(2026, 11, 18, 10, 42, tzinfo=UTC)
AS_AT = date(2023, 4, 30)
MAY = Month(2023, 5)
DATA = Path(__file__).parent.parent / "data"
BY_TEAM = StratumBy.TEAM


def load_extract(directory: Path = DATA / "ssd") -> None:
    """The checked-in extract as at 30 April 2023."""
    extract = read_for_import(directory, AS_AT, at=now())
    with saving():
        import_extract(extract, by=None, at=now(), strict=False, dry_run=False)


def core() -> ToolVersion:
    """The core case file audit, as shipped."""
    return current_version("core")


def a_cycle(month: Month = MAY) -> Cycle:
    """A planned month."""
    cycle = db.session.scalars(select(Cycle).where(Cycle.month == month.first)).one_or_none()
    if cycle is None:
        cycle = Cycle(month=month.first, due_on=month.last, state=CycleState.PLANNED)
        db.session.add(cycle)
        db.session.flush()
    return cycle


def add_cases(
    council: Council,
    count: int,
    *,
    team: str = "SAFE1",
    worker: str | None = None,
    first: int = 200_001,
    **more: object,
) -> list[Case]:
    """Open cases of a team, each of a family of its own unless said."""
    day = now().date()
    values = {"opened_on": date(2022, 1, 10), "as_at": day} | more
    cases = [
        Case(
            reference=str(first + n),
            age_band="5 to 9",
            team_id=council.teams[team],
            worker_id=council.people[worker] if worker else None,
            **{"plan_type": PlanType.CHILD_IN_NEED, "family_reference": f"G{first + n}"} | values,
        )
        for n in range(count)
    ]
    db.session.add_all(cases)
    db.session.flush()
    return cases


def a_draw(
    council: Council,
    *,
    size: int = 3,
    seed: str = "7",
    month: Month = MAY,
    tool: ToolVersion | None = None,
    by: UUID | None = None,
    **more: object,
) -> Draw:
    """A stored draw by the QA lead."""
    asked = Asked(size, more.pop("stratum", BY_TEAM), more.pop("sizes", None), seed, None)
    return services.make_draw(
        a_cycle(month), tool or core(), asked, by=by or council.people["qa_lead"], at=AT
    )


def rows_of(draw: Draw, *, reserves: bool = False) -> list[DrawnCase]:
    """Its cases, or its reserves, in order."""
    query = select(DrawnCase).where(
        DrawnCase.draw_id == draw.id, DrawnCase.is_reserve.is_(reserves)
    )
    return list(db.session.scalars(query.order_by(DrawnCase.stratum, DrawnCase.position)))


def audited(case: Case, completed_on: date, **more: object) -> Audit:
    """An imported audit of the case."""
    audit = an_imported_audit(f"I-{case.reference}-{completed_on}", completed_on=completed_on)
    audit.case_reference, audit.case_id = case.reference, case.id
    for name, value in more.items():
        setattr(audit, name, value)
    db.session.flush()
    return audit


def person(council: Council, key: str) -> Person:
    """One of the council."""
    return db.session.get_one(Person, council.people[key])
