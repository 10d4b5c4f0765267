"""Amending a final audit: by the QA lead, with a reason, and what was there before kept (M8)."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from qa_app import history
from qa_app.accounts.models import Person
from qa_app.audits.draft import Draft
from qa_app.audits.models import Amendment, Audit, GradeRow, GradeSource
from qa_app.audits.queries.amending import GRADE, OVERALL, PLAN, TEXT, Amendable, amendable
from qa_app.audits.services.clearing import check_identify_nobody
from qa_app.audits.services.fields import box
from qa_app.audits.services.inadequates import MADE_FINAL, tell_of_inadequate
from qa_app.audits.services.moderating import tell_auditor
from qa_app.audits.services.state import locked
from qa_app.audits.services.versions import keep_replaced
from qa_app.database import db
from qa_app.domain.errors import DomainError
from qa_app.domain.grades import Grade, PlanType
from qa_app.domain.permissions import Party
from qa_app.domain.workflow import AuditState
from qa_app.notify import services as notify


class NotFinal(DomainError):
    """An amendment of an audit that has not come to its end: it is changed in other ways."""


class NothingToAmend(DomainError):
    """Something that this audit does not have, such as a grade of one that is not graded (P7)."""


class AmendedMeanwhile(DomainError):
    """It is not any more what its amender was shown."""


class AmendmentRefused(DomainError):
    """No new value, the one that stands already, one that nobody offered, or no reason."""


def amend(
    audit: Audit,
    field: str,
    new: str,
    *,
    shown: str,
    reason: str,
    harmless: str = "",
    by: UUID,
    at: datetime,
) -> Amendment:
    """Replace one thing in a final audit, an imported one too, and keep what it was (M8).

    `field` is named as in Amendment; `shown` is what `Amendable.stands` said when the page was
    made. A grade gets a new final row beside the old one, a text goes to the earlier versions. The
    auditor and the moderators are told, without values. Raises NotFinal, NothingToAmend,
    AmendedMeanwhile, AmendmentRefused and MayIdentify (A11), whose fields are “new” and “reason”.
    """
    audit = locked(audit)
    if audit.state is not AuditState.FINAL:
        raise NotFinal(
            f"Only a final audit is amended. This one is “{audit.state.words.lower()}”. "
            "Nothing has been changed."
        )
    found = next((each for each in amendable(audit) if each.field == field), None)
    if found is None:
        raise NothingToAmend("This audit has no such thing to amend. Nothing has been changed.")
    new, reason = new.strip(), reason.strip()
    _check(found, new, shown, reason)
    written = {"reason": reason} if found.choices else {"new": new, "reason": reason}
    check_identify_nobody(audit, written, harmless, "An amendment", by=by, at=at)
    return _amend(audit, found, new, reason, by, at)


def _check(found: Amendable, new: str, shown: str, reason: str) -> None:
    if found.stands != shown:
        raise AmendedMeanwhile(
            f"The {found.what} was amended while you looked at it. Look at it as it stands now, "
            "and amend it again if it is still not right. Nothing has been changed."
        )
    if not new:
        raise AmendmentRefused(f"Enter the new {found.what}", "new")
    if found.choices and new not in dict(found.choices):
        raise AmendmentRefused("Select one of the answers shown", "new")
    if new == found.value:
        raise AmendmentRefused("This is what stands already: choose another value", "new")
    if not reason:
        raise AmendmentRefused("Enter why it is amended", "reason")


def _amend(
    audit: Audit, found: Amendable, new: str, reason: str, by: UUID, at: datetime
) -> Amendment:
    old = found.stands
    if found.field == PLAN:
        audit.plan_type = PlanType(new)
    elif found.field.startswith(GRADE):
        _grade(audit, found, Grade(new), reason, by, at)
    else:
        new = _write(audit, found.field.removeprefix(TEXT), new, by, at)
    row = Amendment(
        audit_id=audit.id, field=found.field, old=old, new=new, reason=reason, by=by, at=at
    )
    db.session.add(row)
    db.session.flush()
    what = f"the {found.what}"
    history.record("audit_amended", audit, by=by, at=at, audit_id=audit.id, what=what)
    _tell(audit, row, at)
    if found.field == OVERALL and new == Grade.INADEQUATE:
        tell_of_inadequate(audit, MADE_FINAL, at)
    return row


def _grade(
    audit: Audit, found: Amendable, grade: Grade, reason: str, by: UUID, at: datetime
) -> None:
    """The row says it, and the audit repeats the overall one."""
    if found.field == OVERALL:
        audit.final_grade = grade
    db.session.add(
        GradeRow(
            audit_id=audit.id,
            source=GradeSource.FINAL,
            section_id=found.section_id,
            grade=grade,
            at=at,
            by=by,
            reason=f"Amended: {reason}",
        )
    )


def _write(audit: Audit, name: str, new: str, by: UUID, at: datetime) -> str:
    """Put the new text in its box and keep the old one; gives its version, which stands for it."""
    kept = box(Draft(audit), name)
    text = kept.write(new, by, at)
    keep_replaced(audit.id, kept, new, by, at, always=True)
    return str(text.version if text is not None else kept.version)


def _tell(audit: Audit, amended: Amendment, at: datetime) -> None:
    subject = f"Audit {audit.reference} was amended"
    body = "The QA lead amended something in this final audit. Open it to see what, and why."
    tell_auditor(audit, subject, body, f"amended:{amended.id}", at)
    moderators = {each.person_id for each in audit.parties if each.party is Party.MODERATOR}
    query = select(Person).where(Person.id.in_(moderators)).order_by(Person.id)
    notify.queue_many(
        [
            notify.Message(
                person.id,
                person.email,
                subject,
                body,
                f"/audits/{audit.id}",
                f"amended:{amended.id}:{person.id}",
            )
            for person in db.session.scalars(query)
        ],
        at,
    )
