"""What the tracker does by the clock."""

from functools import partial

from qa_app.notify.scheduled import ScheduledJob
from qa_app.tracker.queries.ladder import Inadequate
from qa_app.tracker.services.late import tell_of_late_actions


def make_scheduled(inadequate: Inadequate) -> tuple[ScheduledJob, ...]:
    """The jobs, with what they have to know of audits: those that stand as Inadequate (E6)."""
    return (ScheduledJob("late actions", partial(tell_of_late_actions, inadequate=inadequate)),)
