"""Allocating a draw: proposed, changed by hand, confirmed (S5, S6, S7, P2, P3, P7)."""

from collections import Counter
from datetime import date, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from qa_app.accounts.models import Person, PostHolding, RoleGrant
from qa_app.audits import services as audits
from qa_app.audits.models import Audit
from qa_app.audits.services import NotIndependent
from qa_app.cases.models import Case
from qa_app.database import db
from qa_app.domain.allocation import Wrong
from qa_app.domain.calendar import london_date
from qa_app.domain.grades import Selection
from qa_app.domain.proposal import NotInProposal
from qa_app.domain.workflow import AuditState
from qa_app.history import Event
from qa_app.notify.models import Notice
from qa_app.programme import services
from qa_app.programme.models import (
    BatchAudit,
    BatchAuditor,
    BatchKind,
    CaseFate,
    DrawState,
    ExemptionReason,
    Expectation,
)
from tests.audits.making import AT
from tests.council import find
from tests.programme.drawing import MONTH, a_batch, a_draw, add_cases, expect

TODAY = london_date(AT)
EVERYBODY = dict.fromkeys(("manager", "auditor", "other_auditor", "iro", "chair"), 1)

pytestmark = pytest.mark.usefixtures("context")


def propose(council, draw, **options):
    return services.propose(draw, by=council.people["qa_lead"], at=AT, **options)


def confirm(council, draw, **options):
    return services.confirm_allocation(draw, by=council.people["qa_lead"], at=AT, **options)


def change(council, draw, reference, who, **options):
    drawn = next(each for each in draw.cases if each.case_reference == reference)
    person = db.session.get_one(Person, council.people[who])
    return services.change_allocation(
        draw, drawn, person, by=council.people["qa_lead"], at=AT, **options
    )


def who_gets(proposal) -> dict[str, str]:
    """case reference → name."""
    return {
        each.reference: proposal.people[each.auditor].name
        for each in proposal.cases.values()
        if each.auditor
    }


def of_case(proposal, reference):
    return next(each for each in proposal.cases.values() if each.reference == reference)


def barred(proposal, reference) -> dict[str, tuple[str, ...]]:
    case = of_case(proposal, reference)
    return {proposal.people[bar.auditor].name: bar.reasons for bar in case.barred}


def test_every_case_goes_to_somebody_independent_with_fair_loads(council):
    # S6, S7
    expect(council, EVERYBODY)
    draw = a_draw(council, ["100001", "100003", "100004"])
    proposal = propose(council, draw)

    got = who_gets(proposal)
    assert set(got) == {"100001", "100003", "100004"}
    assert max(Counter(got.values()).values()) == 1
    assert proposal.assessment.wrong == []
    assert got["100001"] not in {"Manny Manager", "Cleo Chair"}
    assert barred(proposal, "100001")["Cleo Chair"][0] == "is this child's conference chair"
    assert "Iris Reviewer" in barred(proposal, "100004")
    # Nothing is given yet.
    assert db.session.scalars(select(Audit)).all() == []
    assert draw.state is DrawState.MADE


def test_a_colleagues_oversight_and_the_own_service_are_avoided_and_flagged(council):
    # S6: Iris is of the service of this child's chair; Ada is of the child's own service
    expect(council, {"auditor": 1, "iro": 1})
    proposal = propose(council, a_draw(council, ["100001"]))
    assert who_gets(proposal) == {"100001": "Ada Auditor"}
    assert (of_case(proposal, "100001").colleague, of_case(proposal, "100001").own_service) == (
        False, True,
    )  # fmt: skip

    expect(council, {"auditor": 0, "iro": 1})
    proposal = propose(council, a_draw(council, ["100001"]))
    assert who_gets(proposal) == {"100001": "Iris Reviewer"}
    assert of_case(proposal, "100001").colleague


def test_who_is_expected_to_do_none_gets_none(council):
    # P2, P3: a number of 0, an exemption from all of it, no post, no role of auditor
    expect(council, EVERYBODY | {"iro": 0, "head": 1})
    exempted = find(Expectation, person_id=council.people["auditor"])
    services.exempt(exempted, number=1, reason=ExemptionReason.LEAVE, note="",
                    by=council.people["head"], at=AT)  # fmt: skip
    find(PostHolding, person_id=council.people["chair"]).ended_on = TODAY - timedelta(days=1)
    db.session.flush()
    proposal = propose(council, a_draw(council, ["100003"]))

    assert who_gets(proposal) == {"100003": "Otto Auditor"}
    assert dict(proposal.left_out) == {
        "Ada Auditor": "is expected to do none, or was exempted",
        "Cleo Chair": "holds no post today",
        "Hetty Head": "does not hold the role of auditor today",
        "Iris Reviewer": "is expected to do none, or was exempted",
    }


@pytest.mark.parametrize(
    ("numbers", "words"),
    [
        # P2: nothing is expected of anybody in the cycle yet
        ({}, "No audits are expected of anybody in November 2026 yet"),
        # P3: somebody is expected, and may not be asked
        ({"iro": 0}, "Iris Reviewer is expected to do none"),
    ],
)
def test_where_nobody_can_be_asked_it_says_so(council, numbers, words):
    expect(council, numbers)
    with pytest.raises(services.NobodyToAsk, match=words):
        propose(council, a_draw(council, ["100003"]))


def test_audits_given_before_count_for_fair_loads(council):
    # S7: "over a cycle"
    expect(council, {"auditor": 1, "other_auditor": 1})
    services.give_audit(
        db.session.get_one(Case, council.cases["100001"]),
        db.session.get_one(Person, council.people["other_auditor"]),
        MONTH, Selection.RANDOM, "", council.people["qa_lead"], AT,
    )  # fmt: skip

    assert who_gets(propose(council, a_draw(council, ["100003"]))) == {"100003": "Ada Auditor"}


def test_a_case_that_nobody_may_have_says_who_else_could(council):
    # S6, S7: the explanation names every auditor's reason, and those besides them who are free
    expect(council, {"manager": 1, "chair": 1})
    proposal = propose(council, a_draw(council, ["100001", "100004"]))
    case = of_case(proposal, "100001")

    assert proposal.assessment.wrong == [Wrong.NOBODY]
    assert case.auditor is None
    assert set(barred(proposal, "100001")) == {"Manny Manager", "Cleo Chair"}
    assert [each.split(",")[0] for each in case.others] == [
        "Ada Auditor", "Iris Reviewer", "Otto Auditor",
    ]  # fmt: skip


def test_who_has_less_than_fair_is_named_with_their_conflicts(council):
    # S7: Manny may have none of his team's cases, so Ada, of the same role, has three more
    expect(council, {"auditor": 3, "manager": 3})
    draw = a_draw(council, add_cases(council, 3))
    proposal = propose(council, draw)

    (behind,) = proposal.assessment.behind
    assert proposal.people[behind.auditor].name == "Manny Manager"
    assert len(behind.barred_from) == 3
    assert proposal.assessment.wrong == [Wrong.UNFAIR]


def test_a_case_put_to_somebody_by_hand_is_checked_again(council):
    # S6
    expect(council, EVERYBODY)
    draw = a_draw(council, ["100001", "100003"])
    propose(council, draw)
    with pytest.raises(NotIndependent, match="Cleo Chair may not audit this case: Cleo Chair is"):
        change(council, draw, "100001", "chair")
    proposal = change(council, draw, "100001", "auditor")

    assert who_gets(proposal)["100001"] == "Ada Auditor"
    assert of_case(proposal, "100001").by_hand
    assert of_case(proposal, "100001").own_service


def test_somebody_from_beside_the_draws_auditors_may_be_chosen(council):
    # P2: confirmed, they are expected to do as many
    expect(council, {"auditor": 1})
    draw = a_draw(council, ["100003"])
    propose(council, draw)
    assert who_gets(change(council, draw, "100003", "other_auditor")) == {"100003": "Otto Auditor"}
    # and are gone again when it goes to somebody else
    assert len(change(council, draw, "100003", "auditor").people) == 1
    change(council, draw, "100003", "other_auditor")
    confirm(council, draw)

    assert find(Expectation, person_id=council.people["other_auditor"]).number == 1


def test_what_is_not_in_the_proposal_cannot_be_changed(council):
    expect(council, EVERYBODY)
    draw = a_draw(council, ["100003"], reserves=("100004",))
    with pytest.raises(services.NotProposed, match="propose who audits"):
        change(council, draw, "100003", "iro")
    propose(council, draw)
    with pytest.raises(NotInProposal):
        change(council, draw, "100004", "auditor")
    find(PostHolding, person_id=council.people["iro"]).ended_on = TODAY - timedelta(days=1)
    db.session.flush()
    with pytest.raises(services.NoPost):
        change(council, draw, "100003", "iro")


def test_confirming_gives_every_case_and_tells_each_auditor_once(council):
    # S5: selection random in a cycle's draw, due on its last working day
    expect(council, EVERYBODY)
    draw = a_draw(council, ["100001", "100003", "100004"])
    names = who_gets(propose(council, draw))
    given = confirm(council, draw)
    db.session.commit()

    assert {each.case_reference: each.auditor_name for each in given} == names
    assert {each.selection for each in given} == {Selection.RANDOM}
    assert {(each.cycle_month, each.due_on) for each in given} == {(MONTH, date(2026, 11, 30))}
    assert {each.graded for each in given} == {True}
    assert [each.audit_id for each in draw.cases] == [each.id for each in given]
    assert (draw.state, draw.confirmed_by) == (DrawState.CONFIRMED, council.people["qa_lead"])
    told = Counter(db.session.scalars(select(Notice.person_id)))
    assert told == Counter(each.auditor_id for each in given)
    sentences = [each.sentence for each in db.session.scalars(select(Event))]
    assert "Confirmed the draw: 3 audits given" in sentences


def test_confirming_twice_gives_once(council):
    expect(council, EVERYBODY)
    draw = a_draw(council, ["100001", "100003"])
    propose(council, draw)
    seen = draw.version
    confirm(council, draw, seen=seen)
    with pytest.raises(services.NothingToAllocate, match="is allocated: every case was given"):
        confirm(council, draw, seen=seen)

    assert len(db.session.scalars(select(Audit)).all()) == 2


def test_what_somebody_else_changed_meanwhile_is_not_confirmed(council):
    expect(council, EVERYBODY)
    draw = a_draw(council, ["100001", "100003"])
    propose(council, draw)
    seen = draw.version
    change(council, draw, "100003", "auditor", seen=seen)
    with pytest.raises(services.ChangedMeanwhile):
        confirm(council, draw, seen=seen)


def test_a_case_that_cannot_be_given_any_more_stops_all_and_is_named(council):
    # S3: the case was closed after the allocation was shown
    expect(council, EVERYBODY)
    draw = a_draw(council, ["100001", "100003"])
    propose(council, draw)
    db.session.get_one(Case, council.cases["100003"]).closed_on = TODAY
    db.session.commit()
    with pytest.raises(services.CannotGive, match="Case 100003 cannot be given"):
        confirm(council, draw)
    db.session.rollback()

    assert db.session.scalars(select(Audit)).all() == []


def test_what_became_a_conflict_since_is_refused(council):
    # S6
    expect(council, {"iro": 1})
    draw = a_draw(council, ["100003"])
    propose(council, draw)
    audits.declare_interest(
        db.session.get_one(Case, council.cases["100003"]),
        db.session.get_one(Person, council.people["iro"]),
        by=council.people["iro"], at=AT,
    )  # fmt: skip
    with pytest.raises(services.CannotGive, match="has declared an interest in this case"):
        confirm(council, draw)


def test_a_discarded_draw_is_not_allocated(council):
    draw = a_draw(council, ["100003"])
    draw.state, draw.discarded_because = DrawState.DISCARDED, "The list was wrong"
    db.session.flush()
    with pytest.raises(services.NothingToAllocate, match="was discarded"):
        propose(council, draw)


def test_a_reserve_taken_later_is_proposed_and_given_the_same_way(council):
    # S4: the draw was confirmed, then a case was replaced
    expect(council, EVERYBODY)
    draw = a_draw(council, ["100001"], reserves=("100004",))
    propose(council, draw)
    confirm(council, draw)
    draw.cases[1].fate = CaseFate.PROMOTED
    db.session.flush()
    with pytest.raises(services.NotProposed, match="have changed since"):
        confirm(council, draw)
    proposal = propose(council, draw)
    assert set(who_gets(proposal)) == {"100004"}
    confirm(council, draw)

    assert draw.cases[1].audit is not None
    assert draw.state is DrawState.CONFIRMED


def test_cases_that_nobody_may_have_wait_while_the_others_are_given(council):
    expect(council, {"manager": 1, "chair": 1})
    draw = a_draw(council, ["100001", "100004"])
    propose(council, draw)
    confirm(council, draw)
    assert [each.audit_id is None for each in draw.cases] == [True, False]
    with pytest.raises(services.NothingToAllocate, match="Nobody may audit any of these"):
        confirm(council, draw)
    expect(council, {"other_auditor": 1})

    assert who_gets(propose(council, draw)) == {"100001": "Otto Auditor"}


@pytest.mark.parametrize(
    ("kind", "selection"),
    [
        # S5: the cases of a thematic audit are thematic; those of a dip sample were drawn at random
        (BatchKind.THEMATIC, Selection.THEMATIC),
        (BatchKind.DIP_SAMPLE, Selection.RANDOM),
    ],
)
def test_a_batch_has_people_and_dates_of_its_own(council, kind, selection):
    # P7
    batch = a_batch(council, {"iro": 1, "other_auditor": 1}, kind=kind)
    draw = a_draw(council, ["100001", "100003"], batch=batch)
    propose(council, draw)
    given = confirm(council, draw)

    assert {(each.cycle_month, each.due_on) for each in given} == {(None, batch.ends_on)}
    assert {each.selection for each in given} == {selection}
    assert {each.reference[:9] for each in given} == {"A-2026-12"}
    assert {each.auditor_name for each in given} == {"Iris Reviewer", "Otto Auditor"}
    assert len(db.session.scalars(select(BatchAudit)).all()) == 2
    assert db.session.scalars(select(Expectation)).all() == []


def test_who_gets_more_in_a_batch_than_they_were_asked_for_is_asked_for_as_many(council):
    # P7
    batch = a_batch(council, {"iro": 1}, kind=BatchKind.LOOK_BACK)
    draw = a_draw(council, ["100001", "100003"], batch=batch)
    assert propose(council, draw).assessment.over == {str(council.people["iro"]): 1}
    confirm(council, draw)

    assert db.session.scalars(select(BatchAuditor.number)).all() == [2]


def test_a_tool_that_does_not_count_leaves_what_is_expected_alone(council):
    # P7: a compliance check is not one of the audits that MTM-2 expects
    expect(council, {"other_auditor": 1, "iro": 1})
    references = [*add_cases(council, 4)]
    draw = a_draw(council, references, tool="supervision")
    propose(council, draw)
    confirm(council, draw)

    numbers = db.session.scalars(select(Expectation.number)).all()
    assert numbers == ([1, 1] if not draw.tool_version.counts_in_mtm else [2, 2])


def test_a_withdrawn_audit_is_no_load(council):
    # S7
    expect(council, {"auditor": 1, "other_auditor": 1})
    audit = services.give_audit(
        db.session.get_one(Case, council.cases["100001"]),
        db.session.get_one(Person, council.people["other_auditor"]),
        MONTH, Selection.RANDOM, "", council.people["qa_lead"], AT,
    )  # fmt: skip
    audit.state = AuditState.WITHDRAWN
    db.session.flush()
    proposal = propose(council, a_draw(council, ["100001", "100003"]))

    assert set(Counter(who_gets(proposal).values()).values()) == {1}


def test_the_same_draw_is_allocated_the_same_way_again(council):
    expect(council, EVERYBODY)
    draw = a_draw(council, ["100001", "100003", "100004", *add_cases(council, 4)])

    assert who_gets(propose(council, draw)) == who_gets(propose(council, draw))


def test_an_auditor_without_the_role_is_not_asked_again(council):
    expect(council, EVERYBODY)
    for grant in db.session.scalars(
        select(RoleGrant).where(RoleGrant.person_id == council.people["iro"])
    ):
        grant.valid_until = TODAY - timedelta(days=1)
    db.session.flush()
    proposal = propose(council, a_draw(council, ["100003"]))

    assert UUID(of_case(proposal, "100003").auditor) != council.people["iro"]
    assert ("Iris Reviewer", "does not hold the role of auditor today") in proposal.left_out
