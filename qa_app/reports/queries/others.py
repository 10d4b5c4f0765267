"""The figures from elsewhere of a version, as its report prints them (R1)."""

from typing import Final

from qa_app.formatting import date_words, n_of
from qa_app.reports.kinds.elsewhere import Elsewhere, mark_of
from qa_app.reports.models import OtherFigure, ReportVersion

DECIMALS: Final = 1


def others_of(version: ReportVersion) -> list[Elsewhere]:
    """The version's figures from elsewhere in the order of adding: the percentage is worked out
    from the counts, and each is marked with its source and date."""
    return [
        Elsewhere(
            section=other.section,
            words=other.words,
            text=f"{counts_words(other)}. {mark_of(source_words(other))}",
            numerator=other.numerator,
            denominator=other.denominator,
            source=source_words(other),
        )
        for other in version.others
    ]


def counts_words(other: OtherFigure) -> str:
    """``12 of 20 (60%)``, or the plain count."""
    if other.denominator is None:
        return f"{other.numerator:,}"
    return n_of(other.numerator, other.denominator, DECIMALS)


def source_words(other: OtherFigure) -> str:
    """``complaints team, 3 May 2023``."""
    return f"{other.source}, {date_words(other.as_at)}"
