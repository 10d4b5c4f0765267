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


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn when an audit was sent (M1, M3): its month's seed, its tickets, and whether it
    is to be moderated blind; `sighted` says why the QA lead had it moderated sighted after all."""

    seed: str
    ticket: int
    blind_ticket: int
    blind: bool
    sighted: str = ""


@dataclass(eq=False, slots=True)
class Piece:
    """One audit as planned; days are None for what has not happened.

    `first_grade` is the first moderator's where it is not the final one: another one decided, or
    will. `drawn` is None for audits sent before anything was drawn.
    """

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
    first_grade: Grade | None = None
    drawn: Drawn | None = None

    @property
    def period(self) -> Period:
        """The months under review."""
        return add_months(self.given, -12), self.given

    @property
    def blind(self) -> bool:
        """Whether its moderation is, or will be, a blind one (M3)."""
        return self.drawn is not None and self.drawn.blind and not self.drawn.sighted

    @property
    def hidden(self) -> bool:
        """Whether its moderator is still to give the first grades."""
        return self.blind and self.state is AuditState.IN_MODERATION
