"""Calibration over HTTP: the whole way, what each person finds, and what is said where it is empty
(M10)."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask

from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.grades import GRADES
from qa_app.history import Event
from qa_app.moderation.calibration import services
from qa_app.moderation.calibration.queries.results import own_grades
from qa_app.moderation.calibration.queries.seen import Shown
from qa_app.moderation.models import CalibrationSession, CalibrationState
from tests.calibration.making import (
    AT,
    LATER,
    a_closed_one,
    a_draft,
    a_final_audit,
    an_open_one,
    commit,
    grades,
)
from tests.client import CheckedClient
from tests.council import Council, find
from tests.queries import count_queries

OUT, GOOD, RI, BAD = GRADES
NASTY = "<script>alert(1)</script>{{ 7*7 }}\"'><img src=x onerror=alert(1)>"
LONG = "A sentence that goes on about what was read in the record and what was made of it. " * 200
GRADED = {
    "assessment_grade": "good", "assessment_why": "Clear.", "risk_grade": "inadequate",
    "risk_why": "Late.", "overall_grade": "good", "overall_why": "On the whole.",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _on_the_day():
    """The day on which sessions are open: nothing here waits for another."""
    with time_machine.travel(AT, tick=True):
        yield


Make = Callable[..., CalibrationSession]


def made(app: Flask, council: Council, make: Make, *args: object, **more: object) -> UUID:
    with app.app_context(), saving():
        return make(council, *args, **more).id


def test_the_whole_way_over_http(app: Flask, council: Council, client_for) -> None:
    people = council.people
    with app.app_context(), saving():
        reference = a_final_audit(council).reference
    lead, iro, head = (client_for(people[key]) for key in ("qa_lead", "iro", "head"))

    answer = lead.submit(
        "/calibration/new", {"title": "Autumn", "source": "audit", "audit": reference}
    )
    path = answer.location
    page = lead.get(path).text
    assert "Say in a few words whom the file is about" in page
    assert "Open it for grading" not in page
    assert lead.submit(
        f"{path}/details", {"title": "Autumn", "about": "A child.", "age_band": "5 to 9"}
    ).status_code == 302  # fmt: skip
    # a word that may identify somebody leads back to its page, and keeps it closed
    answer = lead.submit(f"{path}/sections/risk", {"evidence": "Mrs Smith was out", "impact": "I"})
    assert answer.location == f"{path}/sections/risk"
    assert "this may be a name with a title" in lead.get(answer.location).text
    assert lead.submit(f"{path}/open").status_code == 409
    lead.submit(f"{path}/sections/risk", {"evidence": "Nobody was in", "impact": "I"})

    with app.app_context():
        services_of = {"REV": council.teams["REV"].hex, "SAFE": council.teams["SAFE"].hex}
    chosen = {
        f"service_{services_of['REV']}": [people["iro"].hex],
        f"service_{services_of['SAFE']}": [people["head"].hex],
        "deadline-day": "27", "deadline-month": "11", "deadline-year": "2026",
    }  # fmt: skip
    assert lead.submit(f"{path}/invite", chosen).status_code == 302
    assert "Open it for grading" in lead.get(path).text
    assert "Iris Reviewer" in lead.get(f"{path}/open").text
    assert lead.submit(f"{path}/open").status_code == 302

    for client in (iro, head):
        assert "Autumn" in client.get("/calibration/").text
        assert "0 of 2 people have committed" in client.get(f"{path}/grade").text
    _grade_everything(iro, path, "good")
    assert "1 of 2 people have committed" in iro.get(f"{path}/grade").text
    assert lead.submit(f"{path}/close").status_code == 409
    _grade_everything(head, path, "inadequate")
    assert lead.submit(f"{path}/close").status_code == 302

    for client in (iro, head, lead):
        page = client.get(f"{path}/results").text
        assert "Good to Inadequate" in page
        assert "It has not been written yet" in page
    agreed = _answers(lead, f"{path}/agreed", "good")
    assert lead.submit(f"{path}/agreed", agreed | {"why": "Plain."}).status_code == 302
    page = iro.get(f"{path}/results").text
    assert "The same as the agreed answer in 13 of 13" in page
    token = lead.token_in(lead.get(path).text)
    assert lead.send(f"{path}/gold", {"gold": "yes"}, token=token).status_code == 302

    new = client_for(people["auditor"])
    assert "Files to practise on" in new.get("/calibration/").text
    answer = _grade_everything(new, path, "outstanding")
    page = new.get(new.get(answer.location).location).text
    assert "Plain." in page
    assert "more lenient (a better grade) in 13" in page
    assert new.get(f"{path}/results").status_code == 404
    assert "more lenient" in new.get("/calibration/mine").text


def _answers(client: CheckedClient, path: str, grade: str) -> dict[str, str]:
    page = client.get(path).text
    names = {each.split('"')[0] for each in page.split(' name="')}
    given = {name: grade for name in names if name.endswith("_grade")}
    return given | {name: "Because." for name in names if name.endswith("_why")}


def _grade_everything(client: CheckedClient, path: str, grade: str):
    given = _answers(client, f"{path}/grade", grade)
    stand = client.get(f"{path}/grade").text.partition('name="stand" value="')[2].partition('"')[0]
    answer = client.submit(f"{path}/grade", given | {"stand": stand, "check": "1"})
    assert answer.location == f"{path}/commit"
    return client.submit(f"{path}/commit")


def test_saved_for_later_is_there_again_and_nothing_is_needed(
    app: Flask, council: Council, client_for
) -> None:
    session_id = made(app, council, an_open_one)
    client = client_for(council.people["iro"])
    path = f"/calibration/{session_id}/grade"
    answer = client.submit(path, {"risk_grade": "good", "risk_why": NASTY, "later": "1"})
    assert answer.status_code == 302
    page = client.get(path).text
    assert "&lt;script&gt;alert(1)" in page
    assert re.search('checked[^>]*name="risk_grade"[^>]*value="good"', page)
    page = client.get(f"/calibration/{session_id}/commit").text
    assert "Before you can commit them" in page
    assert "Commit my grades" not in page
    token = client.token_in(client.get(path).text)
    assert client.send(f"/calibration/{session_id}/commit", token=token).status_code == 409


def test_a_reason_without_a_grade_is_not_lost_and_says_so(
    app: Flask, council: Council, client_for
) -> None:
    session_id = made(app, council, an_open_one)
    client = client_for(council.people["iro"])
    answer = client.submit(
        f"/calibration/{session_id}/grade", {"risk_why": "A long thought", "later": "1"}
    )
    assert answer.status_code == 400
    assert "A long thought" in answer.text
    assert "why is kept with it" in answer.text


# A8: two windows of one person: the second sees both, and can send again.
def test_a_page_that_is_out_of_date_shows_both(app: Flask, council: Council, client_for) -> None:
    session_id = made(app, council, an_open_one)
    client = client_for(council.people["iro"])
    path = f"/calibration/{session_id}/grade"
    stand = client.get(path).text.partition('name="stand" value="')[2].partition('"')[0]
    client.submit(path, {"risk_grade": "good", "risk_why": "First", "stand": stand})
    answer = client.submit(path, {"risk_grade": "inadequate", "risk_why": "Second", "stand": stand})
    assert answer.status_code == 409
    assert "In the other window: Good. First" in answer.text
    assert ">\nSecond</textarea>" in answer.text
    stand = answer.text.partition('name="stand" value="')[2].partition('"')[0]
    again = {"risk_grade": "inadequate", "risk_why": "Both", "stand": stand}
    assert client.submit(path, again).status_code == 302
    with app.app_context():
        mine = own_grades(Shown.find(session_id).invite_of(council.people["iro"]))
        assert (mine["risk"].grade, mine["risk"].why) == (BAD, "Both")


# A8, AU-4: a session that ended while grading: the page keeps the words and sends them again.
def test_what_was_written_is_kept_through_signing_in(
    app: Flask, council: Council, client_for, client
) -> None:
    session_id = made(app, council, an_open_one)
    signed_in = client_for(council.people["iro"])
    path = f"/calibration/{session_id}/grade"
    token = signed_in.token_in(signed_in.get(path).text)
    answer = client.post(path, data={"csrf_token": token, "risk_why": "A long thought"})
    assert answer.status_code in {400, 403}
    assert "A long thought" in answer.text
    assert path in answer.text


# M10: a limiting rule (A7) is shown, and keeps nobody from grading as they see it.
def test_the_check_says_what_limits_the_overall_grade(
    app: Flask, council: Council, client_for
) -> None:
    session_id = made(app, council, an_open_one)
    client = client_for(council.people["iro"])
    client.submit(f"/calibration/{session_id}/grade", GRADED | {"check": "1"})
    page = client.get(f"/calibration/{session_id}/commit").text
    assert "so the overall grade must be Inadequate" in page
    assert client.submit(f"/calibration/{session_id}/commit").status_code == 302


# M10: who gets which answer. The IRO, the auditor and the head of service are invited.
@pytest.mark.parametrize(
    ("state", "key", "expected"),
    [
        # a draft is the QA lead's alone
        ("draft", "qa_lead", {"": 200, "/details": 200, "/sections/risk": 200, "/invite": 200,
                              "/open": 200, "/discard": 200, "/grade": 404, "/results": 404}),
        ("draft", "iro", {"": 404, "/grade": 404, "/results": 404, "/compare": 404,
                          "/details": 403, "/invite": 403, "/open": 403, "/discard": 403}),
        # while it is open those invited grade, and nobody sees results
        ("open", "iro", {"": 302, "/grade": 200, "/commit": 200, "/results": 404, "/compare": 302,
                         "/close": 403, "/agreed": 403}),
        ("open", "chair", {"": 404, "/grade": 404, "/results": 404, "/compare": 404}),
        ("open", "worker", {"": 404, "/grade": 404, "/results": 404}),
        ("open", "viewer", {"": 404, "/grade": 404, "/results": 404}),
        ("open", "qa_lead", {"": 200, "/grade": 403, "/results": 404, "/close": 200,
                             "/invite": 200, "/agreed": 409, "/details": 409, "/open": 409}),
        # once closed those invited see all of it, and nobody else any of it
        ("closed", "iro", {"": 302, "/grade": 302, "/results": 200, "/compare": 200}),
        ("closed", "head", {"": 302, "/grade": 302, "/commit": 302, "/results": 200,
                            "/compare": 302}),
        ("closed", "chair", {"": 404, "/grade": 404, "/results": 404, "/compare": 404}),
        ("closed", "qa_lead", {"": 200, "/grade": 403, "/results": 200, "/agreed": 200,
                               "/close": 409, "/invite": 409}),
        # a gold-standard file is there for whoever audits or moderates; its results are not
        ("gold", "chair", {"": 302, "/grade": 200, "/results": 404, "/compare": 302}),
        ("gold", "director", {"": 302, "/grade": 200, "/results": 404, "/compare": 302}),
        ("gold", "worker", {"": 404, "/grade": 404, "/results": 404, "/compare": 404}),
        ("gold", "viewer", {"": 404, "/grade": 404, "/results": 404}),
        ("gold", "iro", {"": 302, "/grade": 302, "/results": 200, "/compare": 200}),
    ],
)  # fmt: skip
def test_who_gets_which_answer(
    app: Flask, council: Council, client_for, state, key, expected
) -> None:
    make: dict[str, Make] = {
        "draft": a_draft,
        "open": an_open_one,
        "closed": lambda council: a_closed_one(council, not_graded=("head",)),
        "gold": lambda council: a_closed_one(council, not_graded=("head",), gold=True),
    }
    session_id = made(app, council, make[state])
    client = client_for(council.people[key])
    got = {part: client.get(f"/calibration/{session_id}{part}").status_code for part in expected}
    assert got == expected


@pytest.mark.parametrize(
    ("key", "list_status", "new_status"),
    [
        ("auditor", 200, 403), ("head", 200, 403), ("qa_lead", 200, 200),
        ("worker", 403, 403), ("viewer", 403, 403), ("administrator", 403, 403),
    ],
)  # fmt: skip
def test_who_has_a_list_of_calibration(
    council: Council, client_for, key, list_status, new_status
) -> None:
    client = client_for(council.people[key])
    assert client.get("/calibration/").status_code == list_status
    assert client.get("/calibration/mine").status_code == list_status
    assert client.get("/calibration/new").status_code == new_status


def test_empty_pages_say_why_and_what_to_do(council: Council, client_for) -> None:
    auditor = client_for(council.people["auditor"])
    assert "You are not asked to grade a file." in auditor.get("/calibration/").text
    assert "nor practised on one" in auditor.get("/calibration/mine").text
    assert "No session has been made yet." in (
        client_for(council.people["qa_lead"]).get("/calibration/").text
    )


def test_a_session_that_nobody_graded_says_so(app: Flask, council: Council, client_for) -> None:
    with app.app_context(), saving():
        session = an_open_one(council)
        services.close(session, by=council.people["qa_lead"], at=LATER)
        session_id = session.id
    page = client_for(council.people["iro"]).get(f"/calibration/{session_id}/results").text
    assert "Nobody graded the file" in page
    assert page.count("Did not grade it") == 3 * 3
    assert "0 of 3 invited graded it" in page


def test_every_page_says_that_it_counts_in_no_measure(
    app: Flask, council: Council, client_for
) -> None:
    opened, closed = made(app, council, an_open_one), made(app, council, a_closed_one)
    client = client_for(council.people["iro"])
    for path in (
        "/calibration/", f"/calibration/{opened}/grade", f"/calibration/{closed}/results",
        f"/calibration/{closed}/compare", "/calibration/mine",
    ):  # fmt: skip
        assert "never counts in any measure" in client.get(path).text, path


def test_long_and_nasty_words_are_shown_whole_and_harmless(
    app: Flask, council: Council, client_for
) -> None:
    with app.app_context(), saving():
        lead = council.people["qa_lead"]
        session = a_draft(council, title="T" * 190)
        services.describe(
            session, title="T" * 190, about=LONG[:4_000], age_band="5 to 9", by=lead, at=AT
        )
        for code in ("risk", "voice", "plan", "visits", "reviews", "identity"):
            services.write_section(
                session, code, evidence=LONG + NASTY, impact=LONG, answers=LONG, by=lead, at=AT
            )
        people = [council.people[key] for key in ("auditor", "iro")]
        services.invite(session, people, london_date(LATER), by=lead, at=AT)
        services.open_session(session, by=lead, at=AT)
        for each in people:
            commit(session, each, grades(session, RI, LONG[:3_900] + NASTY))
        services.close(session, by=lead, at=AT)
        services.agree(
            session, grades(session, OUT, LONG[:3_900]), why=NASTY, learnt=LONG, by=lead, at=AT
        )
        session_id = session.id
    for key, parts in (("iro", ("/results", "/compare")), ("qa_lead", ("", "/results", "/agreed"))):
        client = client_for(council.people[key])
        for part in parts:
            page = client.get(f"/calibration/{session_id}{part}").text
            assert "<script>alert" not in page
            assert "<img src=x" not in page


def test_a_file_from_an_audit_that_one_may_not_read_or_that_is_not_there(
    app: Flask, council: Council, client_for
) -> None:
    client = client_for(council.people["qa_lead"])
    answer = client.submit(
        "/calibration/new", {"title": "T", "source": "audit", "audit": "A-1900-01-001"}
    )
    assert answer.status_code == 200
    assert "There is no audit of this number that you may read" in answer.text
    answer = client.submit("/calibration/new", {"title": "T", "source": "typed"})
    assert "Select the audit tool" in answer.text


def test_the_qa_lead_is_shown_no_file_to_practise_on(
    app: Flask, council: Council, client_for
) -> None:
    made(app, council, a_closed_one, gold=True)
    heading = "Files to practise on"
    assert heading not in client_for(council.people["qa_lead"]).get("/calibration/").text
    assert heading in client_for(council.people["director"]).get("/calibration/").text


def test_a_file_can_be_typed(app: Flask, council: Council, client_for) -> None:
    client = client_for(council.people["qa_lead"])
    answer = client.submit(
        "/calibration/new",
        {"title": "T", "source": "typed", "tool": "core", "plan_type": "child_in_care"},
    )
    assert answer.status_code == 302
    assert client.get(f"{answer.location}/sections/nonsense").status_code == 404
    assert client.submit(f"{answer.location}/discard").status_code == 302
    assert client.get(answer.location).status_code == 404


def test_a_whole_service_is_invited_with_one_box(app: Flask, council: Council, client_for) -> None:
    session_id = made(app, council, a_draft)
    client, service = client_for(council.people["qa_lead"]), council.teams["REV"].hex
    path = f"/calibration/{session_id}/invite"
    assert "Everybody in Safeguarding and Review" in client.get(path).text
    client.submit(path, {f"service_{service}": ["everybody"]})
    with app.app_context():
        names = {each.person.name for each in Shown.find(session_id).session.invites}
    assert names == {"Iris Reviewer", "Cleo Chair", "Rhona Head"}


def test_reading_is_in_the_history(app: Flask, council: Council, client_for) -> None:
    # I1
    session_id = made(app, council, a_closed_one)
    client_for(council.people["iro"]).get(f"/calibration/{session_id}/results")
    with app.app_context():
        event = find(Event, verb="calibration_viewed")
        assert (event.subject_id, event.actor_id) == (session_id, council.people["iro"])


def test_pages_ask_the_same_few_questions_for_few_and_for_many(
    app: Flask, council: Council, client_for
) -> None:
    few, many = ("auditor", "iro"), ("auditor", "iro", "chair", "head", "manager", "director")
    counts: dict[str, list[int]] = {}
    for people in (few, many):
        for _ in people:
            made(app, council, an_open_one)
        closed = made(app, council, a_closed_one, dict.fromkeys(people, GOOD))
        opened = made(app, council, an_open_one, people)
        gold = made(app, council, a_closed_one, dict.fromkeys(people, GOOD), gold=True)
        draft = made(app, council, a_draft)
        asked = [
            ("iro", "/"), ("iro", "/mine"), ("iro", f"/{opened}/grade"),
            ("iro", f"/{closed}/results"), ("iro", f"/{closed}/compare"),
            ("other_auditor", f"/{gold}/grade"), ("qa_lead", "/"), ("qa_lead", f"/{draft}"),
            ("qa_lead", f"/{opened}"), ("qa_lead", f"/{draft}/invite"),
            ("qa_lead", f"/{closed}/agreed"), ("qa_lead", f"/{opened}/close"),
        ]  # fmt: skip
        clients = {key: client_for(council.people[key]) for key, _ in asked}
        for place, (key, path) in enumerate(asked):
            with count_queries(app) as queries:
                assert clients[key].get(f"/calibration{path}").status_code == 200
            counts.setdefault(f"{key} {place}", []).append(len(queries))
            assert len(queries) <= 10, queries
    print(f"queries with few and with many: {counts}")  # noqa: T201
    assert all(first == second for first, second in counts.values()), counts


def test_the_deadline_is_told_in_words(app: Flask, council: Council, client_for) -> None:
    session_id = made(app, council, an_open_one)
    with time_machine.travel(datetime(2026, 11, 26, 9, tzinfo=AT.tzinfo)):
        assert london_date(now()) + timedelta(days=1) == find_deadline(app, session_id)
        page = client_for(council.people["iro"]).get(f"/calibration/{session_id}/grade").text
    assert "due tomorrow" in page


def find_deadline(app: Flask, session_id: UUID):
    with app.app_context():
        session = db.session.get_one(CalibrationSession, session_id)
        assert session.state is CalibrationState.OPEN
        return session.deadline
