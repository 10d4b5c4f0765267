"""A significant-harm concern is raised at any moment: who is told, what is made (A9, E1)."""

from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, AuditSource, Concern, ConcernTold
from qa_app.audits.queries.safety import (
    ToTell,
    implicated_in,
    owner_of_safety,
    people_to_tell,
)
from qa_app.audits.services.concern_steps import TelephoneCall, note_call
from qa_app.audits.services.safety import (
    Beyond,
    NotFromYourself,
    add_referrals,
    keep_from,
)
from qa_app.audits.services.state import locked
from qa_app.database import db
from qa_app.domain.actions import ActionKind
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Party
from qa_app.notify import services as notify
from qa_app.tracker.models import ActionSource
from qa_app.tracker.services import Pinned, raise_action

WHAT_TO_DO = (
    "Make sure today that this child is safe, and record the safety decision on the concern and "
    "on the child's record. Then do what the decision asks, and say here how it was done."
)
# Those of the case see the action (I2); those whom the concern is about never do (E1).
_PINNED_PARTIES = frozenset(
    {Party.SOCIAL_WORKER, Party.TEAM_MANAGER, Party.IRO, Party.CHAIR, Party.IMPLICATED}
)
_NOTHING_BEYOND = Beyond()


class ConcernAlreadyOpen(DomainError):
    """Another concern is open on the audit; nothing of the new one is stored."""


class NoConcernHere(DomainError):
    """An imported audit: its child is known only as written in an old workbook."""


class NobodyToAct(DomainError):
    """No manager and no QA lead could own the priority action."""


def open_concern(audit: Audit) -> Concern | None:
    """The concern that stands on the audit, if any."""
    query = select(Concern).where(Concern.audit_id == audit.id, Concern.withdrawn_at.is_(None))
    return db.session.scalars(query).one_or_none()


def raise_concern(
    audit: Audit,
    *,
    worry: str,
    siblings: Iterable[str] = (),
    call: TelephoneCall | None = None,
    beyond: Beyond = _NOTHING_BEYOND,
    by: UUID,
    at: datetime,
) -> Concern:
    """Raise a concern, tell everybody of E1 and make the priority action, in one transaction.

    `siblings` are case references; `beyond` says whom it is about and who else has to know. The
    same worry sent twice is one concern (CO-4). Raises ConcernAlreadyOpen, NoConcernHere,
    NobodyToAct and NotFromYourself.
    """
    if audit.source is AuditSource.IMPORTED:
        raise NoConcernHere(
            "A concern cannot be raised on an imported audit. Telephone now, and record it on the "
            "child's record"
        )
    audit = locked(audit)
    standing = open_concern(audit)
    if standing is not None:
        return _same_or_refused(standing, worry)
    implicated = _implicated(audit, beyond, by)
    today = london_date(at)
    owner = owner_of_safety(audit, by, today, implicated)
    if owner is None:
        raise NobodyToAct("No manager could be found for this child's team. Telephone now")
    concern = Concern(
        audit_id=audit.id,
        audit=audit,
        case_reference=audit.case_reference,
        team_id=audit.team_id,
        raised_at=at,
        raised_by=by,
        worry=worry,
        siblings=", ".join(siblings),
        about_adult=beyond.about_adult,
    )
    db.session.add(concern)
    db.session.flush()
    history.record("concern_raised", concern, by=by, at=at, audit_id=audit.id)
    keep_from(concern, audit, implicated, at)
    if call is not None:
        note_call(concern, call, by, at)
    _tell(concern, people_to_tell(audit, by, today, implicated), by, at)
    add_referrals(concern, audit, beyond, at)
    _raise_priority_action(concern, audit, owner, by, at)
    return concern


def _same_or_refused(standing: Concern, worry: str) -> Concern:
    if standing.worry == worry:
        return standing
    raise ConcernAlreadyOpen(
        "A concern is already open on this audit. Telephone the people named on it and tell them "
        "what is new",
        "worry",
    )


def _implicated(audit: Audit, beyond: Beyond, by: UUID) -> Collection[UUID]:
    """Those whom it is about: the ones named now, and of an earlier concern on this audit."""
    if by in beyond.implicated:
        raise NotFromYourself(
            "You cannot keep a concern from yourself. If it is about you, telephone the QA lead",
            "implicated",
        )
    return {*beyond.implicated, *implicated_in(audit)}


def _tell(concern: Concern, people: list[ToTell], by: UUID, at: datetime) -> None:
    for each in people:
        person_id = each.person.id if each.person is not None else None
        concern.told.append(
            ConcernTold(person_id=person_id, told_as=each.told_as, post=each.post, told_at=at)
        )
    told = [each for each in people if each.person is not None]
    history.record(
        "concern_told",
        concern,
        by=by,
        at=at,
        audit_id=concern.audit_id,
        who=", ".join(each.post for each in told) or "nobody",
        people=[each.person.id for each in told if each.person is not None],
    )
    db.session.flush()
    notify.queue_many([_message(concern, each.person) for each in people if each.person], at)


def _message(concern: Concern, person: Person) -> notify.Message:
    return notify.Message(
        person_id=person.id,
        email=person.email,
        subject=f"Now: a child may be at risk of significant harm, case {concern.case_reference}",
        body=f"An auditor raised a concern about case {concern.case_reference}. Open it now, "
        "acknowledge it, and see what has been done. This message does not replace the telephone.",
        path=f"/concerns/{concern.id}",
        key=f"concern:{concern.id}:{person.id}",
        urgent=True,
    )


def _raise_priority_action(
    concern: Concern, audit: Audit, owner: Person, by: UUID, at: datetime
) -> None:
    parties = {
        (party.party, party.person_id)
        for party in audit.parties
        if party.party in _PINNED_PARTIES and party.person_id is not None
    }
    raise_action(
        kind=ActionKind.PRIORITY,
        what=WHAT_TO_DO,
        owner=owner,
        source=ActionSource.CONCERN,
        source_key=f"concern:{concern.id}",
        by=by,
        at=at,
        audit=Pinned(
            audit_id=audit.id,
            audit_reference=audit.reference,
            case_reference=audit.case_reference,
            team_id=audit.team_id,
            auditor_id=audit.auditor_id,
            parties=tuple(sorted(parties)),
        ),
    )
