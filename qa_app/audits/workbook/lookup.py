"""What the authority's own records know: teams, job titles, staff by name, cases by reference."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice
from typing import Final, NamedTuple

from sqlalchemy import select

from qa_app.accounts.models import JobTitle, Person, Post, PostHolding, PostKind, Team, name_key
from qa_app.audits.models import Audit
from qa_app.audits.workbook.fields import AuditRow, Known
from qa_app.cases.models import Case
from qa_app.database import db

# Well below the parameters that either database takes in one statement.
_AT_ONCE: Final = 10_000


class Staff(NamedTuple):
    """Somebody with a row of their own; the id as 32 hexadecimal digits."""

    id: str
    name: str
    post: PostKind | None


class Unit(NamedTuple):
    """A team, and the service it belongs to; ids as 32 hexadecimal digits."""

    id: str
    name: str
    service_id: str | None


def known(today: date, *, any_team: bool = False) -> Known:
    """What rows are checked against, as the database has it now."""
    titles = db.session.execute(select(JobTitle.title_key, JobTitle.kind))
    return Known(
        today=today,
        teams={name: unit.name for name, unit in units().items()},
        posts={row.title_key: row.kind for row in titles},
        any_team=any_team,
    )


def units() -> dict[str, Unit]:
    """Every team by its name in lower case; of two with one name the one that is not closed."""
    rows = db.session.execute(
        select(Team.name, Team.id, Team.service_id).order_by(Team.closed_on.is_(None), Team.id)
    )
    return {
        name_key(name): Unit(team_id.hex, name, service_id.hex if service_id else None)
        for name, team_id, service_id in rows
    }


class Directory:
    """Recognises people by their names, in any case."""

    def __init__(self) -> None:
        rows = db.session.execute(
            select(Person.name_key, Person.id, Person.name, Post.kind)
            .outerjoin(PostHolding, PostHolding.person_id == Person.id)
            .outerjoin(Post, Post.id == PostHolding.post_id)
            .order_by(PostHolding.ended_on.is_(None).desc(), Post.rank.desc())
        )
        people: dict[str, dict[str, Staff]] = {}
        for key, person_id, name, kind in rows:
            # The first row is of the post held now, or of the most senior.
            people.setdefault(key, {}).setdefault(person_id.hex, Staff(person_id.hex, name, kind))
        self._people = {key: list(found.values()) for key, found in people.items()}
        self._found: dict[tuple[str, PostKind | None], Staff | None] = {}

    def find(self, name: str, post: PostKind | None = None) -> Staff | None:
        """The one person with this name; of several, the only one whose post fits."""
        asked = (name, post)
        if asked not in self._found:
            people = self._people.get(name_key(name), [])
            if len(people) > 1:
                people = [person for person in people if person.post is post]
            self._found[asked] = people[0] if len(people) == 1 else None
        return self._found[asked]


def case_ids(rows: Iterable[AuditRow]) -> dict[str, str]:
    """The id of each case that has a row here, by reference."""
    found: dict[str, str] = {}
    for some in _some({row.case_ref for row in rows}):
        query = select(Case.reference, Case.id).where(Case.reference.in_(some))
        found.update((reference, case_id.hex) for reference, case_id in db.session.execute(query))
    return found


def stored(rows: Iterable[AuditRow]) -> dict[str, str | None]:
    """The content hash of audits that are here already, by reference in lower case.

    None stands for an audit that was made here, not imported.
    """
    spellings = {
        spelling
        for row in rows
        for spelling in (row.audit_ref, row.audit_ref.upper(), row.audit_ref.lower())
    }
    found: dict[str, str | None] = {}
    for some in _some(spellings):
        query = select(Audit.reference, Audit.import_hash).where(Audit.reference.in_(some))
        found.update((ref.casefold(), digest) for ref, digest in db.session.execute(query))
    return found


def _some(values: Iterable[str]) -> Iterable[Sequence[str]]:
    left = iter(values)
    while some := list(islice(left, _AT_ONCE)):
        yield some
