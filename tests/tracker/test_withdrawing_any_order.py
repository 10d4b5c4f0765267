"""Whatever is asked, said and decided in whatever order, by whomever: one request at a time, which
an outsider decides who did not ask, and nothing lost of what was said (E5)."""

from dataclasses import dataclass

from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import settings as runs
from hypothesis import strategies as st
from sqlalchemy import func, select

from qa_app.database import db, now
from qa_app.domain.actions import OUTSTANDING, ActionStatus
from qa_app.domain.errors import DomainError
from qa_app.notify.models import Notice
from qa_app.tracker.models import ActionStep
from qa_app.tracker.queries.withdrawing import heard, stands
from qa_app.tracker.services import withdrawing
from tests.council import Council
from tests.tracker.factory import an_action, pinned_to_a_case

OUTSIDE = ("other_head", "review_head", "director")
PEOPLE = ("worker", "manager", "auditor", "head", "qa_lead", *OUTSIDE)
MOVES = ("ask", "say", "refuse", "withdraw")
DONE = st.lists(st.tuples(st.sampled_from(MOVES), st.sampled_from(PEOPLE)), max_size=12)


@dataclass
class Model:
    """What the rule says, written out once more."""

    status: ActionStatus = ActionStatus.OPEN
    asker: str = ""
    said: bool = False

    def may(self, move: str, person: str) -> bool:
        """E5: asked once; the auditor heard; an outsider decides who did not ask."""
        if self.status not in OUTSTANDING:
            return False
        decides = person in OUTSIDE and person != self.asker
        return {
            "ask": not self.asker,
            "say": bool(self.asker) and person == "auditor",
            "refuse": bool(self.asker) and decides,
            "withdraw": decides,
        }[move]

    def do(self, move: str, person: str) -> None:
        if move == "ask":
            self.asker, self.said = person, False
        elif move == "say":
            self.said = True
        elif move == "refuse":
            self.asker, self.said = "", False
        else:
            self.status = ActionStatus.WITHDRAWN


# E5: 100 ways of up to 12 moves each.
@runs(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ways=DONE)
def test_requests_in_any_order(context: Flask, council: Council, ways) -> None:
    action, model, made = an_action(council, audit=pinned_to_a_case(council)), Model(), 0
    names = {key: council.people[key] for key in PEOPLE}
    for number, (move, person) in enumerate(ways):
        words = {"ask": "why", "say": "words", "refuse": "why", "withdraw": "reason"}[move]
        told = db.session.scalar(select(func.count()).select_from(Notice))
        try:
            getattr(withdrawing, move)(
                action, **{words: f"Words {number}."}, by=names[person], at=now()
            )
            assert model.may(move, person), (move, person)
            model.do(move, person)
            made += 1
        except DomainError:
            assert not model.may(move, person), (move, person)
            assert db.session.scalar(select(func.count()).select_from(Notice)) == told
        assert action.status is model.status
        assert action.withdrawal_asked_by == names.get(model.asker)
        assert bool(action.auditor_said) is model.said
        assert stands(action) is (bool(model.asker) and model.status in OUTSTANDING)
        assert heard(action) is (model.said or model.asker == "auditor")
    db.session.flush()
    # Every word that was accepted stands in the story, those of requests that are over too.
    steps = select(func.count()).select_from(ActionStep).where(ActionStep.action_id == action.id)
    assert db.session.scalar(steps) == 1 + made
