"""Taking a data cut, and reading one back (R4)."""

from datetime import datetime
from uuid import UUID

from qa_app.database import db
from qa_app.domain.calendar import Month
from qa_app.reports.facts import Facts
from qa_app.reports.facts.storing import from_bytes, hash_of, to_bytes
from qa_app.reports.models import DataCut
from qa_app.reports.queries.factual import read_facts


def take_cut(first: Month, last: Month, *, by: UUID | None, at: datetime) -> DataCut:
    """Read the facts of these months as they stand at the data cut and keep them."""
    content = to_bytes(read_facts(first, last, at))
    cut = DataCut(
        at=at,
        first_month=first.first,
        last_month=last.first,
        content=content,
        hash=hash_of(content),
        made_by=by,
    )
    db.session.add(cut)
    return cut


def facts_of(cut: DataCut) -> Facts:
    """The facts of a cut, as they were read. ValueError where it is not what its hash says."""
    if hash_of(cut.content) != cut.hash:
        raise ValueError(f"the data cut {cut.id} is not what it was")
    return from_bytes(cut.content)
