"""An audit that two people do: the QA lead adds a second auditor, of the council or a partner (S6).

The auditor stays whose audit it is: it counts for them (P2), and they alone submit it.
"""

from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import func, select

from qa_app import history
from qa_app.accounts.access import set_last_day
from qa_app.accounts.invitations import Partner, invite_partner
from qa_app.accounts.models import Account, OneTimeLink, Person, PersonSource
from qa_app.accounts.queries import actor
from qa_app.audits.models import Audit, AuditParty, Waiver
from qa_app.audits.queries.sharing import second_auditor, second_person
from qa_app.audits.services.another import refuse_first_auditors
from qa_app.audits.services.giving import NotIndependent, independence_of, use_waiver
from qa_app.audits.services.sharing_told import tell_added, tell_taken_off
from qa_app.audits.services.state import locked
from qa_app.audits.since import first_of
from qa_app.database import db
from qa_app.domain.auditreasons import TakenOffBecause, in_words
from qa_app.domain.calendar import london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Party, Role
from qa_app.domain.workflow import OPEN_FOR_WRITING, AuditState

_OVER: Final = (AuditState.FINAL, AuditState.WITHDRAWN)


class NotOpen(DomainError):
    """The audit was submitted or withdrawn: who did it stands."""


class SharedAlready(DomainError):
    """One second auditor at a time: pressing a button twice adds one."""


class NotShared(DomainError):
    """There is nobody to take off: pressing a button twice takes one off."""


class MayNotShare(DomainError):
    """Somebody who does not audit, or who does this audit or moderates it."""


def share_with_colleague(audit: Audit, colleague: Person, *, by: UUID, at: datetime) -> AuditParty:
    """Let a colleague who audits do the audit together with its auditor; both are told.

    S6 is asked as when the audit is given, and a waiver that stands is used up. Raises NotOpen,
    SharedAlready, MayNotShare, and NotIndependent with every reason.
    """
    audit = locked(audit)
    check_sharing(audit, adding=True)
    _refuse_part_of_it(audit, colleague)
    if not actor(colleague.id, london_date(at)).holds(Role.AUDITOR):
        raise MayNotShare(f"{colleague.name} does not audit. Choose another colleague", "auditor")
    use_independence(audit, colleague, london_date(at))
    return _add(audit, colleague, colleague.name, by, at)


def share_with_partner(
    audit: Audit, partner: Partner, *, by: UUID, at: datetime
) -> tuple[AuditParty, OneTimeLink]:
    """Let somebody of a partner agency do the audit with its auditor, from a time-limited account.

    They get no role, and see this audit alone: their earlier joint audits that are over are theirs
    to read no more. Raises NotOpen, SharedAlready, MayNotShare, NotIndependent and AccessRefused.
    """
    audit = locked(audit)
    check_sharing(audit, adding=True)
    person, link = invite_partner(partner, by=by, at=at)
    _refuse_part_of_it(audit, person)
    use_independence(audit, person, london_date(at))
    _end_earlier(person, by, at)
    name = f"{person.name}, {person.organisation}"
    return _add(audit, person, name, by, at), link


def take_off(
    audit: Audit, reason: TakenOffBecause, words: str = "", *, by: UUID, at: datetime
) -> None:
    """Take the second auditor off, with the reason; what they wrote stays, and both are told.

    A partner's account ends with it where nothing else is shared with them. Raises WordsNeeded,
    NotOpen and NotShared.
    """
    said = in_words(reason, words)
    audit = locked(audit)
    check_sharing(audit, adding=False)
    let_go(audit, said, by=by, at=at)


def let_go(audit: Audit, reason: str, *, by: UUID, at: datetime, told: bool = True) -> None:
    """End the second auditor's part in an audit that is locked, whoever decided it.

    `told` is False where whoever calls this tells them something else. Without a second auditor
    nothing happens.
    """
    party = second_auditor(audit)
    if party is None:
        return
    person = second_person(audit)
    audit.parties.remove(party)
    db.session.delete(party)
    db.session.flush()
    history.record(
        "co_auditor_removed", audit, by=by, at=at, audit_id=audit.id, reason=reason,
        co_auditor=party.person_id,
    )  # fmt: skip
    if person is not None and told:
        tell_taken_off(audit, party, person, by, at)
    if person is not None and person.source is PersonSource.PARTNER:
        _end_account(person, by, at)


def use_independence(audit: Audit, person: Person, today: date) -> None:
    """Refuse whom S6 keeps from the case (NotIndependent); use up the waiver that allows them.

    A waiver that this very audit used up, when they became its second auditor, stands for it.
    """
    refuse_first_auditors(first_of(audit), person)
    # An audit without its case's row was imported, and no such audit is unfinished.
    if audit.case is None:
        return
    facts = independence_of(audit.case, today)
    conflicts = facts.bars(person.id)
    if conflicts and not _waived_for(audit, person.id):
        raise NotIndependent(person.name, conflicts)
    use_waiver(facts, person.id, audit)


def _waived_for(audit: Audit, person_id: UUID) -> bool:
    query = select(func.count()).where(
        Waiver.audit_id == audit.id, Waiver.auditor_id == person_id, Waiver.ended_at.is_(None)
    )
    return db.session.scalars(query).one() > 0


def check_sharing(audit: Audit, *, adding: bool) -> None:
    """Raise NotOpen, SharedAlready or NotShared where nobody can be added, or taken off."""
    if audit.state not in OPEN_FOR_WRITING:
        raise NotOpen(
            f"Who does this audit can no longer be changed. It is “{audit.state.words.lower()}”. "
            "Nothing has been changed."
        )
    second = second_auditor(audit)
    if adding and second is not None:
        raise SharedAlready(
            f"{second.name} is the second auditor of this audit already: take them off first. "
            "Nothing has been changed."
        )
    if not adding and second is None:
        raise NotShared("This audit has no second auditor. Nothing has been changed.")


def _refuse_part_of_it(audit: Audit, person: Person) -> None:
    parts = {party.party for party in audit.parties if party.person_id == person.id}
    if Party.AUDITOR in parts:
        raise MayNotShare(f"{person.name} does this audit. Choose another colleague", "auditor")
    if Party.MODERATOR in parts:
        raise MayNotShare(
            f"{person.name} moderates this audit (M2). Choose another colleague", "auditor"
        )


def _add(audit: Audit, person: Person, name: str, by: UUID, at: datetime) -> AuditParty:
    party = AuditParty(party=Party.CO_AUDITOR, person_id=person.id, name=name)
    audit.parties.append(party)
    db.session.flush()
    history.record("co_auditor_added", audit, by=by, at=at, audit_id=audit.id, co_auditor=person.id)
    tell_added(audit, party, person, at)
    return party


def _end_earlier(person: Person, by: UUID, at: datetime) -> None:
    """A joint audit that is over keeps the partner's name, and is theirs to read no more (I2)."""
    query = (
        select(AuditParty)
        .join(Audit, Audit.id == AuditParty.audit_id)
        .where(
            AuditParty.person_id == person.id,
            AuditParty.party == Party.CO_AUDITOR,
            Audit.state.in_(_OVER),
        )
    )
    earlier = list(db.session.scalars(query))
    for party in earlier:
        party.person_id = None
    db.session.flush()
    if earlier:
        history.record(
            "person_changed", person, by=by, at=at, fields="access to joint audits that are over"
        )


def _end_account(person: Person, by: UUID, at: datetime) -> None:
    """A partner with whom nothing is shared has nothing to sign in for."""
    shared = select(func.count()).where(
        AuditParty.person_id == person.id, AuditParty.party == Party.CO_AUDITOR
    )
    account = db.session.scalars(select(Account).where(Account.person_id == person.id)).first()
    if account is not None and db.session.scalars(shared).one() == 0:
        # It ends by itself where they left: nobody changes their own account.
        actor_id = None if by == person.id else by
        set_last_day(account, london_date(at) - timedelta(days=1), by=actor_id, at=at)
