"""People who come and go around actions, and the job that sees to it, for tests (E3, E6)."""

from datetime import date, datetime, timedelta

from qa_app.accounts.models import Account, Person, Post, PostHolding, PostKind
from qa_app.database import db, saving
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.permissions import Party
from qa_app.notify.models import Notice
from qa_app.tracker.models import Action, ActionParty
from qa_app.tracker.queries.living import without_living_owner
from qa_app.tracker.services.living import see_that_all_are_owned
from tests.council import STARTED, Council, find
from tests.tracker.factory import an_action
from tests.tracker.ladder import at_noon, vacate

S = ActionStatus
PRIORITY = ActionKind.PRIORITY
RAISED, TODAY = date(2026, 5, 5), date(2026, 5, 12)
DUE = date(2026, 6, 30)
YESTERDAY = TODAY - timedelta(days=1)
WENDY, MANNY, HETTY, DORA, QUINN, CLEO = (
    "Wendy Worker", "Manny Manager", "Hetty Head", "Dora Director", "Quinn Lead", "Cleo Chair",
)  # fmt: skip
NOTHING = {"passed on": 0, "covered": 0, "back": 0, "without a living owner": 0}


def one(council: Council, status: ActionStatus = S.OPEN, **more) -> Action:
    """An action of Wendy Worker's, raised a week ago."""
    options = {"owner": "worker", "due_on": DUE, "at": at_noon(RAISED)} | more
    return an_action(council, status, **options)


def look_round(day: date = TODAY, hour: int = 0) -> dict[str, int]:
    """The job as at noon of a day, without what it found nothing of."""
    with saving():
        counts = see_that_all_are_owned(at_noon(day) + timedelta(hours=hour))
    assert counts["without a living owner"] == without_living_owner(day)
    return {what: number for what, number in counts.items() if number}


def leave(council: Council, *keys: str, last: date = YESTERDAY) -> None:
    for key in keys:
        db.session.get_one(Person, council.people[key]).left_on = last
    db.session.flush()


def close(council: Council, *keys: str) -> None:
    for key in keys:
        find(Account, person_id=council.people[key]).closed_at = at_noon(YESTERDAY)
    db.session.flush()


def implicate(action: Action, council: Council, key: str) -> None:
    action.parties.append(ActionParty(party=Party.IMPLICATED, person_id=council.people[key]))
    db.session.flush()


def told(since: datetime | None = None) -> dict[str, str]:
    """What each person was told of what changed hands."""
    names = {person.id: person.name for person in db.session.query(Person)}
    rows = db.session.query(Notice).filter(Notice.key.startswith("action-owners:"))
    if since is not None:
        rows = rows.filter(Notice.created_at >= since)
    found: dict[str, str] = {}
    for row in rows:
        assert names[row.person_id] not in found, "two messages of one round"
        found[names[row.person_id]] = row.subject
    return found


def end_post(council: Council, key: str) -> None:
    vacate(council, [key], YESTERDAY)


def another_post(council: Council, key: str, unit: str, kind: PostKind, rank: int) -> None:
    post = Post(
        title=kind.words, kind=kind, rank=rank, line=rank >= 40, team_id=council.teams[unit]
    )
    db.session.add(post)
    db.session.flush()
    db.session.add(PostHolding(post_id=post.id, person_id=council.people[key], started_on=TODAY))
    db.session.flush()


def account_ends(council: Council, key: str) -> None:
    find(Account, person_id=council.people[key]).ends_on = YESTERDAY
    db.session.flush()


def no_account(council: Council, key: str) -> None:
    db.session.delete(find(Account, person_id=council.people[key]))
    db.session.flush()


def vacate_first(council: Council, key: str) -> None:
    held = db.session.query(PostHolding).filter_by(person_id=council.people[key])
    held.filter(PostHolding.started_on == STARTED).one().ended_on = YESTERDAY
    db.session.flush()
