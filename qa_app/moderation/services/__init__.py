"""Taking an audit for moderation and deciding about it. Callers save."""

from qa_app.moderation.services.answering import (
    Answered,
    AnswerNeeded,
    NotAskedNow,
    answer,
    answer_due,
    refresh_due,
    stand_without_reply,
)
from qa_app.moderation.services.blind import FirstGradeNeeded, NothingHidden, commit_first
from qa_app.moderation.services.deciding import (
    GradeGiven,
    LimitReasonNeeded,
    ReasonNeeded,
    RecordNotOpened,
    commit,
)
from qa_app.moderation.services.drafting import (
    LONGEST,
    Kept,
    Overtaken,
    TooLong,
    Typed,
    UnknownBox,
    keep,
    version_of,
)
from qa_app.moderation.services.importing import ImportedModeration, record_imported
from qa_app.moderation.services.returning import GradesFirst, check_may_return, send_back
from qa_app.moderation.services.second import decide_second, release_second, start_second
from qa_app.moderation.services.taking import (
    AlreadyTaken,
    MayNotModerate,
    NotChosen,
    NotYours,
    check_yours,
    note_refused,
    release,
    start,
)

__all__ = [
    "LONGEST",
    "AlreadyTaken",
    "AnswerNeeded",
    "Answered",
    "FirstGradeNeeded",
    "GradeGiven",
    "GradesFirst",
    "ImportedModeration",
    "Kept",
    "LimitReasonNeeded",
    "MayNotModerate",
    "NotAskedNow",
    "NotChosen",
    "NotYours",
    "NothingHidden",
    "Overtaken",
    "ReasonNeeded",
    "RecordNotOpened",
    "TooLong",
    "Typed",
    "UnknownBox",
    "answer",
    "answer_due",
    "check_may_return",
    "check_yours",
    "commit",
    "commit_first",
    "decide_second",
    "keep",
    "note_refused",
    "record_imported",
    "refresh_due",
    "release",
    "release_second",
    "send_back",
    "stand_without_reply",
    "start",
    "start_second",
    "version_of",
]
