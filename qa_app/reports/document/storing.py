"""A document as JSON and back: what is stored with a version, and drawn again on any day (R3)."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from qa_app.reports.document.model import (
    Block,
    Bullets,
    Cell,
    Chart,
    Document,
    Paragraph,
    Section,
    Table,
    Written,
)
from qa_app.reports.figures.figure import Key

Json = dict[str, Any]


def to_json(document: Document) -> Json:
    """The whole tree as dictionaries, lists, texts and numbers: ``from_json`` gives it back."""
    return {
        "kind": document.kind,
        "title": document.title,
        "subtitle": document.subtitle,
        "about": [list(pair) for pair in document.about],
        "sections": [_section(section) for section in document.sections],
        "marking": document.marking,
        "draft": document.draft,
        "public": document.public,
    }


def from_json(said: Mapping[str, Any]) -> Document:
    """What ``to_json`` said. KeyError where it is not that."""
    return Document(
        kind=said["kind"],
        title=said["title"],
        subtitle=said["subtitle"],
        about=tuple((name, value) for name, value in said["about"]),
        sections=tuple(_section_from(section) for section in said["sections"]),
        marking=said["marking"],
        draft=said["draft"],
        public=said["public"],
    )


def _section(section: Section) -> Json:
    return {
        "id": section.id,
        "title": section.title,
        "blocks": [_WRITERS[type(block)](block) for block in section.blocks],
        "parts": [_section(part) for part in section.parts],
    }


def _section_from(said: Json) -> Section:
    return Section(
        said["id"],
        said["title"],
        tuple(_READERS[block["block"]](block) for block in said["blocks"]),
        tuple(_section_from(part) for part in said["parts"]),
    )


def _cell(cell: Cell) -> Json:
    return {"text": cell.text, "key": list(cell.key) if cell.key else None, "number": cell.number}


def _cell_from(said: Json) -> Cell:
    return Cell(said["text"], Key(*said["key"]) if said["key"] else None, said["number"])


def _table(table: Table) -> Json:
    return {
        "block": "table",
        "id": table.id,
        "caption": table.caption,
        "columns": list(table.columns),
        "rows": [[_cell(cell) for cell in row] for row in table.rows],
        "basis": table.basis,
        "notes": list(table.notes),
        "total": [_cell(cell) for cell in table.total] if table.total else None,
        "empty": table.empty,
    }


def _table_from(said: Json) -> Table:
    total = said["total"]
    return Table(
        id=said["id"],
        caption=said["caption"],
        columns=tuple(said["columns"]),
        rows=tuple(tuple(_cell_from(cell) for cell in row) for row in said["rows"]),
        basis=said["basis"],
        notes=tuple(said["notes"]),
        total=tuple(_cell_from(cell) for cell in total) if total else None,
        empty=said["empty"],
    )


def _chart(chart: Chart) -> Json:
    return {
        "block": "chart",
        "id": chart.id,
        "title": chart.title,
        "description": chart.description,
        "spec": dict(chart.spec),
    }


def _chart_from(said: Json) -> Chart:
    return Chart(said["id"], said["title"], said["description"], said["spec"])


def _paragraph(paragraph: Paragraph) -> Json:
    return {"block": "paragraph", "text": paragraph.text}


def _paragraph_from(said: Json) -> Paragraph:
    return Paragraph(said["text"])


def _bullets(bullets: Bullets) -> Json:
    return {"block": "bullets", "items": list(bullets.items), "numbered": bullets.numbered}


def _bullets_from(said: Json) -> Bullets:
    return Bullets(tuple(said["items"]), said["numbered"])


def _written(written: Written) -> Json:
    return {
        "block": "written",
        "slot": written.slot,
        "hint": written.hint,
        "text": written.text,
        "suggestions": list(written.suggestions),
        "needed": written.needed,
    }


def _written_from(said: Json) -> Written:
    return Written(
        slot=said["slot"],
        hint=said["hint"],
        text=said["text"],
        suggestions=tuple(said["suggestions"]),
        needed=said["needed"],
    )


_WRITERS: Final[Mapping[type[Block], Callable[[Any], Json]]] = {
    Table: _table,
    Chart: _chart,
    Paragraph: _paragraph,
    Bullets: _bullets,
    Written: _written,
}

_READERS: Final[Mapping[str, Callable[[Json], Block]]] = {
    "table": _table_from,
    "chart": _chart_from,
    "paragraph": _paragraph_from,
    "bullets": _bullets_from,
    "written": _written_from,
}
