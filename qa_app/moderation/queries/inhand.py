"""Audits between submission and final grade: who has them, who was given them, by when (M0)."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import aliased, contains_eager

from qa_app.accounts import settings
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, AuditSource, Concern, ModerationChoice
from qa_app.audits.queries.choosing import is_to_be_blind, to_be_moderated
from qa_app.database import db
from qa_app.domain import late
from qa_app.domain.calendar import london_date
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import (
    AuditorsAnswer,
    Moderation,
    ModerationClock,
    ModerationStage,
    ModerationState,
    ModeratorGiven,
)

SECOND_STATES: Final = (AuditState.AWAITING_SECOND, AuditState.IN_SECOND_MODERATION)
UNSTARTED: Final = (AuditState.AWAITING_MODERATION, AuditState.AWAITING_SECOND)
BEGUN: Final = (AuditState.IN_MODERATION, AuditState.IN_SECOND_MODERATION)

CONCERN: Final = exists().where(Concern.audit_id == Audit.id, Concern.withdrawn_at.is_(None))
"""The condition that a concern stands on the audit."""


@dataclass(frozen=True)
class InHand:
    """One audit on its way through moderation.

    `open` is the moderation that goes on, `given` who it was given to, `choice` what was chosen
    about it. `disagreed_at` is when its auditor disagreed with the first moderator (M5).
    """

    audit: Audit
    concern: bool
    choice: ModerationChoice | None
    open: Moderation | None
    given: ModeratorGiven | None
    disagreed_at: datetime | None

    @property
    def stage(self) -> ModerationStage:
        """Which moderation it waits for, or is in."""
        second = self.audit.state in SECOND_STATES
        return ModerationStage.SECOND if second else ModerationStage.FIRST

    @property
    def waits(self) -> bool:
        """Whether it waits for a moderator: it was chosen, or a concern is open (M1), or a second
        one is wanted (M5)."""
        if self.audit.state is AuditState.AWAITING_MODERATION:
            return self.choice is None or self.choice.selected or self.concern
        return self.audit.state is AuditState.AWAITING_SECOND

    @property
    def why_not_waiting(self) -> str:
        """Why it waits for no moderator, as a sentence."""
        if self.audit.state is AuditState.AWAITING_MODERATION:
            return "It was not chosen for moderation: its auditor’s grade stands."
        return f"It is “{self.audit.state.words.lower()}”."

    @property
    def blind(self) -> bool:
        """Whether the auditor's judgement is kept from its moderator, or will be (M3)."""
        if self.open is not None:
            return self.open.hidden
        return self.stage is ModerationStage.FIRST and is_to_be_blind(
            self.audit, self.choice, self.concern
        )

    @property
    def since(self) -> date | None:
        """The day in London from which its clock counts."""
        first = self.stage is ModerationStage.FIRST
        at = self.audit.submitted_at if first else self.disagreed_at
        return None if at is None else london_date(at)

    @property
    def clock(self) -> ModerationClock:
        """Which clock runs."""
        first = self.stage is ModerationStage.FIRST
        return ModerationClock.MODERATE if first else ModerationClock.SECOND

    def due(self) -> tuple[date | None, int]:
        """The last day, and the clock's length in working days (M0).

        None and 0 for an imported audit, on which no clock runs.
        """
        if self.stage is ModerationStage.FIRST:
            return moderate_by(self.audit, self.concern)
        if self.since is None or self.audit.source is AuditSource.IMPORTED:
            return None, 0
        number = partial(settings.number, on=self.since)
        due = late.second_due_on(self.since, settings.calendar(), number)
        return due, number("second_moderator_within")


def moderate_by(audit: Audit, concern: bool) -> tuple[date | None, int]:
    """The last day for moderating the audit, and the clock's length in working days (M0).

    An Inadequate or a concern has the short clock. No clock runs on an imported audit.
    """
    if audit.source is AuditSource.IMPORTED or audit.submitted_at is None:
        return None, 0
    sent_on = london_date(audit.submitted_at)
    number = partial(settings.number, on=sent_on)
    urgent = late.is_urgent(audit.auditor_grade, concern)
    due = late.due_on(sent_on, urgent, settings.calendar(), number)
    return due, late.within(urgent, number)


def in_hand(
    *conditions: ColumnElement[bool], order: tuple[Any, ...] = (), limit: int | None = None
) -> list[InHand]:
    """The audits that meet the conditions (on Audit, and on Moderation: the open one), in one
    query; the longest waiting first unless said."""
    first, person = aliased(Moderation), aliased(Person)
    stage = case(
        (Audit.state.in_(SECOND_STATES), ModerationStage.SECOND.value),
        else_=ModerationStage.FIRST.value,
    )
    query = (
        select(Audit, CONCERN, ModerationChoice, Moderation, ModeratorGiven, first.answered_at)
        .outerjoin(ModerationChoice, ModerationChoice.id == _newest_choice())
        .outerjoin(
            Moderation,
            and_(Moderation.audit_id == Audit.id, Moderation.state == ModerationState.OPEN),
        )
        .outerjoin(
            ModeratorGiven,
            and_(
                ModeratorGiven.audit_id == Audit.id,
                ModeratorGiven.ended_at.is_(None),
                ModeratorGiven.stage == stage,
            ),
        )
        .outerjoin(person, person.id == ModeratorGiven.person_id)
        .outerjoin(
            first,
            and_(
                first.audit_id == Audit.id,
                first.stage == ModerationStage.FIRST,
                first.state == ModerationState.COMMITTED,
                first.answer == AuditorsAnswer.DISAGREED,
            ),
        )
        .options(contains_eager(ModeratorGiven.person.of_type(person)))
        .where(*conditions)
        .order_by(*order, Audit.submitted_at, Audit.reference)
        .limit(limit)
    )
    return [
        InHand(audit, bool(concern), choice, open_, given, disagreed_at)
        for audit, concern, choice, open_, given, disagreed_at in db.session.execute(query)
    ]


def on_its_way() -> ColumnElement[bool]:
    """The condition that an audit waits for a moderator, or is with one."""
    return or_(to_be_moderated(), Audit.state.in_((*SECOND_STATES, AuditState.IN_MODERATION)))


def _newest_choice() -> Any:
    return (
        select(ModerationChoice.id)
        .where(ModerationChoice.audit_id == Audit.id)
        .order_by(ModerationChoice.at.desc(), ModerationChoice.id.desc())
        .limit(1)
        .correlate(Audit)
        .scalar_subquery()
    )


def is_blind() -> ColumnElement[bool]:
    """The condition that an audit of `in_hand` is blind: `InHand.blind`, for the order of a list.

    Whatever is shown asks the property; a test holds the two together.
    """
    chosen = and_(
        ModerationChoice.blind,
        ModerationChoice.sighted_at.is_(None),
        ~CONCERN,
        Audit.graded,
        Audit.source == AuditSource.MADE,
        Audit.state == AuditState.AWAITING_MODERATION,
    )
    hidden = and_(Moderation.mode == "blind", Moderation.revealed_at.is_(None))
    return case((Moderation.id.is_not(None), hidden), else_=func.coalesce(chosen, false()))
