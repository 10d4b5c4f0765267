"""What the audits' room does by the clock."""

from qa_app.audits.services.concern_clock import tell_of_waiting
from qa_app.notify.scheduled import ScheduledJob

# In every round: the safety route runs in hours, by day and by night (E1).
SCHEDULED: tuple[ScheduledJob, ...] = (ScheduledJob("concerns", tell_of_waiting),)
