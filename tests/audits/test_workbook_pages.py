"""Importing the old workbook by pages: upload, preview, columns, confirm, result."""

import io
from pathlib import Path

import pytest
from sqlalchemy import func, select

from qa_app.audits.models import Audit
from qa_app.audits.workbook.archive import UPLOAD
from qa_app.cases import uploads
from qa_app.cases.models import ImportRun
from qa_app.cli import JOB_HANDLERS
from qa_app.database import db
from qa_app.notify.jobs import run_next
from qa_app.notify.models import Notice
from tests.audits.workbooks import HEADINGS, LEGACY, STRANGE, a_row, small_csv, small_xlsx

NEW = "/audits/imports/new"
TEAM = "Safeguarding Team 1"


def upload(client, path: Path, **data):
    file = (io.BytesIO(path.read_bytes()), path.name)
    return client.submit(NEW, {**data, "file": file}, content_type="multipart/form-data")


def work(app) -> None:
    """What the worker does: every job that is waiting."""
    with app.app_context():
        while run_next(JOB_HANDLERS):
            pass


def kept(app) -> list[str]:
    with app.app_context():
        return sorted(path.name for path in uploads.directory().iterdir())


def audits(app) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Audit))


@pytest.fixture
def lead(council, client_for):
    """A client signed in as the QA lead."""
    return client_for(council.people["qa_lead"])


@pytest.fixture(autouse=True)
def _no_uploads_left(app):
    yield
    with app.app_context():
        for path in uploads.directory().iterdir():
            uploads.forget(path.name)


def test_a_workbook_is_uploaded_previewed_confirmed_and_imported(app, lead) -> None:
    reading = upload(lead, LEGACY, create_teams="y")
    assert reading.status_code == 302
    assert "Reading the workbook" in lead.get(reading.location).text
    work(app)
    preview = lead.get(reading.location).text
    assert "would load 115 audits" in preview
    assert "Passed over: 12 rows (totals row)." in preview
    assert "Concern escalated? (significant harm)" in preview
    assert "New teams: 16+ Team" in preview
    assert audits(app) == 0
    importing = lead.send(f"{reading.location}/confirm", token=lead.token_in(preview))
    assert "Importing" in lead.get(importing.location).text
    work(app)
    finished = lead.get(importing.location).text
    assert "Import finished" in finished
    assert "115 audits loaded from legacy-audit-log.xlsx" in finished
    assert (audits(app), kept(app)) == (115, [])
    with app.app_context():
        run = db.session.scalars(select(ImportRun)).one()
        told = db.session.scalars(select(Notice)).one()
        assert told.path == f"/cases/imports/{run.id}"
        path = told.path
    assert "115 loaded, 0 refused" in lead.get(path).text
    assert "Old audit workbook" in lead.get("/cases/imports/").text


def test_bad_rows_are_shown_and_the_good_ones_can_be_imported(app, lead, tmp_path: Path) -> None:
    path = small_csv(tmp_path / "log.csv", a_row(team=TEAM), a_row(audit_ref="X2", team="Nowhere"))
    reading = upload(lead, path)
    work(app)
    preview = lead.get(reading.location).text
    assert "would load 1 audit and refuses 1 row" in preview
    assert "Nowhere" in preview
    assert "No team has this name" in preview
    lead.send(f"{reading.location}/confirm", token=lead.token_in(preview))
    work(app)
    assert audits(app) == 1
    with app.app_context():
        run = db.session.scalars(select(ImportRun)).one()
        path = f"/cases/imports/{run.id}"
    assert "No team has this name" in lead.get(path).text


def test_columns_that_are_not_recognised_are_named_on_a_page(app, lead, tmp_path: Path) -> None:
    strange = [STRANGE[heading] for heading in HEADINGS]
    path = small_xlsx(tmp_path / "log.xlsx", a_row(team=TEAM), headings=strange)
    reading = upload(lead, path)
    work(app)
    page = lead.get(reading.location).text
    assert "Say what the columns are" in page
    columns = f"{reading.location}/columns"
    chosen = {"column_2": "case_ref", "column_6": "completed_on", "column_9": "final_grade"}
    again = lead.submit(columns, {**chosen, "column_3": "team"})
    work(app)
    preview = lead.get(again.location).text
    assert "would load 1 audit" in preview
    # What was chosen is shown again, to be changed.
    assert 'selected value="completed_on"' in lead.get(f"{again.location}/columns").text
    lead.send(f"{again.location}/confirm", token=lead.token_in(preview))
    work(app)
    with app.app_context():
        audit = db.session.scalars(select(Audit)).one()
        assert (audit.case_reference, audit.team_name) == ("300001", TEAM)
        assert (audit.auditor_name, audit.final_grade.value) == ("", "requires_improvement")


def test_a_trial_leads_to_one_import_only(app, lead, tmp_path: Path) -> None:
    reading = upload(lead, small_csv(tmp_path / "log.csv", a_row(team=TEAM)))
    early = lead.send(f"{reading.location}/confirm", token=lead.token_in(lead.get(NEW).text))
    assert early.status_code == 409
    work(app)
    token = lead.token_in(lead.get(reading.location).text)
    assert lead.send(f"{reading.location}/confirm", token=token).status_code == 302
    again = lead.send(f"{reading.location}/confirm", token=token)
    assert (again.status_code, "no longer here" in again.text) == (409, True)
    work(app)
    assert audits(app) == 1


def test_a_cancelled_import_changes_nothing_and_leaves_no_file(app, lead, tmp_path) -> None:
    reading = upload(lead, small_csv(tmp_path / "log.csv", a_row(team=TEAM)))
    work(app)
    assert len(kept(app)) == 1
    preview = lead.get(reading.location).text
    answer = lead.send(f"{reading.location}/cancel", token=lead.token_in(preview))
    assert "Cancelled" in lead.get(answer.location).text
    assert (audits(app), kept(app)) == (0, [])


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("log.xlsm", b"PK", "macros"),
        ("log.xlsx", b"Dear all", "something else inside"),
        ("log.csv", b"\x00\x01", "not a text file"),
    ],
)
def test_what_is_no_workbook_is_refused_by_the_worker(
    app, lead, tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    reading = upload(lead, path)
    work(app)
    page = lead.get(reading.location).text
    assert "The workbook cannot be imported" in page
    assert message in page


def test_a_form_without_a_file_or_with_too_large_a_one_says_so(app, lead, tmp_path: Path) -> None:
    empty = lead.submit(NEW, {})
    assert (empty.status_code, "Choose the workbook" in empty.text) == (422, True)
    big = tmp_path / "log.csv"
    big.write_bytes(b"x" * (UPLOAD.packed + 1))
    refused = upload(lead, big)
    assert (refused.status_code, "at most 10 MB" in refused.text) == (422, True)
    assert kept(app) == []


# AZ-1: only the QA lead imports audits; the administrator never sees case content (I2).
@pytest.mark.parametrize("person", ["administrator", "auditor", "head", "viewer"])
def test_nobody_else_can_import_a_workbook(council, client_for, person: str) -> None:
    client = client_for(council.people[person])
    assert client.get(NEW).status_code == 403


def test_a_job_of_another_kind_is_not_found(app, lead) -> None:
    unknown = "/audits/imports/jobs/01a2037c-b996-7000-826a-b76a5b94c874"
    assert lead.get(unknown).status_code == 404
    assert lead.get(f"{unknown}/columns").status_code == 404
