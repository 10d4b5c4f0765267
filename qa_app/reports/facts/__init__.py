"""The facts of a data cut: what reports are worked out from, without anything that was written."""

from qa_app.reports.facts.rows import (
    ActionFact,
    AuditFact,
    CycleFact,
    Facts,
    FindingFact,
    ModerationFact,
    Moved,
    SectionFact,
    StandardFact,
    StockFact,
    ThemeFact,
    TimeFact,
    Unit,
    VoiceFact,
)

__all__ = [
    "ActionFact",
    "AuditFact",
    "CycleFact",
    "Facts",
    "FindingFact",
    "ModerationFact",
    "Moved",
    "SectionFact",
    "StandardFact",
    "StockFact",
    "ThemeFact",
    "TimeFact",
    "Unit",
    "VoiceFact",
]
