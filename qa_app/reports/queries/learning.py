"""Reading what is done about themes (T3), and what the academy is fed with."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from qa_app.accounts.models import Team
from qa_app.database import db
from qa_app.domain.learning import JudgedBy, ResponseState, Window, response_state
from qa_app.history import Event
from qa_app.reports.figures.learning import Judged
from qa_app.reports.models import LearningResponse
from qa_app.standards.models import PracticeStandard, Section, Theme, ToolVersion, ToolVersionState
from qa_app.standards.queries.themes import merged_into

ORDER = tuple(ResponseState)
"""Overdue ones first, those given up last."""


@dataclass(frozen=True)
class ResponseRow:
    """A response with where it stands, and the name of its service ("" for all)."""

    response: LearningResponse
    state: ResponseState
    service: str


def state_of(response: LearningResponse, today: date) -> ResponseState:
    """Where a response stands on a day."""
    return response_state(
        due_on=response.due_on,
        done_on=response.done_on,
        concluded=response.concluded_at is not None,
        dropped=response.dropped_at is not None,
        today=today,
    )


def responses(
    today: date, theme: Theme | None = None, state: ResponseState | None = None
) -> list[ResponseRow]:
    """Every response, or those to a theme and what was merged into it; overdue ones first, then by
    due date (two queries)."""
    query = (
        select(LearningResponse, Team.name)
        .outerjoin(Team, Team.id == LearningResponse.service_id)
        .options(joinedload(LearningResponse.theme))
    )
    if theme is not None:
        under = [theme.id, *(each for each, into in merged_into().items() if into == theme.id)]
        query = query.where(LearningResponse.theme_id.in_(under))
    found = [
        ResponseRow(each, state_of(each, today), service or "")
        for each, service in db.session.execute(query)
    ]
    shown = [row for row in found if state in (None, row.state)]
    return sorted(
        shown, key=lambda row: (ORDER.index(row.state), row.response.due_on, row.response.id)
    )


def standing_by_theme() -> dict[UUID, list[LearningResponse]]:
    """The responses that were not given up, by the theme as it is counted today (two queries)."""
    into = merged_into()
    query = (
        select(LearningResponse)
        .where(LearningResponse.dropped_at.is_(None))
        .order_by(LearningResponse.due_on, LearningResponse.id)
    )
    found: dict[UUID, list[LearningResponse]] = {}
    for each in db.session.scalars(query):
        found.setdefault(into.get(each.theme_id, each.theme_id), []).append(each)
    return found


def judged_of(response: LearningResponse) -> Judged:
    """The response as its measure needs it."""
    service = db.session.get(Team, response.service_id) if response.service_id else None
    return Judged(
        response.id,
        response.title,
        response.theme.code,
        response.judged_by,
        response.judged_code,
        service.name if service else "",
        window_of(response),
    )


def window_of(response: LearningResponse) -> Window:
    """The months around the day on which it was done, or is due."""
    day = response.done_on or response.due_on
    return Window.around(day, response.months_before, response.months_after)


def judged_name(response: LearningResponse) -> str:
    """The title of the section, or the number and title of the standard, that judges it."""
    if response.judged_by is JudgedBy.SECTION:
        return dict(section_choices()).get(response.judged_code, response.judged_code)
    if response.judged_by is JudgedBy.STANDARD:
        return dict(standard_choices()).get(response.judged_code, response.judged_code)
    return ""


def section_choices() -> list[tuple[str, str]]:
    """The sections of the published tools that count, by code: (code, title)."""
    query = (
        select(Section.code, Section.title)
        .join(ToolVersion, ToolVersion.id == Section.version_id)
        .where(ToolVersion.state == ToolVersionState.PUBLISHED, ToolVersion.counts_in_mtm)
        .order_by(ToolVersion.code, Section.position)
    )
    titles: dict[str, str] = {}
    for code, title in db.session.execute(query):
        titles.setdefault(code, title)
    return list(titles.items())


def standard_choices() -> list[tuple[str, str]]:
    """The practice standards in their newest wording: (number, number and title)."""
    query = select(PracticeStandard).order_by(PracticeStandard.version)
    newest = {each.number: each for each in db.session.scalars(query)}
    ordered = sorted(newest.values(), key=lambda each: each.sort_key)
    return [(each.number, f"{each.number} {each.title}") for each in ordered]


def events_of(subject_id: UUID) -> Sequence[Event]:
    """What happened to a response or an example, the newest first."""
    query = select(Event).where(Event.subject_id == subject_id).order_by(Event.sequence.desc())
    return db.session.scalars(query).all()
