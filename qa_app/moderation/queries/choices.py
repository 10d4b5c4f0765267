"""What a month's submissions were chosen for, and the same worked out again (M1, M3)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from qa_app.accounts import settings
from qa_app.accounts.queries import names
from qa_app.audits.models import (
    Audit,
    Concern,
    GradeRow,
    GradeSource,
    ModerationChoice,
    ModerationSeed,
)
from qa_app.audits.queries.choosing import earlier_of, is_to_be_blind
from qa_app.audits.queries.lists import implicated
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.choosing import (
    BLIND,
    MODERATE,
    ChoiceReason,
    Submitted,
    choose,
    choose_blind,
    ticket,
)
from qa_app.domain.grades import Grade
from qa_app.domain.workflow import AuditState
from qa_app.moderation.models import (
    Moderation,
    ModerationMode,
    ModerationStage,
    ModerationState,
)

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Chosen:
    """One submission's choice, as it was made and as it is.

    `stands`: no later submission took its place. `differs` names what comes out otherwise when it
    is worked out again from the seed, "" for nothing. `to_be_blind`: what a moderation that began
    now would be; `concern`: whether one is open now; `done`: the mode of the moderation that did
    begin, None without one. `sighted_by` names who made it sighted.
    """

    choice: ModerationChoice
    stands: bool
    differs: str
    to_be_blind: bool
    concern: bool
    done: ModerationMode | None
    sighted_by: str

    @property
    def audit(self) -> Audit:
        """The audit that was chosen about."""
        return self.choice.audit

    @property
    def may_be_made_sighted(self) -> bool:
        """Whether it waits for a blind moderation that nobody has begun."""
        waits = self.audit.state is AuditState.AWAITING_MODERATION
        return self.stands and self.to_be_blind and waits


class Share(NamedTuple):
    """How many of how many."""

    part: int
    of: int


@dataclass(frozen=True)
class MonthOfChoices:
    """A month's seed (None before its first submission) and its choices, the oldest first."""

    month: date
    seed: ModerationSeed | None
    rows: Sequence[Chosen]

    @property
    def standing(self) -> list[Chosen]:
        """The newest choice of each audit."""
        return [row for row in self.rows if row.stands]

    @property
    def selected(self) -> Share:
        """The audits that are moderated, of all."""
        rows = self.standing
        return Share(sum(row.choice.selected for row in rows), len(rows))

    @property
    def at_random(self) -> Share:
        """Those that chance alone chose, of those that chance alone decided about."""
        reasons = [row.choice.reason for row in self.standing]
        chosen = reasons.count(ChoiceReason.CHOSEN)
        return Share(chosen, chosen + reasons.count(ChoiceReason.NOT_CHOSEN))

    @property
    def blind(self) -> Share:
        """Those chosen to be moderated blind, of those that are moderated."""
        rows = [row for row in self.standing if row.choice.selected]
        return Share(sum(row.choice.blind for row in rows), len(rows))

    @property
    def differing(self) -> int:
        """How many choices come out otherwise when they are worked out again."""
        return sum(bool(row.differs) for row in self.rows)

    def shares(self, name: str) -> list[int]:
        """The shares in percent (`share` or `blind_share`) that held in the month, in order."""
        return list(dict.fromkeys(getattr(row.choice, name) for row in self.rows))


def months_chosen() -> list[date]:
    """The first days of the months that have a seed, the newest first."""
    query = select(ModerationSeed.month).order_by(ModerationSeed.month.desc())
    return list(db.session.scalars(query))


def choices_of(month: date, reader: UUID | None = None) -> MonthOfChoices:
    """Every choice about the audits sent first in a month, worked out again (eight queries); none
    of an audit with a concern that is about the reader (E1)."""
    kept = (
        []
        if reader is None
        else [ModerationChoice.audit_id.not_in(select(Audit.id).where(implicated(reader)))]
    )
    query = (
        select(ModerationChoice)
        .where(ModerationChoice.month == month, *kept)
        .order_by(ModerationChoice.at, ModerationChoice.id)
        .options(joinedload(ModerationChoice.audit).selectinload(Audit.parties))
    )
    choices = db.session.scalars(query).all()
    seed = db.session.get(ModerationSeed, month)
    if seed is None:
        return MonthOfChoices(month, None, ())
    facts = _Facts({each.audit_id for each in choices})
    newest = {each.audit_id: each.id for each in choices}
    people = names({each.sighted_by for each in choices if each.sighted_by is not None})
    rows = []
    for each in choices:
        stands, concern = newest[each.audit_id] == each.id, facts.concern_is_open(each.audit_id)
        row = Chosen(
            choice=each,
            stands=stands,
            differs=_differs(each, seed.seed, facts),
            to_be_blind=is_to_be_blind(each.audit, each, concern),
            concern=concern,
            done=facts.mode_after(each) if stands else None,
            sighted_by=people.get(each.sighted_by, "") if each.sighted_by else "",
        )
        rows.append(row)
    return MonthOfChoices(month, seed, rows)


class _Facts:
    """What was so when each choice was made: grades, concerns, returns, earlier audits."""

    def __init__(self, audit_ids: Collection[UUID]) -> None:
        self.earlier = earlier_of(audit_ids)
        self._grades = db.session.execute(
            select(GradeRow.audit_id, GradeRow.at, GradeRow.grade)
            .where(
                GradeRow.audit_id.in_(audit_ids),
                GradeRow.source == GradeSource.AUDITOR,
                GradeRow.section_id.is_(None),
            )
            .order_by(GradeRow.at, GradeRow.id)
        ).all()
        self._concerns = db.session.execute(
            select(Concern.audit_id, Concern.raised_at, Concern.withdrawn_at).where(
                Concern.audit_id.in_(audit_ids)
            )
        ).all()
        self._moderations = db.session.execute(
            select(Moderation.audit_id, Moderation.started_at, Moderation.state, Moderation.mode)
            .where(Moderation.audit_id.in_(audit_ids), Moderation.stage == ModerationStage.FIRST)
            .order_by(Moderation.started_at, Moderation.id)
        ).all()

    def at(self, choice: ModerationChoice) -> Submitted:
        """The facts of a choice, as they stood when it was made."""
        return Submitted(
            grade=self._grade(choice),
            concern=any(
                each.audit_id == choice.audit_id
                and _is_before(each.raised_at, choice, ChoiceReason.CONCERN)
                and (each.withdrawn_at is None or each.withdrawn_at > choice.at)
                for each in self._concerns
            ),
            returned=any(
                each.audit_id == choice.audit_id
                and each.state is ModerationState.RETURNED
                and each.started_at <= choice.at
                for each in self._moderations
            ),
            earlier=self.earlier[choice.audit_id],
        )

    def _grade(self, choice: ModerationChoice) -> Grade | None:
        grades = [
            each.grade
            for each in self._grades
            if each.audit_id == choice.audit_id and each.at <= choice.at
        ]
        return grades[-1] if grades else None

    def concern_is_open(self, audit_id: UUID) -> bool:
        """Whether the audit has an open concern now."""
        return any(
            each.audit_id == audit_id and each.withdrawn_at is None for each in self._concerns
        )

    def mode_after(self, choice: ModerationChoice) -> ModerationMode | None:
        """How the moderation after a choice was begun; None where none is, or it was given back."""
        modes = [
            each.mode
            for each in self._moderations
            if each.audit_id == choice.audit_id
            and each.started_at >= choice.at
            and each.state is not ModerationState.RELEASED
        ]
        return modes[0] if modes else None


def _is_before(moment: datetime, choice: ModerationChoice, reason: ChoiceReason) -> bool:
    """Whether something was so when a choice was made; at the same moment, the choice knows."""
    return moment < choice.at or (moment == choice.at and choice.reason is reason)


def _differs(choice: ModerationChoice, seed: str, facts: _Facts) -> str:
    """What of a choice comes out otherwise, in words; "" for nothing."""
    sent, reference = facts.at(choice), choice.audit.reference
    drawn, blind_drawn = ticket(seed, reference, MODERATE), ticket(seed, reference, BLIND)
    reasons = {
        choose(sent, drawn, choice.share, first) for first in _first_audits_moderated(choice)
    }
    blind = choose_blind(sent, choice.reason, blind_drawn, choice.blind_share)
    found = {
        "its ticket": drawn != choice.ticket,
        "its blind ticket": blind_drawn != choice.blind_ticket,
        "whether and why it is moderated": choice.reason not in reasons
        or choice.selected != (choice.reason is not ChoiceReason.NOT_CHOSEN),
        "whether it is blind": blind != choice.blind,
    }
    return ", ".join(words for words, other in found.items() if other)


def _first_audits_moderated(choice: ModerationChoice) -> set[int]:
    """What the setting was then. A change made later on the same day, which the setting's row tells
    from that day on, leaves the value of the day before possible."""
    name, day = "first_audits_moderated", london_date(choice.at)
    found = {settings.number(name, day)}
    for change in settings.all_changes().get(name, ()):
        if change.valid_from == day and change.at > choice.at:
            found.add(settings.number(name, day - _DAY))
    return found
