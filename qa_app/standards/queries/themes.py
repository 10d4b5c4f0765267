"""Reading themes."""

from sqlalchemy import select

from qa_app.database import db
from qa_app.standards.models import Theme


def themes() -> list[Theme]:
    """Every theme, by name."""
    return list(db.session.scalars(select(Theme).order_by(Theme.name)))
