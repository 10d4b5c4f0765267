"""A version held against everybody else while something is done with it (CO: one wins)."""

from sqlalchemy import select
from sqlalchemy.orm.attributes import flag_modified

from qa_app.database import db
from qa_app.domain.errors import DomainError
from qa_app.domain.publishing import NotNow, ReportState
from qa_app.reports.models import DataCut, ReportVersion


class Changed(DomainError):
    """Somebody else changed the version after the page was opened."""


def held(version: ReportVersion, revision: int | None = None) -> ReportVersion:
    """The version as it stands, held until the transaction ends. Raises Changed where its page
    showed another `revision`."""
    query = select(ReportVersion).where(ReportVersion.id == version.id).with_for_update()
    found = db.session.scalars(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise Changed("Somebody threw this draft away. Open the library to see what there is")
    if revision not in (None, found.revision):
        raise Changed(
            "Somebody else changed this version after you opened it. Look at it again, then decide"
        )
    for name in ("texts", "others", "answers", "cut"):
        db.session.expire(found, [name])
    return found


def held_draft(version: ReportVersion, revision: int | None = None) -> ReportVersion:
    """The same, for what is done with a draft alone: NotNow where it is none any more."""
    found = held(version, revision)
    if found.state is not ReportState.DRAFT:
        raise NotNow(
            f"This version is {found.state.words.lower()}, so it is not changed. Take it back to "
            "a draft first"
        )
    return found


def touch(version: ReportVersion) -> None:
    """Count a change of what belongs to a version as one of the version: whoever has its page open
    is told before they move it on."""
    flag_modified(version, "why")


def cut_of(version: ReportVersion) -> DataCut:
    """Its data cut. NotNow where it has none."""
    if version.cut is None:
        raise NotNow("This version has no data yet. Take the data first")
    return version.cut
