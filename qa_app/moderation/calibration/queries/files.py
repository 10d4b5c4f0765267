"""The file of a session: its parts in order, and what in it may identify somebody."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts.queries import names
from qa_app.audits.identifying import identifying_words, same_words
from qa_app.audits.models import Audit
from qa_app.cases.models import Case
from qa_app.database import db
from qa_app.domain.calibration import (
    OVERALL,
    like_references,
    words_of_people,
    words_that_stand_for,
)
from qa_app.domain.grades import Grade, Limiting
from qa_app.moderation.models import CalibrationSession
from qa_app.standards.models import Section

ABOUT: Final = ""
"""The key of the file's introduction, beside the codes of its sections."""

SOURCE: Final = "source"
"""Beneath the introduction: the audit that a draft comes from, kept until the session is closed so
that its people's names are found and they are not invited. It is shown to nobody."""


class Part(NamedTuple):
    """A section of the file: what is read, and what each grade looks like."""

    code: str
    title: str
    limiting: Limiting
    descriptors: Mapping[str, str]
    evidence: str
    impact: str
    answers: str

    @property
    def is_written(self) -> bool:
        """Whether there is anything to grade."""
        return bool(self.evidence or self.impact or self.answers)


class Hit(NamedTuple):
    """Words that may identify somebody, why, and the part ("about" or a section) they stand in."""

    part: str
    kind: str
    words: str


def all_parts(session: CalibrationSession) -> list[Part]:
    """The sections of the tool for this plan, whether anything is written in them. One query."""
    query = (
        select(Section)
        .where(Section.version_id == session.tool_version_id)
        .order_by(Section.position)
    )
    return [
        _part(section, session.file.get(section.code, {}))
        for section in db.session.scalars(query)
        if section.applies_to(session.plan_type)
    ]


def parts_of(session: CalibrationSession) -> list[Part]:
    """The sections that are to be graded: those in which something is written. One query."""
    return [each for each in all_parts(session) if each.is_written]


def titles_of(parts: list[Part]) -> dict[str, str]:
    """What is graded, by code, in order: the sections, and the whole last."""
    return {each.code: each.title for each in parts} | {OVERALL: "The file as a whole"}


def limits_of(
    parts: list[Part], grades: Mapping[str, Grade]
) -> dict[str, tuple[Limiting, Grade | None]]:
    """What limits the overall grade (A7): titles with what they limit and their grades."""
    return {each.title: (each.limiting, grades.get(each.code)) for each in parts}


def _part(section: Section, texts: Mapping[str, str]) -> Part:
    return Part(
        section.code,
        section.title,
        section.limiting,
        section.descriptors,
        texts.get("evidence", ""),
        texts.get("impact", ""),
        texts.get("answers", ""),
    )


def about(session: CalibrationSession, name: str = "about") -> str:
    """A piece of the introduction: "about", or "age_band"."""
    return session.file.get(ABOUT, {}).get(name, "")


@dataclass(frozen=True)
class Source:
    """The audit that a file was made from: who had a part in it, and what stands for it."""

    people: frozenset[UUID]
    names: frozenset[str]
    phrases: frozenset[str]


_NOTHING: Final = Source(frozenset(), frozenset(), frozenset())


def source_of(session: CalibrationSession) -> Source:
    """Where the file comes from; nothing for one made for the purpose, or once it is closed."""
    kept = about(session, SOURCE)
    audit = db.session.get(Audit, UUID(kept)) if kept else None
    if audit is None:
        return _NOTHING
    ids = {each.person_id for each in audit.parties} | {audit.auditor_id}
    people = frozenset(each for each in ids if each is not None)
    called = {each.name for each in audit.parties} | set(names(people).values())
    return Source(
        people,
        frozenset(each for each in (*called, audit.auditor_name) if each),
        frozenset(
            each for each in (audit.case_reference, audit.reference, audit.team_name) if each
        ),
    )


def hits_of(session: CalibrationSession) -> list[Hit]:
    """Everything in the title and the file that may identify somebody (A11, M10), each once a part.

    What stands in the file of a session cannot be confirmed to identify nobody: it is removed.
    """
    source = source_of(session)
    texts = {
        code or "about": "\n".join(text for name, text in part.items() if name != SOURCE)
        for code, part in session.file.items()
    }
    texts["about"] = f"{session.title}\n{texts.get('about', '')}"
    known = _known_references(texts)
    found: dict[tuple[str, str], Hit] = {}
    for part, text in texts.items():
        for kind, words in _hits_in(text, source, known):
            found.setdefault((part, same_words(words)), Hit(part, kind, words))
    return list(found.values())


def _hits_in(text: str, source: Source, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    for each in identifying_words({"text": text}, ()):
        yield each.kind.words, each.words
    for words in words_of_people(text, source.names):
        yield "the name of somebody of the audit", words
    for words in words_that_stand_for(text, source.phrases):
        yield "what the audit, its case or its team is called", words
    for words in words_that_stand_for(text, known):
        yield "the reference of a case", words


def _known_references(texts: Mapping[str, str]) -> frozenset[str]:
    """Which of the words with a figure in them are cases' references. One query, or none."""
    words = like_references(texts.values())
    if not words:
        return frozenset()
    query = select(Case.reference).where(Case.reference.in_(sorted(words)[:500]))
    return frozenset(db.session.scalars(query))
