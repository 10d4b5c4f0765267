"""One audit as planned: who, which case, when, and how far it has come."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from qa_app.demo.cases import CaseFile
from qa_app.demo.council import Member
from qa_app.demo.specials import Concerned, Special
from qa_app.domain.calendar import Month, add_months
from qa_app.domain.grades import Grade, Selection
from qa_app.domain.independence import Period
from qa_app.domain.workflow import AuditState


@dataclass(eq=False, slots=True)
class Piece:
    """One audit as planned; days are None for what has not happened."""

    id: UUID
    reference: str
    month: Month
    due: date
    auditor: Member
    case: CaseFile
    state: AuditState
    given: date
    started: date | None
    submitted: date | None
    moderated: date | None
    auditor_grade: Grade | None
    final_grade: Grade | None
    concern: Concerned | None
    selection: Selection
    selection_reason: str
    moderator: Member | None = None
    special: Special | None = None

    @property
    def period(self) -> Period:
        """The months under review."""
        return add_months(self.given, -12), self.given
