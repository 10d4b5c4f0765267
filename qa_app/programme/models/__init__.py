"""The tables of the programme: cycles, expectations, frames, draws, batches, and what follows."""

from qa_app.programme.models.batches import Batch, BatchAudit, BatchAuditor, BatchKind
from qa_app.programme.models.cycles import (
    AskedFor,
    Cycle,
    CycleState,
    Exemption,
    ExemptionReason,
    Expectation,
    Extension,
    RequestState,
    TimeRequest,
)
from qa_app.programme.models.draws import (
    CaseFate,
    Draw,
    DrawnCase,
    DrawState,
    Frame,
    Substitution,
    SubstitutionState,
)
from qa_app.programme.models.following import Buddy, Cover, Reminder

__all__ = [
    "AskedFor",
    "Batch",
    "BatchAudit",
    "BatchAuditor",
    "BatchKind",
    "Buddy",
    "CaseFate",
    "Cover",
    "Cycle",
    "CycleState",
    "Draw",
    "DrawState",
    "DrawnCase",
    "Exemption",
    "ExemptionReason",
    "Expectation",
    "Extension",
    "Frame",
    "Reminder",
    "RequestState",
    "Substitution",
    "SubstitutionState",
    "TimeRequest",
]
