"""The children whom somebody is worried about today: what is known, done and outstanding (E1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, select, true
from sqlalchemy.orm import joinedload, selectinload

from qa_app.accounts.queries import names
from qa_app.audits.models import Audit, Concern, ConcernReferral, SafetyDecision
from qa_app.audits.models.concern import whether_safe
from qa_app.audits.queries.late_concerns import about, is_open, number_of, referrals_of
from qa_app.audits.queries.reading import present_worker
from qa_app.database import db
from qa_app.domain.calendar import LONDON, london_date
from qa_app.domain.escalation import Brag, acknowledge_by
from qa_app.domain.permissions import Actor, Party, Role
from qa_app.domain.safety import decision_by, referral_late_at
from qa_app.formatting import date_words, datetime_words
from qa_app.tracker.models import Action
from qa_app.tracker.queries import brag_of

MOST: Final = 200


@dataclass(frozen=True)
class Safe:
    """Whether the child is safe now: the answer, how that is known, by whom and since when."""

    answer: str
    how: str = ""
    who: str = ""
    since: datetime | None = None


@dataclass(frozen=True)
class Clock:
    """Something that is outstanding, by when, and whether that has passed."""

    what: str
    by: str = ""
    overdue: bool = False


@dataclass(frozen=True)
class Worried:
    """One child: the concern, its clocks and its priority action.

    `audit` gives the child's facts; `action` is None where the audit's action is not found.
    """

    concern: Concern
    audit: Audit
    worker: str
    safe: Safe
    done: Sequence[str]
    outstanding: Sequence[Clock]
    action: Action | None
    word: Brag | None
    settled: bool


@dataclass(frozen=True)
class Children:
    """Those about whom something is outstanding, the undecided first; and those settled today.

    `more` says that there are others, whom the page has no room for.
    """

    open: list[Worried]
    settled: list[Worried]
    more: bool

    @property
    def count(self) -> int:
        """How many are shown."""
        return len(self.open) + len(self.settled)


def children(actor: Actor, at: datetime) -> Children:
    """Everybody whom this person may see, with a fixed number of queries.

    Those of the services that they moderate, and all for a director and the QA lead; never one
    whose concern is about them (E1).
    """
    seen = and_(_reached(actor), ~about(actor.person_id))
    open_ = list(db.session.scalars(_query(seen, is_open()).limit(MOST + 1)))
    settled = list(
        db.session.scalars(_query(seen, ~is_open(), _today(london_date(at))).limit(MOST + 1))
    )
    more = max(len(open_), len(settled)) > MOST
    around = _Around([*open_[:MOST], *settled[:MOST]], actor, at)
    rows = [around.row(each, settled=False) for each in open_[:MOST]]
    rows.sort(key=lambda row: not _undecided(row.concern))
    return Children(rows, [around.row(each, settled=True) for each in settled[:MOST]], more)


def _query(*conditions: ColumnElement[bool]) -> Select[Concern]:
    return (
        select(Concern)
        .where(*conditions)
        .options(
            joinedload(Concern.audit).selectinload(Audit.parties),
            joinedload(Concern.audit).joinedload(Audit.team),
            selectinload(Concern.told),
        )
        .order_by(Concern.raised_at, Concern.id)
    )


def _reached(actor: Actor) -> ColumnElement[bool]:
    if actor.holds(Role.QA_LEAD):
        return true()
    reaches = [reach.teams for reach in actor.reaches if reach.role is Role.MODERATOR]
    if None in reaches:
        return true()
    teams = {team for each in reaches for team in each or ()}
    return Concern.team_id.in_(teams) if teams else false()


def _today(day: date) -> ColumnElement[bool]:
    """The condition that the last that was to be done happened on this day in London."""
    since = datetime.combine(day, time(), LONDON)
    told = exists().where(
        ConcernReferral.concern_id == Concern.id, ConcernReferral.told_at >= since
    )
    times = (Concern.withdrawn_at, Concern.recorded_at, Concern.decided_at)
    return or_(*(each >= since for each in times), and_(Concern.withdrawn_at.is_(None), told))


def _undecided(concern: Concern) -> bool:
    return concern.decision in (None, SafetyDecision.NEITHER_YET)


class _Around:
    """What the rows need besides: referrals, names and actions, each in one query."""

    def __init__(self, concerns: list[Concern], actor: Actor, at: datetime) -> None:
        self.actor, self.at = actor, at
        self.referrals: dict[UUID, list[ConcernReferral]] = {each.id: [] for each in concerns}
        for referral in referrals_of(list(self.referrals)):
            self.referrals[referral.concern_id].append(referral)
        did = {each.acknowledged_by for each in concerns} | {each.decided_by for each in concerns}
        self.names = names(did | {each.recorded_by for each in concerns})
        keys = {f"concern:{each.id}": each.id for each in concerns}
        actions = db.session.scalars(select(Action).where(Action.source_key.in_(keys)))
        self.actions = {keys[action.source_key]: action for action in actions}

    def row(self, concern: Concern, *, settled: bool) -> Worried:
        """One child."""
        action = self.actions.get(concern.id)
        return Worried(
            concern=concern,
            audit=concern.audit,
            worker=present_worker(concern.audit),
            safe=self._safe(concern),
            done=self._done(concern),
            outstanding=[] if settled else self._outstanding(concern),
            action=action,
            word=None if action is None else brag_of(action, london_date(self.at)),
            settled=settled,
        )

    def _safe(self, concern: Concern) -> Safe:
        if concern.withdrawn_at is not None:
            return Safe("The concern was withdrawn", "", "", concern.withdrawn_at)
        who = self.names.get(concern.decided_by, "") if concern.decided_by else ""
        answer = whether_safe(concern.decision)
        if concern.decision is SafetyDecision.STRATEGY_DISCUSSION:
            held = f"{datetime_words(concern.strategy_at)}: " if concern.strategy_at else ""
            how = f"{held}{concern.strategy_outcome or concern.decision_note}"
            return Safe(answer, how, who, concern.decided_at)
        if concern.decision is not None:
            return Safe(answer, concern.decision_note, who, concern.decided_at)
        return Safe(answer, self._auditors_answer(concern), "", concern.raised_at)

    def _auditors_answer(self, concern: Concern) -> str:
        """What the auditor answered; kept from whoever moderates the audit blind (M3)."""
        parties = {(each.party, each.person_id) for each in concern.audit.parties}
        answer = concern.audit.safe_now
        if answer is None or (Party.BLIND_MODERATOR, self.actor.person_id) in parties:
            return ""
        return f"The auditor answered: {answer.words}"

    def _done(self, concern: Concern) -> list[str]:
        """What was done, in the order of the safety route."""
        done = []
        if concern.telephoned_at is not None:
            when = datetime_words(concern.telephoned_at)
            done.append(f"Telephoned: {concern.telephoned_whom} answered, {when}")
        steps = [("Acknowledged", concern.acknowledged_by, concern.acknowledged_at)]
        if not _undecided(concern):
            steps.append(("Safety decision", concern.decided_by, concern.decided_at))
        steps.append(("On the child’s record", concern.recorded_by, concern.recorded_at))
        done += [
            f"{what}: {self.names.get(by, 'somebody')}, {datetime_words(on)}"
            for what, by, on in steps
            if by is not None
        ]
        return done + [
            f"Told {each.kind.words}: {datetime_words(each.told_at)}"
            for each in self.referrals[concern.id]
            if each.told_at is not None
        ]

    def _outstanding(self, concern: Concern) -> list[Clock]:
        """What is still to be done, each with its clock."""
        number, raised = number_of(concern), concern.raised_at
        found = []
        if concern.acknowledged_at is None:
            hour = acknowledge_by(raised, number)
            found.append(self._clock("Somebody to acknowledge it", hour))
        if _undecided(concern):
            found.append(self._clock("The safety decision", decision_by(raised, number)))
        for each in self.referrals[concern.id]:
            if each.told_at is None:
                late = referral_late_at(each.due_on, raised, number)
                by = f"by the end of {date_words(each.due_on)}"
                found.append(Clock(f"To tell {each.kind.words}", by, self.at >= late))
        if concern.recorded_at is None:
            found.append(Clock("To confirm it on the child’s record"))
        return found

    def _clock(self, what: str, by: datetime) -> Clock:
        return Clock(what, f"by {datetime_words(by)}", self.at >= by)
