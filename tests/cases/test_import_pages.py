"""Importing an extract by pages: upload, preview, confirm, result; and what is no extract."""

import io
import os
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import func, select

from qa_app.cases import uploads
from qa_app.cases.jobs import HANDLERS
from qa_app.cases.models import Case, ImportRun
from qa_app.database import db
from qa_app.notify.jobs import run_next
from qa_app.notify.models import Notice
from tests.cases.small_extract import write

NEW = "/cases/imports/new"
DATE = {"as_at-day": "30", "as_at-month": "4", "as_at-year": "2026"}


def extract_files(directory: Path, **changes) -> list[tuple[str, bytes]]:
    """The small extract's files, as (name, content)."""
    write(directory, **changes)
    return [(path.name, path.read_bytes()) for path in sorted(directory.glob("*.csv"))]


def zipped(files: list[tuple[str, bytes]]) -> bytes:
    """A ZIP file of these files, in a folder of its own."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(f"extract/{name}", content)
    return packed.getvalue()


def upload(client, files: list[tuple[str, bytes]], **date):
    data = {**(date or DATE), "files": [(io.BytesIO(content), name) for name, content in files]}
    return client.submit(NEW, data, content_type="multipart/form-data")


def work(app) -> None:
    """What the worker does: every job that is waiting."""
    with app.app_context():
        while run_next(HANDLERS):
            pass


def kept(app) -> list[str]:
    with app.app_context():
        return sorted(path.name for path in uploads.directory().iterdir())


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


@pytest.mark.parametrize("way", ["several files", "a ZIP file"])
def test_an_extract_is_uploaded_previewed_confirmed_and_imported(
    app, lead, tmp_path: Path, way: str
) -> None:
    files = extract_files(tmp_path, ssd_family=["+", "FT9,F9,999"])
    if way == "a ZIP file":
        files = [("extract.zip", zipped(files))]
    reading = upload(lead, files)
    assert reading.status_code == 302
    assert "Reading the files" in lead.get(reading.location).text
    work(app)
    preview = lead.get(reading.location).text
    assert "would add or change 12 records" in preview
    assert "unknown child" in preview
    assert cases_named(app) == 0
    importing = lead.send(f"{reading.location}/confirm", token=lead.token_in(preview))
    assert "Importing" in lead.get(importing.location).text
    work(app)
    finished = lead.get(importing.location).text
    assert "Import finished" in finished
    assert cases_named(app) == 2
    assert kept(app) == []
    run_id, told = last_run(app)
    assert told == f"/cases/imports/{run_id}"
    assert "unknown child" in lead.get(told).text
    assert "Quinn Lead" in lead.get("/cases/imports/").text


def cases_named(app) -> int:
    with app.app_context():
        named = Case.reference.in_(["100001", "100002"]) & (Case.family_reference == "F1")
        extract = named & Case.team.has(code="D2")
        return db.session.scalar(select(func.count()).select_from(Case).where(extract))


def last_run(app) -> tuple:
    with app.app_context():
        run = db.session.scalars(select(ImportRun)).one()
        return run.id, db.session.scalars(select(Notice.path)).one()


def test_a_cancelled_import_changes_nothing_and_leaves_no_file(app, lead, tmp_path: Path) -> None:
    reading = upload(lead, extract_files(tmp_path))
    work(app)
    assert len(kept(app)) == 1
    preview = lead.get(reading.location).text
    answer = lead.send(f"{reading.location}/cancel", token=lead.token_in(preview))
    assert kept(app) == []
    assert "Cancelled" in lead.get(answer.location).text
    late = lead.send(f"{reading.location}/confirm", token=lead.token_in(preview))
    assert (late.status_code, "no longer here" in late.text) == (409, True)


def test_of_two_who_confirm_one_is_refused(app, lead, tmp_path: Path) -> None:
    reading = upload(lead, extract_files(tmp_path))
    work(app)
    token = lead.token_in(lead.get(reading.location).text)
    assert lead.send(f"{reading.location}/confirm", token=token).status_code == 302
    assert lead.send(f"{reading.location}/confirm", token=token).status_code == 409
    work(app)
    last_run(app)


def test_an_extract_that_cannot_be_read_says_why(app, lead, tmp_path: Path) -> None:
    reading = upload(lead, extract_files(tmp_path, ssd_person=None))
    work(app)
    failed = lead.get(reading.location).text
    assert "The files cannot be imported" in failed
    assert "has no ssd_person.csv" in failed


def bomb() -> bytes:
    return zipped([("ssd_person.csv", b"a" * 3_000_000)])


@pytest.mark.parametrize(
    ("files", "said"),
    [
        # IN-4: refused with a plain message, and nothing is kept.
        (list, "Choose the extract’s CSV files"),
        (lambda: [("person.xlsx", b"PK")], "nothing else"),
        (lambda: [("extract.zip", b"not a zip file")], "damaged or locked"),
        (lambda: [("extract.zip", zipped([("readme.txt", b"x")]))], "or a ZIP file of them"),
        (lambda: [("extract.zip", bomb())], "unpacks to far more"),
        (lambda: [("a.csv", b"x"), ("A.CSV", b"y")], "Two of the files are called a.csv"),
        (lambda: [(f"{n}.csv", b"x") for n in range(51)], "at most 50 files"),
    ],
)
def test_what_is_no_extract_is_refused_and_not_kept(app, lead, files, said: str) -> None:
    answer = upload(lead, files())
    assert answer.status_code == 422
    assert said in answer.text
    assert kept(app) == []


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ({}, "Enter the date of the extract"),
        ({**DATE, "as_at-year": "2199"}, "must not be in the future"),
    ],
)
def test_the_date_of_the_extract_is_needed(lead, tmp_path: Path, date, said: str) -> None:
    answer = upload(lead, extract_files(tmp_path), **date or {"as_at-day": ""})
    assert answer.status_code == 422
    assert said in answer.text


def test_files_cannot_climb_out_of_their_directory(app, lead, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../../escaped.csv", "a,b\n")
    upload(lead, [("extract.zip", packed.getvalue())])
    with app.app_context():
        place = next(uploads.directory().iterdir())
        assert [path.name for path in place.iterdir()] == ["escaped.csv"]
        assert not (uploads.directory().parent / "escaped.csv").exists()
        assert place.stat().st_mode & 0o077 == 0


def test_uploads_that_nobody_confirms_are_gone_after_a_day(app, lead, tmp_path: Path) -> None:
    upload(lead, extract_files(tmp_path))
    with app.app_context():
        old = next(uploads.directory().iterdir())
        os.utime(old, (0, 0))
        uploads.forget_old()
        assert not old.exists()


@pytest.mark.parametrize("token", ["../etc", "", "g" * 32, "0" * 32])
def test_only_an_uploads_own_name_finds_it(context, token: str) -> None:
    with pytest.raises(uploads.UploadRefused, match="no longer here"):
        uploads.find(token)


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        # AZ-1: imports are for the QA lead and the systems team.
        ("administrator", NEW, 200),
        ("auditor", NEW, 403),
        ("head", "/cases/imports/", 403),
        ("worker", NEW, 403),
        ("qa_lead", "/cases/imports/jobs/00000000-0000-7000-8000-000000000000", 404),
        ("qa_lead", "/cases/imports/00000000-0000-7000-8000-000000000000", 404),
    ],
)
def test_imports_are_for_those_who_may(council, client_for, who, path: str, status: int) -> None:
    assert client_for(council.people[who]).get(path).status_code == status
