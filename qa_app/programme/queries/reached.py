"""What a head of service may exempt or extend without having been asked (P3)."""

from datetime import date
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload, selectinload

from qa_app.accounts.line import Line
from qa_app.accounts.models import Post, PostHolding, Team
from qa_app.accounts.periods import holding_on
from qa_app.audits.models import Audit
from qa_app.audits.queries.lists import implicated
from qa_app.database import db
from qa_app.domain.calendar import Month
from qa_app.domain.permissions import Actor
from qa_app.programme.models import Cycle, CycleState, Expectation
from qa_app.programme.queries.cycles import Expected, expected_of
from qa_app.programme.queries.requests import (
    may_exempt,
    wish_for_audit,
    wish_for_expectation,
)
from qa_app.programme.queries.waiting import unfinished_of


class Reached(NamedTuple):
    """Expectations of last month, this month and the next, and audits never submitted."""

    rows: list[Expected]
    audits: list[Audit]


def reached_by(actor: Actor, today: date) -> Reached:
    """What is expected of the auditors beneath this person, and what they have not done.

    Six queries however many there are; only months that are not closed (P6), never what is their
    own (P3).
    """
    line = Line(today)
    own = [each.team_id for each in line.posts_of(actor.person_id) if each.line]
    if not own:
        return Reached([], [])
    beneath = _beneath(own, today)
    expectations = db.session.scalars(_expectations(beneath, today)).all()
    return Reached(
        [
            expected_of(each, each.cycle)
            for each in expectations
            if may_exempt(wish_for_expectation(each, line), actor.person_id, line)
        ],
        [
            each
            for each in unfinished_of(
                and_(Audit.auditor_id.in_(beneath.people), ~implicated(actor.person_id))
            )
            if may_exempt(wish_for_audit(each, 0, line, granted=0), actor.person_id, line)
        ],
    )


class _Beneath(NamedTuple):
    posts: Select[UUID]
    people: Select[UUID]


def _beneath(own: list[UUID], today: date) -> _Beneath:
    """Posts of these units and of all beneath them, and the people who hold them."""
    above = aliased(Team)
    posts = (
        select(Post.id)
        .join(Team, Team.id == Post.team_id)
        .where(exists().where(above.id.in_(own), Team.path.like(above.path + "%")))
    )
    people = select(PostHolding.person_id).where(PostHolding.post_id.in_(posts), holding_on(today))
    return _Beneath(posts, people)


def _expectations(beneath: _Beneath, today: date) -> Select[Expectation]:
    beside = Expectation.post_id.is_(None) & Expectation.person_id.in_(beneath.people)
    months = (Month.of(today).previous().first, Month.of(today).next().first)
    return (
        select(Expectation)
        .join(Cycle, Cycle.id == Expectation.cycle_id)
        .where(
            or_(Expectation.post_id.in_(beneath.posts), beside),
            Expectation.number > 0,
            Cycle.month.between(*months),
            Cycle.state != CycleState.CLOSED,
        )
        .options(
            contains_eager(Expectation.cycle),
            joinedload(Expectation.person),
            joinedload(Expectation.post).joinedload(Post.team),
            selectinload(Expectation.exemptions),
        )
        .order_by(Cycle.month, Expectation.id)
    )
