"""A case is audited again: by whom, with what, since when; what has to be answered (E2, E8)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from qa_app import history
from qa_app.accounts.queries import actor
from qa_app.audits import services
from qa_app.audits.draft import Draft
from qa_app.audits.models import (
    Audit,
    AuditParty,
    AuditSource,
    PutRight,
    ReAudit,
    ReAuditAnswer,
)
from qa_app.audits.queries.reaudits import Group, due_of, listing, owed, row_of
from qa_app.audits.services.another import NotAnother, why_not_another
from qa_app.audits.services.reaudits import (
    CalledOffAlready,
    CannotBeGiven,
    GivenAlready,
    NotOwed,
    SayWhyNot,
    call_off,
)
from qa_app.cases.models import Case
from qa_app.database import db, saving
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import Grade, Selection
from qa_app.domain.permissions import Party
from qa_app.domain.reaudits import ReAuditState
from qa_app.domain.workflow import AuditState
from qa_app.notify.models import Notice
from tests.audits.again import DUE, LATER, answer, done_again, first_audit, given_again, write
from tests.audits.making import AT, submitted
from tests.audits.moving import person, share
from tests.council import Council, hold

TODAY = LATER.date()


def _again_by(council: Council, first: Audit, key: str) -> Audit:
    return given_again(council, first, key)


# E2: due three months after the day on which the first audit came to stand as Inadequate.
def test_an_inadequate_audit_is_to_be_audited_again_in_three_months(context, council):
    first = first_audit(council, final=False)
    [row] = owed(TODAY)
    assert (row.first.id, row.due_on, row.state) == (first.id, DUE, ReAuditState.DUE)
    assert row_of(first, TODAY).due_on == DUE
    assert owed(DUE + timedelta(days=1))[0].state is ReAuditState.LATE
    assert owed(date(2026, 12, 1))[0].state is ReAuditState.PROPOSED


# E2: a change of the time holds for what came to stand so from its day on.
def test_the_time_is_that_of_the_day_on_which_it_began(context, council):
    hold("re_audit_within", 6)
    assert due_of(AT.date()) == date(2027, 5, 18)


# E2: any better grade asks for no re-audit, and an imported audit has no clock.
def test_nothing_is_owed_for_other_audits(context, council):
    good = submitted(council, grade="good")
    imported = first_audit(council, case="100003")
    imported.source = AuditSource.IMPORTED
    db.session.flush()
    assert owed(TODAY) == []
    assert row_of(good, TODAY) is None
    with pytest.raises(NotOwed, match="need not be audited again"):
        given_again(council, imported)
    with pytest.raises(NotOwed, match="nothing to call off"):
        call_off(imported, "Closed", by=council.people["qa_lead"], at=LATER)


# E8: the tool version and sections of the first audit, linked to it, chosen as a re-audit.
def test_a_re_audit_is_a_new_audit_linked_to_the_first(context, council):
    with saving():
        first = first_audit(council)
        audit = given_again(council, first)
    assert audit.tool_version_id == first.tool_version_id
    assert (audit.selection, audit.selection_reason) == (
        Selection.RE_AUDIT, f"Re-audit of {first.reference}",
    )  # fmt: skip
    row = db.session.scalars(select(ReAudit)).one()
    assert (row.first_audit_id, row.audit_id, row.due_on, row.reason) == (
        first.id, audit.id, DUE, "",
    )  # fmt: skip
    [event] = [
        each for each in history.timeline(subject_id=first.id) if each.verb == "re_audit_given"
    ]
    assert event.sentence == "Gave the case to be audited again, due 18 February 2027"
    assert db.session.scalars(
        select(Notice).where(Notice.person_id == council.people["auditor"])
    ).all()


# A1, E8: it looks at practice since the first audit was completed, and pins whoever had the case
# then; whoever had left it before is no part of it.
def test_it_looks_back_to_the_first_audit_and_no_further(context, council):
    first = first_audit(council)
    audit = given_again(council, first)
    day_after = AT.date() + timedelta(days=1)
    assert (audit.period_from, audit.judged_from) == (day_after, day_after)
    assert audit.period_to == TODAY
    assert all(each.ended_on is None or each.ended_on >= day_after for each in audit.parties)
    assert {each.party for each in audit.parties} >= {Party.AUDITOR, Party.SOCIAL_WORKER}


# E8: the day after the first was completed may be today.
def test_a_re_audit_given_on_the_same_day_looks_at_that_day(context, council):
    audit = given_again(council, first_audit(council), at=AT)
    assert audit.period_from == audit.period_to == AT.date()


# E8: another auditor; the first one and their second are refused, and no waiver lifts that.
@pytest.mark.parametrize("key", ["other_auditor", "iro"])
def test_whoever_did_the_first_audit_does_not_do_the_second(context, council, key):
    first = first_audit(council)
    first.parties.append(
        AuditParty(party=Party.CO_AUDITOR, person_id=council.people["iro"], name="Iris Reviewer")
    )
    db.session.flush()
    with pytest.raises(NotAnother, match="a re-audit is another auditor’s"):
        _again_by(council, first, key)
    assert db.session.scalars(select(func.count()).select_from(ReAudit)).one() == 0


# S6: independence is asked as for any audit.
def test_the_second_auditor_is_independent_of_the_case(context, council):
    first = first_audit(council)
    with pytest.raises(services.NotIndependent):
        _again_by(council, first, "manager")


# M3, E1: nobody reads what the first audit found while they moderate it, or where it is kept from
# them.
@pytest.mark.parametrize(
    ("party", "final", "why"),
    [
        (Party.BLIND_MODERATOR, False, "is moderating audit"),
        (Party.MODERATOR, False, "is moderating audit"),
        (Party.MODERATOR, True, None),
        (Party.IMPLICATED, True, "is not independent of this case"),
        (Party.SOCIAL_WORKER, True, None),
    ],
)
def test_who_may_not_read_the_first_audit_does_not_do_the_second(
    context, council, party, final, why
):
    first = first_audit(council, final=final)
    first.parties.append(
        AuditParty(party=party, person_id=council.people["auditor"], name="Ada Auditor")
    )
    said = why_not_another(first, person(council, "auditor"))
    assert (said or "").startswith(why or "")
    assert bool(said) is bool(why)


# E8: nor do they come in later, by covering it or as its second auditor.
def test_the_first_auditor_comes_in_by_no_other_way(context, council):
    first = first_audit(council)
    audit = given_again(council, first)
    otto = person(council, "other_auditor")
    with pytest.raises(NotAnother):
        services.reassign(
            audit, otto, audit.auditor_post, "Ill", by=council.people["qa_lead"], at=LATER
        )
    with pytest.raises(NotAnother):
        share(council, audit, "other_auditor")


# E8: one re-audit of one audit.
def test_a_second_re_audit_is_refused(context, council):
    first = first_audit(council)
    audit = given_again(council, first)
    with pytest.raises(GivenAlready, match=audit.reference):
        given_again(council, first, "chair")
    with pytest.raises(GivenAlready):
        call_off(first, "Closed", by=council.people["qa_lead"], at=LATER)


# CO-2: twenty press the button at once, and the case is audited again once.
def test_twenty_at_once_give_one_re_audit(app: Flask, council: Council):
    with app.app_context(), saving():
        first_id = first_audit(council).id

    def give(_: int) -> str:
        with app.app_context():
            try:
                with saving():
                    given_again(council, db.session.get_one(Audit, first_id))
            except GivenAlready:
                return "refused"
            return "given"

    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(give, range(20)))
    assert sorted(answers) == ["given"] + ["refused"] * 19
    with app.app_context():
        assert db.session.scalars(select(func.count()).select_from(ReAudit)).one() == 1
        again = select(func.count()).where(Audit.selection == Selection.RE_AUDIT)
        assert db.session.scalars(again).one() == 1


# E8: a closed case, or one on a plan that the tool is not for, cannot be audited again: the message
# says to call it off.
def test_a_closed_case_has_to_be_called_off(context, council):
    first = first_audit(council)
    db.session.execute(update(Case).values(closed_on=date(2027, 1, 4)))
    db.session.expire_all()
    with pytest.raises(CannotBeGiven, match=r"closed on 4 January 2027.*Call the re-audit off"):
        given_again(council, first)


def test_a_plan_that_the_tool_is_not_for_has_to_be_called_off(context, council, monkeypatch):
    first = first_audit(council)
    monkeypatch.setattr(type(first.tool_version), "is_for", lambda *_: False)
    with pytest.raises(CannotBeGiven, match="is not for the plan that the child is on now"):
        given_again(council, first)


# E8: called off once, with a reason of up to 400 characters, which is kept and shown.
def test_a_re_audit_is_called_off_with_its_reason(context, council):
    first, lead = first_audit(council), council.people["qa_lead"]
    for reason in ("", "  ", "x" * 401):
        with pytest.raises(SayWhyNot) as refused:
            call_off(first, reason, by=lead, at=LATER)
        assert refused.value.field == "reason"
    with saving():
        call_off(first, " The case moved away ", by=lead, at=LATER)
    row = row_of(first, TODAY)
    assert (row.state, row.reason) == (ReAuditState.CALLED_OFF, "The case moved away")
    assert owed(TODAY) == []
    with pytest.raises(CalledOffAlready):
        call_off(first, "Again", by=lead, at=LATER)
    event = history.timeline(subject_id=first.id)[0]
    assert "The case moved away" in event.sentence


# E8: what was called off can be given all the same; what is given and then withdrawn is owed again,
# and what was answered in it is of no other.
def test_a_decision_can_be_taken_up_again(context, council):
    first, lead = first_audit(council), council.people["qa_lead"]
    call_off(first, "Closed", by=lead, at=LATER)
    audit = given_again(council, first)
    assert row_of(first, TODAY).state is ReAuditState.GIVEN
    answer(audit, "auditor", council)
    services.withdraw(audit, "Ill", by=lead, at=LATER)
    assert [row.first.id for row in owed(TODAY)] == [first.id]
    assert row_of(first, TODAY).state is ReAuditState.DUE
    second = given_again(council, first)
    assert second.id != audit.id
    assert db.session.scalars(select(func.count()).select_from(ReAuditAnswer)).one() == 0
    assert Draft(audit).since is None
    assert Draft(second).since is not None


# E2: once the first grade no longer is Inadequate nothing is owed; what was given goes on.
def test_a_first_grade_that_went_up_lets_it_go(context, council):
    first, other = first_audit(council), first_audit(council, case="100003")
    given_again(council, other)
    for each in (first, other):
        each.final_grade = Grade.REQUIRES_IMPROVEMENT
    db.session.flush()
    assert owed(TODAY) == []
    assert row_of(first, TODAY) is None
    assert row_of(other, TODAY).state is ReAuditState.GIVEN


# E8: each section below Good is asked about, by its standing grade; any of four answers will do.
def test_the_sections_below_good_are_asked_about(context, council):
    first = first_audit(council)
    audit = given_again(council, first)
    draft = Draft(audit)
    assert [each.code for each in draft.since.sections] == [each.code for each in draft.sections]
    write(audit, "auditor", council)
    gaps = [gap.field for gap in Draft(audit).gaps]
    assert gaps == [f"since.{each.code}.answer" for each in draft.since.sections]
    with pytest.raises(services.Incomplete):
        services.submit(audit, by=council.people["auditor"], at=LATER)
    for value in PutRight:
        answer(audit, "auditor", council, value.value)
        found = Draft(audit).since.answers.values()
        assert {each.answer for each in found} == {value}
    assert Draft(audit).gaps == []
    services.submit(audit, by=council.people["auditor"], at=LATER)
    assert audit.state is AuditState.AWAITING_MODERATION


# E8: an answer is kept in the history, can be taken back, and only until the audit is submitted.
def test_answers_are_changed_only_until_submission(context, council):
    with saving():
        audit = given_again(council, first_audit(council))
        write(audit, "auditor", council)
        answer(audit, "auditor", council, "partly")
    verbs = [
        each.sentence for each in history.timeline(subject_id=audit.id) if "answered" in each.verb
    ]
    assert any("partly put right" in sentence for sentence in verbs)
    answer(audit, "auditor", council, "")
    assert len(Draft(audit).gaps) == len(Draft(audit).since.sections)
    answer(audit, "auditor", council)
    services.submit(audit, by=council.people["auditor"], at=LATER)
    with pytest.raises(DomainError):
        answer(audit, "auditor", council, "cannot_be")
    with pytest.raises(services.UnknownAnswer):
        services.box(Draft(audit), "since.risk.answer").write(
            "mostly", council.people["auditor"], LATER
        )


# E8: no other audit has these boxes, nor a re-audit one for a section that was Good.
@pytest.mark.parametrize("name", ["since.risk.answer", "since.risk.note", "since.nothing.answer"])
def test_only_a_re_audit_has_these_boxes(context, council, name):
    first = first_audit(council)
    with pytest.raises(services.UnknownField):
        services.box(Draft(first), name)
    if "nothing" in name:
        with pytest.raises(services.UnknownField):
            services.box(Draft(given_again(council, first)), name)


# A11: what may identify a child is asked about in these notes too.
def test_notes_are_checked_for_what_may_identify_a_child(context, council):
    audit = given_again(council, first_audit(council))
    write(audit, "auditor", council)
    answer(audit, "auditor", council)
    change = services.Change("since.risk.note", "Seen again on 020 7946 0018", 0)
    services.save_fields(audit, [change], council.people["auditor"], LATER)
    [gap] = Draft(audit).gaps
    assert gap.field == "since.risk.note"
    assert "Remove or confirm" in gap.message


# E8: lists show each in its group, newest first, with which way it moved.
def test_lists_show_what_was_decided(context, council):
    first = first_audit(council)
    second = done_again(council, first, "requires_improvement")
    actor = _actor(council, "qa_lead")
    page = listing(actor, TODAY, Group.DONE)
    [row] = page.rows
    assert (row.first.id, row.second.id, row.movement.words) == (first.id, second.id, "Better")
    assert page.counts == {
        Group.OWED: 0, Group.UNDER_WAY: 0, Group.DONE: 1, Group.CALLED_OFF: 0,
    }  # fmt: skip


# E1, M3: what is kept from somebody is in no list of theirs.
@pytest.mark.parametrize("party", [Party.IMPLICATED, Party.BLIND_MODERATOR])
def test_whoever_sees_nothing_of_the_first_finds_no_re_audit(context, council, party):
    first = first_audit(council)
    first.parties.append(
        AuditParty(party=party, person_id=council.people["qa_lead"], name="Quinn Lead")
    )
    db.session.flush()
    page = listing(_actor(council, "qa_lead"), TODAY, Group.OWED)
    assert page.rows == []
    assert page.counts[Group.OWED] == 0
    assert len(listing(_actor(council, "head"), TODAY, Group.OWED).rows) == 1


# I2: what one may not read of the second is left out: a head does not read a draft.
def test_a_draft_is_not_shown_to_those_who_may_not_read_it(context, council):
    first = first_audit(council)
    given_again(council, first)
    [row] = listing(_actor(council, "head"), TODAY, Group.UNDER_WAY).rows
    assert row.second is None
    assert row.state is ReAuditState.GIVEN
    [row] = listing(_actor(council, "qa_lead"), TODAY, Group.UNDER_WAY).rows
    assert row.second is not None


def _actor(council: Council, key: str):
    return actor(council.people[key], TODAY)
