"""Themes that the words of a finding point to, by their own words and by what was filed there."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy import select

from qa_app.audits.models import Audit, Finding
from qa_app.database import db
from qa_app.domain.suggesting import suggest
from qa_app.domain.workflow import SUBMITTED
from qa_app.standards.models import Theme
from qa_app.standards.queries.themes import themes_and_merged

EXAMPLES = 2_000
"""The newest findings that are compared with: reading and comparing them takes a tenth of a second
(bench of `qa_app.domain.suggesting`), so that no index has to be kept."""


def themes_suggested(text: str) -> list[Theme]:
    """Up to three themes for these words, the likeliest first (T1; two queries).

    Nothing of the findings compared with comes out but the name of a theme; ended ones are not
    suggested, and what was filed under a merged one speaks for the theme that it went into.
    """
    found, into = themes_and_merged()
    known = {each.id: each for each in found}
    return [known[theme_id] for theme_id in suggest(text, examples_of(found, into))]


def examples_of(wanted: Iterable[Theme], into: Mapping[UUID, UUID]) -> dict[UUID, list[str]]:
    """What each of these themes is known by: its own words, and findings filed there, those of the
    themes that went `into` it among them."""
    examples = {each.id: [each.name, each.description, *each.synonyms] for each in wanted}
    filed = (
        select(Finding.theme_id, Finding.text)
        .join(Audit, Audit.id == Finding.audit_id)
        .where(Audit.state.in_(SUBMITTED), Finding.theme_id.is_not(None))
        .order_by(Finding.id.desc())
        .limit(EXAMPLES)
    )
    for theme_id, words in db.session.execute(filed):
        heir = into.get(theme_id, theme_id) if theme_id is not None else None
        if heir in examples:
            examples[heir].append(words)
    return examples
