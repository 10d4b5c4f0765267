"""Saving as one goes: nothing lost, nothing overwritten unseen (A8), and the gates (A2 to A10)."""

import pytest
from sqlalchemy import select

from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import AuditText, Finding
from qa_app.audits.services import Change
from qa_app.database import db, saving
from qa_app.domain.answers import FindingAbout, FindingKind
from qa_app.domain.workflow import AuditState, MoveNotAllowed
from qa_app.history import Event
from qa_app.standards.models import Theme
from tests.audits.making import AT, Writer, given, submitted, whole_answers, written

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def me(council):
    """The auditor."""
    return council.people["other_auditor"]


@pytest.fixture
def audit(council):
    """An audit that was given and not begun."""
    return given(council)


def test_the_first_change_starts_the_audit(audit, me):
    Writer(audit, me)({"risk.evidence": "Seen on 3 May"})

    assert audit.state is AuditState.IN_PROGRESS
    assert audit.started_at == AT


def test_a_save_of_what_is_there_already_changes_nothing(audit, me):
    outcome = services.save_text(audit, Change("risk.evidence", "", 0), me, AT)

    assert (outcome.versions, outcome.changed) == ({"risk.evidence": 0}, False)
    assert audit.state is AuditState.GIVEN


def test_a_text_counts_its_versions(audit, me):
    first = services.save_text(audit, Change("risk.evidence", "One", 0), me, AT)
    second = services.save_text(audit, Change("risk.evidence", "Two", 1), me, AT)

    assert first.versions == {"risk.evidence": 1}
    assert second.versions == {"risk.evidence": 2}
    assert Draft(audit).text("risk.evidence") == "Two"


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        # A8: narrative
        ("risk.evidence", "From the first tab", "From the second tab"),
        # A8: a grade
        ("risk.grade", "good", "inadequate"),
        # A8: a section put aside
        ("risk.grade", "not_applicable", "good"),
        # A8: a compliance answer
        ("question.risk.strategy-timely", "yes", "no"),
        # A8: a quality answer
        ("question.risk.analysis", "good", "outstanding"),
        # A8: the overall grade
        ("overall.grade", "good", "inadequate"),
        # A8: whether the child is safe
        ("safe.now", "yes", "no"),
        # A8: what a child said, when, and why not
        ("voice.child.said", "I like her", "I do not like it here"),
        ("voice.child.on", "2026-11-02", "2026-11-03"),
        ("voice.child.obtained", "yes", "no"),
        ("voice.parents.safe_to_contact", "yes", "no"),
        # A8: why a limit was set aside
        ("override.a", "Because of this", "Because of that"),
    ],
)
def test_a_stale_save_keeps_both(audit, me, name, first, second):
    shown = services.box(Draft(audit), name).version
    services.save_text(audit, Change(name, first, shown), me, AT)
    outcome = services.save_text(audit, Change(name, second, shown), me, AT)

    (conflict,) = outcome.conflicts
    assert (conflict.mine, conflict.theirs) == (second, first)
    assert services.box(Draft(audit), name).value == first
    # The version that comes back lets the writer decide.
    services.save_text(audit, Change(name, second, conflict.version), me, AT)
    assert services.box(Draft(audit), name).value == second


def test_the_same_text_from_two_tabs_is_no_conflict(audit, me):
    services.save_text(audit, Change("risk.evidence", "The same", 0), me, AT)
    outcome = services.save_text(audit, Change("risk.evidence", "The same", 0), me, AT)

    assert outcome.conflicts == []


def test_what_does_not_conflict_is_saved_beside_what_does(audit, me):
    services.save_text(audit, Change("risk.evidence", "Theirs", 0), me, AT)
    outcome = services.save_fields(
        audit, [Change("risk.evidence", "Mine", 0), Change("risk.impact", "Impact", 0)], me, AT
    )

    assert [each.field for each in outcome.conflicts] == ["risk.evidence"]
    assert Draft(audit).text("risk.impact") == "Impact"


@pytest.mark.parametrize(
    "name",
    ["", "risk", "risk.other", "nowhere.evidence", "question.none", "override.e", "voice.aunt.said",
     "voice.child.other", "final_grade", "state", "auditor_id", "plan.grade.more"],
)  # fmt: skip
def test_a_box_that_the_audit_does_not_have_is_refused(audit, me, name):
    with pytest.raises(services.UnknownField):
        services.save_text(audit, Change(name, "x", 0), me, AT)


@pytest.mark.parametrize(
    "name",
    [
        "risk.grade",
        "question.risk.analysis",
        "question.risk.strategy-timely",
        "safe.now",
        "voice.child.obtained",
    ],
)
def test_an_answer_that_is_not_offered_is_refused(audit, me, name):
    with pytest.raises(services.UnknownAnswer):
        services.save_text(audit, Change(name, "excellent", 0), me, AT)


def test_a_late_save_after_submission_changes_nothing(council, me):
    # CO-5
    audit = submitted(council)
    with pytest.raises(MoveNotAllowed):
        services.save_text(audit, Change("risk.evidence", "Late", 1), me, AT)

    assert Draft(audit).text("risk.evidence") == "Evidence about risk"


def test_the_history_holds_a_salted_hash_and_never_the_words(audit, me):
    # I1
    with saving():
        Writer(audit, me)({"risk.evidence": "canarywords", "risk.grade": "inadequate"})

    rows = db.session.scalars(select(Event).where(Event.audit_id == audit.id)).all()
    verbs = [row.verb for row in rows]
    assert verbs == ["audit_given", "audit_text_saved", "audit_answered", "audit_started"]
    assert "canarywords" not in str([row.details for row in rows])
    assert "inadequate" not in str([row.details for row in rows])
    assert len(rows[1].details["hash"]) == 64


def test_each_text_has_a_salt_of_its_own(audit, me):
    Writer(audit, me)({"risk.evidence": "Same", "plan.evidence": "Same"})

    salts = db.session.scalars(select(AuditText.salt)).all()
    assert len(set(salts)) == 2


def test_a_complete_draft_has_no_gap(council):
    assert Draft(written(council)).gaps == []


@pytest.mark.parametrize(
    ("name", "value", "gap"),
    [
        # A2: a question without its answer
        ("question.risk.analysis", "", "Select a grade"),
        # A3: a section without a grade, its evidence or its impact
        ("risk.grade", "", "Select a grade for risk and safety"),
        ("risk.evidence", "", "Enter the evidence for risk and safety"),
        ("risk.impact", "", "Enter the difference made for the child: risk and safety"),
        # A3: put aside without a reason
        ("risk.grade", "not_applicable", "Enter why risk and safety is not applicable"),
        # A5: nobody heard and no reason
        ("voice.child.why_not", "", "Enter why there is no view from the child"),
        # A6: a grade without reasons
        ("overall.rationale", "", "Enter the reasons for the overall grade"),
        ("overall.why_not_above", "", "Enter why the overall grade is not the one above"),
        # A7 (a): risk Inadequate under a Good
        ("risk.grade", "inadequate", "Change the overall grade or enter why it stands"),
        # A10: not safe, and no concern
        ("safe.now", "no", "Raise a significant-harm concern now"),
        ("safe.how_known", "", "Enter how you know that this child is safe now"),
    ],
)
def test_each_gap_is_named_and_stops_the_submission(council, me, name, value, gap):
    audit = written(council)
    Writer(audit, me)({name: value})

    with pytest.raises(services.Incomplete) as refused:
        services.submit(audit, by=me, at=AT)
    assert any(each.message.startswith(gap) for each in refused.value.gaps)
    assert audit.state is AuditState.IN_PROGRESS


def test_a_limit_is_set_aside_with_a_reason(council, me):
    # A7
    audit = written(council)
    Writer(audit, me)({"risk.grade": "inadequate", "override.a": "Put right within the hour",
                       "override.b": "The same"})  # fmt: skip

    assert Draft(audit).gaps == []


def test_no_finding_needs_the_reason_why(council, me):
    # A4
    audit = given(council)
    Writer(audit, me)(whole_answers(audit))
    missing = {gap.field for gap in Draft(audit).gaps}
    assert missing == {"none_found.strength", "none_found.development"}

    Writer(audit, me)({"none_found.strength": "None", "none_found.development": "None"})
    assert Draft(audit).gaps == []


def _add(audit, me, text="Seen alone each time", section=None):
    return services.add_finding(
        audit,
        kind=FindingKind.STRENGTH,
        text=text,
        theme_id=db.session.query(Theme).first().id,
        section_id=section or Draft(audit).sections[0].id,
        about=FindingAbout.PRACTICE,
        by=me,
        at=AT,
    )


def test_a_finding_sent_twice_is_one(audit, me):
    assert _add(audit, me).id == _add(audit, me).id
    assert _add(audit, me, text="Another").text == "Another"
    assert len(Draft(audit).findings) == 2


def test_a_finding_is_about_a_section_of_this_audit(audit, me, council):
    with pytest.raises(services.UnknownSection):
        _add(audit, me, section=council.people["worker"])


def test_a_finding_is_removed_from_its_own_audit_only(audit, me, council):
    finding = _add(audit, me)
    other = given(council, case="100003")
    services.remove_finding(other, finding.id, me, AT)
    assert db.session.get(Finding, finding.id) is not None

    services.remove_finding(audit, finding.id, me, AT)
    services.remove_finding(audit, finding.id, me, AT)
    db.session.flush()
    assert Draft(audit).findings == []


def test_starting_twice_is_one_start(audit, me):
    services.start(audit, me, AT)
    services.start(audit, me, AT.replace(hour=12))

    assert audit.started_at == AT
