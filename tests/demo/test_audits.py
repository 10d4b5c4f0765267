"""The audits: independent, whole, believable, with their grades, moderation and history."""

from collections import Counter, defaultdict
from datetime import date

import pytest
from sqlalchemy import func, or_, select

from qa_app import history
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, AuditParty, AuditText, GradeRow, GradeSource, LimitOverride
from qa_app.audits.services.giving import independence_of
from qa_app.cases.models import Case
from qa_app.database import db
from qa_app.domain.calendar import Month, add_months, london_date
from qa_app.domain.grades import GRADES, Grade, Selection, limits_broken
from qa_app.domain.independence import OVERSIGHT_ROLES
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import SUBMITTED, AuditState
from qa_app.moderation.models import Moderation, ModerationStage, ModerationState
from qa_app.moderation.queries import reviews_of
from qa_app.tracker.queries import standings
from tests.demo.conftest import AT, TODAY

pytestmark = [pytest.mark.database, pytest.mark.usefixtures("demo")]


def all_audits(*conditions) -> list[Audit]:
    return list(db.session.scalars(select(Audit).where(*conditions).order_by(Audit.reference)))


def test_no_auditor_is_tied_to_the_child_whom_they_audit():
    # S6: by the same questions that giving an audit asks
    for audit in all_audits():
        facts = independence_of(
            db.session.get_one(Case, audit.case_id), london_date(audit.given_at)
        )
        assert facts.conflicts(audit.auditor_id) == [], audit.reference


def test_no_auditor_is_a_colleague_of_the_childs_reviewing_officer_or_chair():
    # S6: such an audit would need its reviews graded by the moderator
    audits = all_audits()[::4]
    people = {audit.auditor_id for audit in audits}
    ties = {
        audit.id: [
            tie.person_id
            for tie in independence_of(
                db.session.get_one(Case, audit.case_id), london_date(audit.given_at)
            ).ties
            if tie.role in OVERSIGHT_ROLES and not tie.sibling
        ]
        for audit in audits
    }
    found = standings(people.union(*ties.values()), TODAY)
    services = {person: standing.service_id for person, standing in found.items()}

    assert not [
        audit.reference
        for audit in audits
        if services.get(audit.auditor_id) is not None
        and services.get(audit.auditor_id) in {services.get(each) for each in ties[audit.id]}
    ]


def test_no_moderator_is_barred_and_each_is_of_another_service():
    # M2
    by_moderator = defaultdict(list)
    moderations = list(db.session.scalars(select(Moderation)))
    for moderation in moderations:
        by_moderator[moderation.moderator_id].append(moderation.audit)
    for moderator_id, audits in by_moderator.items():
        for review in reviews_of(audits, moderator_id, TODAY).values():
            assert review.bars == ()
            assert not review.own_service

    assert len(moderations) > 400
    assert not any(moderation.own_service for moderation in moderations)


def test_heads_of_service_and_directors_all_moderate():
    heads = set(db.session.scalars(select(Moderation.moderator_id).distinct()))

    assert len(heads) == 10


def test_every_submitted_audit_is_complete():
    # A2 to A7, A9, A10: every fifth, and all that set a limiting rule aside
    submitted = all_audits(Audit.submitted_at.is_not(None))
    aside = set(db.session.scalars(select(LimitOverride.audit_id)))
    for audit in {*submitted[::5], *(each for each in submitted if each.id in aside)}:
        assert Draft(audit).gaps == [], audit.reference

    assert len(aside) > 3


def test_unfinished_audits_are_half_written_and_have_gaps():
    begun = all_audits(Audit.state == AuditState.IN_PROGRESS)

    assert len(begun) >= 5
    for audit in begun:
        draft = Draft(audit)
        assert draft.gaps
        assert 3 <= len(draft.section_answers) <= 9


def test_the_grades_hang_together():
    # A7: the limiting rules hold for the final grades, unless the auditor set one aside
    aside = set(db.session.scalars(select(LimitOverride.audit_id)))
    for audit in all_audits(Audit.state == AuditState.FINAL)[::3]:
        draft = Draft(audit)
        rows = {
            row.section_id: row.grade for row in audit.grades if row.source is GradeSource.FINAL
        }
        sections = {each.title: (each.limiting, rows.get(each.id)) for each in draft.sections}
        assert rows[None] is audit.final_grade
        assert audit.id in aside or not limits_broken(audit.final_grade, sections)


def test_auditor_moderator_and_final_grades_are_all_kept():
    # M7: the final one is the deciding moderator's
    committed = {AuditState.IN_DISCUSSION, AuditState.AWAITING_SECOND}
    committed |= {AuditState.IN_SECOND_MODERATION}
    unfinished = all_audits(Audit.submitted_at.is_not(None), Audit.state != AuditState.FINAL)
    for audit in [*all_audits(Audit.state == AuditState.FINAL)[::7], *unfinished]:
        overall = {row.source: row.grade for row in audit.grades if row.section_id is None}
        assert overall.pop(GradeSource.AUDITOR) is audit.auditor_grade
        overall.pop(GradeSource.MODERATOR_BLIND, None)
        if audit.state is AuditState.FINAL:
            deciding = overall.get(GradeSource.SECOND_MODERATOR, overall[GradeSource.MODERATOR])
            assert deciding is overall[GradeSource.FINAL] is audit.final_grade
        elif audit.state in committed:
            assert set(overall) == {GradeSource.MODERATOR}
        else:
            assert not overall


def test_moderation_changes_about_a_fifth_and_lowers_more_often_than_it_raises():
    final = all_audits(Audit.state == AuditState.FINAL)
    changed = [audit for audit in final if audit.auditor_grade is not audit.final_grade]
    lower = [
        audit
        for audit in changed
        if GRADES.index(audit.final_grade) > GRADES.index(audit.auditor_grade)
    ]

    assert 0.1 < len(changed) / len(final) < 0.25
    assert len(lower) > len(changed) / 2
    reasons = select(func.count(GradeRow.id)).where(
        GradeRow.source == GradeSource.MODERATOR, GradeRow.reason != ""
    )
    assert db.session.scalar(reasons) >= len(changed)


def test_grades_are_near_the_published_mix_and_improve():
    final = all_audits(Audit.state == AuditState.FINAL)
    share = {g: n / len(final) for g, n in Counter(a.final_grade for a in final).items()}

    def good(audits: list[Audit]) -> float:
        better = [a for a in audits if a.final_grade in (Grade.GOOD, Grade.OUTSTANDING)]
        return len(better) / len(audits)

    assert 0.35 < share[Grade.REQUIRES_IMPROVEMENT] < 0.58
    assert 0.18 < share[Grade.INADEQUATE] < 0.38
    assert 0.12 < share[Grade.GOOD] < 0.35
    assert 0 < share[Grade.OUTSTANDING] < 0.05
    half = date(2026, 3, 1)
    later = [audit for audit in final if audit.completed_month >= half]
    earlier = [audit for audit in final if audit.completed_month < half]
    assert good(later) > good(earlier)


def test_every_month_has_its_audits_and_none_is_given_in_august():
    given = Counter(audit.cycle_month for audit in all_audits())

    # P7: a thematic audit runs beside the cycles.
    assert given.pop(None) == 10
    assert len(given) == 16
    assert not {date(2025, 8, 1), date(2026, 8, 1)} & set(given)
    assert all(number >= 25 for number in given.values())
    assert min(given) == date(2025, 6, 1)
    assert max(given) == Month.of(TODAY).first


def test_no_case_is_audited_twice_and_no_family_twice_in_a_cycle():
    # S3
    audits = all_audits()
    families = Counter((audit.cycle_month, audit.case.family_reference) for audit in audits)
    # E8: a case is audited again because of what was found, not by a draw.
    audits = [audit for audit in audits if audit.selection is not Selection.RE_AUDIT]
    of_cycles = [audit for audit in audits if audit.cycle_month is not None]
    completed = {
        audit.case_id: audit.completed_on
        for audit in of_cycles
        if audit.state is not AuditState.WITHDRAWN
    }

    assert len({audit.case_id for audit in of_cycles}) == len(of_cycles)
    assert max(families.values()) == 1
    # The thematic audit's cases were audited more than 12 months ago, if ever.
    for audit in audits:
        if audit.cycle_month is None and audit.case_id in completed:
            assert completed[audit.case_id] < add_months(TODAY, -12)


def test_most_cases_are_drawn_and_a_picked_one_says_why():
    # S5
    chosen = Counter(audit.selection for audit in all_audits())

    assert chosen[Selection.RANDOM] > 0.75 * chosen.total()
    assert not all_audits(Audit.selection != Selection.RANDOM, Audit.selection_reason == "")


def test_each_audit_pins_its_worker_manager_and_reviewers():
    # A1; the vacant team's manager is missing from the latest ones
    audits = all_audits()
    for audit in audits[::9]:
        parties = {party.party for party in audit.parties}
        assert {Party.AUDITOR, Party.SOCIAL_WORKER} <= parties
        assert all(
            party.started_on is None or party.started_on <= audit.period_to
            for party in audit.parties
        )
    managed = select(AuditParty.audit_id).where(AuditParty.party == Party.TEAM_MANAGER)
    assert len(set(db.session.scalars(managed))) > 0.95 * len(audits)


def test_the_narrative_is_varied_and_no_rationale_is_anothers():
    # R8: a copied rationale is a fault
    rationale = AuditText.field == "overall.rationale"
    texts = list(db.session.scalars(select(AuditText.text).where(rationale)))
    evidence = select(AuditText.text).where(AuditText.field.like("%.evidence"))

    assert len(set(texts)) == len(texts)
    assert len(set(db.session.scalars(evidence))) > 2_000


def test_no_text_is_left_with_a_gap_or_a_word_not_to_be_written():
    wrong = or_(
        AuditText.text.contains("{"), AuditText.text.contains("}"), AuditText.text.contains("LAC ")
    )

    assert not list(db.session.scalars(select(AuditText.text).where(wrong)))


def test_the_history_is_intact_and_tells_each_audits_life_in_order():
    # I1
    verdict = history.verify()
    audit = all_audits(Audit.state == AuditState.FINAL)[100]
    events = history.timeline(audit_id=audit.id)
    verbs = [event.verb for event in reversed(events)]

    assert verdict.intact, verdict.reason
    assert verbs[:2] == ["audit_given", "audit_started"]
    order = [
        "audit_given", "audit_started", "audit_submitted", "moderation_started",
        "moderation_committed", "audit_final",
    ]  # fmt: skip
    assert [verb for verb in verbs if verb in order] == order
    assert all("…" not in event.sentence for event in events)
    assert [event.at for event in events] == sorted((e.at for e in events), reverse=True)


def test_every_state_has_the_events_that_lead_to_it():
    def with_event(verb: str) -> set:
        return set(
            db.session.scalars(select(history.Event.audit_id).where(history.Event.verb == verb))
        )

    given, submitted = with_event("audit_given"), with_event("audit_submitted")
    final, started = with_event("audit_final"), with_event("audit_started")
    for audit in all_audits():
        assert audit.id in given
        assert (audit.id in started) == (audit.started_at is not None)
        assert (audit.id in submitted) == (audit.submitted_at is not None)
        assert (audit.id in final) == (audit.state is AuditState.FINAL)
        assert (audit.state in {*SUBMITTED, AuditState.RETURNED}) == (
            audit.completed_on is not None
        )


def test_nothing_happens_after_the_day_that_the_council_ends_on():
    made = select(func.max(history.Event.at)).where(history.Event.source == "demo")
    assert db.session.scalar(made) <= AT
    assert db.session.scalar(select(func.max(Audit.completed_on))) < TODAY


def test_each_open_moderation_belongs_to_an_audit_being_moderated():
    of_audit = defaultdict(dict)
    for moderation in db.session.scalars(select(Moderation)):
        of_audit[moderation.audit_id][moderation.stage] = moderation.state
    first, second = ModerationStage.FIRST, ModerationStage.SECOND
    committed, is_open = ModerationState.COMMITTED, ModerationState.OPEN
    expected = {
        AuditState.FINAL: [{first: committed}, {first: committed, second: committed}],
        AuditState.IN_MODERATION: [{first: is_open}],
        AuditState.RETURNED: [{first: ModerationState.RETURNED}],
        AuditState.IN_DISCUSSION: [{first: committed}],
        AuditState.AWAITING_SECOND: [{first: committed}],
        AuditState.IN_SECOND_MODERATION: [{first: committed, second: is_open}],
    }
    for audit in all_audits():
        assert of_audit[audit.id] in expected.get(audit.state, [{}]), audit.reference
