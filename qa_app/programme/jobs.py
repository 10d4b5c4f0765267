"""What the programme does by the clock: cycles open, reminders go out (P1, P6, E8)."""

from datetime import datetime

from qa_app.domain.calendar import london_date
from qa_app.notify.scheduled import Counts, ScheduledJob
from qa_app.programme.services.cycles import open_due
from qa_app.programme.services.reaudits import remind_of_re_audits
from qa_app.programme.services.reminding import send_reminders


def _open_cycles(at: datetime) -> Counts:
    return {"cycles opened": len(open_due(london_date(at), at=at))}


def _remind(at: datetime) -> Counts:
    told = send_reminders(at)
    return {"reminders": told.reminders, "audits": told.audits, "people": told.people}


def _re_audits(at: datetime) -> Counts:
    told = remind_of_re_audits(at)
    return {"told of re-audits due": told.due, "told of late re-audits": told.late}


SCHEDULED: tuple[ScheduledJob, ...] = (
    ScheduledJob("cycles", _open_cycles),
    ScheduledJob("reminders", _remind),
    ScheduledJob("re-audits", _re_audits),
)
