"""Re-audits: which are owed and by when, giving one, calling one off (E2, E8)."""

from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.reaudits import CallOffForm, GiveReAuditForm
from qa_app.accounts.models import Person
from qa_app.audits.models import Audit
from qa_app.audits.queries import present_worker
from qa_app.audits.queries.reaudits import Group, ReAuditRow, listing, row_of
from qa_app.audits.services import reaudits as audits
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.domain.reaudits import OWED, REGRESSION_TO_THE_MEAN, ReAuditState, count_movements
from qa_app.programme.queries.giving import Auditors
from qa_app.programme.queries.reaudits import auditors_again
from qa_app.programme.services import reaudits as services
from qa_app.programme.views.answers import saved
from qa_app.programme.views.room import blueprint
from qa_app.security import actor, fetch, permission_required, signed_in_id

MAY_BE_GIVEN = (*OWED, ReAuditState.CALLED_OFF)


@blueprint.route("/re-audits")
@permission_required(Permission.PROGRAMME_READ)
def re_audits() -> ResponseReturnValue:
    """Those owed, the first due first; those under way, done and called off, the newest first."""
    today = london_date(now())
    asked = request.args.get("show", "")
    group = Group(asked) if asked in set(Group) else Group.OWED
    number = request.args.get("page", "1")
    page = listing(actor(), today, group, int(number) if _is_small(number) else 1)
    return render_template(
        "programme/re_audits.html", page=page, groups=list(Group), today=today,
        movements=count_movements(
            (row.first_grade, row.second.final_grade) for row in page.rows if row.movement
            and row.second is not None
        ),
        regression=REGRESSION_TO_THE_MEAN,
    )  # fmt: skip


def _is_small(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 5


@blueprint.route("/re-audits/<uuid:audit_id>/give", methods=["GET", "POST"])
@permission_required(Permission.PROGRAMME_MANAGE)
def give_re_audit(audit_id: UUID) -> ResponseReturnValue:
    """Who may audit the case again, with what they have to do, and who may not; and by when."""
    first = fetch(Audit, audit_id, needs=Permission.AUDIT_READ)
    today = london_date(now())
    row = row_of(first, today)
    choice = auditors_again(first, today)
    form = GiveReAuditForm(due_on=_by_default(row, today))
    form.auditor.choices = [(str(each.id), each.words) for each in choice.free]
    # What is not asked on the page is not answered: there is no control to be mended at.
    asks = row is not None and row.state in MAY_BE_GIVEN and bool(choice.free)
    if asks and form.validate_on_submit():
        auditor = db.session.get_one(Person, UUID(str(form.auditor.data)))
        due_on = form.due_on.data
        if saved(
            form,
            lambda: services.give_re_audit(first, auditor, due_on, by=signed_in_id(), at=now()),
        ):
            return _given(first, auditor)
    return _give_page(first, row, form, choice)


def _by_default(row: ReAuditRow | None, today: date) -> date | None:
    return row.due_on if row is not None and row.due_on >= today else None


def _given(first: Audit, auditor: Person) -> ResponseReturnValue:
    flash(
        f"The case of audit {first.reference} was given to {auditor.name} to be audited again. "
        "They have been told, and see what the first audit found.",
        "success",
    )
    return redirect(url_for("programme.re_audits", show=Group.UNDER_WAY.value))


def _give_page(
    first: Audit, row: ReAuditRow | None, form: GiveReAuditForm, choice: Auditors
) -> ResponseReturnValue:
    page = render_template(
        "programme/re_audit_give.html",
        first=first,
        worker=present_worker(first),
        row=row,
        can_give=row is not None and row.state in MAY_BE_GIVEN,
        form=form,
        choice=choice,
    )
    return page, 400 if form.errors else _status()


def _status() -> int:
    """That of a page on which nothing is asked, or nothing was sent yet."""
    return 409 if request.method == "POST" else 200


@blueprint.route("/re-audits/<uuid:audit_id>/call-off", methods=["GET", "POST"])
@permission_required(Permission.PROGRAMME_MANAGE)
def call_off_re_audit(audit_id: UUID) -> ResponseReturnValue:
    """Decide, with the reason, that a case is not audited again."""
    first = fetch(Audit, audit_id, needs=Permission.AUDIT_READ)
    row = row_of(first, london_date(now()))
    form = CallOffForm()
    asks = row is not None and row.state in OWED
    if asks and form.validate_on_submit():
        reason = form.reason.data or ""
        with saving():
            audits.call_off(first, reason, by=signed_in_id(), at=now())
        flash(
            f"The case of audit {first.reference} is not audited again. Your reason is listed, and "
            "whoever reads the audit reads it.",
            "success",
        )
        return redirect(url_for("programme.re_audits", show=Group.CALLED_OFF.value))
    page = render_template(
        "programme/re_audit_call_off.html", first=first, worker=present_worker(first), form=form,
        row=row, can_call_off=asks,
    )  # fmt: skip
    return page, 400 if form.errors else _status()
