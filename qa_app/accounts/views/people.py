"""The administrator's lists: people, and posts and people that do not meet."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.accounts import InviteForm, PeopleFilterForm
from qa_app.accounts import access, links, people
from qa_app.accounts.invitations import invite_person
from qa_app.accounts.people import AccountState, Wanted
from qa_app.accounts.views.person import SCOPES, show_link, team_choices, team_of
from qa_app.accounts.views.room import blueprint
from qa_app.database import now, saving
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission, Role, Scope
from qa_app.security import permission_required, signed_in_id

CHOICES = ("q", "role", "team", "account")
ROLES = [(role.value, role.words) for role in Role]


@blueprint.get("/people", endpoint="people")
@permission_required(Permission.PEOPLE_MANAGE)
def list_people() -> ResponseReturnValue:
    """Everybody, by name, fifty a page."""
    teams = people.teams_by_name()
    form = PeopleFilterForm(request.args)
    form.role.choices = ROLES
    form.team.choices = team_choices(teams)
    form.account.choices = [(state.value, state.words) for state in AccountState]
    page = people.list_people(
        _wanted(form) if form.validate() else Wanted(),
        london_date(now()),
        after=request.args.get("after", type=UUID),
        before=request.args.get("before", type=UUID),
    )
    return render_template(
        "accounts/people.html",
        form=form,
        page=page,
        chosen=_chosen(form),
        newer=page.before and _address(before=page.before),
        older=page.after and _address(after=page.after),
    )


def _wanted(form: PeopleFilterForm) -> Wanted:
    return Wanted(
        form.q.data or "",
        Role(str(form.role.data)) if form.role.data else None,
        UUID(form.team.data) if form.team.data else None,
        AccountState(form.account.data) if form.account.data else None,
    )


def _chosen(form: PeopleFilterForm) -> list[dict[str, str]]:
    """The choices made, each with the address of the list without it."""
    chosen = []
    for field in (form.q, form.role, form.team, form.account):
        if field.data and not field.errors:
            words = dict(_pairs(field)).get(field.data, f"“{field.data}”")
            chosen.append({"text": words, "href": _address(**{field.name: None})})
    return chosen


def _pairs(field: Any) -> list[tuple[str, str]]:
    return [(choice.value, choice.text) for choice in getattr(field, "choices", ())]


def _address(**changed: Any) -> str:
    kept: dict[str, Any] = {name: request.args.get(name) for name in CHOICES}
    return url_for("accounts.people", **{k: v for k, v in (kept | changed).items() if v})


@blueprint.get("/people/gaps")
@permission_required(Permission.PEOPLE_MANAGE)
def gaps() -> ResponseReturnValue:
    """Posts that nobody holds, and people who hold none."""
    today = london_date(now())
    return render_template(
        "accounts/gaps.html",
        vacant=people.vacant_posts(today),
        without_post=people.people_without_post(today),
    )


@blueprint.route("/people/invite", methods=["GET", "POST"])
@permission_required(Permission.PEOPLE_MANAGE)
def invite() -> ResponseReturnValue:
    """Add somebody whom no import has brought, with a role and a link."""
    form = InviteForm()
    form.role.choices, form.scope.choices = ROLES, SCOPES
    form.team.choices = team_choices(people.teams_by_name())
    if not form.validate_on_submit():
        return render_template("accounts/invite.html", form=form)
    try:
        with saving():
            person, link = invite_person(
                form.email.data,
                form.name.data,
                Role(str(form.role.data)),
                Scope(str(form.scope.data)),
                team_of(form),
                by=signed_in_id(),
                at=now(),
            )
            path = links.path_of(link)
    except access.AccessRefused as error:
        form.refuse(error.message, error.field)
        return render_template("accounts/invite.html", form=form)
    show_link(path)
    flash(f"{form.name.data} is invited.", "success")
    return redirect(url_for("accounts.person", person_id=person.id))
