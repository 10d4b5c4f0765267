"""A small kind of report, and audits to publish it from: for tests of a version's life alone.

version = begin(council)
write_all(version, council)
checked(version, council)
"""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from qa_app.database import db
from qa_app.domain.calendar import Month
from qa_app.domain.grades import Grade
from qa_app.domain.measures import GRADES_MEASURE, grade_figures
from qa_app.domain.publishing import ReportKind
from qa_app.notify.jobs import run_next
from qa_app.reports.counting import counted_in, grade_of
from qa_app.reports.document import Paragraph, Section, Written
from qa_app.reports.figures import Key, ReportFigure
from qa_app.reports.kinds import RECIPES, Recipe, Slot
from qa_app.reports.models import ReportVersion
from qa_app.reports.reportasked import ReportAsked
from qa_app.reports.services import checking, drafting, publishing, writing
from qa_app.reports.services.inbackground import HANDLERS
from tests.council import Council
from tests.reports.rows import GOOD, IN, RI, an_audit

AT = datetime(2023, 3, 20, 10, 0, tzinfo=UTC)
FEBRUARY = Month(2023, 2)
ASKED = ReportAsked(ReportKind.HIGHLIGHT, "2023-02")
SLOTS = (
    Slot("working", "What is working well", "What the month’s audits praise."),
    Slot("next", "What we do next", "Who does what by when.", needed=False),
)
TEXT = "Six audits found careful work with families, and plans that said what was to change."


def _figures(facts, asked):
    audits = counted_in(asked, facts, *asked.months)
    (month,) = asked.months
    rows = []
    for row in grade_figures(month, _counts(asked, audits)):
        behind = [a.id for a in audits if _is(grade_of(asked, a), row.category)]
        rows.append(ReportFigure.of(row, behind))
    rows.append(ReportFigure.number(Key("MTM-1b", str(month), "awaiting"), _awaiting(audits)))
    return rows


def _counts(asked, audits):
    counts = dict.fromkeys(Grade, 0)
    for audit in audits:
        if grade := grade_of(asked, audit):
            counts[grade] += 1
    return counts


def _is(grade, category: str) -> bool:
    return grade is not None and (category in (grade.words, grade.value) or "otal" in category)


def _awaiting(audits) -> int:
    return sum(each.awaits for each in audits)


def _suggestions(figures, asked):
    total = figures.of(GRADES_MEASURE)[-1]
    return {"working": [f"{total.text} audits were completed in {asked.period_words}."]}


def _sections(telling):
    written = [
        Written(
            slot.code,
            slot.hint,
            telling.texts.get(slot.code, ""),
            tuple(telling.suggestions.get(slot.code, ())),
            slot.needed,
        )
        for slot in SLOTS
    ]
    lines = [Paragraph(f"{f.key.category}: {f.text}") for f in telling.figures]
    return [Section("grades", "Grades", (*lines, *written))]


SMALL = Recipe(
    SLOTS,
    lambda asked: (asked.months[0], asked.months[-1]),
    _figures,
    _suggestions,
    _sections,
)


@pytest.fixture
def small_kind(monkeypatch: pytest.MonkeyPatch) -> Recipe:
    """The highlight report is the small kind while a test runs."""
    monkeypatch.setitem(RECIPES, ReportKind.HIGHLIGHT, SMALL)
    return SMALL


def some_audits() -> list:
    """Fourteen audits of February 2023: six Good, six that require improvement, two Inadequate."""
    grades = [GOOD] * 6 + [RI] * 6 + [IN] * 2
    return [an_audit(date(2023, 2, 6), grade, grade) for grade in grades]


def begin(council: Council, asked: ReportAsked = ASKED, at: datetime = AT) -> ReportVersion:
    """A draft with its data taken."""
    version = drafting.begin_report(asked, by=council.people["qa_lead"], at=at)
    db.session.flush()
    return version


def write_all(version: ReportVersion, council: Council, text: str = TEXT) -> None:
    """The part that is needed, and what is found explained."""
    by = council.people["qa_lead"]
    seen = {each.slot: each.revision for each in version.texts}
    writing.write(version, "working", text, seen.get("working", 0), by=by, at=AT)
    explain_all(version, council)


def explain_all(version: ReportVersion, council: Council) -> None:
    """Every finding of the data is explained."""
    by = council.people["qa_lead"]
    for found in checking.checks_of(version).data:
        if found.is_open:
            checking.explain(
                version, found.finding.code, found.finding.about, "Known and right", by=by, at=AT
            )


def checked(version: ReportVersion, council: Council) -> ReportVersion:
    """The version, checked by the QA lead."""
    write_all(version, council)
    publishing.check(version, version.revision, by=council.people["qa_lead"], at=AT)
    return version


def approved(version: ReportVersion, council: Council) -> ReportVersion:
    """The version, checked, and approved by a head of service."""
    checked(version, council)
    publishing.approve(version, version.revision, by=council.people["head"], at=AT)
    return version


def published(version: ReportVersion, council: Council, at: datetime = AT) -> ReportVersion:
    """The version, published."""
    approved(version, council)
    publishing.publish(version, version.revision, by=council.people["qa_lead"], at=at)
    return version


def after_its_job(app: Flask, client: FlaskClient, answer: TestResponse) -> TestResponse:
    """The page to which a form led, once the worker has done what was waiting."""
    assert answer.status_code == 302
    assert "You can leave this page" in client.get(answer.location).text
    run_jobs(app)
    return client.get(answer.location)


def run_jobs(app: Flask) -> None:
    """Do what is waiting, as the worker does."""
    with app.app_context():
        while run_next(HANDLERS):
            pass
        db.session.remove()


def later(days: int = 1) -> datetime:
    """So many days after AT."""
    return AT + timedelta(days=days)


def again(version: ReportVersion, council: Council, why: str = "A grade was amended"):
    """The next version of a published one, as a draft."""
    return drafting.begin_version(version, why, by=council.people["qa_lead"], at=later())


def lead(council: Council) -> UUID:
    """The QA lead."""
    return council.people["qa_lead"]
