"""Documents on paper: HTML of ours laid out as an A4 PDF, tagged for screen readers (PDF/UA-1).

Nothing is fetched while a document is laid out: no address at all is followed, not even a file's.
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
    library, fatal, fetcher, styles = _library()
    document = library.HTML(string=html, url_fetcher=fetcher, base_url=None)
    try:
        made: bytes = document.write_pdf(stylesheets=[styles], pdf_variant=VARIANT)
    except fatal:
        # The address is not repeated: it may quote what somebody wrote.
        raise AddressRefused("a document may not refer to anything outside itself") from None
    return made


@cache
def _library() -> tuple[Any, Any, Any, Any]:
    library: Any = importlib.import_module("weasyprint")
    urls: Any = importlib.import_module("weasyprint.urls")
    # No protocol is allowed; without `fail_on_errors` what is refused would be left out silently.
    fetcher = urls.URLFetcher(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)
    styles = library.CSS(string=STYLES.read_text(encoding="utf-8"), url_fetcher=fetcher)
    return library, urls.FatalURLFetchingError, fetcher, styles
