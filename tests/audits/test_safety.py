"""E1: who is told of a concern, whom it is kept from, who else has to know and who acts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from qa_app import history
from qa_app.accounts.models import Absence, Person, Post, PostHolding, PostKind
from qa_app.audits import services
from qa_app.audits.models import (
    Audit,
    AuditParty,
    Concern,
    ConcernReferral,
    ReferralTo,
    SafetyDecision,
    ToldAs,
)
from qa_app.audits.queries.safety import owner_of_safety, people_to_tell
from qa_app.audits.services.safety import closed_or_unknown
from qa_app.cases.models import Case
from qa_app.database import db, saving
from qa_app.domain.actions import ActionKind
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Party
from qa_app.notify.models import Notice
from qa_app.tracker.models import Action, ActionParty, ActionSource
from qa_app.tracker.services import Pinned, raise_action
from tests.audits.making import AT, given
from tests.council import Council, hold

pytestmark = pytest.mark.usefixtures("context")

TODAY = london_date(AT)
RAISER = "other_auditor"
SW, TM, HEAD, IRO, CHAIR, LEAD, UP = ToldAs


@pytest.fixture
def audit(council: Council) -> Audit:
    return given(council)


def away(council: Council, key: str, deputy: str | None = None) -> None:
    """Away on the day, with or without somebody who stands in."""
    db.session.add(
        Absence(
            person_id=council.people[key], first_on=TODAY, last_on=TODAY,
            deputy_id=council.people[deputy] if deputy else None,
            noted_by=council.people["qa_lead"], noted_at=AT,
        )
    )  # fmt: skip
    db.session.flush()


def vacate(council: Council, key: str) -> None:
    person = council.people[key]
    held = db.session.scalars(select(PostHolding).where(PostHolding.person_id == person)).one()
    held.ended_on = TODAY - timedelta(days=1)
    db.session.flush()


def service_director(council: Council, key: str) -> None:
    """Somebody holds the post between the head of service and the corporate director."""
    post = Post(
        title="Service Director", kind=PostKind.SERVICE_DIRECTOR, rank=70, line=True,
        team_id=council.teams["SAFE"],
    )  # fmt: skip
    db.session.add(post)
    db.session.flush()
    held = {"post_id": post.id, "person_id": council.people[key], "started_on": date(2020, 1, 6)}
    db.session.add(PostHolding(**held))
    db.session.flush()


def told(council: Council, audit: Audit, *about: str, raiser: str = RAISER):
    """(as what, who) of everybody to be told; a concern may be about somebody."""
    implicated = {council.people[key] for key in about}
    found = people_to_tell(audit, council.people[raiser], TODAY, implicated)
    keys = {person_id: key for key, person_id in council.people.items()}
    return [(each.told_as, keys[each.person.id] if each.person else None) for each in found]


def _nothing(council: Council) -> None:
    pass


EVERYBODY = [(SW, "worker"), (TM, "manager"), (HEAD, "head"), (CHAIR, "chair"), (LEAD, "qa_lead")]


@pytest.mark.parametrize(
    ("arrange", "about", "raiser", "expected"),
    [
        # E1: the social worker, team manager, head of service, chair and QA lead
        (_nothing, (), RAISER, EVERYBODY),
        # E1: "or their deputies": away with a deputy, who is told
        (lambda c: away(c, "manager", "auditor"), (), RAISER,
         [(SW, "worker"), (TM, "auditor"), (HEAD, "head"), (CHAIR, "chair"), (LEAD, "qa_lead")]),
        # E1: absent without a deputy: the next one up, here told anyway as head of service
        (lambda c: away(c, "manager"), (), RAISER,
         [(SW, "worker"), (TM, None), (UP, "head"), (CHAIR, "chair"), (LEAD, "qa_lead")]),
        # E1: the post vacant: the next one up
        (lambda c: vacate(c, "head"), (), RAISER,
         [(SW, "worker"), (TM, "manager"), (HEAD, "director"), (CHAIR, "chair"),
          (LEAD, "qa_lead")]),
        # E1: the worker implicated: they are not told, the next one up is, and nobody twice
        (_nothing, ("worker",), RAISER,
         [(SW, None), (UP, "manager"), (HEAD, "head"), (CHAIR, "chair"), (LEAD, "qa_lead")]),
        # E1: the manager implicated
        (_nothing, ("manager",), RAISER,
         [(SW, "worker"), (TM, None), (UP, "head"), (CHAIR, "chair"), (LEAD, "qa_lead")]),
        # E1: both of them: two go up, as far as there is somebody
        (_nothing, ("worker", "manager"), RAISER,
         [(SW, None), (UP, "head"), (TM, None), (UP, "director"), (CHAIR, "chair"),
          (LEAD, "qa_lead")]),
        # E1: the head of service implicated
        (_nothing, ("head",), RAISER,
         [(SW, "worker"), (TM, "manager"), (HEAD, None), (UP, "director"), (CHAIR, "chair"),
          (LEAD, "qa_lead")]),
        # E1: a deputy of somebody implicated is not told in their place: that is their own choice
        (lambda c: away(c, "manager", "auditor"), ("manager",), RAISER,
         [(SW, "worker"), (TM, None), (UP, "head"), (CHAIR, "chair"), (LEAD, "qa_lead")]),
        # E1: nor is a deputy told whom it is about
        (lambda c: away(c, "manager", "auditor"), ("auditor",), RAISER,
         [(SW, "worker"), (TM, None), (UP, "head"), (CHAIR, "chair"), (LEAD, "qa_lead")]),
        # E1: the chair implicated, or away: their manager
        (_nothing, ("chair",), RAISER,
         [(SW, "worker"), (TM, "manager"), (HEAD, "head"), (CHAIR, None), (UP, "review_head"),
          (LEAD, "qa_lead")]),
        (lambda c: away(c, "chair"), (), RAISER,
         [(SW, "worker"), (TM, "manager"), (HEAD, "head"), (CHAIR, None), (UP, "review_head"),
          (LEAD, "qa_lead")]),
        # E1: the only QA lead implicated, or raising it: the next one up
        (_nothing, ("qa_lead",), RAISER, [*EVERYBODY[:4], (LEAD, None), (UP, "director")]),
        (_nothing, (), "qa_lead", [*EVERYBODY[:4], (LEAD, None), (UP, "director")]),
        # E1: a deputy who is told already is not told twice
        (lambda c: away(c, "worker", "manager"), (), RAISER,
         [(SW, "manager"), (HEAD, "head"), (CHAIR, "chair"), (LEAD, "qa_lead")]),
    ],
)  # fmt: skip
def test_who_is_told(council: Council, audit: Audit, arrange, about, raiser, expected) -> None:
    arrange(council)
    assert told(council, audit, *about, raiser=raiser) == expected


def test_a_page_says_for_whom_somebody_stands_in(council: Council, audit: Audit) -> None:
    away(council, "manager", "auditor")
    found = people_to_tell(audit, council.people[RAISER], TODAY, {council.people["worker"]})
    posts = [each.post for each in found]
    assert "Social worker: not told, because it is about them" in posts
    assert any(post.endswith("standing in for Manny Manager") for post in posts)


@pytest.mark.parametrize(
    ("arrange", "about", "raiser", "owner"),
    [
        # E1: what remains to be done is the team manager's
        (_nothing, (), RAISER, "manager"),
        # E1: away: the deputy; without one the next up
        (lambda c: away(c, "manager", "auditor"), (), RAISER, "auditor"),
        (lambda c: away(c, "manager"), (), RAISER, "head"),
        # E1: never whom it is about, nor their deputy
        (lambda c: away(c, "manager", "auditor"), ("manager",), RAISER, "head"),
        (_nothing, ("manager", "head"), RAISER, "director"),
        # E1: never whoever raises it
        (_nothing, (), "manager", "head"),
        # E1: the whole line: a QA lead
        (_nothing, ("manager", "head", "director"), RAISER, "qa_lead"),
    ],
)
def test_who_owns_the_priority_action(council, audit, arrange, about, raiser, owner) -> None:
    arrange(council)
    implicated = {council.people[key] for key in about}
    found = owner_of_safety(audit, council.people[raiser], TODAY, implicated)
    assert found is not None
    assert found.id == council.people[owner]


def raised(council: Council, audit: Audit, at: datetime = AT, **beyond) -> Concern:
    about = [council.people[key] for key in beyond.pop("about", ())]
    return services.raise_concern(
        audit, worry="w", beyond=services.Beyond(implicated=about, **beyond),
        by=council.people[RAISER], at=at,
    )  # fmt: skip


# E1: whom it is about is pinned on the audit and on each of its actions, and told nothing.
def test_whom_it_is_about_is_pinned_and_told_nothing(council: Council, audit: Audit) -> None:
    before = raise_action(
        kind=ActionKind.IMPROVEMENT, what="Before", owner=db.session.get_one(
            Person, council.people["manager"]), source=ActionSource.AUDIT, source_key="before",
        by=council.people[RAISER], at=AT, audit=Pinned(
            audit.id, audit.reference, audit.case_reference, audit.team_id, audit.auditor_id),
    )  # fmt: skip
    with saving():
        concern = raised(council, audit, about=["worker", "chair"])
    pinned = {council.people["worker"], council.people["chair"]}
    query = select(AuditParty.person_id).where(AuditParty.party == Party.IMPLICATED)
    assert set(db.session.scalars(query)) == pinned
    actions = db.session.scalars(
        select(ActionParty.action_id).where(ActionParty.party == Party.IMPLICATED)
    ).all()
    assert sorted(actions) == sorted(each.id for each in db.session.query(Action) for _ in pinned)
    assert before.id in actions
    notices = db.session.query(Notice).filter(Notice.path.like(f"%{concern.id}%"))
    assert not pinned & {each.person_id for each in notices}
    assert not pinned & {each.person_id for each in concern.told}
    verbs = [each.verb for each in history.timeline(subject_id=concern.id)]
    assert verbs.count("concern_kept_from") == 2


def test_a_message_they_had_not_opened_waits_no_more(council: Council, audit: Audit) -> None:
    db.session.add(Notice(
        person_id=council.people["worker"], subject="s", body="b", path=f"/audits/{audit.id}/facts",
        key="k", created_at=AT,
    ))  # fmt: skip
    raised(council, audit, about=["worker"])
    assert db.session.query(Notice).filter_by(key="k").one().read_at == AT


# E1, E7: another concern on the audit is not theirs either, and withdrawing changes nothing of it.
def test_they_stay_out_after_it_is_withdrawn(council: Council, audit: Audit) -> None:
    first = raised(council, audit, about=["manager"])
    services.withdraw_concern(first, "Another child was meant", council.people["head"], AT)
    second = services.raise_concern(audit, worry="New", by=council.people[RAISER], at=AT)
    assert council.people["manager"] not in {each.person_id for each in second.told}
    query = select(Action).where(Action.source_key == f"concern:{second.id}")
    action = db.session.scalars(query).one()
    assert action.owner_id == council.people["head"]
    assert (Party.IMPLICATED, council.people["manager"]) in {
        (each.party, each.person_id) for each in action.parties
    }


def test_nobody_keeps_it_from_themselves(council: Council, audit: Audit) -> None:
    with pytest.raises(services.NotFromYourself, match="telephone the QA lead"):
        raised(council, audit, about=[RAISER])
    assert db.session.query(Concern).count() == 0


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        # E1: by name in any case, by e-mail address, by staff id
        (["wendy  worker"], ["worker"]),
        (["Worker@Example.test", "S-chair"], ["worker", "chair"]),
        ([], []),
        # E1: one person named twice is one
        (["Wendy Worker", "S-worker"], ["worker"]),
    ],
)
def test_people_are_found_by_what_they_are_called(council, texts, found) -> None:
    people = services.people_named(texts, TODAY)
    assert people == [council.people[key] for key in found]


def test_what_means_nobody_or_several_is_said(council: Council) -> None:
    db.session.get_one(Person, council.people["chair"]).name_key = "wendy worker"
    db.session.flush()
    for texts, message in (
        (["Nora Nobody"], "Nobody here is called “Nora Nobody”"),
        (["Wendy Worker"], "More than one person"),
        (["S-worker", "S-head", "S-iro", "S-director"], "3 people or fewer"),
    ):
        with pytest.raises(services.NotFound, match=message):
            services.people_named(texts, TODAY)


def due(concern: Concern) -> dict[str, tuple[str, date]]:
    rows = db.session.query(ConcernReferral).filter_by(concern_id=concern.id)
    return {row.kind.value: (row.authority, row.due_on) for row in rows}


@pytest.mark.parametrize(
    ("at", "beyond", "closed", "expected"),
    [
        # E1: nobody else has to know
        (AT, {}, None, {}),
        # E1: an adult who works with children: the LADO within one working day
        (AT, {"about_adult": True}, None, {"designated_officer": ("", date(2026, 11, 19))}),
        # E1: raised on Christmas Eve at night: the next working day is the 29th (26th: Saturday)
        (datetime(2026, 12, 24, 23, 30, tzinfo=UTC), {"about_adult": True}, None,
         {"designated_officer": ("", date(2026, 12, 29))}),
        # E1: midnight in London is not midnight in UTC: this is Friday's, not Thursday's
        (datetime(2026, 10, 1, 23, 30, tzinfo=UTC), {"about_adult": True, "authority": "Kent"},
         None,
         {"designated_officer": ("", date(2026, 10, 5)),
          "other_authority": ("Kent", date(2026, 10, 2))}),
        # E1: a child living in another authority: its front door, the same day
        (AT, {"authority": "Kent"}, None, {"other_authority": ("Kent", date(2026, 11, 18))}),
        # E1: a closed case: MASH, the same day; one that closes tomorrow is open
        (AT, {}, date(2026, 11, 18), {"mash": ("", date(2026, 11, 18))}),
        (AT, {}, date(2026, 11, 19), {}),
    ],
)  # fmt: skip
def test_who_else_has_to_know(council, audit, at, beyond, closed, expected) -> None:
    db.session.get_one(Case, audit.case_id).closed_on = closed
    db.session.flush()
    concern = raised(council, audit, at, **beyond)
    assert due(concern) == expected
    assert concern.about_adult == beyond.get("about_adult", False)


def test_a_case_that_nobody_knows_is_mashs(council: Council, audit: Audit) -> None:
    # E1: "a closed or unknown case"
    assert closed_or_unknown(Audit(case_reference="?"), TODAY)
    assert not closed_or_unknown(audit, TODAY)


def test_the_designated_officers_days_are_a_setting(council: Council, audit: Audit) -> None:
    # E1: the setting as it stands on the day of raising
    hold("designated_officer_within", 2)
    assert due(raised(council, audit, about_adult=True)) == {
        "designated_officer": ("", date(2026, 11, 20))
    }


def test_who_outside_was_told_is_noted_once(council: Council, audit: Audit) -> None:
    concern, by = raised(council, audit, about_adult=True), council.people["manager"]
    call = services.TelephoneCall("Lena Lado", AT + timedelta(minutes=5))
    lado = ReferralTo.DESIGNATED_OFFICER
    with pytest.raises(services.InTheFuture):
        services.refer(concern, lado, call, by, AT)
    with saving():
        services.refer(concern, lado, call, by, AT + timedelta(hours=1))
    row = db.session.query(ConcernReferral).one()
    assert (row.told_whom, row.told_at, row.noted_by) == ("Lena Lado", call.at, by)
    for to in (lado, ReferralTo.MASH):
        with pytest.raises(services.ConcernClosed):
            services.refer(concern, to, call, by, AT + timedelta(hours=2))
    sentences = [each.sentence for each in history.timeline(subject_id=concern.id)]
    assert "Told the designated officer (LADO) of the concern" in sentences
    assert "To be told too by 19 November 2026: the designated officer (LADO)" in sentences


HELD = services.StrategyDiscussion(AT, "Visit today with the police")


@pytest.mark.parametrize(
    ("decision", "note", "strategy", "refused"),
    [
        # E1: child seen or known to be safe: how
        (SafetyDecision.CHILD_SAFE, "Seen at school", None, ""),
        (SafetyDecision.CHILD_SAFE, " ", None, "Enter how the child is known to be safe"),
        # E1: strategy discussion held: time and outcome
        (SafetyDecision.STRATEGY_DISCUSSION, "", HELD, ""),
        (SafetyDecision.STRATEGY_DISCUSSION, "Held", None, "Enter when the strategy discussion"),
        (SafetyDecision.STRATEGY_DISCUSSION, "", services.StrategyDiscussion(AT, " "),
         "what came of it"),
        (SafetyDecision.STRATEGY_DISCUSSION, "",
         services.StrategyDiscussion(AT + timedelta(hours=2), "o"), "must be in the past"),
        # E1: or why not
        (SafetyDecision.NEITHER_YET, "Nobody is at home", None, ""),
        (SafetyDecision.NEITHER_YET, "", None, "why there is no decision yet"),
    ],
)  # fmt: skip
def test_a_safety_decision_says_how_or_why(council, audit, decision, note, strategy, refused):
    concern, by, at = raised(council, audit), council.people["manager"], AT + timedelta(hours=1)
    if refused:
        with pytest.raises(services.WordsMissing, match=refused):
            services.decide(concern, decision, note, by, at, strategy=strategy)
        assert (concern.decision, concern.acknowledged_at) == (None, None)
        return
    services.decide(concern, decision, note, by, at, strategy=strategy)
    assert (concern.decision, concern.decided_by, concern.decided_at) == (decision, by, at)
    # E1: whoever decides has it.
    assert (concern.acknowledged_by, concern.acknowledged_at) == (by, at)
    held = (strategy.at, strategy.outcome) if strategy else (None, "")
    assert (concern.strategy_at, concern.strategy_outcome) == held


# E1: “neither yet” may be followed by a decision, which stands.
def test_neither_yet_is_followed_by_a_strategy_discussion(council: Council, audit: Audit) -> None:
    concern, by = raised(council, audit), council.people["head"]
    services.acknowledge(concern, council.people["manager"], AT)
    services.decide(concern, SafetyDecision.NEITHER_YET, "Nobody in", by, AT)
    services.decide(concern, SafetyDecision.STRATEGY_DISCUSSION, "", by, AT, strategy=HELD)
    assert concern.strategy_outcome == "Visit today with the police"
    assert concern.acknowledged_by == council.people["manager"]
    with pytest.raises(services.ConcernClosed):
        services.decide(concern, SafetyDecision.CHILD_SAFE, "Seen", by, AT)
