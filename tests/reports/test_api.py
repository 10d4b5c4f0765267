"""The read API: who gets in, what each list says, and that what it says is all there is."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest
from flask import Flask

from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionKind
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.keys import KeyScope
from qa_app.history import Event
from qa_app.reports import services
from qa_app.reports.api.schemas import (
    ActionsAnswer,
    AuditsAnswer,
    MeasuresAnswer,
    ThemesAnswer,
)
from qa_app.reports.models import ApiToken
from qa_app.reports.services import tokens
from tests.reports.keys import Program, a_program
from tests.reports.rows import FIRST, GOOD, IN, LAST, an_action, an_audit, the_published_audits

LISTS = {
    "measures": MeasuresAnswer,
    "audits": AuditsAnswer,
    "actions": ActionsAnswer,
    "themes": ThemesAnswer,
}
MONTHS = "from=2022-11&to=2023-04"


@pytest.fixture
def program(app, council) -> Program:
    return a_program(app, council.people["qa_lead"])


def _routes(app: Flask):
    for rule in app.url_map.iter_rules():
        yield rule, app.view_functions[rule.endpoint]


def test_every_address_of_the_api_asks_for_a_scope_and_no_other_does(app) -> None:
    found = {rule.rule: getattr(view, "scopes", None) for rule, view in _routes(app)}
    ours = {path for path in found if path.startswith("/api/")}
    assert ours == {f"/api/v1/{name}" for name in (*LISTS, "openapi.json")}
    assert all(found[path] for path in ours)
    assert not [path for path in found.keys() - ours if found[path] is not None]
    for name in LISTS:
        assert found[f"/api/v1/{name}"] == {KeyScope(name)}


# AZ-2: deny by default: not without a key, not with a wrong one, not with a session.
@pytest.mark.parametrize("name", [*LISTS, "openapi.json"])
def test_nothing_is_read_without_a_key(app, council, client_for, name) -> None:
    path = f"/api/v1/{name}"
    lead = client_for(council.people["qa_lead"])
    for answer in (
        app.test_client().get(path),
        lead.get(path),
        Program(app, "qa_" + "x" * 43).get(path),
        Program(app, "").get(path),
        Program(app, "qa_\u00e9").get(path),
        app.test_client().get(path, headers={"Authorization": "Basic cWE6cWE="}),
    ):
        assert answer.status_code == 401
        assert answer.mimetype == "application/problem+json"
        assert answer.headers["WWW-Authenticate"].startswith("Bearer realm=")
        assert answer.json["status"] == 401


def test_a_key_opens_its_own_lists_alone(app, council) -> None:
    for scope in KeyScope:
        program = a_program(app, council.people["qa_lead"], scope)
        answers = {name: program.get(f"/api/v1/{name}") for name in LISTS}
        assert {name: each.status_code for name, each in answers.items()} == {
            name: 200 if name == scope else 403 for name in LISTS
        }
        refused = next(each for each in answers.values() if each.status_code == 403)
        assert 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]
        assert program.get("/api/v1/openapi.json").status_code == 200


def test_a_key_that_was_ended_or_is_over_opens_nothing(app, council) -> None:
    today = london_date(now())
    ended = a_program(app, council.people["qa_lead"])
    over = a_program(app, council.people["qa_lead"], KeyScope.AUDITS)
    with app.app_context(), saving():
        first, second = db.session.query(ApiToken).order_by(ApiToken.made_at)
        tokens.end_key(first, by=council.people["qa_lead"], at=now())
        second.expires_on = today - timedelta(days=1)
    assert ended.get("/api/v1/audits").status_code == 401
    assert over.get("/api/v1/audits").status_code == 401


def test_there_is_nothing_but_get(app, program) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
        answer = program.get("/api/v1/audits", method=method)
        assert answer.status_code == 405
        assert answer.mimetype == "application/problem+json"
        assert answer.headers["Allow"] == "GET, HEAD"
    gone = program.get("/api/v1/nowhere")
    assert (gone.status_code, gone.mimetype) == (404, "application/problem+json")
    assert program.get("/api/v1/audits", method="HEAD").status_code == 200


def test_no_cookie_is_set_and_the_headers_are_those_of_every_answer(program) -> None:
    for name in LISTS:
        answer = program.get(f"/api/v1/{name}")
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_figures_are_those_of_the_measures(app, program) -> None:
    # R1: the same rows as the page's and the command's.
    with app.app_context():
        with saving():
            the_published_audits()
            an_action(an_audit(date(2023, 3, 6), IN, None), date(2023, 3, 6))
        wanted = [figure.to_row() for figure in services.measures(FIRST, LAST, at=now()).figures]
    assert program.rows(f"/api/v1/measures?{MONTHS}") == wanted
    assert program.rows(f"/api/v1/measures?{MONTHS}&limit=7") == wanted
    team = program.get(f"/api/v1/measures?{MONTHS}&service=Safeguarding&limit=5").json
    assert [row["text"] for row in team["rows"]] == ["0"] * 5
    assert {row["scope"] for row in team["rows"]} == {"Safeguarding"}
    assert "Safeguarding, November 2022 to April 2023, final grade" in team["basis"]


def test_an_audit_has_its_facts_in_stable_columns(app, council, program) -> None:
    with app.app_context(), saving():
        an_audit(
            date(2023, 4, 3), GOOD, IN, reference="A001",
            team_id=council.teams["SAFE1"], service_id=council.teams["SAFE"],
        )  # fmt: skip
    assert program.rows("/api/v1/audits") == [
        {
            "reference": "A001",
            "month": "2023-04-01",
            "completed_on": "2023-04-03",
            "source": "imported",
            "tool": None,
            "tool_name": None,
            "counts": True,
            "selection": "not_recorded",
            "plan_type": None,
            "age_band": None,
            "team": "Safeguarding Team 1",
            "service": "Safeguarding",
            "auditor_post": "team_manager",
            "re_audit": False,
            "graded": True,
            "final": True,
            "moderated": False,
            "auditor_grade": "good",
            "final_grade": "inadequate",
            "final_on": "2023-04-03",
        }
    ]


def test_an_action_has_its_dates_and_word_and_not_what_is_to_be_done(app, council, program) -> None:
    with app.app_context(), saving():
        audit = an_audit(date(2023, 4, 3), IN, IN, reference="A001")
        more = {"reference": "A001/1", "team_id": council.teams["SAFE1"], "due_on": None}
        an_action(audit, date(2023, 4, 3), **more)
        an_action(audit, date(2023, 4, 3), date(2023, 5, 1), kind=ActionKind.IMPROVEMENT)
    first, second = program.rows("/api/v1/actions")
    assert first == {
        "reference": "A001/1",
        "audit_reference": "A001",
        "kind": "priority",
        "status": "open",
        "brag": "not due",
        "imported": True,
        "outstanding": True,
        "raised_on": "2023-04-03",
        "original_due_on": None,
        "due_on": None,
        "done_on": None,
        "settled_on": None,
        "impact": None,
        "theme": None,
        "theme_name": None,
        "team": "Safeguarding Team 1",
        "service": "Safeguarding",
    }
    assert (second["outstanding"], second["brag"], second["settled_on"]) == (
        False, "complete", "2023-05-01",
    )  # fmt: skip
    assert program.rows("/api/v1/actions?outstanding=true") == [first]
    assert program.rows("/api/v1/actions?kind=improvement") == [second]


def test_pages_follow_each_other_without_gap_or_double(app, program) -> None:
    with app.app_context(), saving():
        audits = the_published_audits()
        references = [audit.reference for audit in audits]
        for audit in audits[:9]:
            an_action(audit, date(2023, 3, 6))
    found = [row["reference"] for row in program.rows("/api/v1/audits?limit=10")]
    assert found == references
    assert len(program.rows("/api/v1/actions?limit=4")) == 9
    assert len(program.rows(f"/api/v1/audits?limit=50&{MONTHS}")) == 115
    assert len(program.rows("/api/v1/audits?from=2023-02&to=2023-02&limit=1")) == 15


@pytest.mark.parametrize("name", LISTS)
def test_csv_is_one_table_of_the_same_rows(app, program, name) -> None:
    # AC-11, IN-3
    with app.app_context(), saving():
        audit = an_audit(date(2023, 4, 3), GOOD, IN, team_name="=1+1")
        an_action(audit, date(2023, 4, 3))
    months = "" if name == "actions" else f"&{MONTHS}"
    json_rows = program.rows(f"/api/v1/{name}?limit=100{months}")
    answer = program.get(f"/api/v1/{name}?format=csv{months}")
    assert answer.content_type == "text/csv; charset=utf-8"
    table = list(csv.DictReader(StringIO(answer.text)))
    assert table == [{key: _cell(value) for key, value in row.items()} for row in json_rows]
    if name == "audits":
        assert table[0]["team"] == "'=1+1"
        answer = program.get(f"/api/v1/{name}?format=csv&limit=1")
        assert "Link" not in answer.headers


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith("=") else text


def test_the_next_rows_of_a_csv_are_in_its_link_header(app, program) -> None:
    with app.app_context(), saving():
        the_published_audits()
    link = program.get("/api/v1/audits?format=csv&limit=100").headers["Link"]
    path = link.partition("<")[2].partition(">")[0]
    rest = program.get(path)
    assert len(rest.text.splitlines()) == 1 + 15
    assert "Link" not in rest.headers


# IN-2: a parameter that makes no sense is said, and never our error.
@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("audits?limit=0", "Change “limit”: rows in one answer, 1 to 1000."),
        ("audits?limit=" + "9" * 5000, "Change “limit”: rows in one answer, 1 to 1000."),
        ("audits?format=xml", "Change “format”: json or csv."),
        ("audits?from=2023-13", "Change “from”: a month such as 2026-04."),
        ("audits?plan_type=x", "Change “plan_type”: the code of a plan type."),
        ("audits?after=%00", "Change “after”: where to go on: take it from “next”."),
        ("audits?after=bm90", "“after” is not the mark of a page. Take it from “next” as it is."),
        ("themes?after=NQ", "“after” is not the mark of a page. Take it from “next” as it is."),
        ("measures?team=%00", "Change “team”: the name of a team."),
        ("measures?team=Nobody", "No team is called “Nobody”. Check the name."),
        (
            "measures?team=a&service=b",
            "Ask for a service, a team or a plan type, not several.",
        ),
        (
            "measures?from=2023-04&to=2022-11",
            "The first month, 2023-04, is after the last, 2022-11. Enter the earlier month first.",
        ),
        (
            "themes?from=2023-04&to=2022-11",
            "The first month is after the last. Give the earlier one first.",
        ),
        ("themes?from=1990-01&to=2022-11", "Ask for at most 60 months."),
        (
            "measures?to=2099-01&from=2098-01",
            (
                "The month 2099-01 has not begun, so nothing can be counted in it. "
                "Choose an earlier last month."
            ),
        ),
        (
            "actions?case=100001",
            (
                "There is a parameter that this list does not know. "
                "Use only format, limit, after, kind, outstanding."
            ),
        ),
    ],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_told_why(program, path, said) -> None:
    answer = program.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.json == {
        "type": "about:blank", "title": "Bad Request", "status": 400, "detail": said,
    }  # fmt: skip


def test_each_read_is_in_the_history_and_the_day_on_the_key(app, council, program) -> None:
    # I1
    with app.app_context(), saving():
        the_published_audits()
    program.get("/api/v1/audits?limit=40")
    program.get("/api/v1/audits?limit=0")
    program.get("/api/v1/openapi.json")
    with app.app_context():
        (event,) = db.session.query(Event).filter_by(verb="api_read")
        assert event.sentence == (
            "Read 40 audits with the key “Power BI, measures and audits and actions and themes”"
        )
        assert (event.source, event.actor_id) == ("web", None)
        token = db.session.query(ApiToken).one()
        assert event.subject_id == token.id
        assert token.last_used_on == london_date(now())


def test_every_answer_is_what_its_schema_says(app, program) -> None:
    with app.app_context(), saving():
        the_published_audits()
        audit = an_audit(date(2023, 4, 3), GOOD, None)
        an_action(audit, date(2023, 4, 3))
    for name, schema in LISTS.items():
        for page in program.pages(f"/api/v1/{name}"):
            schema.model_validate(page)
            assert {frozenset(row) for row in page["rows"]} <= {frozenset(_columns(schema))}


def _columns(schema) -> list[str]:
    (row,) = schema.model_fields["rows"].annotation.__args__
    return list(row.model_fields)


def test_the_usual_months_of_the_measures_are_the_last_twelve(program) -> None:
    this = Month.of(london_date(now()))
    periods = {row["period"] for row in program.rows("/api/v1/measures")}
    assert len(periods) == 12
    assert str(this) in periods
