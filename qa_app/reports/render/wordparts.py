"""The pieces of a Word file that python-docx has no words for: language, alt texts, headings."""

import importlib
from collections.abc import Iterable
from io import BytesIO
from typing import Any, Final
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from qa_app.reports.document import Document, Table
from qa_app.reports.render.texts import clean, draft_words, moment_of

_FONT: Final = "Arial"
_INK: Final = "0B0C0C"
_GREY: Final = "484F53"
_LINE: Final = "B1B4B6"
_LANGUAGE: Final = "en-GB"
_TEXT_WIDTH: Final = 174  # millimetres between the margins of A4
_PIXEL: Final = 0.2646  # millimetres of a drawing's pixel, 96 to the inch
_WIDE: Final = 8  # columns from which a table's letters are smaller
_SHORT: Final = 13  # rows that stay on one page
_SIZES: Final = {
    "Normal": 11, "Title": 26, "Subtitle": 14, "Caption": 11, "Header": 9, "Footer": 9,
    "Heading 1": 18, "Heading 2": 14, "Heading 3": 12, "Heading 4": 11, "Heading 5": 11,
    "Heading 6": 11, "List Bullet": 11,
}  # fmt: skip
_OWN: Final = {"Basis": 8.5, "Draft": 11, "To write": 11, "Contents heading": 14, "Numbered": 11}
_BOLD: Final = ("Caption", "Draft", "Contents heading")


def set_up(word: Any, document: Document) -> None:
    """Page, letters, language, properties, and what stands at the head and foot of each page."""
    shared: Any = importlib.import_module("docx.shared")
    _page(word.sections[0], shared)
    _styles(word, shared)
    properties = word.core_properties
    properties.title = clean(document.title)
    properties.subject = clean(document.subtitle)
    properties.language = _LANGUAGE
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = moment_of(document)
    properties.revision = 1
    head = [document.marking, draft_words(document)]
    text_in(word.sections[0].header.paragraphs[0], " · ".join(filter(None, head)), bold=True)
    foot = word.sections[0].footer.paragraphs[0]
    text_in(foot, "Page ")
    _field(foot, "PAGE")
    text_in(foot, " of ")
    _field(foot, "NUMPAGES")
    text_in(foot, f" · {document.title}, {document.subtitle}")


def _page(section: Any, shared: Any) -> None:
    section.page_width, section.page_height = shared.Mm(210), shared.Mm(297)
    section.left_margin = section.right_margin = shared.Mm(18)
    section.top_margin = section.bottom_margin = shared.Mm(22)


def _styles(word: Any, shared: Any) -> None:
    kinds: Any = importlib.import_module("docx.enum.style")
    for name, size in {**_SIZES, **_OWN}.items():
        if name in _OWN:
            style = word.styles.add_style(name, kinds.WD_STYLE_TYPE.PARAGRAPH)
            style.base_style = word.styles["Normal"]
        else:
            style = word.styles[name]
        grey = name in ("Basis", "Subtitle")
        _letters(style, size, _GREY if grey else _INK, shared, bold=_is_bold(name))
    _spaces(word.styles, shared)
    for fonts in word.styles.element.iter(_tag("w:lang")):
        fonts.set(_tag("w:val"), _LANGUAGE)
    # The template rules a line under its title and spreads the letters of its subtitle.
    for name, what in (("Title", "w:pBdr"), ("Title", "w:spacing"), ("Subtitle", "w:spacing")):
        for found in list(word.styles[name].element.iter(_tag(what))):
            found.getparent().remove(found)


def _is_bold(name: str) -> bool:
    return name.startswith("Heading") or name in ("Title", *_BOLD)


def _spaces(styles: Any, shared: Any) -> None:
    normal = styles["Normal"].paragraph_format
    normal.space_after, normal.line_spacing = shared.Pt(6), 1.15
    styles["Basis"].paragraph_format.space_after = shared.Pt(3)
    styles["Basis"].paragraph_format.space_before = shared.Pt(3)
    styles["Heading 1"].paragraph_format.space_before = shared.Pt(20)
    styles["Heading 1"].paragraph_format.space_after = shared.Pt(6)
    for name in ("Caption", "Contents heading"):
        styles[name].paragraph_format.keep_with_next = True
        styles[name].paragraph_format.space_before = shared.Pt(10)
        styles[name].paragraph_format.space_after = shared.Pt(4)
    styles["To write"].paragraph_format.left_indent = shared.Mm(5)
    numbered = styles["Numbered"].paragraph_format
    numbered.left_indent, numbered.first_line_indent = shared.Mm(8), shared.Mm(-8)


def _letters(style: Any, size: float, colour: str, shared: Any, *, bold: bool) -> None:
    font = style.font
    font.name, font.size, font.bold, font.italic = _FONT, shared.Pt(size), bold, False
    font.color.rgb = shared.RGBColor.from_string(colour)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    # The template's headings take their letters from its theme, which goes before a name.
    for name in list(fonts.attrib):
        if name.endswith("Theme"):
            del fonts.attrib[name]
    for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(_tag(name), _FONT)


def text(word: Any, words: str, style: str | None = None) -> None:
    """A paragraph of plain text."""
    word.add_paragraph(clean(words), style=style)


def text_in(paragraph: Any, words: str, *, bold: bool = False) -> None:
    """Plain text in a paragraph that is there."""
    paragraph.add_run(clean(words)).bold = bold or None


def facts(word: Any, pairs: Iterable[tuple[str, str]]) -> None:
    """What a report is, in lines: the name in bold, then what is said."""
    for name, value in pairs:
        paragraph = word.add_paragraph()
        text_in(paragraph, f"{name}: ", bold=True)
        text_in(paragraph, value)


def picture_width(pixels: int) -> Any:
    """As wide as it is drawn, and no wider than the text."""
    shared: Any = importlib.import_module("docx.shared")
    return shared.Mm(min(pixels * _PIXEL, _TEXT_WIDTH))


def describe(paragraph: Any, name: str, description: str) -> None:
    """The alternative text of the picture in a paragraph."""
    for properties in paragraph._p.iter(_tag("wp:docPr")):
        properties.set("name", clean(name))
        properties.set("descr", clean(description))


def table(word: Any, found: Table) -> None:
    """A real table: its headings in a row that every page repeats, figures to the right, no row
    broken between pages and no short table either."""
    made = word.add_table(rows=1 + len(found.every_row), cols=len(found.columns))
    made.autofit = True
    _borders(made, found.caption)
    rows: list[list[str]] = [list(found.columns)]
    rows += [[cell.text for cell in row] for row in found.every_row]
    for number, (row, texts) in enumerate(zip(made.rows, rows, strict=True)):
        bold = number == 0 or bool(found.total and number == len(rows) - 1)
        _row(row, texts, found, bold=bold)
        if number < len(rows) - 1 and len(rows) <= _SHORT:
            for cell in row.cells:
                cell.paragraphs[0].paragraph_format.keep_with_next = True
        _mark(row, "w:cantSplit")
    _mark(made.rows[0], "w:tblHeader")


def _row(row: Any, texts: list[str], found: Table, *, bold: bool) -> None:
    shared: Any = importlib.import_module("docx.shared")
    enum: Any = importlib.import_module("docx.enum.text")
    size = shared.Pt(7.5 if len(texts) > _WIDE else 9.5)
    for cell, words, figure in zip(row.cells, texts, found.numeric, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_after = shared.Pt(2)
        paragraph.paragraph_format.space_before = shared.Pt(2)
        if figure:
            paragraph.alignment = enum.WD_ALIGN_PARAGRAPH.RIGHT
        text_in(paragraph, words, bold=bold)
        for run in paragraph.runs:
            run.font.size = size


def _borders(made: Any, caption: str) -> None:
    """Lines between rows alone, and the table's own words for who cannot see it."""
    properties = made._tbl.tblPr
    lines = _element("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        line = _element(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", _LINE)):
            line.set(_tag(f"w:{name}"), value)
        lines.append(line)
    properties.insert_element_before(lines, *_AFTER_BORDERS)
    said = _element("w:tblCaption")
    said.set(_tag("w:val"), clean(caption))
    properties.append(said)


_AFTER_BORDERS: Final = (
    "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook", "w:tblCaption", "w:tblDescription",
)  # fmt: skip


def _mark(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(_element(name))


def _field(paragraph: Any, code: str) -> None:
    """A number that Word fills in: of the page, or of all pages."""
    field = _element("w:fldSimple")
    field.set(_tag("w:instr"), code)
    run, words = _element("w:r"), _element("w:t")
    words.text = "1"
    run.append(words)
    field.append(run)
    paragraph._p.append(field)


def _element(name: str) -> Any:
    return importlib.import_module("docx.oxml").OxmlElement(name)


def _tag(name: str) -> str:
    return str(importlib.import_module("docx.oxml.ns").qn(name))


def without_clock(content: bytes) -> bytes:
    """The same file with its parts dated 1980, as a workbook's are: the day of writing is gone."""
    out = BytesIO()
    with ZipFile(BytesIO(content)) as written, ZipFile(out, "w", ZIP_DEFLATED) as made:
        for name in written.namelist():
            part = ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            part.compress_type = ZIP_DEFLATED
            made.writestr(part, written.read(name))
    return out.getvalue()
