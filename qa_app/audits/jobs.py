"""What the audits' room does by the clock."""

from qa_app.audits.services.concern_clock import tell_of_waiting
from qa_app.audits.services.late_plans import tell_of_late_plans
from qa_app.notify.scheduled import ScheduledJob

SCHEDULED: tuple[ScheduledJob, ...] = (
    # In every round: the safety route runs in hours, by day and by night (E1).
    ScheduledJob("concerns", tell_of_waiting),
    ScheduledJob("late plans", tell_of_late_plans),
)
