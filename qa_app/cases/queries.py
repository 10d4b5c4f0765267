"""Reading imports and their jobs."""

from uuid import UUID

from sqlalchemy import func, select

from qa_app.accounts.models import Person
from qa_app.cases.models import ImportFault, ImportRun
from qa_app.cases.ssd.report import Fault
from qa_app.database import db
from qa_app.notify.models import Job

PAGE = 100


def import_runs(limit: int = PAGE) -> list[tuple[ImportRun, str | None, int]]:
    """The latest imports: each with the name of who ran it and the number of refusals."""
    refused = (
        select(func.count())
        .select_from(ImportFault)
        .where(ImportFault.run_id == ImportRun.id)
        .scalar_subquery()
    )
    query = (
        select(ImportRun, Person.name, refused)
        .outerjoin(Person, Person.id == ImportRun.by)
        .order_by(ImportRun.at.desc(), ImportRun.id.desc())
        .limit(limit)
    )
    return [(run, name, count) for run, name, count in db.session.execute(query)]


def import_run(run_id: UUID) -> tuple[ImportRun, str | None, int] | None:
    """One import, with who ran it and the number of refusals; None where there is none."""
    query = (
        select(ImportRun, Person.name)
        .outerjoin(Person, Person.id == ImportRun.by)
        .where(ImportRun.id == run_id)
    )
    row = db.session.execute(query).one_or_none()
    if row is None:
        return None
    refused = select(func.count()).select_from(ImportFault).where(ImportFault.run_id == run_id)
    return row[0], row[1], db.session.scalar(refused) or 0


def faults_after(run_id: UUID, position: int, limit: int = PAGE) -> list[Fault]:
    """Refused rows of an import, from a position on; one more than `limit` where there are more."""
    query = (
        select(ImportFault)
        .where(ImportFault.run_id == run_id, ImportFault.position >= position)
        .order_by(ImportFault.position)
        .limit(limit + 1)
    )
    return [
        Fault(fault.place, fault.row, fault.column, fault.value, fault.reason)
        for fault in db.session.scalars(query)
    ]


def job_of(job_id: UUID, kinds: frozenset[str]) -> Job | None:
    """A job, if it is of one of these kinds."""
    job = db.session.get(Job, job_id)
    return job if job is not None and job.kind in kinds else None
