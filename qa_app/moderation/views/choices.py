"""What was chosen for moderation, and blind, for the QA lead alone (M1, M3)."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.choosing import ChoicesForm, SightedForm
from forms.following import choices_of as offered
from qa_app.audits import services as audits
from qa_app.audits.models import Audit
from qa_app.audits.queries.choosing import is_to_be_blind, standing_choice
from qa_app.database import now, saving
from qa_app.domain.calendar import Month, london_date
from qa_app.domain.choosing import ALWAYS, TICKETS, is_below
from qa_app.domain.errors import DomainError
from qa_app.domain.permissions import Permission
from qa_app.domain.workflow import AuditState
from qa_app.formatting import date_words
from qa_app.moderation.models import ModerationMode
from qa_app.moderation.queries.choices import Chosen, choices_of, months_chosen
from qa_app.moderation.views.room import blueprint
from qa_app.security import can, fetch, note_access, permission_required, signed_in_id

Cell = str | dict[str, Any]


@blueprint.route("/moderation/choices")
@permission_required(Permission.MODERATION_MANAGE)
def choices() -> ResponseReturnValue:
    """A month's policy, seed and choices, each of them worked out again while the page is made."""
    this = Month.of(london_date(now()))
    months = sorted({this.first, *months_chosen()}, reverse=True)
    form = ChoicesForm(formdata=None)
    form.month.choices = [(str(Month.of(each)), Month.of(each).words) for each in months]
    asked = request.args.get("month", "")
    form.month.data = asked if asked in offered(form.month) else str(this)
    found = choices_of(Month.parse(form.month.data).first, signed_in_id())
    note_access("audits_listed", None, count=len(found.standing), figure=f"M1 {form.month.data}")
    return render_template(
        "moderation/choices.html", form=form, found=found, rows=[_row(each) for each in found.rows]
    )


def _row(row: Chosen) -> list[Cell]:
    """One submission, as the columns of the page's table say it."""
    choice, audit = row.choice, row.audit
    named: dict[str, Any] = {"text": audit.reference}
    if can(Permission.AUDIT_READ, audit):
        named["href"] = url_for("audits.show", audit_id=audit.id)
    return [
        named,
        date_words(london_date(choice.at)) + ("" if row.stands else ", before it was sent again"),
        _against(choice.ticket, choice.share, needed=choice.reason not in ALWAYS),
        _moderated(row),
        _against(choice.blind_ticket, choice.blind_share, needed=choice.selected),
        _mode(row),
        f"Not the same: {row.differs}" if row.differs else "The same",
    ]


def _against(ticket: int, share: int, *, needed: bool) -> str:
    """“12.34, below 20”: a ticket and the share it is held against, both in percent."""
    number = f"{ticket * 100 / TICKETS:.2f}"
    if not needed:
        return f"{number}, not needed"
    return f"{number}, {'below' if is_below(ticket, share) else 'not below'} {share}"


def _moderated(row: Chosen) -> str:
    if row.concern and not row.choice.selected:
        return f"Yes, because a concern is open. {row.choice.reason.words}"
    return f"{'Yes' if row.choice.selected else 'No'}. {row.choice.reason.words}"


def _mode(row: Chosen) -> Cell:
    choice = row.choice
    if row.may_be_made_sighted:
        address = url_for("moderation.make_sighted", audit_id=row.audit.id)
        return {"text": "Blind: make it sighted", "href": address}
    if choice.sighted_at is not None:
        on = date_words(london_date(choice.sighted_at))
        return f"Sighted: {row.sighted_by} made it so on {on}. {choice.sighted_reason}"
    if row.done is not None:
        return "Blind" if row.done is ModerationMode.BLIND else "Sighted"
    if not choice.selected and not row.concern:
        return "Not moderated"
    if choice.blind and row.concern:
        return "Sighted, because a concern is open"
    return "Blind" if choice.blind else "Sighted"


@blueprint.route("/moderation/audits/<uuid:audit_id>/make-sighted", methods=["GET", "POST"])
@permission_required(Permission.MODERATION_MANAGE)
def make_sighted(audit_id: UUID) -> ResponseReturnValue:
    """Have an audit moderated sighted that was to be moderated blind."""
    audit = fetch(Audit, audit_id, needs=Permission.AUDIT_SEE)
    choice = standing_choice(audit.id)
    back = url_for("moderation.choices", month=choice and str(Month.of(choice.month)))
    form = SightedForm()
    if form.validate_on_submit():
        try:
            with saving():
                audits.make_sighted(audit, str(form.reason.data), by=signed_in_id(), at=now())
        except DomainError as error:
            form.refuse(error.message, error.field)
        else:
            flash(f"Audit {audit.reference} is moderated sighted now.", "success")
            return redirect(back)
    possible = audit.state is AuditState.AWAITING_MODERATION and is_to_be_blind(
        audit, choice, audits.open_concern(audit) is not None
    )
    page = render_template(
        "moderation/make_sighted.html", form=form, audit=audit, back=back, possible=possible
    )
    return page, 400 if form.errors else 200
