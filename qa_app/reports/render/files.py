"""Which files a document can be, and the one way to write them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from qa_app.reports.document import Document
from qa_app.reports.figures import Figures
from qa_app.reports.render.pages import html_bytes, pdf_bytes
from qa_app.reports.render.plain import csv_bytes, json_bytes
from qa_app.reports.render.word import docx_bytes
from qa_app.reports.render.workbook import xlsx_bytes

Renderer = Callable[[Document, Figures], bytes]


@dataclass(frozen=True)
class Layout:
    """A kind of file: its name's ending, what a page calls it, its media type."""

    ending: str
    words: str
    mimetype: str


LAYOUTS: Final[Mapping[str, Layout]] = {
    each.ending: each
    for each in (
        Layout("html", "Web page", "text/html"),
        Layout("pdf", "PDF", "application/pdf"),
        Layout(
            "docx",
            "Word",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        Layout(
            "xlsx", "Excel", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        ),
        Layout("csv", "CSV", "text/csv"),
        Layout("json", "JSON", "application/json"),
    )
}

RENDERERS: Final[Mapping[str, Renderer]] = {
    "html": html_bytes,
    "pdf": pdf_bytes,
    "docx": docx_bytes,
    "xlsx": xlsx_bytes,
    "csv": csv_bytes,
    "json": json_bytes,
}


def write(
    document: Document, figures: Figures, layout: str, *, more: Mapping[str, Any] | None = None
) -> bytes:
    """The document as a file of this layout; KeyError for one that there is none of.

    `more` is set beside what JSON says of the report (its period as it is asked for, a hash); the
    other layouts print what the document says and nothing else. HTML and PDF need the application,
    whose templates they are drawn from.
    """
    if layout == "json":
        return json_bytes(document, figures, more)
    return RENDERERS[layout](document, figures)
