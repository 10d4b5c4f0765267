"""Signing in and out, and choosing a password with a one-time link. Three of these are public."""

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from forms.accounts import ChoosePasswordForm, ForgottenForm, SignInForm
from qa_app import history
from qa_app.accounts import links, sessions
from qa_app.accounts.addresses import safe_next
from qa_app.accounts.own_account import check_new_password
from qa_app.accounts.passwords import PasswordRefused
from qa_app.accounts.sign_in import sign_in as sign_in_with
from qa_app.accounts.views.my_account import me
from qa_app.accounts.views.room import blueprint
from qa_app.database import now, saving
from qa_app.domain.permissions import Permission
from qa_app.errors import NOT_THEIRS
from qa_app.kept import Kept
from qa_app.security import permission_required, public

WRONG = (
    "Check your e-mail address and password. After 10 wrong tries an account is locked "
    "for 5 minutes."
)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> ResponseReturnValue:
    """The door. The answer to every failure is the same (AU-6)."""
    if current_user.is_authenticated:
        return redirect(safe_next(request.args.get("next")))
    form, kept = SignInForm(next=request.args.get("next", "")), _carried()
    if form.validate_on_submit():
        user = sign_in_with(form.email.data, form.password.data, at=now())
        if user is None:
            form.refuse(WRONG, "email")
        elif kept and not kept.is_of(user.person_id):
            _end(user)
            form.refuse(NOT_THEIRS, "email")
        else:
            return _let_in(user, form.next.data, kept)
    demo = current_app.config["DEMO"]
    return render_template("accounts/sign_in.html", form=form, demo=demo, kept=kept)


def _carried() -> Kept | None:
    """What somebody wrote before they were signed out, and sends along to the door (A8)."""
    kept = Kept.sent(request.form, request.path)
    return kept if kept.carried and kept.can_be_sent else None


def _let_in(
    user: sessions.CurrentUser, wanted: str | None, kept: Kept | None
) -> ResponseReturnValue:
    # What stood in the cookie before was made by whoever used this browser last.
    session.clear()
    sessions.remember(user)
    if kept:
        # Shown before it is sent: pressing the button is what saves it.
        return render_template("accounts/send_again.html", kept=kept)
    return redirect(safe_next(wanted))


def _end(user: sessions.CurrentUser) -> None:
    with saving():
        sessions.end(user.session_id, at=now())
        history.record("signed_out", None, by=user.person_id, at=now())


@blueprint.post("/sign-out")
@permission_required(Permission.OWN_ACCOUNT)
def sign_out() -> ResponseReturnValue:
    """End the session, on the server too."""
    _end(me())
    session.clear()
    sessions.forget()
    flash("You are signed out.", "success")
    return redirect(url_for("accounts.sign_in"))


@blueprint.route("/forgotten-password", methods=["GET", "POST"])
@public
def forgotten() -> ResponseReturnValue:
    """Ask for a link. The answer never says whether there is such an account."""
    form = ForgottenForm()
    if not form.validate_on_submit():
        return render_template("accounts/forgotten.html", form=form)
    with saving():
        links.send_reset(form.email.data, at=now())
    return render_template("accounts/forgotten_sent.html", email=form.email.data)


@blueprint.route("/choose-password/<token>", methods=["GET", "POST"])
@public
def choose_password(token: str) -> ResponseReturnValue:
    """Use a one-time link. Looking at it uses nothing up: mail scanners open every link."""
    account = links.account_of(token, at=now())
    if account is None:
        return render_template("accounts/link_used_up.html"), 404
    form, email = ChoosePasswordForm(), account.email
    if form.validate_on_submit():
        try:
            check_new_password(account, form.password.data)
        except PasswordRefused as error:
            form.refuse(error.message, error.field)
        else:
            password_hash = links.hashed(form.password.data)
            with saving():
                links.choose_password(token, password_hash, at=now())
            session.clear()
            flash("Your password is set. Sign in with it now.", "success")
            return redirect(url_for("accounts.sign_in"))
    return render_template("accounts/choose_password.html", form=form, email=email)
