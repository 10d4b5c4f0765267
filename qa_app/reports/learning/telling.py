"""What a response's figures say, held to what they can carry (T3, R6)."""

from collections.abc import Sequence
from typing import Final

from qa_app.domain.calendar import Month
from qa_app.domain.comparing import Counted, comparison, statement
from qa_app.domain.intervals import TOO_FEW, too_few_to_say, wilson
from qa_app.domain.learning import JudgedBy
from qa_app.domain.measures import percentage_text
from qa_app.formatting import count_words
from qa_app.reports.document import Chart
from qa_app.reports.figures.learning import BeforeAfter, Side
from qa_app.reports.specs import Pair, Point, pairs_chart

NOT_BECAUSE: Final = (
    "Other things changed in these months too: the figures do not say what brought a difference "
    "about."
)
_SAID: Final = {
    JudgedBy.THEME: "found with an area for development under “{theme}”",
    JudgedBy.SECTION: "graded Good or Outstanding in “{name}”",
    JudgedBy.STANDARD: "found to meet practice standard {name}",
    JudgedBy.GRADES: "graded Good or Outstanding",
}


def sentences(found: BeforeAfter, theme: str, name: str) -> list[str]:
    """What the figures say, one thought a sentence; never what caused it.

    `theme` is the theme's name, `name` that of the section, or the standard's number.
    """
    said = _SAID[found.judged.by].format(theme=theme, name=name)
    before = _counted(found.before, said)
    if not found.after.months:
        return [statement(before), _waiting(found)]
    after = _counted(found.after, said)
    told = [comparison(after, before)]
    if not found.is_whole:
        told.append(_waiting(found))
    return [*told, NOT_BECAUSE]


def _counted(side: Side, said: str) -> Counted:
    words = months_words(side.months)
    when = f"in the months {words}" if len(side.months) > 1 else f"in {words}"
    return Counted(len(side.met), side.of, "audits", said, when)


def _waiting(found: BeforeAfter) -> str:
    over, wanted = len(found.after.months), len(found.judged.window.after)
    last = found.judged.window.after[-1].words
    verb = "is" if over == 1 else "are"
    return (
        f"It needs more months: {over} of the {count_words(wanted, 'month')} after it {verb} over. "
        f"It can be judged once {last} is."
    )


def side_rows(found: BeforeAfter) -> list[list[str]]:
    """The table: each side with its months, its share with n, and its 95% interval."""
    return [
        [name, months_words(side.months), _share(side), _interval(side)]
        for name, side in (("Before", found.before), ("After", found.after))
    ]


def months_words(months: Sequence[Month]) -> str:
    """``November 2022 to February 2023``; a dash for no month."""
    if not months:
        return "–"
    first, last = months[0], months[-1]
    return first.words if first == last else f"{first.words} to {last.words}"


def _share(side: Side) -> str:
    if not side.of:
        return "no audits"
    share = percentage_text(len(side.met), side.of, 1)
    return f"{len(side.met):,} of {side.of:,} ({share})"


def _interval(side: Side) -> str:
    if too_few_to_say(side.of):
        return TOO_FEW
    low, high = (
        percentage_text(round(bound * 10**9), 10**9, 1) for bound in wilson(len(side.met), side.of)
    )
    return f"{low} to {high}"


def chart(found: BeforeAfter, title: str) -> Chart | None:
    """The chart of before and after; None where a side has no audits."""
    if not (found.before.of and found.after.of):
        return None
    pair = Pair(title, _point(found.before), _point(found.after))
    return pairs_chart("before-after", "Before and after", [pair])


def _point(side: Side) -> Point:
    return Point(months_words(side.months), len(side.met), side.of)
