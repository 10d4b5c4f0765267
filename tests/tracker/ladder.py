"""The ladder of late actions as tests climb it: the job by day, and what it did in words."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from itertools import count
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts.models import (
    Absence,
    Account,
    Person,
    PersonSource,
    Post,
    PostHolding,
    PostKind,
    name_key,
)
from qa_app.audits.queries.inadequate import stand_inadequate
from qa_app.database import db, saving
from qa_app.domain.calendar import LONDON
from qa_app.domain.grades import Grade
from qa_app.notify.models import Notice
from qa_app.tracker.models import LadderTaken
from qa_app.tracker.services import Pinned
from qa_app.tracker.services.late import tell_of_late_actions
from tests.council import STARTED, Council
from tests.factories import an_imported_audit

MANNY, HETTY, HUGH, RHONA, DORA, QUINN, SIDNEY = (
    "Manny Manager", "Hetty Head", "Hugh Head", "Rhona Head", "Dora Director", "Quinn Lead",
    "Sidney Director",
)  # fmt: skip


_numbers = count(1)


def after(council: Council, grade: Grade, auditor_grade: Grade | None = None) -> Pinned:
    """What an action pins of an audit of SAFE1 with this final grade."""
    audit = an_imported_audit(
        f"L{next(_numbers)}", auditor_grade=auditor_grade or grade, final_grade=grade
    )
    people, team = council.people, council.teams["SAFE1"]
    return Pinned(audit.id, audit.reference, "100001", team, people["auditor"])


def at_noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=LONDON)


def run_job(at: datetime) -> dict[str, int]:
    """The job as at a moment, saved."""
    with saving():
        return tell_of_late_actions(at, stand_inadequate)


def look(day: date) -> dict[str, set[str]]:
    """What the job did on a day: each new step, with the names of those it told."""
    before = set(db.session.scalars(select(LadderTaken.id)))
    run_job(at_noon(day))
    names = {str(row.id): row.name for row in db.session.query(Person)}
    new = [row for row in db.session.query(LadderTaken) if row.id not in before]
    return {row.step: {names[each] for each in row.told} for row in new}


def climb(first: date, last: date) -> dict[date, dict[str, set[str]]]:
    """The days between on which a step was taken, looking every day."""
    days = (first + timedelta(n) for n in range((last - first).days + 1))
    return {day: steps for day in days if (steps := look(day))}


def notices() -> list[Notice]:
    rows = db.session.query(Notice).filter(Notice.key.startswith("action-late:"))
    return rows.order_by(Notice.created_at, Notice.id).all()


def away(council: Council, key: str, deputy: str | None, first: date, last: date) -> None:
    """Somebody is away, with or without a deputy."""
    absence = Absence(
        person_id=council.people[key],
        first_on=first,
        last_on=last,
        deputy_id=council.people[deputy] if deputy else None,
        noted_by=council.people["qa_lead"],
        noted_at=at_noon(first),
    )
    db.session.add(absence)
    db.session.flush()


def vacate(council: Council, keys: Collection[str], last: date) -> None:
    """The posts of these people fall vacant after a day."""
    for key in keys:
        held = db.session.query(PostHolding).filter_by(person_id=council.people[key]).one()
        held.ended_on = last
    db.session.flush()


def add_service_director(council: Council, unit: str = "SAFE") -> UUID:
    """A director between the heads of a service and the corporate director."""
    person = Person(
        staff_id="S-sidney", external_id="W-sidney", name=SIDNEY, name_key=name_key(SIDNEY),
        email="sidney@example.test", source=PersonSource.ADMINISTRATOR,
    )  # fmt: skip
    kind = PostKind.SERVICE_DIRECTOR
    team = council.teams[unit]
    post = Post(title=kind.words, kind=kind, rank=70, line=True, team_id=team)
    db.session.add_all([person, post])
    db.session.flush()
    db.session.add(PostHolding(post_id=post.id, person_id=person.id, started_on=STARTED))
    db.session.add(Account(person_id=person.id, email="sidney@example.test"))
    db.session.flush()
    council.people["service_director"] = person.id
    return person.id
