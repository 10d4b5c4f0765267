"""E-mail that was refused or waits: the administrator mends the address and tries again."""

from uuid import UUID

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from qa_app.accounts.models import Person
from qa_app.accounts.queries import names
from qa_app.accounts.views.room import blueprint
from qa_app.database import db, now, saving
from qa_app.domain.permissions import Permission
from qa_app.notify.delivery import MOST_ATTEMPTS
from qa_app.notify.failures import failed, try_again
from qa_app.notify.models import Notice
from qa_app.security import permission_required


@blueprint.get("/failed-mail")
@permission_required(Permission.PEOPLE_MANAGE)
def failed_mail() -> ResponseReturnValue:
    """Messages that did not arrive, and why."""
    notices = failed()
    return render_template(
        "accounts/failed_mail.html",
        notices=notices,
        names=names({notice.person_id for notice in notices}),
        given_up_at=MOST_ATTEMPTS,
        server=current_app.config["MAIL_SERVER"],
    )


@blueprint.post("/failed-mail/<uuid:notice_id>/again")
@permission_required(Permission.PEOPLE_MANAGE)
def send_again(notice_id: UUID) -> ResponseReturnValue:
    """Try a message again, to the address that the person has now."""
    notice = db.get_or_404(Notice, notice_id)
    person = db.session.get(Person, notice.person_id) if notice.person_id else None
    email = (person.email if person else None) or notice.email or ""
    with saving():
        queued = try_again(notice_id, email, now())
    flash("It will be tried again." if queued else "It was sent meanwhile.", "success")
    return redirect(url_for("accounts.failed_mail"))
