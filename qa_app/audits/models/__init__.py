"""The tables of an audit: what is pinned, what was answered, what was graded, what was raised.

The import of old audits knows who moderated each of them, and a moderation's table is of the room
above. So `audits.workbook` is handed a function by its callers (the command line and create_app):
`moderation.services.record_imported(rows)`, a bulk insert of committed, sighted moderations. Its
rows are dicts of audit_id, moderator_id (or None), moderator_name and committed_at.
"""

from qa_app.audits.models.after import ImprovementPlan, PlanStep, PutRight, ReAudit, ReAuditAnswer
from qa_app.audits.models.answers import (
    AuditText,
    Finding,
    LimitOverride,
    QuestionAnswer,
    SectionAnswer,
    Voice,
)
from qa_app.audits.models.audit import Audit, AuditParty, AuditSource, GradeRow, GradeSource
from qa_app.audits.models.concern import Concern, ConcernTold, SafetyDecision, ToldAs
from qa_app.audits.models.filing import FindingFiling, FindingTheme
from qa_app.audits.models.independence import DeclaredInterest, Waiver
from qa_app.audits.models.moderated import (
    Amendment,
    ModerationChoice,
    ModerationSeed,
    PinnedComment,
)
from qa_app.audits.models.safety import ConcernReferral, ConcernStep, ReferralTo
from qa_app.audits.models.texts import IdentifierCleared, TextVersion
from qa_app.audits.models.together import (
    Contribution,
    Conversation,
    ConversationGuest,
    FactCheck,
    FactPoint,
    Thanks,
)

__all__ = [
    "Amendment",
    "Audit",
    "AuditParty",
    "AuditSource",
    "AuditText",
    "Concern",
    "ConcernReferral",
    "ConcernStep",
    "ConcernTold",
    "Contribution",
    "Conversation",
    "ConversationGuest",
    "DeclaredInterest",
    "FactCheck",
    "FactPoint",
    "Finding",
    "FindingFiling",
    "FindingTheme",
    "GradeRow",
    "GradeSource",
    "IdentifierCleared",
    "ImprovementPlan",
    "LimitOverride",
    "ModerationChoice",
    "ModerationSeed",
    "PinnedComment",
    "PlanStep",
    "PutRight",
    "QuestionAnswer",
    "ReAudit",
    "ReAuditAnswer",
    "ReferralTo",
    "SafetyDecision",
    "SectionAnswer",
    "TextVersion",
    "Thanks",
    "ToldAs",
    "Voice",
    "Waiver",
]
