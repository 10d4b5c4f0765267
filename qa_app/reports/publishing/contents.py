"""What a version is made of: its figures from its data cut, what was written, documents, hash."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from qa_app.reports.building import Said, document_of, figures_of
from qa_app.reports.document import Document
from qa_app.reports.facts import Facts
from qa_app.reports.figures import Figures, ReportFigure
from qa_app.reports.models import Report, ReportVersion
from qa_app.reports.public import Hidden
from qa_app.reports.publishing.erratum import Change, erratum_section
from qa_app.reports.queries.others import others_of
from qa_app.reports.queries.published import public_version
from qa_app.reports.reportasked import ReportAsked

Rows = list[dict[str, Any]]


def asked_of(report: Report) -> ReportAsked:
    """Which report it is: its kind, period and parameters."""
    return ReportAsked.from_json(report.kind, report.period, report.parameters)


def texts_of(version: ReportVersion) -> dict[str, str]:
    """What people wrote in a version, by the code of its place."""
    return {each.slot: each.text for each in version.texts}


def rows_of(figures: Figures) -> Rows:
    """Figures as they are stored."""
    return [dict(each.to_row()) for each in figures]


def figures_in(rows: Sequence[Mapping[str, Any]] | None) -> Figures:
    """What rows_of() said; without the audits behind them."""
    return Figures(tuple(ReportFigure.from_row(row) for row in rows or ()))


def bytes_of(said: Any) -> bytes:
    """JSON that is the same bytes for the same values (R3, R4)."""
    text = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode("utf-8")


@dataclass(frozen=True)
class Contents:
    """A version's figures, worked out from the facts of its data cut (R1, R4): all of them, or what
    the public form prints, where `legend` says what "c" means and `hidden` what is hidden (R5)."""

    facts: Facts
    figures: Figures
    public: bool = False
    legend: str = ""
    hidden: Sequence[Hidden] = ()


def contents_of(version: ReportVersion, facts: Facts) -> Contents:
    """A version's figures in full."""
    return Contents(facts, figures_of(asked_of(version.report), facts))


def public_contents_of(version: ReportVersion, full: Contents) -> Contents:
    """What its public form prints, beside everything that was published before.

    DomainError where nothing of it can be printed. It can take a minute.
    """
    found = public_version(version, asked_of(version.report), full.figures, full.facts)
    return Contents(full.facts, found.figures, True, found.legend, found.hidden)


def make_document(
    version: ReportVersion,
    contents: Contents,
    changes: Sequence[Change] = (),
    *,
    words: str,
    draft: bool,
) -> Document:
    """The document that prints these figures. `changes` are since the version before; `words` name
    the version on the cover."""
    said = Said(texts_of(version), others_of(version), words, draft)
    document = document_of(
        asked_of(version.report),
        contents.facts,
        contents.figures,
        said,
        public=contents.public,
        legend=contents.legend,
    )
    return _with_erratum(version, document, changes)


def _with_erratum(
    version: ReportVersion, document: Document, changes: Sequence[Change]
) -> Document:
    if not version.why:
        return document
    section = erratum_section(version.number, version.why, changes)
    return replace(document, sections=(*document.sections, section))


def hash_of(version: ReportVersion, figures: Rows) -> str:
    """SHA-256 over figures, texts, parameters and data cut (R3), as 64 hex digits."""
    said = {
        "kind": version.report.kind.value,
        "period": version.report.period,
        "parameters": version.report.parameters,
        "cut": version.cut.hash if version.cut else "",
        "figures": figures,
        "texts": texts_of(version),
        "others": [[each.section, each.words, each.text] for each in others_of(version)],
        "why": version.why,
    }
    return hashlib.sha256(bytes_of(said)).hexdigest()
