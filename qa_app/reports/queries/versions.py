"""The versions of one report beside each other, and what makes up a figure of one (R2, R3)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from qa_app.audits.models import Audit
from qa_app.audits.queries.lists import may_read
from qa_app.database import db
from qa_app.domain.permissions import Actor
from qa_app.domain.publishing import Standing, standing
from qa_app.reports.models import ReportVersion
from qa_app.tracker.models import Action
from qa_app.tracker.queries import visible_to

PAGE: Final = 50

Row = TypeVar("Row", Audit, Action)


def latest_published(report_id: UUID) -> int | None:
    """The number of a report's last version that was ever published, None where there is none."""
    return db.session.scalar(
        select(func.max(ReportVersion.number)).where(
            ReportVersion.report_id == report_id, ReportVersion.published_at.is_not(None)
        )
    )


def standing_of(version: ReportVersion) -> Standing:
    """What a version is to its readers."""
    return standing(version.number, version.state, latest_published(version.report_id))


def version_numbered(report_id: UUID, number: int) -> ReportVersion | None:
    """A report's version of this number."""
    return db.session.scalars(
        select(ReportVersion).filter_by(report_id=report_id, number=number)
    ).first()


@dataclass(frozen=True)
class MadeUpOf:
    """What makes up a figure, as far as somebody may see it: at most a page of it."""

    audits: Sequence[Audit]
    actions: Sequence[Action]
    visible: int
    total: int


def made_up_of(ids: Collection[UUID], actor: Actor) -> MadeUpOf:
    """The audits and actions with these ids that this person may see, by reference; the first 50
    of each, and how many there are. Four statements."""
    audits, seen_audits = _seen(Audit, ids, may_read(actor))
    actions, seen_actions = _seen(Action, ids, visible_to(actor))
    return MadeUpOf(audits, actions, seen_audits + seen_actions, len(ids))


def _seen(
    model: type[Row], ids: Collection[UUID], may_see: ColumnElement[bool]
) -> tuple[Sequence[Row], int]:
    wanted = (model.id.in_(ids), may_see)
    count = db.session.scalar(select(func.count()).select_from(model).where(*wanted))
    query = select(model).where(*wanted).options(joinedload(model.team))
    rows: Sequence[Any] = db.session.scalars(query.order_by(model.reference).limit(PAGE)).all()
    return rows, count or 0
