"""The rows of one action with its steps, as the tracker itself would have left them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from random import Random
from typing import Final
from uuid import UUID

from qa_app.accounts.models import PostKind
from qa_app.database import new_id
from qa_app.demo.council import Council, Member
from qa_app.demo.days import Days
from qa_app.demo.fates import Verb
from qa_app.demo.judging import Told
from qa_app.demo.ledger import Ledger, Row
from qa_app.demo.words import phrases
from qa_app.domain.actions import ActionKind, ActionMove, ActionStatus, advance_action
from qa_app.domain.calendar import date_words
from qa_app.domain.permissions import Party
from qa_app.tracker.models import Action, ActionParty, ActionSource, ActionStep, DueDateChange

_PINNED: Final = (
    Party.SOCIAL_WORKER,
    Party.TEAM_MANAGER,
    Party.IRO,
    Party.CHAIR,
    # M3: what came of the audit is kept from whoever moderates it blind.
    Party.BLIND_MODERATOR,
)
_MOVES: Final = {
    Verb.START: ActionMove.START,
    Verb.DONE: ActionMove.FINISH,
    Verb.RETURN: ActionMove.RETURN,
    Verb.VERIFY: ActionMove.VERIFY,
    Verb.WITHDRAW: ActionMove.WITHDRAW,
}
_MOVED_BY: Final = 10


@dataclass
class Planned:
    """An action to be written: who owns it, and what happened on which days."""

    told: Told
    kind: ActionKind
    what: str
    source: ActionSource
    source_key: str
    owner: Member
    raised_by: UUID
    raised_at: datetime
    raised_on: date
    due: date
    steps: list[tuple[Verb, date]] = field(default_factory=list)


class ActionRows:
    """Writes planned actions into the ledger."""

    def __init__(self, rng: Random, days: Days, council: Council, ledger: Ledger) -> None:
        self.rng, self.days, self.council, self.ledger = rng, days, council, ledger
        self.said = phrases("moderation")["action"]["evidence"]

    def write(self, planned: Planned) -> None:
        """Add the action, its steps and its events, in the order of their times."""
        row = self._action(planned)
        self._step(row, None, ActionStatus.OPEN, planned.raised_by, planned.raised_at,
                   planned.raised_on, "")  # fmt: skip
        words = {"kind": planned.kind.words.lower(), "due": date_words(planned.due)}
        self._note("action_raised", row, planned.raised_by, planned.raised_at, **words)
        at = planned.raised_at
        for verb, day in planned.steps:
            at = self.days.moment(self.rng, day, at)
            self._happen(planned, row, verb, day, at)

    def _action(self, planned: Planned) -> Row:
        piece = planned.told.piece
        letter = "P" if planned.kind is ActionKind.PRIORITY else "I"
        prefix = f"{letter}-{planned.raised_on:%Y-%m}"
        row = self.ledger.add(
            Action,
            id=new_id(),
            reference=f"{prefix}-{self.ledger.number(f'action-{prefix}'):03d}",
            kind=planned.kind,
            status=ActionStatus.OPEN,
            source=planned.source,
            source_key=planned.source_key,
            what=planned.what,
            audit_id=piece.id,
            audit_reference=piece.reference,
            case_reference=piece.case.reference,
            team_id=piece.case.unit.id,
            auditor_id=piece.auditor.id,
            owner_id=planned.owner.id,
            owner_name=planned.owner.name,
            owner_post=planned.owner.title,
            raised_by=planned.raised_by,
            raised_at=planned.raised_at,
            raised_on=planned.raised_on,
            original_due_on=planned.due,
            due_on=planned.due,
            done_at=None,
            verified_by=None,
            settled_on=None,
        )
        for party, person_id in dict.fromkeys(planned.told.parties):
            if party in _PINNED:
                self.ledger.add(ActionParty, action_id=row["id"], party=party, person_id=person_id)
        return row

    def _note(self, verb: str, row: Row, by: UUID, at: datetime, **details: str) -> None:
        self.ledger.note(
            verb, "action", row["id"], by=by, at=at, audit_id=row["audit_id"], **details
        )

    def _step(
        self,
        row: Row,
        before: ActionStatus | None,
        after: ActionStatus,
        by: UUID,
        at: datetime,
        on: date,
        note: str,
    ) -> None:
        self.ledger.add(
            ActionStep,
            action_id=row["id"],
            at=at,
            by=by,
            from_status=before,
            to_status=after,
            on=on,
            note=note,
        )

    def _happen(self, planned: Planned, row: Row, verb: Verb, day: date, at: datetime) -> None:
        by = self._who(planned, verb)
        if verb is Verb.MOVE_DUE:
            self._move_due(planned, row, by, at)
            return
        before: ActionStatus = row["status"]
        row["status"] = advance_action(before, _MOVES[verb])
        self._step(row, before, row["status"], by.id, at, day, self._words(planned, verb, day))
        self._note(verb.value, row, by.id, at)
        if verb is Verb.DONE:
            row["done_at"] = at
        elif verb is Verb.RETURN:
            row["done_at"] = None
        elif verb is Verb.VERIFY:
            row["verified_by"] = by.id
        if verb in (Verb.VERIFY, Verb.WITHDRAW):
            row["settled_on"] = day

    def _words(self, planned: Planned, verb: Verb, day: date) -> str:
        lists = {
            Verb.DONE: "done",
            Verb.RETURN: "returned",
            Verb.VERIFY: "verified",
            Verb.WITHDRAW: "withdrawn",
        }
        if verb not in lists:
            return ""
        return planned.told.words.one(self.said[lists[verb]], day=date_words(day))

    def _move_due(self, planned: Planned, row: Row, by: Member, at: datetime) -> None:
        old = row["due_on"]
        new = self.days.calendar.add_working_days(old, _MOVED_BY)
        row["due_on"] = new
        self.ledger.add(
            DueDateChange,
            action_id=row["id"],
            at=at,
            by=by.id,
            old_due_on=old,
            new_due_on=new,
            reason=planned.told.words.one(self.said["due_moved"]),
        )
        self._note(Verb.MOVE_DUE.value, row, by.id, at, old=date_words(old), new=date_words(new))

    def _who(self, planned: Planned, verb: Verb) -> Member:
        """Who does it: the owner, somebody senior, or a head from outside (E3, E4, E5)."""
        owner = planned.owner
        if verb in (Verb.START, Verb.DONE):
            return owner
        senior = self.council.manager_of(owner) or self.council.qa_lead
        if verb is Verb.MOVE_DUE:
            head = self.council.head_of(planned.told.piece.case.unit)
            return head if owner.service and head is not owner else senior
        if verb is Verb.WITHDRAW or planned.kind is ActionKind.PRIORITY:
            return self._head_outside(planned)
        return senior

    def _head_outside(self, planned: Planned) -> Member:
        """Always the same head for one action: whoever returns it also verifies it."""
        heads = self.council.of_kind(PostKind.HEAD_OF_SERVICE)
        able = [head for head in heads if head.service is not planned.owner.service]
        return able[int(planned.told.piece.case.reference) % len(able)]
