"""The data-quality checks that run before a report is published (R8).

Imported rows are history (measures.md): nobody raises actions for them now. The imported Inadequate
audits without an action are therefore one finding together, which one explanation answers; so that
it is known, and known why. Everything else is asked of imported audits too, as far as it was kept.
"""

from collections.abc import Iterator, Mapping
from typing import Final
from uuid import UUID

from qa_app.domain.actions import ActionStatus
from qa_app.domain.calendar import Month
from qa_app.domain.grades import Grade
from qa_app.formatting import count_words, date_words
from qa_app.reports.asked import GradeBasis
from qa_app.reports.counting import counted_in, grade_of
from qa_app.reports.facts import AuditFact, Facts
from qa_app.reports.facts.storing import from_bytes
from qa_app.reports.publishing.finding import PROVISIONAL, CheckFinding
from qa_app.reports.queries import checking
from qa_app.reports.reportasked import ReportAsked

Audits = Mapping[UUID, AuditFact]

_NAMED: Final = 5
_CARED_FOR: Final = frozenset(
    {
        ActionStatus.OPEN.value,
        ActionStatus.IN_PROGRESS.value,
        ActionStatus.DONE.value,
        ActionStatus.VERIFIED.value,
    }
)
_GOOD_OVERALL: Final = (Grade.GOOD, Grade.OUTSTANDING)


def data_checks(asked: ReportAsked, facts: Facts) -> list[CheckFinding]:
    """What stands out in the audits of the report's period, check by check and within each by
    reference (R8). Four statements at most, whatever the number of audits."""
    audits = {each.id: each for each in counted_in(asked, facts, *asked.months)}
    first, last = asked.months[0].first, asked.months[-1].first
    return [
        *_without_action(audits, facts),
        *_good_with_inadequate(audits),
        *_copied(audits, checking.copied_rationales(first, last)),
        *_conflicted(audits, checking.conflicted_moderations(first, last)),
        *_outside(audits, checking.outside_period(first, last)),
        *_changed(asked, audits),
        *_provisional(asked, audits),
    ]


def _in_order(audits: Audits) -> list[AuditFact]:
    return sorted(audits.values(), key=lambda each: each.reference)


def _without_action(audits: Audits, facts: Facts) -> Iterator[CheckFinding]:
    cared_for = {each.audit_id for each in facts.actions if each.status in _CARED_FOR}
    left = [
        each
        for each in _in_order(audits)
        if (each.final or each.auditor) is Grade.INADEQUATE and each.id not in cared_for
    ]
    for each in left:
        if not each.imported:
            words = (
                f"{each.reference} is Inadequate and has no action that is open or verified. "
                "Raise the action from the audit, or say why there is none."
            )
            yield CheckFinding("inadequate-without-action", str(each.id), words)
    imported = [each for each in left if each.imported]
    if imported:
        verb = "is" if len(imported) == 1 else "are"
        words = (
            f"{count_words(len(imported), 'imported audit')} {verb} Inadequate and without an open "
            f"or verified action here: {_references(imported)}. Say where their actions are kept."
        )
        yield CheckFinding("inadequate-imported", "", words)


def _references(audits: list[AuditFact]) -> str:
    named = ", ".join(each.reference for each in audits[:_NAMED])
    more = len(audits) - _NAMED
    return f"{named} and {more} more" if more > 0 else named


def _good_with_inadequate(audits: Audits) -> Iterator[CheckFinding]:
    for each in _in_order(audits):
        low = [s.title for s in each.sections if s.grade is Grade.INADEQUATE]
        if each.final in _GOOD_OVERALL and low:
            words = (
                f"{each.reference} is {each.final.words} overall with an Inadequate section: "
                f"{', '.join(low)}. Ask the moderator whether both stand; amend it, or say why."
            )
            yield CheckFinding("good-with-inadequate-section", str(each.id), words)


def _copied(audits: Audits, found: list[checking.Copied]) -> Iterator[CheckFinding]:
    other = {each.audit_id: each.other for each in found}
    for each in _in_order(audits):
        if each.id in other:
            words = (
                f"{each.reference} gives the same rationale as {other[each.id]}. Read both and "
                "ask the auditor, or say why they are alike."
            )
            yield CheckFinding("rationale-copied", str(each.id), words)


def _conflicted(audits: Audits, found: Mapping[UUID, bool]) -> Iterator[CheckFinding]:
    for each in _in_order(audits):
        if each.id in found:
            part = "audited it too" if found[each.id] else "has a part in the child’s case"
            words = (
                f"{each.reference} was moderated by somebody who {part}. Have it moderated by "
                "somebody else, or say why it stands."
            )
            yield CheckFinding("moderator-conflicted", str(each.id), words)


def _outside(audits: Audits, found: list[checking.OutsidePeriod]) -> Iterator[CheckFinding]:
    by_id = {each.audit_id: each for each in found}
    for each in _in_order(audits):
        row = by_id.get(each.id)
        if row is None:
            continue
        why = f"before the period it reviews ended ({date_words(row.period_to)})"
        if row.cycle_month and row.cycle_month != each.month.first:
            why = f"and was due in {Month.of(row.cycle_month).words}"
        words = (
            f"{each.reference} was completed on {date_words(each.completed_on)} {why}. It counts "
            f"in {each.month.words}. Check its dates, or say why it was so."
        )
        yield CheckFinding("outside-period", str(each.id), words)


def _changed(asked: ReportAsked, audits: Audits) -> Iterator[CheckFinding]:
    cut = checking.last_published_cut(asked.key)
    if cut is None:
        return
    before = {each.id: grade_of(asked, each) for each in from_bytes(cut.content).audits}
    for each in _in_order(audits):
        old, new = before.get(each.id), grade_of(asked, each)
        if old is not None and old is not new:
            now = new.words if new else "without a final grade"
            words = (
                f"{each.reference} was {old.words} in the last version and is {now} now. Check the "
                "amendment, and say why the figures change."
            )
            yield CheckFinding("grade-changed", str(each.id), words)


def _provisional(asked: ReportAsked, audits: Audits) -> Iterator[CheckFinding]:
    waiting = sum(each.awaits for each in audits.values())
    if waiting and asked.grades is GradeBasis.FINAL:
        verb = "awaits" if waiting == 1 else "await"
        words = (
            f"{count_words(waiting, 'audit')} of the period {verb} a final grade: the report says "
            "that its figures are provisional."
        )
        yield CheckFinding(PROVISIONAL, "", words)
