"""Who has not been told: e-mail that could not be sent, kept from those whom it is about."""

import re
from collections.abc import Iterable
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import CompoundSelect, select, union

from qa_app.accounts.queries import names
from qa_app.audits.models import AuditParty, Concern
from qa_app.database import db
from qa_app.domain.permissions import Party
from qa_app.notify.delivery import MOST_ATTEMPTS
from qa_app.notify.failures import failed
from qa_app.notify.models import Notice
from qa_app.notify.passing import told_instead
from qa_app.tracker.models import Action, ActionParty

_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Untold(NamedTuple):
    """A message that did not arrive: for whom it was, and who was told instead ("": nobody)."""

    notice: Notice
    name: str
    instead: str

    @property
    def given_up(self) -> bool:
        """Whether it is not tried any more."""
        return self.notice.attempts >= MOST_ATTEMPTS


def named_by(notice: Notice) -> set[UUID]:
    """The ids in the address of the page that a message leads to."""
    return {UUID(each) for each in _ID.findall(notice.path)}


def implicated(object_ids: Iterable[UUID]) -> set[tuple[UUID, UUID]]:
    """(audit, concern or action; person) for everybody from whom one of these is kept (E1).

    One query, and none where no ids are given.
    """
    ids = set(object_ids)
    if not ids:
        return set()
    of_audit = AuditParty.party == Party.IMPLICATED
    query: CompoundSelect[UUID, UUID | None] = union(
        select(AuditParty.audit_id, AuditParty.person_id).where(
            of_audit, AuditParty.audit_id.in_(ids)
        ),
        *(
            select(model.id, AuditParty.person_id)
            .join(AuditParty, AuditParty.audit_id == model.audit_id)
            .where(of_audit, model.id.in_(ids))
            for model in (Concern, Action)
        ),
        select(ActionParty.action_id, ActionParty.person_id).where(
            ActionParty.party == Party.IMPLICATED, ActionParty.action_id.in_(ids)
        ),
    )
    return {(found, person) for found, person in db.session.execute(query) if person is not None}


def not_arrived(reader: UUID) -> tuple[list[Notice], int]:
    """Messages that were refused or wait for the mail server, newest first, without those about
    something that is kept from the reader, and how many those are (two queries at most).
    """
    notices = failed()
    kept = {
        found
        for found, person in implicated(each for notice in notices for each in named_by(notice))
        if person == reader
    }
    shown = [notice for notice in notices if not named_by(notice) & kept]
    return shown, len(notices) - len(shown)


def untold(reader: UUID) -> list[Untold]:
    """The same with names, and with who was told instead."""
    notices, _ = not_arrived(reader)
    instead = told_instead([notice.id for notice in notices])
    known = names({*(notice.person_id for notice in notices), *instead.values()})
    return [
        Untold(
            notice,
            known[notice.person_id] if notice.person_id else "",
            known[instead[notice.id]] if notice.id in instead else "",
        )
        for notice in notices
    ]
