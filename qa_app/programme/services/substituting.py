"""Taking a reserve in place of a drawn case: one person asks, another decides (S4)."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import select

from qa_app import history
from qa_app.accounts import queries as accounts
from qa_app.accounts.line import Line
from qa_app.accounts.models import Person
from qa_app.audits import services as audits
from qa_app.database import db
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission, Role, allowed
from qa_app.domain.permissions.conditions import HEAD_OF_SERVICE
from qa_app.domain.sampling import ReplacedBecause
from qa_app.domain.workflow import AuditMove, AuditState, advance
from qa_app.notify.services import Message, queue_many
from qa_app.programme.models import (
    CaseFate,
    DrawnCase,
    DrawState,
    Substitution,
    SubstitutionState,
)
from qa_app.programme.queries import earlier
from qa_app.programme.services.cycles import lock
from qa_app.programme.services.reserves import next_reserve, none_left, reserves_of


class CannotReplace(DomainError):
    """A case that is not in use, or of which another replacement is asked for."""


class NoteNeeded(DomainError):
    """Words are needed and did not come."""


class NoReserveLeft(DomainError):
    """No reserve of the stratum is fit to be taken."""


class MayNotDecide(DomainError):
    """Somebody who asked, or who is neither a QA lead nor a head of service over the team."""


class DecidedAlready(DomainError):
    """Somebody decided before."""


def ask_substitution(
    drawn: DrawnCase, reason: ReplacedBecause, note: str, *, by: UUID, at: datetime
) -> Substitution:
    """Ask for another case in place of a drawn one, with a reason from the list (S4).

    The other QA leads and the head of service of the case's team are told. Raises CannotReplace,
    NoteNeeded for another reason without words, NoReserveLeft, and MoveNotAllowed where the
    case's audit was submitted.
    """
    lock(drawn.draw)
    lock(drawn)
    _refuse_unusable(drawn)
    if reason is ReplacedBecause.OTHER and not note.strip():
        raise NoteNeeded("Enter why another case is needed", "note")
    if drawn.audit is not None and drawn.audit.state is not AuditState.WITHDRAWN:
        advance(drawn.audit.state, AuditMove.WITHDRAW)
    if not reserves_of(drawn):
        raise NoReserveLeft(none_left(drawn))
    asked = Substitution(
        replaced=drawn,
        reason=reason,
        note=note.strip(),
        state=SubstitutionState.ASKED,
        asked_by=by,
        asked_at=at,
    )
    db.session.add(asked)
    db.session.flush()
    history.record(
        "substitution_asked", drawn.draw, by=by, at=at,
        reason=reason.words, substitution=asked.id, case=drawn.case_id,
    )  # fmt: skip
    _tell_deciders(asked, at)
    return asked


def _refuse_unusable(drawn: DrawnCase) -> None:
    if drawn.draw.state is DrawState.DISCARDED:
        raise CannotReplace(f"Draw {drawn.draw.reference} was discarded. Nothing has been changed.")
    if drawn.fate not in earlier.IN_USE:
        raise CannotReplace(
            f"Case {drawn.case_reference} is not in use: it is “{drawn.fate.words.lower()}”. "
            "Nothing has been changed."
        )
    waiting = select(Substitution.id).where(
        Substitution.replaced_id == drawn.id, Substitution.state == SubstitutionState.ASKED
    )
    if db.session.scalars(waiting).first() is not None:
        raise CannotReplace(
            f"Another case in place of {drawn.case_reference} is asked for already, and waits for "
            "a second person."
        )


def check_decider(asked: Substitution, by: UUID, today: date) -> None:
    """Raise MayNotDecide for whoever asked, and for moderators below a head of service (S4).

    A second person decides: another QA lead, or a head of service or above who reaches the team.
    """
    if by == asked.asked_by:
        raise MayNotDecide("You asked for this: a second person decides. Nothing has been changed.")
    actor = accounts.actor(by, today)
    may = allowed(Permission.SUBSTITUTION_DECIDE, actor, asked.permission_subject())
    if not may or not (actor.holds(Role.QA_LEAD) or actor.rank >= HEAD_OF_SERVICE):
        raise MayNotDecide(
            "Another QA lead decides this, or a head of service or above over the case’s team. "
            "Nothing has been changed."
        )


def approve_substitution(
    asked: Substitution, *, by: UUID, at: datetime, answer: str = ""
) -> DrawnCase:
    """Take the next reserve of the stratum that is still fit (S4); give the case that was taken.

    The replaced case stays in the draw; its audit, where one was given, is withdrawn with the
    reason. The reserve waits for an auditor. Raises MayNotDecide, DecidedAlready, CannotReplace,
    NoReserveLeft, and MoveNotAllowed where the audit was submitted meanwhile.
    """
    _hold(asked, by, at)
    replaced = asked.replaced
    if replaced.draw.state is DrawState.DISCARDED:
        raise CannotReplace("The draw was discarded. Nothing has been changed.")
    found = next_reserve(replaced, london_date(at))
    if found.taken is None:
        raise NoReserveLeft(none_left(replaced, found.passed_over))
    _close(asked, SubstitutionState.APPROVED, answer, by, at)
    asked.reserve = found.taken
    found.taken.fate = CaseFate.PROMOTED
    # A reserve that was taken counts as one of the cases when it is replaced in its turn; that it
    # was a reserve once is told by the substitution that took it.
    replaced.fate, replaced.is_reserve = CaseFate.REPLACED, False
    if replaced.draw.state is DrawState.MADE:
        # Who audits what was proposed for the case that has gone.
        replaced.draw.allocation = None
    if replaced.audit is not None and replaced.audit.state is not AuditState.WITHDRAWN:
        words = f"Another case was taken: {asked.reason.words}"
        audits.withdraw(replaced.audit, words, by, at)
    db.session.flush()
    history.record(
        "substitution_approved", replaced.draw, by=by, at=at, substitution=asked.id,
        case=replaced.case_id, taken=found.taken.case_id,
        passed_over=[f"{each.drawn.id}:{each.because.value}" for each in found.passed_over],
    )  # fmt: skip
    _tell_asker(asked, "approved", "The next reserve was taken, and needs an auditor.", at)
    return found.taken


def refuse_substitution(asked: Substitution, *, answer: str, by: UUID, at: datetime) -> None:
    """Leave the drawn case in the draw, and say why. Raises MayNotDecide, DecidedAlready."""
    _hold(asked, by, at)
    if not answer.strip():
        raise NoteNeeded("Enter why the case stays in the draw", "answer")
    _close(asked, SubstitutionState.REFUSED, answer, by, at)
    db.session.flush()
    history.record(
        "substitution_refused", asked.replaced.draw, by=by, at=at, substitution=asked.id,
        case=asked.replaced.case_id,
    )  # fmt: skip
    _tell_asker(asked, "refused", "The case stays in the draw.", at)


def _hold(asked: Substitution, by: UUID, at: datetime) -> None:
    """Two who approve at once take two reserves, one after the other."""
    lock(asked.replaced.draw)
    lock(asked)
    check_decider(asked, by, london_date(at))
    if asked.state is not SubstitutionState.ASKED:
        raise DecidedAlready(
            f"Somebody has decided this already: {asked.state.words.lower()}. "
            "Nothing has been changed."
        )


def _close(
    asked: Substitution, state: SubstitutionState, answer: str, by: UUID, at: datetime
) -> None:
    asked.state, asked.answer = state, answer.strip()
    asked.decided_by, asked.decided_at = by, at


def _tell_deciders(asked: Substitution, at: datetime) -> None:
    today = london_date(at)
    people: dict[UUID, str | None] = {
        person.id: person.email for person in accounts.people_with(Role.QA_LEAD, today)
    }
    head = Line(today).head_of_service(asked.replaced.case.team_id)
    if head is not None:
        people[head.person_id] = head.email
    reference = asked.replaced.draw.reference
    queue_many(
        [
            Message(
                person_id,
                email,
                f"Draw {reference}: another case is asked for",
                "A case that was drawn for audit is to be replaced by the next reserve. A second "
                "person decides. Sign in to read why and to decide.",
                f"/programme/substitutions/{asked.id}",
                f"substitution:{asked.id}:asked:{person_id}",
            )
            for person_id, email in people.items()
            if person_id != asked.asked_by
        ],
        at,
    )


def _tell_asker(asked: Substitution, outcome: str, follows: str, at: datetime) -> None:
    asker = db.session.get_one(Person, asked.asked_by)
    reference = asked.replaced.draw.reference
    queue_many(
        [
            Message(
                asker.id,
                asker.email,
                f"Draw {reference}: your request for another case was {outcome}",
                f"{follows} Sign in to read more.",
                f"/programme/substitutions/{asked.id}",
                f"substitution:{asked.id}:{outcome}:{asker.id}",
            )
        ],
        at,
    )
