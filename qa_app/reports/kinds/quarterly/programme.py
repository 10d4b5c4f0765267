"""The audit programme: due, done, exempt, late and moderated, by role and by service (P4)."""

from collections.abc import Iterator

from qa_app.domain.measures import MEASURES
from qa_app.reports.document import Block, Section, Table
from qa_app.reports.figures import Key
from qa_app.reports.figures.catalogue import Whose
from qa_app.reports.figures.compliance import (
    BESIDE,
    BESIDE_CATEGORIES,
    COMPLETED,
    COMPLETED_CATEGORY,
    MODERATED,
    MODERATED_CATEGORY,
    OTHERS,
)
from qa_app.reports.figures.grades import AWAITING_MEASURE
from qa_app.reports.kinds.common import Row, basis_of_measure, grid, row_of, scopes_table
from qa_app.reports.kinds.quarterly.period import Stretch
from qa_app.reports.kinds.quarterly.slots import PROGRAMME
from qa_app.reports.kinds.quarterly.tables import Chapters, chapter
from qa_app.reports.measureset import AWAITING

_ROLE: Whose = Whose.ROLE
_MONTHLY = {COMPLETED[_ROLE]: "MTM-2", MODERATED[_ROLE]: "MTM-3"}
_SHORT = {
    "Expected": "Expected",
    "Exempted": "Exempt",
    "Exempted after the due date": "Exempt too late to count",
    "Completed after the month": "Completed late",
}
_NOTES = (
    (
        "Due is expected less exempted. An exemption granted after the due date does not make due "
        "smaller, and an audit completed after its month is counted on its own (rule P4)."
    ),
)


def section(told: Chapters) -> Section:
    """The chapter."""
    return chapter(told, "programme", "The audit programme", _blocks(told), PROGRAMME)


def _blocks(told: Chapters) -> Iterator[Block]:
    yield _whole(told)
    for whose, noun in ((Whose.ROLE, "role"), (Whose.SERVICE, "service")):
        yield _by(told, whose, noun)
    if told.figures.scopes(OTHERS):
        yield _others(told)


def _whole(told: Chapters) -> Table:
    columns = (*told.period.columns, *told.period.before)
    rows = [
        _row(columns, COMPLETED[_ROLE], COMPLETED_CATEGORY, "Completed of due"),
        _row(columns, MODERATED[_ROLE], MODERATED_CATEGORY, "Moderated of those completed"),
        *(_row(columns, BESIDE[_ROLE], name, _SHORT[name]) for name in BESIDE_CATEGORIES),
        row_of(AWAITING_MEASURE, columns, AWAITING, heading="Awaiting a final grade"),
    ]
    return grid(
        told.telling,
        id="programme-whole",
        caption=f"Audits due, completed and moderated, {told.period.whole.words}",
        columns=["What is counted", *(each.words for each in columns)],
        rows=rows,
        basis=basis_of_measure(told.telling, "MTM-2"),
        notes=_NOTES,
        empty="No audits were expected in these months.",
    )


def _row(columns: tuple[Stretch, ...], measure: str, category: str, heading: str) -> Row:
    """A month's figure is the published one; several months together are counted alike."""
    keys = []
    for each in columns:
        monthly = len(each.months) == 1
        name = _MONTHLY.get(measure, "MTM-2b") if monthly else measure
        keys.append(Key(name, each.key, category))
    return heading, keys


def _by(told: Chapters, whose: Whose, noun: str) -> Table:
    whole, before = told.period.whole, told.period.before[0]
    return scopes_table(
        told.telling,
        id=f"programme-by-{noun}",
        caption=f"Due, completed and moderated by {noun} of the auditor, {whole.words}",
        corner=noun.capitalize(),
        columns=[
            *((_SHORT[name], BESIDE[whose], whole, name) for name in BESIDE_CATEGORIES),
            ("Completed of due", COMPLETED[whose], whole, COMPLETED_CATEGORY),
            (f"Completed, {before.words}", COMPLETED[whose], before, COMPLETED_CATEGORY),
            ("Moderated of completed", MODERATED[whose], whole, MODERATED_CATEGORY),
        ],
        total="All",
        basis=basis_of_measure(told.telling, COMPLETED[whose]),
        empty="No audits were expected in these months.",
    )


def _others(told: Chapters) -> Table:
    whole, before = told.period.whole, told.period.before[0]
    return scopes_table(
        told.telling,
        id="programme-others",
        caption=f"Audits of other auditors, who are not in {MEASURES['MTM-2'].id}, {whole.words}",
        corner="Role",
        columns=[
            ("Completed of due", OTHERS, whole, COMPLETED_CATEGORY),
            (f"Completed, {before.words}", OTHERS, before, COMPLETED_CATEGORY),
        ],
        basis=basis_of_measure(told.telling, "MTM-2"),
        empty="No audits were expected of other auditors in these months.",
    )
