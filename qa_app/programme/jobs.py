"""What the programme does by the clock: cycles open, reminders go out (P1, P6)."""

from datetime import datetime

from qa_app.domain.calendar import london_date
from qa_app.notify.scheduled import Counts, ScheduledJob
from qa_app.programme.services.cycles import open_due
from qa_app.programme.services.reminding import send_reminders


def _open_cycles(at: datetime) -> Counts:
    return {"cycles opened": len(open_due(london_date(at), at=at))}


def _remind(at: datetime) -> Counts:
    told = send_reminders(at)
    return {"reminders": told.reminders, "audits": told.audits, "people": told.people}


SCHEDULED: tuple[ScheduledJob, ...] = (
    ScheduledJob("cycles", _open_cycles),
    ScheduledJob("reminders", _remind),
)
