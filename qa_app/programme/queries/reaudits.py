"""Who may audit a case again: as for any audit (S6), and never who did the first one (E8)."""

from dataclasses import replace
from datetime import date

from sqlalchemy import select

from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.audits.services.another import why_not_another
from qa_app.audits.since import first_of
from qa_app.database import db
from qa_app.programme.queries.giving import AuditorChoice, Auditors, auditors_for


def auditors_again(first: Audit, today: date) -> Auditors:
    """Every auditor, sorted into those who may audit the case again, with what they have to do, and
    those who may not, with the reasons. A waiver does not lift that it is another auditor's."""
    if first.case is None:
        return Auditors([], [])
    found = auditors_for(first.case, today)
    ids = [each.id for each in (*found.free, *found.barred)]
    people = db.session.scalars(select(Person).where(Person.id.in_(ids)))
    why = {person.id: why_not_another(first, person) for person in people}
    free, barred = list[AuditorChoice](), list[AuditorChoice]()
    for each in (*found.free, *found.barred):
        reason = why.get(each.id)
        if reason is not None:
            barred.append(replace(each, conflicts=(*each.conflicts, reason), waived=False))
        elif each.conflicts:
            barred.append(each)
        else:
            free.append(each)
    return Auditors(free, sorted(barred, key=lambda each: each.name))


def auditors_instead(audit: Audit, today: date) -> Auditors:
    """Every auditor, sorted into those who may do this audit in place of its own and those who may
    not; of a re-audit as `auditors_again`. Nobody where the case has no row here."""
    first = first_of(audit)
    if first is not None:
        return auditors_again(first, today)
    return auditors_for(audit.case, today) if audit.case is not None else Auditors([], [])
