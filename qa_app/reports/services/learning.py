"""Planning what is done about a theme, and seeing whether it helped (T3)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.database import db
from qa_app.domain.calendar import date_words, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.learning import JudgedBy, ResponseKind, ResponseState
from qa_app.notify import services as notify
from qa_app.reports.models import LearningResponse
from qa_app.reports.queries.learning import state_of, window_of
from qa_app.standards.models import Theme

MOST_MONTHS: Final = 24
_NEED_A_CODE: Final = {
    JudgedBy.SECTION: "Select the section that it is judged by",
    JudgedBy.STANDARD: "Select the practice standard that it is judged by",
}


class ResponseRefused(DomainError):
    """A plan that lacks something, or a step that does not fit where the response stands."""


class ResponseChanged(DomainError):
    """Somebody else changed the response after the page was shown."""


@dataclass(frozen=True)
class Plan:
    """What a response says: who does what by when, and how it will be judged."""

    kind: ResponseKind
    title: str
    what: str
    owner: Person
    service_id: UUID | None
    due_on: date
    judged_by: JudgedBy
    judged_code: str
    months_before: int
    months_after: int


def plan_response(theme: Theme, plan: Plan, *, by: UUID, at: datetime) -> LearningResponse:
    """Plan what is done about a theme; its owner is told. ResponseRefused for a plan that lacks
    something, or for a theme that is no longer in use."""
    if theme.ended_at is not None:
        raise ResponseRefused(
            f"“{theme.name}” is no longer in use. Plan it for the theme that stands in its place",
            "theme",
        )
    _check(plan)
    if plan.due_on < london_date(at):
        raise ResponseRefused("Enter a due date that is today or later", "due_on")
    response = LearningResponse(theme_id=theme.id, made_by=by, made_at=at, **_columns(plan))
    db.session.add(response)
    db.session.flush()
    history.record(
        "learning_added", response, by=by, at=at, theme=theme.name, kind=plan.kind.words.lower()
    )
    _tell(response, plan.owner, "is yours", f"given:{plan.owner.id}", at)
    return response


def change_response(
    response: LearningResponse, plan: Plan, *, seen: int, by: UUID, at: datetime
) -> list[str]:
    """Change a response that is planned; which parts changed. A new owner is told."""
    _refuse_unless(response, at, ResponseState.PLANNED, ResponseState.OVERDUE)
    if response.revision != seen:
        raise ResponseChanged(
            "Somebody else changed this meanwhile. Read it again, then make your change", "title"
        )
    _check(plan)
    columns = _columns(plan)
    changed = [name for name, value in columns.items() if getattr(response, name) != value]
    if not changed:
        return []
    for name in changed:
        setattr(response, name, columns[name])
    told = ", ".join(_WORDS[name] for name in changed if name in _WORDS)
    history.record("learning_changed", response, by=by, at=at, fields=told)
    db.session.flush()
    if "owner_id" in changed:
        _tell(response, plan.owner, "is yours", f"given:{plan.owner.id}", at)
    return changed


def mark_done(response: LearningResponse, *, on: date, by: UUID, at: datetime) -> None:
    """Note the day on which it was done: from then on its months are counted around that day."""
    _refuse_unless(response, at, ResponseState.PLANNED, ResponseState.OVERDUE)
    if on > london_date(at):
        raise ResponseRefused("Enter a day that is today or earlier", "on")
    response.done_on = on
    history.record("learning_done", response, by=by, at=at, day=date_words(on))


def conclude(response: LearningResponse, *, conclusion: str, by: UUID, at: datetime) -> None:
    """Write what came of it, once every month that it is judged by is over."""
    _refuse_unless(response, at, ResponseState.DONE)
    window = window_of(response)
    if not window.is_over(london_date(at)):
        raise ResponseRefused(
            f"It is judged by the months up to {window.after[-1].words}, and they are not over. "
            "Write what came of it after that",
            "conclusion",
        )
    response.conclusion, response.concluded_at = conclusion, at
    history.record("learning_concluded", response, by=by, at=at)


def drop(response: LearningResponse, *, why: str, by: UUID, at: datetime) -> None:
    """Give it up, with the reason; its owner is told."""
    _refuse_unless(response, at, ResponseState.PLANNED, ResponseState.OVERDUE, ResponseState.DONE)
    response.dropped_at, response.dropped_why = at, why
    history.record("learning_dropped", response, by=by, at=at)
    owner = db.session.get_one(Person, response.owner_id)
    _tell(response, owner, "was given up", "dropped", at)


_WORDS: Final = {
    "kind": "kind",
    "title": "title",
    "what": "what is done",
    "owner_name": "owner",
    "service_id": "service",
    "due_on": "due date",
    "judged_by": "measure",
    "judged_code": "section or standard",
    "months_before": "months before",
    "months_after": "months after",
}


def _columns(plan: Plan) -> dict[str, object]:
    coded = plan.judged_by in _NEED_A_CODE
    return {
        "kind": plan.kind,
        "title": plan.title,
        "what": plan.what,
        "owner_id": plan.owner.id,
        "owner_name": plan.owner.name,
        "service_id": plan.service_id,
        "due_on": plan.due_on,
        "judged_by": plan.judged_by,
        "judged_code": plan.judged_code if coded else "",
        "months_before": plan.months_before,
        "months_after": plan.months_after,
    }


def _check(plan: Plan) -> None:
    if plan.judged_by in _NEED_A_CODE and not plan.judged_code:
        raise ResponseRefused(_NEED_A_CODE[plan.judged_by], plan.judged_by.value)
    for name in ("months_before", "months_after"):
        if not 1 <= getattr(plan, name) <= MOST_MONTHS:
            raise ResponseRefused(f"Enter a number of months from 1 to {MOST_MONTHS}", name)


def _refuse_unless(response: LearningResponse, at: datetime, *states: ResponseState) -> None:
    db.session.flush()
    db.session.refresh(response, with_for_update=True)
    state = state_of(response, london_date(at))
    if state not in states:
        raise ResponseRefused(
            f"This cannot be done now: it stands as “{state.words.lower()}”. Nothing was changed"
        )


def _tell(response: LearningResponse, owner: Person, what: str, key: str, at: datetime) -> None:
    notify.queue(
        owner.id,
        owner.email,
        f"A learning response {what}, due {date_words(response.due_on)}",
        "Open it to see what it is about, and by which measure it will be judged.",
        f"/learning/{response.id}",
        f"learning:{response.id}:{key}",
        at,
    )
