"""A drawn case is replaced by the next reserve: one person asks, another decides (S4)."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from qa_app import history
from qa_app.accounts.models import PostHolding
from qa_app.audits import services as audits
from qa_app.cases.models import Case
from qa_app.database import db, now, saving
from qa_app.domain.permissions import Role, Scope
from qa_app.domain.sampling import ExcludedBecause, ReplacedBecause
from qa_app.domain.workflow import AuditState, MoveNotAllowed
from qa_app.notify.models import Notice
from qa_app.programme import queries, services
from qa_app.programme.models import CaseFate, Draw, DrawState, Substitution, SubstitutionState
from tests.audits.making import given, submitted
from tests.council import grant
from tests.programme.draw_making import AS_AT, AT, a_draw, add_cases, audited, person, rows_of

TODAY = now().date()
TEAM = "Safeguarding Team 1"


@pytest.fixture
def draw(context, council) -> Draw:
    """Two cases of Safeguarding Team 1 with four reserves, each of a family of its own."""
    add_cases(council, 10)
    made = a_draw(council, size=None, sizes={TEAM: 2})
    assert len(rows_of(made, reserves=True)) == 4
    return made


def _ask(council, drawn, reason=ReplacedBecause.CLOSED, note="", by="qa_lead") -> Substitution:
    return services.ask_substitution(drawn, reason, note, by=council.people[by], at=AT)


def _approve(council, asked, by="head", **more):
    return services.approve_substitution(asked, by=council.people[by], at=AT, **more)


def _another_lead(council) -> None:
    grant(council, "iro", Role.QA_LEAD, Scope.ALL, None)
    db.session.flush()


def test_the_next_reserve_takes_the_place_and_the_case_stays_visible(draw, council) -> None:
    # S4
    first, reserve = rows_of(draw)[0], rows_of(draw, reserves=True)[0]
    taken = _approve(council, _ask(council, first))
    assert taken.id == reserve.id
    assert (taken.fate, taken.is_reserve, taken.audit_id) == (CaseFate.PROMOTED, True, None)
    assert first.fate is CaseFate.REPLACED
    assert first in queries.cases_of(draw)
    (asked,) = queries.substitutions_of(draw)
    assert (asked.state, asked.reserve_id) == (SubstitutionState.APPROVED, taken.id)
    assert asked.decided_by == council.people["head"]


def test_a_reserve_that_was_taken_is_replaced_in_its_turn(draw, council) -> None:
    # S4, and S2: the draw is proved all the same
    first, second = rows_of(draw)
    reserves = rows_of(draw, reserves=True)
    one = _approve(council, _ask(council, first))
    two = _approve(council, _ask(council, one, ReplacedBecause.MOVED))
    three = _approve(council, _ask(council, second))
    db.session.commit()
    assert [one, two, three] == reserves[:3]
    assert (one.fate, two.fate) == (CaseFate.REPLACED, CaseFate.PROMOTED)
    assert services.prove(draw).differences == ()


def _close(case: Case, council) -> None:
    case.closed_on = TODAY - timedelta(days=300)


def _audit(case: Case, council) -> None:
    audited(case, AS_AT.replace(year=2026))


def _join_family(case: Case, council) -> None:
    """The other drawn case turns out to be a brother or sister."""
    case.family_reference = "G1"
    draw = db.session.scalars(select(Draw)).one()
    rows_of(draw)[1].case.family_reference = "G1"


def _give_to_a_busy_worker(case: Case, council) -> None:
    case.worker_id = council.people["worker"]
    draw = db.session.scalars(select(Draw)).one()
    rows_of(draw)[1].case.worker_id = council.people["worker"]
    more = add_cases(council, 1, first=500_001, worker="worker")
    audit = given(council, case="100001")
    audit.case_id, audit.cycle_month = more[0].id, draw.cycle.month


@pytest.mark.parametrize(
    ("happens", "because"),
    [
        # S3: the same reasons as in the draw, as things stand now
        (_close, ExcludedBecause.CLOSED),
        (_audit, ExcludedBecause.AUDITED_LATELY),
        (_join_family, ExcludedBecause.FAMILY_IN_CYCLE),
        (_give_to_a_busy_worker, ExcludedBecause.WORKER_HAS_ENOUGH),
    ],
)
def test_a_reserve_that_is_no_longer_fit_is_passed_over_and_why_is_said(
    draw, council, happens, because
) -> None:
    # S4
    reserves = rows_of(draw, reserves=True)
    happens(reserves[0].case, council)
    db.session.flush()
    asked = _ask(council, rows_of(draw)[0])
    assert _approve(council, asked).id == reserves[1].id
    db.session.commit()
    assert queries.passed_over(asked) == [(reserves[0].case_reference, because)]
    assert reserves[0].fate is CaseFate.RESERVE


def test_a_busy_social_worker_is_taken_where_there_is_no_other(draw, council) -> None:
    # S3
    reserves = rows_of(draw, reserves=True)
    _give_to_a_busy_worker(reserves[1].case, council)
    for reserve in (reserves[0], reserves[2], reserves[3]):
        _close(reserve.case, council)
    db.session.flush()
    asked = _ask(council, rows_of(draw)[0])
    assert _approve(council, asked).id == reserves[1].id
    db.session.commit()
    assert queries.passed_over(asked) == [(reserves[0].case_reference, ExcludedBecause.CLOSED)]


def test_where_no_reserve_is_fit_it_says_why_and_what_to_do(draw, council) -> None:
    # S4
    asked = _ask(council, rows_of(draw)[0])
    reserves = rows_of(draw, reserves=True)
    for reserve in reserves:
        _close(reserve.case, council)
    db.session.flush()
    with pytest.raises(services.NoReserveLeft, match="No reserve of “Safeguarding Team 1”") as told:
        _approve(council, asked)
    assert f"{reserves[0].case_reference}: the case was closed" in told.value.message
    assert asked.state is SubstitutionState.ASKED


def test_nothing_is_asked_for_where_no_reserve_is_left(context, council) -> None:
    # S4
    made = a_draw(council, size=3)
    with pytest.raises(services.NoReserveLeft, match="discard the draw and draw again"):
        _ask(council, rows_of(made)[0])


def test_the_audit_of_a_replaced_case_is_withdrawn_with_the_reason(draw, council) -> None:
    # S4
    first = rows_of(draw)[0]
    first.audit = given(council, case="100001")
    draw.state = DrawState.CONFIRMED
    db.session.flush()
    _approve(council, _ask(council, first, ReplacedBecause.NO_AUDITOR))
    assert first.audit.state is AuditState.WITHDRAWN
    assert ReplacedBecause.NO_AUDITOR.words in first.audit.withdrawn_reason
    told = {notice.key for notice in db.session.scalars(select(Notice))}
    assert f"withdrawn:{first.audit.id}" in told
    db.session.commit()
    assert "Withdrawn: Another case was taken" in history.timeline(
        audit_id=first.audit_id
    )[0].sentence  # fmt: skip


def test_a_case_whose_audit_was_submitted_stays(draw, council) -> None:
    # S4: what was audited is not undone
    first = rows_of(draw)[0]
    first.audit = submitted(council, case="100001")
    db.session.flush()
    with pytest.raises(MoveNotAllowed, match="cannot be withdrawn now"):
        _ask(council, first)


def test_an_audit_submitted_before_the_decision_stays(app, council) -> None:
    # S4: looked at again when it is decided
    with app.app_context():
        with saving():
            add_cases(council, 10)
            made = a_draw(council, size=None, sizes={TEAM: 2})
            first = rows_of(made)[0]
            first.audit = given(council, case="100001")
            asked = _ask(council, first)
        with saving():
            first.audit.state, first.audit.completed_on = AuditState.AWAITING_MODERATION, TODAY
        with pytest.raises(MoveNotAllowed), saving():
            _approve(council, asked)
        assert asked.state is SubstitutionState.ASKED
        assert first.fate is CaseFate.DRAWN


def test_a_withdrawn_audit_is_left_as_it_is(draw, council) -> None:
    first = rows_of(draw)[0]
    first.audit = given(council, case="100001")
    audits.withdraw(first.audit, "Sick leave", council.people["qa_lead"], AT)
    _approve(council, _ask(council, first))
    assert first.audit.withdrawn_reason == "Sick leave"


def test_another_reason_needs_words(draw, council) -> None:
    # S4: a reason from a list
    first = rows_of(draw)[0]
    with pytest.raises(services.NoteNeeded, match="Enter why another case is needed"):
        _ask(council, first, ReplacedBecause.OTHER, "  ")
    assert _ask(council, first, ReplacedBecause.OTHER, "A birth in the family").note


def test_a_case_is_asked_for_once_until_it_is_decided(draw, council) -> None:
    # S4
    first, reserve = rows_of(draw)[0], rows_of(draw, reserves=True)[0]
    asked = _ask(council, first)
    with pytest.raises(services.CannotReplace, match="asked for already"):
        _ask(council, first)
    services.refuse_substitution(asked, answer="It is open again", by=council.people["head"], at=AT)
    assert first.fate is CaseFate.DRAWN
    again = _ask(council, first)
    _approve(council, again)
    for row in (first, rows_of(draw, reserves=True)[2]):
        with pytest.raises(services.CannotReplace, match="is not in use"):
            _ask(council, row)
    assert reserve.fate is CaseFate.PROMOTED


def test_a_refusal_says_why(draw, council) -> None:
    # S4
    asked = _ask(council, rows_of(draw)[0])
    with pytest.raises(services.NoteNeeded):
        services.refuse_substitution(asked, answer=" ", by=council.people["head"], at=AT)
    services.refuse_substitution(asked, answer="Still open", by=council.people["head"], at=AT)
    assert (asked.state, asked.answer) == (SubstitutionState.REFUSED, "Still open")


def test_it_is_decided_once(draw, council) -> None:
    # S4: of two who press the button the second is told
    _another_lead(council)
    asked = _ask(council, rows_of(draw)[0])
    _approve(council, asked)
    with pytest.raises(services.DecidedAlready, match="approved"):
        _approve(council, asked, by="iro")
    assert [row.fate for row in rows_of(draw, reserves=True)].count(CaseFate.PROMOTED) == 1


def test_nothing_of_a_discarded_draw_is_replaced(draw, council) -> None:
    first, second = rows_of(draw)
    asked = _ask(council, first)
    services.discard(draw, "Wrong month", by=council.people["qa_lead"], at=AT)
    with pytest.raises(services.CannotReplace, match="discarded"):
        _approve(council, asked)
    with pytest.raises(services.CannotReplace, match="discarded"):
        _ask(council, second)
    assert queries.substitutions() == []


def test_what_was_proposed_for_the_case_is_proposed_anew(draw, council) -> None:
    # S6: the reserve has conflicts of its own
    draw.allocation = {"for": "the case that goes"}
    _approve(council, _ask(council, rows_of(draw)[0]))
    assert draw.allocation is None


@pytest.mark.parametrize(
    ("key", "may"),
    [
        # AZ-7: whoever asked never decides
        ("qa_lead", False),
        # S4: a head of service or above, over the case's team
        ("head", True),
        ("director", True),
        ("other_head", False),
        # S4: another QA lead
        ("iro", True),
        ("auditor", False),
        ("manager", False),
        ("worker", False),
        ("administrator", False),
    ],
)
def test_who_may_be_the_second_person(draw, council, key, may) -> None:
    _another_lead(council)
    asked = _ask(council, rows_of(draw)[0])
    if may:
        assert _approve(council, asked, by=key).fate is CaseFate.PROMOTED
        return
    with pytest.raises(services.MayNotDecide):
        _approve(council, asked, by=key)
    with pytest.raises(services.MayNotDecide):
        services.refuse_substitution(asked, answer="No", by=council.people[key], at=AT)
    assert asked.state is SubstitutionState.ASKED


def test_a_moderator_below_a_head_of_service_does_not_decide(draw, council) -> None:
    # S4
    grant(council, "manager", Role.MODERATOR, Scope.SERVICE, "SAFE")
    db.session.flush()
    asked = _ask(council, rows_of(draw)[0])
    with pytest.raises(services.MayNotDecide, match="head of service or above"):
        _approve(council, asked, by="manager")


def test_the_database_knows_two_people_too(draw, council) -> None:
    # AZ-7: even where a program of somebody else's writes the row
    asked = _ask(council, rows_of(draw)[0])
    asked.state, asked.decided_by = SubstitutionState.REFUSED, asked.asked_by
    with pytest.raises(IntegrityError):
        db.session.flush()


def _told(prefix: str) -> set[UUID]:
    return {
        notice.person_id
        for notice in db.session.scalars(select(Notice).where(Notice.key.startswith(prefix)))
    }


def test_the_second_person_and_then_the_asker_are_told_without_the_case(draw, council) -> None:
    # S4
    _another_lead(council)
    people = council.people
    first = rows_of(draw)[0]
    asked = _ask(council, first)
    assert _told(f"substitution:{asked.id}:asked") == {people["iro"], people["head"]}
    _approve(council, asked)
    assert _told(f"substitution:{asked.id}:approved") == {people["qa_lead"]}
    for notice in db.session.scalars(select(Notice)):
        assert first.case_reference not in notice.subject + notice.body


def test_the_story_of_a_draw_tells_each_step(draw, council) -> None:
    _approve(council, _ask(council, rows_of(draw)[0]))
    asked = _ask(council, rows_of(draw)[1], ReplacedBecause.NOT_NOW)
    services.refuse_substitution(asked, answer="It can wait", by=council.people["head"], at=AT)
    db.session.commit()
    words = "Asked for another case in place of one that was drawn: "
    assert [(each.sentence, each.who) for each in queries.story_of(draw)] == [
        ("Refused the replacement", "Hetty Head"),
        (words + ReplacedBecause.NOT_NOW.words, "Quinn Lead"),
        ("Approved the replacement: the next reserve was taken", "Hetty Head"),
        (words + ReplacedBecause.CLOSED.words, "Quinn Lead"),
        ("Drew 2 cases with seed 7", "Quinn Lead"),
    ]


def test_roles_and_posts_count_on_the_day_of_the_decision(draw, council) -> None:
    # S4: a head whose post ended yesterday is none today
    asked = _ask(council, rows_of(draw)[0])
    yesterday = AT.date() - timedelta(days=1)
    head = person(council, "head")
    for row in db.session.scalars(select(PostHolding).where(PostHolding.person_id == head.id)):
        row.ended_on = yesterday
    db.session.flush()
    with pytest.raises(services.MayNotDecide):
        _approve(council, asked)
