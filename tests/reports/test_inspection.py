"""The list of audits that inspectors ask for: which it holds, what followed, who may take it."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest
from python_calamine import CalamineWorkbook

from qa_app.accounts.queries import actor
from qa_app.audits.models import AuditParty, ImprovementPlan, ReAudit
from qa_app.cli import cli
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.grades import PlanType
from qa_app.domain.permissions import Party
from qa_app.history import Event
from qa_app.reports.queries.inspection import COLUMNS, audits_for_inspectors, since
from tests.reports.rows import GOOD, IN, RI, an_action, an_audit, noon

AS_AT = date(2023, 4, 30)


def the_audits(council) -> None:
    """Two audits of the six months, with what followed the first, and others that are not in it."""
    place = {"team_id": council.teams["SAFE1"], "service_id": council.teams["SAFE"],
             "team_name": "Safeguarding Team 1", "plan_type": PlanType.CHILD_PROTECTION,
             "age_band": "5 to 9"}  # fmt: skip
    first = an_audit(date(2022, 11, 1), GOOD, IN, reference="FIRST", **place)
    an_audit(date(2023, 4, 30), RI, RI, reference="LAST", case_reference="100004")
    an_audit(date(2022, 10, 31), GOOD, GOOD, reference="BEFORE")
    an_audit(date(2023, 5, 1), GOOD, GOOD, reference="AFTER")
    an_audit(date(2023, 4, 2), GOOD, None, reference="NOT FINAL")
    an_audit(date(2023, 4, 2), GOOD, GOOD, reference="FINAL LATER", final_at=noon(date(2023, 5, 2)))
    an_action(first, date(2022, 11, 1), date(2023, 4, 30))
    an_action(first, date(2022, 11, 1), date(2023, 5, 1))
    an_action(first, date(2023, 5, 1))
    again = an_audit(date(2023, 2, 1), GOOD, GOOD, reference="AGAIN")
    by = council.people["qa_lead"]
    db.session.add_all(
        [
            ReAudit(
                first_audit_id=first.id, audit_id=again.id, due_on=date(2023, 2, 1),
                decided_at=noon(date(2022, 12, 1)), decided_by=by,
            ),
            ImprovementPlan(
                audit_id=first.id, due_on=date(2022, 11, 8), aims="Better", agreed_by=by,
                agreed_at=noon(date(2022, 11, 7)),
            ),
        ]
    )  # fmt: skip
    db.session.flush()


def test_the_six_months_end_with_their_day() -> None:
    assert since(AS_AT) == date(2022, 10, 31)
    assert since(date(2023, 8, 31)) == date(2023, 3, 1)


def test_only_final_audits_of_the_six_months_are_in_it(context, council) -> None:
    the_audits(council)
    found = audits_for_inspectors(date(2023, 4, 30), None)
    assert [each.reference for each in found] == ["LAST", "AGAIN", "FIRST", "BEFORE"]
    assert [each.reference for each in audits_for_inspectors(date(2023, 5, 1), None)] == [
        "AFTER", "LAST", "AGAIN",
    ]  # fmt: skip


def test_each_row_says_what_an_inspector_asks(context, council) -> None:
    the_audits(council)
    found = {each.reference: each for each in audits_for_inspectors(AS_AT, None)}
    assert dict(zip(COLUMNS, found["FIRST"].cells(), strict=True)) == {
        "Child’s reference": "100001",
        "Age band": "5 to 9",
        "Plan type": "Child protection (CP)",
        "Team": "Safeguarding Team 1",
        "Service": "Safeguarding",
        "Audit": "FIRST",
        "Audit date": date(2022, 11, 1),
        "Audit tool": "Case file audit (imported)",
        "How it was chosen": "Not recorded",
        "Overall grade": "Inadequate",
        "What followed": (
            "2 actions, 1 still outstanding; improvement plan agreed; "
            "audited again on 1 February 2023 (AGAIN)"
        ),
    }
    assert found["LAST"].followed == "No action was raised"


def test_what_followed_is_as_it_stood_at_the_day(context, council) -> None:
    # R4: later changes do not change what was said of a day.
    the_audits(council)
    early = {each.reference: each for each in audits_for_inspectors(date(2022, 12, 31), None)}
    assert early["FIRST"].followed == (
        "2 actions, 2 still outstanding; improvement plan agreed; to be audited again (AGAIN)"
    )
    (before,) = [
        each for each in audits_for_inspectors(date(2022, 11, 2), None) if each.reference == "FIRST"
    ]
    assert before.followed == "2 actions, 2 still outstanding"


def test_an_amended_grade_is_said_as_it_stood(context, council) -> None:
    # M8, R4
    audit = an_audit(date(2023, 4, 3), GOOD, GOOD, final_at=noon(date(2023, 4, 3)))
    (row,) = audits_for_inspectors(AS_AT, None)
    assert (row.reference, row.grade) == (audit.reference, GOOD)


# I2: the QA lead, and directors for what they answer for.
@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("qa_lead", 200),
        ("director", 200),
        ("head", 403),
        ("auditor", 403),
        ("worker", 403),
        ("viewer", 403),
        ("administrator", 403),
    ],
)
def test_who_may_take_the_list(council, client_for, person, status) -> None:
    client = client_for(council.people[person])
    for path in ("/reports/inspection", "/reports/inspection.csv", "/reports/inspection.xlsx"):
        assert client.get(path).status_code == status


def test_whom_a_concern_is_about_reads_nothing_of_that_audit(context, council) -> None:
    # E1
    audit = an_audit(date(2023, 4, 3), IN, IN)
    reader = actor(council.people["director"], london_date(now()))
    assert len(audits_for_inspectors(AS_AT, reader)) == 1
    db.session.add(
        AuditParty(
            audit_id=audit.id, party=Party.IMPLICATED, person_id=council.people["director"],
            name="Dora Director",
        )
    )  # fmt: skip
    db.session.flush()
    assert audits_for_inspectors(AS_AT, reader) == []


def test_the_page_and_its_files_say_the_same(app, council, client_for) -> None:
    with app.app_context(), saving():
        the_audits(council)
    lead = client_for(council.people["qa_lead"])
    page = lead.get("/reports/inspection?as_at-day=30&as_at-month=4&as_at-year=2023").text
    assert "Final audits completed 31 October 2022 to 30 April 2023: 4" in page
    assert "/reports/inspection.csv?as-at=2023-04-30" in page
    answer = lead.get("/reports/inspection.csv?as-at=2023-04-30")
    rows = list(csv.DictReader(StringIO(answer.data.decode("utf-8-sig"))))
    assert [row["Audit"] for row in rows] == ["LAST", "AGAIN", "FIRST", "BEFORE"]
    assert all(row["Audit"] in page and row["What followed"] in page for row in rows)
    book = lead.get("/reports/inspection.xlsx?as-at=2023-04-30")
    assert "2022-10-31-to-2023-04-30" in book.headers["Content-Disposition"]
    with app.app_context():
        events = db.session.query(Event).filter_by(verb="list_exported").order_by(Event.sequence)
        assert [event.sentence for event in events] == [
            "Downloaded a list of 4 audits for inspectors as CSV",
            "Downloaded a list of 4 audits for inspectors as XLSX",
        ]


def test_a_day_that_makes_no_sense_is_told_why(council, client_for) -> None:
    # IN-2
    lead = client_for(council.people["qa_lead"])
    ahead = london_date(now()) + timedelta(days=1)
    parts = f"as_at-day={ahead.day}&as_at-month={ahead.month}&as_at-year={ahead.year}"
    page = lead.get(f"/reports/inspection?{parts}")
    assert page.status_code == 400
    assert "The last day must be today or earlier" in page.text
    wrong = lead.get("/reports/inspection?as_at-day=31&as_at-month=2&as_at-year=2023")
    assert wrong.status_code == 400
    early = lead.get("/reports/inspection?as_at-day=1&as_at-month=1&as_at-year=1000")
    assert early.status_code == 400
    for day in (str(ahead), "2023-02-31", "x", "0001-01-01", "%00"):
        assert lead.get(f"/reports/inspection.csv?as-at={day}").status_code == 404


def test_an_empty_list_says_why(council, client_for) -> None:
    page = client_for(council.people["qa_lead"]).get("/reports/inspection").text
    assert "No audit that you may read was completed and final" in page


@pytest.mark.parametrize("layout", ["csv", "xlsx"])
def test_the_command_writes_the_same_list(app, council, tmp_path, layout) -> None:
    with app.app_context(), saving():
        the_audits(council)
    out = tmp_path / f"list.{layout}"
    done = app.test_cli_runner().invoke(
        cli.commands["inspection-list"],
        ["--as-at", "2023-04-30", "--format", layout, "--out", str(out)],
    )
    assert done.exit_code == 0, done.output
    assert "4 audits written." in done.output
    if layout == "csv":
        references = [row["Audit"] for row in csv.DictReader(StringIO(out.read_text("utf-8-sig")))]
    else:
        sheet = CalamineWorkbook.from_path(out).get_sheet_by_name("List")
        references = [row[5] for row in sheet.to_python()[1:]]
    assert references == ["LAST", "AGAIN", "FIRST", "BEFORE"]


def test_the_command_refuses_a_day_to_come(app, tmp_path) -> None:
    ahead = london_date(now()) + timedelta(days=1)
    done = app.test_cli_runner().invoke(
        cli.commands["inspection-list"], ["--as-at", str(ahead), "--out", str(tmp_path / "x")]
    )
    assert done.exit_code == 2
    assert "The last day must be today or earlier." in done.output
