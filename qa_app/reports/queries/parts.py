"""The parts of the authority that figures can be asked for."""

from collections.abc import Sequence

from sqlalchemy import func, select

from qa_app.accounts.models import Team
from qa_app.database import db


def units() -> Sequence[Team]:
    """Every unit that still stands, by name."""
    query = select(Team).where(Team.closed_on.is_(None)).order_by(Team.name)
    return db.session.scalars(query).all()


def units_named(name: str, *, services_only: bool) -> Sequence[Team]:
    """Teams, or services, of this name in any case."""
    query = select(Team).where(func.lower(Team.name) == " ".join(name.split()).lower())
    if services_only:
        query = query.where(Team.service_id == Team.id)
    return db.session.scalars(query.order_by(Team.code)).all()
