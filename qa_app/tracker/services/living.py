"""Seeing that every outstanding action is owned by somebody who is there to do it (E3, E6).

What is to be changed is read first, then locked and read again: of several machines that look at
the same moment one changes it, and the others find it done. The change, its event and the messages
of the outbox are saved together.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.database import db
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.calendar import london_date
from qa_app.domain.owners import Gone, Standing
from qa_app.tracker.models import Action
from qa_app.tracker.queries.living import without_living_owner
from qa_app.tracker.queries.owning import Everybody, OwnedRow, owned_rows
from qa_app.tracker.queries.standing import never_verify
from qa_app.tracker.services.changing import give
from qa_app.tracker.services.handed import Handed, Part
from qa_app.tracker.services.stepping import note_step

_MANY: Final = 500


def see_that_all_are_owned(at: datetime) -> dict[str, int]:
    """Pass on what nobody there owns, and see who covers for whom; how much of each was done.

    Done again, it does nothing: it may run as often as anybody likes, on any number of machines.
    Each person gets one message, whatever it lists. What is "without a living owner" after it is
    counted by a query of its own: none, while anybody works here who may have it.
    """
    today = london_date(at)
    everybody, done = Everybody(today), Counter[str]()
    wanted = everybody.changes(owned_rows())
    if wanted:
        # Whatever came between is waited for, and what somebody else has just done is seen.
        actions = _locked(wanted)
        rows = {row.id: row for row in owned_rows(wanted)}
        changing = _Changing(everybody, at, _people(everybody.changes(rows.values())), done)
        for action_id, after in everybody.changes(rows.values()).items():
            changing.change(actions[action_id], rows[action_id], after)
        db.session.flush()
        changing.handed.tell(at)
    counts = {what: done[what] for what in ("passed on", "covered", "back")}
    return counts | {"without a living owner": without_living_owner(today)}


def _locked(action_ids: Collection[UUID]) -> dict[UUID, Action]:
    """These actions as they are saved now, held until the transaction ends; in the same order in
    every process, so that no two wait in a ring."""
    wanted, found = sorted(action_ids), dict[UUID, Action]()
    for start in range(0, len(wanted), _MANY):
        query = (
            select(Action)
            .where(Action.id.in_(wanted[start : start + _MANY]))
            .options(selectinload(Action.parties), selectinload(Action.steps))
            .order_by(Action.id)
            .with_for_update(of=Action)
            .execution_options(populate_existing=True)
        )
        found |= {action.id: action for action in db.session.scalars(query)}
    return found


def _people(changes: Mapping[UUID, Standing]) -> dict[UUID, Person]:
    """The owners and covers that there will be."""
    wanted = {each for after in changes.values() for each in (after.owner, after.cover) if each}
    query = select(Person).where(Person.id.in_(wanted))
    return {person.id: person for person in db.session.scalars(query)}


@dataclass
class _Changing:
    """One look at all actions: what it knows, what it has done, and whom it will tell."""

    everybody: Everybody
    at: datetime
    people: Mapping[UUID, Person]
    done: Counter[str]
    handed: Handed = field(default_factory=Handed)

    def change(self, action: Action, row: OwnedRow, after: Standing) -> None:
        """Make an action's owner and cover what they are to be."""
        if after.gone is not None and after.owner != row.owner_id:
            self._pass_on(action, row, after.owner, after.gone)
        elif after.gone is not None:
            self._keep(action, row)
        if after.cover != row.covered_by:
            self._cover(action, row, after)

    def _pass_on(self, action: Action, row: OwnedRow, owner: UUID, gone: Gone) -> None:
        before = action.owner_name
        give(action, self.people[owner], self.everybody.post_of(owner, row.team_id))
        words = gone.words
        note = f"From {before} to {action.owner_name}: {words}."
        note_step(action, action.status, by=None, at=self.at, note=note)
        self._record("action_passed_on", action, reason=words, people=[owner])
        in_line = self.everybody.in_line(owner, row)
        self._note(owner, Part.OWNED if in_line else Part.ALONE, action)
        if gone is Gone.POST_ENDED:
            self._note(row.owner_id, Part.OVER, action)
        if action.status is ActionStatus.DONE and action.kind is not ActionKind.PRIORITY:
            # A priority action waits for heads of other services, as it did before.
            # Whoever would have verified it may be its owner now (E4).
            verifier = self.everybody.line.manager_of(owner, never_verify(action))
            self._note(verifier, Part.TO_VERIFY, action)
        self.done["passed on"] += 1

    def _keep(self, action: Action, row: OwnedRow) -> None:
        """The owner has another post, and it would come to them all the same."""
        give(action, self.people[row.owner_id], self.everybody.post_of(row.owner_id, row.team_id))
        self._record("action_post_changed", action)

    def _cover(self, action: Action, row: OwnedRow, after: Standing) -> None:
        action.cover = self.people[after.cover] if after.cover else None
        if row.covered_by != after.owner:
            self._note(row.covered_by, Part.OVER, action)
        if after.cover is not None:
            self._record("action_covered", action, people=[after.cover])
            self._note(after.cover, Part.COVERED, action)
            self.done["covered"] += 1
        elif after.gone is None:
            back = after.owner not in self.everybody.staff.away
            reason = "its owner is back" if back else "nobody is there to cover it"
            self._record("action_uncovered", action, reason=reason)
            if back:
                self._note(after.owner, Part.BACK, action)
                self.done["back"] += 1

    def _note(self, person_id: UUID | None, part: Part, action: Action) -> None:
        if person_id in self.everybody.staff.living:
            self.handed.note(person_id, part, action)

    def _record(self, verb: str, action: Action, **details: object) -> None:
        history.record(verb, action, by=None, at=self.at, audit_id=action.audit_id, **details)
