"""Teams of the extract into the department tree."""

from sqlalchemy import select

from qa_app.accounts.models import Team, name_key
from qa_app.accounts.teams import rebuild_tree
from qa_app.cases.ssd.counts import Count, write_differences
from qa_app.cases.ssd.extract import Extract
from qa_app.cases.ssd.rows import TeamRow
from qa_app.database import db, new_id


def load_teams(extract: Extract) -> tuple[dict[str, Team], Count]:
    """Bring the tree to what the extract says; every team by its code, and the counts.

    A unit that the extract no longer names is closed, not deleted. A unit without a code that bears
    the same name (an audit workbook may have named it first) is the same unit.
    """
    count = Count()
    everything = list(db.session.scalars(select(Team)))
    by_code = {team.code: team for team in everything if team.code is not None}
    uncoded = {name_key(team.name): team for team in everything if team.code is None}
    added = set()
    for row in extract.teams:
        if row.id in by_code:
            continue
        team = uncoded.pop(name_key(row.name), None)
        if team is None:
            team = Team(id=new_id(), name=row.name, path="")
            db.session.add(team)
            added.add(row.id)
        team.code = row.id
        by_code[row.id] = team
    db.session.flush()
    moved = False
    for row in extract.teams:
        moved |= _place(row, by_code) and row.id not in added and count.change()
    count.new = len(added)
    count.unchanged = len(extract.teams) - count.loaded
    if extract.has_teams:
        _close_missing(extract, by_code, count)
    if added or moved:
        db.session.flush()
        rebuild_tree()
    db.session.flush()
    return by_code, count


def _place(row: TeamRow, by_code: dict[str, Team]) -> bool:
    parent_id = by_code[row.parent].id if row.parent else None
    wanted = {"name": row.name, "parent_id": parent_id, "closed_on": None}
    return bool(write_differences(by_code[row.id], wanted))


def _close_missing(extract: Extract, by_code: dict[str, Team], count: Count) -> None:
    there = {row.id for row in extract.teams} | extract.held_teams
    for code, team in by_code.items():
        if code not in there and team.closed_on is None:
            team.closed_on = extract.as_at
            count.ended += 1
