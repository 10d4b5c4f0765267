"""Withdrawing an action: asking for it, the auditor heard, and deciding (E5)."""

from functools import partial
from uuid import UUID

from flask import flash, render_template
from flask.typing import ResponseReturnValue

from forms.withdrawing import AskForm, KeepForm, SayForm, WithdrawForm
from qa_app.database import now
from qa_app.domain.actions import withdrawal_bars
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.security import actor, fetch, note_access, permission_required, signed_in_id
from qa_app.tracker.models import Action
from qa_app.tracker.queries import withdrawing as queries
from qa_app.tracker.services import withdrawing as services
from qa_app.tracker.views.room import SAVED, blueprint, fetch_to_decide, save, shown_again


@blueprint.app_template_global("withdrawal_of")
def withdrawal_of(action: Action) -> queries.Request | None:
    """The request to withdraw an action, for any page that shows it."""
    return queries.request_of(action)


@blueprint.route("/withdrawals")
@permission_required(Permission.ACTIONS_LIST)
def withdrawals() -> ResponseReturnValue:
    """The requests that this person decides, and those about which they are heard."""
    today = london_date(now())
    return render_template(
        "tracker/withdrawals.html",
        to_decide=queries.waiting_to_be_decided(actor(), today),
        to_say=queries.waiting_to_be_said(signed_in_id()),
    )


@blueprint.route("/<uuid:action_id>/ask-withdrawal", methods=["GET", "POST"])
@permission_required(Permission.ACTION_ASK_WITHDRAWAL)
def ask_withdrawal(action_id: UUID) -> ResponseReturnValue:
    """Ask that it be withdrawn, and say why."""
    action = fetch(Action, action_id, needs=Permission.ACTION_ASK_WITHDRAWAL)
    note_access("action_viewed", action, audit_id=action.audit_id)
    form, status = AskForm(version=action.version), 200
    if form.validate_on_submit():
        change = partial(
            services.ask, action, why=form.why.data, by=signed_in_id(), at=now(), seen=form.seen
        )
        status = save(form, action, change)
        if status == SAVED:
            flash(_asked(action), "success")
            return shown_again(action)
    return render_template("tracker/ask_withdrawal.html", form=form, action=action), status


def _asked(action: Action) -> str:
    hearing = queries.auditor_to_hear(action) is not None and not queries.heard(action)
    first = "Whoever audited the case is asked what they think. " if hearing else ""
    return (
        f"You have asked for action {action.reference} to be withdrawn. {first}A head of service "
        "outside its owner’s service decides. Until then it stays as it is."
    )


@blueprint.route("/<uuid:action_id>/say", methods=["GET", "POST"])
@permission_required(Permission.ACTION_SAY)
def say(action_id: UUID) -> ResponseReturnValue:
    """The auditor says what they think of withdrawing it."""
    action = fetch(Action, action_id, needs=Permission.ACTION_SAY)
    note_access("action_viewed", action, audit_id=action.audit_id)
    form, status = SayForm(version=action.version), 200
    if form.validate_on_submit():
        change = partial(
            services.say, action, words=form.words.data, by=signed_in_id(), at=now(), seen=form.seen
        )
        status = save(form, action, change)
        if status == SAVED:
            flash("Thank you. Whoever decides reads what you think first.", "success")
            return shown_again(action)
    return render_template(
        "tracker/say.html", form=form, action=action, standing=queries.stands(action)
    ), status


@blueprint.route("/<uuid:action_id>/withdraw", methods=["GET", "POST"])
@permission_required(Permission.ACTION_WITHDRAW)
def withdraw(action_id: UUID) -> ResponseReturnValue:
    """A head of service outside the owner's service withdraws it, with the reason."""
    needs = Permission.ACTION_WITHDRAW
    action = fetch_to_decide(action_id, needs, withdrawal_bars, "withdraw it")
    form, status = WithdrawForm(version=action.version), 200
    if not _must_hear(action):
        del form.heard
    if form.validate_on_submit():
        change = partial(
            services.withdraw, action, reason=form.reason.data,
            by=signed_in_id(), at=now(), seen=form.seen,
        )  # fmt: skip
        status = save(form, action, change)
        if status == SAVED:
            flash(
                "Withdrawn. Its owner, and the auditor if there is one, have been told.", "success"
            )
            return shown_again(action)
    return render_template(
        "tracker/withdraw.html", form=form, action=action, standing=queries.stands(action)
    ), status


def _must_hear(action: Action) -> bool:
    """Whether whoever withdraws it says that they have spoken with the auditor: one who is here,
    is somebody else, and has not said here what they think."""
    auditor = queries.auditor_to_hear(action)
    return auditor is not None and auditor.id != signed_in_id() and not queries.heard(action)


@blueprint.route("/<uuid:action_id>/keep", methods=["GET", "POST"])
@permission_required(Permission.ACTION_WITHDRAW)
def keep(action_id: UUID) -> ResponseReturnValue:
    """Whoever could withdraw it decides that it stays."""
    needs = Permission.ACTION_WITHDRAW
    action = fetch_to_decide(action_id, needs, withdrawal_bars, "decide that it stays")
    form, status = KeepForm(version=action.version), 200
    if form.validate_on_submit():
        change = partial(
            services.refuse, action, why=form.why.data, by=signed_in_id(), at=now(), seen=form.seen
        )
        status = save(form, action, change)
        if status == SAVED:
            flash(
                "Decided: the action stays. Whoever asked, and its owner, have been told.",
                "success",
            )
            return shown_again(action)
    return render_template(
        "tracker/keep.html", form=form, action=action, standing=queries.stands(action)
    ), status
