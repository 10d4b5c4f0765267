"""Checking the rows of a people file: each is good as a whole, or refused with its reasons."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from qa_app.accounts.models import Account, Person, Team
from qa_app.accounts.people_file import FileRow, PeopleFile
from qa_app.accounts.scopes import ScopeUnclear, team_named
from qa_app.database import db
from qa_app.domain.permissions import Role

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_ID = re.compile(r"[A-Za-z0-9_./-]{1,40}")
_ROLES = {word: role for role in Role for word in (role.value, role.words.lower())}


class Refusal(NamedTuple):
    """A cell that is why its row was not loaded."""

    sheet: str
    row: int
    column: str
    value: str
    reason: str


@dataclass
class Candidate:
    """A row as it would be loaded; `person` is None where it would add somebody."""

    row: FileRow
    staff_id: str
    email: str
    manager: str
    name: str
    job_title: str
    person: Person | None
    team: Team | None = None
    roles: tuple[Role, ...] = ()
    faults: list[tuple[str, str]] = field(default_factory=list)


class Checked(NamedTuple):
    """What may be loaded, what was refused, and rows that only repeat another."""

    good: list[Candidate]
    refused: list[Refusal]
    repeated: int


def by_staff_id() -> dict[str, Person]:
    """Everybody with a staff id, also without its leading zeros where that is nobody else's."""
    people = list(db.session.scalars(select(Person).where(Person.staff_id.is_not(None))))
    shortened: dict[str, Person | None] = {}
    for person in people:
        short = str(person.staff_id).lstrip("0")
        shortened[short] = None if short in shortened else person
    found = {short: person for short, person in shortened.items() if person is not None}
    return found | {str(person.staff_id): person for person in people}


def check_people(file: PeopleFile) -> Checked:
    """Check every row against the others and against the people known."""
    known, repeated = by_staff_id(), 0
    seen: dict[str, FileRow] = {}
    candidates: list[Candidate] = []
    for row in file.rows:
        earlier = seen.get(row.cells["staff_id"])
        if earlier is not None and earlier.cells == row.cells:
            repeated += 1
            continue
        candidate = _candidate(row, known)
        if earlier is not None:
            candidate.faults.append(
                ("staff_id", f"the staff id stands in row {earlier.number} with other details")
            )
        seen.setdefault(row.cells["staff_id"], row)
        candidates.append(candidate)
    _check_addresses(candidates)
    _check_managers(candidates, known)
    good = [candidate for candidate in candidates if not candidate.faults]
    return Checked(good, _refusals(candidates, file.headings), repeated)


def _candidate(row: FileRow, known: dict[str, Person]) -> Candidate:
    cells = row.cells
    person = known.get(cells["staff_id"])
    found = Candidate(
        row=row,
        staff_id=str(person.staff_id) if person else cells["staff_id"],
        email=cells["email"].lower(),
        manager=cells.get("manager", ""),
        name=cells.get("name", ""),
        job_title=cells.get("job_title", ""),
        person=person,
    )
    _check_cells(found)
    _read_team(found, cells.get("team", ""))
    _read_roles(found, cells.get("role", ""))
    return found


def _check_cells(found: Candidate) -> None:
    if not found.staff_id:
        found.faults.append(("staff_id", "is empty"))
    elif not _ID.fullmatch(found.staff_id):
        found.faults.append(
            ("staff_id", "is not a staff id: letters, digits and _ . / - only, 40 at most")
        )
    elif found.person is None and not found.name:
        found.faults.append(
            ("staff_id", "nobody has this staff id; a name is needed to add somebody")
        )
    if not found.email:
        found.faults.append(("email", "is empty"))
    elif not _EMAIL.fullmatch(found.email) or len(found.email) > 254:
        found.faults.append(("email", "is not an e-mail address"))
    for column in ("name", "job_title"):
        if len(getattr(found, column)) > 200:
            found.faults.append((column, "is longer than 200 characters"))


def _read_team(found: Candidate, text: str) -> None:
    if text:
        try:
            found.team = team_named(text)
        except ScopeUnclear as error:
            found.faults.append(("team", error.message[0].lower() + error.message[1:]))


def _read_roles(found: Candidate, text: str) -> None:
    roles = []
    for word in filter(None, (part.strip().lower() for part in re.split("[,;/]", text))):
        role = _ROLES.get(word)
        if role is None:
            known = ", ".join(each.value for each in Role)
            found.faults.append(("role", f"is not a role: write {known}"))
            return
        roles.append(role)
    found.roles = tuple(dict.fromkeys(roles))


def _check_addresses(candidates: Iterable[Candidate]) -> None:
    owners = _owners()
    in_file: dict[str, Candidate] = {}
    for each in candidates:
        if not each.email:
            continue
        owner = owners.get(each.email)
        if owner is not None and (each.person is None or owner != each.person.id):
            each.faults.append(("email", "belongs to somebody else"))
        other = in_file.setdefault(each.email, each)
        if other is not each and other.staff_id != each.staff_id:
            each.faults.append(("email", f"stands in row {other.row.number} for somebody else"))


def _owners() -> dict[str, UUID]:
    people = select(Person.email, Person.id).where(Person.email.is_not(None))
    accounts = select(Account.email, Account.person_id)
    rows = [*db.session.execute(people), *db.session.execute(accounts)]
    return {str(email).lower(): person_id for email, person_id in rows}


def _check_managers(candidates: list[Candidate], known: dict[str, Person]) -> None:
    """Refuse rows whose manager is unknown, themselves, or beneath them; and what hangs on these.

    A refused row may be the only one that names a manager, so this goes on until nothing changes.
    """
    changed = True
    while changed:
        good = {each.staff_id: each for each in candidates if not each.faults}
        line = _line(good, known)
        changed = False
        for each in good.values():
            reason = _manager_fault(each, good, known, line)
            if reason:
                each.faults.append(("manager", reason))
                changed = True


def _manager_fault(
    each: Candidate, good: dict[str, Candidate], known: dict[str, Person], line: dict[str, str]
) -> str:
    if not each.manager:
        return ""
    manager = manager_key(each.manager, known)
    if manager == each.staff_id:
        return "is the person themselves"
    if manager not in known and manager not in good:
        return "nobody has this staff id"
    seen, above = {each.staff_id}, manager
    while above not in seen and above in line:
        seen.add(above)
        above = line[above]
    return "closes a circle of line managers" if above == each.staff_id else ""


def manager_key(text: str, known: dict[str, Person]) -> str:
    """The staff id that a manager's cell means."""
    return str(known[text].staff_id) if text in known else text


def _line(good: dict[str, Candidate], known: dict[str, Person]) -> dict[str, str]:
    """staff id → line manager's staff id, as it would be after the load."""
    by_id = {person.id: person for person in known.values()}
    line = {
        str(person.staff_id): str(by_id[person.line_manager_id].staff_id)
        for person in by_id.values()
        if person.line_manager_id in by_id
    }
    for each in good.values():
        if each.manager:
            line[each.staff_id] = manager_key(each.manager, known)
    return line


def _refusals(candidates: Iterable[Candidate], headings: dict[str, str]) -> list[Refusal]:
    return [
        Refusal(
            each.row.sheet,
            each.row.number,
            headings[column],
            each.row.cells.get(column, ""),
            reason,
        )
        for each in candidates
        for column, reason in each.faults
    ]
