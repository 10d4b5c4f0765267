"""Loading an extract: staff, cases and involvements in one go, and the record of having done it."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from sqlalchemy import func, insert, select

from qa_app import history
from qa_app.accounts.models import Person, Team
from qa_app.cases.models import ImportFault, ImportKind, ImportRun
from qa_app.cases.ssd.counts import Count
from qa_app.cases.ssd.extract import STEPS, Extract, Known, read_extract
from qa_app.cases.ssd.files import find_files
from qa_app.cases.ssd.load_cases import load_cases, load_involvements
from qa_app.cases.ssd.load_people import load_people
from qa_app.cases.ssd.load_posts import Posts
from qa_app.cases.ssd.load_teams import load_teams
from qa_app.cases.ssd.report import ExtractUnusable, Fault, Report, Skipped
from qa_app.cases.ssd.tables import TABLES
from qa_app.cases.ssd.titles import Titles
from qa_app.database import db, new_id

Progress = Callable[[int, int], None]


def _silent(done: int, total: int) -> None:
    """Tells nobody."""


@dataclass(slots=True)
class LoadResult:
    """What an import did, or, for a trial, would do. `counts` by kind of record."""

    as_at: date
    dry_run: bool
    report: Report
    refused_whole: bool = False
    counts: dict[str, Count] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)
    run_id: UUID | None = None

    @property
    def refused(self) -> list[Fault]:
        """Every fault, in the order of files and rows."""
        return self.report.faults

    @property
    def skipped(self) -> list[Skipped]:
        """Rows passed over without fault."""
        return self.report.skipped

    @property
    def loaded(self) -> int:
        """Records added or changed; 0 when the extract says nothing new."""
        return sum(self.counts[kind].loaded for kind in RECORDS if kind in self.counts)

    def total(self, name: str) -> int:
        """The sum of one field of the counts, over the records that rows stand for."""
        return sum(getattr(self.counts[kind], name) for kind in RECORDS if kind in self.counts)


RECORDS: Final = ("teams", "people", "cases", "involvements")


def known_identifiers() -> Known:
    """Teams and professionals that earlier extracts brought: rows may refer to them."""
    teams = db.session.execute(select(Team.code, Team.name).where(Team.code.is_not(None)))
    people = db.session.scalars(select(Person.external_id).where(Person.external_id.is_not(None)))
    names = {code: name for code, name in teams if code is not None}
    return Known(names, frozenset(filter(None, people)))


def read_for_import(
    directory: Path, as_at: date, *, at: datetime, name: str = "", progress: Progress = _silent
) -> Extract:
    """Read and check the extract in a directory, against what is known from earlier ones.

    Leaves no transaction open, so that nobody waits while files are read; `progress` is told the
    tables read. Raises ExtractUnusable where nothing can be read, where the date is in the future,
    or where a later extract has been loaded.
    """
    _check_date(as_at, at)
    known = known_identifiers()
    db.session.rollback()
    extract = read_extract(directory, as_at, known, progress)
    extract.name = (name or directory.name)[:200]
    extract.digest = _digest(directory)
    return extract


def import_extract(
    extract: Extract,
    *,
    by: UUID | None,
    at: datetime,
    strict: bool = False,
    dry_run: bool = False,
    progress: Progress = _silent,
) -> LoadResult:
    """Load what was read and holds, and note the import. Never commits.

    With `strict` nothing is loaded when anything is refused. With `dry_run` everything is done and
    then undone (the transaction is rolled back), so that what is reported is exact.
    """
    if strict and extract.report.faults:
        result = LoadResult(extract.as_at, dry_run, extract.report, refused_whole=True)
    else:
        result = load_extract(extract, by=by, at=at, dry_run=dry_run, progress=progress)
    if dry_run:
        db.session.rollback()
    else:
        result.run_id = _record_run(result, extract, by=by, at=at)
    progress(STEPS, STEPS)
    return result


def _check_date(as_at: date, at: datetime) -> None:
    if as_at > at.date():
        raise ExtractUnusable(f"{as_at.isoformat()} is in the future: give the extract’s own date.")
    latest = db.session.scalar(
        select(func.max(ImportRun.as_at)).where(
            ImportRun.kind == ImportKind.SSD, ImportRun.loaded > 0
        )
    )
    if latest is not None and as_at < latest:
        raise ExtractUnusable(
            f"An extract as at {latest.isoformat()} is already loaded: an older one would undo it."
        )


def load_extract(
    extract: Extract,
    *,
    by: UUID | None,
    at: datetime,
    dry_run: bool = False,
    progress: Progress = _silent,
) -> LoadResult:
    """Load what was read, in the caller's transaction. Loading the same again changes nothing."""
    result = LoadResult(extract.as_at, dry_run, extract.report)
    teams, result.counts["teams"] = load_teams(extract)
    people, left, result.counts["people"] = load_people(extract, by=by, at=at)
    titles = Titles(row.job_title for row in extract.professionals if row.job_title)
    posts = Posts(extract, titles, teams, by=by, at=at)
    posts.leave(left)
    posts.settle((people[row.id], row.job_title, row.team) for row in extract.professionals)
    result.counts["posts"], result.counts["roles"] = posts.posts, posts.roles
    progress(len(TABLES) + 1, STEPS)
    db.session.flush()
    team_ids = {code: team.id for code, team in teams.items()}
    person_ids = {external_id: person.id for external_id, person in people.items()}
    cases, result.counts["cases"] = load_cases(extract, team_ids, person_ids, by=by, at=at)
    progress(len(TABLES) + 2, STEPS)
    result.counts["involvements"] = load_involvements(extract, cases, team_ids, person_ids)
    progress(len(TABLES) + 3, STEPS)
    result.notices = list(_notices(extract, cases, titles.added))
    return result


def _notices(extract: Extract, cases: dict[str, UUID], unmapped: list[str]) -> Iterator[str]:
    if extract.report.missing:
        yield (
            "Not in this extract, so what only they say is not known: "
            + ", ".join(extract.report.missing)
            + "."
        )
    here = {case.reference for case in extract.cases} | extract.held_cases
    absent = len(cases.keys() - here)
    if absent == 1:
        yield "1 known case is not in this extract: it is left as it was."
    elif absent:
        yield f"{absent:,} known cases are not in this extract: they are left as they were."
    if unmapped:
        yield (
            "Job titles without a role (the QA lead can give them one): "
            + ", ".join(unmapped)
            + "."
        )


def _record_run(result: LoadResult, extract: Extract, *, by: UUID | None, at: datetime) -> UUID:
    run = ImportRun(
        id=new_id(),
        kind=ImportKind.SSD,
        file_name=extract.name,
        file_hash=extract.digest,
        as_at=result.as_at,
        at=at,
        by=by,
        loaded=result.loaded,
        counts={
            **{kind: count.as_dict() for kind, count in result.counts.items()},
            "refused": len(result.refused),
            "skipped": sum(item.rows for item in result.skipped),
        },
    )
    db.session.add(run)
    db.session.flush()
    rows = [
        {
            "id": new_id(),
            "run_id": run.id,
            "position": position,
            "place": fault.file,
            "row": fault.row,
            "column": fault.column,
            "value": fault.value[:200],
            "reason": fault.reason[:400],
        }
        for position, fault in enumerate(result.refused)
    ]
    if rows:
        db.session.execute(insert(ImportFault), rows)
    refused = len(result.refused)
    history.record("import_finished", run, by=by, at=at, loaded=result.loaded, refused=refused)
    return run.id


def _digest(directory: Path) -> str:
    """SHA-256 over the names and contents of the extract's files, which names the extract."""
    digest = hashlib.sha256()
    for stem, path in sorted(find_files(directory).items()):
        digest.update(stem.encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
