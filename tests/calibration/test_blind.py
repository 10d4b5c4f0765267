"""Nobody reads anybody's grades before the session is closed: the bytes are searched (M10)."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from qa_app.database import db, saving
from qa_app.domain.grades import GRADES
from qa_app.history import Event
from qa_app.moderation.calibration import services
from qa_app.moderation.calibration.queries.results import Given
from qa_app.moderation.models import CalibrationGrade, CalibrationInvite
from qa_app.notify.models import Notice
from tests.calibration.making import AT, LATER, a_closed_one, an_open_one, commit, grades, shuffled
from tests.client import CheckedClient
from tests.council import Council

OUT, GOOD, RI, BAD = GRADES
INVITED = ("auditor", "iro", "head")
LOOKING = (*INVITED, "qa_lead", "chair", "director", "other_auditor", "worker", "administrator")
PARTS = (
    "", "/grade", "/commit", "/results", "/compare", "/agreed", "/close", "/invite", "/details",
    "/sections/risk", "/open",
)  # fmt: skip
BESIDE = ("/calibration/", "/calibration/mine", "/audits/", "/moderation/agreement/mine")
_CHANGING = re.compile(r'name="csrf_token" value="[^"]*"')


@pytest.fixture(autouse=True)
def _at_one_moment() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


def canary(key: str) -> str:
    return f"CANARY-OF-{key}"


def graded(session_id: UUID, council: Council, *, committed: tuple[str, ...]) -> None:
    """Everybody has graded with a canary of their own, and these have committed."""
    session = db.session.get_one(type_of_session(), session_id)
    for key, grade in zip(INVITED, (OUT, GOOD, BAD), strict=True):
        given = grades(session, grade, canary(key))
        if key in committed:
            commit(session, council.people[key], given)
        else:
            services.save_grades(session, given, by=council.people[key], at=AT)


def type_of_session():
    return CalibrationInvite.session.property.mapper.class_


def seen(client: CheckedClient, session_id: UUID) -> dict[str, str]:
    """Every page of a session, and those beside it, as this person gets them: status and bytes."""
    paths = [f"/calibration/{session_id}{part}" for part in PARTS] + list(BESIDE)
    found = {}
    for path in paths:
        answer = client.get(path)
        found[path] = f"{answer.status_code} {answer.location} " + _CHANGING.sub("", answer.text)
    return found


@pytest.fixture
def opened(app: Flask, council: Council) -> UUID:
    with app.app_context(), saving():
        return an_open_one(council, INVITED).id


# M10: not those invited, before or after their own commit; not the QA lead; nobody.
@pytest.mark.parametrize(
    "committed", [(), ("iro",), ("auditor", "iro"), INVITED], ids=lambda keys: f"{len(keys)} done"
)
def test_no_page_of_an_open_session_holds_a_word_of_anybody_else(
    app: Flask, council: Council, client_for, opened: UUID, committed: tuple[str, ...]
) -> None:
    with app.app_context(), saving():
        graded(opened, council, committed=committed)
    pages = 0
    for key in LOOKING:
        for path, text in seen(client_for(council.people[key]), opened).items():
            others = [each for each in INVITED if each != key and canary(each) in text]
            assert not others, f"{key} reads {others} at {path}"
            pages += 1
    print(f"{pages} answers searched with {len(committed)} committed")  # noqa: T201


# M10: other grades of one person change nothing in any page of anybody else.
@pytest.mark.parametrize("committed", [("iro",), INVITED], ids=["one done", "all done"])
def test_shuffled_grades_change_no_byte_of_anybody_elses_pages(
    app: Flask, council: Council, client_for, opened: UUID, committed: tuple[str, ...]
) -> None:
    with app.app_context(), saving():
        graded(opened, council, committed=committed)
    looking = {key: client_for(council.people[key]) for key in LOOKING if key != "iro"}
    before = {key: seen(client, opened) for key, client in looking.items()}
    with app.app_context(), saving():
        _shuffle(opened, council.people["iro"])
    for key, client in looking.items():
        assert seen(client, opened) == before[key], key


def _shuffle(session_id: UUID, person: UUID) -> None:
    query = (
        select(CalibrationGrade)
        .join(CalibrationGrade.invite)
        .where(CalibrationInvite.session_id == session_id, CalibrationInvite.person_id == person)
    )
    rows = {row.section_code: row for row in db.session.scalars(query)}
    others: Mapping[str, Given] = shuffled(
        {code: Given(row.grade, row.why) for code, row in rows.items()}
    )
    for code, row in rows.items():
        assert row.grade is not others[code].grade
        row.grade, row.why = others[code].grade, f"Quite another reason of {len(code)} letters"


# M10: of how the others are doing, how many have committed and nothing else.
def test_a_commit_changes_one_number_in_the_pages_of_the_others(
    app: Flask, council: Council, client_for, opened: UUID
) -> None:
    with app.app_context(), saving():
        graded(opened, council, committed=("head",))
    looking = {
        key: client_for(council.people[key]) for key in LOOKING if key not in {"iro", "qa_lead"}
    }
    before = {key: seen(client, opened) for key, client in looking.items()}
    with app.app_context(), saving():
        session = db.session.get_one(type_of_session(), opened)
        services.commit_grades(session, by=council.people["iro"], at=AT)
    for key, client in looking.items():
        as_before = {
            path: text.replace("2 of 3 people have committed", "1 of 3 people have committed")
            for path, text in seen(client, opened).items()
        }
        assert as_before == before[key], key


def test_saving_changes_nothing_that_the_qa_lead_sees(
    app: Flask, council: Council, client_for, opened: UUID
) -> None:
    lead = client_for(council.people["qa_lead"])
    before = seen(lead, opened)
    with app.app_context(), saving():
        graded(opened, council, committed=())
    assert seen(lead, opened) == before


def test_neither_history_nor_notices_hold_a_grade_or_a_reason(
    app: Flask, council: Council, opened: UUID
) -> None:
    with app.app_context(), saving():
        graded(opened, council, committed=INVITED)
    with app.app_context():
        events = [f"{each.verb} {each.details}" for each in db.session.scalars(select(Event))]
        notices = [f"{each.subject} {each.body}" for each in db.session.scalars(select(Notice))]
    for text in (*events, *notices):
        assert "CANARY" not in text
        assert not re.search("outstanding|inadequate", text, re.IGNORECASE)


# M10: a try at a gold-standard file is its own: the results, other tries, and other people's pages.
def test_a_try_is_seen_by_nobody_else_and_shows_nobody_elses(
    app: Flask, council: Council, client_for
) -> None:
    with app.app_context(), saving():
        session = a_closed_one(council, {"auditor": GOOD, "iro": BAD}, gold=True)
        session_id = session.id
        commit(session, council.people["chair"], grades(session, RI, canary("chair")), LATER)
    with time_machine.travel(LATER):
        chair = seen(client_for(council.people["chair"]), session_id)
        text = " ".join(chair.values())
        assert canary("chair") in text
        assert "As we agreed." in text
        assert "auditor says so." not in text
        assert "iro says so." not in text
        for key in LOOKING:
            if key != "chair":
                for path, page in seen(client_for(council.people[key]), session_id).items():
                    assert canary("chair") not in page, f"{key} reads it at {path}"


# M10: the agreed answer is shown after one's own commit, and not a moment before.
def test_nobody_reads_the_agreed_answer_of_a_gold_file_before_committing(
    app: Flask, council: Council, client_for
) -> None:
    with app.app_context(), saving():
        session = a_closed_one(council, gold=True)
        session_id = session.id
        services.save_grades(
            session, grades(session, RI, "Mine"), by=council.people["chair"], at=LATER
        )
    assert isinstance(LATER, datetime)
    with time_machine.travel(LATER):
        for key in ("chair", "director", "other_auditor"):
            for path, page in seen(client_for(council.people[key]), session_id).items():
                assert "As we agreed." not in page, f"{key} reads it at {path}"
                assert "It was plain." not in page
                assert "auditor says so." not in page
