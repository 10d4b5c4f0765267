"""Taking an audit for moderation and deciding about it. Callers save."""

from qa_app.moderation.services.deciding import (
    GradeGiven,
    LimitReasonNeeded,
    ReasonNeeded,
    RecordNotOpened,
    commit,
)
from qa_app.moderation.services.importing import ImportedModeration, record_imported
from qa_app.moderation.services.returning import send_back
from qa_app.moderation.services.taking import (
    AlreadyTaken,
    MayNotModerate,
    NotYours,
    note_refused,
    release,
    start,
)

__all__ = [
    "AlreadyTaken",
    "GradeGiven",
    "ImportedModeration",
    "LimitReasonNeeded",
    "MayNotModerate",
    "NotYours",
    "ReasonNeeded",
    "RecordNotOpened",
    "commit",
    "note_refused",
    "record_imported",
    "release",
    "send_back",
    "start",
]
