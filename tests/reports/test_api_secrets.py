"""What the API never says: narrative, case references, people, and grades before their time."""

import pytest
from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.cases.models import Case
from qa_app.database import db, now, saving
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.grades import Grade
from qa_app.moderation import services as moderation
from tests.council import Council
from tests.moderation.blind_world import MODERATOR, first_grades, taken
from tests.reports.keys import ALL, Program, a_program
from tests.reports.test_api import LISTS
from tests.reports.test_blind import _inadequate
from tests.web.access_matrix import build_world, contents
from tests.web.test_canaries import Planted

MONTH = str(Month.of(london_date(now())))
# What the API is there to say: numbers of audits and actions, the team as it was written.
SAID = {
    ("audit", "reference"), ("audit", "team_name"), ("audit", "age_band"),
    ("action", "reference"), ("action", "audit_reference"),
}  # fmt: skip


def everything(program: Program) -> str:
    """All that a key reads: every page of every list, as JSON and as CSV, and the document."""
    texts = [program.get("/api/v1/openapi.json").text]
    for name in LISTS:
        for grades in ("final", "auditor") if name == "measures" else ("",):
            path: str | None = f"/api/v1/{name}?limit=3" + (f"&grades={grades}" if grades else "")
            while path:
                answer = program.get(path)
                assert answer.status_code == 200
                texts += [answer.text, program.get(f"{path}&format=csv").text]
                path = answer.json["next"]
    return "\n".join(texts)


# I2, IN-3: whatever a key may read, no word that anybody wrote, no child and no name.
@pytest.mark.one_database
@pytest.mark.parametrize("scopes", [ALL, *((scope,) for scope in ALL)], ids=str)
def test_no_narrative_no_case_and_no_name_comes_out(app, scopes) -> None:
    world = build_world(app)
    with app.app_context(), saving():
        planted = Planted(world)
        planted.plant()
        db.session.flush()
        cases = set(db.session.scalars(select(Case.reference)))
        rows = db.session.execute(select(Person.name, Person.email))
        people = {name for row in rows for name in row}
        lead = db.session.scalars(select(Person.id).where(Person.name == "Quinn Lead")).one()
    program = a_program(app, lead, *scopes)
    texts = [program.get(f"/api/v1/{name}?limit=1000").text for name in LISTS]
    if scopes == ALL:
        texts.append(everything(program))
    text = "\n".join(texts)
    told = {key for key, word in planted.words.items() if word in text}
    assert told <= SAID
    assert len(planted.words) >= 60
    assert not [case for case in cases if case in text]
    assert not [name for name in people if name and name in text]
    if scopes == ALL:
        assert told


# M3: an auditor's grade is nobody's before it is final, in a row, a figure or an action.
def test_an_audit_that_waits_for_a_blind_moderator_tells_nothing(app, council) -> None:
    program = a_program(app, council.people["qa_lead"])
    with app.app_context(), saving():
        reference = _inadequate(council).reference
    row = _the_audit(program, reference)
    assert (row["final"], row["auditor_grade"], row["final_grade"]) == (False, None, None)
    assert program.rows("/api/v1/actions") == []
    for grades in ("final", "auditor"):
        figures = program.rows(f"/api/v1/measures?grades={grades}")
        assert {row["numerator"] for row in figures if row["measure"] in ("MTM-1", "MTM-4")} == {0}


# M3: with the first grades the action is everybody's; the grade waits until it is final.
def test_no_grade_is_said_before_it_is_final(app, council: Council) -> None:
    program = a_program(app, council.people["qa_lead"])
    with app.app_context():
        with saving():
            audit = _inadequate(council)
            reference, started = audit.reference, taken(council, audit)
        with saving():
            started = db.session.merge(started)
            grades, who = first_grades(started, Grade.INADEQUATE), council.people[MODERATOR]
            moderation.commit_first(started, grades, by=who, at=now())
    row = _the_audit(program, reference)
    assert (row["moderated"], row["auditor_grade"], row["final_grade"]) == (False, None, None)
    assert [row["audit_reference"] for row in program.rows("/api/v1/actions")] == [reference]


def _the_audit(program: Program, reference: str) -> dict:
    (row,) = [row for row in program.rows("/api/v1/audits") if row["reference"] == reference]
    return row


# AZ-9: reading changes nothing but the history and the day on the key.
@pytest.mark.one_database
def test_reading_changes_nothing(app, council) -> None:
    program = a_program(app, council.people["qa_lead"])
    with app.app_context(), saving():
        _inadequate(council)
    program.get("/api/v1/audits")  # the day is on the key now
    before = contents(app)
    everything(program)
    assert contents(app) == before
