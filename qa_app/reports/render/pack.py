"""A board's pack as one document: cover, contents, what changed, then each report (R3)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

from qa_app.domain.calendar import date_words
from qa_app.formatting import count_words, datetime_words
from qa_app.reports.document import (
    Block,
    Bullets,
    Cell,
    Chart,
    Document,
    Paragraph,
    Section,
    Table,
)
from qa_app.reports.render.texts import DATA_AS_AT

PACK: Final = "pack"


@dataclass(frozen=True)
class Packed:
    """A version of a report in a pack. `document` is None where it has been withdrawn: then it is
    named, and `why` says why it was; otherwise `why` says why there is a version after the first.
    `changes` are its erratum's lines: what, old, new."""

    title: str
    period: str
    number: int
    published_on: date
    document: Document | None
    why: str = ""
    changes: tuple[tuple[str, str, str], ...] = ()
    withdrawn_on: date | None = None

    @property
    def name(self) -> str:
        """``QA highlight report, February 2023, version 2``."""
        return f"{self.title}, {self.period}, version {self.number}"

    @property
    def state(self) -> str:
        """Published or withdrawn, and when."""
        if self.withdrawn_on:
            return f"Withdrawn on {date_words(self.withdrawn_on)}"
        return f"Published on {date_words(self.published_on)}"


@dataclass(frozen=True)
class Pack:
    """What a board reads at a meeting. `since` is the day of the meeting before, None where there
    was none; `moved` the authority's measures against the months before, in sentences; `at` when
    what it holds was read."""

    board: str
    held_on: date
    since: date | None
    reports: tuple[Packed, ...]
    moved: tuple[str, ...]
    at: datetime
    public: bool = False


def document_of(pack: Pack) -> Document:
    """The pack as one document, each report a section of it."""
    shown = [(each, each.document) for each in pack.reports if each.document is not None]
    return Document(
        kind=PACK,
        title=f"Pack for {pack.board}",
        subtitle=f"Meeting of {date_words(pack.held_on)}",
        about=tuple(_about(pack)),
        sections=(
            _contents(pack),
            _changed(pack),
            *(_report(at, each, said) for at, (each, said) in enumerate(shown, 1)),
        ),
        marking="OFFICIAL" if pack.public else "OFFICIAL-SENSITIVE",
        draft=False,
        public=pack.public,
    )


def _about(pack: Pack) -> Iterator[tuple[str, str]]:
    since = f" since the meeting of {date_words(pack.since)}" if pack.since else ""
    yield "Board", pack.board
    yield "Meeting", date_words(pack.held_on)
    yield "Holds", f"The reports published{since} up to {date_words(pack.held_on)}"
    yield "Form", "Public: small numbers are hidden" if pack.public else "In full"
    yield DATA_AS_AT, datetime_words(pack.at)


def _contents(pack: Pack) -> Section:
    rows = [
        (Cell(each.title), Cell(each.period), Cell(str(each.number)), Cell(each.state))
        for each in pack.reports
    ]
    table = Table(
        "pack-contents",
        "Reports in this pack",
        ("Report", "Period", "Version", "State"),
        tuple(rows),
        empty="Nothing was published between the two meetings.",
    )
    gone = [f"{each.name}: {each.why}" for each in pack.reports if each.withdrawn_on and each.why]
    said: list[Block] = [table]
    if gone:
        said += [Paragraph("What was withdrawn is named here, and not in the pack:")]
        said += [Bullets(tuple(gone))]
    return Section("in-this-pack", "In this pack", tuple(said))


def _changed(pack: Pack) -> Section:
    again = [each for each in pack.reports if each.number > 1 and each.document is not None]
    if again:
        words = f"{count_words(len(again), 'report')} in this pack came in a new version."
        parts = [_erratum(at, each) for at, each in enumerate(again, 1)]
    else:
        words = "No report in this pack replaces an earlier version."
        parts = []
    moved = Section("what-moved", "The authority’s measures", tuple(map(Paragraph, pack.moved)))
    since = f"since {date_words(pack.since)}" if pack.since else "so far"
    return Section("what-changed", f"What changed {since}", (Paragraph(words),), (*parts, moved))


def _erratum(at: int, packed: Packed) -> Section:
    table = Table(
        f"changes-{at}",
        f"What version {packed.number} changed",
        ("What", "Before", "Now"),
        tuple(tuple(map(Cell, change)) for change in packed.changes),
        empty="No figure changed.",
    )
    why = [Paragraph(f"Why: {packed.why}")] if packed.why else []
    return Section(f"erratum-{at}", packed.name, (*why, table))


def _report(at: int, packed: Packed, document: Document) -> Section:
    """A report as a section: its own ids are kept apart from the other reports'."""
    about = Bullets(tuple(f"{name}: {value}" for name, value in document.about))
    prefix = f"r{at}-"
    parts = tuple(_within(prefix, section) for section in document.sections)
    return Section(f"report-{at}", f"{document.title}, {document.subtitle}", (about,), parts)


def _within(prefix: str, section: Section) -> Section:
    return Section(
        f"{prefix}{section.id}",
        section.title,
        tuple(_renamed(prefix, block) for block in section.blocks),
        tuple(_within(prefix, part) for part in section.parts),
    )


def _renamed(prefix: str, block: Block) -> Block:
    if isinstance(block, Table | Chart):
        return replace(block, id=f"{prefix}{block.id}")
    return block


def changes_of(erratum: Iterable[Mapping[str, str]]) -> tuple[tuple[str, str, str], ...]:
    """A version's stored erratum as lines."""
    return tuple((each["words"], each["old"], each["new"]) for each in erratum)


def named(reports: Sequence[Packed]) -> str:
    """How many there are, for a page."""
    return count_words(len(reports), "report")
