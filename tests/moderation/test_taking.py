"""Taking an audit for moderation: who may not and why (M2), and one of many at once (CO-3)."""

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import func, select

from qa_app import history
from qa_app.accounts.models import Person, PersonSource, name_key
from qa_app.accounts.queries import manager_of
from qa_app.audits.models import Audit
from qa_app.audits.services import Pin
from qa_app.database import db, now, saving
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState
from qa_app.moderation import queries, services
from qa_app.moderation.models import Moderation, ModerationState
from tests.council import Council
from tests.moderation.blind_world import a_blind_audit
from tests.moderation.factory import a_submitted_audit, tie

TODAY = now().date()
LONG_AGO = {"started_on": TODAY - timedelta(days=2_000), "ended_on": TODAY - timedelta(days=1_000)}


def _sentence(council: Council, audit: Audit, key: str) -> str:
    return " and ".join(
        bar.reason for bar in queries.review_of(audit, council.people[key], TODAY).bars
    )


def _ties(council: Council, audit: Audit) -> None:
    for key, party in (
        ("review_head", Party.IRO),
        ("other_head", Party.TEAM_MANAGER),
        ("qa_lead", Party.SOCIAL_WORKER),
        ("chair", Party.SOCIAL_WORKER),
    ):
        tie(council, audit, key, party, **(LONG_AGO if key == "chair" else {}))


BARS = [
    # M2: never the auditor
    ("auditor", "did this audit"),
    # M2: nor the auditor's line manager
    ("head", "is the auditor's line manager"),
    # M2: nor the IRO, the team manager, the worker or the chair of the case
    ("review_head", "is this child's independent reviewing officer"),
    ("other_head", "is this child's team manager"),
    ("qa_lead", "is this child's social worker"),
    ("chair", "is this child's conference chair"),
    ("manager", "is this child's team manager"),
    # M2: somebody above both, and from no service, may
    ("director", ""),
]


@pytest.mark.parametrize(("key", "reason"), BARS)
def test_each_bar_has_its_sentence(context: Flask, council: Council, key: str, reason: str) -> None:
    audit = a_submitted_audit(council)
    _ties(council, audit)
    db.session.expire(audit)
    found = _sentence(council, audit, key)
    # The team manager's tie has an end only when the case was closed; "since" is not printed.
    assert found == reason


# M2: in line management under the auditor. Hetty Head audits; her team managers are under her.
def test_nobody_moderates_the_work_of_their_own_manager(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council, auditor="other_head", case="100003")
    assert _sentence(council, audit, "other_auditor") == "is managed by the auditor"


# S6: with the child's chair a colleague in the auditor's service, the moderator is from another.
def test_the_moderator_is_from_another_service_where_the_chair_is_a_colleague(
    context: Flask, council: Council
) -> None:
    audit = a_submitted_audit(council, auditor="iro")
    reasons = _sentence(council, audit, "review_head")
    assert "is from the service of the auditor and of this child's reviewing officer" in reasons
    assert _sentence(council, audit, "other_head") == ""


def test_ones_own_service_is_flagged_and_not_barred(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council, auditor="other_auditor")
    review = queries.review_of(audit, council.people["head"], TODAY)
    assert (review.bars, review.own_service) == ((), True)
    review = queries.review_of(audit, council.people["review_head"], TODAY)
    assert review.own_service is False


def test_the_line_in_one_query_is_the_line_one_by_one(context: Flask, council: Council) -> None:
    manny = db.session.get_one(Person, council.people["manager"])
    manny.line_manager_id = council.people["qa_lead"]
    db.session.flush()
    line = queries.managers_for(council.people.values(), TODAY)
    for key, person_id in council.people.items():
        manager = manager_of(person_id, TODAY)
        assert line[person_id] == (manager.id if manager else None), key


def test_taking_it_lets_the_moderator_read_it(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council)
    moderator = db.session.get_one(Person, council.people["other_head"])
    with saving():
        moderation = services.start(audit, moderator, by=moderator.id, at=now())
    assert audit.state is AuditState.IN_MODERATION
    assert (moderation.mode, moderation.own_service) == ("sighted", False)
    assert (Party.MODERATOR, moderator.id) in audit.permission_subject().parties


def test_somebody_barred_is_refused_with_the_reason(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council)
    head = db.session.get_one(Person, council.people["head"])
    with pytest.raises(services.MayNotModerate, match="Hetty Head is the auditor's line manager"):
        services.start(audit, head, by=head.id, at=now())
    assert db.session.scalar(select(func.count()).select_from(Moderation)) == 0


def test_only_an_audit_that_waits_is_taken(context: Flask, council: Council) -> None:
    audit = a_submitted_audit(council)
    audit.state = AuditState.IN_PROGRESS
    moderator = db.session.get_one(Person, council.people["other_head"])
    db.session.flush()
    with pytest.raises(Exception, match="cannot be taken for moderation now"):
        services.start(audit, moderator, by=moderator.id, at=now())


# CO-3: moderators who press at the same moment; one gets it, the others are told who has it. It is
# the same for a blind one (M3), of which there is one more row: what is kept from the moderator.
@pytest.mark.parametrize("blind", [False, True])
def test_one_of_twenty_moderators_at_once_gets_the_audit(
    app: Flask, council: Council, blind: bool
) -> None:
    with app.app_context(), saving():
        audit_id = (a_blind_audit(council) if blind else a_submitted_audit(council)).id
        people = _moderators(council, 20)
    together, outcomes = threading.Barrier(len(people)), {}

    def take(person_id: UUID) -> None:
        with app.app_context():
            moderator = db.session.get_one(Person, person_id)
            audit = db.session.get_one(Audit, audit_id)
            # End the reading transaction, so that all begin to write together.
            db.session.rollback()
            together.wait()
            try:
                with saving():
                    services.start(audit, moderator, by=moderator.id, at=now())
                outcomes[person_id] = "taken"
            except services.AlreadyTaken as error:
                outcomes[person_id] = error.message
            db.session.remove()

    threads = [threading.Thread(target=take, args=(person_id,)) for person_id in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [each for each, outcome in outcomes.items() if outcome == "taken"]
    with app.app_context():
        name = db.session.get_one(Person, winner).name
        told = {outcome.partition(" at ")[0] for outcome in outcomes.values()} - {"taken"}
        assert told == {f"{name} took this audit for moderation"}
        assert len(outcomes) == len(people)
        moderation = db.session.scalars(select(Moderation)).one()
        assert (moderation.moderator_id, moderation.hidden) == (winner, blind)
        part = Party.BLIND_MODERATOR if blind else Party.MODERATOR
        moderating = (Party.BLIND_MODERATOR, Party.MODERATOR)
        parties = [each for each in moderation.audit.parties if each.party in moderating]
        assert [(each.party, each.person_id) for each in parties] == [(part, winner)]
        assert history.verify().intact


def _moderators(council: Council, number: int) -> list[UUID]:
    """Two heads of service, and colleagues of theirs without a post here."""
    people = [
        Person(
            staff_id=f"M-{each}",
            external_id=f"M-{each}",
            name=f"Moderator {each}",
            name_key=name_key(f"Moderator {each}"),
            email=f"moderator.{each}@example.test",
            source=PersonSource.ADMINISTRATOR,
        )
        for each in range(number - 2)
    ]
    db.session.add_all(people)
    db.session.flush()
    return [council.people["other_head"], council.people["review_head"], *(p.id for p in people)]


def test_giving_it_back_puts_it_in_the_queue_and_ends_the_right_to_read(
    context: Flask, council: Council
) -> None:
    audit = a_submitted_audit(council)
    moderator = db.session.get_one(Person, council.people["other_head"])
    moderation = services.start(audit, moderator, by=moderator.id, at=now())
    with pytest.raises(services.NotYours):
        services.release(moderation, by=council.people["review_head"], at=now())
    with saving():
        services.release(moderation, by=moderator.id, at=now())
    assert (audit.state, moderation.state) == (
        AuditState.AWAITING_MODERATION, ModerationState.RELEASED,
    )  # fmt: skip
    assert (Party.MODERATOR, moderator.id) not in audit.permission_subject().parties
    with pytest.raises(services.NotYours):
        services.release(moderation, by=moderator.id, at=now())


# M6: returned with comments; the auditor is told, and the day of completion stays.
def test_an_audit_is_returned_with_what_is_to_be_corrected(
    context: Flask, council: Council
) -> None:
    audit = a_submitted_audit(council, at=now() - timedelta(days=3))
    completed_on = audit.completed_on
    moderator = db.session.get_one(Person, council.people["other_head"])
    moderation = services.start(audit, moderator, by=moderator.id, at=now())
    with pytest.raises(Exception, match="Enter what is to be corrected"):
        services.send_back(moderation, pins=[Pin("  ")], by=moderator.id, at=now())
    with saving():
        services.send_back(
            moderation,
            pins=[Pin("Say when.")],
            feedback="Say who saw him.",
            by=moderator.id,
            at=now(),
        )
    assert (audit.state, audit.completed_on) == (AuditState.RETURNED, completed_on)
    assert queries.moderations_of(audit.id)[0].feedback == "Say who saw him."
