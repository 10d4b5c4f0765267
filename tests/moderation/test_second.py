"""The second moderator: who it may be, what they decide, and that it stands (M2, M5, M7)."""

import threading

import pytest
from flask import Flask
from sqlalchemy import func, select

from qa_app import history
from qa_app.accounts.models import Person, Post, PostHolding, PostKind
from qa_app.audits.models import Audit, GradeRow, GradeSource
from qa_app.audits.services.discussing import release_second
from qa_app.database import db, now, saving
from qa_app.domain.errors import DomainError
from qa_app.domain.finalgrade import SECOND_MODERATOR
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState, MoveNotAllowed
from qa_app.moderation import queries, services
from qa_app.moderation.models import (
    Moderation,
    ModerationMode,
    ModerationStage,
    ModerationState,
    ModeratorGiven,
)
from qa_app.moderation.services import GradeGiven
from qa_app.notify.models import Notice
from tests.council import STARTED, Council
from tests.moderation.dialogue import (
    BAD,
    GOOD,
    OUT,
    RI,
    asked,
    committed,
    decided,
    disputed,
    second_taken,
    taken,
)
from tests.moderation.factory import agreeing, tie

TODAY = now().date()
GOOD_AGAIN = GradeGiven(GOOD, None, "The visit was written up a day later.")
RISK = GradeGiven(BAD, None, "No safety plan in March.")


def bars(council: Council, audit: Audit, key: str) -> str:
    """Why this person may not decide, in words; empty where they may."""
    review = queries.second_review_of(audit, council.people[key], TODAY)
    return " and ".join(bar.reason for bar in review.bars)


def promoted(council: Council, key: str, rank: int, unit: str = "ROOT") -> None:
    """Somebody holds a higher post too."""
    post = Post(
        title="Service director", kind=PostKind.SERVICE_DIRECTOR, rank=rank, line=True,
        team_id=council.teams[unit],
    )  # fmt: skip
    db.session.add(post)
    db.session.flush()
    db.session.add(PostHolding(post_id=post.id, person_id=council.people[key], started_on=STARTED))
    db.session.flush()


def named(council: Council, audit: Audit, key: str, *, outsider: bool = True) -> ModeratorGiven:
    """The QA lead named somebody."""
    row = ModeratorGiven(
        audit_id=audit.id, stage=ModerationStage.SECOND, person_id=council.people[key],
        outsider=outsider, reason="Nobody is senior.", given_by=council.people["qa_lead"],
        given_at=now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    return row


BARS = [
    # M5: senior to the first moderator, a head of service
    ("director", ""),
    ("review_head", "is not senior to the first moderator"),
    ("qa_lead", "is not senior to the first moderator"),
    # M5: never the first moderator
    ("other_head", "has moderated it already"),
    # M2: the same bars as the first
    ("auditor", "did this audit and is not senior to the first moderator"),
    ("head", "is the auditor's line manager and is not senior to the first moderator"),
]


@pytest.mark.parametrize(("key", "reason"), BARS)
def test_who_may_decide(context: Flask, council: Council, key: str, reason: str) -> None:
    audit = disputed(council)
    assert bars(council, audit, key) == reason
    person = db.session.get_one(Person, council.people[key])
    if reason:
        with pytest.raises(services.MayNotModerate, match=reason):
            services.start_second(audit, person, by=person.id, at=now())
        assert audit.state is AuditState.AWAITING_SECOND
    else:
        assert second_taken(council, audit).stage is ModerationStage.SECOND


# M2, M5: seniority lifts none of the other bars.
@pytest.mark.parametrize(
    ("key", "reason"),
    [("auditor", "did this audit"), ("chair", "is this child's conference chair")],
)
def test_somebody_senior_may_still_be_too_close(
    context: Flask, council: Council, key: str, reason: str
) -> None:
    audit = disputed(council)
    promoted(council, key, 70)
    assert bars(council, audit, key) == reason


# M5: the rank counts that the first moderator had when they committed.
def test_a_first_moderator_who_has_left_was_as_senior_as_they_were(
    context: Flask, council: Council
) -> None:
    audit = disputed(council)
    holding = db.session.scalars(
        select(PostHolding).where(PostHolding.person_id == council.people["other_head"])
    ).one()
    holding.ended_on = TODAY
    db.session.flush()
    assert bars(council, audit, "review_head") == "is not senior to the first moderator"
    promoted(council, "review_head", 70)
    assert bars(council, audit, "review_head") == ""


# M5: a named outsider need not be senior; then nobody else takes it, and M2 holds all the same.
def test_a_named_outsider_decides(context: Flask, council: Council) -> None:
    audit = disputed(council)
    given = named(council, audit, "review_head")
    assert bars(council, audit, "review_head") == ""
    assert bars(council, audit, "director") == "was not named for it, as Rhona Head was"
    tie(council, audit, "review_head", Party.IRO)
    assert bars(council, audit, "review_head") == "is this child's independent reviewing officer"
    given.ended_at = now()
    db.session.flush()
    assert "is not senior to the first moderator" in bars(council, audit, "review_head")


def test_somebody_given_it_who_is_no_outsider_is_senior(context: Flask, council: Council) -> None:
    audit = disputed(council)
    named(council, audit, "review_head", outsider=False)
    assert bars(council, audit, "review_head") == "is not senior to the first moderator"


# M5: sighted, and the second moderator may read it from now on; giving it back ends that.
def test_taking_it_and_giving_it_back(context: Flask, council: Council) -> None:
    audit = disputed(council)
    moderation = second_taken(council, audit)
    director = council.people["director"]
    assert (audit.state, moderation.mode) == (
        AuditState.IN_SECOND_MODERATION, ModerationMode.SIGHTED,
    )  # fmt: skip
    assert (Party.MODERATOR, director) in audit.permission_subject().parties
    with pytest.raises(services.NotYours):
        services.release_second(moderation, by=council.people["other_head"], at=now())
    with saving():
        services.release_second(moderation, by=director, at=now())
    assert audit.state is AuditState.AWAITING_SECOND
    assert moderation.state is ModerationState.RELEASED
    parties = audit.permission_subject().parties
    assert (Party.MODERATOR, director) not in parties
    assert (Party.MODERATOR, council.people["other_head"]) in parties
    with saving():
        second_taken(council, audit)
    assert audit.state is AuditState.IN_SECOND_MODERATION


# M5: the QA lead is told that it waits again, each time, unless they put it back themselves: an
# outsider is named no more, and then it is in nobody's queue.
@pytest.mark.parametrize("by_lead", [False, True])
def test_the_qa_lead_is_told_when_it_was_given_back(
    context: Flask, council: Council, by_lead: bool
) -> None:
    audit, lead = disputed(council), council.people["qa_lead"]
    for _ in range(2):
        moderation = second_taken(council, audit)
        if by_lead:
            person = db.session.get_one(Person, moderation.moderator_id)
            moderation.state = ModerationState.RELEASED
            db.session.flush()
            release_second(audit, person, by=lead, at=now())
        else:
            services.release_second(moderation, by=moderation.moderator_id, at=now())
    again = f"Audit {audit.reference} needs another second moderator"
    found = db.session.scalars(select(Notice.person_id).where(Notice.subject == again)).all()
    assert found == ([] if by_lead else [lead, lead])


def test_only_an_audit_that_waits_for_a_second_moderator_is_taken(
    context: Flask, council: Council
) -> None:
    audit = asked(council).audit
    with pytest.raises(MoveNotAllowed, match="cannot be taken by a second moderator now"):
        second_taken(council, audit)


# A first moderation is not decided, given back or finished on the second one's page, nor this on
# the first one's.
def test_the_two_stages_are_kept_apart(context: Flask, council: Council) -> None:
    first = taken(council)
    with pytest.raises(services.NotYours):
        decided(first, {"overall": GOOD_AGAIN})
    with pytest.raises(services.NotYours):
        services.release_second(first, by=first.moderator_id, at=now())
    second = second_taken(council, disputed(council, case="100003"))
    with pytest.raises(services.NotYours):
        committed(second, agreeing(second.audit))
    with pytest.raises(DomainError):
        services.release(second, by=second.moderator_id, at=now())
    assert second.audit.state is AuditState.IN_SECOND_MODERATION


# M5, M7: the second moderator's grade is final overall and for what was disputed; every source's
# rows are kept.
def test_the_second_moderator_decides(context: Flask, council: Council) -> None:
    audit = disputed(council)
    moderation = second_taken(council, audit)
    with saving():
        decided(moderation, {"overall": GOOD_AGAIN, "plan": RISK})
    assert (audit.state, audit.final_grade) == (AuditState.FINAL, GOOD)
    lines = {line.code: line for line in queries.side_by_side(audit)}
    overall, risk, plan = lines["overall"], lines["risk"], lines["plan"]
    assert [row.grade for row in (overall.auditor, overall.moderator, overall.second)] == [
        GOOD, RI, GOOD,
    ]  # fmt: skip
    assert overall.final.reason == SECOND_MODERATOR[0].upper() + SECOND_MODERATOR[1:]
    assert overall.second_words == GOOD_AGAIN.words
    # M5: accepted by the auditor: the first moderator's stands. Not disputed: not looked at.
    assert (risk.second, risk.final.grade) == (None, RI)
    assert (plan.second, plan.final.grade) == (None, GOOD)
    sentence = [event.sentence for event in history.timeline(audit_id=audit.id)][1]
    assert sentence == "Decided as second moderator: graded Good"
    told = db.session.scalars(select(Notice).where(Notice.key.like("second-decided:%"))).all()
    assert {each.person_id for each in told} == {
        council.people["other_head"], council.people["director"],
    }  # fmt: skip
    final = db.session.scalars(select(Notice).where(Notice.key.like("final:%"))).one()
    assert final.person_id == council.people["auditor"]


def test_a_disputed_section_is_decided_too(context: Flask, council: Council) -> None:
    audit = disputed(council, "risk")
    with saving():
        decided(
            second_taken(council, audit), {"overall": GradeGiven(BAD, None, "Risk."), "risk": RISK}
        )
    lines = {line.code: line for line in queries.side_by_side(audit)}
    assert (lines["risk"].second.grade, lines["risk"].final.grade) == (BAD, BAD)
    assert audit.final_grade is BAD


MISSING = [
    # M5: overall and each disputed section, each with words
    ({"overall": GOOD_AGAIN}, {}, "risk_grade"),
    ({"risk": RISK}, {}, "overall_grade"),
    ({"overall": GradeGiven(RI, None, " "), "risk": GOOD_AGAIN}, {}, "overall_words"),
    # M2: an Inadequate or Outstanding of anybody needs the record
    ({"overall": GradeGiven(OUT, None, "Warm."), "risk": GOOD_AGAIN}, {"opened_record": False},
     "opened_record"),
    # A7: risk and safety Inadequate limits the second moderator's overall grade too
    ({"overall": GOOD_AGAIN, "risk": RISK}, {}, "limit_reason"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "more", "field"), MISSING)
def test_what_is_missing_is_asked_for(
    context: Flask, council: Council, given, more, field: str
) -> None:
    moderation = second_taken(council, disputed(council, "risk"))
    with pytest.raises(DomainError) as refused:
        decided(moderation, given, **more)
    assert refused.value.field == field
    assert moderation.state is ModerationState.OPEN


def test_a_limit_is_set_aside_with_a_reason(context: Flask, council: Council) -> None:
    moderation = second_taken(council, disputed(council, "risk"))
    given = {"overall": GOOD_AGAIN, "risk": RISK}
    decided(moderation, given, limit_reason="The risk had ended.")
    audit = moderation.audit
    lines = queries.side_by_side(audit)
    found = queries.set_aside(audit, lines, moderator="Hugh Head", second="Dora Director")
    assert [(each.who, each.why) for each in found] == [("Dora Director", "The risk had ended.")]
    assert lines[0].second_words == GOOD_AGAIN.words
    assert audit.final_grade is GOOD


def test_only_whoever_took_it_decides_and_only_once(context: Flask, council: Council) -> None:
    moderation = second_taken(council, disputed(council))
    with pytest.raises(services.NotYours):
        decided(moderation, {"overall": GOOD_AGAIN}, by=council.people["other_head"])
    with saving():
        decided(moderation, {"overall": GOOD_AGAIN})
    with pytest.raises(services.NotYours):
        decided(moderation, {"overall": GOOD_AGAIN})
    rows = db.session.scalar(
        select(func.count()).where(GradeRow.source == GradeSource.SECOND_MODERATOR)
    )
    assert rows == 1


# M9's pairs and MTM-3 count the committed first moderation; nothing is final before the decision.
def test_nothing_is_final_before_the_decision(context: Flask, council: Council) -> None:
    audit = disputed(council)
    second_taken(council, audit)
    assert (audit.final_grade, audit.final_at) == (None, None)
    sources = {row.source for row in audit.grades}
    assert sources == {GradeSource.AUDITOR, GradeSource.MODERATOR}


# CO-3, M5: two seniors press at the same moment; one gets it, the other is told who has it.
def test_one_of_two_at_once_gets_it(app: Flask, council: Council) -> None:
    with app.app_context(), saving():
        promoted(council, "review_head", 70)
        audit_id = disputed(council).id
    together, outcomes = threading.Barrier(2), {}

    def take(key: str) -> None:
        with app.app_context():
            moderator = db.session.get_one(Person, council.people[key])
            audit = db.session.get_one(Audit, audit_id)
            db.session.rollback()
            together.wait()
            try:
                with saving():
                    services.start_second(audit, moderator, by=moderator.id, at=now())
                outcomes[key] = "taken"
            except services.AlreadyTaken as error:
                outcomes[key] = error.message
            db.session.remove()

    threads = [threading.Thread(target=take, args=(key,)) for key in ("director", "review_head")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    winner = next(key for key, outcome in outcomes.items() if outcome == "taken")
    loser = next(outcome for key, outcome in outcomes.items() if key != winner)
    with app.app_context():
        name = db.session.get_one(Person, council.people[winner]).name
        assert loser.startswith(f"{name} took this audit at")
        query = select(func.count()).where(Moderation.stage == ModerationStage.SECOND)
        assert db.session.scalar(query) == 1
        assert history.verify().intact
