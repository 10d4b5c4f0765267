"""What went before a draw: what was audited lately, and what is in the cycle already (S3)."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, AuditSource
from qa_app.cases.models import Case
from qa_app.database import db
from qa_app.domain.calendar import add_months
from qa_app.domain.sampling import DrawFacts
from qa_app.domain.workflow import AuditState
from qa_app.programme.models import (
    BatchAudit,
    CaseFate,
    Cycle,
    Draw,
    DrawnCase,
    DrawState,
)
from qa_app.programme.queries.frames import Listed, worker_key
from qa_app.standards.models import ToolVersion

UNDER_WAY = tuple(
    state for state in AuditState if state not in (AuditState.FINAL, AuditState.WITHDRAWN)
)
STANDING = (DrawState.MADE, DrawState.CONFIRMED)
IN_USE = (CaseFate.DRAWN, CaseFate.PROMOTED)


@dataclass(frozen=True)
class Going:
    """What a draw is for: the cycle of a month, or a batch (P7)."""

    month: date | None = None
    batch_id: UUID | None = None


def facts_for(listed: Listed, tool: ToolVersion, going: Going, *, months: int) -> DrawFacts:
    """What went before a draw for a cycle or a batch (three queries).

    `months` is how long an audited case is left out. Only what is about the frame's own cases is
    kept, so that the draw can be proved from what it stores.
    """
    cycle = in_cycle(going)
    references = {case.reference for case in listed.cases}
    families = {case.family for case in listed.cases} - {""}
    known = {case.worker for case in listed.cases} - {""}
    return DrawFacts(
        closed=listed.closed,
        not_in_list=listed.not_in_list,
        audited_lately=frozenset(references & audited_lately(tool, listed.as_at, months)),
        cases_in_cycle=frozenset(references & cycle.families.keys()),
        families_in_cycle=frozenset(families & set(cycle.families.values())),
        workers_in_cycle={worker: n for worker, n in cycle.workers.items() if worker in known},
    )


def audited_lately(
    tool: ToolVersion,
    as_at: date,
    months: int,
    *,
    references: Collection[str] | None = None,
) -> set[str]:
    """Cases audited in the months up to a date, or being audited (S3), with a tool that counts.

    That is this tool in any version. Where this tool asks for voices (P7), it is also every other
    one that does, a re-audit among them, and every imported audit: the whole file was read and the
    family asked, which is not done to them twice in a year. A compliance check of ten cases, which
    asks nobody, shields no case from a full audit, nor a full audit from such a check.
    """
    alike: ColumnElement[bool] = ToolVersion.code == tool.code
    if tool.voices:
        alike = or_(alike, ToolVersion.voices, Audit.source == AuditSource.IMPORTED)
    query = (
        select(Audit.case_reference)
        .outerjoin(ToolVersion, ToolVersion.id == Audit.tool_version_id)
        .where(
            Audit.state != AuditState.WITHDRAWN,
            or_(Audit.completed_on >= add_months(as_at, -months), Audit.state.in_(UNDER_WAY)),
            alike,
        )
    )
    if references is not None:
        query = query.where(Audit.case_reference.in_(references))
    return set(db.session.scalars(query))


@dataclass(frozen=True)
class InCycle:
    """What is in a cycle or a batch already: the family of each case, and cases by worker."""

    families: dict[str, str]
    workers: Counter[str]

    def holds(self, case: Case) -> bool:
        """Whether the case, or a brother or sister, is in it."""
        known = case.family_reference or ""
        return case.reference in self.families or (known != "" and known in self.families.values())


def in_cycle(going: Going, *, besides: str = "") -> InCycle:
    """The audits of a cycle or batch that are not withdrawn, with the cases of draws that stand.

    `besides` is the reference of a case to leave aside. Two queries.
    """
    found = {row[0]: row for row in db.session.execute(_audits_of(going))}
    found |= {row[0]: row for row in db.session.execute(_drawn_for(going))}
    found.pop(besides, None)
    return InCycle(
        {reference: row[1] or "" for reference, row in found.items()},
        Counter(worker_key(*row[2:]) for row in found.values()),
    )


def _audits_of(going: Going) -> Any:
    query = _columns(Audit.case_reference).select_from(Audit)
    query = query.outerjoin(Case, Case.id == Audit.case_id)
    if going.batch_id is not None:
        query = query.join(BatchAudit, BatchAudit.audit_id == Audit.id)
        query = query.where(BatchAudit.batch_id == going.batch_id)
    else:
        query = query.where(Audit.cycle_month == going.month)
    return query.outerjoin(Person, Person.id == Case.worker_id).where(
        Audit.state != AuditState.WITHDRAWN
    )


def _drawn_for(going: Going) -> Any:
    query = _columns(DrawnCase.case_reference).select_from(DrawnCase)
    query = query.join(Draw, Draw.id == DrawnCase.draw_id).join(Case, Case.id == DrawnCase.case_id)
    if going.batch_id is not None:
        query = query.where(Draw.batch_id == going.batch_id)
    else:
        query = query.join(Cycle, Cycle.id == Draw.cycle_id).where(Cycle.month == going.month)
    return query.outerjoin(Person, Person.id == Case.worker_id).where(
        Draw.state.in_(STANDING), DrawnCase.fate.in_(IN_USE)
    )


def _columns(reference: Any) -> Any:
    return select(
        reference, Case.family_reference, Person.external_id, Person.staff_id, Person.name_key
    )
