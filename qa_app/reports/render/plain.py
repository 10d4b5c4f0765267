"""The figures for programs: CSV in the columns of the measures, and JSON with what they are of."""

import json
from collections.abc import Mapping
from typing import Any

from qa_app.reports import exports
from qa_app.reports.document import Document
from qa_app.reports.figures import Figures


def csv_bytes(document: Document, figures: Figures) -> bytes:
    """One line a figure; a hidden numerator is an empty cell and its text "c"."""
    # With its mark a spreadsheet reads the file as UTF-8, and a dash stays a dash.
    return exports.csv_text(figures).encode("utf-8-sig", "replace")


def json_bytes(
    document: Document, figures: Figures, more: Mapping[str, Any] | None = None
) -> bytes:
    """What the report is and its figures, as ReportFigure.to_row() says them."""
    said: dict[str, Any] = {
        "report": document.kind,
        "title": document.title,
        "period": document.subtitle,
        "about": dict(document.about),
        "marking": document.marking,
        "draft": document.draft,
        "public": document.public,
        **(more or {}),
        "figures": [figure.to_row() for figure in figures],
    }
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "replace")
