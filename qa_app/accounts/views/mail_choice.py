"""How somebody wants their e-mail: each message as it comes, or one a day."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.mail_choice import DAILY, EACH, MailChoiceForm
from qa_app.accounts.views.room import blueprint
from qa_app.database import now, saving
from qa_app.domain.permissions import Permission
from qa_app.notify.choices import choose, wants_daily
from qa_app.security import permission_required, signed_in_id

_NOW_DAILY = (
    "Your e-mail now comes once a day, at about 8 in the morning. What is urgent still comes at "
    "once."
)
_NOW_EACH = "Your e-mail now comes as it is sent, message by message."


@blueprint.route("/my-account/mail", methods=["GET", "POST"])
@permission_required(Permission.OWN_ACCOUNT)
def mail_choice() -> ResponseReturnValue:
    """Choose how e-mail comes to me."""
    form = MailChoiceForm(data={"how": DAILY if wants_daily(signed_in_id()) else EACH})
    if form.validate_on_submit():
        daily = form.how.data == DAILY
        with saving():
            choose(signed_in_id(), daily, at=now())
        flash(_NOW_DAILY if daily else _NOW_EACH, "success")
        return redirect(url_for("accounts.my_account"))
    page = render_template("accounts/mail_choice.html", form=form)
    return page, 400 if form.errors else 200
