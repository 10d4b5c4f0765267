"""A second auditor: who may be one (S6, M2), what they may do (I2, A8), and how it ends."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from qa_app import history
from qa_app.accounts.models import Account, Person
from qa_app.accounts.queries import actor
from qa_app.audits import queries, services
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, AuditParty
from qa_app.audits.queries.sharing import colleagues_for
from qa_app.cases.models import Case
from qa_app.database import db, now
from qa_app.domain.auditreasons import TakenOffBecause
from qa_app.domain.calendar import london_date
from qa_app.domain.grades import Selection
from qa_app.domain.permissions import Party, Permission, Role, Scope, allowed
from qa_app.history import Event
from qa_app.moderation.queries import review_of
from qa_app.notify.models import Notice
from qa_app.programme import services as programme
from qa_app.programme.models import Expectation
from qa_app.programme.queries import completion
from tests.audits.making import AT, MONTH, Writer, given
from tests.audits.moving import (
    S,
    date_after,
    person,
    put_into,
    share,
    share_outside,
)
from tests.council import find, grant

pytestmark = pytest.mark.usefixtures("context")
OPEN = (S.GIVEN, S.IN_PROGRESS, S.RETURNED)


def second(audit):
    return [party for party in audit.parties if party.party is Party.CO_AUDITOR]


def told(prefix="co:"):
    kept = select(Notice).where(Notice.key.startswith(prefix))
    return {(notice.person_id, notice.subject) for notice in db.session.scalars(kept)}


def take_off(council, audit, reason=TakenOffBecause.DONE, words=""):
    services.take_off(audit, reason, words, by=council.people["qa_lead"], at=now())


def declare(council, key, case="100001"):
    return services.declare_interest(
        db.session.get_one(Case, council.cases[case]), person(council, key),
        by=council.people[key], at=now(),
    )  # fmt: skip


# --- a colleague


@pytest.mark.parametrize("state", OPEN)
def test_a_colleague_is_added_and_both_are_told(council, state):
    audit = given(council)
    put_into(state, audit.id)
    share(council, audit, "iro")
    assert [(each.person_id, each.name) for each in second(audit)] == [
        (council.people["iro"], "Iris Reviewer")
    ]
    assert queries.auditors_words(audit) == "Otto Auditor with Iris Reviewer"
    assert told() == {
        (council.people["iro"], f"Audit {audit.reference} is shared with you"),
        (council.people["other_auditor"], f"Audit {audit.reference} has a second auditor"),
    }


@pytest.mark.parametrize("state", [each for each in S if each not in OPEN])
def test_nobody_is_added_to_what_was_sent_or_withdrawn(council, state):
    audit = given(council)
    put_into(state, audit.id)
    with pytest.raises(services.NotOpen, match="can no longer be changed"):
        share(council, audit)
    with pytest.raises(services.NotOpen):
        share_outside(council, audit)
    assert second(audit) == []


MAY_NOT = [
    # S6: the child's own people, and those of the child's team
    ("worker", services.MayNotShare, "does not audit"),
    ("manager", services.NotIndependent, "manages or belongs to the team"),
    ("chair", services.NotIndependent, "is this child's conference chair"),
    # P5: whose audit it is
    ("other_auditor", services.MayNotShare, "Otto Auditor does this audit"),
    # somebody who does not audit at all
    ("viewer", services.MayNotShare, "Vera Viewer does not audit"),
]


@pytest.mark.parametrize(("key", "error", "why"), MAY_NOT)
def test_who_may_not_be_the_second_auditor(council, key, error, why):
    audit = given(council)
    with pytest.raises(error, match=why) as refused:
        share(council, audit, key)
    assert refused.value.field == "auditor"
    assert (second(audit), told()) == ([], set())


def test_whoever_moderates_it_is_not_its_second_auditor(council):
    # M2
    grant(council, "review_head", Role.AUDITOR, Scope.OWN, None)
    audit = given(council)
    put_into(S.AWAITING_MODERATION, audit.id)
    services.take_for_moderation(
        audit, person(council, "review_head"), council.people["review_head"], AT
    )
    services.return_for_correction(audit, council.people["review_head"], AT)
    with pytest.raises(services.MayNotShare, match="moderates this audit"):
        share(council, audit, "review_head")
    assert council.people["review_head"] not in {
        each.id for each in colleagues_for(audit, london_date(AT)).free
    }


def test_an_interest_bars_and_a_waiver_lets_in_once(council):
    # S6
    audit = given(council)
    declare(council, "iro")
    with pytest.raises(services.NotIndependent, match="has declared an interest"):
        share(council, audit, "iro")
    waiver = services.grant_waiver(
        db.session.get_one(Case, council.cases["100001"]), person(council, "iro"),
        alternatives="Nobody else", reason="A rare field", by=council.people["qa_lead"], at=now(),
    )  # fmt: skip
    share(council, audit, "iro")
    assert waiver.audit_id == audit.id


def test_the_list_sorts_everybody_as_the_service_does(council):
    # S6
    audit = given(council)
    sorted_ones = colleagues_for(audit, london_date(now()))
    assert [each.name for each in sorted_ones.free] == ["Ada Auditor", "Iris Reviewer"]
    assert {each.name for each in sorted_ones.barred} == {"Manny Manager", "Cleo Chair"}
    assert "Team Manager, Safeguarding Team 2" in sorted_ones.free[0].words


def test_there_is_one_second_auditor_at_a_time(council):
    audit = given(council)
    share(council, audit, "iro")
    for again in (share, lambda *them: share_outside(*them[:2])):
        with pytest.raises(services.SharedAlready, match="Iris Reviewer is the second auditor"):
            again(council, audit, "auditor")
    assert len(second(audit)) == 1


# --- what they may do

PERMISSIONS = [
    # I2, A8: the second auditor reads and writes as the auditor does
    (Permission.AUDIT_READ, True), (Permission.AUDIT_WRITE, True),
    # A9: and raises a concern
    (Permission.CONCERN_RAISE, True),
    # A10: the auditor alone submits, puts back and notes
    (Permission.AUDIT_SUBMIT, False), (Permission.AUDIT_UNSTART, False),
    (Permission.AUDIT_WITHDRAW, False), (Permission.AUDIT_SHARE, False),
    (Permission.AUDIT_NOTE_RECORD, False), (Permission.MODERATION_START, False),
]  # fmt: skip


@pytest.mark.parametrize(("permission", "held"), PERMISSIONS)
@pytest.mark.parametrize("outside", [False, True])
def test_what_a_second_auditor_may_do(council, permission, held, outside):
    audit = given(council)
    who = share_outside(council, audit) if outside else share(council, audit).person_id
    found = allowed(permission, actor(who, london_date(now())), audit.permission_subject())
    assert found is held


@pytest.mark.parametrize("state", list(S))
def test_they_read_it_in_every_state(council, state):
    # I2
    audit = given(council)
    who = share(council, audit).person_id
    put_into(state, audit.id)
    db.session.refresh(audit)
    seen = actor(who, london_date(now()))
    assert allowed(Permission.AUDIT_READ, seen, audit.permission_subject())
    assert audit.id in db.session.scalars(select(Audit.id).where(queries.may_read(seen)))


def test_two_writers_of_one_box_are_both_shown_and_of_two_boxes_merged(council):
    # A8
    audit = given(council)
    partner = share_outside(council, audit)
    auditor = Writer(audit, council.people["other_auditor"])
    auditor({"risk.evidence": "Hers", "risk.impact": "Slept"})
    change = services.Change("risk.evidence", "Theirs", 0)
    other = services.Change("recording.evidence", "Theirs too", 0)
    saved = services.save_fields(audit, [change, other], partner, AT)
    (conflict,) = saved.conflicts
    assert (conflict.mine, conflict.theirs) == ("Theirs", "Hers")
    draft = Draft(audit)
    assert draft.text("risk.evidence") == "Hers"
    assert draft.text("recording.evidence") == "Theirs too"


def test_their_first_word_starts_it(council):
    # A8
    audit = given(council)
    partner = share_outside(council, audit)
    Writer(audit, partner)({"risk.evidence": "Theirs"})
    assert audit.state is S.IN_PROGRESS
    db.session.commit()
    lines = {(line.sentence, line.who) for line in queries.timeline_of(audit)}
    assert {("Started", "Per Partner"),
            ("Last wrote in the audit, 1 save", "Per Partner")} <= lines  # fmt: skip


@pytest.mark.parametrize(("minutes", "names"), [(9, ["Per Partner"]), (11, [])])
def test_who_is_writing_too_is_said_for_ten_minutes(council, minutes, names):
    # A8
    audit = given(council)
    partner = share_outside(council, audit)
    Writer(audit, partner)({"risk.evidence": "Theirs"})
    Writer(audit, council.people["other_auditor"])({"risk.impact": "Mine"})
    db.session.commit()
    later = AT + timedelta(minutes=minutes)
    found = queries.writing_too(audit, council.people["other_auditor"], later)
    assert [each.name for each in found] == names


def test_it_counts_for_its_auditor_alone(council):
    # P2, P4: nothing more is expected of the second one, and their part is not done for them
    audit = programme.give_audit(
        db.session.get_one(Case, council.cases["100001"]), person(council, "other_auditor"), MONTH,
        Selection.RANDOM, "", by=council.people["qa_lead"], at=AT,
    )  # fmt: skip
    before = completion(MONTH, MONTH)[MONTH]
    share(council, audit)
    assert completion(MONTH, MONTH)[MONTH] == before
    assert find(Expectation).person_id == council.people["other_auditor"]


def test_both_are_told_when_it_comes_back_and_when_it_is_final(council):
    # M6, M7
    audit = given(council)
    who = share(council, audit).person_id
    put_into(S.AWAITING_MODERATION, audit.id)
    services.take_for_moderation(
        audit, person(council, "review_head"), council.people["review_head"], AT
    )
    services.return_for_correction(audit, council.people["review_head"], AT)
    subject = f"Audit {audit.reference} was returned to you"
    assert told("returned:") == {(who, subject), (council.people["other_auditor"], subject)}


# --- moderation

BARRED = [
    # M2: never the second auditor
    ("other_head", "other_head", "did this audit"),
    # M2: nor their line manager
    ("iro", "review_head", "is the second auditor's line manager"),
    # M2: nor somebody in line management under them
    ("review_head", "chair", "is managed by the second auditor"),
    # M2: the auditor's own line manager still says so of the auditor
    ("iro", "other_head", "is the auditor's line manager"),
    # M2: somebody above both may
    ("iro", "director", ""),
]


@pytest.mark.parametrize(("co_auditor", "moderator", "why"), BARRED)
def test_a_second_auditor_bars_as_the_first_does(council, co_auditor, moderator, why):
    grant(council, co_auditor, Role.AUDITOR, Scope.OWN, None)
    audit = given(council, case="100003")
    share(council, audit, co_auditor)
    found = review_of(audit, council.people[moderator], london_date(AT)).bars
    assert why in " and ".join(bar.reason for bar in found)
    assert bool(found) is bool(why)


def test_a_second_auditor_of_the_chairs_service_sends_it_to_another_one(council):
    # S6: reviews and independent oversight are not for a colleague of the reviewers to moderate
    audit = given(council)
    share(council, audit, "iro")
    found = review_of(audit, council.people["review_head"], london_date(AT)).bars
    assert "is from the service of the second auditor" in " ".join(bar.reason for bar in found)


# --- how it ends


def test_a_colleague_is_taken_off_with_the_reason(council):
    # I2: they read it no more; what they wrote stays
    audit = given(council)
    who = share(council, audit).person_id
    Writer(audit, who)({"risk.evidence": "Theirs"})
    take_off(council, audit)
    assert second(audit) == []
    assert Draft(audit).text("risk.evidence") == "Theirs"
    seen = actor(who, london_date(now()))
    assert not allowed(Permission.AUDIT_READ, seen, audit.permission_subject())
    db.session.commit()
    event = db.session.scalars(select(Event).where(Event.verb == "co_auditor_removed")).one()
    assert event.sentence == "The second auditor was taken off: Their part is done"
    assert {person_id for person_id, _ in told("co:off") | told("co:without")} == {
        who, council.people["other_auditor"],
    }  # fmt: skip
    with pytest.raises(services.NotShared):
        take_off(council, audit)
    assert history.verify().intact


def test_a_partners_account_ends_with_the_last_audit_that_is_shared(council):
    # AZ-8
    first, other = given(council), given(council, case="100004", auditor="auditor")
    who = share_outside(council, first)
    share_outside(council, other)
    take_off(council, first)
    assert db.session.get_one(Person, who).account.ends_on == date_after(30)
    take_off(council, other)
    assert db.session.get_one(Person, who).account.ends_on == date_after(-1)


@pytest.mark.parametrize("state", [each for each in S if each not in OPEN])
def test_who_did_what_was_sent_stands(council, state):
    # M2: taken off, they might moderate what they wrote
    audit = given(council)
    share(council, audit)
    put_into(state, audit.id)
    with pytest.raises(services.NotOpen):
        take_off(council, audit)
    assert len(second(audit)) == 1


def test_a_second_auditor_who_declares_an_interest_is_off_it_at_once(council):
    # S6
    audit = given(council)
    who = share(council, audit, "iro").person_id
    declare(council, "iro")
    assert second(audit) == []
    subjects = {subject for _, subject in told("interest:")}
    assert subjects == {f"Audit {audit.reference}: its second auditor has declared an interest"}
    assert who in {person_id for person_id, _ in told("co:off")}


def test_an_interest_declared_after_it_was_sent_is_told_and_leaves_who_did_it(council):
    # S6, M2
    audit = given(council)
    share(council, audit, "iro")
    put_into(S.AWAITING_MODERATION, audit.id)
    declare(council, "iro")
    assert len(second(audit)) == 1
    assert len(told("interest:")) == 1


# --- cover (P5)


def reassign(council, audit, key):
    return services.reassign(
        audit, person(council, key), audit.auditor_post, "Away", by=council.people["qa_lead"],
        at=now(),
    )  # fmt: skip


def test_the_second_auditor_stays_when_the_audit_is_covered(council):
    # P5
    audit = given(council)
    who = share_outside(council, audit)
    Writer(audit, who)({"risk.evidence": "Theirs"})
    reassign(council, audit, "auditor")
    assert queries.auditors_words(audit) == "Ada Auditor with Per Partner, Cityshire Police"
    assert Draft(audit).text("risk.evidence") == "Theirs"
    subject = f"Audit {audit.reference}: Ada Auditor is its auditor now"
    assert (who, subject) in told("reassigned:")


def test_a_second_auditor_can_go_on_alone_as_its_auditor(council):
    # P5: nobody is nearer to it
    audit = given(council)
    share(council, audit, "iro")
    Writer(audit, council.people["iro"])({"risk.evidence": "Theirs"})
    row = programme.cover(
        audit, person(council, "iro"), "Away", by=council.people["qa_lead"], at=now()
    )
    assert (audit.auditor_id, row.covered_by) == (council.people["iro"],) * 2
    assert second(audit) == []
    assert len(db.session.scalars(select(AuditParty).where(
        AuditParty.person_id == council.people["iro"])).all()) == 1  # fmt: skip
    assert Draft(audit).text("risk.evidence") == "Theirs"


def test_the_waiver_of_a_second_auditor_stands_when_the_audit_becomes_theirs(council):
    # S6: it was granted for this audit
    audit = given(council)
    services.grant_waiver(
        db.session.get_one(Case, council.cases["100001"]), person(council, "chair"),
        alternatives="Nobody else", reason="A rare field", by=council.people["qa_lead"], at=now(),
    )  # fmt: skip
    share(council, audit, "chair")
    reassign(council, audit, "chair")
    assert audit.auditor_id == council.people["chair"]


def test_a_partner_never_does_an_audit_alone(council):
    audit = given(council)
    who = share_outside(council, audit)
    with pytest.raises(services.FromOutside, match="is of Cityshire Police"):
        services.reassign(
            audit, db.session.get_one(Person, who), audit.auditor_post, "Away",
            by=council.people["qa_lead"], at=now(),
        )  # fmt: skip
    assert find(Account, person_id=who).ends_on == date_after(30)
