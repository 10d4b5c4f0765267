"""Documents on paper: HTML of ours laid out as an A4 PDF, tagged for screen readers (PDF/UA-1).

Nothing is fetched while a document is laid out: no address is followed, not even a file's. A report
carries its charts inside itself, as `data:` addresses, and those alone are read.
WeasyPrint is read when the first document is made, since it takes a second to start (ADR 6).
"""

import importlib
from functools import cache
from pathlib import Path
from typing import Any, Final

STYLES: Final = Path(__file__).with_name("document.css")
VARIANT: Final = "pdf/ua-1"


class AddressRefused(ValueError):
    """A document named an address: its HTML is not ours alone."""


def pdf_of(html: str) -> bytes:
    """The document as PDF. `html` is a whole page with its language and title.

    Raises AddressRefused where the HTML refers to anything outside itself.
    """
    fetcher = _fetcher(())
    return _laid_out(html, fetcher, [_styles()])


def pdf_with_pictures(html: str) -> bytes:
    """The same for a page that holds its own styles, and its pictures as `data:` addresses.

    Raises AddressRefused where it, or a picture in it, refers to anything outside itself.
    """
    return _laid_out(html, _fetcher(("data",)), [])


def _laid_out(html: str, fetcher: Any, styles: list[Any]) -> bytes:
    library: Any = importlib.import_module("weasyprint")
    urls: Any = importlib.import_module("weasyprint.urls")
    document = library.HTML(string=html, url_fetcher=fetcher, base_url=None)
    try:
        made: bytes = document.write_pdf(stylesheets=styles, pdf_variant=VARIANT)
    except urls.FatalURLFetchingError:
        # The address is not repeated: it may quote what somebody wrote.
        raise AddressRefused("a document may not refer to anything outside itself") from None
    return made


@cache
def _fetcher(protocols: tuple[str, ...]) -> Any:
    """What is asked for every address. Without `fail_on_errors` what is refused would be left out
    silently."""
    urls: Any = importlib.import_module("weasyprint.urls")
    return urls.URLFetcher(allowed_protocols=protocols, allow_redirects=False, fail_on_errors=True)


@cache
def _styles() -> Any:
    library: Any = importlib.import_module("weasyprint")
    return library.CSS(string=STYLES.read_text(encoding="utf-8"), url_fetcher=_fetcher(()))
