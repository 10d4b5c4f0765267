"""A document as a web page that stands alone, and the same page laid out as a tagged PDF."""

from functools import cache
from pathlib import Path
from typing import Final

from flask import current_app
from markupsafe import Markup

from qa_app.documents import pdf_with_pictures
from qa_app.reports.document import Document
from qa_app.reports.figures import Figures
from qa_app.reports.render.pictures import picture_uri
from qa_app.reports.render.texts import clean, draft_words, moment_of

STYLES: Final = Path(__file__).with_name("report.css")
_TEMPLATE: Final = "reports/document/file.html"


def html_bytes(document: Document, figures: Figures) -> bytes:
    """The whole report as one page: its styles and charts inside it, no script, no address."""
    return html_of(document).encode("utf-8")


def pdf_bytes(document: Document, figures: Figures) -> bytes:
    """The whole report as PDF/UA-1."""
    return pdf_with_pictures(html_of(document))


def html_of(document: Document) -> str:
    """The page's text. It needs the application, whose templates it is drawn from."""
    template = current_app.jinja_env.get_template(_TEMPLATE)
    html = template.render(
        document=document,
        styles=_styles(),
        picture_for=picture_uri,
        draft=draft_words(document),
        made=moment_of(document).date().isoformat(),
    )
    return clean(html)


@cache
def _styles() -> Markup:
    # Ours and no one else's: a file of this package.
    return Markup(STYLES.read_text(encoding="utf-8"))  # noqa: S704
