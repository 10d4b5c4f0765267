"""Since when an audit stands as Inadequate: where the clocks of E2 begin."""

from datetime import date, datetime, timedelta

import pytest
from flask import Flask

from qa_app.audits.models import Audit, GradeRow, GradeSource
from qa_app.audits.queries.inadequate import inadequate_since, stand_inadequate
from qa_app.audits.queries.plans import owed_plans, reading_of_plan
from qa_app.database import db
from qa_app.domain.calendar import LONDON
from qa_app.domain.grades import Grade
from qa_app.domain.workflow import AuditState
from tests.audits.making import given
from tests.audits.plan_world import (
    BAD,
    DUE,
    GOOD,
    RI,
    SENT,
    at_noon,
    finally_graded,
    inadequate,
)
from tests.council import Council
from tests.factories import an_imported_audit


def without_rows(council: Council, grade: Grade | None) -> Audit:
    """An audit that was sent, without rows of its grades."""
    audit = given(council, at=SENT)
    audit.state, audit.auditor_grade = AuditState.AWAITING_MODERATION, grade
    audit.submitted_at, audit.completed_on = SENT, SENT.date()
    audit.completed_month = SENT.date().replace(day=1)
    db.session.flush()
    return audit


# E2: the clock starts on the day of submission where the auditor graded it Inadequate, and no
# moderation pauses it; otherwise on that of the final grade.
def test_since_when_an_audit_stands_as_inadequate(context: Flask, council: Council) -> None:
    own = finally_graded(inadequate(council), BAD, at_noon(date(2026, 5, 14)))
    waits = inadequate(council)
    moderators = finally_graded(inadequate(council, grade=RI), BAD, at_noon(date(2026, 5, 14)))
    better = finally_graded(inadequate(council), RI, at_noon(date(2026, 5, 14)))
    good = inadequate(council, grade=GOOD)
    found = inadequate_since([each.id for each in (own, waits, moderators, better, good)])
    assert found == {
        own.id: date(2026, 5, 1),
        waits.id: date(2026, 5, 1),
        moderators.id: date(2026, 5, 14),
    }
    assert stand_inadequate([better.id, own.id]) == {own.id}


@pytest.mark.parametrize(
    ("auditor", "final", "since"),
    [
        # E2: the clock starts when an Inadequate audit is submitted…
        ([(0, BAD)], [], 0),
        # …and moderation never pauses it: a final grade that agrees changes nothing
        ([(0, BAD)], [(9, BAD)], 0),
        # E2: graded better by its auditor, it begins with the final grade
        ([(0, RI)], [(9, BAD)], 9),
        # no Inadequate, no clock
        ([(0, RI)], [], None),
        ([(0, RI)], [(9, GOOD)], None),
        ([], [], None),
        # finally better: it stands so no more
        ([(0, BAD)], [(9, RI)], None),
        # M6: returned, and sent again with the same grade: since the first time
        ([(0, BAD), (6, BAD)], [], 0),
        # M6: sent again with another one
        ([(0, BAD), (6, RI)], [], None),
        ([(0, RI), (6, BAD)], [(9, BAD)], 6),
        ([(0, BAD), (4, RI), (6, BAD)], [], 6),
        # M8: an amendment is a further final grade
        ([(0, BAD)], [(9, GOOD), (20, BAD)], 20),
        ([(0, BAD)], [(9, BAD), (20, RI)], None),
        # an imported grade without a grade of its auditor
        ([], [(9, BAD)], 9),
        # nothing of its auditor counts beside a final grade
        ([(0, RI), (12, BAD)], [(9, BAD)], 9),
        # P7: both at the same moment
        ([(0, BAD)], [(0, BAD)], 0),
        # an audit whose overall grade is not known stands as nothing
        ([(0, None)], [], None),
    ],
)
def test_the_clock_starts_when_the_audit_comes_to_stand_as_inadequate(
    context: Flask,
    council: Council,
    auditor: list[tuple[int, Grade]],
    final: list[tuple[int, Grade]],
    since: int | None,
) -> None:
    audit = without_rows(council, auditor[-1][1] if auditor else None)
    sources = ((GradeSource.AUDITOR, auditor), (GradeSource.FINAL, final))
    for source, day, grade in ((each, *one) for each, rows in sources for one in reversed(rows)):
        at = SENT + timedelta(days=day)
        db.session.add(GradeRow(audit_id=audit.id, source=source, grade=grade, at=at))
    if final:
        audit.state, audit.final_grade = AuditState.FINAL, final[-1][1]
        audit.final_at = SENT + timedelta(days=final[0][0])
    db.session.flush()
    found = inadequate_since([audit.id])
    assert found == ({} if since is None else {audit.id: SENT.date() + timedelta(days=since)})


# E2: a day is London's, whatever the server's clock says: half past eleven in the evening in UTC.
def test_the_day_is_londons(context: Flask, council: Council) -> None:
    audit = inadequate(council, at=datetime(2026, 5, 2, 0, 30, tzinfo=LONDON))
    assert inadequate_since([audit.id]) == {audit.id: date(2026, 5, 2)}


# measures.md: no clock runs on what was imported, and none on a withdrawn audit.
def test_no_clock_runs_on_imported_and_withdrawn_audits(context: Flask, council: Council) -> None:
    imported = an_imported_audit("L1", auditor_grade=BAD, final_grade=BAD)
    withdrawn = inadequate(council)
    withdrawn.state = AuditState.WITHDRAWN
    db.session.flush()
    assert inadequate_since([imported.id, withdrawn.id]) == {}
    assert owed_plans() == []
    assert stand_inadequate([imported.id, withdrawn.id]) == {imported.id}
    assert reading_of_plan(imported, DUE).standing is None


# Grades that have no rows of their own: the audit itself says it.
def test_an_audit_without_rows_of_grades(context: Flask, council: Council) -> None:
    own, final = without_rows(council, BAD), without_rows(council, RI)
    final.state, final.final_grade = AuditState.FINAL, BAD
    final.final_at = at_noon(date(2026, 5, 14))
    db.session.flush()
    found = inadequate_since([own.id, final.id])
    assert found == {own.id: date(2026, 5, 1), final.id: date(2026, 5, 14)}
