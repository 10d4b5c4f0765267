"""Giving an audit that is under way to another auditor (P5, S6)."""

from datetime import datetime
from uuid import UUID

from qa_app import history
from qa_app.accounts.models import Person, PersonSource, PostKind
from qa_app.audits.models import Audit
from qa_app.audits.queries.sharing import second_auditor, second_person
from qa_app.audits.services.sharing import let_go, use_independence
from qa_app.audits.services.state import locked
from qa_app.database import db
from qa_app.domain.calendar import date_words, london_date
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditMove, advance
from qa_app.notify import services as notify


class AlreadyTheirs(DomainError):
    """The audit is this auditor's: pressing a button twice moves it once."""


class FromOutside(DomainError):
    """Somebody of a partner agency does an audit only together with an auditor of the council."""


def reassign(
    audit: Audit, auditor: Person, auditor_post: PostKind, reason: str, *, by: UUID, at: datetime
) -> Audit:
    """Give an unfinished audit to another auditor, who begins with what was written; tell both.

    A second auditor stays and is told, or goes on alone where the audit becomes theirs. Raises
    MoveNotAllowed once it was submitted, AlreadyTheirs, FromOutside, and NotIndependent with every
    reason. Whoever had it reads it no more (I2).
    """
    audit = locked(audit)
    following = advance(audit.state, AuditMove.REASSIGN)
    if audit.auditor_id == auditor.id:
        raise AlreadyTheirs(
            f"{auditor.name} has this audit already. Choose another auditor", "auditor"
        )
    if auditor.source is PersonSource.PARTNER:
        raise FromOutside(
            f"{auditor.name} is of {auditor.organisation}. Choose an auditor who works here",
            "auditor",
        )
    use_independence(audit, auditor, london_date(at))
    second = second_auditor(audit)
    if second is not None and second.person_id == auditor.id:
        # They know the file and have written in it: nobody is nearer to going on with it.
        let_go(audit, "goes on with the audit alone", by=by, at=at, told=False)
    before = audit.auditor
    audit.state, audit.started_at = following, None
    audit.auditor, audit.auditor_name, audit.auditor_post = auditor, auditor.name, auditor_post
    for party in audit.parties:
        if party.party is Party.AUDITOR:
            party.person_id, party.name = auditor.id, auditor.name
    db.session.flush()
    history.record(
        "audit_reassigned", audit, by=by, at=at, audit_id=audit.id, reason=reason,
        auditor_before=None if before is None else before.id, auditor=auditor.id,
    )  # fmt: skip
    _tell(audit, before, auditor, at)
    return audit


def _tell(audit: Audit, before: Person | None, auditor: Person, at: datetime) -> None:
    due = "no due date" if audit.due_on is None else f"due {date_words(audit.due_on)}"
    # The version tells this move from an earlier one of the same audit to the same person.
    key = f"reassigned:{audit.id}:{audit.version}"
    messages = [
        notify.Message(
            auditor.id,
            auditor.email,
            f"Audit {audit.reference} is yours now, {due}",
            f"An audit was given to you in place of another auditor, {due}. What was written so "
            "far is there. Open it to see the case and to go on.",
            f"/audits/{audit.id}",
            f"{key}:{auditor.id}",
        )
    ]
    if before is not None:
        messages.append(
            notify.Message(
                before.id,
                before.email,
                f"Audit {audit.reference} is no longer yours",
                f"{auditor.name} does this audit now. You need do nothing more with it.",
                "/audits",
                f"{key}:{before.id}",
            )
        )
    partner = second_person(audit)
    if partner is not None:
        messages.append(
            notify.Message(
                partner.id,
                partner.email,
                f"Audit {audit.reference}: {auditor.name} is its auditor now",
                f"You do this audit together with {auditor.name} from now on. What was written so "
                "far is there.",
                f"/audits/{audit.id}",
                f"{key}:{partner.id}",
            )
        )
    notify.queue_many(messages, at)
