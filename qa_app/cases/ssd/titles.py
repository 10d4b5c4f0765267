"""Job titles of the extract as posts and roles, by the table that the QA lead can change."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import insert, select

from qa_app.accounts.models import JobTitle, PostKind, Team, name_key
from qa_app.database import db, new_id
from qa_app.domain.permissions import Role, Scope


class Mapping(NamedTuple):
    """What a title stands for. `line` posts manage the people of their unit; ranks only compare."""

    kind: PostKind
    rank: int
    line: bool
    roles: tuple[Role, ...]


UNMAPPED = Mapping(PostKind.OTHER, 0, line=False, roles=())


class Titles:
    """The table, with a row for every title asked of it.

    A title that goes on with a bracket stands for what comes before it. One that the table does not
    know is added without roles, for the QA lead to map: nobody is given access by a guess.
    """

    def __init__(self, titles: Iterable[str]) -> None:
        self._table = {
            row.title_key: Mapping(row.kind, row.rank, row.line, tuple(map(Role, row.roles)))
            for row in db.session.scalars(select(JobTitle))
        }
        first = {name_key(title): title for title in sorted(set(titles), reverse=True)}
        self.added = [title for _, title in sorted(first.items()) if self._find(title) is None]
        if self.added:
            db.session.execute(insert(JobTitle), [_row(title) for title in self.added])

    def _find(self, title: str) -> Mapping | None:
        key = name_key(title)
        return self._table.get(key) or self._table.get(key.partition("(")[0].rstrip())

    def __getitem__(self, title: str) -> Mapping:
        """What a title stands for."""
        return self._find(title) or UNMAPPED


def _row(title: str) -> dict[str, object]:
    return {
        "id": new_id(),
        "title": title,
        "title_key": name_key(title),
        "kind": UNMAPPED.kind,
        "rank": UNMAPPED.rank,
        "line": UNMAPPED.line,
        "roles": [],
    }


def scope_of(role: Role, mapping: Mapping, team: Team) -> tuple[Scope, Team | None]:
    """How far a role reaches for the holder of a post in a unit, and the unit it is about.

    Those who run the programme reach everything; a moderator the service (everything, in a unit
    above all services); a manager the unit with all beneath it; anybody else their own work.
    """
    if role in {Role.QA_LEAD, Role.ADMINISTRATOR, Role.VIEWER}:
        return Scope.ALL, None
    if role is Role.MODERATOR:
        return (Scope.SERVICE, team.service) if team.service else (Scope.ALL, None)
    if role is Role.PRACTITIONER and mapping.line:
        return Scope.TEAM, team
    return Scope.OWN, None


def scope_words(scope: Scope, team: Team | None) -> str:
    """The scope as the history says it."""
    words = {Scope.OWN: "their own work", Scope.ALL: "everything"}
    return team.name if team else words[scope]
