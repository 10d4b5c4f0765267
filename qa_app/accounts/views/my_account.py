"""One's own account: password and sessions."""

from typing import cast

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from forms.accounts import ChangePasswordForm
from qa_app.accounts import own_account, sessions
from qa_app.accounts.absent import away_words
from qa_app.accounts.models import Person
from qa_app.accounts.passwords import PasswordRefused
from qa_app.accounts.people import roles_held
from qa_app.accounts.views.room import blueprint
from qa_app.database import db, now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.notify.choices import choice_words, wants_daily
from qa_app.security import permission_required, signed_in_id


def me() -> sessions.CurrentUser:
    """The current user as the accounts room knows them."""
    return cast(sessions.CurrentUser, current_user)


@blueprint.get("/my-account")
@permission_required(Permission.OWN_ACCOUNT)
def my_account() -> ResponseReturnValue:
    """Who I am here, what I may do, and where I am signed in."""
    person, today = db.session.get_one(Person, signed_in_id()), london_date(now())
    return render_template(
        "accounts/my_account.html",
        person=person,
        roles=roles_held(person.id, today),
        away=away_words(person.id, today),
        mail=choice_words(wants_daily(person.id)).capitalize(),
        sessions=own_account.open_sessions(me().account_id, at=now()),
        this_session=me().session_id,
    )


@blueprint.route("/my-account/password", methods=["GET", "POST"])
@permission_required(Permission.OWN_ACCOUNT)
def change_password() -> ResponseReturnValue:
    """Change my password; my other sessions end."""
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            user = own_account.change_password(
                me().account_id, form.current.data, form.password.data, at=now()
            )
        except PasswordRefused as error:
            form.refuse(error.message, error.field)
        else:
            session.clear()
            sessions.remember(user)
            flash("Your password is changed. Your other sessions have ended.", "success")
            return redirect(url_for("accounts.my_account"))
    return render_template("accounts/change_password.html", form=form)


@blueprint.post("/my-account/end-sessions")
@permission_required(Permission.OWN_ACCOUNT)
def end_other_sessions() -> ResponseReturnValue:
    """Sign me out everywhere else."""
    with saving():
        own_account.end_other_sessions(me(), at=now())
    flash("You are signed out everywhere else.", "success")
    return redirect(url_for("accounts.my_account"))
