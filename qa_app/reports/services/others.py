"""Figures from elsewhere, set beside ours in a draft and marked as such (R1).

Nobody types a percentage here either: it is worked out from the counts.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from qa_app import history
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.reports.kinds import RECIPES
from qa_app.reports.models import OtherFigure, ReportVersion
from qa_app.reports.publishing.texts import placeholder_in
from qa_app.reports.queries.others import others_of
from qa_app.reports.services.holding import held_draft, touch

__all__ = [
    "FigureRefused",
    "FigureTyped",
    "add_figure",
    "others_of",
    "remove_figure",
    "sections_of",
]


class FigureRefused(DomainError):
    """What was typed is no figure that can be set beside ours."""


@dataclass(frozen=True)
class FigureTyped:
    """What a person says of a figure: in which section it stands, what it counts, how many of how
    many (None for a plain count), who counted it and on which day."""

    section: str
    words: str
    numerator: int
    denominator: int | None
    source: str
    as_at: date


def sections_of(version: ReportVersion) -> list[tuple[str, str]]:
    """The sections in which such a figure can stand, by code and heading."""
    return [(slot.code, slot.heading) for slot in RECIPES[version.report.kind].slots]


def add_figure(
    version: ReportVersion, typed: FigureTyped, *, by: UUID, at: datetime
) -> OtherFigure:
    """Set a figure beside those of a draft. NotNow once it is checked; FigureRefused where it is no
    figure with counts, source and date."""
    version = held_draft(version)
    _refuse(version, typed, london_date(at))
    added = OtherFigure(
        version_id=version.id,
        section=typed.section,
        words=typed.words,
        numerator=typed.numerator,
        denominator=typed.denominator,
        source=typed.source,
        as_at=typed.as_at,
        added_by=by,
        added_at=at,
    )
    version.others.append(added)
    touch(version)
    db.session.flush()
    history.record(
        "report_figure_added", version, by=by, at=at, number=version.number, source=typed.source
    )
    return added


def remove_figure(version: ReportVersion, figure_id: UUID, *, by: UUID, at: datetime) -> None:
    """Take a figure out of a draft again. A second time changes nothing."""
    version = held_draft(version)
    found = next((other for other in version.others if other.id == figure_id), None)
    if found is None:
        return
    db.session.delete(found)
    touch(version)
    db.session.flush()
    db.session.expire(version, ["others"])
    history.record("report_figure_removed", version, by=by, at=at, number=version.number)


def _refuse(version: ReportVersion, typed: FigureTyped, today: date) -> None:
    if typed.section not in dict(sections_of(version)):
        raise FigureRefused("Select the section in which the figure stands", "section")
    _refuse_words(typed.words, "words")
    _refuse_words(typed.source, "source")
    if typed.numerator < 0:
        raise FigureRefused("The number counted must be 0 or more", "numerator")
    if typed.denominator is not None and typed.denominator < typed.numerator:
        raise FigureRefused(
            f"{typed.numerator:,} is no part of {typed.denominator:,}. Enter how many there were "
            "altogether, or leave it empty for a plain count",
            "denominator",
        )
    if typed.as_at > today:
        raise FigureRefused("The date of the figure must be today or earlier", "as_at")


def _refuse_words(words: str, field: str) -> None:
    placeholder = placeholder_in(words)
    if placeholder:
        raise FigureRefused(f"Put what belongs in place of “{placeholder}”", field)
    if "%" in words or "per cent" in words.lower():
        raise FigureRefused(
            "Leave the percentage out: it is worked out from the two numbers and printed with them",
            field,
        )
