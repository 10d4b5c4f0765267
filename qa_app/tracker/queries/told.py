"""Who was told that an action is late: when, by what means, and what the mail server made of it."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts import settings
from qa_app.accounts.queries import names
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.ladder import is_about_verifying, step_words
from qa_app.formatting import datetime_words
from qa_app.notify.models import Notice
from qa_app.tracker.models import LadderTaken
from qa_app.tracker.queries.ladder import NOTICE, in_order


class PersonTold(NamedTuple):
    """Somebody whom a step told, and by what means."""

    name: str
    means: str


@dataclass(frozen=True)
class StepRead:
    """A step as the action's page shows it: `due_on` is the day that was missed."""

    words: str
    due_on: date
    verifying: bool
    at: datetime
    told: list[PersonTold]


def steps_of(action_id: UUID) -> list[StepRead]:
    """Every step that was taken for an action, the newest first (three queries)."""
    taken = list(db.session.scalars(select(LadderTaken).where(LadderTaken.action_id == action_id)))
    if not taken:
        return []
    people = {UUID(person) for step in taken for person in step.told}
    known, notices = names(people), _notices(people, {step.at for step in taken})
    return [
        StepRead(
            words=taken_words(step),
            due_on=step.due_on,
            verifying=is_about_verifying(step.step),
            at=step.at,
            told=[
                PersonTold(known[person], _means(notices.get((person, step.at))))
                for person in map(UUID, step.told)
                if person in known
            ],
        )
        for step in sorted(taken, key=in_order, reverse=True)
    ]


def taken_words(step: LadderTaken) -> str:
    """The step in words, with the days that stood in the settings when it was taken."""
    number = partial(settings.number, on=london_date(step.at))
    words = step_words(step.step, number)
    return words[0].upper() + words[1:]


def _notices(people: set[UUID], moments: set[datetime]) -> dict[tuple[UUID, datetime], Notice]:
    """The one notice that each person got in each round."""
    query = select(Notice).where(
        Notice.person_id.in_(people),
        Notice.created_at.in_(moments),
        Notice.key.startswith(NOTICE),
    )
    return {
        (each.person_id, each.created_at): each
        for each in db.session.scalars(query)
        if each.person_id is not None
    }


def _means(notice: Notice | None) -> str:
    if notice is None:
        return "in the app; the notice is not kept any more."
    seen = f" Opened in the app on {datetime_words(notice.read_at)}." if notice.read_at else ""
    return f"{_mail(notice)}.{seen}"


def _mail(notice: Notice) -> str:
    if notice.email is None:
        return "in the app; no e-mail address is known"
    if notice.sent_at is not None:
        taken = datetime_words(notice.sent_at)
        return f"in the app and by e-mail; the mail server took it on {taken}"
    if notice.passed_on_at is not None:
        return "in the app; the e-mail could not be sent, so somebody else was told instead"
    if notice.error and notice.next_attempt_at is None:
        return "in the app; the mail server did not take the e-mail"
    if notice.error:
        return "in the app; the e-mail could not be sent yet, and is tried again"
    return "in the app; the e-mail waits to be sent"
