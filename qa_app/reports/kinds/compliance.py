"""QA compliance report: whether the programme did what it set out to do in a month.

Due, done, exempt, late, moderated, waived and heard, beside the month before, by role and by
service. Nobody is named: who is behind is seen on the programme's own page, by those who chase.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from qa_app.domain.calendar import Month
from qa_app.domain.measures import (
    COMPLETED_CATEGORY,
    COMPLETED_MEASURE,
    MODERATED_CATEGORY,
    MODERATED_MEASURE,
)
from qa_app.reports.document import Block, Section, Table
from qa_app.reports.facts import Facts
from qa_app.reports.figures import Figures, Key, ReportFigure
from qa_app.reports.figures.catalogue import Whose
from qa_app.reports.figures.compliance import (
    AUDIT_ALLOWED,
    BESIDE,
    BESIDE_CATEGORIES,
    COMPLETED,
    MODERATED,
    MODERATION_ALLOWED,
    OTHERS,
    WAIVERS,
    compliance_figures,
    waiver_figures,
)
from qa_app.reports.figures.grades import (
    AWAITING_MEASURE,
    BESIDE_COMPLETED,
    awaiting,
    beside,
    published,
)
from qa_app.reports.figures.voices import HEARD, UNHEARD, voice_figures
from qa_app.reports.kinds.common import (
    Row,
    basis_of_measure,
    grid,
    scopes_table,
    shares_table,
    written_section,
)
from qa_app.reports.kinds.published import cycle_sentences
from qa_app.reports.kinds.recipe import Recipe, Slot, Telling
from qa_app.reports.kinds.saying import both
from qa_app.reports.measureset import AWAITING
from qa_app.reports.reportasked import ReportAsked

VOICES: Final = HEARD[Whose.AUTHORITY]

WHY: Final = Slot(
    "why",
    "What helped, and what got in the way",
    "Why audits were done or not done this month, as auditors and moderators told you: sickness, "
    "vacancies, caseloads, new managers, what made it easier. Name posts, never people.",
)
NEXT: Final = Slot(
    "next",
    "What happens next",
    "What is done so that next month goes better, each as a line that begins with “- ”: what, by "
    "which post, by when. Say what became of last month’s list.",
)
SLOTS: Final = (WHY, NEXT)


def span(asked: ReportAsked) -> tuple[Month, Month]:
    """The month and the one before it."""
    return asked.months[0].previous(), asked.months[0]


def figures(facts: Facts, asked: ReportAsked) -> list[ReportFigure]:
    """What was due and done in both months: of the authority, by role and by service."""
    months = list(span(asked))
    found = [
        *published(facts, asked, months),
        *awaiting(facts, asked, months),
        *beside(facts, asked, months),
    ]
    for month in months:
        for whose in (Whose.ROLE, Whose.SERVICE):
            found += compliance_figures(facts, asked, str(month), [month], scope=whose)
            found += waiver_figures(facts, asked, str(month), [month], scope=whose)
        found += voice_figures(facts, asked, str(month), [month])
    return found


def suggestions(figures: Figures, asked: ReportAsked) -> Mapping[str, Sequence[str]]:
    """What was due, done and heard, beside the month before (R6)."""
    now = asked.months[0]
    said = [*cycle_sentences(figures, now), *_voice_sentences(figures, now)]
    return {WHY.code: [each for each in said if each], NEXT.code: list(_left(figures, now))}


def _voice_sentences(figures: Figures, now: Month) -> Iterator[str]:
    when = (f"in {now.words}", f"in {now.previous().words}")
    for name in figures.categories(VOICES):
        found, was = (figures.get(VOICES, month, name) for month in (now, now.previous()))
        said = name[:1].lower() + name[1:]
        words = said if said.startswith("talked") else f"done with {said}"
        yield both(found, was, ("audits", words), when)


def _left(figures: Figures, now: Month) -> Iterator[str]:
    """What is left to be done, role by role, in the order of the roles: no role is ranked."""
    measure = COMPLETED[Whose.ROLE]
    for role in figures.scopes(measure):
        found = figures.get(measure, now, COMPLETED_CATEGORY, role)
        if found is None or found.numerator is None or not found.denominator:
            continue
        left = found.denominator - found.numerator
        if left:
            whose = "of all auditors" if role == "authority" else f"of those with the post {role}"
            yield (
                f"{left:,} of {found.denominator:,} due audits {whose} "
                f"{'was' if left == 1 else 'were'} not completed by the last day of {now.words}."
            )


def sections(telling: Telling) -> list[Section]:
    """The programme as a whole, by role, by service, waivers, voices, and what is done about it."""
    return [
        Section("due", "Due, completed and moderated", (_whole(telling),)),
        written_section(telling, WHY),
        Section("roles", "By role of auditor", tuple(_roles(telling))),
        Section("services", "By service of the auditor", (_by(telling, Whose.SERVICE),)),
        Section("waivers", "Conflicts of interest that were waived", tuple(_waivers(telling))),
        Section("voices", "Whose voices were heard", tuple(_voices(telling))),
        written_section(telling, NEXT),
    ]


def _months(telling: Telling) -> tuple[Month, Month]:
    now = telling.asked.months[0]
    return now, now.previous()


def _row(measure: str, category: str, months: Sequence[Month], heading: str = "") -> Row:
    return heading or category, [Key(measure, str(month), category) for month in months]


_DUE: Final = (
    "Due is expected less exempted. An exemption granted after the due date does not make due "
    "smaller, and an audit completed after the month is counted on its own (rule P4)."
)


def _whole(telling: Telling) -> Table:
    months = _months(telling)
    return grid(
        telling,
        id="due-and-done",
        caption=f"Audits due, completed and moderated, {months[0].words}",
        columns=["What is counted", *(month.words for month in months)],
        rows=[
            _row(COMPLETED_MEASURE, COMPLETED_CATEGORY, months, "Completed of due (MTM-2)"),
            _row(
                MODERATED_MEASURE,
                MODERATED_CATEGORY,
                months,
                "Moderated of those completed (MTM-3)",
            ),
            *(
                _row(BESIDE_COMPLETED, name, months)
                for name in telling.figures.categories(BESIDE_COMPLETED)
            ),
            _row(AWAITING_MEASURE, AWAITING, months),
        ],
        basis=basis_of_measure(telling, COMPLETED_MEASURE),
        notes=[_DUE],
    )


_SHORT: Final = {
    "Expected": "Expected",
    "Exempted": "Exempt",
    "Exempted after the due date": "Exempt too late to count",
    "Completed after the month": "Completed late",
}


def _by(telling: Telling, whose: Whose) -> Table:
    now, before = _months(telling)
    noun = "role" if whose is Whose.ROLE else "service"
    return scopes_table(
        telling,
        id=f"by-{noun}",
        caption=f"Due, completed and moderated by {noun} of the auditor, {now.words}",
        corner=noun.capitalize(),
        columns=[
            *((_SHORT[name], BESIDE[whose], now, name) for name in BESIDE_CATEGORIES),
            ("Completed of due", COMPLETED[whose], now, COMPLETED_CATEGORY),
            (f"Completed, {before.words}", COMPLETED[whose], before, COMPLETED_CATEGORY),
            ("Moderated of completed", MODERATED[whose], now, MODERATED_CATEGORY),
            (f"Moderated, {before.words}", MODERATED[whose], before, MODERATED_CATEGORY),
        ],
        total="All",
        basis=basis_of_measure(telling, COMPLETED[whose]),
        empty="No audits were expected in these months.",
    )


def _roles(telling: Telling) -> Iterator[Block]:
    yield _by(telling, Whose.ROLE)
    now, before = _months(telling)
    yield scopes_table(
        telling,
        id="other-auditors",
        caption=f"Audits of other auditors, who are not in MTM-2, {now.words}",
        corner="Role",
        columns=[
            ("Completed of due", OTHERS, now, COMPLETED_CATEGORY),
            (f"Completed, {before.words}", OTHERS, before, COMPLETED_CATEGORY),
        ],
        basis=basis_of_measure(telling, COMPLETED_MEASURE),
        empty="No audits were expected of other auditors in these months.",
    )


def _waivers(telling: Telling) -> Iterator[Block]:
    for whose, noun, of in (
        (Whose.ROLE, "role", "role of the auditor"),
        (Whose.SERVICE, "service", "service of the case"),
    ):
        now, before = _months(telling)
        yield scopes_table(
            telling,
            id=f"waivers-by-{noun}",
            caption=f"Waivers by {of}, {now.words}",
            corner=noun.capitalize(),
            columns=[
                (f"{short}, {month.words}", WAIVERS[whose], month, category)
                for category, short in (
                    (AUDIT_ALLOWED, "Audit"),
                    (MODERATION_ALLOWED, "Moderation"),
                )
                for month in (now, before)
            ],
            total="All",
            basis=telling.basis.replace(
                f"Counted by {telling.asked.grades.words} and month of completion",
                "Counted by the day on which the waiver was given",
            ),
            notes=["A dash: none. Each waiver stands with its reason where its audit may be read."],
            empty="No conflict of interest was waived in these months.",
        )


def _voices(telling: Telling) -> Iterator[Block]:
    now, before = _months(telling)
    yield shares_table(
        telling,
        VOICES,
        now,
        [name for name in telling.figures.categories(VOICES) if _asked_for(telling, name)],
        id="voices-heard",
        caption=f"Q-7: audits with each voice, {now.words}",
        corner="Voice",
        notes=["Of audits that ask for the voice and had a final grade at the data cut."],
        empty="No audit of these months that asks for voices had a final grade at the data cut.",
    )
    yield grid(
        telling,
        id="not-heard",
        caption=f"Voices that were not heard, {now.words}",
        columns=["Voice", now.words, before.words],
        rows=[
            _row(UNHEARD, name, (now, before))
            for name in telling.figures.categories(UNHEARD)
            if any(_is_one(telling, UNHEARD, name, month) for month in (now, before))
        ],
        empty="No voice is noted as not heard in these months.",
    )


def _asked_for(telling: Telling, name: str) -> bool:
    found = [telling.figures.get(VOICES, month, name) for month in _months(telling)]
    return any(each is not None and each.denominator != 0 for each in found)


def _is_one(telling: Telling, measure: str, name: str, month: Month) -> bool:
    found = telling.figures.get(measure, month, name)
    return found is not None and found.numerator != 0


RECIPE: Final = Recipe(SLOTS, span, figures, suggestions, sections)
