"""Covering an audit: another auditor does it, and the expectation moves with it (P5)."""

import re
from datetime import date, timedelta

import pytest
from hypothesis import given as examples
from hypothesis import settings as runs
from hypothesis import strategies as st
from sqlalchemy import select, update

from qa_app.accounts.models import Person, PostHolding
from qa_app.audits import services as audits
from qa_app.audits.draft import Draft
from qa_app.audits.models import Audit, AuditParty
from qa_app.audits.services import AlreadyTheirs, NotIndependent
from qa_app.cases.models import Case
from qa_app.database import db, saving
from qa_app.domain.grades import Selection
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState, MoveNotAllowed
from qa_app.history import Event
from qa_app.notify.models import Notice
from qa_app.programme import services
from qa_app.programme.models import (
    Batch,
    BatchAudit,
    BatchAuditor,
    BatchKind,
    Cover,
    CycleState,
    ExemptionReason,
    Expectation,
)
from qa_app.programme.queries import completion
from tests.audits.making import AT, MONTH, Writer, given

COVER = "The auditor is away"


def person(council, key):
    return db.session.get_one(Person, council.people[key])


def given_in_cycle(council, auditor="other_auditor", case="100001"):
    audit = services.give_audit(
        db.session.get_one(Case, council.cases[case]), person(council, auditor), MONTH,
        Selection.RANDOM, "", by=council.people["qa_lead"], at=AT,
    )  # fmt: skip
    db.session.flush()
    return audit


def cover(council, audit, auditor="auditor", reason=COVER):
    return services.cover(
        audit, person(council, auditor), reason, by=council.people["qa_lead"], at=AT
    )


def expected(council):
    names = {value: key for key, value in council.people.items()}
    rows = db.session.scalars(select(Expectation).execution_options(populate_existing=True))
    return {names[row.person_id]: row.number for row in rows if row.person_id}


def due():
    found = completion(MONTH, MONTH)[MONTH]
    return found.due, found.other_due


def test_an_audit_goes_to_another_auditor_with_the_reason(context, council):
    # P5
    audit = given_in_cycle(council)
    row = cover(council, audit)

    assert (audit.auditor_id, audit.auditor_name) == (council.people["auditor"], "Ada Auditor")
    assert (row.covered_for, row.covered_by, row.reason, row.by, row.at) == (
        council.people["other_auditor"], council.people["auditor"], COVER,
        council.people["qa_lead"], AT,
    )  # fmt: skip
    assert audit.due_on == date(2026, 11, 30)


def test_the_expectation_moves_with_it_and_due_stays_the_same(context, council):
    # P5
    audit = given_in_cycle(council)
    before = due()
    cover(council, audit)
    assert expected(council) == {"other_auditor": 0, "auditor": 1}
    assert due() == before == (1, 0)


def test_whoever_covers_has_one_more_than_their_own(context, council):
    # P5
    audit = given_in_cycle(council)
    given_in_cycle(council, "auditor", "100003")
    cover(council, audit)
    assert expected(council) == {"other_auditor": 0, "auditor": 2}


def test_it_counts_as_done_of_whoever_covers(context, council):
    # P4, P5
    audit = given_in_cycle(council)
    cover(council, audit)
    audit.state, audit.completed_on = AuditState.AWAITING_MODERATION, date(2026, 11, 27)
    db.session.flush()
    found = completion(MONTH, MONTH)[MONTH]
    assert (found.due, found.done, found.done_audit_ids) == (1, 1, [audit.id])


def test_an_exempted_audit_moves_no_expectation(context, council):
    # P3, P5: the exemption stands and is printed; never below nothing
    audit = given_in_cycle(council)
    expectation = db.session.scalars(select(Expectation)).one()
    services.exempt(
        expectation, number=1, reason=ExemptionReason.SICKNESS, note="",
        by=council.people["other_head"], at=AT,
    )  # fmt: skip
    before = due()
    cover(council, audit)
    assert expected(council) == {"other_auditor": 1}
    assert due() == before == (0, 0)
    assert completion(MONTH, MONTH)[MONTH].exempted == 1


def test_a_post_that_somebody_else_held_gets_one_beside_it(context, council):
    # P4, P5: everybody is measured against their own number
    audit = given_in_cycle(council)
    holding = db.session.scalars(
        select(PostHolding).where(PostHolding.person_id == council.people["auditor"])
    ).one()
    cycle = services.ensure_cycle(MONTH, None, AT)
    services.set_expectation(
        cycle, post=holding.post, person=person(council, "iro"), number=1, by=None, at=AT
    )
    cover(council, audit)
    beside = db.session.scalars(select(Expectation).where(Expectation.post_id.is_(None))).one()
    assert (beside.person_id, beside.number) == (council.people["auditor"], 1)
    # A second one is added to it.
    cover(council, given_in_cycle(council, case="100003"))
    assert beside.number == 2


def test_a_vacant_posts_expectation_becomes_that_of_its_new_holder(context, council):
    # P4, P5
    audit = given_in_cycle(council)
    holding = db.session.scalars(
        select(PostHolding).where(PostHolding.person_id == council.people["auditor"])
    ).one()
    cycle = services.ensure_cycle(MONTH, None, AT)
    services.set_expectation(cycle, post=holding.post, person=None, number=1, by=None, at=AT)
    before = due()
    cover(council, audit)
    assert expected(council) == {"other_auditor": 0, "auditor": 2}
    assert due() == before


def test_in_a_closed_cycle_the_figure_of_mtm_2_stands(context, council):
    # P6: an unfinished audit is overdue, not gone, and can be covered
    audit = given_in_cycle(council)
    cycle = services.ensure_cycle(MONTH, None, AT)
    cycle.state, cycle.closed_at = CycleState.CLOSED, AT
    holding = db.session.scalars(
        select(PostHolding).where(PostHolding.person_id == council.people["iro"])
    ).one()
    holding.post.kind = "qa_officer"
    db.session.flush()
    before = due()
    cover(council, audit, "iro")
    assert due() == before == (1, 0)
    assert expected(council) == {"other_auditor": 1}
    # One who counts alike takes the expectation along.
    cover(council, audit, "auditor")
    assert due() == before


def test_in_a_batch_the_number_moves_too(context, council):
    # P5, P7: a batch has people of its own
    audit = given(council)
    audit.cycle_month = None
    batch = Batch(
        kind=BatchKind.LOOK_BACK, name="Look-back", tool_code="core", number=3,
        starts_on=date(2026, 11, 1), ends_on=date(2026, 12, 1), made_at=AT,
    )  # fmt: skip
    db.session.add(batch)
    db.session.flush()
    people = council.people
    db.session.add_all([
        BatchAudit(audit_id=audit.id, batch_id=batch.id),
        BatchAuditor(batch_id=batch.id, person_id=people["other_auditor"], number=2),
    ])  # fmt: skip
    db.session.flush()
    numbers = []
    for key in ("auditor", "iro", "auditor", "other_auditor"):
        cover(council, audit, key)
        db.session.flush()
        rows = db.session.scalars(select(BatchAuditor))
        numbers.append({row.person_id: row.number for row in rows})
    other, ada, iris = people["other_auditor"], people["auditor"], people["iro"]
    assert numbers == [{other: 1, ada: 1}, {other: 1, iris: 1}, {other: 1, ada: 1}, {other: 2}]


def test_what_was_written_stays_and_whoever_had_it_reads_it_no_more(context, council):
    # I2, P5
    audit = given_in_cycle(council)
    Writer(audit, council.people["other_auditor"])({"risk.evidence": "What I found"})
    assert audit.state is AuditState.IN_PROGRESS
    cover(council, audit)

    assert (audit.state, audit.started_at) == (AuditState.GIVEN, None)
    assert Draft(audit).text("risk.evidence") == "What I found"
    auditors = db.session.scalars(
        select(AuditParty.person_id).where(AuditParty.party == Party.AUDITOR)
    ).all()
    assert auditors == [council.people["auditor"]]


def test_both_are_told_and_the_line_manager_of_who_is_covered(context, council):
    # P5
    audit = given_in_cycle(council)
    before = set(db.session.scalars(select(Notice.id)))
    cover(council, audit)
    names = {value: key for key, value in council.people.items()}
    told = {
        names[notice.person_id]: notice.subject
        for notice in db.session.scalars(select(Notice).where(Notice.id.not_in(before)))
    }
    assert told == {
        "auditor": f"Audit {audit.reference} is yours now, due 30 November 2026",
        "other_auditor": f"Audit {audit.reference} is no longer yours",
        "other_head": f"Audit {audit.reference} is covered",
    }


def test_to_and_fro_everybody_is_told_each_time(context, council):
    audit = given_in_cycle(council)
    for key in ("auditor", "other_auditor", "auditor"):
        cover(council, audit, key)
    subject = f"Audit {audit.reference} is yours now, due 30 November 2026"
    told = db.session.scalars(select(Notice.person_id).where(Notice.subject == subject)).all()
    assert sorted(told, key=str) == sorted(
        [council.people[key] for key in ("auditor", "other_auditor", "auditor")], key=str
    )


def test_it_stands_in_the_history(context, council):
    # I1
    with saving():
        audit = given_in_cycle(council)
        cover(council, audit)
    found = {
        event.verb: event
        for event in db.session.scalars(select(Event).where(Event.audit_id == audit.id))
    }
    assert found["audit_reassigned"].sentence == f"Given to another auditor: {COVER}"
    assert found["expectation_moved"].details["number"] == 0


@pytest.mark.parametrize(
    ("auditor", "reason", "error"),
    [
        # S6: never somebody with a conflict
        ("chair", COVER, NotIndependent),
        ("manager", COVER, NotIndependent),
        # P5: with the reason
        ("auditor", "  ", services.CoverNeedsReason),
        # a button pressed twice
        ("other_auditor", COVER, AlreadyTheirs),
    ],
)
def test_what_is_refused(context, council, auditor, reason, error):
    audit = given_in_cycle(council)
    with pytest.raises(error):
        cover(council, audit, auditor, reason)
    db.session.flush()
    assert (audit.auditor_id, expected(council)) == (
        council.people["other_auditor"], {"other_auditor": 1},
    )  # fmt: skip
    assert db.session.scalars(select(Cover)).all() == []


def test_nobody_without_a_post_covers(context, council):
    # P4: the measures could not tell how to count the audit
    audit = given_in_cycle(council)
    db.session.execute(
        update(PostHolding)
        .where(PostHolding.person_id == council.people["auditor"])
        .values(ended_on=date(2026, 11, 1))
    )
    with pytest.raises(services.NoPost):
        cover(council, audit)


@pytest.mark.parametrize(
    "state", sorted(set(AuditState) - {AuditState.GIVEN, AuditState.IN_PROGRESS}), ids=str
)
def test_only_an_audit_that_is_not_yet_sent_is_covered(context, council, state):
    # P5
    audit = given_in_cycle(council)
    values = {"state": state, "graded": False, "final_at": AT, "completed_on": AT.date()}
    db.session.execute(update(Audit).values(**values))
    with pytest.raises(MoveNotAllowed, match="cannot be given to somebody else now"):
        cover(council, audit)


def test_due_stays_the_same_however_often_audits_are_covered(context, council):
    # P5: and nobody's number goes below nothing
    both = [given_in_cycle(council, case=case) for case in ("100001", "100003")]
    who = st.sampled_from(["auditor", "iro", "other_auditor"])

    @runs(max_examples=15, deadline=None)
    @examples(st.lists(st.tuples(st.sampled_from(both), who)))
    def due_stays(moves):
        for audit, key in moves:
            if audit.auditor_id != council.people[key]:
                cover(council, audit, key)
            assert due() == (2, 0)
            assert min(expected(council).values()) >= 0

    due_stays()


@pytest.fixture
def lead(council, client_for):
    """The QA lead's browser."""
    return client_for(council.people["qa_lead"])


@pytest.fixture
def path(app, council):
    """The address of the page that covers the one audit."""
    with app.app_context(), saving():
        return f"/programme/audits/{given_in_cycle(council).id}"


def _choice(page, name):
    return re.search(rf'<option value="([^"]+)">{name}', page)[1]


def test_the_qa_lead_covers_an_audit(app, council, lead, path):
    # P5, S6
    audit_page = path.removeprefix("/programme")
    assert f'href="{path}/cover"' in lead.get(audit_page).text
    page = lead.get(f"{path}/cover").text
    assert "Ada Auditor, Team Manager, Safeguarding Team 2 (0 audits to do)" in page
    assert "Cleo Chair is this child&#39;s conference chair" in page
    # The child is shown with everything that tells a mistyped number, the social worker among it.
    assert "<dd>Wendy Worker</dd>" in page
    assert not re.search(r"<option[^>]*>Otto Auditor", page)
    answer = lead.submit(
        f"{path}/cover",
        {"auditor": _choice(page, "Ada Auditor"), "reason": COVER, "save": "1"},
        follow_redirects=True,
    )
    assert "in place of Otto Auditor. Both have been told" in answer.text
    with app.app_context():
        assert db.session.scalars(select(Cover)).one().reason == COVER


def test_what_is_missing_is_asked_for(lead, path):
    answer = lead.submit(f"{path}/cover", {"save": "1"})
    for message in ("Select an auditor", "Enter why the audit is covered"):
        assert message in answer.text


def test_a_conflicted_auditor_sent_by_hand_is_refused(app, council, lead, path):
    # S6, checked on the server
    answer = lead.submit(f"{path}/cover", {
        "auditor": str(council.people["chair"]), "reason": COVER, "save": "1",
    })  # fmt: skip
    assert "select one of the answers shown" in answer.text
    with app.app_context():
        assert db.session.scalars(select(Cover)).all() == []


def test_an_audit_that_was_sent_says_why_it_cannot_be_covered(app, lead, path):
    # P5
    with app.app_context(), saving():
        values = {"state": AuditState.RETURNED, "completed_on": AT.date()}
        db.session.execute(update(Audit).values(**values))
    page = lead.get(f"{path}/cover").text
    assert "This audit cannot be covered. It is “returned for correction”" in re.sub(
        "<[^>]+>", "", page
    )
    assert lead.get(path.removeprefix("/programme")).status_code == 200


@pytest.mark.parametrize(
    "key", ["auditor", "other_auditor", "head", "director", "worker", "viewer"]
)
def test_only_the_qa_lead_covers(council, client_for, path, key):
    assert client_for(council.people[key]).get(f"{path}/cover").status_code == 403


def test_an_audit_that_is_not_there_is_not_found(lead, council):
    missing = council.people["auditor"]
    assert lead.get(f"/programme/audits/{missing}/cover").status_code == 404


def test_an_audit_that_is_late_is_covered_within_its_own_month(context, council):
    # P5: covering an audit that is late moves what was due in its own month
    audit = given_in_cycle(council)
    services.cover(
        audit, person(council, "auditor"), COVER, by=council.people["qa_lead"],
        at=AT + timedelta(days=40),
    )  # fmt: skip
    assert expected(council) == {"other_auditor": 0, "auditor": 1}
    assert audits.locked(audit).cycle_month == MONTH
