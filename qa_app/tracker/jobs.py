"""What the tracker does by the clock."""

from functools import partial

from qa_app.notify.scheduled import ScheduledJob
from qa_app.tracker.queries.ladder import Inadequate
from qa_app.tracker.services.late import tell_of_late_actions
from qa_app.tracker.services.living import see_that_all_are_owned


def make_scheduled(inadequate: Inadequate) -> tuple[ScheduledJob, ...]:
    """The jobs, with what they have to know of audits: those that stand as Inadequate (E6).

    Owners come first, so that the ladder tells whoever has an action now.
    """
    return (
        ScheduledJob("owners", see_that_all_are_owned),
        ScheduledJob("late actions", partial(tell_of_late_actions, inadequate=inadequate)),
    )
