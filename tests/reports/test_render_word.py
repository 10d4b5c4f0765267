"""A report as a Word file: what Word's own readers, and LibreOffice, find in it."""

import re
import shutil
import subprocess
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import docx
import pytest

from qa_app.reports import render
from qa_app.reports.figures import Figures
from tests.reports.papers import MONTHS, figures, report

pytestmark = pytest.mark.one_database

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"


def written(**said: Any) -> bytes:
    return render.write(report(**said), figures(), "docx")


def read(**said: Any) -> Any:
    return docx.Document(BytesIO(written(**said)))


def test_headings_are_headings() -> None:
    found = [
        (paragraph.style.name, paragraph.text)
        for paragraph in read().paragraphs
        if paragraph.style.name.startswith(("Heading", "Title"))
    ]
    assert found == [
        ("Title", "Quarterly thematic report"),
        ("Heading 1", "Summary"),
        ("Heading 1", "Grades"),
        ("Heading 2", "Trend"),
        ("Heading 1", "Sections by team"),
        ("Heading 1", "Learning"),
    ]


def test_tables_are_tables_whose_heading_repeats() -> None:
    word = read()
    assert len(word.tables) == 2
    grades = word.tables[0]
    assert [cell.text for cell in grades.rows[0].cells] == [
        "Grade", *(month.words for month in MONTHS)
    ]  # fmt: skip
    assert [cell.text for cell in grades.rows[-1].cells][:3] == ["Total audits", "10", "33"]
    for table in word.tables:
        heading = table.rows[0]._tr
        assert heading.find(f"{W}trPr/{W}tblHeader") is not None
        assert table._tbl.find(f"{W}tblPr/{W}tblCaption").get(f"{W}val")
        assert not list(table._tbl.iter(f"{W}gridSpan", f"{W}vMerge"))
    captions = [each.text for each in word.paragraphs if each.style.name == "Caption"]
    assert captions[0] == "Audits by grade, November 2022 to April 2023"


def test_a_short_table_stays_on_one_page() -> None:
    for table in read().tables:
        kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in table.rows]
        assert kept == [True] * (len(kept) - 1) + [None]


# AC-8: each chart has the same words as on the page.
def test_pictures_have_their_alternative_texts() -> None:
    described = [each.get("descr") for each in read().element.iter(DRAWN)]
    assert len(described) == 5
    assert described[0].startswith("Audits by grade, November 2022 to April 2023. Stacked bar")


def test_the_file_says_its_title_language_and_the_time_of_its_data() -> None:
    word = read()
    properties = word.core_properties
    assert (properties.title, properties.language) == ("Quarterly thematic report", "en-GB")
    assert f"{properties.created:%Y-%m-%d %H:%M}" == "2023-05-03 10:42"
    languages = {each.get(f"{W}val") for each in word.styles.element.iter(f"{W}lang")}
    assert languages == {"en-GB"}


@pytest.mark.parametrize(
    ("said", "head"),
    [
        ({}, "OFFICIAL-SENSITIVE"),
        ({"public": True}, "OFFICIAL"),
        # R3: a draft says so on each page.
        ({"draft": True}, "OFFICIAL-SENSITIVE · Draft: not published"),
    ],
)
def test_each_page_has_its_marking_and_number(said: dict[str, bool], head: str) -> None:
    section = read(**said).sections[0]
    assert section.header.paragraphs[0].text == head
    fields = [each.get(f"{W}instr") for each in section.footer._element.iter(f"{W}fldSimple")]
    assert fields == ["PAGE", "NUMPAGES"]


def test_a_draft_alone_shows_what_is_to_be_written() -> None:
    for draft in (True, False):
        text = "\n".join(each.text for each in read(draft=draft).paragraphs)
        assert ("To be written: What happens next" in text) is draft
        assert ("12 of 31 audits (38.7%) were graded Good." in text) is draft


# IN-3: what somebody wrote is text: no field, no link, nothing outside the file.
@pytest.mark.parametrize("word", ["=1+1", "{=1+1}", "http://evil.test/", "\x00\x0b\ud800<b>&"])
def test_a_text_stays_a_text(word: str) -> None:
    content = written(word=word)
    with ZipFile(BytesIO(content)) as archive:
        parts = {name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist()}
    document = parts["word/document.xml"]
    assert not re.search(r"<w:(fldSimple|instrText|hyperlink)\b", document)
    assert 'TargetMode="External"' not in "".join(parts.values())
    assert "evil.test" not in parts["word/_rels/document.xml.rels"]


def test_libreoffice_opens_it(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed: apt-get install libreoffice-writer")
    path = tmp_path / "report.docx"
    path.write_bytes(render.write(report(), Figures(), "docx"))
    subprocess.run(
        [
            office,
            f"-env:UserInstallation=file://{tmp_path}/profile",
            *("--headless", "--convert-to", "pdf", "--outdir", tmp_path, path),
        ],
        check=True,
        capture_output=True,
        timeout=120,
    )
    shown = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "report.pdf", "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for words in ("Quarterly thematic report", "OFFICIAL-SENSITIVE", "Total audits", "Page 1 of"):
        assert words in shown
