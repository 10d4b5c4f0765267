"""The list of actions, and one action."""

from typing import Any
from uuid import UUID

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from forms.tracker import EVERY_STATUS, FilterForm
from qa_app.database import now
from qa_app.domain.actions import ActionKind, ActionStatus
from qa_app.domain.calendar import london_date
from qa_app.domain.permissions import Permission
from qa_app.security import actor, fetch, note_access, permission_required, signed_in_id
from qa_app.tracker import queries
from qa_app.tracker.models import Action
from qa_app.tracker.queries.story import evidence, story
from qa_app.tracker.queries.told import steps_of
from qa_app.tracker.views.choices import choices_for, what_next
from qa_app.tracker.views.room import blueprint


@blueprint.route("/")
@permission_required(Permission.ACTIONS_LIST)
def index() -> ResponseReturnValue:
    """The actions that this person sees, with filters in the address."""
    today = london_date(now())
    wanted = wanted_from(request.args)
    listing = queries.listing(actor(), wanted, today)
    filters = FilterForm(request.args)
    filters.team.choices = [(str(team_id), name) for team_id, name in listing.teams]
    filters.owner.choices = [(str(owner_id), name) for owner_id, name in listing.owners]
    return render_template(
        "tracker/index.html",
        listing=listing,
        filters=filters,
        chosen=chosen_tags(filters),
        wanted=wanted,
        today=today,
        newer=page_address(wanted.page - 1) if wanted.page > 1 else None,
        older=page_address(wanted.page + 1) if listing.more else None,
    )


@blueprint.route("/<uuid:action_id>")
@permission_required(Permission.ACTION_READ)
def show(action_id: UUID) -> ResponseReturnValue:
    """One action: what, who, by when, what has happened and what happens next."""
    action = fetch(Action, action_id, needs=Permission.ACTION_READ)
    note_access("action_viewed", action, audit_id=action.audit_id)
    today, verify_by = london_date(now()), queries.verification_due(action)
    return render_template(
        "tracker/show.html",
        action=action,
        today=today,
        word=queries.brag_of(action, today),
        evidence=evidence(action),
        happenings=story(action),
        told=steps_of(action.id),
        choices=choices_for(action, signed_in_id(), today),
        verify_by=verify_by,
        next_words=what_next(action, verify_by, today),
    )


def wanted_from(values: Any) -> queries.Wanted:
    """The filters of the address; what cannot be read asks for nothing."""
    status = values.get("status")
    return queries.Wanted(
        team_id=_read(UUID, values.get("team")),
        kind=_read(ActionKind, values.get("kind")),
        owner_id=_read(UUID, values.get("owner")),
        status=EVERY_STATUS if status == EVERY_STATUS else _read(ActionStatus, status),
        overdue=bool(values.get("overdue")),
        page=min(max(values.get("page", 1, type=int), 1), 1_000_000),
    )


def _read(kind: Any, text: str | None) -> Any:
    try:
        return kind(text) if text else None
    except ValueError:
        return None


def chosen_tags(filters: FilterForm) -> list[dict[str, str]]:
    """Each filter that is on, with the address of the list without it."""
    tags = []
    for name in ("team", "kind", "owner", "status"):
        field = filters[name]
        texts = [choice.text for choice in field.choices if field.is_chosen(choice.value)]
        tags += [{"text": f"{field.label.text}: {text}", "href": _without(name)} for text in texts]
    if filters.overdue.data:
        tags.append({"text": "Overdue", "href": _without("overdue")})
    return tags


def _without(name: str) -> str:
    kept = {key: value for key, value in _given().items() if key != name}
    return url_for("tracker.index", **kept)


def page_address(page: int) -> str:
    """The address of another page of the same list."""
    return url_for("tracker.index", **_given(), page=page)


def _given() -> dict[str, Any]:
    names = ("team", "kind", "owner", "status", "overdue")
    return {name: request.args[name] for name in names if request.args.get(name)}
