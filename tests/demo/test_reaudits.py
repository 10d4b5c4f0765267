"""The demonstration's re-audits: done with movement, under way, called off, owed and late (E8)."""

from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, AuditSource, ReAudit
from qa_app.audits.queries.reaudits import due_of, owed
from qa_app.audits.services.another import why_not_another
from qa_app.database import db
from qa_app.domain.grades import Grade, Selection
from qa_app.domain.reaudits import ReAuditState, movement_of
from qa_app.domain.workflow import OPEN_FOR_WRITING, AuditState
from tests.demo.conftest import AT, TODAY
from tests.demo.test_pages import signed_in


def pairs() -> list[ReAudit]:
    query = select(ReAudit).where(ReAudit.audit_id.is_not(None))
    return list(db.session.scalars(query.order_by(ReAudit.decided_at, ReAudit.id)))


# E8: the same case, tool and sections, another auditor, practice since the first audit only.
def test_each_re_audit_is_one_by_the_rules(demo):
    found = pairs()
    assert len(found) > 20
    for row in found:
        first, second = row.first_audit, row.audit
        assert first.case_id == second.case_id
        assert first.tool_version_id == second.tool_version_id
        assert second.selection is Selection.RE_AUDIT
        assert second.selection_reason == f"Re-audit of {first.reference}"
        assert why_not_another(first, second.auditor) is None
        assert second.judged_from == first.completed_on + timedelta(days=1)
        assert second.given_at > first.final_at
        assert row.due_on == due_of(first.completed_on)
    linked = {row.audit_id for row in found}
    chosen = select(Audit.id).where(Audit.selection == Selection.RE_AUDIT)
    assert set(db.session.scalars(chosen)) == linked


# E8: whatever was submitted says what became of each section below Good.
def test_each_that_was_sent_says_what_became_of_each_section(demo):
    for row in pairs():
        draft = Draft(row.audit)
        assert draft.since is not None
        if row.audit.state is AuditState.FINAL:
            assert draft.since.gaps == []
            assert draft.since.sections
        else:
            assert row.audit.state in OPEN_FOR_WRITING


# some moved up, and not all did.
def test_grades_moved_and_some_did_not(demo):
    moved = Counter(
        movement_of(row.first_audit.final_grade, row.audit.final_grade)
        for row in pairs()
        if row.audit.state is AuditState.FINAL
    )
    assert moved["up"] > moved["same"] > 0


# E2: what is owed is on time but for a few that are late; older ones were called off, with why.
def test_some_are_owed_some_are_late_and_some_were_called_off(demo):
    states = Counter(row.state for row in owed(TODAY))
    assert states[ReAuditState.PROPOSED] > 5
    assert 1 <= states[ReAuditState.LATE] <= 15
    off = list(db.session.scalars(select(ReAudit).where(ReAudit.audit_id.is_(None))))
    assert off
    for row in off:
        assert row.first_audit.source is AuditSource.MADE
        assert Grade.INADEQUATE in {row.first_audit.auditor_grade, row.first_audit.final_grade}
        assert len(row.reason) > 20


@pytest.mark.parametrize("show", ["owed", "under-way", "done", "called-off"])
def test_the_qa_lead_finds_them(demo_app: Flask, show):
    with time_machine.travel(AT, tick=False):
        page = signed_in(demo_app, "qa.lead").get(f"/programme/re-audits?show={show}").text
    assert 'id="re-audits"' in page
