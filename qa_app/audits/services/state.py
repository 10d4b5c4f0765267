"""The audit's row, held for a change of state."""

from sqlalchemy import select

from qa_app.audits.models import Audit
from qa_app.database import db


def locked(audit: Audit) -> Audit:
    """The audit as it stands now, its row held until the transaction ends.

    Whoever comes second sees the state that the first one left, and is refused by the table of
    moves (CO-2, CO-3, CO-5). SQLite's writers already take turns.
    """
    query = (
        select(Audit)
        .where(Audit.id == audit.id)
        .with_for_update(of=Audit)
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).one()
