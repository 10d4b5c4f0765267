"""Giving audits to moderators, taking them off, and covering for an absence (M2, M3, M5)."""

import threading
from datetime import timedelta

import pytest
from flask import Flask

from qa_app import history
from qa_app.accounts.models import Absence, Person
from qa_app.accounts.queries import actor, people_with
from qa_app.audits import services as audits
from qa_app.audits.models import Audit
from qa_app.database import db, now, saving
from qa_app.domain.actions import ActionKind
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import GRADES
from qa_app.domain.permissions import Actor, Party, Role, Scope
from qa_app.domain.workflow import AuditState
from qa_app.history import Event
from qa_app.moderation import queries, services
from qa_app.moderation.models import (
    Moderation,
    ModerationStage,
    ModerationState,
    ModerationWaiver,
    ModeratorGiven,
)
from qa_app.moderation.queries.giving import actors, candidates, in_hand_of
from qa_app.moderation.services import giving
from qa_app.moderation.views.actions import pinned
from qa_app.notify.models import Notice
from qa_app.tracker.models import ActionSource
from qa_app.tracker.services import raise_action
from tests.council import Council, grant
from tests.moderation.choosing import chosen
from tests.moderation.dialogue import disputed, second_taken
from tests.moderation.factory import a_concern, a_submitted_audit, tie
from tests.queries import count_queries

OUT, GOOD, RI, BAD = GRADES
TODAY = london_date(now())


def away(council: Council, key: str, deputy: str | None = None) -> None:
    """Somebody is away today and tomorrow."""
    db.session.add(
        Absence(
            person_id=council.people[key],
            first_on=TODAY,
            last_on=TODAY + timedelta(1),
            deputy_id=council.people[deputy] if deputy else None,
            noted_by=council.people["qa_lead"],
            noted_at=now(),
        )
    )
    db.session.flush()


def give(council: Council, audit: Audit, key: str, **more: object) -> ModeratorGiven:
    """The QA lead gives the audit to somebody."""
    fixed = {"by": council.people["qa_lead"], "at": now()}
    return giving.give(audit, council.people[key], **(fixed | more))


def start(council: Council, audit: Audit, key: str) -> Moderation:
    """Somebody takes the audit."""
    person = db.session.get_one(Person, council.people[key])
    return services.start(audit, person, by=person.id, at=now())


def told(council: Council, key: str) -> list[str]:
    """The subjects of what somebody was told, oldest first."""
    rows = db.session.query(Notice).filter_by(person_id=council.people[key])
    return [row.subject for row in rows.order_by(Notice.created_at, Notice.id)]


def listed(audit: Audit) -> dict[str, str]:
    """What keeps each moderator from the audit, in the order of the page."""
    db.session.expire(audit)
    return {each.person.name: each.reasons for each in candidates(in_hand_of(audit), TODAY)}


# M2: everybody who moderates, with what bars each; one's own service last, then who is away; then
# the least loaded.
def test_who_could_moderate_it_and_what_bars_the_others(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council, auditor="other_auditor")
    assert listed(audit) == {
        "Dora Director": "",
        "Rhona Head": "",
        "Hetty Head": "",  # own service
        "Hugh Head": "is the auditor's line manager",
    }
    start(council, a_submitted_audit(council), "director")
    assert list(listed(audit))[:3] == ["Rhona Head", "Dora Director", "Hetty Head"]
    away(council, "review_head", "other_head")
    tie(council, audit, "director", Party.CHAIR)
    found = candidates(in_hand_of(audit), TODAY)
    assert [(each.person.name, each.away, each.deputy) for each in found if each.free] == [
        ("Rhona Head", True, "Hugh Head"),
        ("Hetty Head", False, ""),
    ]
    assert [each.in_hand for each in found if each.person.name == "Dora Director"] == [1]


# M3: whoever can read a blind one cannot get it, whatever its grade.
@pytest.mark.parametrize("grade", GRADES)
def test_a_reader_is_not_given_a_blind_audit(context: Flask, council: Council, grade) -> None:
    audit = a_submitted_audit(council, auditor="other_auditor", grade=grade)
    chosen(audit, blind=True)
    reads = "can already read this audit"
    assert listed(audit) == {
        "Rhona Head": "",
        "Dora Director": reads,
        "Hugh Head": "is the auditor's line manager",
        "Hetty Head": reads,
    }
    with pytest.raises(giving.CannotBeGiven, match=f"Hetty Head {reads}. Select somebody else"):
        give(council, audit, "head")
    # What they read before counts too (the history knows).
    history.record(
        "audit_viewed", audit, by=council.people["review_head"], at=now(), audit_id=audit.id
    )
    db.session.commit()
    assert listed(audit)["Rhona Head"] == reads


# M3: so does a part in an action that came from it: what would be refused is not offered.
@pytest.mark.parametrize("part", ["owner_id", "raised_by", "verified_by"])
def test_a_blind_audit_is_not_given_to_who_has_a_part_in_an_action_of_it(
    context: Flask, council: Council, part: str
) -> None:
    audit = a_submitted_audit(council)
    chosen(audit, blind=True)
    action = raise_action(
        kind=ActionKind.PRIORITY, what="See him alone.", source=ActionSource.AUDIT, source_key="1",
        owner=db.session.get_one(Person, council.people["manager"]), audit=pinned(audit),
        by=council.people["auditor"], at=now(),
    )  # fmt: skip
    assert listed(audit)["Hugh Head"] == ""
    setattr(action, part, council.people["other_head"])
    db.session.flush()
    assert listed(audit)["Hugh Head"] == "can already read this audit"
    with pytest.raises(services.MayNotModerate, match="can already read this audit"):
        start(council, audit, "other_head")


# M5: what is said of everybody at once is what is said one by one.
def test_the_bars_of_a_second_moderator_are_those_that_taking_it_asks(
    context: Flask, council: Council
) -> None:
    audit = disputed(council)
    assert listed(audit) == {
        "Dora Director": "",
        "Rhona Head": "is not senior to the first moderator",
        "Hugh Head": "has moderated it already",
        "Hetty Head": "is the auditor's line manager, and is not senior to the first moderator",
    }
    for each in candidates(in_hand_of(audit), TODAY):
        review = queries.second_review_of(audit, each.person.id, TODAY)
        assert set(each.bars) == set(review.bars)


def test_the_roles_of_many_are_those_of_each(context: Flask, council: Council) -> None:
    grant(council, "head", Role.MODERATOR, Scope.TEAM, "CARE1")
    grant(council, "head", Role.AUDITOR, Scope.OWN, None)
    db.session.flush()
    ids = [person.id for person in people_with(Role.MODERATOR, TODAY)]
    found = actors(ids, TODAY)
    assert found.keys() == set(ids)
    for person_id in ids:
        one = actor(person_id, TODAY)
        assert set(found[person_id].reaches) == set(one.reaches)
        assert found[person_id] == Actor(person_id, found[person_id].reaches)


def test_the_same_few_questions_for_any_number_of_moderators(app: Flask, council: Council) -> None:
    with app.app_context(), saving():
        audit_id = a_submitted_audit(council).id
        chosen(db.session.get_one(Audit, audit_id), blind=True)
    counts = []
    for more in ((), ("iro", "chair", "manager", "worker", "viewer", "auditor")):
        with app.app_context():
            with saving():
                for key in more:
                    grant(council, key, Role.MODERATOR, Scope.SERVICE, "REV")
            row = in_hand_of(db.session.get_one(Audit, audit_id))
            with count_queries(app) as asked:
                candidates(row, TODAY)
            counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


# M2: told once, by reference alone; the history says who gave it to whom.
def test_whoever_is_given_an_audit_is_told_once(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council, grade=BAD)
    with saving():
        first = give(council, audit, "review_head")
        assert give(council, audit, "review_head") is first
    assert told(council, "review_head") == [f"Audit {audit.reference} was given to you to moderate"]
    notice = db.session.query(Notice).filter_by(person_id=council.people["review_head"]).one()
    assert "nadequate" not in notice.subject + notice.body
    event = history.timeline(audit_id=audit.id)[0]
    assert (event.verb, event.actor_id) == ("moderator_given", council.people["qa_lead"])
    assert event.details == {"moderator": str(council.people["review_head"])}
    with saving():
        give(council, audit, "director")
    assert told(council, "review_head")[1:] == [
        f"Audit {audit.reference} is no longer given to you"
    ]
    standing = db.session.query(ModeratorGiven).filter_by(ended_at=None).one()
    assert standing.person_id == council.people["director"]


# M1, M2: an audit that became final without its moderator is no more work in anybody's hands.
def test_what_is_final_is_in_nobodys_hands(context: Flask, council: Council) -> None:
    audit, waiting = a_submitted_audit(council), a_submitted_audit(council, case="100002")
    chosen(audit, selected=False)
    concern = a_concern(audit)
    give(council, audit, "review_head")
    concern.withdrawn_at, concern.withdrawn_by = now(), council.people["head"]
    db.session.flush()
    assert audits.finalise_all_unselected(now()) == 1
    row = in_hand_of(waiting)
    load = {each.person.id: each.in_hand for each in candidates(row, TODAY)}
    assert load[council.people["review_head"]] == 0


def test_it_is_taken_off_again(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council)
    with pytest.raises(giving.NotGiven, match="is given to nobody now"):
        giving.take_off(audit, by=council.people["qa_lead"], at=now())
    give(council, audit, "review_head")
    with saving():
        giving.take_off(audit, by=council.people["qa_lead"], at=now())
    assert told(council, "review_head")[-1] == f"Audit {audit.reference} is no longer given to you"
    assert start(council, audit, "other_head").state is ModerationState.OPEN


# M2: once taken it is given to nobody: when they give it back, anybody can take it.
def test_after_it_was_taken_and_given_back_it_is_everybodys(
    context: Flask, council: Council
) -> None:
    audit = a_submitted_audit(council)
    give(council, audit, "review_head")
    moderation = start(council, audit, "review_head")
    services.release(moderation, by=moderation.moderator_id, at=now())
    assert start(council, audit, "other_head").state is ModerationState.OPEN


REFUSED = [
    # M2: nobody too close
    ("head", {}, "Hetty Head is the auditor's line manager. Select somebody else"),
    # M2: nobody who is no moderator
    ("iro", {}, "Select somebody who is a moderator"),
    # M5: only a second moderator comes from outside
    ("other_head", {"outsider": True, "reason": "x"}, "Only a second moderator"),
]


@pytest.mark.parametrize(("key", "more", "words"), REFUSED)
def test_whom_it_cannot_be_given_to(
    context: Flask, council: Council, key: str, more: dict[str, object], words: str
) -> None:
    audit = a_submitted_audit(council)
    with pytest.raises(giving.CannotBeGiven, match=words) as refused:
        give(council, audit, key, **more)
    assert refused.value.field == "person"
    assert db.session.query(ModeratorGiven).count() == 0


# M1: only what waits for a moderator is given, and was chosen for it.
@pytest.mark.parametrize("state", ["in_moderation", "in_discussion", "returned", "unselected"])
def test_only_what_waits_is_given(context: Flask, council: Council, state: str) -> None:
    audit = a_submitted_audit(council)
    if state == "unselected":
        chosen(audit, selected=False)
    else:
        audit.state = AuditState(state)
    db.session.flush()
    with pytest.raises(giving.NotWaiting, match="waits for no moderator now"):
        give(council, audit, "review_head")


# M5: an outsider where nobody is senior, with a reason; not while somebody is.
def test_an_outsider_is_named_where_nobody_is_senior(context: Flask, council: Council) -> None:
    audit = disputed(council)
    outside = {"outsider": True, "reason": "Nobody is senior to Hugh Head"}
    with pytest.raises(giving.SomebodySenior, match="Dora Director is senior") as refused:
        give(council, audit, "review_head", **outside)
    assert refused.value.field == "person"
    tie(council, audit, "director", Party.TEAM_MANAGER)
    db.session.expire(audit)
    with pytest.raises(giving.SayWhy, match="Enter why"):
        give(council, audit, "review_head", outsider=True, reason="  ")
    with pytest.raises(giving.CannotBeGiven, match="is not senior to the first moderator"):
        give(council, audit, "review_head")
    # M2: a named outsider has the same bars otherwise
    with pytest.raises(giving.CannotBeGiven, match="is the auditor's line manager"):
        give(council, audit, "head", **outside)
    with saving():
        given = give(council, audit, "review_head", **outside)
    assert (given.stage, given.reason) == (ModerationStage.SECOND, outside["reason"])
    assert second_taken(council, audit, "review_head").state is ModerationState.OPEN
    assert given.ended_at is not None


def test_somebody_senior_is_given_a_dispute(context: Flask, council: Council) -> None:
    audit = disputed(council)
    assert give(council, audit, "director").outsider is False
    assert second_taken(council, audit).state is ModerationState.OPEN


# Absence cover: back to the queue, or to the deputy; told once.
@pytest.mark.parametrize("to", [None, "review_head"])
def test_an_open_moderation_of_somebody_away_is_moved(
    context: Flask, council: Council, to: str | None
) -> None:
    audit = a_submitted_audit(council)
    moderation = start(council, audit, "other_head")
    away(council, "other_head", "review_head")
    with saving():
        given = giving.cover(
            moderation, to=council.people[to] if to else None, by=council.people["qa_lead"],
            at=now(),
        )  # fmt: skip
    assert (audit.state, moderation.state) == (
        AuditState.AWAITING_MODERATION, ModerationState.RELEASED,
    )  # fmt: skip
    assert (Party.MODERATOR, council.people["other_head"]) not in audit.permission_subject().parties
    assert told(council, "other_head") == [f"Audit {audit.reference} is moderated by somebody else"]
    assert (given is not None) is bool(to)
    assert len(told(council, "review_head")) == bool(to)
    with pytest.raises(giving.NotAway, match="is not going on any more"):
        giving.cover(moderation, by=council.people["qa_lead"], at=now())


def test_a_second_moderation_of_somebody_away_is_moved(context: Flask, council: Council) -> None:
    audit = disputed(council)
    moderation = second_taken(council, audit)
    away(council, "director")
    giving.cover(moderation, by=council.people["qa_lead"], at=now())
    assert (audit.state, moderation.state) == (
        AuditState.AWAITING_SECOND, ModerationState.RELEASED,
    )  # fmt: skip


# M3: a blind one that was not begun to be read stays blind for the next.
def test_a_blind_moderation_of_somebody_away_is_moved(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council)
    chosen(audit, blind=True)
    moderation = start(council, audit, "other_head")
    away(council, "other_head", "director")
    with pytest.raises(giving.CannotBeGiven, match="can already read this audit"):
        giving.cover(
            moderation, to=council.people["director"], by=council.people["qa_lead"], at=now()
        )
    db.session.rollback()


@pytest.mark.parametrize("left", [False, True])
def test_only_somebody_away_or_gone_is_covered(
    context: Flask, council: Council, left: bool
) -> None:
    moderation = start(council, a_submitted_audit(council), "other_head")
    if left:
        moderation.moderator.left_on = TODAY - timedelta(1)
        db.session.flush()
        giving.cover(moderation, by=council.people["qa_lead"], at=now())
        assert moderation.state is ModerationState.RELEASED
        return
    with pytest.raises(giving.NotAway, match="Hugh Head is not noted as away today"):
        giving.cover(moderation, by=council.people["qa_lead"], at=now())
    assert moderation.state is ModerationState.OPEN


# CO-3: given and taken at the same moment: one comes first, and the other is told.
def test_giving_and_taking_at_once_leave_nothing_half_done(app: Flask, council: Council) -> None:
    with app.app_context(), saving():
        audit_id = a_submitted_audit(council).id
    together, outcomes = threading.Barrier(2), {}

    def run(name: str, change) -> None:
        with app.app_context():
            audit = db.session.get_one(Audit, audit_id)
            head = db.session.get_one(Person, council.people["other_head"])
            db.session.rollback()
            together.wait()
            try:
                with saving():
                    change(audit, head)
                outcomes[name] = "done"
            except DomainError as error:
                outcomes[name] = error.message
            db.session.remove()

    def take(audit: Audit, head: Person) -> None:
        services.start(audit, head, by=head.id, at=now())

    def hand(audit: Audit, _head: Person) -> None:
        give(council, audit, "review_head")

    threads = [threading.Thread(target=run, args=each) for each in (("take", take), ("give", hand))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(each == "done" for each in outcomes.values()) == [False, True], outcomes
    with app.app_context():
        audit = db.session.get_one(Audit, audit_id)
        given = db.session.query(ModeratorGiven).count()
        if outcomes["take"] == "done":
            assert (audit.state, given) == (AuditState.IN_MODERATION, 0)
            assert "waits for no moderator now" in outcomes["give"]
        else:
            assert (audit.state, given) == (AuditState.AWAITING_MODERATION, 1)
            assert "was given to Rhona Head" in outcomes["take"]
        assert history.verify().intact
        assert db.session.query(Event).filter_by(verb="moderator_given").count() == given


def test_a_waiver_shows_beside_the_name(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council)
    db.session.add(
        ModerationWaiver(
            audit_id=audit.id,
            moderator_id=council.people["head"],
            bars=["x"],
            reason="x",
            granted_by=council.people["director"],
            granted_at=now(),
        )
    )
    db.session.flush()
    (found,) = [e for e in candidates(in_hand_of(audit), TODAY) if e.person.name == "Hetty Head"]
    assert (found.free, found.waived, found.can_be_waived) == (True, True, False)
    assert [bar.reason for bar in found.conflicts] == ["is the auditor's line manager"]
