"""Telling somebody else where a person could not be told: the next one up (E1, E6)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.accounts.queries import names
from qa_app.audits.queries.safety import Staff
from qa_app.domain.calendar import london_date
from qa_app.home.queries.untold import implicated, named_by
from qa_app.notify.delivery import MOST_ATTEMPTS
from qa_app.notify.models import Notice
from qa_app.notify.passing import handed_down, pass_on, to_be_passed_on
from qa_app.notify.scheduled import Counts, ScheduledJob

_LONGEST_SUBJECT: Final = 200
_LONGEST_BODY: Final = 2_000


def pass_on_what_was_refused(at: datetime) -> Counts:
    """Tell the line manager, or the next one up who can be told, of each urgent or ladder's message
    that could not be sent; each once.

    Whoever stands in is told where that one is away, and the QA lead where nobody is above. Nobody
    is told of what is kept from them. Where nobody at all can be told, it is tried again the next
    time, and stands on the QA lead's page meanwhile.
    """
    notices = to_be_passed_on(at)
    if not notices:
        return {"messages passed on": 0}
    passed_down = [handed_down(notice) for notice in notices]
    first = [chain[-1].person_id for chain in passed_down]
    staff = Staff(london_date(at), [], first)
    kept = implicated(each for notice in notices for each in named_by(notice))
    passed = 0
    for notice, chain in zip(notices, passed_down, strict=True):
        about = named_by(notice)
        barred = {person for found, person in kept if found in about}
        told = _next_one(chain, staff, barred)
        if told is not None and told.email is not None:
            _pass_on(notice, chain, told, told.email, at)
            passed += 1
    return {"messages passed on": passed}


def _next_one(chain: Sequence[Notice], staff: Staff, barred: Collection[UUID]) -> Person | None:
    """The nearest above whoever was to be told first, or else a QA lead."""
    tried = {each.person_id for each in chain if each.person_id is not None}
    silent = {person.id for person in staff.people.values() if not person.email}
    never = {*tried, *silent, *barred}
    first = chain[-1].person_id
    above = None if first is None else staff.manager_of(first, never)
    found = [above] if above is not None else staff.leads_to_tell(never)
    return staff.people[found[0]] if found else None


def _pass_on(
    notice: Notice, chain: Sequence[Notice], told: Person, email: str, at: datetime
) -> None:
    first, *others = reversed(chain)
    known = names({each.person_id for each in chain})
    missed = [known[each.person_id] for each in (first, *others) if each.person_id is not None]
    who = " and ".join(part for part in (", ".join(missed[:-1]), missed[-1]) if part)
    body = (
        f"{who} could not be told by e-mail: the mail server refused it {MOST_ATTEMPTS} times. "
        f"They were to be told: “{first.subject}”. Tell {missed[0]} yourself, or see to it in "
        "their place. The administrator and the QA lead can see that the address does not work."
    )
    subject = f"Not told by e-mail: {who}"[:_LONGEST_SUBJECT]
    pass_on(notice, told.id, email, subject, body[:_LONGEST_BODY], at=at)
    history.record(
        "notice_passed_on", notice, by=None, at=at, person_id=notice.person_id, told_id=told.id
    )


SCHEDULED: tuple[ScheduledJob, ...] = (
    ScheduledJob("what could not be sent", pass_on_what_was_refused),
)
