"""A whole extract, read and checked: what may be loaded, and what is refused. No database here."""

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from qa_app.cases.ssd import tables
from qa_app.cases.ssd.cells import showable_id
from qa_app.cases.ssd.derive import (
    PRECEDENCE,
    RANK,
    Child,
    State,
    doubted_by,
    people_of,
    state_of,
)
from qa_app.cases.ssd.families import family_groups
from qa_app.cases.ssd.files import find_files
from qa_app.cases.ssd.parties import ExtractInvolvement, involvements_of
from qa_app.cases.ssd.reading import Reading, read_table
from qa_app.cases.ssd.references import (
    Lookup,
    Lookups,
    check_references,
    check_tree,
    refuse_odd_identifiers,
    refuse_shared_staff_ids,
    team_lookup,
)
from qa_app.cases.ssd.report import Report
from qa_app.cases.ssd.rows import (
    ChildRow,
    FamilyRow,
    ProfessionalRow,
    TeamRow,
)
from qa_app.cases.ssd.tables import R, Refers, Table
from qa_app.domain.grades import PlanType

# Of an import, for its progress: a step a table, and four of loading.
STEPS: Final = len(tables.TABLES) + 4


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier extracts brought: teams (names by identifier) and professionals' identifiers."""

    teams: Mapping[str, str] = field(default_factory=dict)
    professionals: Collection[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ExtractCase:
    """One case at the extract's date. People and team are the case system's identifiers."""

    reference: str
    plan_type: PlanType
    family_reference: str | None
    age_band: str
    team: str | None
    worker: str | None
    iro: str | None
    chair: str | None
    opened_on: date | None
    closed_on: date | None


@dataclass(slots=True)
class Extract:
    """What one extract comes to, sorted, so that the order of its rows makes no difference.

    `held_*` are identifiers whose rows were refused: what is known of them stays as it is.
    `has_*` say whether a table was there, so that what is missing from it can be told from a table
    that was not sent. `name` and `digest` (SHA-256) say which files it was.
    """

    as_at: date
    teams: list[TeamRow] = field(default_factory=list)
    professionals: list[ProfessionalRow] = field(default_factory=list)
    cases: list[ExtractCase] = field(default_factory=list)
    involvements: list[ExtractInvolvement] = field(default_factory=list)
    held_teams: frozenset[str] = frozenset()
    held_professionals: frozenset[str] = frozenset()
    held_cases: frozenset[str] = frozenset()
    has_teams: bool = False
    has_professionals: bool = False
    has_involvements: bool = False
    has_families: bool = False
    report: Report = field(default_factory=Report)
    name: str = ""
    digest: str = ""


def read_extract(
    directory: Path,
    as_at: date,
    known: Known | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Extract:
    """Read and check every table of the extract in a directory.

    `progress` is called with the number of tables read, and of steps that an import has.

    Raises ExtractUnusable where there is nothing to begin with (no directory, no table of persons,
    a file that is not CSV); every other fault is in the report, with the rest read.
    """
    return _Reader(find_files(directory), as_at, known or Known(), progress).read()


class _Reader:
    def __init__(
        self,
        files: dict[str, Path],
        as_at: date,
        known: Known,
        progress: Callable[[int, int], None],
    ) -> None:
        self.files = files
        self.known = known
        self.progress = progress
        self.read_so_far = 0
        self.extract = Extract(as_at)
        self.report = self.extract.report
        self.lookups: Lookups = {}

    def read(self) -> Extract:
        self._read_teams_and_staff()
        children = self._table(tables.PERSON)
        self.lookups[Refers.CHILD] = Lookup(
            "child", children.file, True, children.rows, children.refused
        )
        families = self._table(tables.FAMILY)
        self.extract.has_families = families.present
        histories, refusals = self._histories(children)
        self._derive(children, families, histories, refusals)
        self._count(children)
        self._count(families)
        self.report.sort()
        return self.extract

    def _table(self, table: Table[R]) -> Reading[R]:
        reading = read_table(table, self.files.get(table.stem), self.extract.as_at, self.report)
        refuse_odd_identifiers(reading, self.report)
        check_references(reading, self.lookups, self.report)
        self.read_so_far += 1
        self.progress(self.read_so_far, STEPS)
        return reading

    def _count(self, reading: Reading[R]) -> None:
        if reading.present:
            self.report.accepted[reading.table.stem] += len(reading.rows)

    def _read_teams_and_staff(self) -> None:
        teams = self._table(tables.DEPARTMENT)
        check_tree(teams, self.known.teams, self.report)
        lookup = team_lookup(teams, self.known.teams)
        self.lookups = {Refers.TEAM: lookup, Refers.OUTSIDE_TEAM: lookup}
        staff = self._table(tables.PROFESSIONALS)
        refuse_shared_staff_ids(staff, self.report)
        self.lookups[Refers.WORKER] = Lookup(
            "worker",
            staff.file,
            staff.present,
            staff.rows,
            staff.refused,
            self.known.professionals,
        )
        self.extract.teams = sorted(teams.rows.values(), key=lambda row: row.id)
        self.extract.professionals = sorted(staff.rows.values(), key=lambda row: row.id)
        self.extract.held_teams = frozenset(teams.refused)
        self.extract.held_professionals = frozenset(staff.refused)
        self.extract.has_teams = teams.present
        self.extract.has_professionals = staff.present
        self._count(teams)
        self._count(staff)

    def _histories(
        self, children: Reading[ChildRow]
    ) -> tuple[dict[str, Child], dict[str, list[tuple[int, str]]]]:
        """Periods and involvements by child, and which rows about each child were refused."""
        histories: dict[str, Child] = defaultdict(Child)
        refusals: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for table, _ in PRECEDENCE:
            reading = self._table(table)
            rank = RANK[table.stem]
            for row in reading.rows.values():
                histories[row.child].periods.append((rank, row))
            for child, lines in reading.refused_for.items():
                where = f"row {min(lines)} of {reading.file}"
                refusals[child].append((rank, f"its {table.words}, {where}, was refused"))
            self._count(reading)
        involvements = self._table(tables.INVOLVEMENTS)
        home = {row.id: row.team for row in self.extract.professionals}
        for row in involvements.rows.values():
            team = row.team or home.get(row.worker or "")
            histories[row.child].involved.append(row._replace(team=team))
        self._count(involvements)
        self.extract.has_involvements = involvements.present
        return histories, refusals

    def _derive(
        self,
        children: Reading[ChildRow],
        families: Reading[FamilyRow],
        histories: dict[str, Child],
        refusals: dict[str, list[tuple[int, str]]],
    ) -> None:
        groups = family_groups((row.family, row.child) for row in families.rows.values())
        held = set(children.refused)
        nothing = 0
        for row in sorted(children.rows.values(), key=lambda row: row.id):
            child = histories.get(row.id, Child())
            state = state_of(child, self.extract.as_at)
            doubt = doubted_by(refusals.get(row.id, ()), state)
            if doubt is not None:
                reason = f"the plan type cannot be told: {doubt}"
                shown = showable_id(row.id)
                self.report.refuse(children.file, row.line, "pers_person_id", shown, reason)
                children.drop(row.id)
                held.add(row.id)
            elif state is None:
                nothing += 1
            else:
                self._add_case(row, child, state, groups.get(row.id))
        if nothing:
            reason = "no plan, episode or referral is recorded for these children: not cases"
            self.report.skip(children.file, None, reason, nothing)
        self.extract.held_cases = frozenset(held)

    def _add_case(self, row: ChildRow, child: Child, state: State, family: str | None) -> None:
        people = people_of(child, state.closed_on, self.extract.as_at)
        case = ExtractCase(
            row.id,
            state.plan_type,
            family,
            row.age_band or "",
            *people,
            state.opened_on,
            state.closed_on,
        )
        self.extract.cases.append(case)
        since = state.opened_on or self.extract.as_at
        self.extract.involvements += involvements_of(row.id, child, since)
