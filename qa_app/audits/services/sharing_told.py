"""Telling both auditors when an audit becomes a joint one, and when it is one no more."""

from datetime import datetime
from uuid import UUID

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit, AuditParty
from qa_app.domain.calendar import date_words
from qa_app.notify import services as notify


def _message(
    audit: Audit, party: AuditParty, person: Person, subject: str, body: str, what: str
) -> notify.Message:
    path = f"/audits/{audit.id}" if what != "off" else "/"
    return notify.Message(
        person.id, person.email, subject, body, path, f"co:{what}:{party.id}:{person.id}"
    )


def tell_added(audit: Audit, party: AuditParty, person: Person, at: datetime) -> None:
    """Promise both auditors word of the new second one (`person`, pinned as `party`)."""
    due = "" if audit.due_on is None else f" It is due on {date_words(audit.due_on)}."
    messages = [
        _message(
            audit, party, person,
            f"Audit {audit.reference} is shared with you",
            f"You do this audit together with {audit.auditor_name}, who sends it when it is "
            f"finished.{due} Sign in to see the case and to begin.",
            "on",
        )
    ]  # fmt: skip
    if audit.auditor is not None:
        messages.append(
            _message(
                audit, party, audit.auditor,
                f"Audit {audit.reference} has a second auditor",
                f"{party.name} does this audit with you. You both read it and write in it; it "
                "stays yours, and you send it when it is finished.",
                "with",
            )
        )  # fmt: skip
    notify.queue_many(messages, at)


def tell_taken_off(audit: Audit, party: AuditParty, person: Person, by: UUID, at: datetime) -> None:
    """Promise both auditors word that the second one was taken off by somebody."""
    messages = [
        _message(
            audit, party, person,
            f"Audit {audit.reference} is no longer shared with you",
            "You need do nothing more with it. What you wrote stays in it.",
            "off",
        )
    ]  # fmt: skip
    if audit.auditor is not None and audit.auditor.id != by:
        messages.append(
            _message(
                audit, party, audit.auditor,
                f"Audit {audit.reference}: you go on without a second auditor",
                f"{party.name} does this audit with you no more. What they wrote stays in it.",
                "without",
            )
        )  # fmt: skip
    notify.queue_many(messages, at)
