"""Reading the practice standards: the library on a day, one standard's versions, what tests it."""

import re
from collections.abc import Collection, Sequence
from datetime import date
from typing import Final, NamedTuple

from sqlalchemy import func, or_, select

from qa_app.database import db
from qa_app.standards.models import (
    PracticeStandard,
    Question,
    Section,
    ToolVersion,
    ToolVersionState,
)

_NUMBER: Final = re.compile("[1-9][0-9]?\\.[1-9][0-9]?")


def is_number(text: str) -> bool:
    """Whether this is a number of the library, such as 4.10 (older tools hold words instead)."""
    return _NUMBER.fullmatch(text) is not None


def library(on: date) -> list[PracticeStandard]:
    """The standards in force on a day, in the order of their numbers (one query)."""
    query = select(PracticeStandard).where(
        PracticeStandard.valid_from <= on,
        or_(PracticeStandard.valid_until.is_(None), PracticeStandard.valid_until >= on),
    )
    return sorted(db.session.scalars(query), key=lambda each: each.sort_key)


def versions_of(number: str) -> list[PracticeStandard]:
    """Every version of a standard, the newest first; none for a number that there is not."""
    query = (
        select(PracticeStandard)
        .where(PracticeStandard.number == number)
        .order_by(PracticeStandard.version.desc())
    )
    return list(db.session.scalars(query)) if is_number(number) else []


def in_force(
    numbers: Collection[str], first: date, last: date
) -> dict[str, Sequence[PracticeStandard]]:
    """The versions of these standards in force on any day from the first to the last (A1).

    By number, the oldest first; a number that was not in force is left out. One query, none for no
    number.
    """
    found: dict[str, list[PracticeStandard]] = {}
    if not numbers:
        return {}
    query = (
        select(PracticeStandard)
        .where(
            PracticeStandard.number.in_(sorted(numbers)),
            PracticeStandard.valid_from <= last,
            or_(PracticeStandard.valid_until.is_(None), PracticeStandard.valid_until >= first),
        )
        .order_by(PracticeStandard.number, PracticeStandard.version)
    )
    for each in db.session.scalars(query):
        found.setdefault(each.number, []).append(each)
    return dict(found)


class Tested(NamedTuple):
    """A question that tests a standard."""

    tool: str
    number: int
    section: str
    wording: str


def tested_by(number: str) -> list[Tested]:
    """The questions that test a standard in the published tools, each tool in its newest version.

    In the order of tools, sections and questions (one query).
    """
    newest = (
        select(ToolVersion.code, func.max(ToolVersion.number).label("number"))
        .where(ToolVersion.state == ToolVersionState.PUBLISHED)
        .group_by(ToolVersion.code)
        .subquery()
    )
    query = (
        select(ToolVersion.name, ToolVersion.number, Section.title, Question.wording)
        .join(Section, Section.version_id == ToolVersion.id)
        .join(Question, Question.section_id == Section.id)
        .join(newest, (newest.c.code == ToolVersion.code) & (newest.c.number == ToolVersion.number))
        .where(Question.standard == number)
        .order_by(ToolVersion.name, Section.position, Question.position)
    )
    return [Tested(*row) for row in db.session.execute(query)]
