"""Shares as sentences that say only what the figures say (R6), hidden ones as "c" (R5)."""

from collections.abc import Sequence

from qa_app.domain.comparing import DECIMALS, Counted, movement, statement
from qa_app.domain.intervals import TOO_FEW
from qa_app.domain.measures import percentage_text
from qa_app.domain.pcharts import Count
from qa_app.formatting import NOTHING
from qa_app.reports.document import Cell, Paragraph
from qa_app.reports.figures import ReportFigure
from qa_app.reports.figures.figure import LEFT_OUT, SUPPRESSED


def counted_as(figure: ReportFigure | None, things: str, said: str, when: str) -> Counted | None:
    """A figure for the sentences of domain/comparing; None where it is hidden or no share."""
    if figure is None or figure.numerator is None or figure.denominator is None:
        return None
    return Counted(figure.numerator, figure.denominator, things, said, when)


def interval_cell(figure: ReportFigure | None) -> Cell:
    """The interval of a share beside it in a table: ``23.7% to 56.2%``, or ``too few to say``."""
    counted = counted_as(figure, "", "", "")
    if figure is None or counted is None:
        return Cell(_unsaid(figure))
    if not counted.n:
        return Cell(NOTHING, figure.key)
    said = TOO_FEW if counted.few else counted.interval.removeprefix("95% interval ")
    return Cell(said, figure.key)


def _unsaid(figure: ReportFigure | None) -> str:
    return NOTHING if figure is None or figure.text == LEFT_OUT else figure.text


def hidden_sentence(things: str, said: str, when: str) -> str:
    """What stands in place of a sentence of which a public version hides the figure."""
    return f"{when[:1].upper()}{when[1:]}, {things} {said}: {SUPPRESSED}."


def count_of(figure: ReportFigure | None) -> Count | None:
    """(k, n) of a share that may be printed."""
    counted = counted_as(figure, "", "", "")
    return None if counted is None else (counted.k, counted.n)


def moved(
    now: ReportFigure | None,
    before: ReportFigure | None,
    earlier: Sequence[ReportFigure | None],
    words: tuple[str, str],
    when: tuple[str, str],
) -> str:
    """A share, and whether it is called higher or lower than before and than the earlier months.

    `words` are what is counted and what was said of it ("audits", "graded Good or better"); `when`
    names now and before ("in March 2023"). Where a public version hides one of the months that are
    compared nothing is compared, and where it hides now "c" is printed.
    """
    counted, was = (
        counted_as(each, *words, at) for each, at in zip((now, before), when, strict=True)
    )
    if counted is None:
        return hidden_sentence(*words, when[0]) if now is not None else ""
    if was is None:
        return statement(counted)
    months = [count_of(figure) for figure in earlier]
    known = [month for month in months if month is not None]
    return movement(counted, was, known if len(known) == len(months) else [])


def plain(
    now: ReportFigure | None, words: tuple[str, str], when: str, decimals: int = DECIMALS
) -> str:
    """A share as a sentence, with as many decimals as its measure has (MTM-1 has two), without its
    interval or any comparison; "" where it is hidden, or a share of nothing."""
    counted = counted_as(now, *words, when)
    if counted is None or not counted.n:
        return ""
    was = "was" if counted.k == 1 else "were"
    share = percentage_text(counted.k, counted.n, decimals)
    said = f"{counted.k:,} of {counted.n:,} {counted.things} {was} {counted.said} ({share})"
    return f"{when[:1].upper()}{when[1:]}, {said}."


def both(
    now: ReportFigure | None,
    before: ReportFigure | None,
    words: tuple[str, str],
    when: tuple[str, str],
    decimals: int = DECIMALS,
) -> str:
    """The same with what it was before: both are stated, and nothing is called a change."""
    told = plain(now, words, when[0], decimals)
    was = counted_as(before, *words, when[1])
    if not told or was is None or not was.n:
        return told
    share = percentage_text(was.k, was.n, decimals)
    return f"{told} {when[1][:1].upper()}{when[1][1:]} it was {was.k:,} of {was.n:,} ({share})."


def paragraphs(*texts: str) -> tuple[Paragraph, ...]:
    """Those of the texts that say something."""
    return tuple(Paragraph(text) for text in texts if text)
