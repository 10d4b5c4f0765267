"""M3: nothing of the auditor's judgement reaches a blind moderator before their first grades.

Two proofs. A word of its own stands in every box that the auditor filled, and every address of the
app is fetched as the blind moderator: none is found but those of the evidence. And the same audit
is judged in other ways: nothing that the moderator can fetch, and no message to them, is another
one by a single byte. Both on the way there (the queue, the figures) and while it is done.
"""

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from difflib import unified_diff
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from sqlalchemy import select
from werkzeug.test import TestResponse

from qa_app.accounts import sessions
from qa_app.accounts.models import Account
from qa_app.audits.models import (
    Audit,
    GradeRow,
    GradeSource,
    LimitOverride,
    QuestionAnswer,
    SectionAnswer,
)
from qa_app.cli import SCHEDULED
from qa_app.database import db, now, saving
from qa_app.domain.answers import SafeNow
from qa_app.domain.grades import GRADES, Grade
from qa_app.moderation import services
from qa_app.moderation.models import Moderation
from qa_app.notify.models import Notice
from tests.council import Council, build_council
from tests.moderation.blind_world import (
    MODERATOR,
    Judged,
    Planted,
    first_grades,
    plant,
    taken,
    word,
)
from tests.web.access_matrix import routes
from tests.web.filling import marked
from tests.web.programme_world import OF_TOOLS

OUT, GOOD, RI, BAD = GRADES
MONTHS = "from=2026-06&to=2026-11"
FIGURES = f"/reports/measures?{MONTHS}&grades=auditor"
# Each way to judge, with what it changes; the first is what the others are compared with.
WAYS = {
    "all good": Judged(GOOD, (GOOD,), (GOOD,)),
    "all outstanding": Judged(OUT, (OUT,), (OUT,)),
    # E2, M0: an Inadequate starts clocks, and tells people.
    "all inadequate": Judged(BAD, (BAD,), (BAD,)),
    # A7: limiting rules are set aside.
    "better than its sections allow": Judged(OUT, (BAD, RI, GOOD, OUT), (OUT, BAD)),
}
AS_IT_IS, SET_ASIDE = WAYS["all good"], WAYS["better than its sections allow"]
# Another head of service who could take it.
ANOTHER = "review_head"
NOWHERE = UUID(int=7)


class World:
    """The council with one planted audit, seen by one head of another service."""

    def __init__(self, app: Flask, judged: Judged) -> None:
        self.app = app
        with app.app_context(), saving():
            self.council: Council = build_council()
            self.planted: Planted = plant(self.council, judged)
        self.moderation_id: UUID | None = None
        self.first_seen: dict[str, str] = {}

    def take(self) -> None:
        """The moderator takes it, and time goes by: what is due by the clock is done."""
        with self.app.app_context(), saving():
            audit = db.session.get_one(Audit, self.planted.ids["audit_id"])
            moderation = taken(self.council, audit)
            db.session.flush()
            self.moderation_id = self.planted.ids["moderation_id"] = moderation.id
        self.let_time_pass(1, 4, 8, 20, 30)

    def let_time_pass(self, *days_gone: int) -> None:
        """The jobs of the clock, as if these many days had gone by (M0, E6)."""
        for days in days_gone:
            for job in SCHEDULED:
                with self.app.app_context(), saving():
                    job.run(now() + timedelta(days=days))

    def reveal(self) -> None:
        """The moderator commits the first grades."""
        with self.app.app_context(), saving():
            moderation = db.session.get_one(Moderation, self.moderation_id)
            who = self.council.people[MODERATOR]
            services.commit_first(moderation, first_grades(moderation), by=who, at=now())

    def addresses(self) -> list[str]:
        """Every address of the app, with the ids of this audit and of what came of it."""
        return [self._path(rule) for _, method, rule in routes(self.app) if method == "GET"]

    def _path(self, rule) -> str:
        words = {"code": "risk", "field": "overall.rationale", "name": "expected_audits",
                 "standard_number": "1.1", "token": "none"}  # fmt: skip
        known = {**words, **self.planted.ids, "person_id": self.council.people["auditor"]}
        if rule.endpoint.startswith("standards."):
            known |= OF_TOOLS
        # What the audit has none of is nowhere: the same for every way to judge.
        values = {name: known.get(name, NOWHERE) for name in rule.arguments}
        with self.app.test_request_context():
            return str(rule.build(values, append_unknown=False)[1])

    def lists(self) -> list[str]:
        """The lists and figures in which it could be found or counted."""
        with self.app.app_context():
            audit = db.session.get_one(Audit, self.planted.ids["audit_id"])
            reference, case, team = audit.reference, audit.case_reference, audit.team_id
        categories = [*(grade.value for grade in Grade), "total", "awaiting"]
        behind = "/reports/measures/audits?measure=MTM-1&month=2026-11&grades=auditor&" + MONTHS
        return [
            *(f"/audits?q={each}" for each in (reference, case, "A-2026")),
            *(f"/audits?grade={grade.value}" for grade in Grade),
            *(f"/audits?state={state}" for state in ("in_moderation", "awaiting_moderation")),
            *(f"/tracker/?status={each}" for each in ("all", "done", "open")),
            f"/tracker/?team={team}&status=all",
            FIGURES,
            f"{FIGURES}&team={team}",
            f"/reports/measures/grades.svg?{MONTHS}&grades=auditor",
            *(f"{behind}&category={each}" for each in categories),
            f"/reports/measures/actions?{MONTHS}&month=2026-11",
            *(
                f"/reports/measures/download?{MONTHS}&grades=auditor&format={each}"
                for each in ("csv", "xlsx")
            ),
            f"/moderation/agreement?{MONTHS}",
        ]

    def answers(
        self, person: str = MODERATOR, paths: Iterable[str] = ()
    ) -> Iterator[tuple[str, TestResponse]]:
        """What this person gets at each address, and about moderation as JSON too."""
        client = self._client(person)
        for path in paths or [*self.addresses(), *self.lists()]:
            yield path, client.get(path)
            if str(self.moderation_id) in path:
                asked = {"Accept": "application/json"}
                yield f"{path} as JSON", client.get(path, headers=asked)

    def seen(self, person: str = MODERATOR, paths: Iterable[str] = ()) -> dict[str, str]:
        """The same with ids, tokens and times taken away, and the messages to this person."""
        answers = self.answers(person, paths)
        found = {self._plain(path): self._plain(_text(got)) for path, got in answers}
        return found | {"messages": self._plain(json.dumps(self.messages(person)))}

    def messages(self, person: str = MODERATOR) -> list[tuple[str, str, str]]:
        """Everything that was ever sent to this person."""
        with self.app.app_context():
            who = self.council.people[person]
            query = select(Notice).where(Notice.person_id == who).order_by(Notice.created_at)
            return [(each.subject, each.body, each.path) for each in db.session.scalars(query)]

    def short(self) -> list[str]:
        """The pages on which it stands, and every list in which it could be counted."""
        page = f"/moderation/{self.moderation_id}/first-grades"
        return [page, "/", "/moderation/", "/notices", "/audits", "/tracker/", *self.lists()]

    def judge(self, draw: Callable[[Any], Any]) -> None:
        """Judge it anew, in its rows: the newest row of a grade is the one that stands (M7)."""
        grades, audit_id = st.sampled_from(GRADES), self.planted.ids["audit_id"]
        with self.app.app_context(), saving():
            audit = db.session.get_one(Audit, audit_id)
            audit.overall_grade = audit.auditor_grade = draw(grades)
            audit.safe_now = draw(st.sampled_from(SafeNow))
            for each in db.session.query(SectionAnswer).filter_by(audit_id=audit_id):
                each.grade = None if each.not_applicable else draw(grades)
            for each in db.session.query(QuestionAnswer).filter_by(audit_id=audit_id):
                each.grade = draw(grades) if each.grade is not None else None
            for each in db.session.query(LimitOverride).filter_by(audit_id=audit_id):
                each.reason = draw(st.sampled_from(["", "One reason", "Another one"]))
            row = {"source": GradeSource.AUDITOR, "grade": audit.auditor_grade, "at": now()}
            db.session.add(GradeRow(audit_id=audit_id, by=audit.auditor_id, **row))

    def _client(self, person: str) -> FlaskClient:
        # Each page is checked by the tests of that page; here there are too many of them.
        client = FlaskClient(self.app, self.app.response_class)
        with self.app.app_context(), saving():
            who = self.council.people[person]
            account = db.session.query(Account).filter_by(person_id=who).one()
            token = sessions.begin(account, at=now()).id
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        return client

    def _plain(self, text: str) -> str:
        for name, each in self.planted.ids.items():
            text = text.replace(str(each), name)
        for pattern, name in _NEVER_THE_SAME:
            text = pattern.sub(name, text)
        return text


_NEVER_THE_SAME = (
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "an id"),
    (re.compile(r'(name="csrf_token"[^>]*value=)"[^"]+"'), r"\1"),
    (re.compile(r"(?<=\dT)\d\d:\d\d:\d\d(\.\d+)?(\+\d\d:\d\d)?"), "a time"),
    (re.compile(r"\b\d\d:\d\d(:\d\d)?"), "a time"),
    (re.compile(r'data-(person="[0-9a-f]+|left="\d+)"'), ""),
    (re.compile(r"\b(DTSTAMP|CREATED|LAST-MODIFIED)[^\r\n]+"), r"\1"),
    (re.compile(r"Reference: [0-9A-Za-z-]+"), "a reference"),
    (re.compile(r"<dcterms:\w+[^>]*>[^<]+"), "a day"),
)


def _text(answer: TestResponse) -> str:
    status = f"{answer.status_code} {answer.headers.get('Location', '')}\n"
    if answer.data[:2] != b"PK":
        return status + answer.get_data(as_text=True)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as book:
        parts = [book.read(name).decode("utf-8", "replace") for name in book.namelist()]
    return status + "\n".join(parts)


@pytest.fixture
def world_of(app: Flask, _store):
    """world_of(judged) → a world of its own; the one before is gone."""

    def make(judged: Judged) -> World:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()
        _store.renew()
        return World(app, judged)

    return make


# --- The words


def _found(world: World, person: str, words: set[str]) -> dict[str, list[str]]:
    found = {path: marked(got, sorted(words)) for path, got in world.answers(person)}
    return {path: marks for path, marks in found.items() if marks}


# M3: not before it is taken (but for what E4 shows of a finished action to every head of service,
# who is then barred from moderating it blind), and not while it is.
def test_no_word_of_the_judgement_is_found_before_the_first_grades(world_of) -> None:
    world = world_of(SET_ASIDE)
    words = world.planted.hidden
    assert _found(world, ANOTHER, words - _of_finished_action()) == {}
    world.take()
    assert _found(world, MODERATOR, words) == {}
    assert [each for each in world.messages() if "canary" in str(each)] == []


def _of_finished_action() -> set[str]:
    return {word("action 1"), word("what shows it")}


# M3: what is to be graded is there; and once it was, so is everything else.
def test_the_evidence_is_found_and_after_the_first_grades_the_rest(world_of) -> None:
    world = world_of(AS_IT_IS)
    world.take()
    page = f"/moderation/{world.moderation_id}/first-grades"
    found = _found(world, MODERATOR, world.planted.shown)
    assert set(found[page]) == world.planted.shown
    assert {path.removesuffix(" as JSON") for path in found} == {page}
    world.reveal()
    found = _found(world, MODERATOR, world.planted.hidden)
    assert sum(map(len, found.values())) > 20, found


# --- The shuffle


def test_whatever_was_judged_the_moderator_gets_the_same_bytes(world_of, record_property) -> None:
    first: dict[str, str] = {}
    for way, judged in WAYS.items():
        world = world_of(judged)
        world.let_time_pass(1, 4)
        before = {f"before: {path}": text for path, text in world.seen(ANOTHER).items()}
        world.take()
        seen = before | world.seen()
        first = first or seen
        assert seen.keys() == first.keys()
        moved = _moved(first, seen)
        assert not moved, (way, len(moved), list(moved.items())[:5])
    assert len(first) > 400
    record_property("counted", f"{len(first)} answers the same in {len(WAYS)} worlds")


# The same with many more ways to judge, in the audit's rows.
@given(data=st.data())
@settings_of_hypothesis(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_way_to_judge_moves_a_byte(one_world: World, data: st.DataObject) -> None:
    one_world.judge(data.draw)
    moved = _moved(one_world.first_seen, one_world.seen(paths=one_world.short()))
    assert not moved, list(moved.items())[:5]


def _moved(first: dict[str, str], seen: dict[str, str]) -> dict[str, list[str]]:
    """What is another one, with the first lines that differ."""
    return {
        path: list(unified_diff(first[path].splitlines(), seen[path].splitlines(), n=0))[:8]
        for path in seen
        if seen[path] != first[path]
    }


@pytest.fixture
def one_world(world_of) -> World:
    """A world with the audit taken, and what the moderator saw at first."""
    world = world_of(AS_IT_IS)
    world.take()
    world.first_seen = world.seen(paths=world.short())
    return world
