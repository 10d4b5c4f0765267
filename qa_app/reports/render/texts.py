"""Texts as every kind of file can hold them, and the moment that a document's files carry."""

import re
from datetime import datetime
from typing import Final

from qa_app.domain.calendar import Month
from qa_app.reports.document import Document

# What XML cannot hold: most control characters, halves of surrogate pairs, two that are none.
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MONTHS: Final = {Month(2000, n).words.split()[0]: n for n in range(1, 13)}
_MOMENT: Final = re.compile(r"(\d{1,2}) ([A-Z][a-z]+) (\d{4}), (\d{2}):(\d{2})")
_WITHOUT: Final = datetime(2000, 1, 1)

DATA_AS_AT: Final = "Data as at"


def clean(text: str) -> str:
    """The text without what no file of XML can hold."""
    return _UNWRITABLE.sub("", text)


def moment_of(document: Document) -> datetime:
    """The moment of the document's data, for a file's properties: the same on every day."""
    found = _MOMENT.fullmatch(dict(document.about).get(DATA_AS_AT, ""))
    if found is None or found[2] not in _MONTHS:
        return _WITHOUT
    day, year, hour, minute = (int(found[place]) for place in (1, 3, 4, 5))
    return datetime(year, _MONTHS[found[2]], day, hour, minute)


def draft_words(document: Document) -> str:
    """What stands on each page of a draft; nothing on a published version's."""
    return "Draft: not published" if document.draft else ""
