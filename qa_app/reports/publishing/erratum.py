"""What a later version of a report changed: each figure old → new, and which texts (R3, R5)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from qa_app.domain.measures import AUTHORITY
from qa_app.formatting import NOTHING
from qa_app.reports.document import Cell, Paragraph, Section, Table
from qa_app.reports.figures import Figures, Key
from qa_app.reports.figures.catalogue import CATALOGUE
from qa_app.reports.figures.figure import LEFT_OUT, SUPPRESSED
from qa_app.reports.figures.periods import period_words

_HIDDEN: Final = (SUPPRESSED, LEFT_OUT)
TEXT_CHANGED: Final = "Changed"


class Change(NamedTuple):
    """A line of an erratum: what is named, what the version before printed and what this one does.
    Of a text it says only that it changed."""

    words: str
    old: str
    new: str


def figures_changed(
    before: Figures, after: Figures, names: Mapping[str, str] | None = None
) -> list[Change]:
    """Every figure that the two print differently, or that only one of them has, in the order of
    the later one. `names` are the themes' by their codes."""
    keys = dict.fromkeys([*after.by_key, *before.by_key])
    return [
        Change(key_words(key, names or {}), _text(before, key), _text(after, key))
        for key in keys
        if _text(before, key) != _text(after, key)
    ]


def public_changed(
    before: Figures, after: Figures, names: Mapping[str, str] | None = None
) -> list[Change]:
    """The same of two public forms: only figures that both of them show. A difference that reveals
    a small count is none of these, because the later form hides its figure (R5)."""
    shown = Figures(tuple(each for each in after if _shown(before, after, each.key)))
    kept = Figures(tuple(before.by_key[each.key] for each in shown))
    return figures_changed(kept, shown, names)


def _shown(before: Figures, after: Figures, key: Key) -> bool:
    return key in before.by_key and not {_text(before, key), _text(after, key)} & {*_HIDDEN}


def texts_changed(
    before: Mapping[str, str], after: Mapping[str, str], headings: Mapping[str, str]
) -> list[Change]:
    """Which texts changed; never from what to what. `headings` are the places' by their codes."""
    return list(_texts(before, after, headings))


def _texts(
    before: Mapping[str, str], after: Mapping[str, str], headings: Mapping[str, str]
) -> Iterator[Change]:
    for slot in dict.fromkeys([*after, *before]):
        if before.get(slot, "") != after.get(slot, ""):
            yield Change(f"The text “{headings.get(slot, slot)}”", NOTHING, TEXT_CHANGED)


def key_words(key: Key, names: Mapping[str, str]) -> str:
    """A figure by name: ``MTM-1 (audit grades each month), Good, February 2023, Safeguarding``."""
    row = CATALOGUE.get(key.measure)
    measure = f"{key.measure} ({row.title})" if row else key.measure
    parts = [measure, names.get(key.category, key.category), period_words(key.period)]
    if key.scope != AUTHORITY:
        parts.append(key.scope)
    return ", ".join(part for part in parts if part)


def _text(figures: Figures, key: Key) -> str:
    found = figures.by_key.get(key)
    return found.text if found else NOTHING


def erratum_section(number: int, why: str, changes: Sequence[Change]) -> Section:
    """What a version says of itself: why there is another one, and what changed (R3)."""
    table = Table(
        "erratum-table",
        f"What changed since version {number - 1}",
        ("What", f"Version {number - 1}", f"Version {number}"),
        tuple((Cell(each.words), Cell(each.old), Cell(each.new)) for each in changes),
        empty="No figure that both versions print has changed.",
    )
    why_words = Paragraph(f"Why there is a version {number}: {why}")
    return Section("erratum", f"What changed since version {number - 1}", (why_words, table))
