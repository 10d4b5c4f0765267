"""Which sections a person's home page has: those of each role held, and what each of them holds."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ScalarSelect

from qa_app.domain.permissions import Actor, Permission, Role, allowed
from qa_app.home import queries
from qa_app.home.queries import (
    Asked,
    Inadequate,
    Inadequates,
    MonthSoFar,
    Plans,
    Practising,
    Priorities,
    Published,
    Queue,
    SharedAudit,
    ToDo,
    ToldOf,
    ToNote,
    Upkeep,
    Worry,
)
from qa_app.notify.models import Notice
from qa_app.notify.services import unread
from qa_app.programme.queries import waiting_requests_for
from qa_app.tracker.models import Action
from qa_app.tracker.queries.verifying import count_to_verify
from qa_app.tracker.queries.withdrawing import Mine, mine_and_asked

NOTICES_SHOWN = 5
ACTIONS_SHOWN = 15


@dataclass(frozen=True)
class Leading:
    """What waits for somebody who moderates."""

    queue: Queue
    priorities: Priorities
    inadequates: list[Inadequate]
    worries: list[Worry] | None


@dataclass(frozen=True)
class Waiting:
    """The home page's content; a section is None where the person has no role for it."""

    concerns: list[ToldOf]
    notices: list[Notice]
    to_do: list[ToDo] | None
    to_note: list[ToNote]
    asked: list[Asked]
    shared: list[SharedAudit]
    leading: Leading | None
    plans: Plans
    actions: list[Action] | None
    to_say: list[Action]
    to_verify: int
    practising: Practising | None
    requests: int
    month: MonthSoFar | None
    published: list[Published] | None
    upkeep: Upkeep | None

    @property
    def nothing(self) -> bool:
        """Whether the person holds no role at all, and nothing is shared with them."""
        sections = (
            self.to_do, self.leading, self.actions, self.month, self.published, self.upkeep
        )  # fmt: skip
        return not self.shared and all(section is None for section in sections)


def waiting_for(who: Actor, today: date) -> Waiting:
    """Everything that waits for one person today, a few rows of each."""
    person = who.person_id
    practising = who.holds(Role.PRACTITIONER)
    working = practising or who.holds(Role.AUDITOR)
    mine = _mine(who, today)
    found = _inadequates(who, today)
    done_by_me = mine_and_asked(person, _verifying(who)) if working else None
    leading = _leading(who, found) if who.holds(Role.MODERATOR) else None
    return Waiting(
        concerns=queries.concerns_to_acknowledge(person),
        notices=unread(person, NOTICES_SHOWN),
        to_do=mine.to_do if who.holds(Role.AUDITOR) else None,
        to_note=mine.to_note,
        asked=mine.asked,
        shared=mine.shared,
        leading=leading,
        plans=found.plans,
        actions=done_by_me.to_do[:ACTIONS_SHOWN] if done_by_me is not None else None,
        to_say=done_by_me.to_say if done_by_me is not None else [],
        to_verify=_to_verify(who, leading, done_by_me),
        practising=queries.practising(who, today) if practising else None,
        requests=_requests(who, today),
        month=_month(who, today) if who.holds(Role.QA_LEAD) else None,
        published=queries.newest_published() if who.holds(Role.VIEWER) else None,
        upkeep=queries.upkeep(today) if who.holds(Role.ADMINISTRATOR) else None,
    )


def _mine(who: Actor, today: date) -> queries.Mine:
    """A second auditor is somebody who audits, or a partner without any role."""
    if not who.holds(Role.AUDITOR) and who.reaches:
        return queries.Mine([], [], [], [])
    finished = not allowed(Permission.AUDITS_LIST, who)
    return queries.audits_of(who.person_id, today, finished=finished)


def _verifying(who: Actor) -> ScalarSelect[int] | None:
    """The count of what a manager of a team verifies; who moderates has theirs with the queue."""
    manages = any(reach.role is Role.PRACTITIONER and reach.teams for reach in who.reaches)
    other = who.holds(Role.QA_LEAD) or who.holds(Role.MODERATOR)
    return count_to_verify(who) if manages and not other else None


def _to_verify(who: Actor, leading: Leading | None, mine: Mine | None) -> int:
    """How many done actions wait for this person; who answers for everything is told by the ladder
    where others have not looked in time (E9)."""
    if leading is not None:
        return 0 if _everywhere(who) else leading.queue.to_verify
    return mine.counted if mine is not None else 0


def _requests(who: Actor, today: date) -> int:
    """How many requests for an exemption or for more time this person may decide (P3).

    A director above all services is told of theirs by a notice, and is not asked of here.
    """
    deciding = who.holds(Role.PRACTITIONER) or who.holds(Role.MODERATOR)
    return waiting_requests_for(who, today).count if deciding and not _everywhere(who) else 0


def _month(who: Actor, today: date) -> MonthSoFar:
    """The month; what is kept from this person is not counted among what failed either (E1)."""
    month = queries.month_so_far(today, who)
    if not month.failed_mail:
        return month
    _, kept_back = queries.not_arrived(who.person_id)
    return month._replace(failed_mail=max(month.failed_mail - kept_back, 0))


def _inadequates(who: Actor, today: date) -> Inadequates:
    """A head of service agrees plans; those above all services are told of late ones (E6)."""
    if not allowed(Permission.PLANS_LIST, who):
        return Inadequates([], Plans([], 0, 0, theirs=False))
    theirs = who.holds(Role.MODERATOR) and not _everywhere(who)
    return queries.inadequates(who, today, theirs=theirs)


def _everywhere(who: Actor) -> bool:
    return any(reach.role is Role.MODERATOR and reach.teams is None for reach in who.reaches)


def _leading(who: Actor, found: Inadequates) -> Leading:
    everywhere = _everywhere(who)
    return Leading(
        queue=queries.moderation_queue(who),
        priorities=queries.priority_actions(who),
        inadequates=found.without_action,
        worries=queries.worries(who) if everywhere else None,
    )
