"""A version's files: drawn by the worker when it is published, and given to whoever asks (R3)."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from qa_app.database import db
from qa_app.reports.document import Document
from qa_app.reports.document.storing import from_json
from qa_app.reports.figures import Figures
from qa_app.reports.models import ReportFile, ReportVersion
from qa_app.reports.publishing.contents import figures_in
from qa_app.reports.render import LAYOUTS, write
from qa_app.reports.services.publishing import as_published


class Drawn(NamedTuple):
    """One file of a version."""

    public: bool
    layout: str
    content: bytes


def draw(version: ReportVersion, document: Document, figures: Figures, layout: str) -> bytes:
    """A document of the version as a file; the quarter's PDF takes seconds."""
    more = {"period": version.report.period, "hash": version.hash, "version": version.number}
    return write(document, figures, layout, more=more)


def draw_to_publish(version: ReportVersion, at: datetime) -> list[Drawn]:
    """All files of a version as they will be once it is published at this moment."""
    return list(_drawn(version, at))


def _drawn(version: ReportVersion, at: datetime) -> Iterator[Drawn]:
    forms = (
        (False, version.document, version.figures),
        (True, version.public_document, version.public_figures),
    )
    for public, stored, rows in forms:
        document, figures = from_json(as_published(stored, version.number, at)), figures_in(rows)
        for layout in LAYOUTS:
            yield Drawn(public, layout, draw(version, document, figures, layout))


def keep(version: ReportVersion, files: list[Drawn], at: datetime) -> None:
    """Keep the files of a version that is being published."""
    db.session.add_all(ReportFile(version_id=version.id, drawn_at=at, **f._asdict()) for f in files)


def kept(version: ReportVersion, layout: str, *, public: bool) -> bytes | None:
    """The file that was drawn at publication; None of a version that has none."""
    query = select(ReportFile.content).filter_by(
        version_id=version.id, public=public, layout=layout
    )
    return db.session.scalar(query)
