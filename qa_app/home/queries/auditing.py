"""What waits for an auditor."""

from datetime import date, datetime, time
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from qa_app.accounts.models import Team
from qa_app.audits.models import Audit, AuditParty, AuditSource, FactCheck, FactPoint
from qa_app.audits.queries.lists import implicated
from qa_app.database import db
from qa_app.domain.calendar import LONDON, add_months
from qa_app.domain.grades import PlanType
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import MODERATION_BEGUN, OPEN_FOR_WRITING, AuditState
from qa_app.moderation.models import Moderation, ModerationStage, ModerationState

SHOWN = 25
_ANSWERABLE = (AuditState.AWAITING_MODERATION, *sorted(MODERATION_BEGUN))
_NOTED_WITHIN = 3  # months


class ToDo(NamedTuple):
    """An audit that its auditor has still to finish."""

    id: UUID
    reference: str
    case_reference: str
    age_band: str
    plan_type: PlanType | None
    team: str | None
    state: AuditState
    due_on: date | None
    moderated: bool = False
    points: int = 0

    @property
    def returned(self) -> bool:
        """Whether a moderator asked for a correction (M6): not who checked its facts (A12)."""
        return self.state is AuditState.RETURNED and self.moderated


class SharedAudit(NamedTuple):
    """An audit that somebody does as its second auditor, and whose it is."""

    audit: ToDo
    auditor: str


class ToNote(NamedTuple):
    """A final audit whose summary its auditor has not yet put onto the child's record, and when it
    became final."""

    audit: ToDo
    final_at: datetime


class Asked(NamedTuple):
    """An audit whose moderator sees a grade differently and waits for its auditor's answer, by when
    (M4)."""

    audit: ToDo
    moderator: str
    answer_by: date


class Mine(NamedTuple):
    """The audits of an auditor, those of which they are the second one, those whose summary is to
    be put onto the child's record, and those about which their moderator asks."""

    to_do: list[ToDo]
    shared: list[SharedAudit]
    to_note: list[ToNote]
    asked: list[Asked]


def audits_of(person_id: UUID, today: date, *, finished: bool) -> Mine:
    """The person's own unfinished audits; those about which their moderator asks; those shared with
    them; and their own graded ones, made here and final in the last three months, whose summary is
    not known to be on the child's record: the soonest due first.

    With `finished` also shared ones that need nothing more: for somebody who has no list of audits
    to find them in. One query.
    """
    moderator = aliased(AuditParty)
    rows = db.session.execute(
        select(
            AuditParty.party,
            Audit.auditor_name,
            Audit.final_at,
            Moderation.moderator_name,
            Moderation.answer_due_on,
            Audit.id,
            Audit.reference,
            Audit.case_reference,
            Audit.age_band,
            Audit.plan_type,
            Team.name,
            Audit.state,
            Audit.due_on,
            # Where nobody was asked to check its facts, nobody but a moderator returns an audit.
            or_(
                Audit.facts_until.is_(None),
                exists().where(moderator.audit_id == Audit.id, moderator.party == Party.MODERATOR),
            ),
            _points(),
        )
        .join(AuditParty, AuditParty.audit_id == Audit.id)
        .outerjoin(Team, Team.id == Audit.team_id)
        .outerjoin(Moderation, _asks())
        .where(
            ~implicated(person_id),
            AuditParty.person_id == person_id,
            or_(_waits(finished), _to_note(today)),
        )
        # What was finished never pushes out what is still to be done, nor what was answered what
        # somebody waits for.
        .order_by(
            Audit.state == AuditState.FINAL,
            Moderation.answer_due_on.is_(None),
            Moderation.answer_due_on,
            Audit.due_on,
            Audit.reference,
        )
        .limit(SHOWN)
    ).all()
    found = [
        _Found(party, auditor, final_at, moderator, answer_by, ToDo(*rest))
        for party, auditor, final_at, moderator, answer_by, *rest in rows
    ]
    own = [each for each in found if each.party is Party.AUDITOR]
    return Mine(
        [each.audit for each in own if each.final_at is None and each.answer_by is None],
        [SharedAudit(each.audit, each.auditor) for each in found if each.party is Party.CO_AUDITOR],
        [ToNote(each.audit, each.final_at) for each in own if each.final_at is not None],
        [
            Asked(each.audit, each.moderator, each.answer_by)
            for each in own
            if each.answer_by is not None
        ],
    )


class _Found(NamedTuple):
    party: Party
    auditor: str
    final_at: datetime | None
    moderator: str
    answer_by: date | None
    audit: ToDo


def _asks() -> ColumnElement[bool]:
    """The moderation about which an audit's auditor is asked: at most one an audit (M4)."""
    return and_(
        Moderation.audit_id == Audit.id,
        Audit.state == AuditState.IN_DISCUSSION,
        Moderation.stage == ModerationStage.FIRST,
        Moderation.state == ModerationState.COMMITTED,
    )


def _waits(finished: bool) -> ColumnElement[bool]:
    # A12: what is said not to be right in an audit that was sent waits for its auditor too, until
    # its moderation was committed.
    asked = or_(
        and_(Audit.state.in_(_ANSWERABLE), _points() > 0), Audit.state == AuditState.IN_DISCUSSION
    )
    over = [AuditState.WITHDRAWN] if finished else [AuditState.WITHDRAWN, AuditState.FINAL]
    return or_(
        and_(AuditParty.party == Party.AUDITOR, or_(Audit.state.in_(OPEN_FOR_WRITING), asked)),
        and_(AuditParty.party == Party.CO_AUDITOR, Audit.state.not_in(over)),
    )


def _points() -> ScalarSelect[int]:
    """How many points about an audit's facts its auditor has not answered."""
    return (
        select(func.count())
        .select_from(FactPoint)
        .join(FactCheck, FactCheck.id == FactPoint.check_id)
        .where(FactCheck.audit_id == Audit.id, FactPoint.answered_at.is_(None))
        .correlate(Audit)
        .scalar_subquery()
    )


def _to_note(today: date) -> ColumnElement[bool]:
    since = datetime.combine(add_months(today, -_NOTED_WITHIN), time.min, LONDON)
    return and_(
        AuditParty.party == Party.AUDITOR,
        Audit.state == AuditState.FINAL,
        Audit.source == AuditSource.MADE,
        Audit.graded,
        Audit.record_noted_on.is_(None),
        Audit.final_at >= since,
    )
