"""Who covers for an owner who is away, and what they may do (E3, E4, E6)."""

from datetime import timedelta

import pytest
from flask import Flask

from qa_app.database import db
from qa_app.notify.models import Notice
from qa_app.tracker import services
from qa_app.tracker.queries.story import story
from qa_app.tracker.queries.withdrawing import mine_and_asked
from tests.council import Council
from tests.tracker.ladder import at_noon, away, look
from tests.tracker.owning import (
    CLEO,
    DUE,
    HETTY,
    MANNY,
    TODAY,
    WENDY,
    YESTERDAY,
    S,
    leave,
    look_round,
    one,
    told,
)


@pytest.mark.parametrize(
    ("absent", "cover"),
    [
        # E3: the deputy covers; without one, the next one up
        ({"worker": "chair"}, CLEO),
        ({"worker": None}, MANNY),
        ({"worker": None, "manager": None}, HETTY),
        ({"worker": None, "manager": "chair"}, CLEO),
    ],
)
def test_an_owner_who_is_away_is_covered(
    context: Flask, council: Council, absent: dict[str, str | None], cover: str
) -> None:
    action = one(council)
    for key, deputy in absent.items():
        away(council, key, deputy, TODAY, TODAY)
    assert look_round(YESTERDAY) == {}
    assert look_round() == {"covered": 1}
    assert action.cover.name == cover
    assert action.owner_name == WENDY
    assert told() == {cover: f"Action {action.reference} is yours while its owner is away"}
    happening = story(action)[0]
    assert (happening.sentence, happening.note) == (
        "Covered while its owner is away", f"By {cover}"
    )  # fmt: skip
    assert [each.id for each in mine_and_asked(action.cover.id).to_do] == [action.id]
    assert look_round(hour=1) == {}
    # E3: back again: theirs, and nobody covers
    tomorrow = TODAY + timedelta(days=1)
    assert look_round(tomorrow) == {"back": 1}
    assert action.cover is None
    assert told(at_noon(tomorrow)) == {
        WENDY: f"Action {action.reference} is with you again",
        cover: f"Action {action.reference} is with somebody else now",
    }
    assert story(action)[0].sentence == "Not covered any more: its owner is back"
    assert look_round(tomorrow, hour=1) == {}


# E3: gone wins over away, and a cover ends when somebody else becomes the owner.
@pytest.mark.parametrize("cover", ["chair", "manager"])
def test_an_owner_who_leaves_while_covered(context: Flask, council: Council, cover: str) -> None:
    action = one(council)
    away(council, "worker", cover, TODAY, DUE)
    assert look_round() == {"covered": 1}
    tomorrow = TODAY + timedelta(days=1)
    leave(council, "worker", last=TODAY)
    assert look_round(tomorrow) == {"passed on": 1}
    assert (action.owner_name, action.cover) == (MANNY, None)
    over = {CLEO: f"Action {action.reference} is with somebody else now"}
    mine = {MANNY: f"Action {action.reference} is yours from now on"}
    assert told(at_noon(tomorrow)) == mine | (over if cover == "chair" else {})


# E3: the cover goes too, or changes: the next one up, and, where nobody is there, nobody.
def test_a_cover_who_goes(context: Flask, council: Council) -> None:
    action = one(council)
    away(council, "worker", "chair", TODAY, DUE)
    assert look_round() == {"covered": 1}
    leave(council, "chair", last=TODAY)
    tomorrow, later = TODAY + timedelta(days=1), TODAY + timedelta(days=2)
    assert look_round(tomorrow) == {"covered": 1}
    assert action.cover.name == MANNY
    assert set(told(at_noon(tomorrow))) == {MANNY}
    for key in ("manager", "head", "director", "qa_lead"):
        away(council, key, None, later, later)
    assert look_round(later) == {}
    assert (action.cover, action.owner_name) == (None, WENDY)
    assert story(action)[0].sentence == "Not covered any more: nobody is there to cover it"


# E4: a cover works on it like the owner, and like the owner never verifies it.
def test_a_cover_starts_and_finishes_and_never_verifies(context: Flask, council: Council) -> None:
    action = one(council)
    away(council, "worker", None, TODAY, TODAY)
    look_round()
    manager, at = council.people["manager"], at_noon(TODAY)
    services.start(action, by=manager, at=at)
    services.finish(action, evidence="Seen.", done_on=TODAY, by=manager, at=at)
    db.session.flush()
    # E4: the line manager of the owner covers, so that the next one up is asked to verify.
    subject = Notice.subject.startswith(f"Action {action.reference} waits for verification")
    (notice,) = db.session.query(Notice).filter(subject)
    assert notice.person_id == council.people["head"]
    with pytest.raises(services.NotAllowed, match="does this action with its owner"):
        services.verify(action, by=manager, at=at)
    # What is done stays with whoever covered it until the owner is back; and they did it.
    assert look_round(hour=1) == {}
    assert action.covered_by == manager
    assert look_round(TODAY + timedelta(days=1)) == {"back": 1}
    with pytest.raises(services.NotAllowed, match="marked this action as done"):
        services.verify(action, by=manager, at=at)


# E4: what is done before its owner goes away is covered by nobody: they could not verify it then.
def test_what_is_done_is_covered_by_nobody(context: Flask, council: Council) -> None:
    action = one(council, S.DONE)
    away(council, "worker", None, TODAY, DUE)
    assert look_round() == {}
    services.send_back(action, missing="Who?", by=council.people["manager"], at=at_noon(TODAY))
    assert look_round(hour=1) == {"covered": 1}


# E6: the ladder tells whoever has it now: the new owner, or whoever covers, who has it to do.
def test_the_ladder_tells_whoever_has_it_now(context: Flask, council: Council) -> None:
    one(council, due_on=TODAY)
    leave(council, "worker")
    look_round()
    assert look(TODAY) == {"due": {MANNY}}
    covered = one(council, owner="auditor", due_on=TODAY)
    away(council, "auditor", None, TODAY, DUE)
    look_round(hour=1)
    assert covered.cover.name == HETTY
    assert look(TODAY + timedelta(days=1)) == {"due": {HETTY}}
    last = db.session.query(Notice).filter(Notice.person_id == council.people["head"]).all()
    assert any("Yours to do: " in notice.body for notice in last)
