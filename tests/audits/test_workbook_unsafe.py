"""Files that are no workbook, or one that would do harm: refused before anything opens them."""

import struct
import zipfile
from pathlib import Path

import pytest

from qa_app.audits.workbook import archive
from qa_app.audits.workbook.archive import Limits
from qa_app.audits.workbook.fields import WorkbookUnusable
from tests.audits.workbooks import GOOD_ROW, LEGACY, read, repacked, small_xlsx

SHEET = "xl/worksheets/sheet1.xml"
ZIP = LEGACY.read_bytes()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("log.xlsm", ZIP, "macros"),
        ("log.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "before 2007"),
        ("log.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "protected by a password"),
        ("log.pdf", b"%PDF-1.7", "Choose an Excel workbook"),
        ("log.xlsx", b"Audit No,Mosaic ID", "something else inside"),
        ("log.csv", ZIP, "something else inside"),
        ("log.csv", b"\x00\x01\x02\x03", "not a text file"),
        ("log.xlsx", ZIP[:2000], "damaged"),
        ("log.xlsx", b"PK\x03\x04" + b"\x00" * 50, "damaged"),
        ("log.csv", b'Mosaic ID,Date,Grade\n"' + b"x" * 200_000, "quotation mark"),
        ("log.csv", b"", "No sheet has headings"),
    ],
)
def test_what_is_no_workbook_is_refused_in_plain_words(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(WorkbookUnusable, match=message):
        read(path)


@pytest.mark.parametrize("part", ["xl/vbaProject.bin", "xl/sub/vbaproject.BIN"])
def test_a_workbook_with_macros_inside_is_refused_whatever_its_name(
    tmp_path: Path, part: str
) -> None:
    with pytest.raises(WorkbookUnusable, match="macros"):
        read(repacked(LEGACY, tmp_path / "log.xlsx", **{part: b"x"}))


def test_a_zip_file_that_holds_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.xlsx"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("readme.txt", "nothing")
    with pytest.raises(WorkbookUnusable, match="not an Excel workbook"):
        read(path)


def test_a_file_over_the_limit_is_refused() -> None:
    with pytest.raises(WorkbookUnusable, match="at most 0 MB"):
        read(LEGACY, limits=Limits(packed=1000, unpacked=10**9))


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    big = repacked(LEGACY, tmp_path / "log.xlsx", **{"xl/more.xml": b" " * 3_000_000})
    with pytest.raises(WorkbookUnusable, match="would unpack to more"):
        read(big, limits=Limits(packed=10**7, unpacked=2_000_000))


def test_a_workbook_that_shrank_to_almost_nothing_is_refused(tmp_path: Path) -> None:
    bomb = repacked(LEGACY, tmp_path / "log.xlsx", **{SHEET: b" " * (archive.SMALL + 30_000_000)})
    with pytest.raises(WorkbookUnusable, match="would unpack to more"):
        read(bomb)


def test_the_size_that_the_directory_states_is_not_believed(tmp_path: Path) -> None:
    path = repacked(LEGACY, tmp_path / "log.xlsx", **{"xl/more.xml": b" " * 3_000_000})
    content = bytearray(path.read_bytes())
    # The part comes last in the directory: say there that it unpacks to ten bytes.
    entry = content.rindex(b"PK\x01\x02")
    struct.pack_into("<L", content, entry + 24, 10)
    path.write_bytes(content)
    with pytest.raises(WorkbookUnusable, match="would unpack to more"):
        read(path, limits=Limits(packed=10**7, unpacked=2_000_000))


# One cell in the last corner makes a reader of sheets ask for 512 GB, which ends its process.
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b' r="B2"', b' r="XFD1048576"'),
        (b' r="B2"', b" r='XFD1048576'"),
        (b' r="B2"', b'\n r = "XFD1048576"'),
        (b'<c r="B2"', b'<c\n\tr="XFD1048576"'),
        (b'<c r="B2"', b"<c><v>1</v></c><c s=\"0\" \n r ='XFD1048576'"),
        (b'<row r="2"', b'<row r="9999999"'),
    ],
)
def test_a_sheet_that_reaches_into_the_last_corner_is_refused(
    tmp_path: Path, old: bytes, new: bytes
) -> None:
    plain = small_xlsx(tmp_path / "plain.xlsx", GOOD_ROW)
    with zipfile.ZipFile(plain) as packed:
        xml = packed.read(SHEET)
    assert old in xml
    far = repacked(plain, tmp_path / "far.xlsx", **{SHEET: xml.replace(old, new)})
    with pytest.raises(WorkbookUnusable, match=r"reaches too far|damaged"):
        read(far)


def test_a_workbook_that_defines_entities_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(LEGACY) as packed:
        xml = packed.read("xl/workbook.xml")
    evil = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + xml
    with pytest.raises(WorkbookUnusable, match="damaged"):
        read(repacked(LEGACY, tmp_path / "log.xlsx", **{"xl/workbook.xml": evil}))
