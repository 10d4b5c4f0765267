"""The tables of moderation: who moderates, what is said, who was given it, calibration."""

from qa_app.moderation.models.calibration import (
    CalibrationGrade,
    CalibrationInvite,
    CalibrationSession,
    CalibrationState,
)
from qa_app.moderation.models.giving import (
    ModerationClock,
    ModerationStep,
    ModerationWaiver,
    ModeratorGiven,
)
from qa_app.moderation.models.moderation import (
    AuditorsAnswer,
    Moderation,
    ModerationMode,
    ModerationStage,
    ModerationState,
)
from qa_app.moderation.models.talking import (
    ModerationMeeting,
    ModerationMessage,
    ModerationReply,
    ModerationTalk,
)

__all__ = [
    "AuditorsAnswer",
    "CalibrationGrade",
    "CalibrationInvite",
    "CalibrationSession",
    "CalibrationState",
    "Moderation",
    "ModerationClock",
    "ModerationMeeting",
    "ModerationMessage",
    "ModerationMode",
    "ModerationReply",
    "ModerationStage",
    "ModerationState",
    "ModerationStep",
    "ModerationTalk",
    "ModerationWaiver",
    "ModeratorGiven",
]
