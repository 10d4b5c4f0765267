"""Reading the documents of reports in tests: their tables, sentences, and everything printed."""

from collections.abc import Callable, Iterator, Mapping

from qa_app.domain.publishing import ReportKind
from qa_app.reports.building import Said, document_of, figures_of
from qa_app.reports.document import Bullets, Chart, Document, Paragraph, Section, Table, Written
from qa_app.reports.facts import Facts
from qa_app.reports.figures import Figures, ReportFigure
from qa_app.reports.kinds import RECIPES
from qa_app.reports.reportasked import ReportAsked

LEGEND = "c: 1 to 5, or hidden to protect another"


def document(
    kind: ReportKind,
    facts: Facts,
    period: str = "2023-02",
    *,
    texts: Mapping[str, str] | None = None,
    hide: Callable[[ReportFigure], bool] | None = None,
    **asked,
) -> Document:
    """A report's document; with `hide` the public one, with the figures hidden that it names."""
    wanted = ReportAsked(kind, period, **asked)
    figures, said = figures_of(wanted, facts), Said(texts or {})
    if hide is None:
        return document_of(wanted, facts, figures, said)
    shown = Figures(tuple(each.hidden() if hide(each) else each for each in figures))
    return document_of(wanted, facts, shown, said, public=True, legend=LEGEND)


def suggestions(kind: ReportKind, facts: Facts, period: str = "2023-02", **asked) -> list[str]:
    """Every sentence that is offered, of every slot."""
    wanted = ReportAsked(kind, period, **asked)
    found = RECIPES[kind].suggestions(figures_of(wanted, facts), wanted)
    return [sentence for sentences in found.values() for sentence in sentences]


def parts(sections: tuple[Section, ...]) -> Iterator[Section]:
    """Every section, those below others too."""
    for section in sections:
        yield section
        yield from parts(section.parts)


def blocks(found: Document, kind: type) -> list:
    """Every block of a kind, in order."""
    return [
        each
        for section in parts(found.sections)
        for each in section.blocks
        if isinstance(each, kind)
    ]


def table(found: Document, id: str) -> Table:
    """The table with this id."""
    return next(each for each in blocks(found, Table) if each.id == id)


def lines(found: Table) -> list[str]:
    """A table as text: columns, rows and total, cells parted by a bar."""
    rows = [*found.rows, *([found.total] if found.total else [])]
    return [
        " | ".join(found.columns),
        *(" | ".join(cell.text for cell in row) for row in rows),
    ]


def sentences(found: Document) -> list[str]:
    """What stands in paragraphs and lists made from figures."""
    told = [each.text for each in blocks(found, Paragraph)]
    return [*told, *(item for each in blocks(found, Bullets) for item in each.items)]


def printed(found: Document) -> list[str]:
    """Everything that a reader reads: texts, cells, captions, notes, descriptions of charts."""
    said = [found.title, found.subtitle, *(text for pair in found.about for text in pair)]
    for section in parts(found.sections):
        said.append(section.title)
    for each in blocks(found, Table):
        said += [each.caption, each.basis, *each.notes, *lines(each)]
    for each in blocks(found, Chart):
        said += [each.title, each.description]
    said += [each.text for each in blocks(found, Written)]
    return [*said, *sentences(found)]
