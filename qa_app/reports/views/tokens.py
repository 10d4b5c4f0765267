"""Keys with which other programs read: the list, making one, ending one."""

from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.tokens import EndKeyForm, KeyForm
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.keys import KeyRefused, KeyScope
from qa_app.domain.permissions import Permission
from qa_app.reports.models import ApiToken
from qa_app.reports.queries.tokens import key_rows
from qa_app.reports.services import tokens
from qa_app.reports.views.room import blueprint
from qa_app.security import permission_required, signed_in_id


@blueprint.route("/keys")
@permission_required(Permission.TOKENS_MANAGE)
def keys() -> ResponseReturnValue:
    """Every key: what it reads, until when, and when it was last used."""
    return render_template("reports/tokens.html", rows=key_rows(london_date(now())))


@blueprint.route("/keys/new", methods=["GET", "POST"])
@permission_required(Permission.TOKENS_MANAGE)
def new_key() -> ResponseReturnValue:
    """Make a key. It is shown on the answer to the form, which nothing keeps, and never again."""
    form = KeyForm()
    if form.validate_on_submit():
        scopes = [KeyScope(each) for each in form.scopes.data or ()]
        try:
            with saving():
                made = tokens.make_key(
                    form.name.data, scopes, form.expires_on.data, by=signed_in_id(), at=now()
                )
        except KeyRefused as error:
            form.refuse(error.message, error.field)
        else:
            return render_template("reports/key.html", token=made.token, secret=made.secret)
    page = render_template("reports/tokens_new.html", form=form)
    return page, 400 if form.errors else 200


@blueprint.route("/keys/<uuid:key_id>/end", methods=["GET", "POST"])
@permission_required(Permission.TOKENS_MANAGE)
def end_key(key_id: UUID) -> ResponseReturnValue:
    """End a key, once it is said that this cannot be undone."""
    token, form = db.get_or_404(ApiToken, key_id), EndKeyForm()
    if form.validate_on_submit():
        with saving():
            tokens.end_key(token, by=signed_in_id(), at=now())
        flash(f"The key “{token.name}” opens nothing any more.", "success")
        return redirect(url_for("reports.keys"))
    return render_template("reports/tokens_end.html", token=token, form=form)
