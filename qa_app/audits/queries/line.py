"""The line above a team, with the posts that people hold in it."""

from datetime import date
from uuid import UUID

from qa_app.accounts.models import Person, Post, Team
from qa_app.accounts.queries import holders
from qa_app.database import db


def line_above(team: Team | None, today: date) -> list[tuple[Person, Post]]:
    """Everybody who holds a line post in the team or above it, the nearest first (one query)."""
    if team is None:
        return []
    depth = {UUID(part): place for place, part in enumerate(team.path.strip("/").split("/"))}
    query = holders(today).where(Post.team_id.in_(depth), Post.line)
    found = [(person, post) for person, post in db.session.execute(query)]
    return sorted(found, key=lambda row: (-depth[row[1].team_id], row[1].rank, row[0].name))
