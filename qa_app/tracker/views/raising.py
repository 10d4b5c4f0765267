"""Raising an action alone, and what every page that raises one shares (E3)."""

from datetime import datetime
from functools import partial
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from forms.raising import RaisingForm, ServiceActionForm
from qa_app.accounts.models import Person
from qa_app.database import new_id, now
from qa_app.domain.actions import About, ActionKind
from qa_app.domain.permissions import Permission
from qa_app.domain.smart import prompts_for
from qa_app.formatting import date_words
from qa_app.security import permission_required, signed_in_id
from qa_app.standards.queries import themes
from qa_app.tracker import services
from qa_app.tracker.models import Action, ActionSource
from qa_app.tracker.views.room import SAVED, blueprint, owner_named, save


@blueprint.route("/raise", methods=["GET", "POST"])
@permission_required(Permission.SERVICE_ACTION_RAISE)
def raise_alone() -> ResponseReturnValue:
    """Raise an action that comes from no audit; its owner is found by name."""
    form, status = ServiceActionForm(key=str(new_id())), 200
    offer_themes(form)
    owner, prompts = owner_named(form), []
    if owner is not None:
        prompts = prompts_before(form)
    if owner is not None and not prompts:
        raised: list[Action] = []
        change = partial(_raise, raised, form, owner, signed_in_id(), now())
        status = save(form, None, change)
        if status == SAVED:
            flash(told(raised[0], owner), "success")
            return redirect(url_for("tracker.show", action_id=raised[0].id))
    return render_template("tracker/raise.html", form=form, prompts=prompts), status


def offer_themes(form: RaisingForm) -> None:
    """The themes that an action can be filed under."""
    form.theme.choices = [(str(theme.id), theme.name) for theme in themes()]


def prompts_before(form: RaisingForm) -> list[str]:
    """What may help with the words of a valid form: shown once, so that the second press raises the
    action as it is. They stop nothing."""
    if form.looked.data:
        return []
    prompts = prompts_for(form.what.data, dated=form.due_on.data is not None)
    form.looked.data = "yes" if prompts else ""
    return prompts


def source_key(form: RaisingForm, *where: object) -> str:
    """A form that is sent twice raises one action; one without its key is its own (CO-4)."""
    key = str(form.key.data or new_id())[:40]
    return ":".join([*map(str, where), key])


def theme_chosen(form: RaisingForm) -> UUID | None:
    """The theme that was chosen, or None."""
    return UUID(form.theme.data) if form.theme.data else None


def told(action: Action, owner: Person) -> str:
    """What happened, and what follows."""
    return (
        f"Action {action.reference} raised, due {date_words(action.due_on)}. {owner.name} has "
        "been told."
    )


def _raise(
    raised: list[Action], form: ServiceActionForm, owner: Person, by: UUID, at: datetime
) -> None:
    action = services.raise_action(
        kind=ActionKind(str(form.kind.data)),
        what=form.what.data,
        owner=owner,
        source=ActionSource.SERVICE,
        source_key=source_key(form, "service", by),
        by=by,
        at=at,
        due_on=form.due_on.data,
        about=About(theme_id=theme_chosen(form)),
        partner_agency=form.partner_agency.data or "",
    )
    raised.append(action)
