"""What is done to a calibration session: made, opened, graded, closed, kept for practice (M10)."""

from qa_app.moderation.calibration.services.closing import (
    agree,
    close,
    mark_gold,
    why_not_close,
)
from qa_app.moderation.calibration.services.grading import (
    SavedElsewhere,
    commit_grades,
    not_graded,
    save_grades,
)
from qa_app.moderation.calibration.services.inviting import invite, left_to_do, open_session
from qa_app.moderation.calibration.services.making import (
    describe,
    discard,
    make_from_audit,
    make_typed,
    write_section,
)
from qa_app.moderation.calibration.services.reminding import remind_before_deadlines
from qa_app.moderation.calibration.services.state import (
    CalibrationRefused,
    WrongState,
    refuse_other_states,
)

__all__ = [
    "CalibrationRefused",
    "SavedElsewhere",
    "WrongState",
    "agree",
    "close",
    "commit_grades",
    "describe",
    "discard",
    "invite",
    "left_to_do",
    "make_from_audit",
    "make_typed",
    "mark_gold",
    "not_graded",
    "open_session",
    "refuse_other_states",
    "remind_before_deadlines",
    "save_grades",
    "why_not_close",
    "write_section",
]
