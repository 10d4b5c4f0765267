"""A document as a Word file: real headings, lists, tables with headings that repeat, alt texts."""

import importlib
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Any, Final

from qa_app.reports.document import (
    Bullets,
    Chart,
    Document,
    Paragraph,
    Section,
    Table,
    Written,
)
from qa_app.reports.figures import Figures
from qa_app.reports.render import wordparts as parts
from qa_app.reports.render.pictures import png_of, width_of
from qa_app.reports.render.texts import clean, draft_words

_DEEPEST: Final = 6


def docx_bytes(document: Document, figures: Figures) -> bytes:
    """The whole report as a Word file, in British English, marked on every page."""
    library: Any = importlib.import_module("docx")
    word = library.Document()
    parts.set_up(word, document)
    _cover(word, document)
    for number, section in enumerate(document.sections):
        if document.kind == "pack" and number:
            word.add_page_break()
        _section(word, section, 1, draft=document.draft)
    out = BytesIO()
    word.save(out)
    return parts.without_clock(out.getvalue())


def _cover(word: Any, document: Document) -> None:
    if document.draft:
        parts.text(word, draft_words(document), "Draft")
    word.add_paragraph(clean(document.title), style="Title")
    word.add_paragraph(clean(document.subtitle), style="Subtitle")
    parts.facts(word, document.about)
    if len(document.sections) > 1:
        parts.text(word, "Contents", "Contents heading")
        for section in document.sections:
            parts.text(word, section.title, "List Bullet")
    if document.kind == "pack":
        word.add_page_break()


def _section(word: Any, section: Section, level: int, *, draft: bool) -> None:
    word.add_heading(clean(section.title), level)
    for block in section.blocks:
        if isinstance(block, Written):
            _written(word, block, draft=draft)
        else:
            _WRITERS[type(block)](word, block)
    for part in section.parts:
        _section(word, part, min(level + 1, _DEEPEST), draft=draft)


def _paragraph(word: Any, paragraph: Paragraph) -> None:
    parts.text(word, paragraph.text)


def _bullets(word: Any, bullets: Bullets) -> None:
    """A list; a numbered one has its numbers in its text, so that each begins with 1."""
    for number, item in enumerate(bullets.items, 1):
        if bullets.numbered:
            parts.text(word, f"{number}.\t{item}", "Numbered")
        else:
            parts.text(word, item, "List Bullet")


def _written(word: Any, written: Written, *, draft: bool) -> None:
    for part in written.parts:
        _WRITERS[type(part)](word, part)
    if not draft or written.text.strip():
        return
    may = "" if written.needed else " (may be left empty)"
    parts.text(word, f"To be written{may}: {written.hint}", "To write")
    if written.suggestions:
        parts.text(word, "What the figures say:", "To write")
    for suggestion in written.suggestions:
        parts.text(word, suggestion, "List Bullet")


def _chart(word: Any, chart: Chart) -> None:
    png = png_of(chart)
    paragraph = word.add_paragraph()
    paragraph.add_run().add_picture(BytesIO(png), width=parts.picture_width(width_of(png)))
    parts.describe(paragraph, chart.id, f"{chart.title}. {chart.description}")


def _table(word: Any, table: Table) -> None:
    parts.text(word, table.caption, "Caption")
    if table.every_row:
        parts.table(word, table)
    else:
        parts.text(word, table.empty)
    for words in (table.basis, *table.notes):
        if words:
            parts.text(word, words, "Basis")


_WRITERS: Final[Mapping[type[Any], Callable[[Any, Any], None]]] = {
    Paragraph: _paragraph,
    Bullets: _bullets,
    Chart: _chart,
    Table: _table,
}
