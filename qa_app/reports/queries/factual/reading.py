"""Reading the facts of a data cut, all of them as they stood at one moment (R4, CO-6)."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from qa_app.domain.calendar import Month, london_date
from qa_app.domain.grades import Grade
from qa_app.reports.facts import Facts, Moved, ResponseFact, StandardName, WaiverFact
from qa_app.reports.queries.factual.actions import Actions
from qa_app.reports.queries.factual.audits import Audits
from qa_app.reports.queries.factual.cycles import cycle_facts
from qa_app.reports.queries.factual.grades import GradesGiven
from qa_app.reports.queries.factual.onestatement import Rows, read_together
from qa_app.reports.queries.factual.parts import parts
from qa_app.reports.queries.factual.span import Span
from qa_app.reports.queries.factual.themes import Themes
from qa_app.reports.queries.factual.tools import tools
from qa_app.reports.queries.factual.units import Units


def read_facts(first: Month, last: Month, at: datetime) -> Facts:
    """The facts of the months from first to last, both included, as they stood at the cut.

    One statement whatever the number of audits, and three for the tools, which never change. They
    equal what `services.answer` says of the same months and moment.
    """
    span = Span(first, last, at)
    rows = read_together(parts(span))
    units, themes, grades = Units(rows), Themes(rows, at), GradesGiven(rows)
    versions = tools({row.tool_version_id for row in rows["audit"] if row.tool_version_id})
    audits = Audits(rows, span, units, themes, grades, versions)
    actions = Actions(rows, span, units, themes)
    return Facts(
        at=at,
        first=first,
        last=last,
        audits=audits.facts(),
        cycles=cycle_facts(rows, units),
        stocks=actions.stocks(audits.counts(), grades),
        actions=actions.facts,
        concerns=actions.concerns(),
        moved=tuple(_moved(rows, span, audits.finals())),
        units=units.facts(),
        themes=themes.facts(),
        marks=audits.marks(),
        waivers=tuple(_waivers(rows, span, units)),
        standards=tuple(_standards(rows)),
        responses=tuple(_responses(rows, span, units, themes)),
    )


def _moved(
    rows: Rows, span: Span, finals: Mapping[UUID, tuple[datetime, Grade]]
) -> Iterator[Moved]:
    """The re-audits that got their final grade in the months, both grades as at the cut (Q-6)."""
    for row in sorted(rows["again"], key=lambda row: row.audit_id):
        if row.audit_id in finals and row.first_audit_id in finals:
            at, after = finals[row.audit_id]
            _, before = finals[row.first_audit_id]
            day = london_date(at)
            if span.begins <= day <= span.ends:
                yield Moved(row.first_audit_id, row.audit_id, day, before, after)


def _responses(rows: Rows, span: Span, units: Units, themes: Themes) -> Iterator[ResponseFact]:
    today = london_date(span.at)
    for row in sorted(rows["response"], key=_its_id):
        done = row.done_on if row.done_on is not None and row.done_on <= today else None
        yield ResponseFact(
            row.id,
            row.title,
            row.kind,
            themes.code_of(row.theme_id),
            units.name(row.service_id),
            row.due_on,
            done,
            row.judged_by,
            row.judged_code,
            row.months_before,
            row.months_after,
        )


def _waivers(rows: Rows, span: Span, units: Units) -> Iterator[WaiverFact]:
    given = [(row, False) for row in rows["waiver"]] + [(row, True) for row in rows["allowed"]]
    for row, moderation in sorted(given, key=_first):
        day = london_date(row.granted_at)
        if span.begins <= day <= span.ends:
            yield WaiverFact(row.id, day, moderation, row.post, units.service(row.team_id))


def _its_id(row: Any) -> UUID:
    found: UUID = row.id
    return found


def _first(given: tuple[Any, bool]) -> UUID:
    found: UUID = given[0].id
    return found


def _standards(rows: Rows) -> Iterator[StandardName]:
    """Each standard by the title of its newest version, in the order of numbers as text."""
    titles = {
        row.number: row.title for row in sorted(rows["standard"], key=lambda row: row.version)
    }
    for number in sorted(titles):
        yield StandardName(number, titles[number])
