"""What the page that follows the programme says of each place: rows, states in words, totals."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from qa_app.accounts.models import COUNTED_AUDITORS, PostKind
from qa_app.domain.calendar import WorkingCalendar
from qa_app.domain.reminders import UNFINISHED
from qa_app.domain.workflow import AuditState
from qa_app.formatting import count_words
from qa_app.programme.queries.buddies import Helper
from qa_app.programme.queries.following import Given, Place


class FollowState(StrEnum):
    """How an audit of a month stands, or what is expected without one."""

    NOTHING_GIVEN = "nothing_given"
    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    LATE = "late"
    SUBMITTED = "submitted"
    DONE_LATE = "done_late"
    EXEMPT = "exempt"

    @property
    def words(self) -> str:
        """The state as a page says it."""
        return _WORDS[self]

    @property
    def colour(self) -> str:
        """The colour of its tag."""
        return _COLOURS[self]


_WORDS = {
    FollowState.NOTHING_GIVEN: "Nothing given yet",
    FollowState.NOT_STARTED: "Not started",
    FollowState.IN_PROGRESS: "In progress",
    FollowState.LATE: "Late",
    FollowState.SUBMITTED: "Submitted",
    FollowState.DONE_LATE: "Done late",
    FollowState.EXEMPT: "Exempt",
}
_COLOURS = {
    FollowState.NOTHING_GIVEN: "yellow",
    FollowState.NOT_STARTED: "blue",
    FollowState.IN_PROGRESS: "teal",
    FollowState.LATE: "red",
    FollowState.SUBMITTED: "green",
    FollowState.DONE_LATE: "orange",
    FollowState.EXEMPT: "grey",
}


@dataclass(frozen=True)
class Row:
    """One audit of a place; or, without one, so many audits that were not given or are exempt.

    `beyond` says that the audit is not among those that are due (P4); `note` what else there is to
    say of its state.
    """

    place: Place
    state: FollowState
    words: str
    audit: Given | None = None
    note: str = ""
    buddy: Helper | None = None

    @property
    def unfinished(self) -> bool:
        """Whether its auditor can be reminded of it."""
        return self.audit is not None and self.audit.state in UNFINISHED


def state_of(audit: Given, today: date) -> FollowState:
    """P4: done is completed by the day that counts; late is unfinished after its own due date."""
    if audit.completed_on is not None:
        return FollowState.SUBMITTED if audit.in_time else FollowState.DONE_LATE
    if audit.due_on is not None and audit.due_on < today:
        return FollowState.LATE
    started = audit.state is AuditState.IN_PROGRESS
    return FollowState.IN_PROGRESS if started else FollowState.NOT_STARTED


def rows_of(
    places: Iterable[Place],
    buddies: Mapping[UUID, Helper],
    calendar: WorkingCalendar,
    today: date,
) -> list[Row]:
    """A row for each audit, then one for what was not given and one for what is exempt."""
    rows = []
    for place in places:
        buddy = buddies.get(place.person_id) if place.person_id is not None else None
        rows += [_row(place, audit, buddy, calendar, today) for audit in place.audits]
        for state, number in (
            (FollowState.NOTHING_GIVEN, place.room),
            (FollowState.EXEMPT, place.exempted),
        ):
            if number > 0:
                words = state.words if number == 1 else f"{state.words}: {number} audits"
                rows.append(Row(place, state, words, buddy=buddy))
    return rows


def _row(
    place: Place, audit: Given, buddy: Helper | None, calendar: WorkingCalendar, today: date
) -> Row:
    state, notes = state_of(audit, today), []
    words = state.words
    if state is FollowState.LATE and audit.due_on is not None:
        # None where only a weekend has passed since.
        days = calendar.working_days_between(audit.due_on, today)
        words = f"Late ({count_words(days, 'working day')})" if days else "Late"
        notes.append("in progress" if audit.state is AuditState.IN_PROGRESS else "not started")
    if audit.state is AuditState.RETURNED:
        notes.append("returned for correction")
    if audit.id not in place.within:
        notes.append("beyond what is due")
    return Row(place, state, words, audit, ", ".join(notes), buddy)


@dataclass
class Totals:
    """Counts of some places: due = done + later + late + in progress + not started + not given."""

    expected: int = 0
    exempted: int = 0
    due: int = 0
    done: int = 0
    done_later: int = 0
    late: int = 0
    in_progress: int = 0
    not_started: int = 0
    nothing_given: int = 0
    beyond: int = 0

    def add(self, place: Place, today: date) -> None:
        """Count one more place."""
        self.expected += place.number
        self.exempted += place.exempted
        self.due += place.due
        self.nothing_given += max(place.room, 0)
        for audit in place.audits:
            if audit.id in place.within:
                name = _COUNTED_AS[state_of(audit, today)]
                setattr(self, name, getattr(self, name) + 1)
            else:
                self.beyond += 1


_COUNTED_AS = {
    FollowState.SUBMITTED: "done",
    FollowState.DONE_LATE: "done_later",
    FollowState.LATE: "late",
    FollowState.IN_PROGRESS: "in_progress",
    FollowState.NOT_STARTED: "not_started",
}


def total(places: Iterable[Place], today: date) -> Totals:
    """The counts of all these places."""
    found = Totals()
    for place in places:
        found.add(place, today)
    return found


def totals_by(
    places: Iterable[Place], today: date, part: Callable[[Place], str]
) -> list[tuple[str, Totals]]:
    """The counts of each part, by its name."""
    found: dict[str, Totals] = {}
    for place in places:
        found.setdefault(part(place), Totals()).add(place, today)
    return sorted(found.items(), key=lambda item: item[0].casefold())


def is_counted(place: Place) -> bool:
    """Whether MTM-2 counts the place: managers, conference chairs and IROs."""
    return place.kind in COUNTED_AUDITORS


@dataclass(frozen=True)
class Narrowed:
    """What the page is narrowed to; None asks for nothing."""

    role: PostKind | None = None
    service_id: UUID | None = None
    team_id: UUID | None = None
    state: FollowState | None = None

    def places(self, places: Iterable[Place]) -> list[Place]:
        """The places that the role, service and team leave."""
        return [place for place in places if self._leaves(place)]

    def _leaves(self, place: Place) -> bool:
        return (
            (self.role is None or place.kind is self.role)
            and (self.service_id is None or _id_of(place.service) == self.service_id)
            and (self.team_id is None or _id_of(place.team) == self.team_id)
        )

    def rows(self, rows: Iterable[Row]) -> list[Row]:
        """The rows that the state leaves."""
        return [row for row in rows if self.state is None or row.state is self.state]


def _id_of(unit: tuple[UUID, str] | None) -> UUID | None:
    return None if unit is None else unit[0]
