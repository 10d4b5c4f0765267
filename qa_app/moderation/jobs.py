"""What moderation does by the clock."""

from datetime import datetime

from qa_app.audits.services import finalise_all_unselected
from qa_app.moderation.calibration.services import remind_before_deadlines
from qa_app.moderation.services import stand_without_reply
from qa_app.moderation.services.late import tell_of_late
from qa_app.notify.scheduled import Counts, ScheduledJob


def _finalise_unselected(at: datetime) -> Counts:
    return {"audits not chosen made final": finalise_all_unselected(at)}


def _remind_of_calibration(at: datetime) -> Counts:
    return {"reminders of calibration": remind_before_deadlines(at)}


SCHEDULED: tuple[ScheduledJob, ...] = (
    ScheduledJob("audits not chosen for moderation", _finalise_unselected),
    ScheduledJob("answers of auditors", stand_without_reply),
    # After the answers: what they made final is not late.
    ScheduledJob("late moderations", tell_of_late),
    ScheduledJob("calibration deadlines", _remind_of_calibration),
)
