"""Looks into an XLSX file before anything reads it: its real size, its extent, its formulas.

A few kilobytes can unpack to gigabytes, and a single cell in the last corner of a sheet makes a
reader reserve memory for all the cells before it. Both are refused here, by what is really in the
file and not by what its directory says of itself.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import BinaryIO
from xml.etree import ElementTree

from qa_app.audits.workbook.fields import WorkbookUnusable

LAST_ROW = 1_048_576
# 20 million cells are a million audits of 20 columns, and 640 MB in the reader.
MOST_CELLS = 20_000_000
# Honest sheets shrink to a thirtieth or so; DEFLATE itself can do a thousandth.
MOST_SHRINKING = 250
SMALL = 20 * 1024 * 1024
CHUNK = 1 << 20

_LOCAL_HEADER = struct.Struct("<4s22xHH")
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_STRICT_REL = "{http://purl.oclc.org/ooxml/officeDocument/relationships}"
# Cells and rows beyond column Z or row 149,999: nearer ones cannot add up to much.
_BEYOND = rb"(?:([A-Za-z]{2,})(\d+)|[A-Za-z]?([1-9]\d{6,}|[2-9]\d{5}|1[5-9]\d{4}))"
_FAR = re.compile(rb' r="' + _BEYOND + rb'"')
# The same for XML that is written in an unusual way, five times slower.
_FAR_ODDLY = re.compile(rb"\br\s*=\s*[\"']" + _BEYOND + rb"[\"']")
_PREFIXED = re.compile(rb"<[\w.-]+:(?:c|row)\b")
_FORMULA = re.compile(
    rb"<(?:\w+:)?c\b([^>]*)>\s*<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>([^<]*)<)",
)
_CELL_NAME = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]+)(\d+)")
_TEXT_RESULT = re.compile(rb"\bt\s*=\s*[\"']str[\"']")


@dataclass(frozen=True, slots=True)
class Limits:
    """The most bytes that a file may have as it is and unpacked."""

    packed: int
    unpacked: int


UPLOAD = Limits(packed=10 * 1024 * 1024, unpacked=400 * 1024 * 1024)
COMMAND_LINE = Limits(packed=200 * 1024 * 1024, unpacked=4 * 1024 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula's text; `answers_with_text` is True where an empty result is meant."""

    text: str
    answers_with_text: bool


@dataclass(slots=True)
class SheetScan:
    """What one sheet's XML holds: its extent and its formulas by (row, column), from 1 and 0."""

    rows: int = 150_000
    columns: int = 26
    formulas: dict[tuple[int, int], Formula] = field(default_factory=dict)


def inspect(file: BinaryIO, limits: Limits) -> dict[str, SheetScan]:
    """Check an XLSX file and return, by the sheet's name, what was seen in it.

    Raises WorkbookUnusable for a damaged file, one with macros, one that is no XLSX workbook, or
    one that would unpack to more than `limits` or MOST_CELLS.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = {info.filename.lower(): info for info in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, OSError) as fault:
        raise _damaged() from fault
    _refuse_other_kinds(members)
    paths = _sheet_paths(file, members, limits)
    return _scan_all(file, members, limits, paths)


def _refuse_other_kinds(members: dict[str, zipfile.ZipInfo]) -> None:
    if any(name.endswith(("vbaproject.bin", "macrosheets/sheet1.xml")) for name in members):
        raise WorkbookUnusable(
            "This workbook contains macros, which are never opened here. "
            "Save it as an ordinary Excel workbook (.xlsx) and choose that."
        )
    if "xl/workbook.xml" not in members:
        raise WorkbookUnusable(
            "This is not an Excel workbook (.xlsx). Open it in Excel, save it as .xlsx or .csv, "
            "and choose that."
        )


def _scan_all(
    file: BinaryIO,
    members: dict[str, zipfile.ZipInfo],
    limits: Limits,
    paths: dict[str, str],
) -> dict[str, SheetScan]:
    """Unpack every XML part once, counting; look for formulas in the sheets."""
    sheets = {path: name for name, path in paths.items()}
    left = limits.unpacked
    packed = unpacked = cells = 0
    scans: dict[str, SheetScan] = {}
    for name, info in members.items():
        if not name.endswith((".xml", ".rels")):
            continue
        scan = SheetScan()
        size = _scan(_unpacked(file, info, left), scan if name in sheets else None)
        left -= size
        packed, unpacked = packed + info.compress_size, unpacked + size
        if unpacked > SMALL and unpacked > packed * MOST_SHRINKING:
            raise _too_large()
        if name in sheets:
            cells = max(cells, scan.rows * scan.columns)
            scans[sheets[name]] = scan
    if cells > MOST_CELLS:
        raise WorkbookUnusable(
            "A sheet of this workbook reaches too far down or to the right. Delete the empty rows "
            "and columns after the last audit, save it, and choose it again."
        )
    return scans


def _scan(chunks: Iterator[bytes], scan: SheetScan | None) -> int:
    """Read a part through and return its bytes; a cell is never cut in two."""
    size, held = 0, b""
    for chunk in chunks:
        size += len(chunk)
        if scan is None:
            continue
        held += chunk
        cut = max(held.rfind(b"<c"), held.rfind(b":c"), 0)
        if cut == 0 and len(held) > 4 * CHUNK:
            cut = max(held.rfind(b"<"), 1)
        _look(held[:cut], scan)
        held = held[cut:]
    if scan is not None:
        _look(held, scan)
    return size


def _look(xml: bytes, scan: SheetScan) -> None:
    for letters, row, lone_row in (_FAR if _plainly_named(xml) else _FAR_ODDLY).findall(xml):
        scan.rows = max(scan.rows, int(row or lone_row))
        if letters:
            scan.columns = max(scan.columns, column_number(letters) + 1)
    if scan.rows > LAST_ROW:
        raise _damaged()
    if b"<f" not in xml and b":f" not in xml:
        return
    for found in _FORMULA.finditer(xml):
        named = _CELL_NAME.search(found[1])
        if named:
            text = (found[2] or b"").decode("utf-8", "replace")
            scan.formulas[int(named[2]), column_number(named[1])] = Formula(
                text=_unescaped(text), answers_with_text=bool(_TEXT_RESULT.search(found[1]))
            )


def _plainly_named(xml: bytes) -> bool:
    """Whether every cell and row says its place first and as the usual programs write it.

    Text cannot pretend to be a tag, so that nothing can be hidden from the quick search.
    """
    tags = xml.count(b"<c") + xml.count(b"<row")
    if tags != xml.count(b'<c r="') + xml.count(b'<row r="'):
        return False
    return not ((b":c" in xml or b":row" in xml) and _PREFIXED.search(xml))


def column_number(letters: bytes) -> int:
    """Turn a column's letters into its number from 0: A is 0, AA is 26."""
    number = 0
    for letter in letters.upper()[:4]:
        number = number * 26 + letter - 64
    return number - 1


def _unescaped(text: str) -> str:
    for entity, sign in (("&quot;", '"'), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")):
        text = text.replace(entity, sign)
    return text


def _sheet_paths(
    file: BinaryIO, members: dict[str, zipfile.ZipInfo], limits: Limits
) -> dict[str, str]:
    """Which part holds which sheet, by the sheet's name."""
    targets = {
        node.get("Id"): _absolute(node.get("Target", ""))
        for node in _tree(file, members, "xl/_rels/workbook.xml.rels", limits).iter()
    }
    paths = {}
    for node in _tree(file, members, "xl/workbook.xml", limits).iter():
        if node.tag.rpartition("}")[2] == "sheet":
            target = targets.get(node.get(f"{_REL}id") or node.get(f"{_STRICT_REL}id"))
            if target:
                paths[node.get("name", "")] = target
    return paths


def _absolute(target: str) -> str:
    path = PurePosixPath(target) if target.startswith("/") else PurePosixPath("/xl") / target
    parts: list[str] = []
    for part in path.parts[1:]:
        if part == "..":
            parts[-1:] = []
        elif part != ".":
            parts.append(part)
    return "/".join(parts).lower()


def _tree(
    file: BinaryIO, members: dict[str, zipfile.ZipInfo], name: str, limits: Limits
) -> ElementTree.Element:
    info = members.get(name)
    if info is None:
        raise _damaged()
    content = b"".join(_unpacked(file, info, min(SMALL, limits.unpacked)))
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise _damaged()
    try:
        # Safe: a part that declares entities was refused just above.
        return ElementTree.fromstring(content)  # noqa: S314
    except ElementTree.ParseError as fault:
        raise _damaged() from fault


def _unpacked(file: BinaryIO, info: zipfile.ZipInfo, most: int) -> Iterator[bytes]:
    """Yield a member's content in pieces; stop with WorkbookUnusable beyond `most` bytes.

    zipfile believes the size that the directory states; another reader of the same file may not.
    """
    file.seek(info.header_offset)
    header = file.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size or info.flag_bits & 0x1:
        raise _damaged()
    signature, name_length, extra_length = _LOCAL_HEADER.unpack(header)
    if signature != b"PK\x03\x04" or info.compress_type not in {0, 8}:
        raise _damaged()
    file.seek(name_length + extra_length, 1)
    remaining = info.compress_size
    unpacker = zlib.decompressobj(-15) if info.compress_type == 8 else None
    while remaining > 0:
        packed = file.read(min(CHUNK // 4, remaining))
        if not packed:
            raise _damaged()
        remaining -= len(packed)
        for piece in _pieces(packed, unpacker):
            most -= len(piece)
            if most < 0:
                raise _too_large()
            yield piece


def _pieces(packed: bytes, unpacker: "zlib._Decompress | None") -> Iterator[bytes]:
    if unpacker is None:
        yield packed
        return
    try:
        piece = unpacker.decompress(packed, CHUNK)
        while piece:
            yield piece
            piece = unpacker.decompress(unpacker.unconsumed_tail, CHUNK)
    except zlib.error as fault:
        raise _damaged() from fault


def _damaged() -> WorkbookUnusable:
    return WorkbookUnusable(
        "This workbook is damaged. Open it in Excel, save it again as .xlsx, and choose that."
    )


def _too_large() -> WorkbookUnusable:
    return WorkbookUnusable(
        "This workbook would unpack to more than can be read. Save each year as a workbook of its "
        "own and choose them one after the other."
    )
