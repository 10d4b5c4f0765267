"""Telling people, step by step, that a plan nobody has agreed is due or late: each step once (E6).

The unique row of `PlanStep`, the event and the messages of the outbox are added in one transaction:
of several machines that look at the same moment one adds the row, and only that one tells anybody.
"""

from collections.abc import Collection
from datetime import date, datetime
from functools import partial
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import selectinload

from qa_app import history
from qa_app.accounts import settings
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, PlanStep
from qa_app.audits.queries.plans import OwedPlan, owed_plans, steps_of
from qa_app.audits.queries.safety import Staff
from qa_app.audits.services.inadequates import kept_from, plan_page
from qa_app.database import db, new_id
from qa_app.domain.calendar import date_words, london_date
from qa_app.domain.plans import STEPS, late_steps, step_words
from qa_app.domain.safety import Whom
from qa_app.domain.steps import LadderStep
from qa_app.formatting import count_words, due_words
from qa_app.notify import services as notify

_MANY: Final = 500
# A notice holds 2,000 characters: what is listed leaves room for the sentences around it.
_ROOM: Final = 900
_CODES: Final = list(STEPS)
_LIST: Final = "/plans"


class _Step(NamedTuple):
    """A step for one plan, and whom it tells."""

    owed: OwedPlan
    step: LadderStep
    told: tuple[UUID, ...]

    @property
    def order(self) -> tuple[UUID, date, int]:
        """The order in which rows are added, the same in every process: no two wait in a ring."""
        return self.owed.audit_id, self.owed.due_on, _CODES.index(self.step.code)


def tell_of_late_plans(at: datetime) -> dict[str, int]:
    """Take every step whose day has come and that was not taken before; how many they were.

    One message to each person, whatever it lists, so that a service that was away for a while sends
    no flood. Done again, it does nothing: it may run as often as anybody likes, on any number of
    machines. A plan that is agreed, or asked for no more, takes no further step.
    """
    today = london_date(at)
    wanted = _to_take([each for each in owed_plans() if each.due_on <= today], today)
    if not wanted:
        return {"steps": 0, "people": 0}
    audits = _audits({each.audit_id for each, _ in wanted})
    staff = Staff(today, {each.team_id for each, _ in wanted})
    steps = [_Step(each, step, _told(step, audits[each.audit_id], staff)) for each, step in wanted]
    added = _add(sorted(steps, key=lambda each: each.order), at)
    for each in added:
        number = partial(settings.number, on=each.owed.since)
        history.record(
            "plan_late", audits[each.owed.audit_id], by=None, at=at, audit_id=each.owed.audit_id,
            step=step_words(each.step.code, number), people=list(each.told),
        )  # fmt: skip
    return {"steps": len(added), "people": _tell(added, audits, today, at)}


def _to_take(due: list[OwedPlan], today: date) -> list[tuple[OwedPlan, LadderStep]]:
    taken: dict[tuple[UUID, date], set[str]] = {}
    ids = [each.audit_id for each in due]
    for start in range(0, len(ids), _MANY):
        for step in steps_of(ids[start : start + _MANY]):
            taken.setdefault((step.audit_id, step.due_on), set()).add(step.step)
    calendar = settings.calendar()
    return [
        (each, step)
        for each in due
        for step in late_steps(
            each.due_on, today, calendar, taken=taken.get((each.audit_id, each.due_on), ()),
            number=partial(settings.number, on=each.since),
        )
    ]  # fmt: skip


def _audits(audit_ids: Collection[UUID]) -> dict[UUID, Audit]:
    """These audits with their parties."""
    wanted, found = sorted(audit_ids), dict[UUID, Audit]()
    for start in range(0, len(wanted), _MANY):
        query = select(Audit).where(Audit.id.in_(wanted[start : start + _MANY]))
        for audit in db.session.scalars(query.options(selectinload(Audit.parties))):
            found[audit.id] = audit
    return found


def _told(step: LadderStep, audit: Audit, staff: Staff) -> tuple[UUID, ...]:
    """The holder of the step's post, their deputy while they are away, or the next one up; the QA
    leads where nobody is left. Never whoever is kept from the audit (M3, E1)."""
    never = kept_from(audit)
    whom = Whom(step.told[0].value)
    found = staff.holding(whom, audit.team_id, never) or staff.leads_to_tell(never)
    return tuple(dict.fromkeys(found))


def _add(steps: list[_Step], at: datetime) -> list[_Step]:
    """Add the rows that nobody added before; gives what was new."""
    rows = {new_id(): each for each in steps}
    values = [
        {
            "id": row_id,
            "audit_id": each.owed.audit_id,
            "due_on": each.owed.due_on,
            "step": each.step.code,
            "told": [str(person) for person in each.told],
            "at": at,
        }
        for row_id, each in rows.items()
    ]
    on_postgresql = db.session.get_bind().dialect.name == "postgresql"
    insert = postgresql.insert if on_postgresql else sqlite.insert
    table: Any = PlanStep.__table__
    new: set[UUID] = set()
    for start in range(0, len(values), _MANY):
        statement = insert(table).values(values[start : start + _MANY])
        unseen = statement.on_conflict_do_nothing().returning(table.c.id)
        new |= set(db.session.scalars(unseen))
    return [each for row_id, each in rows.items() if row_id in new]


def _tell(added: list[_Step], audits: dict[UUID, Audit], today: date, at: datetime) -> int:
    """One message to each person of what is new; how many people they are."""
    by_person: dict[UUID, dict[UUID, OwedPlan]] = {}
    for each in added:
        for person_id in each.told:
            by_person.setdefault(person_id, {})[each.owed.audit_id] = each.owed
    query = select(Person).where(Person.id.in_(by_person)).order_by(Person.id)
    messages = []
    for person in db.session.scalars(query):
        late = sorted(by_person[person.id].values(), key=lambda each: (each.due_on, each.reference))
        one = plan_page(audits[late[0].audit_id], person.id, at)
        path = one if len(late) == 1 else _LIST
        messages.append(_message(person, late, path, today))
    notify.queue_many(messages, at)
    return len(messages)


def _message(person: Person, late: list[OwedPlan], path: str, today: date) -> notify.Message:
    subject = (
        f"Improvement plan after audit {late[0].reference}: {due_words(late[0].due_on, today)}"
        if len(late) == 1
        else f"{count_words(len(late), 'improvement plan')} to be agreed, due or late"
    )
    return notify.Message(
        person.id,
        person.email,
        subject,
        f"Nobody has agreed the improvement plan yet after: {_listed(late, today)}. The head of "
        "service agrees it; whoever stands above them sees that it is done.",
        path,
        f"plan-late:{new_id()}",
    )


def _listed(late: list[OwedPlan], today: date) -> str:
    """As many as there is room for, and how many more there are."""
    texts = [
        f"audit {each.reference} ({due_words(each.due_on, today)}, {date_words(each.due_on)})"
        for each in late
    ]
    shown = texts[:1]
    for text in texts[1:]:
        if len("; ".join([*shown, text])) > _ROOM:
            break
        shown.append(text)
    more = len(texts) - len(shown)
    return "; ".join(shown) + (f"; and {more} more" if more else "")
