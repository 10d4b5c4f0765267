"""Loading a people file: addresses, line managers, accounts without a password, roles."""

from collections import Counter
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from qa_app import history
from qa_app.accounts.access import add_person, grant_role, held_already, open_account
from qa_app.accounts.models import (
    JobTitle,
    Person,
    PersonSource,
    Post,
    PostHolding,
    PostKind,
    Team,
    name_key,
)
from qa_app.accounts.people_check import (
    Candidate,
    Refusal,
    by_staff_id,
    check_people,
    manager_key,
)
from qa_app.accounts.people_file import read_people_file
from qa_app.accounts.queries import posts_held
from qa_app.accounts.scopes import usual_reach
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Role


class PeopleResult(NamedTuple):
    """What a load did: rows loaded, of these people added and accounts made; rows refused."""

    loaded: int
    added: int
    accounts: int
    unchanged: int
    repeated: int
    refused: list[Refusal]


def import_people(path: Path, *, by: UUID | None, at: datetime, dry_run: bool) -> PeopleResult:
    """Load the good rows of a CSV or XLSX file; loading it again changes nothing.

    A faulty row is refused as a whole. Raises PeopleFileUnusable where nothing can be read. With
    `dry_run` everything is checked and nothing is changed.
    """
    checked = check_people(read_people_file(path))
    counts: Counter[str] = Counter()
    if dry_run:
        counts.update(added=sum(each.person is None for each in checked.good))
    else:
        _load(checked.good, counts, by=by, at=at)
    refused_rows = len({(each.sheet, each.row) for each in checked.refused})
    result = PeopleResult(
        loaded=len(checked.good),
        added=counts["added"],
        accounts=counts["accounts"],
        unchanged=counts["unchanged"],
        repeated=checked.repeated,
        refused=checked.refused,
    )
    if not dry_run:
        history.record(
            "import_finished",
            None,
            by=by,
            at=at,
            kind="people",
            loaded=result.loaded,
            refused=refused_rows,
        )
    return result


def _load(good: list[Candidate], counts: Counter[str], *, by: UUID | None, at: datetime) -> None:
    touched: set[str] = set()
    for each in good:
        if each.person is None:
            each.person = add_person(
                each.name, staff_id=each.staff_id, source=PersonSource.PEOPLE_FILE, by=by, at=at
            )
            counts["added"] += 1
            touched.add(each.staff_id)
    known = by_staff_id()
    for each in good:
        changes = _load_row(each, known, counts, by=by, at=at)
        if changes:
            touched.add(each.staff_id)
    counts["unchanged"] = len(good) - len(touched)


def _load_row(
    each: Candidate,
    known: dict[str, Person],
    counts: Counter[str],
    *,
    by: UUID | None,
    at: datetime,
) -> bool:
    """Bring one person up to their row; whether anything changed."""
    person = known[each.staff_id]
    changed = _load_account(person, each.email, counts, by=by, at=at)
    if each.manager:
        manager = known[manager_key(each.manager, known)]
        if person.line_manager_id != manager.id:
            person.line_manager_id = manager.id
            history.record("line_manager_set", person, by=by, at=at, manager_id=manager.id)
            changed = True
    changed |= _load_post(person, each, by=by, at=at)
    team, line = _place_of(person, each, london_date(at))
    for role in each.roles:
        changed |= _give(person, role, team, line=line, by=by, at=at)
    return changed


def _load_account(
    person: Person, email: str, counts: Counter[str], *, by: UUID | None, at: datetime
) -> bool:
    if person.account is not None and person.account.email == email == person.email:
        return False
    counts["accounts"] += person.account is None
    open_account(person, email, by=by, at=at)
    db.session.expire(person, ["account"])
    return True


def _load_post(person: Person, each: Candidate, *, by: UUID | None, at: datetime) -> bool:
    """A post for somebody who holds none: whom the extract knows has theirs from there."""
    today = london_date(at)
    if not (each.job_title and each.team) or posts_held(person.id, today):
        return False
    title = db.session.scalars(
        select(JobTitle).where(JobTitle.title_key == name_key(each.job_title))
    ).one_or_none()
    post = Post(
        title=each.job_title,
        kind=title.kind if title else PostKind.OTHER,
        rank=title.rank if title else 0,
        line=title.line if title else False,
        team_id=each.team.id,
    )
    db.session.add(post)
    db.session.flush()
    db.session.add(PostHolding(post_id=post.id, person_id=person.id, started_on=today))
    db.session.flush()
    for role in title.roles if title else ():
        _give(person, Role(role), each.team, line=post.line, by=by, at=at)
    return True


def _place_of(person: Person, each: Candidate, today: date) -> tuple[Team | None, bool]:
    """The unit by which a role's reach is worked out, and whether the person manages it."""
    posts = posts_held(person.id, today)
    team = each.team or (posts[0].team if posts else None)
    return team, any(post.line and team and post.team_id == team.id for post in posts)


def _give(
    person: Person, role: Role, team: Team | None, *, line: bool, by: UUID | None, at: datetime
) -> bool:
    reach, today = usual_reach(role, line=line, team=team), london_date(at)
    if held_already(person, role, *reach, on=today):
        return False
    grant_role(person, role, *reach, valid_from=today, by=by, at=at)
    db.session.flush()
    return True
