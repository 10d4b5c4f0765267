"""A blind moderation that the QA lead makes a sighted one (M3)."""

from datetime import timedelta

import pytest

from qa_app.accounts.models import Person
from qa_app.audits import services
from qa_app.audits.models import ModerationChoice
from qa_app.audits.queries.choosing import is_to_be_blind, standing_choice
from qa_app.audits.queries.facts import checks_of
from qa_app.database import db
from qa_app.domain.answers import FactAnswer
from qa_app.domain.errors import DomainError
from qa_app.history import Event
from tests.audits.making import AT, submitted
from tests.audits.test_choosing import LATER, sent, worry
from tests.council import hold

DAY = timedelta(days=1)


@pytest.mark.usefixtures("context")
def test_the_qa_lead_makes_a_blind_one_sighted(council):
    hold("blind_share", 100)
    audit, lead = submitted(council), council.people["qa_lead"]
    services.make_sighted(audit, " All have read it ", by=lead, at=AT + DAY)
    choice = standing_choice(audit.id)
    assert (choice.blind, choice.sighted_reason) == (True, "All have read it")
    assert (choice.sighted_by, choice.sighted_at) == (lead, AT + DAY)
    assert not is_to_be_blind(audit, choice, concern=False)
    db.session.commit()
    event = db.session.query(Event).filter_by(verb="moderation_made_sighted").one()
    assert (event.actor_id, event.details) == (lead, {})
    with pytest.raises(services.NotBlind, match="not to be moderated blind"):
        services.make_sighted(audit, "Again", by=lead, at=LATER)


REFUSED = [
    # M3: a moderator has it already
    ("begun", services.BlindBegun),
    # M3: it is on its auditor's desk, and is chosen about anew when it is sent
    ("returned", services.BlindBegun),
    # M3: it is sighted as it is
    ("sighted", services.NotBlind),
    # M3: an audit with a concern is sighted already
    ("concern", services.NotBlind),
    # M3: an older audit, that was never chosen about
    ("older", services.NotBlind),
    # M2: nobody decides how an audit of their own is moderated
    ("own", services.OwnAudit),
    # M3: without a reason
    ("no reason", DomainError),
]


@pytest.mark.usefixtures("context")
@pytest.mark.parametrize(("why", "error"), REFUSED)
def test_what_cannot_be_made_sighted(council, why, error):
    hold("blind_share", 0 if why == "sighted" else 100)
    audit, by = submitted(council), council.people["qa_lead"]
    moderator = db.session.get_one(Person, council.people["review_head"])
    if why in ("begun", "returned"):
        services.take_for_moderation(audit, moderator, moderator.id, AT)
    if why == "returned":
        services.return_for_correction(audit, moderator.id, AT)
    if why == "concern":
        worry(audit)
    if why == "older":
        db.session.query(ModerationChoice).delete()
    by = audit.auditor_id if why == "own" else by
    with pytest.raises(error):
        services.make_sighted(audit, " " if why == "no reason" else "Known", by=by, at=LATER)
    choice = standing_choice(audit.id)
    assert choice is None or choice.sighted_at is None


# M3, A12: what was made sighted stays so when its facts are corrected: it cannot be taken back.
@pytest.mark.usefixtures("context")
def test_a_correction_of_the_facts_leaves_it_sighted(council):
    hold("blind_share", 100)
    audit, lead = sent(council), council.people["qa_lead"]
    services.make_sighted(audit, "All have read it", by=lead, at=AT + DAY)
    me = audit.auditor_id
    for check in checks_of(audit):
        services.answer_check(audit, points=[services.Point("", "May")], by=check.person_id, at=AT)
    services.correct_facts(audit, by=me, at=AT + DAY)
    for check in checks_of(audit):
        services.answer_point(
            audit, check.points[0].id, answer=FactAnswer.STANDS, text="June", by=me, at=AT + DAY
        )
    services.submit(audit, by=me, at=LATER)
    choice = standing_choice(audit.id)
    assert (choice.at, choice.blind) == (LATER, True)
    assert (choice.sighted_reason, choice.sighted_by, choice.sighted_at) == (
        "All have read it", lead, AT + DAY,
    )  # fmt: skip
    assert not is_to_be_blind(audit, choice, concern=False)
