"""The grades of an audit by who gave them, side by side, and the limits that were set aside."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import select

from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, GradeRow, GradeSource
from qa_app.database import db
from qa_app.domain.grades import Grade, LimitBroken, Limiting, limits_broken
from qa_app.moderation.models import ModerationReply
from qa_app.standards.models import Section

OVERALL: Final = "overall"
"""What stands for the audit as a whole where sections are named by their codes."""

LIMIT_MARK: Final = "The limit does not hold: "
"""What begins the words of a moderator who sets a limiting rule aside, in the overall row (A7)."""


@dataclass(frozen=True)
class Compared:
    """One line of the result: a section (None: the whole audit), and the standing grade rows.

    `first` is what a blind moderator gave before they saw the auditor's grades (M3).
    """

    code: str
    title: str
    section: Section | None
    auditor: GradeRow | None
    first: GradeRow | None
    moderator: GradeRow | None
    second: GradeRow | None
    final: GradeRow | None

    @property
    def differs(self) -> bool:
        """Whether the moderator's grade is another one than the auditor's."""
        return grade_of(self.auditor) is not None and differs(self.auditor, self.moderator)

    @property
    def words(self) -> str:
        """Why the moderator's grade is another one, in their words."""
        return words_of(self.moderator)

    @property
    def second_words(self) -> str:
        """Why the second moderator decided on theirs."""
        return words_of(self.second)

    @property
    def graded(self) -> bool:
        """Whether anybody has graded it."""
        rows = (self.auditor, self.moderator, self.second, self.final)
        return any(grade_of(row) is not None for row in rows)


def grade_of(row: GradeRow | None) -> Grade | None:
    """The grade of a row that may not be there."""
    return row.grade if row is not None else None


def differs(one: GradeRow | None, other: GradeRow | None) -> bool:
    """Whether both are there with different grades."""
    return one is not None and other is not None and one.grade is not other.grade


def side_by_side(audit: Audit) -> list[Compared]:
    """Everybody's standing grades, overall first, then by section (one query)."""
    rows = db.session.execute(
        select(GradeRow, Section)
        .outerjoin(Section, Section.id == GradeRow.section_id)
        .where(GradeRow.audit_id == audit.id)
        .order_by(GradeRow.at, GradeRow.id)
    )
    standing: dict[tuple[UUID | None, GradeSource], GradeRow] = {}
    sections: dict[UUID, Section] = {}
    for row, section in rows:
        standing[row.section_id, row.source] = row
        if section is not None:
            sections[section.id] = section
    ordered = sorted(sections.values(), key=lambda each: each.position)
    lines = [_line(section, standing) for section in (None, *ordered)]
    return [line for line in lines if line.graded or line.section is None]


def _line(
    section: Section | None, standing: dict[tuple[UUID | None, GradeSource], GradeRow]
) -> Compared:
    key = section.id if section is not None else None
    return Compared(
        section.code if section is not None else OVERALL,
        section.title if section is not None else "Overall",
        section,
        standing.get((key, GradeSource.AUDITOR)),
        standing.get((key, GradeSource.MODERATOR_BLIND)),
        standing.get((key, GradeSource.MODERATOR)),
        standing.get((key, GradeSource.SECOND_MODERATOR)),
        standing.get((key, GradeSource.FINAL)),
    )


def differing(lines: Iterable[Compared]) -> list[Compared]:
    """The lines on which the moderator sees it differently, about which the auditor answers."""
    return [line for line in lines if line.differs]


def disputed(lines: Iterable[Compared], replies: Mapping[str, ModerationReply]) -> list[Compared]:
    """What a second moderator decides (M5): overall, and each section whose grade the auditor does
    not accept."""
    return [
        line
        for line in lines
        if line.section is None or (line.code in replies and not replies[line.code].accepts)
    ]


@dataclass(frozen=True)
class SetAside:
    """A limiting rule that an overall grade does not keep: what it says, who, and why (A7)."""

    sentence: str
    who: str
    why: str


def words_of(row: GradeRow | None) -> str:
    """Why a grade is another one, in its giver's words, without what they said of a limit."""
    return row.reason.split(LIMIT_MARK)[0].strip() if row is not None else ""


def _limit_words(row: GradeRow) -> str:
    return row.reason.partition(LIMIT_MARK)[2].strip()


def set_aside(
    audit: Audit, lines: Sequence[Compared], *, moderator: str, second: str
) -> list[SetAside]:
    """Every limit that the auditor, the moderator or the second one set aside, in that order.

    `moderator` and `second` are their names.
    """
    overall = lines[0]
    reasons = {rule: row.reason for rule, row in Draft(audit).overrides.items() if row.reason}
    found = [
        SetAside(limit.sentence, audit.auditor_name, reasons[limit.rule])
        for limit in _broken(overall.auditor, [(each, each.auditor) for each in lines])
        if limit.rule in reasons
    ]
    theirs = (
        (overall.moderator, moderator, [(each, each.moderator) for each in lines]),
        (overall.second, second, [(each, each.second or each.moderator) for each in lines]),
    )
    for row, who, rows in theirs:
        why = _limit_words(row) if row is not None else ""
        limits = _broken(row, rows) if why else []
        found += [
            SetAside(limit.sentence, who, why) for limit in limits if limit.rule not in reasons
        ]
    return found


def _broken(
    overall: GradeRow | None, rows: list[tuple[Compared, GradeRow | None]]
) -> list[LimitBroken]:
    grade = grade_of(overall)
    if grade is None:
        return []
    sections: dict[str, tuple[Limiting, Grade | None]] = {
        line.title: (line.section.limiting, grade_of(row))
        for line, row in rows
        if line.section is not None
    }
    return limits_broken(grade, sections)
