"""Whether what a row refers to is there: the child, the worker, the team; and the tree of teams."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast

from qa_app.cases.ssd.cells import (
    WITHHELD,
    BadCell,
    may_be_date,
    may_be_name,
    may_be_nhs_number,
    showable_id,
)
from qa_app.cases.ssd.reading import Reading
from qa_app.cases.ssd.report import Report
from qa_app.cases.ssd.rows import ProfessionalRow, Row, TeamRow
from qa_app.cases.ssd.tables import DEPARTMENT, Column, Kind, R, Refers

_DEEPEST = 10


class NotInExtract(Exception):
    """What is referred to cannot be looked up: the extract lacks the whole table."""


@dataclass(slots=True)
class Lookup:
    """Identifiers that may be referred to: the extract's, and those known from earlier ones."""

    words: str
    file: str
    present: bool
    ids: Collection[str]
    refused: dict[Any, int]
    known: Collection[str] = frozenset()
    names: dict[str, list[str]] = field(default_factory=dict)

    def find(self, text: str) -> str:
        """The identifier that the text gives, or whose name it is.

        Raises BadCell where it is unknown, and NotInExtract where that cannot be said.
        """
        if text in self.ids or text in self.known:
            return text
        named = self.names.get(text.casefold(), [])
        if len(named) == 1:
            return named[0]
        if named:
            raise BadCell(f"is the name of {len(named)} teams: give the team’s identifier")
        if not self.present:
            raise NotInExtract
        if text in self.refused:
            raise BadCell(f"{self.words} refused: row {self.refused[text]} of {self.file}")
        raise BadCell(f"unknown {self.words}: it is not in {self.file}")


Lookups = dict[Refers, Lookup]


def check_references(reading: Reading[R], lookups: Lookups, report: Report) -> None:
    """Refuse rows that refer to nothing; put a team's identifier in place of its name.

    Where a whole table is missing from the extract, what would refer to it is left empty, and a row
    that means nothing without it is passed over.
    """
    columns = [
        (column, lookups[column.refers])
        for column in reading.table.columns
        if column.refers in lookups
    ]
    unplaced = 0
    for key, row in list(reading.rows.items()):
        found = _resolve(row, columns, reading.file, report)
        if found is None:
            reading.drop(key)
        elif any(column.required and column.into in found for column, _ in columns):
            del reading.rows[key]
            unplaced += 1
        elif found:
            reading.rows[key] = cast(R, cast(Any, row)._replace(**found))
    if unplaced:
        reason = "they refer to a table that the extract does not hold"
        report.skip(reading.file, None, reason, unplaced)


def _resolve(
    row: Row, columns: list[tuple[Column, Lookup]], file: str, report: Report
) -> dict[str, str | None] | None:
    """The fields whose identifier differs from what the row says; None where the row is refused."""
    changed: dict[str, str | None] = {}
    faulty = False
    for column, lookup in columns:
        text = getattr(row, column.into)
        if text is None or text in lookup.ids:
            continue
        try:
            changed[column.into] = _find(column, text, lookup)
        except BadCell as bad:
            report.refuse(file, row.line, column.name, _shown(column, text), bad.message)
            faulty = True
    if faulty:
        return None
    return {name: value for name, value in changed.items() if value != getattr(row, name)}


def _find(column: Column, text: str, lookup: Lookup) -> str | None:
    """The identifier; None where that cannot be said, or for an outside organisation."""
    try:
        return lookup.find(text)
    except NotInExtract:
        return None
    except BadCell:
        # Early help is often led by a school or a charity: words that name no team of ours.
        if column.refers is Refers.OUTSIDE_TEAM and not _is_code(text):
            return None
        raise


def _is_code(text: str) -> bool:
    return showable_id(text) != WITHHELD


def _shown(column: Column, text: str) -> str:
    if column.kind is Kind.TEAM and " " in text:
        return WITHHELD
    return showable_id(text)


def team_lookup(teams: Reading[TeamRow], known: Mapping[str, str]) -> Lookup:
    """Teams by identifier and by name; `known` are names by identifier, from earlier extracts."""
    names: dict[str, list[str]] = defaultdict(list)
    earlier = {} if teams.present else known
    for code, name in {**earlier, **{row.id: row.name for row in teams.rows.values()}}.items():
        names[name.casefold()].append(code)
    return Lookup("team", teams.file, teams.present, teams.rows, teams.refused, known, dict(names))


def check_tree(teams: Reading[TeamRow], known: Collection[str], report: Report) -> None:
    """Refuse units whose line of parents does not lead to a unit without one.

    That is: an unknown or refused parent, a circle, more than ten levels, or any of these above.
    """
    below: dict[str, list[str]] = defaultdict(list)
    for row in teams.rows.values():
        if row.parent is not None:
            below[row.parent].append(row.id)
    level = [row.id for row in teams.rows.values() if row.parent is None]
    level += [
        child for parent in below if _elsewhere(parent, teams, known) for child in below[parent]
    ]
    reached: set[str] = set()
    for _ in range(_DEEPEST):
        reached.update(level)
        level = [child for parent in level for child in below[parent]]
    for row in [row for row in teams.rows.values() if row.id not in reached]:
        reason = _why_unreached(row, teams)
        shown = showable_id(row.parent or "")
        report.refuse(teams.file, row.line, DEPARTMENT.columns[2].name, shown, reason)
        teams.drop(row.id)


def _elsewhere(parent: str, teams: Reading[TeamRow], known: Collection[str]) -> bool:
    return parent not in teams.rows and parent in known


def _why_unreached(row: TeamRow, teams: Reading[TeamRow]) -> str:
    parent = row.parent or ""
    if parent in teams.refused:
        return f"parent team refused: row {teams.refused[parent]} of {teams.file}"
    if parent not in teams.rows:
        return f"unknown parent team: it is not in {teams.file}"
    seen = [row.id]
    while parent in teams.rows and parent not in seen:
        seen.append(parent)
        parent = teams.rows[parent].parent or ""
    if parent in seen:
        return "its line of parent teams goes round in a circle"
    if len(seen) > _DEEPEST and not parent:
        return f"more than {_DEEPEST} levels of teams"
    return f"a team above it is refused: {showable_id(parent)}"


def refuse_shared_staff_ids(staff: Reading[ProfessionalRow], report: Report) -> None:
    """Refuse professionals who share a staff number: e-mail and line could not be given to one."""
    holders: dict[str, list[ProfessionalRow]] = defaultdict(list)
    for row in staff.rows.values():
        if row.staff_id is not None:
            holders[row.staff_id].append(row)
    for staff_id, rows in holders.items():
        if len(rows) < 2:
            continue
        listed = ", ".join(str(row.line) for row in sorted(rows)[:10])
        reason = f"rows {listed} give this staff number to different professionals"
        for row in rows:
            report.refuse(staff.file, row.line, "prof_staff_id", showable_id(staff_id), reason)
            staff.drop(row.id)


def refuse_odd_identifiers(reading: Reading[R], report: Report) -> None:
    """Refuse rows with an identifier that looks like a name, a date or an NHS number.

    Some case systems number things with ten digits, and some name them in words. Where most of a
    column is not so, one that is has been typed into the wrong column, and must not be stored (I5).
    """
    for column in reading.table.columns:
        if column.kind is Kind.ID and column.refers is None:
            for words, looks_so in _ODD_SHAPES:
                _refuse_alike(reading, column, words, looks_so, report)


_ODD_SHAPES: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    ("has the shape of an NHS number", may_be_nhs_number),
    ("has the shape of a date", may_be_date),
    ("has no digit and may be a name", may_be_name),
)


def _refuse_alike(
    reading: Reading[R],
    column: Column,
    words: str,
    looks_so: Callable[[str], bool],
    report: Report,
) -> None:
    alike = [
        (key, row) for key, row in reading.rows.items() if looks_so(getattr(row, column.into) or "")
    ]
    if 2 * len(alike) > len(reading.rows):
        return
    for key, row in alike:
        reason = f"{words}, unlike the others in this column"
        report.refuse(reading.file, row.line, column.name, WITHHELD, reason)
        reading.drop(key)
