"""Actions and concerns, worked out from facts: Q-5, and what is outstanding (E1 to E9).

The words of E9 are worked out with England's working days and the rules' own numbers of days, so
that the same data cut gives the same figures whatever settings are changed to (R4).
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date
from statistics import median
from typing import Final
from uuid import UUID

from qa_app.domain.actions import OUTSTANDING, ActionKind, ActionStatus
from qa_app.domain.actiontimes import Course, Outcome
from qa_app.domain.calendar import Month, england, london_date
from qa_app.domain.escalation import Brag, brag, verification_due_on
from qa_app.reports.asked import Selected
from qa_app.reports.counting import counted_ids
from qa_app.reports.facts import ActionFact, Facts, TimeFact
from qa_app.reports.figures.figure import Key, ReportFigure
from qa_app.reports.figures.scopes import NO_SERVICE
from qa_app.reports.figures.themes import names_by_code
from qa_app.reports.reportasked import ReportAsked

ON_TIME: Final = "Q-5"
FLOW: Final = "A-1"
BY_WORD: Final = "A-2"
BY_SERVICE: Final = "A-2s"
CONCERNS: Final = "A-3"
PRIORITY_BY_WORD: Final = "A-4"
BY_THEME: Final = "A-5"

DONE_ON_TIME: Final = "Done on time and verified"
UNVERIFIED: Final = "Done on time, not verified yet"
NOT_ON_TIME: Final = "Not done on time"
DELAY: Final = "Time from done to verified"
ALL: Final = "All outstanding"
OVERDUE: Final = "Overdue"
NO_THEME: Final = "No theme recorded"

OUTCOMES: Final = (
    (Outcome.ON_TIME, DONE_ON_TIME),
    (Outcome.UNVERIFIED, UNVERIFIED),
    (Outcome.NOT_ON_TIME, NOT_ON_TIME),
)
WORDS: Final = (Brag.OVERDUE, Brag.AT_RISK, Brag.ON_TRACK, Brag.NOT_DUE)
"""The words of an outstanding action, the most pressing first."""

_FLOWS: Final[tuple[tuple[str, Callable[[ActionFact, Collection[Month]], bool]], ...]] = (
    ("Priority actions raised", lambda a, months: a.priority and _in(a.raised_on, months)),
    ("Other actions raised", lambda a, months: not a.priority and _in(a.raised_on, months)),
    ("Verified", lambda a, months: _in(a.verified_on, months)),
    ("Withdrawn", lambda a, months: a.withdrawn and _in(a.settled_on, months)),
    (
        "Closed in an import, verified by nobody",
        lambda a, months: a.status == ActionStatus.CLOSED and _in(a.settled_on, months),
    ),
    (
        "Outstanding at the end of the period",
        lambda a, months: (
            a.raised_on <= max(months).last
            and (a.settled_on is None or a.settled_on > max(months).last)
        ),
    ),
)
FLOWS: Final = tuple(words for words, _ in _FLOWS)

_CONCERNS: Final[tuple[tuple[str, Callable[[TimeFact], bool]], ...]] = (
    ("Acknowledged on the same day", lambda c: c.acknowledged_on == c.raised_on),
    ("Safety decision on the same day", lambda c: c.decided_on == c.raised_on),
    ("Withdrawn since", lambda c: c.withdrawn_on is not None),
)
RAISED: Final = "Concerns raised"
CONCERN_CATEGORIES: Final = (RAISED, *(words for words, _ in _CONCERNS))


def on_time_figures(
    facts: Facts, asked: ReportAsked, period: str, months: Collection[Month]
) -> list[ReportFigure]:
    """Q-5 of one period: of the actions first due in it, those done by that day and verified since;
    those not verified yet and those not in time beside it, and how long verifying took.

    Imported actions are left out, since no clock ran on them, and withdrawn ones (E5).
    """
    courses = {
        each.id: Course(each.first_due, each.done_on, each.verified_on)
        for each in actions_of(facts, asked)
        if each.first_due and _in(each.first_due, months) and not each.imported | each.withdrawn
    }
    figures = []
    for outcome, words in OUTCOMES:
        those = [action for action, course in courses.items() if course.outcome is outcome]
        figures.append(ReportFigure.share(Key(ON_TIME, period, words), those, len(courses)))
    delays = [course.delay(england()) for course in courses.values()]
    text = _delay_words([each for each in delays if each is not None])
    return [*figures, ReportFigure(Key(ON_TIME, period, DELAY), None, None, text)]


def _delay_words(delays: Sequence[int]) -> str:
    if not delays:
        return "–"
    middle = median(delays)
    return f"{middle:g} working {'day' if middle == 1 else 'days'} at the median"


def concern_figures(
    facts: Facts, asked: ReportAsked, period: str, months: Collection[Month]
) -> list[ReportFigure]:
    """A-3: concerns about significant harm raised in one period, and what became of them (E1)."""
    raised = [each for each in _concerns_of(facts, asked) if _in(each.raised_on, months)]
    key = Key(CONCERNS, period, RAISED)
    figures = [ReportFigure.count(key, [each.audit_id for each in raised])]
    for words, holds in _CONCERNS:
        those = [each.audit_id for each in raised if holds(each)]
        figures.append(ReportFigure.share(Key(CONCERNS, period, words), those, len(raised)))
    return figures


def flow_figures(
    facts: Facts, asked: ReportAsked, period: str, months: Collection[Month]
) -> list[ReportFigure]:
    """A-1: actions raised, verified, withdrawn and closed in one period, and how many were
    outstanding at its end (E5)."""
    actions = actions_of(facts, asked)
    return [
        ReportFigure.count(
            Key(FLOW, period, words), [each.id for each in actions if holds(each, months)]
        )
        for words, holds in _FLOWS
    ]


def outstanding_figures(facts: Facts, asked: ReportAsked, period: str) -> list[ReportFigure]:
    """A-2, A-4, A-5 and A-2s: what is outstanding at the data cut, by the word of E9 (all, then
    priority actions alone), by theme and by service."""
    today = london_date(facts.at)
    left = [each for each in actions_of(facts, asked) if _outstanding(each)]
    words = {each.id: word_of(each, today) for each in left}
    figures: list[ReportFigure] = []
    priority = [each for each in left if each.priority]
    for measure, those in ((BY_WORD, left), (PRIORITY_BY_WORD, priority)):
        for word in WORDS:
            ids = [each.id for each in those if words[each.id] is word]
            figures.append(ReportFigure.count(Key(measure, period, word.words), ids))
        figures.append(ReportFigure.count(Key(measure, period, ALL), [a.id for a in those]))
    themes, services = _by(left, _theme_of(facts)), _by(left, lambda a: a.service or NO_SERVICE)
    for theme, ids in themes.items():
        figures.append(ReportFigure.count(Key(BY_THEME, period, theme), ids))
    for service, ids in services.items():
        late = [each for each in ids if words[each] is Brag.OVERDUE]
        figures.append(ReportFigure.count(Key(BY_SERVICE, period, ALL, service), ids))
        figures.append(ReportFigure.count(Key(BY_SERVICE, period, OVERDUE, service), late))
    return figures


def word_of(action: ActionFact, today: date) -> Brag:
    """The action's word on a day (E9); one without a due date is not due."""
    status, calendar = ActionStatus(action.status), england()
    kind = ActionKind.PRIORITY if action.priority else ActionKind.IMPROVEMENT
    verify = None
    if status is ActionStatus.DONE and action.done_on:
        verify = verification_due_on(kind, action.done_on, calendar)
    return brag(status, action.due_on or date.max, today, calendar, verification_due=verify)


def actions_of(facts: Facts, asked: ReportAsked) -> list[ActionFact]:
    """The actions of a report: of the services asked for; on the audits that it counts where it is
    narrowed by anything that only an audit knows."""
    those = _audits_asked_for(facts, asked)
    return [
        each
        for each in facts.actions
        if (not asked.services or each.service in asked.services)
        and (those is None or each.audit_id in those)
    ]


def _concerns_of(facts: Facts, asked: ReportAsked) -> list[TimeFact]:
    those = _audits_asked_for(facts, asked)
    return [
        each
        for each in facts.concerns
        if (not asked.services or each.service in asked.services)
        and (those is None or each.audit_id in those)
    ]


def _audits_asked_for(facts: Facts, asked: ReportAsked) -> set[object] | None:
    if not (asked.plan_types or asked.tools or asked.selection is Selected.RANDOM):
        return None
    return set(counted_ids(asked, facts))


def _outstanding(action: ActionFact) -> bool:
    return action.status in OUTSTANDING


def _in(day: date | None, months: Collection[Month]) -> bool:
    return day is not None and Month.of(day) in months


def _theme_of(facts: Facts) -> Callable[[ActionFact], str]:
    names = names_by_code(facts.themes)
    return lambda action: names.get(action.theme, action.theme) or NO_THEME


def _by(
    actions: Iterable[ActionFact], name_of: Callable[[ActionFact], str]
) -> dict[str, list[UUID]]:
    """The actions of each part by its name, so that the parts add up to the whole (CO-6)."""
    found: dict[str, list[UUID]] = {}
    for action in actions:
        found.setdefault(name_of(action), []).append(action.id)
    return dict(sorted(found.items()))
