"""A re-audit is another auditor's (E8): who may not do it, beside those whom S6 keeps from it."""

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState

_DID_IT = frozenset({Party.AUDITOR, Party.CO_AUDITOR})
_IMPLICATED = frozenset({Party.IMPLICATED})
_MODERATES = frozenset({Party.MODERATOR, Party.BLIND_MODERATOR})


class NotAnother(DomainError):
    """Somebody who did the first audit, or who is still judging it. No waiver lifts this."""


def why_not_another(first: Audit, person: Person) -> str | None:
    """Why this person may not audit the case again, in the words of a list; None where they may."""
    parts = {party.party for party in first.parties if party.person_id == person.id}
    if parts & _DID_IT:
        return f"did audit {first.reference}, and a re-audit is another auditor’s"
    # E1: they see nothing of what the first audit found, and are told nothing of why.
    if parts & _IMPLICATED:
        return "is not independent of this case"
    # M3: what the first audit found is in the re-audit's pages.
    if parts & _MODERATES and first.state is not AuditState.FINAL:
        return f"is moderating audit {first.reference}"
    return None


def refuse_first_auditors(first: Audit | None, person: Person) -> None:
    """Raise NotAnother for whoever did the first audit; None stands for no first audit."""
    why = why_not_another(first, person) if first is not None else None
    if why is not None:
        raise NotAnother(f"{person.name} {why}. Choose another auditor", "auditor")
