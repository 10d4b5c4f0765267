"""One person's page, and what the administrator changes on it."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from flask import current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from forms.accounts import EmailForm, EndRoleForm, LastDayForm, LineManagerForm, RoleForm
from qa_app import history
from qa_app.accounts import access, links, people, queries
from qa_app.accounts.absent import away_words
from qa_app.accounts.invitations import link_for
from qa_app.accounts.models import Account, Person, Team
from qa_app.accounts.timeline import sentences
from qa_app.accounts.views.room import blueprint
from qa_app.database import db, now, saving
from qa_app.domain.calendar import date_words, london_date
from qa_app.domain.permissions import Permission, Role, Scope
from qa_app.security import permission_required, signed_in_id

SCOPES = [
    (Scope.OWN.value, "Their own work"),
    (Scope.TEAM.value, "A team", "With the units beneath it."),
    (Scope.SERVICE.value, "A service", "With all its teams."),
    (Scope.ALL.value, "Everything"),
]
_LINK = "one_time_link"


def team_choices(teams: list[tuple[UUID, str, bool]]) -> list[tuple[str, str]]:
    """Units for a list, services marked."""
    return [
        (str(team_id), f"{name} (service)" if is_service else name)
        for team_id, name, is_service in teams
    ]


def team_of(form: Any) -> Team | None:
    """The unit that a role form names, where its scope needs one."""
    if form.scope.data not in (Scope.TEAM, Scope.SERVICE) or not form.team.data:
        return None
    return db.session.get(Team, UUID(form.team.data))


def show_link(path: str) -> None:
    """Keep a one-time link for the next page alone."""
    session[_LINK] = path


def _load(person_id: UUID) -> Person:
    return db.get_or_404(Person, person_id)


def _back(person_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("accounts.person", person_id=person_id))


@blueprint.get("/people/<uuid:person_id>", endpoint="person")
@permission_required(Permission.PEOPLE_MANAGE)
def show(person_id: UUID) -> ResponseReturnValue:
    """Posts, roles, account and what was changed."""
    person, today, path = _load(person_id), london_date(now()), session.pop(_LINK, None)
    return render_template(
        "accounts/person.html",
        person=person,
        state=people.state_of(person.account, today),
        posts=queries.posts_held(person_id, today),
        roles=people.roles_held(person_id, today),
        manager=queries.manager_of(person_id, today),
        link=path and request.url_root.rstrip("/") + path,
        own=person_id == signed_in_id(),
        away=away_words(person_id, today),
        events=sentences(history.timeline(subject_id=person_id)),
    )


@blueprint.route("/people/<uuid:person_id>/roles/add", methods=["GET", "POST"])
@permission_required(Permission.PEOPLE_MANAGE)
def add_role(person_id: UUID) -> ResponseReturnValue:
    """Give a role."""
    person = _load(person_id)
    form = RoleForm(valid_from=london_date(now()))
    form.role.choices = [(role.value, role.words) for role in Role]
    form.scope.choices = SCOPES
    form.team.choices = team_choices(people.teams_by_name())
    if form.validate_on_submit() and _done(form, lambda: _grant(person, form)):
        flash(f"{person.name} has the role {Role(str(form.role.data)).words}.", "success")
        return _back(person_id)
    return render_template("accounts/add_role.html", form=form, person=person)


def _grant(person: Person, form: RoleForm) -> None:
    access.grant_role(
        person,
        Role(str(form.role.data)),
        Scope(str(form.scope.data)),
        team_of(form),
        valid_from=form.valid_from.data,
        valid_until=form.valid_until.data,
        by=signed_in_id(),
        at=now(),
    )


def _done(form: Any, change: Callable[[], object]) -> bool:
    """Save a change; False with the error in the form where a rule refuses it."""
    try:
        with saving():
            change()
    except access.AccessRefused as error:
        form.refuse(error.message, error.field)
        return False
    return True


@blueprint.route("/people/<uuid:person_id>/roles/<uuid:grant_id>/end", methods=["GET", "POST"])
@permission_required(Permission.PEOPLE_MANAGE)
def end_role(person_id: UUID, grant_id: UUID) -> ResponseReturnValue:
    """End a role, at once or on a day."""
    person, today, form = _load(person_id), london_date(now()), EndRoleForm()
    held = next((role for role in people.roles_held(person_id, today) if role.id == grant_id), None)
    if held is None:
        flash("This role has ended already.", "info")
        return _back(person_id)

    def end() -> None:
        access.end_role(person, grant_id, last_day=form.last_day.data, by=signed_in_id(), at=now())

    if form.validate_on_submit() and _done(form, end):
        flash(f"The role {held.role.words} of {person.name} ends.", "success")
        return _back(person_id)
    return render_template("accounts/end_role.html", form=form, person=person, held=held)


@blueprint.route("/people/<uuid:person_id>/invite", methods=["GET", "POST"])
@permission_required(Permission.PEOPLE_MANAGE)
def send_link(person_id: UUID) -> ResponseReturnValue:
    """A new one-time link, sent by e-mail; shown here only to those it cannot let in as somebody.

    An administrator sees no case content (I2), so the link of somebody who has a password goes to
    that person alone wherever e-mail can take it.
    """
    person = _load(person_id)
    form, made = EmailForm(email=person.email), []
    account = person.account
    by_mail = bool(account and account.password_hash and current_app.config["MAIL_SERVER"])

    def make() -> None:
        link = link_for(person, form.email.data, by=signed_in_id(), at=now())
        made.append(links.path_of(link))

    if form.validate_on_submit() and _done(form, make):
        if by_mail:
            flash(f"A link was sent to {person.name} by e-mail.", "success")
        else:
            show_link(made[0])
        return _back(person_id)
    return render_template("accounts/send_link.html", form=form, person=person)


@blueprint.route("/people/<uuid:person_id>/line-manager", methods=["GET", "POST"])
@permission_required(Permission.PEOPLE_MANAGE)
def line_manager(person_id: UUID) -> ResponseReturnValue:
    """Give a line manager, or go back to the department tree."""
    person, form = _load(person_id), LineManagerForm()

    def change() -> None:
        access.set_line_manager(person, form.manager.data or "", by=signed_in_id(), at=now())

    if form.validate_on_submit() and _done(form, change):
        flash(f"The line manager of {person.name} is changed.", "success")
        return _back(person_id)
    return render_template("accounts/line_manager.html", form=form, person=person)


@blueprint.route("/people/<uuid:person_id>/last-day", methods=["GET", "POST"])
@permission_required(Permission.PEOPLE_MANAGE)
def last_day(person_id: UUID) -> ResponseReturnValue:
    """Change the last day of an account that is given for a time."""
    person, today = _load(person_id), london_date(now())
    account = _account(person)
    form = LastDayForm(last_day=account.ends_on)

    def change() -> None:
        access.set_last_day(account, form.last_day.data, by=signed_in_id(), at=now())

    if form.validate_on_submit() and _done(form, change):
        flash(_ends_words(person, form.last_day.data, today), "success")
        return _back(person_id)
    return render_template(
        "accounts/last_day.html", form=form, person=person, longest=access.longest_last_day(today)
    )


def _ends_words(person: Person, day: date | None, today: date) -> str:
    if day is None:
        return f"The account of {person.name} has no last day."
    if day < today:
        return f"The account of {person.name} has ended."
    return f"The account of {person.name} lasts until {date_words(day)}, that day included."


@blueprint.post("/people/<uuid:person_id>/close")
@permission_required(Permission.PEOPLE_MANAGE)
def close(person_id: UUID) -> ResponseReturnValue:
    """Close an account; its sessions end at once."""
    person = _load(person_id)
    with saving():
        access.close_account(_account(person), by=signed_in_id(), at=now())
    flash(f"The account of {person.name} is closed.", "success")
    return _back(person_id)


@blueprint.post("/people/<uuid:person_id>/reopen")
@permission_required(Permission.PEOPLE_MANAGE)
def reopen(person_id: UUID) -> ResponseReturnValue:
    """Open a closed account again, without its old password."""
    person = _load(person_id)
    with saving():
        access.reopen_account(_account(person), by=signed_in_id(), at=now())
    flash(f"The account of {person.name} is open again: send a link for a password.", "success")
    return _back(person_id)


def _account(person: Person) -> Account:
    if person.account is None:
        raise access.AccessRefused(f"{person.name} has no account.")
    return person.account
