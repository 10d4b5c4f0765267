"""What becomes of an audit whose moderator sees its overall grade differently (M4, M5).

Each function takes the audit's row for itself, changes state by the table of moves, records the
event and tells the audit's own people. What was said, and by whom, is the moderation room's.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import delete

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.accounts.queries import people_with
from qa_app.audits.models import Audit, AuditParty
from qa_app.audits.queries.sharing import second_person
from qa_app.audits.services.state import locked
from qa_app.database import db
from qa_app.domain.calendar import date_words, london_date
from qa_app.domain.permissions import Party, Role
from qa_app.domain.workflow import AuditMove, advance
from qa_app.notify import services as notify


def discuss(audit: Audit, due: date, *, by: UUID, at: datetime) -> Audit:
    """Ask the auditor for an answer by `due`; both auditors are told (M4).

    Raises MoveNotAllowed. Records “moderation_sent”.
    """
    audit = locked(audit)
    audit.state = advance(audit.state, AuditMove.DISCUSS)
    words = date_words(due)
    history.record("moderation_sent", audit, by=by, at=at, audit_id=audit.id, due=words)
    _tell_auditors(
        audit,
        f"Please answer about audit {audit.reference} by {words}",
        "Its moderator sees a grade differently. Sign in to read why. You can talk about it first; "
        f"then accept it, or say why you disagree. Without an answer by {words} the moderator’s "
        "grades stand.",
        f"answer-asked:{audit.id}",
        at,
    )
    return audit


def move_answer(audit: Audit, due: date, *, at: datetime) -> None:
    """Say that the answer is due later, because the auditor is away (M4). No state changes.

    Records “moderation_paused”.
    """
    words = date_words(due)
    history.record("moderation_paused", audit, by=None, at=at, audit_id=audit.id, due=words)
    _tell_auditors(
        audit,
        f"The answer about audit {audit.reference} is due {words} now",
        "Days on which you are away are not counted. Nothing else has changed.",
        f"answer-moved:{audit.id}:{due.isoformat()}",
        at,
    )


def disagree(audit: Audit, *, by: UUID, at: datetime) -> Audit:
    """Let a second moderator decide; the QA lead is told that one is needed (M5).

    Raises MoveNotAllowed. What the auditor said is recorded by the moderation room.
    """
    audit = locked(audit)
    audit.state = advance(audit.state, AuditMove.DISAGREE)
    _tell_second_needed(
        audit,
        f"Audit {audit.reference} needs a second moderator",
        "Auditor and moderator do not agree.",
        f"second-needed:{audit.id}",
        at,
    )
    return audit


def _tell_second_needed(
    audit: Audit, subject: str, why: str, key: str, at: datetime, *, besides: UUID | None = None
) -> None:
    """Tell the QA leads that somebody is to decide, but the one who knows."""
    notify.queue_many(
        [
            notify.Message(
                person.id,
                person.email,
                subject,
                f"{why} Somebody senior to the first moderator can take it in Moderation; where "
                "nobody is senior, you can name somebody.",
                f"/moderation/audits/{audit.id}",
                f"{key}:{person.id}",
            )
            for person in people_with(Role.QA_LEAD, london_date(at))
            if person.id != besides
        ],
        at,
    )


def take_second(audit: Audit, moderator: Person, *, by: UUID, at: datetime) -> Audit:
    """Give the audit to its second moderator, who may read it from now on (M5).

    Raises MoveNotAllowed where somebody else took it first. Records “second_started”.
    """
    audit = locked(audit)
    audit.state = advance(audit.state, AuditMove.START_SECOND)
    audit.parties.append(
        AuditParty(party=Party.MODERATOR, person_id=moderator.id, name=moderator.name)
    )
    history.record("second_started", audit, by=by, at=at, audit_id=audit.id)
    return audit


def release_second(audit: Audit, moderator: Person, *, by: UUID, at: datetime) -> Audit:
    """Let somebody else be the second moderator; this one's right to read ends with that.

    The QA leads are told, but the one who does it: whoever was named from outside is named no more,
    and then the audit is in nobody's queue. Raises MoveNotAllowed. Records “second_released”.
    """
    audit = locked(audit)
    audit.state = advance(audit.state, AuditMove.RELEASE_SECOND)
    db.session.execute(
        delete(AuditParty).where(
            AuditParty.audit_id == audit.id,
            AuditParty.party == Party.MODERATOR,
            AuditParty.person_id == moderator.id,
        )
    )
    db.session.expire(audit, ["parties"])
    history.record("second_released", audit, by=by, at=at, audit_id=audit.id)
    _tell_second_needed(
        audit,
        f"Audit {audit.reference} needs another second moderator",
        "Its second moderator does not decide about it after all.",
        f"second-needed-again:{audit.id}:{at.isoformat()}",
        at,
        besides=by,
    )
    return audit


def _tell_auditors(audit: Audit, subject: str, body: str, key: str, at: datetime) -> None:
    """The auditor's message leads to their answer; a second one's to what there is to read."""
    page = f"/moderation/audits/{audit.id}"
    people = [(audit.auditor, f"{page}/answer", key), (second_person(audit), page, f"{key}:second")]
    notify.queue_many(
        [
            notify.Message(person.id, person.email, subject, body, path, own)
            for person, path, own in people
            if person is not None
        ],
        at,
    )
