"""Sentences to begin from in each place where somebody writes: only what the figures say (R6)."""

from collections.abc import Iterator, Mapping, Sequence

from qa_app.domain.measures import OUTSTANDING_CATEGORY, OUTSTANDING_MEASURE
from qa_app.formatting import count_words
from qa_app.reports.figures import Figures
from qa_app.reports.figures.actions import ALL, BY_WORD, ON_TIME, OUTCOMES, OVERDUE
from qa_app.reports.figures.agreement import AGREEMENT, PAIRS, SAME
from qa_app.reports.figures.catalogue import Whose
from qa_app.reports.figures.compliance import (
    COMPLETED,
    COMPLETED_CATEGORY,
    MODERATED,
    MODERATED_CATEGORY,
)
from qa_app.reports.figures.reaudits import PAIRS as RE_AUDITED
from qa_app.reports.figures.themes import DEVELOPMENT, STRENGTH
from qa_app.reports.kinds.quarterly import grades, slots, themes
from qa_app.reports.kinds.quarterly.period import Period, period_of
from qa_app.reports.kinds.quarterly.voices import Q7
from qa_app.reports.kinds.saying import both, plain
from qa_app.reports.reportasked import ReportAsked


def suggestions(figures: Figures, asked: ReportAsked) -> Mapping[str, Sequence[str]]:
    """The sentences of each slot; a slot of which the figures say nothing has none."""
    period = period_of(asked)
    good = grades.sentences(figures, period)
    strengths = themes.sentences(figures, period, STRENGTH)
    deficits = themes.sentences(figures, period, DEVELOPMENT)
    programme = list(_programme(figures, period))
    actions = list(_actions(figures, period))
    agreed = list(_agreement(figures, period))
    voices = list(_voices(figures, period))
    found = {
        slots.SUMMARY: [*good, *programme[:1], *strengths[:1], *deficits[:1], *actions[:1]],
        slots.PROGRAMME: programme,
        slots.GRADES: good,
        slots.THEMES: [*strengths, *deficits],
        slots.ESCALATIONS: actions,
        slots.RE_AUDITS: list(_re_audits(figures, period)),
        slots.VOICES: voices,
        slots.LEARNING: [],
        slots.DEFICITS: [*deficits, *actions[-1:]],
        slots.KNOW: [*good, *strengths, *deficits],
        slots.HOW: [*programme, *agreed, *voices],
        slots.PLANS: [*deficits, *actions],
    }
    return {slot.code: [each for each in said if each] for slot, said in found.items()}


def _programme(figures: Figures, period: Period) -> Iterator[str]:
    whole, before = period.whole, period.before[0]
    when = (whole.when, before.when)
    for measure, category, words in (
        (
            COMPLETED[Whose.ROLE],
            COMPLETED_CATEGORY,
            ("due audits", "completed by the last day of their month"),
        ),
        (MODERATED[Whose.ROLE], MODERATED_CATEGORY, ("audits completed in time", "moderated")),
    ):
        now, was = (figures.get(measure, each, category) for each in (whole, before))
        yield both(now, was, words, when, 0)


def _agreement(figures: Figures, period: Period) -> Iterator[str]:
    pairs = figures.get(AGREEMENT, period.whole, PAIRS)
    if pairs is not None and pairs.numerator:
        when = f"{period.whole.when[:1].upper()}{period.whole.when[1:]}"
        yield f"{when}, {count_words(pairs.numerator, 'audit')} had a moderator’s grade."
    words = ("moderated audits", "graded the same by auditor and moderation")
    yield plain(figures.get(AGREEMENT, period.whole, SAME), words, period.whole.when)


def _actions(figures: Figures, period: Period) -> Iterator[str]:
    month = period.whole.last
    stock = figures.get(OUTSTANDING_MEASURE, month, OUTSTANDING_CATEGORY)
    if stock is not None and stock.numerator is not None:
        count = stock.numerator
        said = count_words(count, "priority action") if count else "no priority action"
        yield (
            f"At the end of {month.words} {said} {_was(count or 1)} outstanding after Inadequate "
            "audits with a concern about significant harm."
        )
    on_time = figures.get(ON_TIME, period.whole, OUTCOMES[0][1])
    words = ("actions first due", "done on time and verified")
    yield plain(on_time, words, period.whole.when)
    left, late = (figures.get(BY_WORD, period.whole, each) for each in (ALL, OVERDUE))
    if left is not None and left.numerator and late is not None and late.numerator is not None:
        yield (
            f"At the data cut {count_words(left.numerator, 'action')} {_was(left.numerator)} "
            f"outstanding, {late.numerator:,} of them overdue."
        )


def _re_audits(figures: Figures, period: Period) -> Iterator[str]:
    pairs = figures.get("Q-6", period.whole, RE_AUDITED)
    if pairs is not None and pairs.numerator == 0:
        yield f"No re-audit got its final grade {period.whole.when}."
    better = figures.get("Q-6", period.whole, "Better")
    yield plain(better, ("re-audits", "graded better than the first audit"), period.whole.when)


def _voices(figures: Figures, period: Period) -> Iterator[str]:
    whole, before = period.whole, period.before[0]
    for name in figures.categories(Q7):
        now, was = (figures.get(Q7, each, name) for each in (whole, before))
        said = f"{name[:1].lower()}{name[1:]}"
        words = ("audits", said if said.startswith("talked") else f"completed with {said}")
        yield both(now, was, words, (whole.when, before.when))


def _was(number: int) -> str:
    return "was" if number == 1 else "were"
