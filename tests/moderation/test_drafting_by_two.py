"""A8, CO-1: a moderator with two tabs loses nothing that they typed, in whatever order they save,
up to the end of the moderation, unless they were shown it and chose to leave it out."""

import re
from uuid import UUID

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qa_app.audits.models import GradeRow, GradeSource
from qa_app.database import db, now, saving
from qa_app.moderation import services
from qa_app.moderation.models import Moderation, ModerationState
from tests.council import Council
from tests.moderation.blind_world import MODERATOR, taken
from tests.moderation.factory import a_submitted_audit
from tests.moderation.tabs import Tab, asked_about
from tests.resilience_counts import count

TEXTS = ("feedback", "overall_words", "plan_words")
KEEPS = ("mine", "theirs", "both")
CHOICES = {
    "agreement": "except",
    "except_for": "plan",
    "plan_grade": "outstanding",
    "plan_reason": "other",
    "overall_view": "differ",
    "overall_grade": "outstanding",
    "overall_reason": "other",
    "opened_record": "y",
}
STEPS = st.tuples(
    st.integers(0, 1),
    st.sampled_from(("type", "type", "type", "save", "save", "lose", "button", "look")),
    st.sampled_from(TEXTS),
    st.sampled_from(KEEPS),
)


def marks(text: str) -> set[str]:
    """The marks in a text, each typed once."""
    return set(re.findall(r"m\d+x", text))


class Desk:
    """Two tabs of one moderation, and what their writer chose to leave out."""

    def __init__(self, client, address: str) -> None:
        self.tabs = [Tab(client, address) for _ in range(2)]
        self.typed: dict[str, set[str]] = {name: set() for name in TEXTS}
        self.dropped: dict[str, set[str]] = {name: set() for name in TEXTS}
        self.conflicts = 0

    def step(self, number: int, what: str, name: str, keep: str) -> None:
        tab = self.tabs[number]
        waiting = next((each for each in TEXTS if tab[each].theirs is not None), None)
        if waiting is not None and what != "type":
            self.choose(tab, waiting, keep)
        elif what == "type":
            self.type(tab, name)
        elif what in ("save", "lose"):
            tab.autosave(name, lost=what == "lose")
        elif what == "button":
            self.button(tab, keep)
        elif all(box.text == box.saved for box in tab.boxes.values()):
            tab.open()  # the browser warns of anything else

    def type(self, tab: Tab, name: str) -> None:
        mark = f"m{sum(map(len, self.typed.values()))}x"
        self.typed[name].add(mark)
        tab[name].text = f"{tab[name].text} {mark}".strip()

    def choose(self, tab: Tab, name: str, keep: str) -> None:
        box = tab[name]
        self.leave_out(name, keep, box.text, box.theirs[0])
        tab.choose(name, keep)
        tab.autosave(name)

    def leave_out(self, name: str, keep: str, mine: str, theirs: str) -> None:
        self.conflicts += 1
        if keep != "both":
            out, kept = (theirs, mine) if keep == "mine" else (mine, theirs)
            self.dropped[name] |= marks(out) - marks(kept)

    def button(self, tab: Tab, keep: str) -> None:
        """“Save for later”, and the choices that it may ask for; then the page is opened again."""
        self.answer(tab, tab.press_later(), keep)
        tab.open()

    def answer(self, tab: Tab, answer, keep: str) -> None:
        if answer.status_code == 302:
            return
        data = {}
        for name, (version, mine, theirs) in asked_about(answer).items():
            self.leave_out(name, keep, mine, theirs)
            data |= {f"version:{name}": version, name: mine, f"keep:{name}": keep}
        answer = tab.client.send(f"{tab.address}/draft", data, token=tab.token)
        assert answer.status_code == 302, "nobody else saved meanwhile"

    def finish(self) -> None:
        """One tab after the other saves what it has; then the first one finishes."""
        for tab in self.tabs:
            for name in TEXTS:
                if tab[name].theirs is None and tab[name].text != tab[name].saved:
                    tab.autosave(name)
                while tab[name].theirs is not None:  # again, where the other saved meanwhile
                    self.choose(tab, name, "both")
        first = self.tabs[0]
        for name in TEXTS:
            if not first[name].text:
                self.type(first, name)
        answer = first.press_finish()
        if answer.status_code == 409:
            self.answer(first, answer, "both")
            first.open()
            answer = first.press_finish()
        assert answer.status_code == 302


@pytest.fixture
def new_moderation(app: Flask, council: Council):
    """new_moderation() → the id of another one, with every choice made and nothing written."""

    def make() -> UUID:
        with app.app_context(), saving():
            for each in db.session.query(Moderation).filter_by(state=ModerationState.OPEN):
                services.release(each, by=each.moderator_id, at=now())
            moderation = taken(council, a_submitted_audit(council))
            moderation.draft = dict(CHOICES)
            db.session.flush()
            return moderation.id

    return make


def _committed(app: Flask, moderation_id: UUID) -> dict[str, str]:
    with app.app_context():
        moderation = db.session.get_one(Moderation, moderation_id)
        assert moderation.state is ModerationState.COMMITTED
        assert moderation.draft == {}
        rows = db.session.query(GradeRow).filter_by(
            audit_id=moderation.audit_id, source=GradeSource.MODERATOR
        )
        overall = next(row.reason for row in rows if row.section_id is None)
        section = next(row.reason for row in rows if row.section_id and row.reason)
        feedback = moderation.feedback
    return {"feedback": feedback, "overall_words": overall, "plan_words": section}


def test_two_tabs_lose_nothing(
    app: Flask, council: Council, client_for, new_moderation, record_property
) -> None:
    counted = dict.fromkeys(("interleavings", "steps", "marks", "conflicts", "left out"), 0)
    client = client_for(council.people[MODERATOR])

    @settings(
        max_examples=count(400), deadline=None, suppress_health_check=list(HealthCheck),
        print_blob=True,
    )  # fmt: skip
    @given(st.lists(STEPS, min_size=5, max_size=30))
    def interleave(steps) -> None:
        moderation_id = new_moderation()
        desk = Desk(client, f"/moderation/{moderation_id}")
        for step in steps:
            desk.step(*step)
        desk.finish()
        there = _committed(app, moderation_id)
        for name in TEXTS:
            lost = desk.typed[name] - marks(there[name]) - desk.dropped[name]
            assert not lost, f"{name}: {lost} vanished unseen"
            counted["marks"] += len(desk.typed[name])
            counted["left out"] += len(desk.dropped[name])
        counted["interleavings"] += 1
        counted["steps"] += len(steps)
        counted["conflicts"] += desk.conflicts

    interleave()
    said = ", ".join(f"{number:,} {what}" for what, number in counted.items())
    record_property("counted", f"{said}, 0 marks lost")
