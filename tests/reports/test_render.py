"""A document as a page, a PDF, CSV and JSON: whole, tagged, marked, and the same on every day."""

import base64
import csv
import json
import re
import socket
import subprocess
import zlib
from io import StringIO
from pathlib import Path

import pytest
from flask import Flask

from qa_app.documents import AddressRefused, pdf_with_pictures
from qa_app.reports import render
from qa_app.reports.document import Bullets, Document, Paragraph, Section, Written
from qa_app.reports.document.storing import from_json, to_json
from qa_app.reports.figures import Figures
from tests.pages import Page
from tests.reports.papers import figures, report

pytestmark = pytest.mark.one_database

PAGE = (
    '<!doctype html><html lang="en-GB"><head><title>One</title></head><body><h1>One</h1>{}</body>'
    "</html>"
)


@pytest.fixture
def drawn(app: Flask, tmp_path: Path) -> Path:
    """The report as a PDF in a file."""
    with app.app_context():
        path = tmp_path / "report.pdf"
        path.write_bytes(render.write(report(), figures(), "pdf"))
    return path


def inside(path: Path) -> bytes:
    """What a PDF holds, its compressed parts opened."""
    content = path.read_bytes()
    parts = [content]
    for found in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            parts.append(zlib.decompress(found[1]))
        except zlib.error:
            continue
    return b"\n".join(parts)


def told(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


# R3: what was stored with a version is what is drawn on any later day.
@pytest.mark.parametrize("draft", [True, False])
def test_a_document_reads_back_as_it_was_stored(draft: bool) -> None:
    document = report(draft=draft)
    stored = json.loads(json.dumps(to_json(document)))
    assert from_json(stored) == document


# R3, R4: the same document and figures give the same bytes in each layout, whatever the clock says.
@pytest.mark.parametrize("layout", list(render.RENDERERS))
def test_the_same_report_gives_the_same_bytes(app: Flask, layout: str) -> None:
    with app.app_context():
        first = render.write(report(), figures(), layout)
        again = render.write(
            from_json(json.loads(json.dumps(to_json(report())))), figures(), layout
        )
    assert first == again


# R7: what a person writes is paragraphs and lists; nothing in it is markup.
def test_what_was_written_is_read_as_paragraphs_and_lists() -> None:
    text = "One\nline.\n\n \n- a\n-  b\nAfter.\r\n\r\n<b>bold</b>"
    assert Written("x", "", text).parts == (
        Paragraph("One line."),
        Bullets(("a", "b")),
        Paragraph("After."),
        Paragraph("<b>bold</b>"),
    )
    assert Written("x", "", " \n ").parts == ()


def test_the_page_stands_alone(app: Flask) -> None:
    payload = '<script>1</script><img src="http://evil.test/x">'
    with app.app_context():
        html = render.write(report(word=payload), figures(), "html").decode()
    page = Page(html, 200)
    assert not list(page.all("script", "link", "iframe", "object", "form"))
    sources = [element.get("src") for element in page.all("img")]
    assert len(sources) == 5
    assert all(str(source).startswith("data:image/svg+xml;base64,") for source in sources)
    assert {a.get("href") for a in page.all("a")} == {
        "#summary", "#grades", "#sections", "#learning"
    }  # fmt: skip
    assert "url(" not in html
    assert "http://evil.test" in html
    assert "<script>" not in html


# AC-8: every chart has its title and description, and nothing of it runs or fetches.
def test_charts_are_pictures_with_their_words(app: Flask) -> None:
    with app.app_context():
        html = render.write(report(), figures(), "html").decode()
    for image in Page(html, 200).all("img"):
        assert "The table beside it gives every" in str(image.get("alt"))
        svg = base64.b64decode(str(image.get("src")).split(",")[1]).decode()
        assert "<script" not in svg
        assert "http" not in svg.replace("http://www.w3.org/", "")


def test_the_pdf_is_tagged_and_named(drawn: Path) -> None:
    said = told("pdfinfo", drawn)
    assert re.search(r"Tagged:\s+yes", said)
    assert re.search(r"Title:\s+Quarterly thematic report, January to March 2023", said)
    assert re.search(r"JavaScript:\s+no", said)
    structure = told("pdfinfo", "-struct", drawn)
    for part in ("H1", "H2", "H3", "Table", "TH", "TD", "Figure", "Caption", "LI"):
        assert re.search(rf"\b{part}\b", structure), part
    content = inside(drawn)
    assert re.search(rb"/Lang ?\(en-GB\)", content)
    assert re.search(rb"pdfuaid:part.{0,3}1", content)


# AC-8: the description is the alternative text of each chart.
def test_the_charts_of_a_pdf_have_their_alternative_texts(drawn: Path) -> None:
    assert len(re.findall(rb"/Alt ?[(<]", inside(drawn))) == 5


def test_the_pdf_has_marking_page_numbers_and_bookmarks(drawn: Path) -> None:
    pages = told("pdftotext", "-layout", drawn, "-").strip("\f").split("\f")
    assert len(pages) > 1
    for number, page in enumerate(pages, 1):
        assert "OFFICIAL-SENSITIVE" in page
        assert f"Page {number} of {len(pages)}" in page
        assert "Draft" not in page
    assert len(re.findall(rb"/Type ?/Outlines|/Title ?[(<]", inside(drawn))) > 5


# R3: a draft says so on every page; a public version is marked OFFICIAL.
def test_a_draft_says_so_on_each_page(app: Flask, tmp_path: Path) -> None:
    path = tmp_path / "draft.pdf"
    with app.app_context():
        path.write_bytes(render.write(report(draft=True, public=True), figures(), "pdf"))
    pages = told("pdftotext", "-layout", path, "-").strip("\f").split("\f")
    assert all("Draft: not published" in page for page in pages)
    assert all("OFFICIAL" in page and "SENSITIVE" not in page for page in pages)
    # What is still to be written is shown in a draft alone, with what the figures say.
    assert "To be written: What happens next" in pages[0]
    assert "12 of 31 audits (38.7%) were graded Good." in " ".join(pages[0].split())


def test_what_is_to_be_written_is_in_no_published_version(drawn: Path) -> None:
    text = told("pdftotext", drawn, "-")
    assert "To be written" not in text
    assert "38.7%) were" not in text


# SC-3: nothing is fetched for a report but what it holds itself.
@pytest.mark.parametrize(
    "body",
    [
        '<img src="http://127.0.0.1:9/x.png" alt="x">',
        '<img src="https://127.0.0.1:9/x.png" alt="x">',
        '<img src="file:///etc/hostname" alt="x">',
        '<img src="ftp://127.0.0.1:9/x.png" alt="x">',
        '<link rel="stylesheet" href="http://127.0.0.1:9/x.css">',
        '<style>p { background: url("http://127.0.0.1:9/x.png") }</style><p>x</p>',
    ],
)
def test_a_report_that_names_an_address_is_refused(body: str) -> None:
    with pytest.raises(AddressRefused, match="may not refer"):
        pdf_with_pictures(PAGE.format(body))


def test_a_picture_that_names_an_address_fetches_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        address = f"http://127.0.0.1:{server.getsockname()[1]}/x.png"
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">'
            f'<image href="{address}" width="9" height="9"/></svg>'
        )
        source = f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"
        pdf_with_pictures(PAGE.format(f'<img src="{source}" alt="x">'))
        with pytest.raises(TimeoutError):
            server.accept()


# R5: a hidden figure has no numbers in any file, and its text is "c".
def test_json_says_what_the_report_is_and_each_figure() -> None:
    more = {"period": "2022/23-Q4"}
    said = json.loads(render.write(report(public=True), figures(), "json", more=more))
    assert (said["report"], said["period"]) == ("quarterly", "2022/23-Q4")
    assert (said["draft"], said["public"], said["marking"]) == (False, True, "OFFICIAL")
    assert said["about"]["Version"] == "1"
    assert list(said["figures"][0]) == [
        "measure", "period", "category", "numerator", "denominator", "text", "scope"
    ]  # fmt: skip
    assert said["figures"][-1] == {
        "measure": "Q-2",
        "period": "2022/23-Q4",
        "category": "Planning",
        "numerator": None,
        "denominator": None,
        "text": "c",
        "scope": "West team",
    }


def test_csv_is_a_line_for_each_figure() -> None:
    content = render.write(report(), figures(), "csv").decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(content)))
    assert len(rows) == len(figures().rows)
    assert (rows[-1]["numerator"], rows[-1]["text"]) == ("", "c")


def test_a_report_of_one_section_has_no_contents(app: Flask) -> None:
    document = Document("highlight", "One", "May 2023", (), (Section("a", "A"),))
    with app.app_context():
        assert "Contents" not in render.write(document, Figures(), "html").decode()


def test_every_layout_has_a_name_and_a_renderer() -> None:
    assert list(render.LAYOUTS) == list(render.RENDERERS)
