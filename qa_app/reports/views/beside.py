"""A version's documents as pages show them: the stored ones, or made anew while it is a draft."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from qa_app.domain.publishing import NotNow, Standing
from qa_app.formatting import date_words
from qa_app.reports.document import Block, Document, Section, Written
from qa_app.reports.document.storing import from_json
from qa_app.reports.figures import Figures
from qa_app.reports.models import ReportVersion
from qa_app.reports.publishing.contents import contents_of, figures_in, make_document
from qa_app.reports.queries.versions import standing_of, version_numbered
from qa_app.reports.services.cutting import facts_of
from qa_app.reports.services.holding import cut_of


def document_as(version: ReportVersion, *, public: bool) -> Document:
    """The full or the public document of a version; what became of a published one is said on its
    cover. NotNow for the public form of a draft."""
    return shown_as(version, public=public)[0]


def shown_as(version: ReportVersion, *, public: bool) -> tuple[Document, Figures]:
    """The same with its figures."""
    stored = version.public_document if public else version.document
    if stored is None and public:
        raise NotNow("A draft has no public form yet: it is worked out at the check")
    if stored is None:
        return _made(version)
    rows = version.public_figures if public else version.figures
    document = from_json(stored)
    about = (*document.about, *_standing(version))
    return replace(document, about=about), figures_in(rows)


def _made(version: ReportVersion) -> tuple[Document, Figures]:
    contents = contents_of(version, facts_of(cut_of(version)))
    words = f"Version {version.number}, draft: not checked, not approved, not published"
    return make_document(version, contents, words=words, draft=True), contents.figures


def _standing(version: ReportVersion) -> Iterator[tuple[str, str]]:
    found = standing_of(version)
    if found is Standing.SUPERSEDED:
        later = version_numbered(version.report_id, version.number + 1)
        on = f" on {date_words(later.published_at)}" if later else ""
        yield "Superseded", f"By version {version.number + 1}{on}, which says what changed"
    if found is Standing.WITHDRAWN:
        yield "Withdrawn", f"{date_words(version.withdrawn_at)}: {version.withdrawn_why}"


def figures_beside(version: ReportVersion, slot: str) -> Document | None:
    """The section in which somebody writes a part, without what is written there: the figures that
    they write about. None where there are none."""
    document = document_as(version, public=False)
    found = _with_slot(document.sections, slot)
    if found is None:
        return None
    blocks: list[Block] = [each for each in found.blocks if not isinstance(each, Written)]
    section = replace(found, blocks=tuple(blocks), parts=())
    return replace(document, sections=(section,)) if blocks else None


def _with_slot(sections: Sequence[Section], slot: str) -> Section | None:
    for section in sections:
        if any(isinstance(each, Written) and each.slot == slot for each in section.blocks):
            return section
        deeper = _with_slot(section.parts, slot)
        if deeper is not None:
            return deeper
    return None
