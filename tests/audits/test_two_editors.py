"""CO-1: two tabs or two people on one audit. What they typed and saved is there at the end: in the
text that stands, or in an earlier version where somebody who was shown it did away with it (A8)."""

from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, AuditParty, TextVersion
from qa_app.database import db, saving
from qa_app.domain.permissions import Party
from tests.audits.editors import KEEPS, Conflict, Shown, Tab, marks
from tests.audits.making import Writer, given
from tests.resilience_counts import count

GRADES = ("good", "requires_improvement", "inadequate")
# The auditor in two tabs; the auditor and a second one; all of them.
AT_WORK = (("auditor", "auditor"), ("auditor", "second"), ("auditor", "auditor", "second"))
WHERE = ("sections/risk", "sections/risk", "overall", "voices")
WRITE = ("type", "type", "type", "take out", "take all out", "grade")
MOVE = ("button", "button", "go back", "other page", "look", "look")
NUMBERS = st.integers(0, 7)


class Looking:
    """A page with an earlier text, open beside the others."""

    def __init__(self, tab: Tab, name: str, version: TextVersion, now: str, saves: int) -> None:
        self.tab, self.name, self.id, self.text = tab, name, version.id, version.text
        self.saw, self.saves = now, saves
        self.shown = tab.look(name, version.id)


class Editors(RuleBasedStateMachine):
    """Editors of one audit, step by step in any order, beside a model of what must stand."""

    app = council = None
    clients: dict = {}  # noqa: RUF012 -- set on the class that a test makes of this one
    counted: dict = {}  # noqa: RUF012

    @initialize(who=st.sampled_from(AT_WORK), page=st.sampled_from(WHERE))
    def sit_down(self, who, page):
        with self.app.app_context(), saving():
            audit = given(self.council)
            second = self.council.people["iro"]
            db.session.add(
                AuditParty(audit_id=audit.id, party=Party.CO_AUDITOR, person_id=second, name="Iris")
            )
            # So that a limiting rule is broken, and its reason is asked for (A7).
            Writer(audit, second)({"risk.grade": "inadequate", "overall.grade": "good"})
            self.audit_id: UUID = audit.id
        self.tabs = [Tab(self.clients[each], f"/audits/{self.audit_id}") for each in who]
        self.now = {"risk.grade": "inadequate", "overall.grade": "good"}
        self.ever: dict[str, set[str]] = {}
        self.saves: dict[str, int] = {}
        self.looking: Looking | None = None
        self.typed = 0
        for tab in self.tabs:
            tab.open(page, self.saves)
        self.counted["interleavings"] += 1

    # What the model holds to be so.

    def stands(self, name: str) -> str:
        return self.now.get(name, "")

    def saved(self, tab: Tab, name: str, text: str, *, over: str) -> None:
        """The server acknowledged a text; its writer had been shown `over` in this box."""
        text, before = text.strip(), self.stands(name)
        if text == before:
            return
        assert before == over.strip(), f"{name}: a newer text was overwritten"
        gone = marks(before) - marks(text)
        assert gone <= tab.dropped.get(name, set()), f"{name}: {gone} vanished unseen"
        self.now[name] = text
        self.saves[name] = self.saves.get(name, 0) + 1
        self.ever.setdefault(name, set()).update(marks(text))
        self.counted["saves"] += 1

    def refused(self, name: str, saves: int) -> None:
        """The server asked which version to keep: somebody must have saved this very box since."""
        assert self.saves.get(name, 0) > saves, f"{name}: nobody else had saved it"
        self.counted["conflicts"] += 1

    # What editors do. One rule, since Hypothesis leaves out whole rules at random.

    @rule(
        number=NUMBERS,
        what=st.sampled_from(WRITE * 2 + MOVE),
        which=NUMBERS,
        place=NUMBERS,
        page=st.sampled_from(WHERE),
        then=st.sampled_from(("save", "save", "save", "answer lost", "", "")),
        keeps=st.lists(st.sampled_from(KEEPS), min_size=6, max_size=6),
    )
    def go_on(self, number, what, which, place, page, then, keeps):
        self.counted["steps"] += 1
        tab = self.tabs[number % len(self.tabs)]
        if what == "look":
            self.look_or_restore(tab, which)
        elif what == "other page":
            tab.open(page, self.saves)
        elif tab.asked and what == "go back":
            tab.asked = {}  # to the page as it was sent
        elif tab.asked:
            self.answer(tab, page, keeps)
        elif what in WRITE:
            self.write(tab, what, which, place, then)
        elif any(box.theirs for box in tab.boxes.values()):
            self.choose_in_the_page(tab, keeps[0])
        else:
            self.press_save(tab, None if what == "go back" else page)

    def write(self, tab: Tab, what: str, which: int, place: int, then: str) -> None:
        is_text = what != "grade" or tab.page == "voices"
        names = sorted(name for name, box in tab.boxes.items() if box.is_text is is_text)
        name = names[which % len(names)]
        box = tab.boxes[name]
        if not is_text:
            box.text = GRADES[place % len(GRADES)]
        elif what.startswith("take"):
            self.take_out(tab, name, box, None if what == "take all out" else place)
        else:
            words = box.text.split(" ") if box.text else []
            self.typed += 1
            words.insert(place % (len(words) + 1), f"m{self.typed:03d}x")
            box.text = " ".join(words)
        if then and box.text != box.saved and box.theirs is None:
            self.autosave(tab, name, is_lost=then == "answer lost")

    def take_out(self, tab: Tab, name: str, box: Shown, place: int | None) -> None:
        found = sorted(marks(box.text))
        out = found if place is None else found[place % len(found) :][:1] if found else []
        for mark in out:
            box.text = box.text.replace(mark, "")
        tab.drop(name, set(out))

    def autosave(self, tab: Tab, name: str, *, is_lost: bool) -> None:
        box = tab.boxes[name]
        answer = tab.autosave(name)
        if answer.status_code == 200:
            # One whose answer was lost was saved by this tab, and it does not know.
            over = self.stands(name) if self.stands(name) in box.adrift else box.saved
            self.saved(tab, name, box.text, over=over)
        if is_lost:
            box.adrift.add(box.text.strip())
            return
        if answer.status_code == 200:
            box.knows(box.text, answer.json["version"], self.saves.get(name, 0))
            return
        assert answer.status_code == 409, answer.text
        assert answer.json["theirs"] == self.stands(name)
        self.refused(name, box.saves)
        theirs, version = answer.json["theirs"], answer.json["version"]
        if theirs in {*box.adrift, box.text.strip()}:
            box.knows(theirs, version, self.saves[name])
        else:
            box.theirs = (theirs, version, self.saves[name])
            box.adrift.clear()

    def choose_in_the_page(self, tab: Tab, keep: str) -> None:
        name = next(name for name, box in sorted(tab.boxes.items()) if box.theirs is not None)
        box = tab.boxes[name]
        theirs, version, saves = box.theirs
        box.knows(theirs, version, saves)
        if keep == "mine" or not box.is_text:
            tab.drop(name, marks(theirs) - marks(box.text))
            return
        tab.drop(name, marks(box.text) - marks(theirs) if keep == "theirs" else set())
        box.text = theirs if keep == "theirs" else f"{theirs}\n\n{box.text}"
        tab.take_back(name, box.text)

    def press_save(self, tab: Tab, onward: str | None) -> None:
        """Save the page; go on to another one, or press “Back” to the same page as it was."""
        answer = tab.save()
        asked = {} if answer.status_code == 302 else tab.was_asked(answer)
        assert asked or answer.status_code == 302
        for name, box in tab.boxes.items():
            if name in asked:
                assert not box.is_untouched, f"{name} was not touched, and is asked about"
                self.was_asked(name, asked[name], box.text, box.saves)
            elif not box.is_untouched and (box.text or box.is_text):
                self.saved(tab, name, box.text, over=box.saved)
        if not asked and onward is not None:
            tab.open(onward, self.saves)

    def was_asked(self, name: str, asked: Conflict, mine: str, saves: int) -> None:
        self.refused(name, saves)
        if not name.endswith(".grade"):
            assert asked.theirs == (self.stands(name) or "(empty)")
            assert asked.mine == mine.strip()
        asked.theirs, asked.saves = self.stands(name), self.saves[name]

    def answer(self, tab: Tab, onward: str, keeps: list[str]) -> None:
        asked = tab.asked
        keep = dict(zip(asked, keeps, strict=False))
        keep |= {name: "mine" for name in keep if name.endswith(".grade")}
        answer = tab.answer(keep)
        again = {} if answer.status_code == 302 else tab.was_asked(answer)
        for name, each in asked.items():
            if name in again:
                assert keep[name] != "theirs"
                self.was_asked(name, again[name], each.mine, each.saves)
            elif keep[name] != "theirs":
                both = keep[name] == "both" and each.theirs
                text = f"{each.theirs}\n\n{each.mine}" if both else each.mine
                tab.drop(name, marks(each.theirs) - marks(text))
                self.saved(tab, name, text, over=each.theirs)
        if not again:
            tab.open(onward, self.saves)

    def look_or_restore(self, tab: Tab, which: int) -> None:
        """Open an earlier text beside the other pages; the next time, restore it."""
        if self.looking is not None:
            self.restore(self.looking)
            return
        with self.app.app_context():
            query = select(TextVersion).where(TextVersion.audit_id == self.audit_id)
            found = list(db.session.scalars(query.order_by(TextVersion.id)))
        if found:
            version = found[which % len(found)]
            beside = Tab(tab.client, tab.path)
            saves = self.saves.get(version.field, 0)
            self.looking = Looking(
                beside, version.field, version, self.stands(version.field), saves
            )

    def restore(self, look: Looking) -> None:
        self.looking = None
        answer = look.tab.restore(look.name, look.id, look.shown)
        if answer.status_code == 409:
            self.refused(look.name, look.saves)
            return
        assert answer.status_code == 302
        look.tab.drop(look.name, marks(look.saw) - marks(look.text))
        self.saved(look.tab, look.name, look.text, over=look.saw)
        self.counted["restored"] += 1

    # And at the end.

    def teardown(self):
        if not hasattr(self, "audit_id"):
            return
        with self.app.app_context():
            draft = Draft(db.session.get_one(Audit, self.audit_id))
            found = {name: services.box(draft, name).value for name in self.now}
            query = select(TextVersion).where(TextVersion.audit_id == self.audit_id)
            kept = [(each.field, each.text) for each in db.session.scalars(query)]
        assert found == self.now
        for name, ever in self.ever.items():
            there = marks(self.now[name]).union(*(marks(text) for box, text in kept if box == name))
            assert ever <= there, f"{name}: {ever - there} are nowhere"
            self.counted["marks"] += len(ever)
            self.counted["in earlier versions alone"] += len(ever - marks(self.now[name]))


@pytest.fixture
def editors(app, council, client_for):
    """The machine on this test's app, with a session for each of the two people."""
    found = {
        "app": app,
        "council": council,
        "clients": {
            "auditor": client_for(council.people["other_auditor"]),
            "second": client_for(council.people["iro"]),
        },
        "counted": dict.fromkeys(
            ("interleavings", "steps", "saves", "conflicts", "restored", "marks",
             "in earlier versions alone"), 0
        ),
    }  # fmt: skip
    return type("EditorsHere", (Editors,), found)


# CO-1: 1,000 interleavings, 0 characters lost. A8: nothing is overwritten unseen.
def test_two_editors_lose_nothing(editors, record_property):
    run_state_machine_as_test(
        editors,
        settings=settings(
            max_examples=count(1_000),
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            print_blob=True,
        ),
    )
    said = ", ".join(f"{number:,} {what}" for what, number in editors.counted.items())
    record_property("counted", f"{said}, 0 marks lost")
