"""TE-5: whatever is done with an action, the change, its event and its notices are saved together
or not at all, at whichever point the database fails."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, select

from qa_app import history
from qa_app.accounts.models import Person, Post, PostHolding
from qa_app.audits.queries.inadequate import stand_inadequate
from qa_app.database import Base, db, now, saving
from qa_app.domain.actions import ActionKind, ActionStatus, Impact
from qa_app.domain.calendar import london_date
from qa_app.domain.events import SENTENCES
from qa_app.domain.grades import Grade
from qa_app.domain.independence import Bar
from qa_app.tracker import services
from qa_app.tracker.models import Action, ActionSource, OtherLadder, OtherLadderKind
from qa_app.tracker.services.handing_over import Seen, hand_over
from qa_app.tracker.services.helping import add_helper, remove_helper, set_partner
from qa_app.tracker.services.late import tell_of_late_actions
from qa_app.tracker.services.linking import end_ladder, note_ladder
from qa_app.tracker.services.living import see_that_all_are_owned
from qa_app.tracker.services.noting import add_note
from qa_app.tracker.services.rating import rate
from qa_app.tracker.services.withdrawing import ask, refuse, say
from tests.council import Council
from tests.tracker.factory import an_action, pinned_to_a_case
from tests.tracker.ladder import after, at_noon, away

S = ActionStatus
Do = Callable[[Action, Council], object]
DAY = timedelta(days=1)
TODAY = london_date(now())
DUE = TODAY + 9 * DAY


class Failed(Exception):
    """What the database says when it fails."""


def _person(council: Council, key: str) -> Person:
    return db.session.get_one(Person, council.people[key])


def _by(council: Council, key: str) -> dict[str, Any]:
    return {"by": council.people[key], "at": now()}


def _raise(_: Action, council: Council) -> object:
    return services.raise_action(
        kind=ActionKind.LEARNING, what="Read it.", owner=_person(council, "worker"),
        source=ActionSource.SERVICE, source_key="another", **_by(council, "qa_lead"),
    )  # fmt: skip


def _finish(action: Action, council: Council) -> object:
    return services.finish(action, evidence="Seen.", done_on=TODAY, **_by(council, "manager"))


def _change_due(action: Action, council: Council) -> object:
    return services.change_due_date(action, due_on=DUE, reason="Ill.", **_by(council, "director"))


def _reassign(action: Action, council: Council) -> object:
    owner = _person(council, "worker")
    return services.reassign(action, owner=owner, reason="Ill.", **_by(council, "director"))


def _refused(action: Action, council: Council) -> object:
    bars = [Bar("owns this action", "E4")]
    return services.note_refused(action, "verify it", bars, **_by(council, "manager"))


def _late(action: Action, council: Council) -> object:
    return tell_of_late_actions(now() + 60 * DAY, stand_inadequate)


def _send_back(action: Action, council: Council) -> object:
    return services.send_back(action, missing="Who?", **_by(council, "director"))


def _withdraw(action: Action, council: Council) -> object:
    return services.withdraw(action, reason="Raised twice.", **_by(council, "director"))


def _hand_over(action: Action, council: Council) -> object:
    seen = [Seen(action.id, action.version)]
    owner = _person(council, "worker")
    return hand_over(seen, owner=owner, reason="Ill.", **_by(council, "director"))


def _ask(action: Action, council: Council) -> object:
    return ask(action, why="Raised twice.", **_by(council, "manager"))


def _say(action: Action, council: Council) -> object:
    return say(action, words="It is needed.", **_by(council, "auditor"))


def _refuse(action: Action, council: Council) -> object:
    return refuse(action, why="It is needed.", **_by(council, "director"))


def _note(action: Action, council: Council) -> object:
    return add_note(action, note="So far.", **_by(council, "director"))


def _help(action: Action, council: Council) -> object:
    return add_helper(action, person=_person(council, "worker"), **_by(council, "manager"))


def _stop_helping(action: Action, council: Council) -> object:
    worker = council.people["worker"]
    return remove_helper(action, person_id=worker, **_by(council, "manager"))


def _partner(action: Action, council: Council) -> object:
    return set_partner(action, partner="Cityshire Police", **_by(council, "manager"))


def _rate(action: Action, council: Council) -> object:
    return rate(action, impact=Impact.SOME, note="Two of three.", **_by(council, "director"))


def _note_ladder(action: Action, council: Council) -> object:
    kind = OtherLadderKind.IRO_DISPUTE
    by = _by(council, "director")
    return note_ladder(action, kind=kind, reference="D-2026-014", rung=1, **by)


def _end_ladder(action: Action, council: Council) -> object:
    row = db.session.query(OtherLadder).filter_by(action_id=action.id).one()
    return end_ladder(action, row=row, **_by(council, "director"))


def _look_round(action: Action, council: Council) -> object:
    return see_that_all_are_owned(now())


def _leaves(action: Action, council: Council) -> None:
    _person(council, "manager").left_on = TODAY - DAY


def _is_away(action: Action, council: Council) -> None:
    away(council, "manager", "chair", TODAY - DAY, TODAY)


def _is_back(action: Action, council: Council) -> None:
    away(council, "manager", "chair", TODAY - 2 * DAY, TODAY - DAY)
    see_that_all_are_owned(now() - DAY)


def _has_another_post(action: Action, council: Council) -> None:
    held = db.session.query(PostHolding).filter_by(person_id=council.people["manager"]).one()
    held.ended_on = TODAY - DAY
    old = db.session.get_one(Post, held.post_id)
    post = Post(title="Manager", kind=old.kind, rank=old.rank, line=True, team_id=old.team_id)
    db.session.add(post)
    db.session.flush()
    db.session.add(PostHolding(post_id=post.id, person_id=held.person_id, started_on=TODAY))


# What has to have happened first.
FIRST: dict[str, Do] = {
    "say what the auditor thinks": _ask,
    "decide that it stays": _ask,
    "take a helper off": _help,
    "end another ladder": _note_ladder,
    "pass it on": _leaves,
    "cover": _is_away,
    "end a cover": _is_back,
    "keep it for another post": _has_another_post,
}
# Everything that changes an action: the status from which, what is done, and the event it leaves.
EVERYTHING: dict[str, tuple[ActionStatus, Do, str]] = {
    "raise it": (S.OPEN, _raise, "action_raised"),
    "start": (S.OPEN, lambda a, c: services.start(a, **_by(c, "manager")), "action_started"),
    "finish": (S.IN_PROGRESS, _finish, "action_done"),
    "verify": (S.DONE, lambda a, c: services.verify(a, **_by(c, "director")), "action_verified"),
    "send it back": (S.DONE, _send_back, "action_returned"),
    "withdraw, open": (S.OPEN, _withdraw, "action_withdrawn"),
    "withdraw, done": (S.DONE, _withdraw, "action_withdrawn"),
    "move its due date": (S.IN_PROGRESS, _change_due, "action_due_changed"),
    "give it to somebody else": (S.OPEN, _reassign, "action_reassigned"),
    "note what was refused": (S.DONE, _refused, "refused"),
    "climb the ladder": (S.OPEN, _late, "action_late"),
    "climb the verifiers' ladder": (S.DONE, _late, "action_late"),
    "hand it over with others": (S.OPEN, _hand_over, "action_reassigned"),
    "ask for it to be withdrawn": (S.OPEN, _ask, "action_withdrawal_asked"),
    "say what the auditor thinks": (S.OPEN, _say, "action_withdrawal_said"),
    "decide that it stays": (S.OPEN, _refuse, "action_withdrawal_refused"),
    "add a note": (S.IN_PROGRESS, _note, "action_noted"),
    "add a helper": (S.OPEN, _help, "action_helper_added"),
    "take a helper off": (S.OPEN, _stop_helping, "action_helper_removed"),
    "name a partner agency": (S.OPEN, _partner, "action_partner_changed"),
    "rate its impact": (S.DONE, _rate, "action_impact_rated"),
    "note another ladder": (S.OPEN, _note_ladder, "other_ladder_noted"),
    "end another ladder": (S.OPEN, _end_ladder, "other_ladder_ended"),
    "pass it on": (S.DONE, _look_round, "action_passed_on"),
    "cover": (S.OPEN, _look_round, "action_covered"),
    "end a cover": (S.OPEN, _look_round, "action_uncovered"),
    "keep it for another post": (S.OPEN, _look_round, "action_post_changed"),
}
# Saved with what they are part of: an import, and a read (tests/test_bulk.py, tests/web).
ELSEWHERE = {"action_imported", "action_viewed"}
# Where the database fails: as a row of a table is written (the change, its event, what follows from
# it), or as everything is committed.
PLACES = ("UPDATE action SET", "INSERT INTO action_step", "INTO event", "INTO notice", "COMMIT")


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, as the database has it."""
    db.session.rollback()
    found = {}
    for table in Base.metadata.sorted_tables:
        query = select(table).order_by(*table.primary_key.columns)
        found[table.name] = [tuple(row) for row in db.session.execute(query)]
    db.session.rollback()
    return found


def count_of(verb: str) -> int:
    return db.session.query(history.Event).filter_by(verb=verb).count()


@contextmanager
def failing(place: str) -> Iterator[list[str]]:
    """The database fails at that place, and at the latest as everything is committed; what is
    yielded holds where it did."""
    failures: list[str] = []

    def fail(where: str) -> None:
        failures.append(where)
        raise Failed(where)

    def on_statement(_c: Any, _u: Any, statement: str, *_: Any) -> None:
        if place in " ".join(statement.split()):
            fail(place)

    def on_commit(_: Any) -> None:
        fail("COMMIT")

    engine = db.engine
    event.listen(engine, "before_cursor_execute", on_statement)
    event.listen(engine, "commit", on_commit)
    try:
        yield failures
    finally:
        event.remove(engine, "before_cursor_execute", on_statement)
        event.remove(engine, "commit", on_commit)


def prepared(council: Council, what: str, status: ActionStatus) -> UUID:
    """An action in a status, audited by the manager of another team, and one that is late."""
    with saving():
        action = an_action(
            council, status, kind=ActionKind.PRIORITY, audit=pinned_to_a_case(council)
        )
        an_action(council, audit=after(council, Grade.INADEQUATE), at=at_noon(date(2026, 6, 1)))
        if what in FIRST:
            FIRST[what](action, council)
        return action.id


def test_everything_that_happens_to_an_action_is_tried_here() -> None:
    verbs = {each for each in SENTENCES if each.startswith(("action_", "other_ladder_"))}
    assert verbs - ELSEWHERE <= {verb for _, _, verb in EVERYTHING.values()}


@pytest.mark.parametrize("what", EVERYTHING)
def test_together_or_not_at_all(
    context: Flask, council: Council, what: str, record_property
) -> None:
    # TE-5
    status, do, verb = EVERYTHING[what]
    action_id = prepared(council, what, status)
    before, events, failed = everything(), count_of(verb), set[str]()
    for place in PLACES:
        with failing(place) as failures, pytest.raises(Failed), saving():
            do(db.session.get_one(Action, action_id), council)
        failed |= set(failures)
        assert everything() == before, f"{what}: something was saved though {failures} failed"
    assert {"INTO event", "COMMIT"} <= failed
    with saving():
        do(db.session.get_one(Action, action_id), council)
    assert count_of(verb) > events
    assert history.verify().intact
    record_property(
        "counted", f"{what}: nothing was saved though {', '.join(sorted(failed))} failed"
    )
