"""One audit as a PDF: who may have it, what is in it, and that it reaches for nothing outside."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from flask import Flask

from qa_app.audits import services
from qa_app.database import db, saving
from qa_app.documents import AddressRefused, pdf_of
from qa_app.history import Event
from tests.audits.making import AT, Writer, given, submitted, the_audit, written
from tests.client import CheckedClient
from tests.council import Council

ClientFor = Callable[[UUID], CheckedClient]
PAGE = '<!doctype html><html lang="en-GB"><head><title>One</title></head><body>{}</body></html>'


def text_of(pdf: bytes, directory: Path) -> str:
    """What a reader finds in the PDF, as plain text."""
    path = directory / "document.pdf"
    path.write_bytes(pdf)
    shown = subprocess.run(
        ["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True
    )
    return re.sub(r"\s+", " ", shown.stdout)


def path_of(app: Flask) -> str:
    with app.app_context():
        return f"/audits/{the_audit().id}/document.pdf"


def test_the_document_says_what_the_audit_says(
    app: Flask, council: Council, client_for: ClientFor, tmp_path: Path
) -> None:
    with app.app_context(), saving():
        audit = submitted(council)
        Writer(audit, council.people["other_auditor"])  # reads what stands
    answer = client_for(council.people["other_auditor"]).get(path_of(app))
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert ".pdf" in answer.headers["Content-Disposition"]
    text = text_of(answer.data, tmp_path)
    with app.app_context():
        reference = the_audit().reference
    for words in (
        reference, "OFFICIAL-SENSITIVE", "Page 1 of", "100001", "Wendy Worker", "Otto Auditor",
        "Seen at home on Monday", "What weighed most", "A strength", "A development",
        "On leave in the whole month", "printed on", "not final yet",
    ):  # fmt: skip
        assert words in text, words


def test_the_document_is_tagged_for_screen_readers(tmp_path: Path) -> None:
    path = tmp_path / "document.pdf"
    path.write_bytes(pdf_of(PAGE.format("<h1>One</h1><p>Two</p>")))
    told = subprocess.run(["pdfinfo", "-struct", path], capture_output=True, text=True, check=True)
    for part in ("Document", "H1", "P (block)"):
        assert part in told.stdout, part
    told = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True)
    assert re.search(r"Tagged:\s+yes", told.stdout)
    assert re.search(r"Title:\s+One", told.stdout)


# I2: a draft is its writer's; what was sent is read by those who work on it or answer for the case.
@pytest.mark.parametrize(
    ("reader", "draft", "sent"),
    [
        ("other_auditor", 200, 200),
        ("qa_lead", 403, 200),
        # seen before it can be read: only through what is asked of them (A12)
        ("worker", 404, 200),
        ("manager", 404, 200),
        ("head", 404, 200),
        ("other_head", 404, 403),
        ("auditor", 404, 404),
        ("viewer", 404, 404),
        ("administrator", 404, 404),
    ],
)
def test_who_may_have_the_document(
    app: Flask, council: Council, client_for: ClientFor, reader: str, draft: int, sent: int
) -> None:
    with app.app_context(), saving():
        written(council)
    client = client_for(council.people[reader])
    assert client.get(path_of(app)).status_code == draft
    with app.app_context(), saving():
        audit = the_audit()
        services.submit(audit, by=council.people["other_auditor"], at=AT)
    assert client.get(path_of(app)).status_code == sent


def test_a_download_is_in_the_history_without_a_word_of_the_audit(
    app: Flask, council: Council, client_for: ClientFor
) -> None:
    with app.app_context(), saving():
        submitted(council)
    client_for(council.people["qa_lead"]).get(path_of(app))
    with app.app_context():
        event = db.session.query(Event).filter_by(verb="audit_printed").one()
        assert event.details == {"format": "PDF"}
        assert event.audit_id == the_audit().id


def test_a_draft_says_that_it_is_one(
    app: Flask, council: Council, client_for: ClientFor, tmp_path: Path
) -> None:
    with app.app_context(), saving():
        given(council)
    text = text_of(client_for(council.people["other_auditor"]).get(path_of(app)).data, tmp_path)
    assert "Draft: not sent yet" in text


# 10: nothing calls out, whatever somebody managed to write into a document.
@pytest.mark.parametrize(
    "body",
    [
        '<img src="http://127.0.0.1:9/x.png" alt="x">',
        '<img src="file:///etc/hostname" alt="x">',
        '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
        '<p style="background: url(http://127.0.0.1:9/x.png)">x</p>',
    ],
)
def test_a_document_that_names_an_address_is_refused(body: str) -> None:
    with pytest.raises(AddressRefused, match="may not refer"):
        pdf_of(PAGE.format(body))


def test_what_was_written_stays_text_in_the_document(
    app: Flask, council: Council, client_for: ClientFor, tmp_path: Path
) -> None:
    payload = '<img src="http://127.0.0.1:9/x"><script>1</script> & "quoted"'
    with app.app_context(), saving():
        audit = given(council)
        Writer(audit, council.people["other_auditor"])({"overall.rationale": payload})
    answer = client_for(council.people["other_auditor"]).get(path_of(app))
    assert answer.status_code == 200
    assert '<script>1</script> & "quoted"' in text_of(answer.data, tmp_path)
